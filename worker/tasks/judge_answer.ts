// app_public.submit_answer(), app_private.queue_judging() -> [worker/tasks/judge_answer.ts] -> worker/judge.ts -> app_public.verdicts
import type { Task } from "graphile-worker";
import type { WorkerDeps } from "../deps.ts";
import { judge, type Judging } from "../judge.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Has an answer, or an example of the registry, judged. */
      judge_answer: Judging;
    }
  }
}

/**
 * The job is a nudge, not the record: what is to be done is decided in SQL each time. A second run of a judged answer
 * finds nothing to do; one that was cut short reads the reply that is stored, or goes on with the call that was made.
 */
const judgeAnswer =
  (deps: WorkerDeps): Task<"judge_answer"> =>
  async (judging, helpers) => {
    const waitMs = await judge(deps, helpers, judging, helpers.abortSignal);
    if (waitMs === undefined) return;
    await helpers.query("select app_private.judge_later($1, $2::uuid, $3::float8)", [
      judging.purpose,
      judging.id,
      waitMs,
    ]);
  };

export default judgeAnswer;
