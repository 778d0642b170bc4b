// [bench/votes/storm.test.ts] -> bench/votes/storm.ts
import { expect, test } from "vitest";
import { problemsIn, runStorm } from "./storm.ts";

test("64 voters, killed workers and a lost database: each vote counts once", { timeout: 180_000 }, async () => {
  const report = await runStorm({ voters: 64, votes: 600, kills: 2, restarts: 2, seed: 4 });
  expect(problemsIn(report, 600)).toEqual([]);
  expect(report.restarts).toBe(2);
  expect(report.kills).toBeGreaterThanOrEqual(1);
  expect(report.snapshots).toBeGreaterThan(0);
});
