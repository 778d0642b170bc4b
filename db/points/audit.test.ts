// [db/points/audit.test.ts] -> app_private.points_faults: nothing, after whatever people do
import { type Db, describe, expect, member, test } from "../testing/database.ts";
import { addProblem, faults } from "./testing/practice.ts";

function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

const answer = `with answer as (
    insert into app_public.answers (user_id, problem_id, body, answered_at, day, seconds_taken, base_points, time_bonus_points)
      select $1, p.id, 'Because.', $3::timestamptz, app_private.member_day($1, $3::timestamptz), 300, p.base_points, $4::int
        from app_public.problems p where p.id = $2
      returning *
  ), verdict as (
    insert into app_public.verdicts (answer_id, answered_at, user_id, problem_id, source, rubric_hash, pass_score, score, feedback)
      select a.id, a.answered_at, a.user_id, a.problem_id, 'rule', sha256('x'), 70, $5::int, 'Look again.' from answer a
      returning id, answer_id
  )
  select a.id as answer, v.id as verdict from answer a, verdict v`;

async function wander(db: Db, operations: number, seed: number): Promise<void> {
  const random = seeded(seed);
  const problems = [];
  for (let n = 0; n < 12; n++) problems.push(await addProblem(db.client, { basePoints: 10 * random(12), bonus: 40 }));
  const people: string[] = [];
  for (let n = 0; n < 25; n++) people.push(await db.person());
  const answers: { id: string; user: string; problem: string }[] = [];
  const start = Date.UTC(2026, 8, 20);
  for (let n = 0; n < operations; n++) {
    const user = people[random(people.length)] ?? "";
    const dice = random(1000);
    if (dice < 620) {
      const problem = problems[random(problems.length)] ?? "";
      const at = new Date(start + random(60 * 24 * 3600) * 1000).toISOString();
      const { answer: id, verdict } = await db.row<{ answer: string; verdict: string }>(answer, [
        user,
        problem,
        at,
        random(40),
        random(101),
      ]);
      await db.rows(
        "update app_public.answers set verdict_id = $2, status = 'judged', judged_at = now() where id = $1",
        [id, verdict],
      );
      await db.rows("select app_private.settle_problem($1, $2, $3)", [user, problem, verdict]);
      answers.push({ id, user, problem });
    } else if (dice < 900 && answers.length) {
      const it = answers[random(answers.length)];
      if (!it || !people.includes(it.user)) continue;
      const { id } = await db.row<{ id: string }>(
        `insert into app_public.verdicts (answer_id, answered_at, user_id, problem_id, source, rubric_hash, pass_score, score, feedback)
           select a.id, a.answered_at, a.user_id, a.problem_id, 'rule', sha256('x'), 70, $2::int, 'Look again.' from app_public.answers a where a.id = $1
           returning id`,
        [it.id, random(3) ? random(101) : 0],
      );
      await db.rows("update app_public.answers set verdict_id = $2 where id = $1", [it.id, id]);
      await db.rows("select app_private.settle_problem($1, $2, $3)", [it.user, it.problem, id]);
    } else if (dice < 940) await db.rows("update app_public.users set is_listed = not is_listed where id = $1", [user]);
    else if (dice < 960)
      await db.rows("select app_private.spend_freezes($1)", [new Date(start + random(70 * 24) * 3600_000)]);
    else if (dice < 975)
      await db.rows("select app_private.pay_milestones($1)", [new Date(start + random(70 * 24) * 3600_000)]);
    else if (dice < 990) await db.rows("select app_private.fold_scores()");
    else if (dice < 993 && people.length > 15) {
      await db.rows("select app_private.erase_account($1)", [user]);
      people.splice(people.indexOf(user), 1, await db.person());
    } else await db.rowsAs(member(user), "select app_public.set_time_zone('Asia/Tokyo')").catch(() => undefined);
  }
}

describe("the audit", () => {
  test("finds no difference after 10,000 random operations", { timeout: 300_000 }, async ({ db }) => {
    await wander(db, 10_000, 7);
    expect(await faults(db.client)).toEqual([]);
    await db.rows("select app_private.fold_scores()");
    expect(await faults(db.client)).toEqual([]);
    expect(await db.row("select count(*) > 1000 as is_enough from app_public.points_ledger")).toEqual({
      is_enough: true,
    });
  });

  test.for([
    ["update app_private.period_scores set points = points + 1 where points > 0", "period total"],
    ["update app_private.period_scores set solved = solved + 1 where points > 0", "solved in a period"],
    ["update app_private.period_scores set is_listed = not is_listed", "listing"],
    ["update app_public.daily_activity set points_earned = points_earned + 1", "day total"],
    ["update app_public.daily_activity set exercises_completed = exercises_completed + 1", "solved on a day"],
    ["update app_public.user_progress set points_earned = points_earned + 1 where points_earned > 0", "problem total"],
    ["update app_private.streaks set days = days + '{[2020-01-01,2020-01-03)}'", "streak"],
    ["update app_private.score_histogram set n = n + 1 where level = 0", "histogram"],
  ] as const)("finds it after: %s", async ([sql, fault], { db }) => {
    await wander(db, 40, 3);
    await db.rows("select app_private.fold_scores()");
    expect(await faults(db.client)).toEqual([]);
    await db.rows(sql);
    expect(await faults(db.client)).toContainEqual(expect.objectContaining({ fault }));
  });
});
