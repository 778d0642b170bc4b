// autobench judge-check -> [cli/judge-check.ts] -> app_private.open_judge_check(), judge_answer, app_private.judge_check_report()
// Has the examples of content/problems judged by the live judge, and compares what it says with what it should say.
import { setTimeout as delay } from "node:timers/promises";
import { oneRow, withClient } from "../db/cluster/connect.ts";
import type { Database } from "../db/cluster/database.ts";
import { ExplainedError } from "../process/explained.ts";

export interface CheckRow {
  prompt_version: string;
  slug: string;
  example: string;
  is_expected_correct: boolean;
  score_min: number;
  score_max: number;
  state: "waiting" | "scored" | "unscored";
  score: number | null;
  is_correct: boolean | null;
  reason: string | null;
  is_as_expected: boolean;
}

export interface CheckOptions {
  database: Database;
  version: string | undefined;
  onProgress: (sentence: string) => void;
  signal?: AbortSignal;
  limitMs: number;
}

export async function checkJudge(options: CheckOptions): Promise<CheckRow[]> {
  const until = performance.now() + options.limitMs;
  return withClient(options.database.url("autobench_worker"), async (client) => {
    const { id } = await oneRow<{ id: string }>(client, "select app_private.open_judge_check($1) as id", [
      options.version ?? null,
    ]);
    let shown = "";
    for (;;) {
      const { rows } = await client.query<CheckRow>("select * from app_private.judge_check_report($1::bigint)", [id]);
      const sentence = `${rows.filter((row) => row.state !== "waiting").length} of ${rows.length} examples are judged.`;
      if (sentence !== shown) options.onProgress((shown = sentence));
      if (rows.every((row) => row.state !== "waiting")) return rows;
      if (performance.now() > until)
        throw new ExplainedError("The judge did not come to an end in time; it goes on in the background.");
      await delay(200, undefined, { signal: options.signal });
    }
  });
}

/** What each kind of example came to, then each one that is not as it should be. */
export function checkTable(rows: readonly CheckRow[]): string {
  const kinds = [...new Set(rows.map(({ example }) => example))].toSorted();
  const header = ["example", "expected", "passed", "failed", "unscored", "as expected"];
  const lines = kinds.map((kind) => {
    const of = rows.filter(({ example }) => example === kind);
    const expected = new Set(of.map((row) => (row.is_expected_correct ? "passes" : "fails")));
    return [
      kind,
      [...expected].join("/"),
      String(of.filter((row) => row.is_correct === true).length),
      String(of.filter((row) => row.is_correct === false).length),
      String(of.filter((row) => row.state === "unscored").length),
      `${of.filter((row) => row.is_as_expected).length} of ${of.length}`,
    ];
  });
  const widths = header.map((name, column) => Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const table = [header, ...lines].map((line) =>
    `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  const wrong = rows
    .filter((row) => !row.is_as_expected)
    .map((row) => {
      const got = row.score === null ? (row.reason ?? "no score") : `score ${row.score}`;
      return `  ${row.slug}/${row.example}: ${got}, where ${row.score_min} to ${row.score_max} is right`;
    });
  return [...table, ...(wrong.length ? ["", ...wrong] : [])].join("\n");
}
