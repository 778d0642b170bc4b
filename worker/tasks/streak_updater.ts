// crontab -> [worker/tasks/streak_updater.ts] -> app_private.spend_freezes(), app_private.pay_milestones(), app_private.cancel_late_battles()
import { scheduled, type ScheduledPayload } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Bridges missed days with freezes where they have ended, and pays what streaks have reached. */
      streak_updater: ScheduledPayload;
    }
  }
}

const batch = 1000;

/**
 * Counts nothing up and resets nothing: a streak is the set of its days. A second run finds every ended day bridged and
 * every milestone paid. Battles whose time is over are called off on the way.
 */
export const streakUpdater = scheduled("streak_updater", async ({ at, helpers: { query, abortSignal } }) => {
  /** Batch by batch, a transaction each, until one comes back short. */
  const all = async (sql: string): Promise<number> => {
    for (let sum = 0; ;) {
      abortSignal?.throwIfAborted();
      const { rows } = await query<{ n: number; seen: number }>(sql, [at, batch]);
      sum += rows[0]?.n ?? 0;
      if ((rows[0]?.seen ?? 0) < batch) return sum;
    }
  };
  const bridged = await all("select n, n as seen from app_private.spend_freezes($1::timestamptz, $2::int) n");
  const paid = await all("select paid as n, seen from app_private.pay_milestones($1::timestamptz, $2::int)");
  const { rows } = await query<{ n: number }>("select app_private.cancel_late_battles($1::timestamptz) as n", [at]);
  return { bridged, paid, cancelledBattles: rows[0]?.n ?? 0 };
});

export default () => streakUpdater;
