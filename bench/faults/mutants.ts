// bench/faults/storm.ts, bench/faults/worker.ts -> [bench/faults/mutants.ts] -> app_private.sweep_attempts(), worker/ledger.ts
// Faults put in from outside, each of which buys answers twice: a storm that does not find them would prove nothing.
import { oneRow, type Query } from "../../db/cluster/connect.ts";
import type { Ask, Complete } from "../../worker/ledger.ts";
import { complete } from "../../worker/llm/complete.ts";
import type { CompletionRequest } from "../../worker/llm/types.ts";

export const mutants = ["sweeper-resends", "reset-retriable", "job-calls-directly", "no-gate"] as const;
export type Mutant = (typeof mutants)[number];

export function isMutant(name: string): name is Mutant {
  return (mutants as readonly string[]).includes(name);
}

/** Those that live in SQL: a function of the bench's own database is replaced. */
export async function mutateDatabase(mutant: Mutant | undefined, database: Query): Promise<void> {
  if (mutant === "sweeper-resends") {
    await rewrite(database, "sweep_attempts", [
      [
        /v_attempt\.id, 'in_doubt', 'lease_over', ('[^']*'), null/,
        "v_attempt.id, 'not_executed', 'lease_over', $1, '0'",
      ],
    ]);
  } else if (mutant === "no-gate") {
    // The gate says yes to whoever asks, and notes nothing: a lease that ends looks as if nothing had been sent.
    await rewrite(database, "open_gate", [
      [/-- Compare and set/, "verdict := 'open';\n  return;\n  -- Compare and set"],
    ]);
  } else if (mutant === "job-calls-directly") {
    await database.query(`
      create schema bench;
      create function bench.request(call_id bigint, out request jsonb, out protocol text, out base_url text) language sql security definer as $$
        select c.request, p.protocol, p.base_url from app_private.llm_calls c
          join app_public.models m on m.id = c.model_id join app_private.providers p on p.name = m.provider
          where c.id = call_id and c.state = 'pending' $$;
      create function bench.settle(call_id bigint) returns void language sql security definer as $$
        update app_private.llm_calls set state = 'failed', reason = 'answered' where id = call_id $$;
      grant usage on schema bench to autobench_worker;
      grant execute on all functions in schema bench to autobench_worker;
    `);
  }
}

async function rewrite(database: Query, name: string, changes: [RegExp, string][]): Promise<void> {
  const { source } = await oneRow<{ source: string }>(
    database,
    "select pg_get_functiondef(p.oid) as source from pg_proc p where p.pronamespace = 'app_private'::regnamespace and p.proname = $1",
    [name],
  );
  const changed = changes.reduce((text, [from, to]) => text.replace(from, to), source);
  if (changed === source) throw new Error(`The mutant does not fit app_private.${name}() any more.`);
  await database.query(changed);
}

/** A request that broke off after it was sent counts as one that may be sent again: what both SDKs do by default. */
export function mutateComplete(mutant: Mutant | undefined, original: Complete): Complete {
  if (mutant !== "reset-retriable") return original;
  return async (provider, request, options) => {
    const outcome = await original(provider, request, options);
    if (outcome.state !== "in_doubt") return outcome;
    const { errorClass, error, httpStatus, providerRequestId, evidence } = outcome;
    const again = { state: "not_executed", text: null, usage: null, finishReason: null, retryAfterMs: 0 } as const;
    return { ...again, errorClass, error, httpStatus, providerRequestId, evidence };
  };
}

/** The job asks the provider itself and writes down the end: what most programs do. */
export function mutateAsk(mutant: Mutant | undefined, original: Ask, database: Query, deadlineMs: number): Ask {
  if (mutant !== "job-calls-directly") return original;
  return async (callId) => {
    const call = await oneRow<{
      request: CompletionRequest | null;
      protocol: "openai" | "anthropic";
      base_url: string;
    }>(database, "select * from bench.request($1)", [callId]);
    if (!call.request) return { kind: "state", state: "done" };
    const outcome = await complete(
      { name: "bench", protocol: call.protocol, baseUrl: call.base_url, apiKey: "", retriesOverload: true },
      call.request,
      { deadlineMs, attemptId: callId, onRaw: () => undefined },
    );
    if (outcome.state !== "succeeded") throw new Error("the queue will try again");
    await database.query("select bench.settle($1)", [callId]);
    return { kind: "outcome", outcome };
  };
}
