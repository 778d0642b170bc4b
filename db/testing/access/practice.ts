// db/practice -> [db/testing/access/practice.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const practice: Access = {
  relations: {
    "app_public.answers": { member: { select: "*" }, operator: { select: "*" } },
    "app_public.attempts": { member: { select: "*" }, operator: { select: "*" } },
    "app_public.module_prerequisites": { anon: { select: "*" }, member: { select: "*" }, operator: { select: "*" } },
    "app_public.modules": { anon: { select: "*" }, member: { select: "*" }, operator: { select: "*" } },
    "app_public.problems": { anon: { select: "*" }, member: { select: "*" }, operator: { select: "*" } },
    "app_public.verdicts": { member: { select: "*" }, operator: { select: "*" } },
    "app_private.answers_rest": {},
    "app_private.judged_answers": {},
  },
  functions: {},
};
