// crontab -> [worker/tasks/refresh_leaderboards.ts] -> app_private.fold_scores(), app_private.refresh_leaderboard(), app_private.close_periods()
import { scheduled, type ScheduledPayload } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Refreshes the leaderboards that have changed, and keeps the final standings of periods that are over. */
      refresh_leaderboards: ScheduledPayload;
    }
  }
}

const kinds = ["all", "month", "week"] as const;

/**
 * Each board in a transaction of its own. A second run finds nothing changed since the first; two runs at once pass by
 * each other's boards.
 */
export const refreshLeaderboards = scheduled(
  "refresh_leaderboards",
  async ({ at, helpers: { query, abortSignal } }) => {
    await query("select app_private.fold_scores()");
    const refreshed: string[] = [];
    for (const kind of kinds) {
      abortSignal?.throwIfAborted();
      const { rows } = await query<{ is_refreshed: boolean }>(
        "select app_private.refresh_leaderboard($1, $2::timestamptz) as is_refreshed",
        [kind, at],
      );
      if (rows[0]?.is_refreshed) refreshed.push(kind);
    }
    const { rows } = await query<{ closed: number }>("select app_private.close_periods($1::timestamptz) as closed", [
      at,
    ]);
    return { refreshed, closed: rows[0]?.closed ?? 0 };
  },
  {
    async hasWork({ at, helpers: { query } }) {
      const { rows } = await query<{ due: boolean }>("select app_private.boards_due($1::timestamptz) as due", [at]);
      return rows[0]?.due === true;
    },
  },
);

export default () => refreshLeaderboards;
