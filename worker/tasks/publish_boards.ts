// app_public.tasks.closes_at -> [worker/tasks/publish_boards.ts] -> app_private.refresh_leaderboards() -> app_public.leaderboard
import type { Task } from "graphile-worker";
import type { WorkerDeps } from "../deps.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Publishes the boards at the instant at which a task closes. */
      publish_boards: Record<string, never>;
    }
  }
}

/** Runs when it is due or later, and takes in what has closed by then; a second run finds nothing left. */
const publishBoards =
  ({ log }: WorkerDeps): Task<"publish_boards"> =>
  async (_payload, { query }) => {
    const { rows } = await query<{ snapshots: number }>("select app_private.refresh_leaderboards() as snapshots");
    const snapshots = rows[0]?.snapshots ?? 0;
    if (snapshots) log.info("boards were published", { snapshots });
  };

export default publishBoards;
