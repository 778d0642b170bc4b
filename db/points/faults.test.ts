// [db/points/faults.test.ts] -> the founding document's faults, each caught, and each test shown to fail without its guard
// A guard is taken away inside the test's transaction; what must not happen then happens, so the test would see it.
import { type Db, describe, expect, member, test } from "../testing/database.ts";
import { addJudged, addProblem, faults, judge, replaced, settle, solve } from "./testing/practice.ts";

const points = async (db: Db, user: string): Promise<number> =>
  (
    await db.row<{ n: number }>(
      "select coalesce((select points from app_private.period_scores where user_id = $1 and kind = 'all'), 0) as n",
      [user],
    )
  ).n;

/** Whether a member gets a statement through. */
async function getsThrough(db: Db, user: string, sql: string): Promise<boolean> {
  try {
    return (await db.as(member(user), () => db.client.query(sql))).rowCount !== 0;
  } catch (error) {
    expect(String(error)).toMatch(/permission denied|row-level security|cannot be|is_generated|generated/);
    return false;
  }
}

describe("1: a member forges nothing", () => {
  const forgeries = (user: string, problem: string): readonly (readonly [string, string, string])[] => [
    [
      "points",
      `update app_private.period_scores set points = 999999 where user_id = '${user}'`,
      "app_private.period_scores",
    ],
    [
      "a ledger row",
      `insert into app_public.points_ledger (user_id, reason, ref, points, day, at) values ('${user}', 'battle', 'x', 9999, '2026-11-01', now())`,
      "app_public.points_ledger",
    ],
    [
      "progress",
      `insert into app_public.user_progress (user_id, problem_id, status, completed_at, completed_on, points_earned) values ('${user}', '${problem}', 'completed', now(), '2026-11-01', 9999)`,
      "app_public.user_progress",
    ],
    [
      "a streak",
      `update app_private.streaks set days = days + '{[2020-01-01,2026-01-01)}' where user_id = '${user}'`,
      "app_private.streaks",
    ],
    [
      "a day",
      `insert into app_public.daily_activity values ('${user}', '2026-11-01', 5, 500)`,
      "app_public.daily_activity",
    ],
    ["a badge", `insert into app_public.user_badges values ('${user}', 'Master', now())`, "app_public.user_badges"],
    [
      "an achievement",
      `insert into app_public.user_achievements (user_id, achievement_type) values ('${user}', 'streak_100')`,
      "app_public.user_achievements",
    ],
    [
      "an answer",
      `insert into app_public.answers (user_id, problem_id, body, day, seconds_taken, base_points, time_bonus_points) values ('${user}', '${problem}', 'x', '2026-11-01', 1, 9999, 0)`,
      "app_public.answers",
    ],
    ["a verdict", `update app_public.verdicts set score = 100 where user_id = '${user}'`, "app_public.verdicts"],
    [
      "an e-mail",
      `update app_private.accounts set email = 'ceo@victim.test' where user_id = '${user}'`,
      "app_private.accounts",
    ],
    [
      "a won battle",
      `insert into app_public.battles (challenger_id, problem_id, status, winner_id, accepted_at, finished_at, reason) values ('${user}', '${problem}', 'finished', '${user}', now(), now(), 'x')`,
      "app_public.battles",
    ],
  ];

  test("and would, were it granted", async ({ db }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    const other = await addProblem(db.client);
    await solve(db.client, { user, problem, score: 40 });
    for (const [what, sql, table] of forgeries(user, other)) {
      expect(await getsThrough(db, user, sql), what).toBe(false);
      await db.rows("savepoint guarded");
      await db.rows(`grant usage on schema app_private to autobench_member; grant all on ${table} to autobench_member;
        alter table ${table} disable row level security; grant execute on all functions in schema app_private to autobench_member;
        grant all on all tables in schema app_private to autobench_member; grant all on all tables in schema app_public to autobench_member`);
      for (const { name } of await db.rows<{ name: string }>(
        "select oid::regclass::text as name from pg_class where relkind in ('r', 'p') and relnamespace::regnamespace::text ~ '^app_'",
      )) {
        await db.rows(`alter table ${name} disable row level security`);
      }
      expect(await getsThrough(db, user, sql), `${what}, granted`).toBe(true);
      await db.rows("rollback to guarded");
    }
  });

  test("and a visitor sees no e-mail, points of a hidden member or anybody's ledger", async ({ db }) => {
    const user = await db.person({ email: "ada@example.org" });
    const problem = await addProblem(db.client);
    await solve(db.client, { user, problem });
    for (const table of [
      "app_public.points_ledger",
      "app_public.user_progress",
      "app_public.daily_activity",
      "app_private.period_scores",
    ]) {
      await expect(db.rowsAs({ role: "autobench_anon" }, `select * from ${table}`)).rejects.toThrow(
        "permission denied",
      );
    }
    const stranger = await db.person();
    for (const table of ["app_public.points_ledger", "app_public.user_progress", "app_public.daily_activity"]) {
      expect(await db.rowsAs(member(stranger), `select * from ${table}`)).toEqual([]);
      expect(await db.rowsAs(member(user), `select * from ${table}`)).not.toEqual([]);
    }
  });
});

describe("2: nothing is paid twice, and a late verdict pays", () => {
  test("the same correct answer ten times pays once", async ({ db }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    for (let n = 0; n < 10; n++) await solve(db.client, { user, problem });
    const { sum } = await db.row<{ sum: string }>(
      "select sum(points) from app_public.points_ledger where user_id = $1 and problem_id is not null",
      [user],
    );
    expect(Number(sum)).toBe(100);
  });

  test("a verdict that comes after the answer pays when it comes", async ({ db }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    const { answer } = await addJudged(db.client, { user, problem, score: 0 });
    await settle(db.client, user, problem);
    const before = await points(db, user);
    await settle(db.client, user, problem, await judge(db.client, answer, 90));
    expect((await points(db, user)) - before).toBeGreaterThanOrEqual(100);
  });
});

describe("5: badges", () => {
  test("ask for points and exercises, are kept, and a changed rule counts at once", async ({ db }) => {
    const user = await db.person();
    const badges = async () =>
      (
        await db.rows<{ name: string }>(
          "select badge_name as name from app_public.user_badges where user_id = $1 order by badge_name desc",
          [user],
        )
      )
        .map(({ name }) => name)
        .toReversed();
    expect(await badges()).toEqual(["Beginner"]);
    const problem = await addProblem(db.client, { basePoints: 5000 });
    const { answer } = await solve(db.client, { user, problem });
    expect(await badges()).toEqual(["Beginner"]); // 5,000 points with one problem are no Apprentice
    await db.rows("update app_public.badges set required_exercises = 1 where name = 'Apprentice'");
    expect(await badges()).toEqual(["Apprentice", "Beginner"]);
    await settle(db.client, user, problem, await judge(db.client, answer, 0));
    expect(await points(db, user)).toBeLessThan(1000);
    expect(await badges()).toEqual(["Apprentice", "Beginner"]);
    expect(
      await db.rowsAs(member(user), "select (app_public.users_badge(u)).name from app_public.users u where id = $1", [
        user,
      ]),
    ).toEqual([{ name: "Apprentice" }]);
  });

  test("would be had for points alone, were the exercises not asked for", async ({ db }) => {
    await replaced(
      db.client,
      "app_private.award_badges(uuid, timestamptz)",
      "and s.solved >= b.required_exercises",
      "",
    );
    const user = await db.person();
    await solve(db.client, { user, problem: await addProblem(db.client, { basePoints: 5000 }) });
    expect(await db.rows("select from app_public.user_badges where user_id = $1", [user])).not.toHaveLength(1);
  });

  test("would be taken away when points fall, were they not kept", async ({ db }) => {
    const user = await db.person();
    const shown = () => db.row("select (app_public.users_badge(u)).name from app_public.users u where id = $1", [user]);
    await db.rows("update app_public.badges set required_exercises = 0");
    const problem = await addProblem(db.client, { basePoints: 1200 });
    const { answer } = await solve(db.client, { user, problem });
    await settle(db.client, user, problem, await judge(db.client, answer, 0));
    expect(await shown()).toEqual({ name: "Apprentice" });
    await db.rows(
      `create or replace function app_public.users_badge("user" app_public.users) returns app_public.badges language sql stable
         as 'select b.* from app_public.badges b where b.required_points <= app_public.users_total_points("user") order by b.rank_level desc limit 1'`,
    );
    expect(await shown()).toEqual({ name: "Beginner" });
  });

  test("without the trigger a changed rule reaches nobody", async ({ db }) => {
    const user = await db.person();
    await solve(db.client, { user, problem: await addProblem(db.client, { basePoints: 5000 }) });
    await db.rows("alter table app_public.badges disable trigger _500_award");
    await db.rows("update app_public.badges set required_exercises = 1 where name = 'Apprentice'");
    expect(await db.rows("select from app_public.user_badges where user_id = $1", [user])).toHaveLength(1);
  });

  test("a new achievement is given to all who have met it, in one run, with its points", async ({ db }) => {
    const people = [];
    for (let n = 0; n < 3; n++) {
      const user = await db.person();
      await solve(db.client, { user, problem: await addProblem(db.client) });
      people.push({ user, before: await points(db, user) });
    }
    await db.rows(
      `insert into app_public.achievements (type, name, description, criteria, points)
         values ('one_solved', 'One', 'Solved one.', '{"metric": "solved", "at_least": 1}', 7)`,
    );
    for (const { user, before } of people) expect(await points(db, user)).toBe(before + 7);
    expect(await db.row("select app_private.award_all_achievements() as n")).toEqual({ n: 0 });
    expect(await faults(db.client)).toEqual([]);
  });

  test("an edited rule takes nothing from those who have it", async ({ db }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    await solve(db.client, { user, problem });
    const before = await points(db, user);
    await db.rows(
      `update app_public.achievements set criteria = '{"metric": "solved", "at_least": 50}', points = 1 where type = 'first_solve'`,
    );
    await solve(db.client, { user, problem, score: 20 });
    expect(await points(db, user)).toBe(before);
  });
});

describe("9: no nulls and no impossible numbers", () => {
  test.for([
    [
      "null points",
      "insert into app_public.points_ledger (user_id, reason, ref, points, day, at) values ($1, 'battle', 'x', null, '2026-11-01', now())",
      "23502",
    ],
    [
      "no points",
      "insert into app_public.points_ledger (user_id, reason, ref, points, day, at) values ($1, 'battle', 'x', 0, '2026-11-01', now())",
      "points_ledger_p",
    ],
    [
      "points taken as payment",
      "insert into app_public.points_ledger (user_id, reason, ref, points, day, at) values ($1, 'battle', 'x', -5, '2026-11-01', now())",
      "points_ledger_payments_positive",
    ],
    [
      "a total below nothing",
      "insert into app_public.points_ledger (user_id, reason, ref, points, day, at) values ($1, 'reversal', 'x', -5, '2026-11-01', now())",
      "_not_negative",
    ],
    [
      "a score of 150",
      "insert into app_public.user_progress (user_id, problem_id, best_score) select $1, id, 150 from app_public.problems",
      "user_progress_score_in_range",
    ],
  ] as const)("%s", async ([, sql, constraint], { db }) => {
    await addProblem(db.client);
    const user = await db.person();
    await db.rows("savepoint guarded");
    await expect(db.rows(sql, [user])).rejects.toThrow(constraint === "23502" ? "null value" : constraint);
    await db.rows("rollback to guarded");
    // Without what refuses it, it would stand.
    await db.rows(`alter table app_public.points_ledger alter points drop not null, drop constraint points_ledger_points_sane,
        drop constraint points_ledger_payments_positive, disable trigger _500_fold;
      alter table app_public.user_progress drop constraint user_progress_score_in_range`);
    await db.rows(sql, [user]);
  });
});
