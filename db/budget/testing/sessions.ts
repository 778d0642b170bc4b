// db/budget/*.test.ts, db/tasks/*.test.ts -> [db/budget/testing/sessions.ts] -> pg_stat_activity
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { oneRow, type Query } from "../../cluster/connect.ts";

/** Resolves once this session waits for a lock that another holds. */
export async function waitForBlocked(watcher: Query, session: pg.PoolClient): Promise<void> {
  const { processID } = session as pg.PoolClient & { processID: number };
  for (let tries = 0; tries < 2000; tries++) {
    const { is_blocked } = await oneRow<{ is_blocked: boolean }>(
      watcher,
      "select cardinality(pg_blocking_pids($1::int)) > 0 as is_blocked",
      [processID],
    );
    if (is_blocked) return;
    await delay(2);
  }
  throw new Error("The session never waited.");
}

/** A generator of numbers in [0, 1) that gives the same ones for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of these, by a number in [0, 1). */
export function pick<T>(of: readonly T[], at: number): T {
  const value = of[Math.floor(at * of.length)];
  if (value === undefined) throw new Error("There is nothing to pick from.");
  return value;
}
