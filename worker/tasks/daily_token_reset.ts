// crontab -> [worker/tasks/daily_token_reset.ts] -> app_private.close_token_days() -> app_private.ai_usage_metrics
import { scheduled, type ScheduledPayload } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Closes the members' finished days of tokens. */
      daily_token_reset: ScheduledPayload;
    }
  }
}

const batch = 1000;

/**
 * Nothing is set to nought: a new day is new because its key is. The days that are over are summed up, and what was
 * still reserved goes back, batch by batch, a transaction each. A second run finds them closed.
 */
export const dailyTokenReset = scheduled("daily_token_reset", async ({ at, helpers: { query, abortSignal } }) => {
  for (let [days, tokens] = [0, 0]; ;) {
    abortSignal?.throwIfAborted();
    const { rows } = await query<{ days: number; tokens: string; seen: number }>(
      "select * from app_private.close_token_days($1::timestamptz, $2::int)",
      [at, batch],
    );
    const closed = rows[0];
    days += closed?.days ?? 0;
    tokens += Number(closed?.tokens ?? 0);
    // A full batch of which none could be closed is being settled at this moment: the next run finds it.
    if (!closed?.days || closed.seen < batch) return { days, tokens };
  }
});

export default () => dailyTokenReset;
