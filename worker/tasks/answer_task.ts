// app_private.dispatch_tasks() -> [worker/tasks/answer_task.ts] -> worker/ledger.ts -> app_private.record_answer() -> app_public.submissions
import type { Task } from "graphile-worker";
import type { WorkerDeps } from "../deps.ts";
import { extractCode } from "../llm/extract-code.ts";
import { namesItsMaker } from "../llm/names-its-maker.ts";
import type { Outcome } from "../llm/types.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Asks one model for one task, and stores the page that comes. */
      answer_task: { callId: number | string };
    }
  }
}

/**
 * The job is a nudge, not the record: whether the model may be asked is decided in SQL each time. A second run of an
 * answered call reads the stored reply and finds the answer recorded; one of a call in doubt does nothing.
 */
const answerTask =
  (deps: WorkerDeps): Task<"answer_task"> =>
  async ({ callId }, helpers) => {
    const id = String(callId);
    const answer = await deps.ask(id, helpers.abortSignal);
    if (answer.kind === "wait") {
      // By the database's clock: this machine's may be wrong by an hour.
      await helpers.query(
        `select graphile_worker.add_job('answer_task', json_build_object('callId', $1::text), max_attempts => 5,
           job_key => 'llm_call:' || $1, run_at => now() + make_interval(secs => $2::float8))`,
        [id, answer.ms / 1000],
      );
      return;
    }
    if (answer.kind === "state") return;
    const { outcome } = answer;
    if (outcome.state !== "succeeded" && outcome.state !== "unusable") return; // SQL has said what follows
    const page = pageIn(outcome);
    const own = await helpers.query<{ names: string[] }>("select app_private.maker_names($1::bigint) as names", [id]);
    await helpers.query("select app_private.record_answer($1::bigint, $2, $3, $4::text[], $5)", [
      id,
      page.html,
      page.isTruncated,
      page.html === null ? [] : namesItsMaker(page.html, own.rows[0]?.names),
      page.reason,
    ]);
  };

function pageIn(outcome: Outcome): { html: string | null; isTruncated: boolean; reason: string | null } {
  if (outcome.state !== "succeeded") return { html: null, isTruncated: false, reason: outcome.error };
  const found = extractCode(outcome.text);
  if (found.kind === "html") return { html: found.html, isTruncated: found.isTruncated, reason: null };
  const reasons = {
    empty: "The reply was empty.",
    refusal: "The model refused.",
    no_html: "The reply held no page.",
  };
  return { html: null, isTruncated: false, reason: reasons[found.reason] };
}

export default answerTask;
