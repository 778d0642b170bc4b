// db/battles -> [db/testing/access/battles.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const battles: Access = {
  relations: {
    "app_private.battle_judgements": { operator: { select: "*" } },
    "app_private.battle_seats": {},
    "app_public.battles": { operator: { select: "*" }, member: { select: "*" } },
  },
  functions: {
    "app_private.battle_estimate": [],
    "app_private.battle_to_judge": ["worker"],
    "app_private.cancel_late_battles": ["worker"],
    "app_private.end_battle": [],
    "app_private.finish_battle": [],
    "app_private.judge_battle_by_rule": [],
    "app_private.own_battle": [],
    "app_private.record_battle_judgement": ["worker"],
    "app_private.tg_users__leave_battles": [],
    "app_public.accept_battle": ["member", "operator"],
    "app_public.answer_battle": ["member", "operator"],
    "app_public.battle_answers": ["member", "operator"],
    "app_public.cancel_battle": ["member", "operator"],
    "app_public.challenge_member": ["member", "operator"],
  },
};
