// [db/streaks/milestones.test.ts] -> app_private.pay_milestones(), unpaid_milestones(), settle_milestones()
import { active, addJudged, addProblem, faults, judge, noon, settle } from "../points/testing/practice.ts";
import { describe, expect, test } from "../testing/database.ts";

describe("a streak", () => {
  test("pays its milestones once for each run, through the ledger", async ({ db }) => {
    const user = await db.person();
    await active(db.client, user, 2, 8);
    const paid = () => db.row("select paid as n from app_private.pay_milestones($1)", [noon(9)]);
    expect([await paid(), await paid()]).toEqual([{ n: 1 }, { n: 0 }]);
    await active(db.client, user, 1, 9); // the run grows at both ends: it is the same run
    expect(await paid()).toEqual({ n: 0 });
    expect(
      await db.rows("select points, day::text from app_public.points_ledger where user_id = $1 and reason = 'streak'", [
        user,
      ]),
    ).toEqual([{ points: 50, day: "2026-10-08" }]);
    expect(await faults(db.client)).toEqual([]);
  });

  test("pays a milestone however long nobody looked, of a run that has ended too", async ({ db }) => {
    const user = await db.person();
    await active(db.client, user, 1, 8);
    await active(db.client, user, 15, 22);
    const paid = () => db.row("select paid, seen from app_private.pay_milestones($1)", [noon(60)]);
    expect([await paid(), await paid()]).toEqual([
      { paid: 2, seen: 1 },
      { paid: 0, seen: 0 },
    ]);
    expect(
      await db.rows(
        "select day::text, points from app_public.points_ledger where user_id = $1 and reason = 'streak' order by day",
        [user],
      ),
    ).toEqual([
      { day: "2026-10-07", points: 50 },
      { day: "2026-10-21", points: 50 },
    ]);
    await db.rows("insert into app_private.streak_milestones (days, points) values (8, 5)"); // a new rule reaches old runs
    expect(await paid()).toEqual({ paid: 2, seen: 1 });
    expect(await faults(db.client)).toEqual([]);
  });

  test("gives back what a verdict brought it when that is taken back, and has it again when it returns", async ({
    db,
  }) => {
    const user = await db.person();
    await active(db.client, user, 1, 6);
    const problem = await addProblem(db.client);
    const { answer } = await addJudged(db.client, { user, problem, score: 0, at: noon(7) });
    await settle(db.client, user, problem);
    const totals = () =>
      db.rows(
        `select s.kind::text, s.starts_on::text, s.points, s.reached_at from app_private.period_scores s where s.user_id = $1 and s.points > 0
         union all select 'day', d.day::text, d.points_earned, null from app_public.daily_activity d where d.user_id = $1 and d.points_earned > 0
         order by 1, 2`,
        [user],
      );
    const pay = () => db.row("select paid from app_private.pay_milestones($1)", [noon(9)]);
    const say = async (score: number) => settle(db.client, user, problem, await judge(db.client, answer, score));
    expect(await pay()).toEqual({ paid: 0 });
    const before = await totals();
    let after: unknown;
    for (let round = 0; round < 3; round++) {
      await say(40); // as a re-judging does
      expect(await pay()).toEqual({ paid: round ? 0 : 1 });
      after ??= await totals();
      expect(await totals()).toEqual(after);
      expect(after).not.toEqual(before);
      await say(0); // as its reversal does
      expect(await totals()).toEqual(before);
      expect(await pay()).toEqual({ paid: 0 });
      expect(await faults(db.client)).toEqual([]);
    }
  });

  test("loses nothing that was paid by days that are added", async ({ db }) => {
    const user = await db.person();
    for (const [from, to] of [
      [1, 7],
      [10, 16],
      [30, 36],
    ] as const) {
      await active(db.client, user, from, to);
      await db.rows("select app_private.pay_milestones($1)", [noon(to)]);
    }
    await active(db.client, user, 8, 9); // two runs are one now, and both were paid
    await active(db.client, user, 20, 25);
    await db.rows("select app_private.pay_milestones($1)", [noon(40)]);
    expect(
      await db.rows("select from app_public.points_ledger where user_id = $1 and reason = 'reversal'", [user]),
    ).toEqual([]);
    expect(await faults(db.client)).toEqual([]);
  });
});
