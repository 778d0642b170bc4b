// crontab -> [worker/tasks/sweep_calls.ts] -> app_private.sweep_attempts(), app_private.sweep_judgings(), worker/ledger.ts
import type { Task } from "graphile-worker";
import type { WorkerDeps } from "../deps.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Ends attempts whose worker has gone, and stores answers that waited on disk. */
      sweep_calls: Record<string, unknown>;
    }
  }
}

/** Runs every minute; a second run finds nothing left to do. */
const sweepCalls =
  (deps: WorkerDeps): Task<"sweep_calls"> =>
  async (_payload, { query }) => {
    const replayed = await deps.replaySpool().catch((error: unknown) => {
      // Answers on disk must not keep the calls of other machines from being swept.
      deps.log.error("what waits on disk could not be stored", { error });
      return 0;
    });
    const { rows } = await query<Record<string, number>>("select * from app_private.sweep_attempts()");
    const [swept] = rows;
    if (replayed || Object.values(swept ?? {}).some(Boolean)) deps.log.warn("calls were swept", { ...swept, replayed });
    const { rows: lost } = await query<{ n: number }>("select app_private.sweep_judgings() as n");
    if (lost[0]?.n) deps.log.warn("answers waited for the judge without a job", { queued: lost[0].n });
  };

export default sweepCalls;
