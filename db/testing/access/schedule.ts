// db/schedule -> [db/testing/access/schedule.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const schedule: Access = {
  relations: {
    "app_private.workers": { operator: { select: "*" } },
    "app_operations.workers": { operator: { select: "*" } },
    "app_private.task_registry": { operator: { select: "*" } },
    "app_private.task_aliases": { operator: { select: "*" } },
    "app_private.scheduled_tasks": { operator: { select: "*" } },
    "app_operations.job_runs": { operator: { select: "*" } },
    "app_operations.scheduled_tasks": { operator: { select: "*" } },
    "app_operations.dead_jobs": { operator: { select: "*" } },
  },
  functions: {
    "app_private.readiness": ["server", "worker"],
    "app_private.worker_arrives": ["worker"],
    "app_private.worker_beat": ["worker"],
    "app_private.worker_leaves": ["worker"],
    "app_private.worker_lock": [],
    "app_private.known_task": [],
    "app_private.period_start": [],
    "app_private.period_key": ["worker"],
    "app_private.queue_scheduled_task": [],
    "app_private.log_scheduled_task": ["worker"],
    "app_private.request_scheduled_task": ["server"],
    "app_private.process_scheduled_tasks": ["server", "worker"],
    "app_private.begin_scheduled_task": ["worker"],
    "app_private.finish_scheduled_task": ["worker"],
    "app_private.fail_scheduled_task": ["worker"],
    "app_private.scheduled_task_state": ["worker"],
    "app_private.note_next_runs": ["worker"],
    "app_private.mend_cron_clock": ["worker"],
    "app_private.dead_jobs": ["operator"],
    "app_private.metrics": ["server"],
    "app_operations.trigger_task": ["operator"],
    "app_operations.retry_job": ["operator"],
  },
};
