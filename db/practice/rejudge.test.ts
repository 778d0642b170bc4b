// [db/practice/rejudge.test.ts] -> app_private.open_rejudge(), app_private.apply_rejudge(), app_private.revert_rejudge()
import { type Db, describe, expect, member, operator, test } from "../testing/database.ts";
import { aJudge, aPractice, judgeSays, longAnswer, scored, submit } from "./testing/practice.ts";

/** Members with one judged answer each; the last one's came without a score. */
async function judged(db: Db): Promise<{ boss: string; people: string[]; answers: string[] }> {
  await aPractice(db.client);
  await aJudge(db.client);
  const [people, answers] = [[] as string[], [] as string[]];
  for (const [n, score] of [90, 20, 80, undefined].entries()) {
    const id = await db.person();
    await db.rowsAs(member(id), "select app_public.start_problem('leak')");
    const [row] = await db.rowsAs<{ id: string }>(member(id), submit, ["leak", longAnswer, `key-of-member-${n}`]);
    people.push(id);
    answers.push(row?.id ?? "");
    for (let round = 0; round < 3; round++) {
      await judgeSays(db.client, "answer", row?.id ?? "", score === undefined ? { why: "Nothing." } : scored(score));
    }
  }
  return { boss: await db.operator(), people, answers };
}

const counting = (db: Db, answers: string[]) =>
  db.rows<{ score: number | null; source: string | null; status: string }>(
    `select v.score, v.source, a.status from unnest($1::uuid[]) with ordinality g (id, n)
       inner join app_public.answers a on a.id = g.id left join app_public.verdicts v on v.id = a.verdict_id order by g.n`,
    [answers],
  );
const everything = `select md5(concat(
    (select string_agg(a::text, '' order by a.id) from app_public.answers a),
    (select string_agg(v::text, '' order by v.id) from app_public.verdicts v))) as hash`;

async function shadow(db: Db, boss: string, scores: (number | undefined)[], answers: string[]): Promise<string> {
  const [run] = await db.rowsAs<{ id: string }>(
    operator(boss),
    "select app_operations.rejudge('leak', 'v2', 'The rubric was too strict.') as id",
  );
  const judgings = await db.rows<{ id: string; answer_id: string }>(
    "select id, answer_id from app_private.judgings where run_id = $1",
    [run?.id],
  );
  for (const { id, answer_id } of judgings) {
    const score = scores[answers.indexOf(answer_id)];
    for (let round = 0; round < 3; round++) {
      await judgeSays(db.client, "rejudge", id, score === undefined ? { score: 150 } : scored(score));
    }
  }
  return run?.id ?? "";
}
const apply = (db: Db, boss: string, run: string) =>
  db.rowsAs(operator(boss), "select app_operations.apply_rejudge($1, 'Looked at the flips.') as state", [run]);
const revert = (db: Db, boss: string, run: string) =>
  db.rowsAs(operator(boss), "select app_operations.revert_rejudge($1, 'It was a mistake.') as state", [run]);

describe("a re-judging", () => {
  test("in shadow changes nothing, and shows what it would flip", async ({ db }) => {
    const { boss, answers } = await judged(db);
    const before = await db.row(everything);
    const run = await shadow(db, boss, [30, 95, 85, 70], answers);
    expect(await db.row(everything)).toEqual(before);
    expect(
      await db.rowsAs(
        operator(boss),
        "select state, judgings, waiting, members, now_correct, no_longer_correct, mean_change from app_operations.judge_runs where id = $1",
        [run],
      ),
    ).toEqual([
      {
        state: "shadow",
        judgings: 4,
        waiting: 0,
        members: 4,
        now_correct: 2,
        no_longer_correct: 1,
        mean_change: 20 / 3,
      },
    ]);
    const flips = await db.rowsAs(
      operator(boss),
      "select score_before, score_after from app_operations.rejudge_flips where run_id = $1 order by score_after",
      [run],
    );
    expect(flips).toEqual([
      { score_before: 90, score_after: 30 },
      { score_before: null, score_after: 70 },
      { score_before: 20, score_after: 95 },
    ]);
  });

  test("applied counts for all at once, and its reversal brings everything back", async ({ db }) => {
    const { boss, answers } = await judged(db);
    const run = await shadow(db, boss, [30, 95, undefined, 70], answers);
    expect(await apply(db, boss, run)).toEqual([{ state: "applied" }]);
    expect(await counting(db, answers)).toEqual([
      { score: 30, source: "rejudge", status: "judged" },
      { score: 95, source: "rejudge", status: "judged" },
      { score: 80, source: "judge", status: "judged" }, // the judge said nothing usable: it stays
      { score: 70, source: "rejudge", status: "judged" },
    ]);
    expect(await revert(db, boss, run)).toEqual([{ state: "reverted" }]);
    expect(await counting(db, answers)).toEqual([
      { score: 90, source: "reversal", status: "judged" },
      { score: 20, source: "reversal", status: "judged" },
      { score: 80, source: "judge", status: "judged" },
      { score: null, source: null, status: "unscored" },
    ]);
    // Nothing was rewritten: every verdict that ever counted is still there.
    expect(await db.rows("select from app_public.verdicts")).toHaveLength(3 + 3 + 2);
  });

  test("moves points with it, and its reversal restores every total", async ({ db }) => {
    const { boss, answers } = await judged(db);
    const totals = () =>
      db.rows(
        `select a.user_id, (select coalesce(sum(l.points), 0)::int from app_public.points_ledger l where l.user_id = a.user_id) as points,
            p.points_earned, p.status, p.best_score,
            (select coalesce(sum(d.points_earned), 0)::int from app_public.daily_activity d where d.user_id = a.user_id) as by_day
           from app_public.answers a
             left join app_public.user_progress p on p.user_id = a.user_id and p.problem_id = a.problem_id
           where a.id = any ($1) order by a.user_id`,
        [answers],
      );
    const before = await totals();
    const run = await shadow(db, boss, [30, 95, 85, undefined], answers);
    expect(await totals()).toEqual(before);
    await apply(db, boss, run);
    expect(await totals()).not.toEqual(before);
    expect(await db.rows("select * from app_private.points_faults")).toEqual([]);
    await revert(db, boss, run);
    expect(await totals()).toEqual(before);
    expect(await db.rows("select * from app_private.points_faults")).toEqual([]);
  });

  test("pays each member once, for a cause that no other entry has, in the order of members", async ({ db }) => {
    const { boss, answers } = await judged(db);
    await db.rows(`create table app_private.settled (n bigint generated always as identity, user_id uuid, cause uuid)`);
    await db.rows(
      `create or replace function app_private.settle_problem(user_id uuid, problem_id uuid, cause uuid) returns void
         language sql as 'insert into app_private.settled (user_id, cause) values (user_id, cause)'`,
    );
    const run = await shadow(db, boss, [30, 95, 85, 70], answers);
    await apply(db, boss, run);
    await revert(db, boss, run);
    const settled = await db.rows<{ user_id: string; cause: string }>(
      "select user_id, cause from app_private.settled order by n",
    );
    expect(settled).toHaveLength(8);
    expect(new Set(settled.map(({ cause }) => cause)).size).toBe(8);
    for (const half of [settled.slice(0, 4), settled.slice(4)]) {
      const order = half.map(({ user_id }) => user_id);
      expect(order).toEqual(order.toSorted());
    }
  });

  test("leaves an answer alone that got another verdict meanwhile", async ({ db }) => {
    const { boss, answers } = await judged(db);
    const run = await shadow(db, boss, [30, 95, 85, 70], answers);
    const other = await shadow(db, boss, [50, undefined, undefined, undefined], answers);
    await apply(db, boss, other);
    await apply(db, boss, run);
    expect((await counting(db, answers)).map(({ score }) => score)).toEqual([50, 95, 85, 70]);
    await revert(db, boss, other); // what it did to the first answer still counts there, and is taken back
    expect((await counting(db, answers)).map(({ score }) => score)).toEqual([90, 95, 85, 70]);
  });

  test("is applied once, when it is done, and taken back once", async ({ db }) => {
    const { boss, answers } = await judged(db);
    const [open] = await db.rowsAs<{ id: string }>(
      operator(boss),
      "select app_operations.rejudge('leak', 'v2', 'Why not.') as id",
    );
    await expect(apply(db, boss, open?.id ?? "")).rejects.toMatchObject({ code: "TB089" });
    const run = await shadow(db, boss, [30, 95, 85, 70], answers);
    await expect(revert(db, boss, run)).rejects.toMatchObject({ code: "TB089" });
    await apply(db, boss, run);
    await expect(apply(db, boss, run)).rejects.toMatchObject({ code: "TB089" });
    await revert(db, boss, run);
    await expect(revert(db, boss, run)).rejects.toMatchObject({ code: "TB089" });
    expect(await db.rows("select action from app_private.operator_log order by id")).toMatchObject([
      { action: "rejudge" },
      { action: "rejudge" },
      { action: "apply_rejudge" },
      { action: "revert_rejudge" },
    ]);
  });

  test("is for operators, with a reason, a problem and a prompt that exist", async ({ db }) => {
    const { boss, people } = await judged(db);
    const call = "select app_operations.rejudge($1, $2, $3)";
    await expect(db.rowsAs(member(people[0] ?? ""), call, ["leak", "v2", "Mine."])).rejects.toThrow(
      "permission denied for schema app_operations",
    );
    await expect(db.rowsAs(operator(boss), call, ["leak", "v2", ""])).rejects.toMatchObject({
      constraint: "operator_log_reason_given",
    });
    await expect(db.rowsAs(operator(boss), call, ["nowhere", "v2", "Why not."])).rejects.toMatchObject({
      code: "TB080",
    });
    await expect(db.rowsAs(operator(boss), call, ["leak", "v9", "Why not."])).rejects.toMatchObject({ code: "TB08A" });
  });
});
