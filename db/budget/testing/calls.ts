// db/budget/*.test.ts, db/tasks/*.test.ts, worker/tests/, bench/ -> [db/budget/testing/calls.ts] -> app_private.reserve_attempt()
// Models, calls and days to test the ledger with, through the same doors as the product's.
import { randomBytes } from "node:crypto";
import type pg from "pg";
import { oneRow, type Query } from "../../cluster/connect.ts";

export interface Arena {
  provider: string;
  models: string[];
}

export interface ArenaOptions {
  models?: number;
  protocol?: "openai" | "anthropic";
  baseUrl?: string;
  maxParallel?: number;
  perMinute?: number;
  keyName?: string | null;
  isContestant?: boolean;
  isRehearsal?: boolean;
  /** Dollars for a million tokens written; with a thousand to write at most, this is the hold in thousandths. */
  outputUsd?: number;
}

/** A provider of its own with some models. */
export async function makeArena(query: Query, options: ArenaOptions = {}): Promise<Arena> {
  const provider = `p-${randomBytes(5).toString("hex")}`;
  await query.query(
    `insert into app_private.providers (name, protocol, base_url, api_key_env, max_parallel, requests_per_minute, is_rehearsal, is_overload_free)
       values ($1, $2, $3, $4, $5, $6, $7, true)`,
    [
      provider,
      options.protocol ?? "openai",
      options.baseUrl ?? "http://127.0.0.1:9/v1",
      options.keyName ?? null,
      options.maxParallel ?? 10_000,
      options.perMinute ?? 1_000_000,
      options.isRehearsal ?? false,
    ],
  );
  const { rows } = await query.query<{ id: string }>(
    `insert into app_public.models (slug, display_name, provider, api_model, family, max_output_tokens, input_usd_per_million,
         output_usd_per_million, is_contestant, is_rehearsal)
       select $1 || '-' || n, 'Model ' || n, $1, 'm', $1, 1000, 0, $3, $4, $5
         from generate_series(1, $2::int) n
       returning id`,
    [
      provider,
      options.models ?? 1,
      options.outputUsd ?? 1000,
      options.isContestant ?? false,
      options.isRehearsal ?? false,
    ],
  );
  return { provider, models: rows.map((row) => row.id) };
}

/** Calls that are about nothing, for tests of the ledger alone. */
export async function makeCalls(query: Query, arena: Arena, count = 1): Promise<string[]> {
  const { rows } = await query.query<{ id: string }>(
    `select app_private.ensure_call('check', 'check', gen_random_uuid(), ($1::uuid[])[1 + n % cardinality($1::uuid[])],
         '{"apiModel": "m", "prompt": "p", "maxOutputTokens": 1000}') as id
       from generate_series(0, $2::int - 1) n`,
    [arena.models, count],
  );
  return rows.map((row) => row.id);
}

export async function makeCall(query: Query, arena: Arena): Promise<string> {
  const [id] = await makeCalls(query, arena);
  if (!id) throw new Error("No call was made.");
  return id;
}

export interface Reserved extends pg.QueryResultRow {
  verdict: string;
  wait_ms: number | null;
  attempt_id: string;
  lease_token: string;
}

export function reserve(query: Query, callId: string, lease = "60 seconds"): Promise<Reserved> {
  return oneRow<Reserved>(query, "select * from app_private.reserve_attempt($1::bigint, 'test', $2::interval)", [
    callId,
    lease,
  ]);
}

export async function openGate(
  query: Query,
  attempt: Pick<Reserved, "attempt_id" | "lease_token">,
  options: { limitUsd?: number | null; lease?: string } = {},
): Promise<string> {
  const { verdict } = await oneRow<{ verdict: string }>(
    query,
    "select verdict from app_private.open_gate($1::bigint, $2::uuid, $3::interval, $4::numeric)",
    [attempt.attempt_id, attempt.lease_token, options.lease ?? "10 minutes", options.limitUsd ?? null],
  );
  return verdict;
}

export type EndState = "succeeded" | "unusable" | "rejected" | "not_executed" | "in_doubt";

export async function finish(
  query: Query,
  attempt: Pick<Reserved, "attempt_id" | "lease_token">,
  state: EndState,
  more: { retryAfterMs?: number; outputTokens?: number; evidence?: Record<string, unknown> } = {},
): Promise<boolean> {
  const isBilled = state === "succeeded" || state === "unusable";
  const outcome = {
    state,
    errorClass: state === "succeeded" ? null : "made_up",
    error: state === "succeeded" ? null : "It went as the test wished.",
    retryAfterMs: more.retryAfterMs ?? null,
    httpStatus: 200,
    providerRequestId: "req",
    evidence: more.evidence ?? {},
    usage: isBilled
      ? { inputTokens: 10, cachedTokens: 0, outputTokens: more.outputTokens ?? 500, reasoningTokens: 0 }
      : null,
  };
  const { ok } = await oneRow<{ ok: boolean }>(
    query,
    "select app_private.finish_attempt($1::bigint, $2::uuid, $3::jsonb) as ok",
    [attempt.attempt_id, attempt.lease_token, JSON.stringify(outcome)],
  );
  return ok;
}

/** A call whose attempt is being sent. */
export async function send(query: Query, arena: Arena, lease = "10 minutes"): Promise<Reserved & { call: string }> {
  const call = await makeCall(query, arena);
  const attempt = await reserve(query, call);
  const verdict = await openGate(query, attempt, { lease });
  if (verdict !== "open") throw new Error(`The gate is ${verdict}.`);
  return { ...attempt, call };
}

export interface CallState extends pg.QueryResultRow {
  state: string;
  attempts: number;
  reason: string | null;
  tried: string[];
}

/** A call's state, and those of its attempts in order. */
export function callState(query: Query, callId: string): Promise<CallState> {
  return oneRow<CallState>(
    query,
    `select c.state, c.attempts, c.reason,
         array(select a.state from app_private.llm_attempts a where a.call_id = c.id order by a.n) as tried
       from app_private.llm_calls c where c.id = $1`,
    [callId],
  );
}

export async function ledgerFaults(query: Query): Promise<string[]> {
  const { rows } = await query.query<{ line: string }>(
    "select concat_ws(' ', f.fault, f.call_id, f.detail) as line from app_private.ledger_faults f",
  );
  return rows.map((row) => row.line);
}

/** Lets the leases of these calls run out, as if time had passed. */
export async function expireLeases(query: Query, callIds: readonly string[]): Promise<void> {
  await query.query(
    `update app_private.llm_attempts set lease_until = clock_timestamp() - interval '1 second'
       where call_id = any ($1::bigint[]) and state in ('reserved', 'sending')`,
    [callIds],
  );
}

const lorem = "Draw a lighthouse whose lamp turns through the fog, with waves below it and a keeper at the window. ";

/** A day with its tasks written. */
export async function writeDay(query: Query, day: string, slots = 1): Promise<string[]> {
  const { rows } = await query.query<{ id: string }>("select id from app_private.open_day($1::date, $2::int)", [
    day,
    slots,
  ]);
  for (const [index, row] of rows.entries()) {
    await query.query("select app_private.record_task($1::uuid, $2, 'canvas', $3, '{}')", [
      row.id,
      `Task ${day} ${index + 1}`,
      `${lorem}${day} ${index + 1}`,
    ]);
  }
  return rows.map((row) => row.id);
}

/** What contestants are told, without which nothing is dispatched. */
export async function writePrompts(query: Query): Promise<void> {
  await query.query(
    `insert into app_private.prompts (role, version, system, template)
       values ('answer', 'v1', 'You write pages.', '{{prompt}}'), ('writer', 'v1', 'You write tasks.', '{{day}} {{slot}}/{{slots}} {{nonce}} {{themes}} {{recent}}')
       on conflict do nothing`,
  );
}

export interface Dispatched extends pg.QueryResultRow {
  task_id: string;
  submissions: number;
  is_waiting: boolean;
}

export async function dispatch(
  query: Query,
  day: string,
  options: { keys?: string[]; isRehearsal?: boolean; at?: string } = {},
): Promise<Dispatched[]> {
  const { rows } = await query.query<Dispatched>(
    "select * from app_private.dispatch_tasks($1::date, $2::text[], $3, coalesce($4::timestamptz, now()))",
    [day, options.keys ?? [], options.isRehearsal ?? false, options.at ?? null],
  );
  return rows;
}

/** The current UTC day, or one so many days from it. */
export function utcDay(from = 0): string {
  return new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);
}
