// bench/faults/storm.ts -> [bench/faults/audit.ts] -> app_private.llm_calls, the provider's books
// What the ledger says beside what the provider says.
import type pg from "pg";
import { ledgerFaults } from "../../db/budget/testing/calls.ts";
import { oneRow, type Query } from "../../db/cluster/connect.ts";
import { type Books, keyOf } from "./provider.ts";

export interface Audit {
  calls: number;
  submissions: Record<string, number>;
  attempts: Record<string, number>;
  billedTwice: string[];
  /** Billed, though the ledger says that it was refused or never left; or billed and not in the ledger at all. */
  billedButDenied: string[];
  /** Settled as executed, though the provider has billed nothing. */
  settledUnbilled: string[];
  stuck: string[];
  withoutReason: number;
  providerBilled: number;
  ledgerSettled: number;
  ledgerInDoubt: number;
  heldUsd: number;
  inDoubtUsd: number;
  spentUsd: number;
  faults: string[];
}

interface CallRow extends pg.QueryResultRow {
  id: string;
  model: string;
  prompt: string;
  settled: number;
  in_doubt: number;
}

export async function audit(database: Query, books: Books): Promise<Audit> {
  const { rows: calls } = await database.query<CallRow>(
    `select c.id, c.request ->> 'apiModel' as model, c.request ->> 'prompt' as prompt,
         count(a.id) filter (where a.state in ('succeeded', 'unusable'))::int as settled,
         count(a.id) filter (where a.state in ('sending', 'in_doubt', 'abandoned'))::int as in_doubt
       from app_private.llm_calls c left join app_private.llm_attempts a on a.call_id = c.id
       group by c.id`,
  );
  const denied = new Set(books.billed.keys());
  const [billedButDenied, settledUnbilled]: [string[], string[]] = [[], []];
  for (const call of calls) {
    const billed = books.billed.get(keyOf(call.model, call.prompt)) ?? 0;
    denied.delete(keyOf(call.model, call.prompt));
    if (billed > call.settled + call.in_doubt) billedButDenied.push(`call ${call.id}`);
    if (call.settled > billed) settledUnbilled.push(`call ${call.id}`);
  }
  billedButDenied.push(...[...denied].map((key) => `not in the ledger: ${key.slice(0, 60)}`));
  billedButDenied.push(...(await deniedAttempts(database, books)));
  if (books.unreadable) billedButDenied.push(`${books.unreadable} requests could not be read`);
  const sums = await oneRow<{ held: number; doubt: number; spent: number; no_reason: number }>(
    database,
    `select (select coalesce(sum(held_usd), 0) from app_private.daily_spend where model_id is null)::float8 as held,
         (select coalesce(sum(spent_usd), 0) from app_private.daily_spend where model_id is null)::float8 as spent,
         (select coalesce(sum(hold_usd), 0) from app_private.llm_attempts where state = 'in_doubt')::float8 as doubt,
         (select count(*) from app_public.submissions where status in ('failed', 'in_doubt') and coalesce(reason, '') = '')::int as no_reason`,
  );
  return {
    calls: calls.length,
    submissions: await countBy(
      database,
      "select status::text as name, count(*)::int as n from app_public.submissions group by 1",
    ),
    attempts: await countBy(
      database,
      "select state as name, count(*)::int as n from app_private.llm_attempts group by 1",
    ),
    billedTwice: [...books.billed].filter(([, times]) => times > 1).map(([key]) => key.slice(0, 60)),
    billedButDenied,
    settledUnbilled,
    stuck: await stuckRows(database),
    withoutReason: sums.no_reason,
    providerBilled: [...books.billed.values()].reduce((sum, times) => sum + times, 0),
    ledgerSettled: calls.reduce((sum, call) => sum + call.settled, 0),
    ledgerInDoubt: calls.reduce((sum, call) => sum + call.in_doubt, 0),
    heldUsd: sums.held,
    inDoubtUsd: sums.doubt,
    spentUsd: sums.spent,
    faults: await ledgerFaults(database),
  };
}

/** Attempts whose own request was billed, by the id that travelled with it. */
async function deniedAttempts(database: Query, books: Books): Promise<string[]> {
  const { rows } = await database.query<{ id: string; state: string }>(
    `select id, state from app_private.llm_attempts
       where client_request_id = any ($1::uuid[]) and state not in ('succeeded', 'unusable', 'in_doubt', 'sending', 'abandoned')`,
    [[...books.billedAttempts]],
  );
  return rows.map((row) => `attempt ${row.id} is ${row.state}`);
}

/** Whatever is not at an end. Empty when all work is done. */
export async function stuckRows(database: Query): Promise<string[]> {
  const { rows } = await database.query<{ line: string }>(
    `select 'attempt ' || id || ' ' || state as line from app_private.llm_attempts where state in ('reserved', 'sending')
     union all select 'call ' || id || ' ' || state from app_private.llm_calls where state in ('pending', 'active') and subject_type = 'submission'
     union all select 'submission ' || id || ' ' || status from app_public.submissions where status in ('queued', 'running')
     union all select 'task ' || id || ' ' || status from app_public.tasks where status <> 'dispatched'
     union all select 'job ' || id || ' ' || task_identifier from graphile_worker.jobs where attempts < max_attempts and task_identifier <> 'sweep_calls'`,
  );
  return rows.map((row) => row.line);
}

async function countBy(database: Query, sql: string): Promise<Record<string, number>> {
  const { rows } = await database.query<{ name: string; n: number }>(sql);
  return Object.fromEntries(rows.map((row) => [row.name, row.n]));
}
