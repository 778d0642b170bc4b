// [db/practice/partitions.test.ts] -> app_private.ensure_answer_partitions(), app_operations.answer_partitions
import { type Db, describe, expect, member, operator, test } from "../testing/database.ts";
import { aPractice, longAnswer, submit } from "./testing/practice.ts";

async function answerAt(db: Db, at: string): Promise<string> {
  const ada = await db.person();
  const { id } = await db.row<{ id: string }>(
    `insert into app_public.answers (answered_at, user_id, problem_id, body, day, seconds_taken, base_points, time_bonus_points)
       select $2, $1, p.id, 'text', '2026-01-01', 0, 1, 0 from app_public.problems p where p.slug = 'leak' returning id`,
    [ada, at],
  );
  return id;
}
const placeOf = (db: Db, id: string) =>
  db.row<{ place: string }>("select tableoid::regclass::text as place from app_public.answers where id = $1", [id]);
const ensure = async (db: Db, at: string, months = 3) =>
  (
    await db.rows<{ name: string }>("select app_private.ensure_answer_partitions($1::timestamptz, $2) as name", [
      at,
      months,
    ])
  ).map(({ name }) => name);

describe("the months of answers", () => {
  test("are made ahead, once, over a year's end", async ({ db }) => {
    expect(await ensure(db, "2026-11-30T23:59:59Z")).toEqual([
      "answers_2026_11",
      "answers_2026_12",
      "answers_2027_01",
      "answers_2027_02",
    ]);
    expect(await ensure(db, "2026-12-01T00:00:00Z")).toEqual(["answers_2027_03"]);
    expect(await ensure(db, "2026-12-01T00:00:00Z")).toEqual([]);
  });

  test("take what falls into them, to the microsecond", async ({ db }) => {
    await aPractice(db.client);
    await ensure(db, "2026-11-15T00:00:00Z", 1);
    for (const [at, place] of [
      ["2026-11-01T00:00:00Z", "app_private.answers_2026_11"],
      ["2026-11-30T23:59:59.999999Z", "app_private.answers_2026_11"],
      ["2026-12-01T00:00:00Z", "app_private.answers_2026_12"],
      ["2027-01-01T00:00:00Z", "app_private.answers_rest"],
    ] as const) {
      expect(await placeOf(db, await answerAt(db, at))).toEqual({ place });
    }
  });

  test("take over what came before they were there, and nothing is lost", async ({ db }) => {
    await aPractice(db.client);
    const [inside, outside] = [await answerAt(db, "2026-05-05T05:05:05Z"), await answerAt(db, "2026-07-07T07:07:07Z")];
    await ensure(db, "2026-05-20T00:00:00Z", 0);
    expect(await placeOf(db, inside)).toEqual({ place: "app_private.answers_2026_05" });
    expect(await placeOf(db, outside)).toEqual({ place: "app_private.answers_rest" });
  });

  test("that went by without a partition get one, and the health view says so before", async ({ db }) => {
    await aPractice(db.client);
    const [past, future] = [await answerAt(db, "2025-12-31T23:59:59Z"), await answerAt(db, "2026-09-01T00:00:00Z")];
    const at = "2026-05-20T00:00:00Z";
    const health = () =>
      db.rows<{ month: string; is_there: boolean; misplaced: string }>(
        "select month_on::text as month, is_there, misplaced from app_private.answer_partitions($1::timestamptz)",
        [at],
      );
    expect((await health())[0]).toEqual({ month: "2025-12-01", is_there: false, misplaced: "1" });
    expect((await ensure(db, at, 2))[0]).toBe("answers_2025_12");
    expect((await health()).map(({ month }) => month)).toEqual(["2026-05-01", "2026-06-01", "2026-07-01"]);
    expect(await placeOf(db, past)).toEqual({ place: "app_private.answers_2025_12" });
    expect(await placeOf(db, future)).toEqual({ place: "app_private.answers_rest" });
  });

  test("have the indexes and the rules of the whole, and no grant of their own", async ({ db }) => {
    await aPractice(db.client);
    const { at } = await db.row<{ at: string }>("select now()::text as at");
    const [name = ""] = await ensure(db, at, 0);
    const counts = await db.row<{ indexes: number; foreign: number; has_rls: boolean; has_trigger: boolean }>(
      `select (select count(*)::int from pg_index where indrelid = c.oid) as indexes,
          (select count(*)::int from pg_constraint where conrelid = c.oid and contype = 'f') as foreign,
          c.relrowsecurity as has_rls,
          exists (select from pg_trigger where tgrelid = c.oid and tgname = '_900_notify') as has_trigger
         from pg_class c where c.oid = to_regclass('app_private.' || $1)`,
      [name],
    );
    expect(counts).toEqual({ indexes: 4, foreign: 2, has_rls: true, has_trigger: true });
    const ada = await db.person();
    await db.rowsAs(member(ada), "select app_public.start_problem('leak')");
    await db.rowsAs(member(ada), submit, ["leak", longAnswer, "a-key-of-a-test"]);
    expect(await db.rowsAs(member(ada), "select from app_public.answers")).toHaveLength(1);
    await expect(db.rowsAs({ role: "autobench_worker" }, `select * from app_private.${name}`)).rejects.toThrow(
      `permission denied for table ${name}`,
    );
  });

  test("are looked at by a health view: missing ones and misplaced answers show", async ({ db }) => {
    await aPractice(db.client);
    const boss = await db.operator();
    const health = () =>
      db.rowsAs<{ is_there: boolean; misplaced: string }>(
        operator(boss),
        "select is_there, misplaced from app_operations.answer_partitions",
      );
    await answerAt(db, new Date().toISOString());
    expect(await health()).toEqual([
      { is_there: false, misplaced: "1" },
      { is_there: false, misplaced: "0" },
      { is_there: false, misplaced: "0" },
    ]);
    await ensure(db, new Date().toISOString());
    expect(await health()).toEqual(Array.from({ length: 3 }, () => ({ is_there: true, misplaced: "0" })));
  });
});
