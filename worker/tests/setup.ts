// worker/ledger.test.ts, worker/tests/*.test.ts -> [worker/tests/setup.ts] -> worker/ledger.ts
// A worker without a queue: the product's own ledger and tasks, on a database that can be taken away at any statement.
import { noRenderer } from "./renderer.ts";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { JobHelpers } from "graphile-worker";
import type pg from "pg";
import { afterAll } from "vitest";
import type { Query } from "../../db/cluster/connect.ts";
import { silentLog } from "../../process/log.ts";
import { dispatch, makeArena, utcDay, writeDay, writePrompts } from "../../db/budget/testing/calls.ts";
import type { WorkerDeps } from "../deps.ts";
import { type Complete, type LedgerOptions, makeAsk, replaySpool } from "../ledger.ts";
import { complete } from "../llm/complete.ts";
import { openSpool } from "../spool.ts";
import answerTask from "../tasks/answer_task.ts";

/** What a killed process does from then on. */
export class Killed extends Error {}

/** The database, with a say in each statement: `before` and `after` may throw. */
export function watched(query: Query, on: { before?: (sql: string) => void; after?: (sql: string) => void }): Query {
  return {
    async query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<{ rows: Row[] }> {
      on.before?.(sql);
      const result = await query.query<Row>(sql, values);
      on.after?.(sql);
      return result;
    },
  };
}

/** A process that dies before or after the statement (or the request) that bears this name, and does nothing more. */
export function mortal(query: Query, dies: { when: "before" | "after"; at: string }) {
  let isDead = false;
  const die = (): never => {
    isDead = true;
    throw new Killed(`killed ${dies.when} ${dies.at}`);
  };
  const live = (): void => {
    if (isDead) throw new Killed("dead already");
  };
  const database = watched(query, {
    before(sql) {
      live();
      if (dies.when === "before" && sql.includes(dies.at)) die();
    },
    after(sql) {
      live();
      if (dies.when === "after" && sql.includes(dies.at)) die();
    },
  });
  const mortalComplete: Complete = async (provider, request, options) => {
    if (dies.at === "complete" && dies.when === "before") die();
    const kept = dies.at === "complete" ? { ...options, onRaw: () => undefined } : options;
    const outcome = await complete(provider, request, kept);
    if (dies.at === "complete") die();
    return outcome;
  };
  return { database, complete: mortalComplete };
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes after the last test of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "autobench-worker-"));
  folders.push(folder);
  return folder;
}

export interface TestWorker extends WorkerDeps {
  options: LedgerOptions;
  helpers: JobHelpers;
  answer(callId: string): Promise<void>;
}

export function makeWorker(
  database: Query,
  options: Partial<LedgerOptions> & { folder?: string; keyNames?: string[]; tasksPerDay?: number } = {},
): TestWorker {
  const spool = openSpool(path.join(options.folder ?? temporaryFolder(), "spool"));
  const ledger: LedgerOptions = {
    database,
    worker: () => "test",
    keys: {},
    complete,
    spool,
    log: silentLog,
    deadlineMs: 5000,
    dailyLimitUsd: undefined,
    patienceMs: 0,
    ...options,
  };
  // What a task uses of its job: statements, and the wish to stop.
  const helpers = { query: database.query.bind(database), abortSignal: undefined } as unknown as JobHelpers;
  const deps: WorkerDeps = {
    log: silentLog,
    ask: makeAsk(ledger),
    keyNames: options.keyNames ?? [],
    hasRehearsal: false,
    renderer: noRenderer,
    tasksPerDay: options.tasksPerDay ?? 1,
    replaySpool: () => replaySpool(database, spool),
  };
  return {
    ...deps,
    options: ledger,
    helpers,
    answer: async (callId) => void (await answerTask(deps)({ callId }, helpers)),
  };
}

let daysAhead = 0;

/** A task of a day of its own, asked of one model at this address; returns its only call. */
export async function oneCall(query: Query, baseUrl: string, protocol: "openai" | "anthropic" = "openai") {
  await writePrompts(query);
  await query.query("update app_public.models set is_active = false");
  const arena = await makeArena(query, { baseUrl, protocol, isContestant: true });
  const day = utcDay(++daysAhead);
  const [task = ""] = await writeDay(query, day);
  await dispatch(query, day);
  const { rows } = await query.query<{ id: string; submission: string }>(
    `select c.id, s.id as submission from app_private.llm_calls c inner join app_public.submissions s on s.id = c.subject_id
       where s.task_id = $1`,
    [task],
  );
  const [row] = rows;
  if (!row) throw new Error("Nothing was dispatched.");
  return { arena, day, task, call: row.id, submission: row.submission };
}

export interface SubmissionState extends pg.QueryResultRow {
  status: string;
  reason: string | null;
  html: string | null;
  jobs: number;
}

export async function submissionState(query: Query, id: string): Promise<SubmissionState> {
  const { rows } = await query.query<SubmissionState>(
    `select s.status, s.reason, c.html,
         (select count(*)::int from graphile_worker.jobs j
            inner join app_private.llm_calls l on j.key = 'llm_call:' || l.id where l.subject_id = s.id) as jobs
       from app_public.submissions s left join app_public.submission_codes c on c.submission_id = s.id where s.id = $1`,
    [id],
  );
  const [row] = rows;
  if (!row) throw new Error("There is no such submission.");
  return row;
}
