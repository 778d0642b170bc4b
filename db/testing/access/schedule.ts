// db/schedule -> [db/testing/access/schedule.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const schedule: Access = {
  relations: {
    "app_private.workers": { operator: { select: "*" } },
    "app_operations.workers": { operator: { select: "*" } },
  },
  functions: {
    "app_private.readiness": ["server", "worker"],
    "app_private.worker_arrives": ["worker"],
    "app_private.worker_beat": ["worker"],
    "app_private.worker_leaves": ["worker"],
    "app_private.worker_lock": [],
  },
};
