// crontab -> [worker/tasks/process_scheduled_tasks.ts] -> app_private.process_scheduled_tasks() -> the queue
import type { Task } from "graphile-worker";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Hands the runs that are due to the queue, as of the instant at which it was called. */
      process_scheduled_tasks: { _cron?: { ts: string } };
    }
  }
}

/** Leaves no row of its own. A second run finds nothing left to hand over; two at once pass by each other's rows. */
export const processScheduledTasks: Task<"process_scheduled_tasks"> = async (payload, { query, logger }) => {
  const { rows } = await query<{ n: number }>(
    "select app_private.process_scheduled_tasks(coalesce($1::timestamptz, now())) as n",
    [payload._cron?.ts ?? null],
  );
  if (rows[0]?.n) logger.info("handed over what is due", { runs: rows[0].n });
};

export default () => processScheduledTasks;
