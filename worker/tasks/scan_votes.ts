// crontab -> [worker/tasks/scan_votes.ts] -> app_private.scan_votes(), app_private.settle_ballots(), app_private.vote_health() -> app_operations.vote_flags
import type { WorkerDeps } from "../deps.ts";
import { scheduled, type ScheduledPayload } from "../scheduled.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Looks for voters and networks whose votes are hardly honest, and for checks that throw honest votes away. */
      scan_votes: ScheduledPayload;
    }
  }
}

/**
 * Flags only; taking votes out is an operator's decision. It also strikes used ballots off the list of open ones. A second run
 * finds the same, and nothing new.
 */
const scanVotes = ({ log }: WorkerDeps) =>
  scheduled("scan_votes", async ({ at, helpers: { query } }) => {
    const { rows } = await query<{ flagged: number }>("select app_private.scan_votes($1::timestamptz) as flagged", [
      at,
    ]);
    await query("select app_private.settle_ballots()");
    const flagged = rows[0]?.flagged ?? 0;
    if (flagged) log.warn("votes were flagged as hardly honest", { flagged });
    const { rows: hours } = await query<{ hour_at: Date; received: number; counted: number }>(
      "select hour_at, received, counted from app_private.vote_health($1::timestamptz - interval '1 hour') where is_alarm",
      [at],
    );
    for (const hour of hours) log.error("few of the votes count: a check may be broken", { ...hour });
    return { flagged, alarms: hours.length };
  });

export default scanVotes;
