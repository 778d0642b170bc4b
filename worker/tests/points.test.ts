// [worker/tests/points.test.ts] -> worker/tasks/refresh_leaderboards.ts, worker/tasks/streak_updater.ts, worker/folding.ts
import type pg from "pg";
import { addJudged, addProblem, settle, solve } from "../../db/points/testing/practice.ts";
import { silentLog } from "../../process/log.ts";
import { keepFolding } from "../folding.ts";
import { refreshLeaderboards } from "../tasks/refresh_leaderboards.ts";
import { streakUpdater } from "../tasks/streak_updater.ts";
import { describe, expect, test } from "./queue.ts";

let people = 0;
async function person(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ user_id: string }>(
    "select user_id from app_private.sign_in('https://issuer.test', $1, '{}')",
    [`points_${++people}`],
  );
  return rows[0]?.user_id ?? "";
}
const results = async (pool: pg.Pool, name: string) =>
  (
    await pool.query<{ result: unknown }>(
      "select result from app_private.scheduled_tasks where function_name = $1 order by id",
      [name],
    )
  ).rows.map(({ result }) => result);

describe("refresh_leaderboards", () => {
  test("counts, refreshes what has changed, and finds nothing the second time", async ({ queue, pool }) => {
    await solve(pool, { user: await person(pool), problem: await addProblem(pool) });
    for (let run = 0; run < 2; run++) {
      await queue.log("refresh_leaderboards");
      await queue.drain({ refresh_leaderboards: refreshLeaderboards });
    }
    expect(await results(pool, "refresh_leaderboards")).toEqual([
      { snapshots: 0, weighed: 0, refreshed: ["all", "month", "week"], closed: 0 },
      { snapshots: 0, weighed: 0 },
    ]);
    expect((await pool.query("select from app_public.leaderboard_weekly")).rowCount).toBe(1);
  });
});

describe("streak_updater", () => {
  test("bridges and pays, and changes nothing the second time", async ({ queue, pool }) => {
    const user = await person(pool);
    const problem = await addProblem(pool);
    for (let day = 2; day <= 8; day++) {
      await addJudged(pool, { user, problem, score: 40, at: new Date(Date.now() - day * 86_400_000) });
    }
    await settle(pool, user, problem);
    for (let run = 0; run < 2; run++) {
      await queue.log("streak_updater");
      await queue.drain({ streak_updater: streakUpdater });
    }
    expect(await results(pool, "streak_updater")).toEqual([
      { bridged: 1, paid: 1, cancelledBattles: 0 },
      { bridged: 0, paid: 0, cancelledBattles: 0 },
    ]);
    const { rows } = await pool.query("select current, freezes, is_at_risk from app_private.streak_now($1)", [user]);
    expect(rows).toEqual([{ current: 7, freezes: 0, is_at_risk: true }]);
  });
});

describe("the folding", () => {
  test("counts changed scores by itself, says once that it cannot, and stops", async ({ pool }) => {
    let isAway = true;
    const warnings: string[] = [];
    const database = {
      query: <Row extends pg.QueryResultRow>(sql: string) =>
        isAway ? Promise.reject(new Error("away")) : pool.query<Row>(sql),
    };
    const folding = keepFolding(
      database,
      { ...silentLog, warn: (sentence: string) => void warnings.push(sentence) },
      5,
    );
    await solve(pool, { user: await person(pool), problem: await addProblem(pool) });
    const waiting = async () => (await pool.query("select from app_private.score_changes")).rowCount;
    expect(await waiting()).toBeGreaterThan(0);
    await expect.poll(() => warnings.length).toBe(1);
    isAway = false;
    await expect.poll(waiting).toBe(0);
    await folding.stop();
    expect(warnings).toEqual(["scores could not be counted"]);
  });
});
