// [db/practice/allowance.sessions.test.ts] -> app_private.reserve_tokens(), app_public.submit_answer() with real sessions
import type pg from "pg";
import { describe, expect, test } from "../testing/database.ts";
import { aJudge, aMember, aPractice, asMember, judgeSays, longAnswer, scored, submit } from "./testing/practice.ts";

const codes = (results: PromiseSettledResult<unknown>[]) =>
  results.map((one) => (one.status === "fulfilled" ? "done" : String((one.reason as { code?: string }).code)));

const sum = async (pool: pg.Pool, ada: string) => {
  const { rows } = await pool.query<{ reserved: number; used: number }>(
    "select reserved, used from app_private.token_days where user_id = $1",
    [ada],
  );
  return rows[0] ?? { reserved: 0, used: 0 };
};

/** 32 sessions that each reserve 3,000 of 25,000 at once. */
function storm(pool: pg.Pool, ada: string): Promise<PromiseSettledResult<unknown>[]> {
  return Promise.allSettled(
    Array.from({ length: 32 }, () =>
      pool.query("select app_private.reserve_tokens($1, 'judge', gen_random_uuid(), 3000)", [ada]),
    ),
  );
}

describe("the day's allowance", () => {
  test("32 parallel reservations never pass it", async ({ pool }) => {
    const ada = await aMember(pool);
    const ended = codes(await storm(pool, ada));
    expect(ended.filter((code) => code === "done")).toHaveLength(8);
    expect(ended.filter((code) => code === "TB085")).toHaveLength(24);
    expect(await sum(pool, ada)).toEqual({ reserved: 24_000, used: 0 });
  });

  test("look first and spend then would pass it: the storm finds that", async ({ pool }) => {
    const { rows } = await pool.query<{ body: string }>(
      "select pg_get_functiondef('app_private.reserve_tokens'::regproc) as body",
    );
    const guard = "where t.used + t.reserved + excluded.reserved <= v_settings.daily_tokens";
    expect(rows[0]?.body).toContain(guard);
    await pool.query(rows[0]?.body.replace(guard, "") ?? "");
    try {
      const ada = await aMember(pool);
      await storm(pool, ada);
      expect((await sum(pool, ada)).reserved).toBeGreaterThan(25_000);
    } finally {
      await pool.query(rows[0]?.body ?? "");
    }
  });

  test("32 parallel answers never pass it, and what is refused leaves nothing", async ({ pool }) => {
    await aPractice(pool);
    await pool.query("update app_private.practice_settings set answers_per_hour = 1000");
    const ada = await aMember(pool);
    await asMember(pool, ada, "select id from app_public.start_problem('leak')");
    const ended = codes(
      await Promise.allSettled(
        Array.from({ length: 32 }, (_, n) =>
          asMember(pool, ada, submit, ["leak", `${longAnswer} ${n}`, `storm-key-${n}`]),
        ),
      ),
    );
    const done = ended.filter((code) => code === "done").length;
    expect(done).toBeGreaterThan(3);
    expect(ended.filter((code) => code === "TB085")).toHaveLength(32 - done);
    const { reserved } = await sum(pool, ada);
    expect(reserved).toBeLessThanOrEqual(25_000);
    const { rows } = await pool.query(
      `select (select count(*)::int from app_public.answers where user_id = $1) as answers,
          (select count(*)::int from app_private.answer_keys where user_id = $1) as keys,
          (select sum(estimate)::int from app_private.token_reservations where user_id = $1) as estimates`,
      [ada],
    );
    expect(rows).toEqual([{ answers: done, keys: done, estimates: reserved }]);

    // Judged, they cost what they took, and there is room again.
    await aJudge(pool);
    const { rows: answers } = await pool.query<{ id: string }>("select id from app_public.answers where user_id = $1", [
      ada,
    ]);
    for (const { id } of answers) await judgeSays(pool, "answer", id, scored(90));
    expect(await sum(pool, ada)).toEqual({ reserved: 0, used: done * 1000 });
    expect(await asMember(pool, ada, submit, ["leak", longAnswer, "storm-key-after"])).toBeTruthy();
  });

  test("the same key at once, 16 times, is one answer", async ({ pool }) => {
    const ada = await aMember(pool);
    await asMember(pool, ada, "select id from app_public.start_problem('leak')");
    const answers = await Promise.all(
      Array.from({ length: 16 }, () =>
        asMember<{ id: string }>(pool, ada, submit, ["leak", longAnswer, "one-and-the-same"]),
      ),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    const { rows } = await pool.query("select count(*)::int as n from app_public.answers where user_id = $1", [ada]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  test("gives back what has expired; what comes later costs the member nothing", async ({ pool }) => {
    const ada = await aMember(pool);
    const reserve = "select app_private.reserve_tokens($1, 'judge', $2, 20000, $3::timestamptz)";
    const [first, second] = ["a0000000-0000-4000-8000-000000000001", "a0000000-0000-4000-8000-000000000002"];
    await pool.query(reserve, [ada, first, "2026-03-01T01:00:00Z"]);
    await expect(pool.query(reserve, [ada, second, "2026-03-01T06:59:00Z"])).rejects.toMatchObject({ code: "TB085" });
    await pool.query(reserve, [ada, second, "2026-03-01T07:00:00Z"]);
    expect(await sum(pool, ada)).toEqual({ reserved: 20_000, used: 0 });
    const settle = "select app_private.settle_tokens('judge', $1, $2) as paid";
    expect((await pool.query(settle, [first, 5000])).rows).toEqual([{ paid: 0 }]);
    expect((await pool.query(settle, [second, 90_000])).rows).toEqual([{ paid: 20_000 }]); // at most what was reserved
    expect((await pool.query(settle, [second, 5000])).rows).toEqual([{ paid: 0 }]);
    expect(await sum(pool, ada)).toEqual({ reserved: 0, used: 20_000 });
  });

  test("a finished day is closed once, into the usage metrics; the new one is new because its key is", async ({
    pool,
  }) => {
    const ada = await aMember(pool);
    const reserve = "select app_private.reserve_tokens($1, $2, gen_random_uuid(), 12000, $3::timestamptz)";
    await pool.query(reserve, [ada, "judge", "2026-02-01T23:58:00Z"]);
    await pool.query(reserve, [ada, "coach", "2026-02-01T23:59:00Z"]);
    await pool.query(
      "select app_private.settle_tokens('coach', subject_id, 700) from app_private.token_reservations where user_id = $1 and purpose = 'coach'",
      [ada],
    );
    await pool.query(reserve, [ada, "judge", "2026-02-02T00:00:00Z"]);
    const close = "select days, tokens from app_private.close_token_days($1::timestamptz)";
    expect((await pool.query(close, ["2026-02-02T00:10:00Z"])).rows).toEqual([{ days: 1, tokens: "700" }]);
    expect((await pool.query(close, ["2026-02-02T00:10:00Z"])).rows).toEqual([{ days: 0, tokens: "0" }]);
    const { rows } = await pool.query(
      "select day::text, purpose, calls, tokens from app_private.ai_usage_metrics where user_id = $1",
      [ada],
    );
    expect(rows).toEqual([{ day: "2026-02-01", purpose: "coach", calls: 1, tokens: 700 }]);
    const { rows: days } = await pool.query(
      "select day::text, reserved, used, closed_at is not null as is_closed from app_private.token_days where user_id = $1 order by day",
      [ada],
    );
    expect(days).toEqual([
      { day: "2026-02-01", reserved: 0, used: 700, is_closed: true },
      { day: "2026-02-02", reserved: 12_000, used: 0, is_closed: false },
    ]);
  });
});
