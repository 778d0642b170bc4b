// db/streaks -> [db/testing/access/streaks.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const streaks: Access = {
  relations: {
    "app_private.streak_milestones": { operator: { select: "*" } },
    "app_private.streaks": {},
  },
  functions: {
    "app_private.active_runs": [],
    "app_private.milestone_payments": [],
    "app_private.pay_milestones": ["worker"],
    "app_private.settle_days": [],
    "app_private.settle_milestones": [],
    "app_private.spend_freezes": ["worker"],
    "app_private.streak_now": [],
    "app_private.streak_state": [],
    "app_private.tg_streak_milestones__reopen": [],
    "app_private.tg_streaks__derive": [],
    "app_private.unpaid_milestones": [],
    "app_public.users_current_streak": ["anon", "member", "operator"],
    "app_public.users_last_activity_date": ["anon", "member", "operator"],
    "app_public.users_longest_streak": ["anon", "member", "operator"],
    "app_public.users_streak": ["anon", "member", "operator"],
  },
};
