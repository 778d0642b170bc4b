// db/ratings -> [db/testing/access/ratings.ts] -> db/testing/access.ts
import type { Access, Rights, Role } from "../access.ts";

const everybody: Partial<Record<Role, Rights>> = {
  anon: { select: "*" },
  member: { select: "*" },
  operator: { select: "*" },
};

export const ratings: Access = {
  relations: {
    "app_public.head_to_head": everybody,
    "app_public.leaderboard": everybody,
    "app_public.published_ratings": everybody,
    "app_public.rating_snapshots": everybody,
    "app_public.ratings": everybody,
    "app_private.elo_ratings": { operator: { select: "*" } },
    "app_private.exported_votes": {},
    "app_private.folded_tasks": { operator: { select: "*" } },
    "app_private.head_to_head": {},
    "app_private.leaderboard": {},
  },
  functions: {
    "app_public.leaderboard_as_of": ["anon", "member", "operator"],
    "app_public.rating_history": ["anon", "member", "operator"],
    "app_private.board_components": [],
    "app_private.board_counts": [],
    "app_private.board_fragility": ["worker", "server"],
    "app_private.bradley_terry": [],
    "app_private.cholesky": [],
    "app_private.cholesky_inverse": [],
    "app_private.e_value": [],
    "app_private.elo_fold": [],
    "app_private.elo_of_tasks": [],
    "app_private.fit_board": [],
    "app_private.fit_strengths": [],
    "app_private.fold_tasks": [],
    "app_private.fragility": [],
    "app_private.hash_counts": [],
    "app_private.hash_exclusions": [],
    "app_private.hash_ratings": [],
    "app_private.leaderboard_csv": ["server", "worker"],
    "app_private.pair_gains": [],
    "app_private.publish_board": [],
    "app_private.rate_models": [],
    "app_private.rating_faults": ["worker"],
    "app_private.refresh_leaderboards": ["worker"],
    "app_private.row_products": [],
    "app_private.submission_figures": [],
    "app_private.votes_csv": ["server", "worker"],
    "app_private.votes_json": ["server", "worker"],
  },
};
