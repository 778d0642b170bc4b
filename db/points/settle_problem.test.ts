// [db/points/settle_problem.test.ts] -> app_private.settle_problem(), app_public.points_ledger, app_public.user_progress
import { type Db, describe, expect, test } from "../testing/database.ts";
import { addJudged, addProblem, faults, judge, settle, solve } from "./testing/practice.ts";

const ledger = (db: Db, user: string, reasons = "{solve,improvement,reversal}") =>
  db.rows<{ reason: string; points: number; day: string }>(
    `select reason, points, day::text from app_public.points_ledger
       where user_id = $1 and reason = any ($2) and problem_id is not null order by id`,
    [user, reasons],
  );

async function totals(db: Db, user: string) {
  return {
    periods: await db.rows(
      "select kind, starts_on::text, points, solved, reached_at from app_private.period_scores where user_id = $1 order by 1, 2",
      [user],
    ),
    days: await db.rows(
      "select day::text, exercises_completed, points_earned from app_public.daily_activity where user_id = $1 and (exercises_completed, points_earned) <> (0, 0) order by day",
      [user],
    ),
    progress: await db.rows(
      "select problem_id, status, completed_at, points_earned, best_answer_id from app_public.user_progress where user_id = $1 order by problem_id",
      [user],
    ),
    streak: await db.rows("select days, frozen, longest from app_private.streaks where user_id = $1", [user]),
  };
}

describe("settle_problem", () => {
  test("pays the first correct answer with its bonus, and a better one the difference", async ({ db }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    await solve(db.client, { user, problem, score: 10, at: "2026-11-01 10:00Z" });
    expect(await ledger(db, user)).toEqual([]);
    await solve(db.client, { user, problem, bonus: 20, at: "2026-11-02 10:00Z" });
    await solve(db.client, { user, problem, bonus: 5, at: "2026-11-03 10:00Z" });
    await solve(db.client, { user, problem, bonus: 50, at: "2026-11-04 10:00Z" });
    expect(await ledger(db, user)).toEqual([
      { reason: "solve", points: 120, day: "2026-11-02" },
      { reason: "improvement", points: 30, day: "2026-11-04" },
    ]);
    expect(
      await db.row(
        "select status, attempts_count, completed_at, points_earned from app_public.user_progress where user_id = $1",
        [user],
      ),
    ).toEqual({
      status: "completed",
      attempts_count: 4,
      completed_at: new Date("2026-11-02T10:00:00Z"),
      points_earned: 150,
    });
    expect(await faults(db.client)).toEqual([]);
  });

  test("run again, with the same cause or another, changes nothing", async ({ db }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    const { verdict } = await solve(db.client, { user, problem });
    const before = await totals(db, user);
    const { version } = await db.row<{ version: number }>(
      "select version from app_public.user_progress where user_id = $1",
      [user],
    );
    for (const cause of [verdict, verdict, undefined]) await settle(db.client, user, problem, cause);
    expect(await totals(db, user)).toEqual(before);
    expect(await ledger(db, user)).toHaveLength(1);
    expect(await db.row("select version from app_public.user_progress where user_id = $1", [user])).toEqual({
      version,
    });
  });

  test("answers that are judged late, in any order, come to the same points and days", async ({ db }) => {
    const problem = await addProblem(db.client);
    const outcomes = [];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      const user = await db.person();
      const answers = [];
      for (const [day, bonus] of [
        [1, 10],
        [3, 30],
        [5, 20],
      ] as const) {
        const answer = await addJudged(db.client, { user, problem, score: 0, bonus, at: `2026-11-0${day} 10:00Z` });
        answers.push(answer);
      }
      for (const n of order) {
        const { answer } = answers[n]!;
        await settle(db.client, user, problem, await judge(db.client, answer, 90));
        expect(await faults(db.client)).toEqual([]);
      }
      const { periods, days, streak, progress } = await totals(db, user);
      // Which answer solved it is the one that was found correct first: that does not move.
      expect(progress).toMatchObject([{ completed_at: new Date(`2026-11-0${2 * order[0]! + 1}T10:00:00Z`) }]);
      outcomes.push({
        streak,
        periods: periods.map((period) => ({ ...period, solved: undefined })),
        days: days
          .filter((day) => day["points_earned"] !== 0)
          .map((day) => ({ ...day, exercises_completed: undefined })),
      });
    }
    expect(outcomes.slice(1)).toEqual([outcomes[0], outcomes[0], outcomes[0]]);
  });

  test("a verdict that is taken back takes back what it had paid, day by day, and its return restores every total", async ({
    db,
  }) => {
    const user = await db.person();
    const [problem, other] = [await addProblem(db.client), await addProblem(db.client)];
    await solve(db.client, { user, problem: other, at: "2026-10-20 10:00Z" });
    const { answer } = await solve(db.client, { user, problem, bonus: 10, at: "2026-10-30 10:00Z" });
    await solve(db.client, { user, problem, bonus: 40, at: "2026-11-03 10:00Z" });
    const before = await totals(db, user);
    const cause = crypto.randomUUID();
    for (let round = 0; round < 3; round++) {
      await judge(db.client, answer, 0);
      await settle(db.client, user, problem, cause);
      expect(await faults(db.client)).toEqual([]);
      expect((await totals(db, user)).progress).toContainEqual(
        expect.objectContaining({ points_earned: 140, completed_at: new Date("2026-10-30T10:00:00Z") }),
      );
      await judge(db.client, answer, 95);
      await settle(db.client, user, problem, cause);
      expect(await faults(db.client)).toEqual([]);
      const { progress, ...rest } = await totals(db, user);
      expect({ progress, ...rest }).toEqual(before);
    }
  });

  test("an achievement whose reason is taken back stays, and its points do not, until the reason returns", async ({
    db,
  }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    const { answer } = await solve(db.client, { user, problem, at: "2026-11-03 10:00Z" });
    const before = await totals(db, user);
    const standing = () =>
      db.rows("select achievement_type, is_standing from app_public.user_achievements where user_id = $1 order by 1", [
        user,
      ]);
    expect(await standing()).toEqual([
      { achievement_type: "first_answer", is_standing: true },
      { achievement_type: "first_solve", is_standing: true },
      { achievement_type: "module_complete", is_standing: true },
    ]);
    for (let round = 0; round < 2; round++) {
      await settle(db.client, user, problem, await judge(db.client, answer, 5));
      expect(await standing()).toContainEqual({ achievement_type: "first_solve", is_standing: false });
      expect((await totals(db, user)).periods[0]).toMatchObject({ points: 10, solved: 0 });
      await settle(db.client, user, problem, await judge(db.client, answer, 90));
      expect(await standing()).toContainEqual({ achievement_type: "first_solve", is_standing: true });
      expect(await totals(db, user)).toEqual(before);
    }
    expect(await faults(db.client)).toEqual([]);
  });

  test("a month counts what was earned in it, however late it is judged", async ({ db }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    await solve(db.client, { user, problem, at: "2026-10-31 23:59:59Z" });
    expect(
      await db.rows(
        "select starts_on::text, points from app_private.period_scores where user_id = $1 and kind = 'month' and solved > 0",
        [user],
      ),
    ).toEqual([{ starts_on: "2026-10-01", points: 100 }]);
  });
});

describe("the ledger", () => {
  test("is only ever added to", async ({ db }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    await solve(db.client, { user, problem });
    for (const sql of [
      "update app_public.points_ledger set points = points + 1",
      "update app_public.points_ledger set user_id = gen_random_uuid()",
      "delete from app_public.points_ledger",
      "truncate app_public.points_ledger",
    ]) {
      await db.rows("savepoint before");
      await expect(db.rows(sql), sql).rejects.toMatchObject({ code: "TB090" });
      await db.rows("rollback to before");
    }
  });

  test("and all its sums stay when a member is erased", async ({ db }) => {
    const [user, other] = [await db.person(), await db.person()];
    const problem = await addProblem(db.client);
    await solve(db.client, { user, problem });
    await solve(db.client, { user: other, problem });
    await db.rows("select app_private.fold_scores()");
    const sums = () =>
      db.row(
        "select (select sum(points) from app_public.points_ledger) as ledger, (select sum(points) from app_private.period_scores) as periods",
      );
    const before = await sums();
    await db.rows("select app_private.erase_account($1)", [user]);
    expect(await sums()).toEqual(before);
    expect(await faults(db.client)).toEqual([]);
    expect(await db.rows("select from app_public.points_ledger where user_id = $1", [user])).toEqual([]);
    expect(await db.rows("select from app_private.point_holders where id = $1", [user])).toEqual([]);
  });
});
