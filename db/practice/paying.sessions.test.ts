// [db/practice/paying.sessions.test.ts] -> app_private.record_judging(), app_private.apply_rejudge() with real sessions
import type pg from "pg";
import { describe, expect, test } from "../testing/database.ts";
import { aJudge, aMember, aPractice, asMember, judgeSays, longAnswer, scored, submit } from "./testing/practice.ts";

async function prepare(pool: pg.Pool): Promise<void> {
  const { rowCount } = await pool.query("select from app_public.problems");
  if (rowCount) return;
  await aPractice(pool);
  await aJudge(pool);
  await pool.query("update app_private.practice_settings set answers_per_hour = 100000, daily_tokens = 100000000");
}

async function answers(pool: pg.Pool, ada: string, slug: string, count: number): Promise<string[]> {
  await asMember(pool, ada, "select id from app_public.start_problem($1)", [slug]);
  const made = Array.from({ length: count }, (_, n) =>
    asMember<{ id: string }>(pool, ada, submit, [slug, longAnswer, `${slug}-${ada}-${n}`]),
  );
  return (await Promise.all(made)).map(({ id }) => id);
}

const solved = async (pool: pg.Pool, ada: string) =>
  // An earlier answer that is judged later takes the solve over: what it was paid before is reversed, so the sum counts.
  (
    await pool.query<{ points: number; is_paid: boolean }>(
      `select coalesce(sum(points), 0)::int as points, count(distinct at) filter (where points > 0)::int > 0 as is_paid
         from app_public.points_ledger where user_id = $1 and problem_id is not null`,
      [ada],
    )
  ).rows[0];
const faults = async (pool: pg.Pool) => (await pool.query("select * from app_private.points_faults")).rows;

describe("what is judged at once", () => {
  test("16 correct answers of one member, judged by 16 sessions, pay once", async ({ pool }) => {
    await prepare(pool);
    const ada = await aMember(pool);
    const ids = await answers(pool, ada, "leak", 16);
    expect(await Promise.all(ids.map((id) => judgeSays(pool, "answer", id, scored(95))))).toEqual(
      ids.map(() => "done"),
    );
    expect(await solved(pool, ada)).toEqual({ points: 140, is_paid: true });
    expect(await faults(pool)).toEqual([]);
  });

  test("one answer, recorded by 16 sessions, is judged once", async ({ pool }) => {
    await prepare(pool);
    const ada = await aMember(pool);
    const [id = ""] = await answers(pool, ada, "leak", 1);
    const ended = await Promise.allSettled(Array.from({ length: 16 }, () => judgeSays(pool, "answer", id, scored(95))));
    // Whoever comes second finds the call another's, or its own reply recorded: never a second verdict.
    expect(ended.filter((one) => one.status === "fulfilled" && one.value === "done")).toHaveLength(1);
    const { rows } = await pool.query("select count(*)::int as n from app_public.verdicts where answer_id = $1", [id]);
    expect(rows).toEqual([{ n: 1 }]);
    expect(await solved(pool, ada)).toMatchObject({ points: 140 });
  });
});

describe("re-judgings", () => {
  test("of two problems, applied and taken back at once for the same members, never deadlock", async ({ pool }) => {
    await prepare(pool);
    const people = await Promise.all(Array.from({ length: 8 }, () => aMember(pool)));
    for (const ada of people) {
      for (const slug of ["leak", "drift"]) {
        for (const id of await answers(pool, ada, slug, 2)) await judgeSays(pool, "answer", id, scored(90));
      }
    }
    const runs: string[] = [];
    for (const slug of ["leak", "drift"]) {
      const { rows } = await pool.query<{ id: string }>(
        "select id from app_private.open_rejudge($1, 'v2', 'Tested at once.')",
        [slug],
      );
      const run = rows[0]?.id ?? "";
      const { rows: items } = await pool.query<{ id: string }>(
        "select id from app_private.judgings where run_id = $1",
        [run],
      );
      for (const { id } of items) await judgeSays(pool, "rejudge", id, scored(10));
      runs.push(run);
    }
    const totals = () =>
      pool.query<{ points: string }>("select coalesce(sum(points), 0)::text as points from app_public.points_ledger");
    const before = (await totals()).rows;
    for (const verb of ["apply", "revert"]) {
      const late = people.map(async (ada, n) => {
        const slug = n % 2 ? "leak" : "drift";
        const { id } = await asMember<{ id: string }>(pool, ada, submit, [slug, longAnswer, `late-${verb}-${ada}`]);
        return judgeSays(pool, "answer", id, scored(5));
      });
      const done = runs.map((run) => pool.query(`select app_private.${verb}_rejudge($1, 'Tested at once.')`, [run]));
      await Promise.all([...late, ...done]);
    }
    expect((await totals()).rows).toEqual(before);
    expect(await faults(pool)).toEqual([]);
  }, 60_000);
});
