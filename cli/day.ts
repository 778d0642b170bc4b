// npm start, npm run day -> [cli/day.ts] -> app_private.log_scheduled_task() -> generate_daily_tasks, dispatch_and_collect, pair_generator, refresh_leaderboards
// Today's cycle, asked for now and watched until every submission has its end and its picture, and can be voted on. Asking
// twice gives the same runs.
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { oneRow, withClient } from "../db/cluster/connect.ts";
import type { Database } from "../db/cluster/database.ts";
import { ExplainedError } from "../process/explained.ts";

export interface DayRow {
  slot: number;
  title: string | null;
  task_status: string;
  source: string | null;
  model: string | null;
  is_rehearsal: boolean | null;
  status: string | null;
  reason: string | null;
  latency_ms: number | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: string | null;
  picture: string | null;
  /** Pairs of its task that can be voted on. */
  pairs: number;
}

export interface Day {
  rows: DayRow[];
  /** The board as it stands, as lines of CSV. */
  board: string[];
}

export interface DayOptions {
  database: Database;
  requestedBy: "start" | "cli";
  /** Called with a sentence whenever something has moved. */
  onProgress: (sentence: string) => void;
  signal?: AbortSignal;
  limitMs: number;
}

const isOver = (row: DayRow) => ["succeeded", "failed", "in_doubt"].includes(row.status ?? "");

const hasPicture = (row: DayRow) => row.status !== "succeeded" || !["queued", "running"].includes(row.picture ?? "");

export async function runDay(options: DayOptions): Promise<Day> {
  const day = new Date().toISOString().slice(0, 10);
  const until = performance.now() + options.limitMs;
  return withClient(options.database.url("autobench_worker"), async (client) => {
    for (const task of ["generate_daily_tasks", "dispatch_and_collect"]) await runTask(client, task, options, until);
    const answered = "submissions have come to an end.";
    await watch(client, day, options, until, isOver, answered);
    await watch(client, day, options, until, hasPicture, "pages have been looked at.");
    // These two are asked for anew: what ran before the last answer came knows nothing of it.
    await runTask(client, "pair_generator", options, until, false);
    await runTask(client, "refresh_leaderboards", options, until, false);
    const { rows: lines } = await client.query<{ line: string }>("select line from app_private.leaderboard_csv() line");
    const { rows } = await client.query<DayRow>("select * from app_private.day_report($1::date)", [day]);
    return { rows, board: lines.map(({ line }) => line) };
  });
}

/** Looks until something holds for every answer, and says how many are left whenever that has changed. */
async function watch(
  client: pg.Client,
  day: string,
  options: DayOptions,
  until: number,
  holds: (row: DayRow) => boolean,
  words: string,
): Promise<void> {
  for (let shown = ""; ;) {
    const { rows } = await client.query<DayRow>("select * from app_private.day_report($1::date)", [day]);
    const answers = rows.filter((row) => row.model !== null);
    const sentence = `${answers.filter(holds).length} of ${answers.length} ${words}`;
    if (sentence !== shown) options.onProgress((shown = sentence));
    if (answers.every(holds)) return;
    await pause(options, until);
  }
}

async function runTask(
  client: pg.Client,
  task: string,
  options: DayOptions,
  until: number,
  isOncePerPeriod = true,
): Promise<void> {
  const { id } = await oneRow<{ id: string }>(
    client,
    "select id from app_private.log_scheduled_task($1, '{}', now(), $2, case when $3 then app_private.period_key($1, now()) end)",
    [task, options.requestedBy, isOncePerPeriod],
  );
  options.onProgress(`${task} is asked for.`);
  for (;;) {
    const run = await oneRow<{ status: string; error: string | null }>(
      client,
      "select status, error from app_private.scheduled_task_state($1::bigint)",
      [id],
    );
    if (run.status === "completed") return;
    if (run.status === "failed")
      throw new ExplainedError(`${task} failed: ${run.error ?? "see app_operations.scheduled_tasks"}`);
    await pause(options, until);
  }
}

async function pause(options: DayOptions, until: number): Promise<void> {
  if (performance.now() > until)
    throw new ExplainedError("The day's cycle did not come to an end in time; it goes on in the background.");
  await delay(150, undefined, { signal: options.signal });
}

/** What can be voted on, in a sentence. */
export function pairsSentence(rows: readonly DayRow[]): string {
  const byTask = new Map(rows.map((row) => [row.slot, row.pairs]));
  const pairs = [...byTask.values()].reduce((sum, one) => sum + one, 0);
  return `${pairs} pairs of pages on ${byTask.size} tasks can be voted on.`;
}

/** The day as a table for a terminal. */
export function dayTable(rows: readonly DayRow[]): string {
  const header = ["task", "model", "status", "seconds", "tokens", "cost"];
  const lines = rows
    .filter((row) => row.model !== null)
    .map((row) => [
      `${row.slot} ${row.title ?? ""}`.slice(0, 36),
      row.model ?? "",
      row.status === "succeeded" ? "succeeded" : `${row.status ?? ""}: ${row.reason ?? ""}`.slice(0, 40),
      row.latency_ms === null ? "" : (row.latency_ms / 1000).toFixed(1),
      row.output_tokens === null ? "" : String(row.output_tokens),
      row.cost_usd === null ? "" : `$${Number(row.cost_usd).toFixed(4)}`,
    ]);
  const widths = header.map((name, column) => Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)));
  return [header, ...lines]
    .map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}
