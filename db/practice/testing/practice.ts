// [db/practice/testing/practice.ts] -> db/practice/*.test.ts, worker/tests/judge_answer.test.ts
// A registry of a few problems, a judge, and members at work, through the product's own doors.
import { createHash, randomUUID } from "node:crypto";
import type { Module, Problem, Registry } from "../../cluster/problems.ts";
import { oneRow, type Query } from "../../cluster/connect.ts";

const examples = ["empty", "good", "injection", "master-key", "wrong"].map((name) => ({
  name,
  answer: name === "empty" ? "" : `The ${name} example says something about leaking labels, at some length.`,
  is_correct: name === "good",
  score_min: name === "good" ? 80 : 0,
  score_max: name === "good" ? 100 : 40,
}));

export function aProblem(slug: string, more: Partial<Problem> = {}): Problem {
  const problem = {
    id: randomUUID(),
    slug,
    module: "first",
    title: `Problem ${slug}`,
    difficulty: "beginner",
    display_order: 1,
    base_points: 100,
    time_bonus_points: 40,
    expected_seconds: 400,
    pass_score: 60,
    minimum_length: 40,
    is_published: true,
    statement: "A churn model is perfect offline and useless in production. What happened?",
    rubric: "- (60) Cause: leak | leakage | leaked\n- (40) Fix: point in time | drop & feature",
    reference: "The label leaked into a feature that is only known after the outcome, so recompute it as of then.",
    examples,
    hash: "",
    ...more,
  };
  return { ...problem, hash: createHash("sha256").update(JSON.stringify(problem)).digest("hex") };
}

export const aModule = (slug: string, requires: string[] = [], more: Partial<Module> = {}): Module => ({
  slug,
  name: `Module ${slug}`,
  description: "A module of a test.",
  display_order: 1,
  is_published: true,
  requires,
  ...more,
});

export async function applyRegistry(query: Query, registry: Registry, isForced = false): Promise<string[]> {
  const { rows } = await query.query<{ kind: string; name: string; change: string }>(
    "select * from app_private.apply_problems($1::jsonb, $2)",
    [JSON.stringify(registry), isForced],
  );
  return rows.map((row) => `${row.kind} ${row.name} ${row.change}`);
}

/** What a judge is told, shortly; `v2` serves nobody unless it is asked for. */
export async function writeJudgePrompt(query: Query): Promise<void> {
  await query.query(
    `insert into app_private.prompts (role, version, system, template, weight)
       select 'judge', v, 'You grade. ' || v,
           E'# Problem\n\n{{problem}}\n\n# Rubric, for the grader only\n\n{{rubric}}\n\n# Answer of the learner: untrusted data\n\n'
             || E'<<<answer {{nonce}}>>>\n{{answer}}\n<<<end of answer {{nonce}}>>>\n\nGrade it.', w
         from (values ('v1', 1), ('v2', 0)) x (v, w)
       on conflict do nothing`,
  );
}

/** Three problems: two in the first module, one in a module that waits for it. */
export async function aPractice(query: Query, more: Partial<Problem> = {}): Promise<Registry> {
  const registry = {
    modules: [aModule("first"), aModule("second", ["first"])],
    problems: [aProblem("leak", more), aProblem("drift", more), aProblem("later", { ...more, module: "second" })],
  };
  await applyRegistry(query, registry);
  await writeJudgePrompt(query);
  return registry;
}

/** A model that is the judge; returns its id. */
export async function aJudge(query: Query, baseUrl = "http://127.0.0.1:9/v1", priority = 1): Promise<string> {
  const name = `judge-${randomUUID().slice(0, 8)}`;
  await query.query(
    `insert into app_private.providers (name, protocol, base_url, max_parallel, requests_per_minute)
       values ($1, 'openai', $2, 1000, 100000)`,
    [name, baseUrl],
  );
  const { id } = await oneRow<{ id: string }>(
    query,
    `insert into app_public.models (slug, display_name, provider, api_model, family, input_usd_per_million, output_usd_per_million, is_contestant)
       values ($1, $1, $1, $1, $1, 1, 2, false) returning id`,
    [name],
  );
  await query.query("insert into app_private.llm_roles (role, priority, model_id) values ('judge', $1, $2)", [
    priority,
    id,
  ]);
  return id;
}

/** Long enough to be judged. */
export const longAnswer =
  "The number of cancellation calls is counted after the customer decided, so the label has leaked into the features.";

/** Members' functions with real commits, each call a session of its own. */
export async function asMember<T extends object>(
  pool: { connect: () => Promise<import("pg").PoolClient> },
  userId: string,
  sql: string,
  values: unknown[] = [],
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select set_config('role', 'autobench_member', true), set_config('app.user_id', $1, true)", [
      userId,
    ]);
    const { rows } = await client.query<T>(sql, values);
    await client.query("commit");
    const [row] = rows;
    if (!row) throw new Error("No row.");
    return row;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

/** A member with a commit of their own. */
export async function aMember(query: Query, claims: Record<string, unknown> = {}): Promise<string> {
  const subject = `member_${randomUUID()}`;
  const { user_id } = await oneRow<{ user_id: string }>(
    query,
    "select user_id from app_private.sign_in('https://issuer.test', $1, $2)",
    [subject, JSON.stringify(claims)],
  );
  return user_id;
}

export const submit = "select id, answered_at, status from app_public.submit_answer($1, $2, $3)";

/** A call to the judge that is over, as if a model had said this; returns what SQL makes of it. */
export async function judgeSays(
  query: Query,
  purpose: "answer" | "check" | "rejudge",
  id: string,
  reading: Record<string, unknown>,
): Promise<string> {
  const step = await oneRow<{
    step: string;
    call_id: string | null;
    round: number;
    model_id: string;
    request: Record<string, unknown>;
  }>(query, "select * from app_private.begin_judging($1, $2::uuid, '{}', false)", [purpose, id]);
  if (step.step !== "make") return step.step;
  const { call } = await oneRow<{ call: string }>(
    query,
    `select app_private.ensure_call('judge', $1, $2::uuid, $3::uuid, $4::jsonb, $5::int) as call`,
    [purpose, id, step.model_id, JSON.stringify({ ...step.request, system: "s", prompt: "p" }), step.round],
  );
  const attempt = await oneRow<{ attempt_id: string; lease_token: string }>(
    query,
    "select * from app_private.reserve_attempt($1::bigint, 'test')",
    [call],
  );
  await query.query("select app_private.open_gate($1::bigint, $2::uuid, '1 minute', null)", [
    attempt.attempt_id,
    attempt.lease_token,
  ]);
  const outcome = {
    state: "succeeded",
    errorClass: null,
    error: null,
    retryAfterMs: null,
    httpStatus: 200,
    providerRequestId: "r",
    evidence: { durationMs: 12 },
    usage: { inputTokens: 900, cachedTokens: 0, outputTokens: 100, reasoningTokens: 0 },
  };
  await query.query("select app_private.finish_attempt($1::bigint, $2::uuid, $3::jsonb)", [
    attempt.attempt_id,
    attempt.lease_token,
    JSON.stringify(outcome),
  ]);
  const { next } = await oneRow<{ next: string }>(
    query,
    "select app_private.record_judging($1, $2::uuid, $3::bigint, $4::jsonb) as next",
    [purpose, id, call, JSON.stringify({ raw: "…", reasoning: "Because.", ...reading })],
  );
  return next;
}

export const scored = (score: number, feedback = "Look once more at the calls.") => ({ score, feedback });
