// crontab -> [worker/tasks/refresh_leaderboards.ts] -> app_private.refresh_leaderboards(), app_private.refresh_pairing(), app_private.refresh_leaderboard()
import { scheduled, type ScheduledPayload, type Tick } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Publishes the arena's boards, weighs its open matches, refreshes people's boards and keeps final standings. */
      refresh_leaderboards: ScheduledPayload;
    }
  }
}

const kinds = ["all", "month", "week"] as const;

/**
 * Runs every minute, and leaves a row only when there is something to do. Each step in a transaction of its own: nobody
 * waits for the last to see what the first has published. A second run finds nothing left; two at once pass by each other.
 */
export const refreshLeaderboards = scheduled(
  "refresh_leaderboards",
  async (run) => {
    const { at, helpers } = run;
    const { rows } = await helpers.query<{ snapshots: number }>(
      "select app_private.refresh_leaderboards($1::timestamptz) as snapshots",
      [at],
    );
    const { rows: weighed } = await helpers.query<{ matches: number }>(
      "select app_private.refresh_pairing($1::timestamptz) as matches",
      [at],
    );
    const people = (await arePeoplesBoardsDue(run)) ? await refreshPeoplesBoards(run) : {};
    return { snapshots: rows[0]?.snapshots ?? 0, weighed: weighed[0]?.matches ?? 0, ...people };
  },
  {
    async hasWork(run) {
      const { rows } = await run.helpers.query<{ has_closed: boolean; has_voted: boolean }>(
        "select * from app_private.board_work($1::timestamptz)",
        [run.at],
      );
      return rows.some(({ has_closed, has_voted }) => has_closed || has_voted) || arePeoplesBoardsDue(run);
    },
  },
);

async function arePeoplesBoardsDue({ at, helpers }: Tick): Promise<boolean> {
  const { rows } = await helpers.query<{ due: boolean }>("select app_private.boards_due($1::timestamptz) as due", [at]);
  return rows[0]?.due === true;
}

async function refreshPeoplesBoards({ at, helpers: { query, abortSignal } }: Tick) {
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
  const { rows } = await query<{ closed: number }>("select app_private.close_periods($1::timestamptz) as closed", [at]);
  return { refreshed, closed: rows[0]?.closed ?? 0 };
}

export default () => refreshLeaderboards;
