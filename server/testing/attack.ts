// server/testing/documents.ts -> [server/testing/attack.ts] -> server/**/*.test.ts
// What every refusal has to be: quick, in our own words, and silent about everything that is not the caller's business.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "../../db/testing/database.ts";
import type { AnswerError } from "./client.ts";

/** Words of SQL, of stacks and of files that no caller is ever to see. */
const forbidden = [
  /\bselect\b.{1,200}\bfrom\b|\binsert into\b|\bupdate \S+ set\b|\bdelete from\b|\bset_config\b/is,
  /\b(?:violates|duplicate key|permission denied|relation "|column "|constraint "|syntax error at)\b/i,
  /\b(?:app_private|app_operations|pg_\w+|autobench_\w+|SQLSTATE|sqlstate|postgres)\b/i,
  /\b(?:accounts|erased_subjects|webhook_messages|rate_limits|retention_rules|time_zone_changes)\b/,
  /"(?:detail|stack|where|routine|schema|table|originalError|exception|hash)":/,
  /"code":"(?!TB)[0-9A-Z]{5}"/,
  /node_modules|\bat (?:async )?[\w.<>]+ \(|\.(?:ts|js|mjs):\d+|\/(?:work|home|usr|tmp|var)\//,
  /Maximum call stack|Cannot read propert|undefined is not|is not a function/,
];

export function expectNoLeak(text: string): void {
  for (const pattern of forbidden) expect(text).not.toMatch(pattern);
}

export interface Attempt {
  ms: number;
  errors?: AnswerError[];
}

/** Refused with a sentence and a code, and within 50 ms: the median of three tries, of which a second round may be had. */
export async function expectQuickRefusal<A extends Attempt>(
  attack: () => Promise<A>,
  code: string | RegExp,
  says = /./,
): Promise<A> {
  let median = Infinity;
  for (let round = 0; round < 3 && median > 50; round++) {
    const attempts = [await attack(), await attack(), await attack()];
    for (const { errors } of attempts) {
      expect(errors?.[0]?.message).toMatch(/^[A-Z].{9,}/s);
      expect(errors?.[0]?.message).toMatch(says);
      expect(errors?.[0]?.extensions?.code).toMatch(code);
      expectNoLeak(JSON.stringify(errors));
    }
    median = attempts.map(({ ms }) => ms).toSorted((a, b) => a - b)[1] ?? Infinity;
  }
  expect(median).toBeLessThan(50);
  return attack();
}

let collect: (() => void) | undefined;

/** Megabytes in use once everything that nobody needs is thrown away. */
export function memoryInUse(): { heap: number; resident: number } {
  setFlagsFromString("--expose-gc");
  collect ??= runInNewContext("gc") as () => void;
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20 };
}
