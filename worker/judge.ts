// worker/tasks/judge_answer.ts -> [worker/judge.ts] -> app_private.begin_judging(), worker/ledger.ts, app_private.record_judging()
// One step of one judging. What is to be done is decided in SQL each time; here the question is put into words, asked,
// and what came is read. Nothing in here decides whether an answer is right.
import type { Query } from "../db/cluster/connect.ts";
import type { WorkerDeps } from "./deps.ts";
import type { Outcome } from "./llm/types.ts";
import { storable } from "./llm/json-shape.ts";
import { fillTemplate, jsonObjectIn, makeNonce, neutralise } from "./prompt.ts";

/** answer: its first judging. check: an example of the registry. rejudge: an answer once more, in shadow. */
export type Purpose = "answer" | "check" | "rejudge";

export interface Judging {
  purpose: Purpose;
  id: string;
}

interface Parts {
  system: string;
  template: string;
  problem: string;
  rubric: string;
  answer: string;
}

interface Step {
  step: "over" | "wait" | "nobody" | "ask" | "make";
  wait_ms: number | null;
  call_id: string | null;
  round: number;
  model_id: string;
  request: Record<string, unknown>;
  parts: Parts;
}

/** What was read from a reply: a score with its feedback, or why there is none. */
export type Reading =
  | { score: unknown; feedback: unknown; reasoning: string; raw: string }
  | { why: string; raw: string | null };

/** How long to wait for what another worker is just doing. */
const lookMs = 2000;

/** Does one step; returns after how many milliseconds there is more to do, or nothing when it is over. */
export async function judge(
  deps: WorkerDeps,
  query: Query,
  judging: Judging,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const { rows } = await query.query<Step>("select * from app_private.begin_judging($1, $2::uuid, $3::text[], $4)", [
    judging.purpose,
    judging.id,
    deps.keyNames,
    deps.hasRehearsal,
  ]);
  const [step] = rows;
  if (!step || step.step === "over") return undefined;
  if (step.step === "wait") return step.wait_ms ?? lookMs;
  if (step.step === "nobody") throw new Error("No model that judges can be asked.");

  const callId = step.call_id ?? (await makeCall(query, judging, step));
  if (callId === undefined) return lookMs;
  const answer = await deps.ask(callId, signal);
  if (answer.kind === "wait") return answer.ms;
  if (answer.kind === "state") return ["failed", "in_doubt"].includes(answer.state) ? 0 : lookMs;
  const { outcome } = answer;
  // What was not executed, refused or lost is in the ledger: SQL says next time what follows.
  if (outcome.state !== "succeeded" && outcome.state !== "unusable") return outcome.retryAfterMs ?? 0;
  const { rows: recorded } = await query.query<{ next: string }>(
    "select app_private.record_judging($1, $2::uuid, $3::bigint, $4::jsonb) as next",
    [judging.purpose, judging.id, callId, JSON.stringify(readVerdict(outcome))],
  );
  deps.log.info("an answer was judged", { purpose: judging.purpose, id: judging.id, next: recorded[0]?.next });
  return undefined; // a new round has a job of its own
}

/** The call of a new round. Each has a code of its own that the answer's writer could not know. */
async function makeCall(query: Query, { purpose, id }: Judging, step: Step): Promise<string | undefined> {
  const request = { ...step.request, ...judgeRequest(step.parts), schema: { name: "verdict", schema: verdictSchema } };
  try {
    const { rows } = await query.query<{ id: string | null }>(
      "select app_private.ensure_practice_call($1, $2::uuid, $3::uuid, $4::jsonb, $5::int) as id",
      [purpose, id, step.model_id, JSON.stringify(request), step.round],
    );
    return rows[0]?.id ?? undefined; // none for what was erased meanwhile: the next look finds that it is over
  } catch (error) {
    // Another run was faster, and its code is another one: its call is the one that counts.
    if (error instanceof Error && "code" in error && error.code === "TB041") return undefined;
    throw error;
  }
}

/** What the judge is sent: the answer stands between two lines with the same fresh code, and holds no such line itself. */
export function judgeRequest(parts: Parts): { system: string; prompt: string } {
  return {
    system: parts.system,
    prompt: fillTemplate(parts.template, {
      problem: parts.problem,
      rubric: parts.rubric,
      nonce: makeNonce(),
      answer: neutralise(parts.answer),
    }),
  };
}

/** Reasoning stands before the score: whoever names the number first looks for reasons afterwards. */
const verdictSchema = {
  type: "object",
  properties: {
    reasoning: { type: "string" },
    score: { type: "integer", minimum: 0, maximum: 100 },
    feedback: { type: "string" },
  },
  required: ["reasoning", "score", "feedback"],
  additionalProperties: false,
};

export function readVerdict(outcome: Outcome): Reading {
  if (outcome.state !== "succeeded") return { why: storable(outcome.error ?? "The reply was of no use."), raw: null };
  const raw = storable(outcome.text.slice(0, 40_000)); /* after the cut: it may fall within a pair */
  const found = jsonObjectIn(outcome.text);
  if (!found) return { why: "The reply is no JSON object.", raw };
  const { score, feedback, reasoning } = found;
  return {
    score: typeof score === "number" ? score : null, // a text, a list or nothing is no score
    feedback: typeof feedback === "string" ? storable(feedback) : null,
    reasoning: typeof reasoning === "string" ? storable(reasoning) : "",
    raw,
  };
}
