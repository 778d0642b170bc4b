// crontab -> [worker/tasks/cleanup_expired.ts] -> app_private.purge_rules(), app_private.purge_batch() -> app_private.retention_rules
import { scheduled, type ScheduledPayload } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Deletes what the retention rules no longer keep, as of the instant at which the run was due. */
      cleanup_expired: ScheduledPayload;
    }
  }
}

/**
 * Purges table by table, a batch a transaction, until a short batch. A second run finds nothing left to delete; two runs
 * at once skip each other's rows.
 */
export const cleanupExpired = scheduled("cleanup_expired", async ({ at, helpers: { query, abortSignal } }) => {
  const { rows: rules } = await query<{ table_name: string; batch: number }>("select * from app_private.purge_rules()");
  const purged: Record<string, number> = {};
  for (const { table_name, batch } of rules) {
    for (let last = batch; last === batch;) {
      abortSignal.throwIfAborted();
      const { rows } = await query<{ n: number }>("select app_private.purge_batch($1::text, $2::timestamptz) as n", [
        table_name,
        at,
      ]);
      last = rows[0]?.n ?? 0;
      if (last) purged[table_name] = (purged[table_name] ?? 0) + last;
    }
  }
  return { purged };
});

export default () => cleanupExpired;
