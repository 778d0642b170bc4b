// db/sharing -> [db/testing/access/sharing.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const sharing: Access = {
  relations: {
    "app_private.shareable_progress": {},
  },
  functions: {
    "app_private.read_share": ["server"],
    "app_public.share_progress": ["member", "operator"],
    "app_public.shared_progress": ["anon", "member", "operator"],
    "app_public.unshare_progress": ["member", "operator"],
  },
};
