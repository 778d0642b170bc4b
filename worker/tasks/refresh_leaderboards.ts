// crontab -> [worker/tasks/refresh_leaderboards.ts] -> app_private.refresh_leaderboards(), app_private.refresh_pairing()
import { scheduled, type ScheduledPayload } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Publishes the boards that closed tasks or judged votes change, and weighs open matches by the newest votes. */
      refresh_leaderboards: ScheduledPayload;
    }
  }
}

/** Runs every minute, and leaves a row only when there is something to do. A second run finds nothing left. */
export const refreshLeaderboards = scheduled(
  "refresh_leaderboards",
  async ({ at, helpers: { query } }) => {
    // Each in a transaction of its own: nobody waits for the second to see what the first has published.
    const { rows } = await query<{ snapshots: number }>(
      "select app_private.refresh_leaderboards($1::timestamptz) as snapshots",
      [at],
    );
    const { rows: weighed } = await query<{ matches: number }>(
      "select app_private.refresh_pairing($1::timestamptz) as matches",
      [at],
    );
    return { snapshots: rows[0]?.snapshots ?? 0, weighed: weighed[0]?.matches ?? 0 };
  },
  {
    async hasWork({ at, helpers: { query } }) {
      const { rows } = await query<{ has_closed: boolean; has_voted: boolean }>(
        "select * from app_private.board_work($1::timestamptz)",
        [at],
      );
      return rows.some(({ has_closed, has_voted }) => has_closed || has_voted);
    },
  },
);

export default () => refreshLeaderboards;
