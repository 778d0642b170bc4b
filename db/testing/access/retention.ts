// db/retention -> [db/testing/access/retention.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const retention: Access = {
  relations: {
    "app_private.retention_rules": { operator: { select: "*" } },
  },
  functions: {
    "app_private.purge_batch": ["worker"],
    "app_private.purge_rules": ["worker"],
  },
};
