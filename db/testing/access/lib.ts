// db/lib -> [db/testing/access/lib.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const lib: Access = {
  relations: {
    "app_private.rate_limits": {},
  },
  functions: {
    "app_private.reset_access": [],
    "app_private.take_rate": [],
    "app_private.tg__timestamps": [],
  },
};
