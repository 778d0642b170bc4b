// [bench/faults/storm.test.ts] -> bench/faults/storm.ts
import { expect, test } from "vitest";
import { runStorm } from "./storm.ts";
import { problemsIn } from "./verdict.ts";

test("ten kills and a lost database: nothing is bought twice, nothing is lost", { timeout: 180_000 }, async () => {
  const report = await runStorm({ kills: 10, restarts: 1, seed: 11 });
  expect(problemsIn(report)).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(10);
  expect(report.restarts).toBe(1);
  expect(report.requests).toBeGreaterThan(20);
});
