// crontab -> [worker/tasks/pair_generator.ts] -> app_private.open_matches() -> app_private.matches
import { scheduled, type ScheduledPayload } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Opens a match for each pair of answers that can be voted on. */
      pair_generator: ScheduledPayload;
    }
  }
}

/** What open_matches does after every picture, once more, for what that may have missed. A second run opens nothing. */
export const pairGenerator = scheduled("pair_generator", async ({ at, helpers: { query } }) => {
  const { rows } = await query<{ opened: number }>("select app_private.open_matches($1::timestamptz) as opened", [at]);
  return { opened: rows[0]?.opened ?? 0 };
});

export default () => pairGenerator;
