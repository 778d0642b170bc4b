// app_private.record_artifact() -> [worker/tasks/open_matches.ts] -> app_private.open_matches() -> app_private.matches
import type { Task } from "graphile-worker";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Opens the matches of pages whose pictures have just been taken. */
      open_matches: Record<string, never>;
    }
  }
}

/** A second run finds every match open. */
const openMatches: Task<"open_matches"> = async (_payload, { query }) => {
  await query("select app_private.open_matches()");
};

export default () => openMatches;
