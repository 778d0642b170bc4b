// db/models -> [db/testing/access/models.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const models: Access = {
  relations: {
    "app_public.models": { anon: { select: "*" }, member: { select: "*" }, operator: { select: "*" } },
    "app_private.content_syncs": {},
    "app_private.llm_roles": { operator: { select: "*" } },
    "app_private.model_caps": { operator: { select: "*" } },
    "app_private.prompts": { operator: { select: "*" } },
    "app_private.providers": { operator: { select: "*" } },
  },
  functions: {
    "app_private.apply_models": [],
    "app_private.apply_prompts": [],
    "app_private.contestants": ["worker"],
    "app_private.key_names": ["worker"],
    "app_private.model_for_role": ["worker"],
    "app_private.pick_prompt": ["worker"],
    "app_private.usable_models": [],
    "app_private.writer_prompt": ["worker"],
  },
};
