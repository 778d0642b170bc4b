// [db/points/fairness.test.ts] -> app_private.award_achievements(), complete_modules(), settle_problem(): what operators change
import { type Db, describe, expect, test } from "../testing/database.ts";
import { addJudged, addProblem, faults, judge, replaced, settle, solve } from "./testing/practice.ts";

const sum = async (db: Db, user: string): Promise<number> =>
  Number((await db.row("select sum(points) as n from app_public.points_ledger where user_id = $1", [user]))["n"]);
const stands = async (db: Db, user: string, type: string): Promise<unknown> =>
  (
    await db.rows("select is_standing from app_public.user_achievements where user_id = $1 and achievement_type = $2", [
      user,
      type,
    ])
  )[0]?.["is_standing"];
const retire = (db: Db, problem: string) =>
  db.rows("update app_public.problems set is_published = false, retired_at = now() where id = $1", [problem]);

describe("a module that was worked through", () => {
  async function complete(db: Db) {
    const user = await db.person();
    const first = await addProblem(db.client);
    const second = await addProblem(db.client, { beside: first });
    const { answer } = await solve(db.client, { user, problem: first });
    await solve(db.client, { user, problem: second });
    expect(await stands(db, user, "module_complete")).toBe(true);
    const elsewhere = await addProblem(db.client);
    await addProblem(db.client, { beside: elsewhere });
    /** Another judged answer, which settles whatever there is to settle. */
    const goOn = () => solve(db.client, { user, problem: elsewhere, score: 10 });
    await goOn();
    return { user, first, second, answer, goOn, before: await sum(db, user) };
  }

  test("stays so when a problem is added, or all of them are retired", async ({ db }) => {
    const { user, first, second, goOn, before } = await complete(db);
    await addProblem(db.client, { beside: first });
    await goOn();
    expect(await stands(db, user, "module_complete")).toBe(true);
    for (const problem of [first, second]) await retire(db, problem);
    await goOn();
    expect(await stands(db, user, "module_complete")).toBe(true);
    expect(await sum(db, user)).toBe(before);
    expect(await faults(db.client)).toEqual([]);
  });

  test("would cost its points then, were it not kept which problems they were", async ({ db }) => {
    const { user, first, goOn, before } = await complete(db);
    await addProblem(db.client, { beside: first });
    await replaced(
      db.client,
      "app_private.award_achievements(uuid, timestamptz)",
      "coalesce(k.n, c.value, 0)",
      "coalesce(c.value, 0)",
    );
    await goOn();
    expect(await sum(db, user)).toBe(before - 100);
  });

  test("is none while a verdict takes one of its problems back, whatever was published since", async ({ db }) => {
    const { user, first, answer, goOn, before } = await complete(db);
    await addProblem(db.client, { beside: first });
    for (let round = 0; round < 2; round++) {
      await settle(db.client, user, first, await judge(db.client, answer, 0));
      expect(await stands(db, user, "module_complete")).toBe(false);
      await settle(db.client, user, first, await judge(db.client, answer, 90));
      expect(await stands(db, user, "module_complete")).toBe(true);
      await goOn();
      expect(await sum(db, user)).toBe(before);
    }
    expect(await faults(db.client)).toEqual([]);
  });

  test("may be another one by the time that the first is taken back", async ({ db }) => {
    const { user, first, answer, before } = await complete(db);
    const problem = await addProblem(db.client);
    await solve(db.client, { user, problem });
    await addProblem(db.client, { beside: problem });
    await settle(db.client, user, first, await judge(db.client, answer, 0));
    expect(await stands(db, user, "module_complete")).toBe(true);
    expect(await sum(db, user)).toBe(before); // a hundred for the one, less a hundred for the other
  });
});

describe("a fast solve", () => {
  async function fast(db: Db) {
    const user = await db.person();
    const problems = [];
    const answers = [];
    for (let n = 0; n < 5; n++) {
      const problem = await addProblem(db.client, { expectedSeconds: 600 });
      answers.push((await solve(db.client, { user, problem, seconds: 150 })).answer);
      problems.push(problem);
    }
    expect(await stands(db, user, "speedster")).toBe(true);
    return { user, problem: problems[0] ?? "", answer: answers[0] ?? "", before: await sum(db, user) };
  }

  test("stays one when the expected time is changed, and comes back as it was", async ({ db }) => {
    const { user, problem, answer, before } = await fast(db);
    await db.rows("update app_public.problems set expected_seconds = 300");
    await solve(db.client, { user, problem, score: 10 });
    expect(await stands(db, user, "speedster")).toBe(true);
    await settle(db.client, user, problem, await judge(db.client, answer, 0));
    expect(await stands(db, user, "speedster")).toBe(false);
    await settle(db.client, user, problem, await judge(db.client, answer, 90));
    expect(await stands(db, user, "speedster")).toBe(true);
    expect(await sum(db, user)).toBe(before);
    expect(await faults(db.client)).toEqual([]);
  });

  test("stays one when a slower answer from before is judged later", async ({ db }) => {
    const { user, problem } = await fast(db);
    await addJudged(db.client, { user, problem, score: 90, seconds: 500, at: "2026-11-01 10:00Z" });
    await settle(db.client, user, problem);
    expect(await stands(db, user, "speedster")).toBe(true);
    expect(await faults(db.client)).toEqual([]);
  });
});

describe("the moment of a solve", () => {
  const completed = (db: Db, user: string) =>
    db.rows("select completed_at, completed_on::text from app_public.user_progress where user_id = $1", [user]);
  const moment = [{ completed_at: new Date("2026-11-03T10:00:00Z"), completed_on: "2026-11-03" }];

  test("never moves, whatever is judged later or taken back, while points and days add up", async ({ db }) => {
    const user = await db.person();
    const problem = await addProblem(db.client);
    const { answer } = await solve(db.client, { user, problem, at: "2026-11-03 10:00Z" });
    const earlier = await solve(db.client, { user, problem, at: "2026-10-20 10:00Z" });
    expect(await completed(db, user)).toEqual(moment);
    const october = () =>
      db.row(
        "select coalesce(sum(points), 0)::int as n from app_public.points_ledger where user_id = $1 and problem_id is not null and day < '2026-11-01'",
        [user],
      );
    expect(await october()).toEqual({ n: 100 }); // the points go to the answer that is worth them first
    await settle(db.client, user, problem, await judge(db.client, answer, 0));
    expect(await completed(db, user)).toEqual(moment);
    expect(await faults(db.client)).toEqual([]);
    await settle(db.client, user, problem, await judge(db.client, earlier.answer, 0));
    expect(await completed(db, user)).toEqual([{ completed_at: null, completed_on: null }]);
    expect(await faults(db.client)).toEqual([]);
    await judge(db.client, earlier.answer, 90);
    await judge(db.client, answer, 90);
    await settle(db.client, user, problem); // both at once, as a re-judging's reversal
    expect(await completed(db, user)).toEqual(moment);
    expect(await october()).toEqual({ n: 100 });
    expect(await faults(db.client)).toEqual([]);
  });

  test("that no answer has is found by the audit", async ({ db }) => {
    const user = await db.person();
    await solve(db.client, { user, problem: await addProblem(db.client), at: "2026-11-03 10:00Z" });
    await db.rows("alter table app_public.user_progress disable trigger _500_fold_update");
    await db.rows("update app_public.user_progress set completed_at = completed_at + interval '1 second'");
    expect(await faults(db.client)).toMatchObject([{ fault: "solve" }]);
  });
});
