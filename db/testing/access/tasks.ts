// db/tasks -> [db/testing/access/tasks.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const tasks: Access = {
  relations: {
    "app_public.latest_challenge": { anon: { select: "*" }, member: { select: "*" }, operator: { select: "*" } },
    "app_public.submission_codes": { anon: { select: "*" }, member: { select: "*" }, operator: { select: "*" } },
    "app_public.submissions": { anon: { select: "*" }, member: { select: "*" }, operator: { select: "*" } },
    "app_public.tasks": { anon: { select: "*" }, member: { select: "*" }, operator: { select: "*" } },
    "app_private.skipped_models": { operator: { select: "*" } },
    "app_operations.duplicate_submissions": { operator: { select: "*" } },
    "app_operations.pipeline_today": { operator: { select: "*" } },
    "app_operations.skipped_models": { operator: { select: "*" } },
  },
  functions: {
    "app_public.latest_challenge": ["anon", "member", "operator"],
    "app_operations.close_task": ["operator"],
    "app_private.answer_request": [],
    "app_private.close_task": [],
    "app_private.day_report": ["worker"],
    "app_private.dispatch_tasks": ["worker"],
    "app_private.open_day": ["worker"],
    "app_private.recent_tasks": ["worker"],
    "app_private.record_answer": ["worker"],
    "app_private.record_task": ["worker"],
    "app_private.settle_submission": [],
    "app_private.similar_task": ["worker"],
    "app_private.tg_submission_codes__mark_purged": [],
    "app_private.tg_submissions__notify": [],
    "app_private.tg_tasks__forward_only": [],
  },
};
