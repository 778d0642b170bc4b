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

/**
 * Nothing is set to nought: a new day is new because its key is. The days that are over are summed up, and what was
 * still reserved goes back. A second run finds them closed.
 */
export const dailyTokenReset = scheduled("daily_token_reset", async ({ at, helpers }) => {
  const { rows } = await helpers.query<{ days: number; tokens: string }>(
    "select * from app_private.close_token_days($1::timestamptz)",
    [at],
  );
  return { days: rows[0]?.days ?? 0, tokens: Number(rows[0]?.tokens ?? 0) };
});

export default () => dailyTokenReset;
