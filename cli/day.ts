// npm start, npm run day -> [cli/day.ts] -> app_private.log_scheduled_task() -> generate_daily_tasks, dispatch_and_collect
// Today's cycle, asked for now and watched until every submission has its end. Asking twice gives the same runs.
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

export async function runDay(options: DayOptions): Promise<DayRow[]> {
  const day = new Date().toISOString().slice(0, 10);
  const until = performance.now() + options.limitMs;
  return withClient(options.database.url("autobench_worker"), async (client) => {
    for (const task of ["generate_daily_tasks", "dispatch_and_collect"]) await runTask(client, task, options, until);
    let shown = "";
    for (;;) {
      const { rows } = await client.query<DayRow>("select * from app_private.day_report($1::date)", [day]);
      const answers = rows.filter((row) => row.model !== null);
      const sentence = `${answers.filter(isOver).length} of ${answers.length} submissions have come to an end.`;
      if (sentence !== shown) options.onProgress((shown = sentence));
      if (answers.every(isOver)) return rows;
      await pause(options, until);
    }
  });
}

async function runTask(client: pg.Client, task: string, options: DayOptions, until: number): Promise<void> {
  const { id } = await oneRow<{ id: string }>(
    client,
    "select id from app_private.log_scheduled_task($1, '{}', now(), $2, app_private.period_key($1, now()))",
    [task, options.requestedBy],
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
