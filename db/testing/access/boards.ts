// db/boards -> [db/testing/access/boards.ts] -> db/testing/access.ts
import type { Access } from "../access.ts";

export const boards: Access = {
  relations: {
    "app_operations.boards": { operator: { select: "*" } },
    "app_private.boards": { operator: { select: "*" } },
    "app_private.leaderboard_global": {},
    "app_private.leaderboard_monthly": {},
    "app_private.leaderboard_weekly": {},
    "app_private.period_scores": {},
    "app_private.score_changes": {},
    "app_private.score_histogram": {},
    "app_public.final_standings": { operator: { select: "*" }, member: { select: "*" }, anon: { select: "*" } },
    "app_public.leaderboard_global": { operator: { select: "*" }, member: { select: "*" }, anon: { select: "*" } },
    "app_public.leaderboard_monthly": { operator: { select: "*" }, member: { select: "*" }, anon: { select: "*" } },
    "app_public.leaderboard_weekly": { operator: { select: "*" }, member: { select: "*" }, anon: { select: "*" } },
  },
  functions: {
    "app_private.boards_due": ["worker"],
    "app_private.close_periods": ["worker"],
    "app_private.first_places": [],
    "app_private.fold_scores": ["worker"],
    "app_private.rank_of": [],
    "app_private.refresh_leaderboard": ["worker"],
    "app_public.my_rank": ["member", "operator"],
    "app_public.my_rank_neighbours": ["member", "operator"],
    "app_public.people_as_of": ["anon", "member", "operator"],
  },
};
