// answer_task, generate_daily_tasks -> [worker/ledger.ts] -> app_private.reserve_attempt(), open_gate(), finish_attempt()
// One call to a model, by the book: reserved and let through the gate in SQL before a byte leaves, recorded before
// anything reads the reply. Every step that may be lost leaves the call where it cannot be bought again.
import { setTimeout as delay } from "node:timers/promises";
import { oneRow, type Query } from "../db/cluster/connect.ts";
import { type Log, silentLog } from "../process/log.ts";
import type { CompleteOptions } from "./llm/complete.ts";
import { failed, readReply } from "./llm/read-reply.ts";
import type { CompletionRequest, Outcome, Protocol, Provider, RawReply, Traits } from "./llm/types.ts";
import type { Spool, Spooled } from "./spool.ts";

export type Complete = (provider: Provider, request: CompletionRequest, options: CompleteOptions) => Promise<Outcome>;

/** What came of asking. `wait`: not now. `state`: somebody else is at it, or it is over already. */
export type Answer =
  | { kind: "outcome"; outcome: Outcome }
  | { kind: "wait"; ms: number }
  | { kind: "state"; state: string };

export type Ask = (callId: string, signal?: AbortSignal) => Promise<Answer>;

export interface Leases {
  reservedMs: number;
  beyondDeadlineMs: number;
}
const usualLeases: Leases = { reservedMs: 60_000, beyondDeadlineMs: 180_000 };

export interface LedgerOptions {
  database: Query;
  /** The name under which attempts are made; known once the queue has given one. */
  worker: () => string;
  keys: Readonly<Record<string, string>>;
  complete: Complete;
  spool: Spool;
  log: Log;
  deadlineMs: number;
  dailyLimitUsd: number | undefined;
  /** How long the database may be away before an answer goes to the spool. */
  patienceMs: number;
  /** How long a worker is believed to be at it: before the gate, and beyond the deadline after it. */
  leases?: Leases;
  /** Notes beside the database that an attempt is about to leave; see worker/epoch.ts. If it throws, nothing is sent. */
  noteAttempt?: (attemptId: string) => void;
}

interface ProviderRow {
  name: string;
  protocol: Protocol;
  base_url: string;
  api_key_env: string | null;
  is_overload_free: boolean;
  is_rehearsal: boolean;
  traits: Partial<Traits>;
}

interface Reservation {
  verdict: string;
  wait_ms: number | null;
  attempt_id: string;
  lease_token: string;
  client_request_id: string;
  request: CompletionRequest;
  provider: ProviderRow;
}

export function makeAsk(options: LedgerOptions): Ask {
  const { database, log, leases = usualLeases } = options;
  return async (callId, signal) => {
    const stored = await settleStored(options, callId);
    if (stored) return { kind: "outcome", outcome: stored };

    const reservation = await oneRow<Reservation>(
      database,
      "select * from app_private.reserve_attempt($1::bigint, $2::text, make_interval(secs => $3::float8))",
      [callId, options.worker(), leases.reservedMs / 1000],
    );
    if (reservation.verdict === "wait") return { kind: "wait", ms: reservation.wait_ms ?? 1000 };
    if (reservation.verdict !== "reserved") return { kind: "state", state: reservation.verdict };

    const key = keyOf(reservation.provider, options.keys);
    if (key === undefined) {
      const words = [`${reservation.provider.api_key_env} is not set`];
      const outcome = failed("no_key", { head: null, evidence: { sent: false }, words });
      await finish(options, reservation, outcome);
      return { kind: "outcome", outcome };
    }
    options.noteAttempt?.(reservation.attempt_id);
    // If this throws, nobody knows whether the gate is open: then nothing is sent, and the lease decides.
    const gate = await oneRow<{ verdict: string }>(
      database,
      "select verdict from app_private.open_gate($1::bigint, $2::uuid, make_interval(secs => $3::float8), $4::numeric)",
      [
        reservation.attempt_id,
        reservation.lease_token,
        (options.deadlineMs + leases.beyondDeadlineMs) / 1000,
        options.dailyLimitUsd ?? null,
      ],
    );
    if (gate.verdict !== "open") return { kind: "state", state: gate.verdict };

    const outcome = await options.complete(providerOf(reservation.provider, key), reservation.request, {
      deadlineMs: options.deadlineMs,
      attemptId: reservation.client_request_id,
      signal,
      onRaw: (raw) => keepReply(options, reservation, raw),
    });
    await finish(options, reservation, outcome);
    log.info("a model was asked", {
      call: callId,
      provider: reservation.provider.name,
      state: outcome.state,
      errorClass: outcome.errorClass,
      httpStatus: outcome.httpStatus,
    });
    return { kind: "outcome", outcome };
  };
}

type Lease = Pick<Reservation, "attempt_id" | "lease_token">;

/** A reply that was stored before its worker went away is read now; the model is not asked a second time. */
async function settleStored(options: LedgerOptions, callId: string): Promise<Outcome | undefined> {
  const { rows } = await options.database.query<
    Lease & {
      attempt_state: string;
      protocol: Protocol;
      is_overload_free: boolean;
      status: number;
      headers: RawReply["headers"];
      body: Buffer;
    }
  >("select * from app_private.stored_reply($1::bigint)", [callId]);
  const [row] = rows;
  if (!row) return undefined;
  const outcome = readReply(row.protocol, row, { retriesOverload: row.is_overload_free }, { fromStored: true });
  if (row.attempt_state === "sending" || row.attempt_state === "in_doubt") await finish(options, row, outcome);
  return outcome;
}

function providerOf(row: ProviderRow, apiKey: string): Provider {
  return {
    ...row.traits,
    name: row.name,
    protocol: row.protocol,
    baseUrl: row.base_url,
    apiKey,
    retriesOverload: row.is_overload_free,
  };
}

function keyOf(provider: ProviderRow, keys: Readonly<Record<string, string>>): string | undefined {
  if (provider.is_rehearsal) return "rehearsal";
  return provider.api_key_env === null ? "" : keys[provider.api_key_env];
}

async function keepReply(options: LedgerOptions, lease: Lease, raw: RawReply): Promise<void> {
  const isStored = await patiently(options, () => storeReply(options.database, lease, raw));
  if (!isStored) await options.spool.keep({ attemptId: lease.attempt_id, leaseToken: lease.lease_token, raw });
}

async function finish(options: LedgerOptions, lease: Lease, outcome: Outcome): Promise<void> {
  const isStored = await patiently(options, () => storeOutcome(options.database, lease, outcome));
  if (!isStored) await options.spool.keep({ attemptId: lease.attempt_id, leaseToken: lease.lease_token, outcome });
}

async function storeReply(database: Query, lease: Lease, raw: RawReply): Promise<void> {
  await database.query("select app_private.record_reply($1::bigint, $2::uuid, $3::int, $4::jsonb, $5::bytea)", [
    lease.attempt_id,
    lease.lease_token,
    raw.status,
    JSON.stringify(raw.headers),
    raw.body,
  ]);
}

async function storeOutcome(database: Query, lease: Lease, outcome: Outcome): Promise<void> {
  const { text: _text, ...facts } = outcome; // the answer itself is in the raw reply
  await database.query("select app_private.finish_attempt($1::bigint, $2::uuid, $3::jsonb)", [
    lease.attempt_id,
    lease.lease_token,
    JSON.stringify(facts),
  ]);
}

/** Tries until the database is back, for as long as patience lasts; says whether it worked. */
async function patiently(options: LedgerOptions, work: () => Promise<void>): Promise<boolean> {
  const until = performance.now() + options.patienceMs;
  for (;;) {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (performance.now() > until) {
        options.log.error("the database is away: an answer waits on disk", { error });
        return false;
      }
      await delay(500);
    }
  }
}

/** A database that cannot be reached or cannot take it just now (a deadlock, a standby); any other error is ours. */
export function isAway(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/^(08|40|53|55P03|57|25006|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_AGAIN)/.test(code)) return true;
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded|not queryable|Client was closed/i.test(error.message)
  );
}

/**
 * Stores what waited on disk. Safe to repeat: an attempt that was settled meanwhile stays as it is. An entry that the
 * database does not take stays on disk, and keeps neither the others nor the sweep from going on.
 */
export function replaySpool(database: Query, spool: Spool, log: Log = silentLog): Promise<number> {
  return spool.replay(async (entry: Spooled) => {
    const lease = { attempt_id: entry.attemptId, lease_token: entry.leaseToken };
    try {
      if (entry.raw) await storeReply(database, lease, { ...entry.raw, body: Buffer.from(entry.raw.body, "base64") });
      if (entry.outcome) await storeOutcome(database, lease, entry.outcome);
      return true;
    } catch (error) {
      if (isAway(error)) throw error;
      log.error("an answer that waits on disk is not taken", { attempt: entry.attemptId, error });
      return false;
    }
  });
}
