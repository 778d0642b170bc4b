// crontab -> [worker/tasks/cleanup_expired.ts] -> app_private.purge_rules(), app_private.purge_batch() -> app_private.retention_rules
import type { Task } from "graphile-worker";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Deletes what the retention rules no longer keep, as of the instant at which the run was due. */
      cleanup_expired: { at?: string; _cron?: { ts: string; backfilled?: boolean } };
    }
  }
}

/**
 * Purges table by table, a batch a transaction, until a short batch. A second run finds nothing left to delete; two runs
 * at once skip each other's rows.
 */
const cleanupExpired =
  (): Task<"cleanup_expired"> =>
  async (payload, { query, logger, abortSignal }) => {
    const at = payload.at ?? payload._cron?.ts;
    if (!at) throw new Error("cleanup_expired needs the instant `at`, or to be called by the crontab.");
    const { rows: rules } = await query<{ table_name: string; batch: number }>(
      "select * from app_private.purge_rules()",
    );
    for (const { table_name, batch } of rules) {
      let purged = 0;
      for (let last = batch; last === batch;) {
        abortSignal?.throwIfAborted();
        const { rows } = await query<{ n: number }>("select app_private.purge_batch($1::text, $2::timestamptz) as n", [
          table_name,
          at,
        ]);
        last = rows[0]?.n ?? 0;
        purged += last;
      }
      if (purged) logger.info("purged what is no longer kept", { table: table_name, rows: purged });
    }
  };

export default cleanupExpired;
