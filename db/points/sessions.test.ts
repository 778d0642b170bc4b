// [db/points/sessions.test.ts] -> app_private.settle_problem(), settle_problems(), lock_points(): several clients at once
import type pg from "pg";
import { blocked, twoSessions } from "../lib/sessions.ts";
import { describe, expect, test } from "../testing/database.ts";
import { addJudged, addProblem, faults, replaced, settle } from "./testing/practice.ts";

let people = 0;
async function person(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ user_id: string }>(
    "select user_id from app_private.sign_in('https://issuer.test', $1, '{}')",
    [`session_${++people}`],
  );
  return rows[0]?.user_id ?? "";
}

const solvedPoints = async (pool: pg.Pool, user: string): Promise<number> =>
  Number(
    (
      await pool.query(
        "select coalesce(sum(points), 0) as n from app_public.points_ledger where user_id = $1 and problem_id is not null",
        [user],
      )
    ).rows[0].n,
  );

/** Sixteen clients, each with a correct answer of its own to the same problem, all at once. */
async function sixteen(pool: pg.Pool): Promise<{ paid: number; errors: unknown[] }> {
  const user = await person(pool);
  const problem = await addProblem(pool);
  const errors: unknown[] = [];
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      const client = await pool.connect();
      try {
        await client.query("begin");
        const { verdict } = await addJudged(client, { user, problem, score: 90 });
        await client.query("commit; begin");
        await settle(client, user, problem, verdict);
        await client.query("commit");
      } catch (error) {
        errors.push(error);
        await client.query("rollback");
      } finally {
        client.release();
      }
    }),
  );
  return { paid: await solvedPoints(pool, user), errors };
}

/** The lock as it would be if it were forgotten; put back at the end. */
async function without(pool: pg.Pool, signature: string, body: () => Promise<void>): Promise<void> {
  const { rows } = await pool.query<{ definition: string }>(
    "select pg_get_functiondef($1::regprocedure) as definition",
    [signature],
  );
  await pool.query(
    `create or replace function ${signature.replace("(uuid[])", "(user_ids uuid[])")} returns void language sql strict as 'select pg_sleep(0.01)'`,
  );
  try {
    await body();
  } finally {
    await pool.query(rows[0]?.definition ?? "");
  }
}

describe("16 parallel correct answers", () => {
  test("pay once, and every one of them is taken", async ({ pool }) => {
    for (let round = 0; round < 3; round++) expect(await sixteen(pool)).toEqual({ paid: 100, errors: [] });
    expect(await faults(pool)).toEqual([]);
  });

  test("would be paid more than once, or refused, without the lock", async ({ pool }) => {
    await without(pool, "app_private.lock_points(uuid[])", async () => {
      let isSeen = false;
      for (let round = 0; round < 5 && !isSeen; round++) {
        const { paid, errors } = await sixteen(pool);
        isSeen = paid !== 100 || errors.length > 0;
      }
      expect(isSeen).toBe(true);
    });
  });
});

describe("a member who is erased while they are paid", () => {
  const pays = [
    ["pay_milestones", "select app_private.pay_milestones(now())"],
    ["spend_freezes", "select app_private.spend_freezes(now())"],
  ] as const;

  /** The payer holds the member's points; the member leaves; the payer goes on. */
  async function race(pool: pg.Pool, pay: string): Promise<unknown[]> {
    const user = await person(pool);
    const problem = await addProblem(pool);
    for (let day = 3; day <= 9; day++) {
      await addJudged(pool, { user, problem, score: 30, at: new Date(Date.now() - day * 86_400_000) });
    }
    await settle(pool, user, problem);
    const { rows } = await pool.query("select username::text from app_public.users where id = $1", [user]);
    const outcomes: unknown[] = [];
    await twoSessions(pool, async (payer, leaver) => {
      for (const session of [payer, leaver]) await session.query("begin; set local deadlock_timeout = '50ms'");
      await payer.query("select app_private.lock_points(array[$1::uuid])", [user]);
      await leaver.query("select set_config('app.user_id', $1, true)", [user]);
      const leaving = await blocked(pool, leaver, "select app_public.erase_me($1) as is_gone", [rows[0]?.username]);
      const [paid] = await Promise.allSettled([payer.query(pay)]);
      outcomes.push(paid.status === "rejected" ? (paid.reason as { code: string }).code : "done");
      await payer.query("commit");
      const [left] = await Promise.allSettled([leaving.rows]);
      outcomes.push(left.status === "rejected" ? (left.reason as { code: string }).code : left.value);
      await leaver.query("commit");
    });
    return outcomes;
  }

  test.for(pays)("never deadlocks with %s", async ([, pay], { pool }) => {
    const before = await faults(pool); // what the missing lock did above
    expect(await race(pool, pay)).toEqual(["done", [{ is_gone: true }]]);
    expect(await faults(pool)).toEqual(before);
  });

  /** A battle that the judge has decided for the one who leaves, a moment before it is written down. */
  async function battle(pool: pg.Pool): Promise<unknown[]> {
    const [user, other] = [await person(pool), await person(pool)];
    const { rows } = await pool.query<{ id: string; username: string }>(
      `with battle as (
         insert into app_public.battles (challenger_id, opponent_id, problem_id, status, accepted_at)
           values ($1, $2, $3, 'active', now()) returning id
       ), judgement as (
         insert into app_private.battle_judgements (battle_id, round, pick, reasoning)
           select b.id, n, 'challenger', 'Clearer.' from battle b cross join generate_series(1, 2) n
       )
       select b.id, u.username::text from battle b cross join app_public.users u where u.id = $1`,
      [user, other, await addProblem(pool)],
    );
    const outcomes: unknown[] = [];
    await twoSessions(pool, async (judging, leaver) => {
      for (const session of [judging, leaver]) await session.query("begin; set local deadlock_timeout = '50ms'");
      await judging.query("select from app_public.battles where id = $1 for update", [rows[0]?.id]);
      await leaver.query("select set_config('app.user_id', $1, true)", [user]);
      const leaving = await blocked(pool, leaver, "select app_public.erase_me($1)", [rows[0]?.username]);
      const both = await Promise.allSettled([
        judging.query("select app_private.finish_battle($1)", [rows[0]?.id]).then(() => judging.query("commit")),
        leaving.rows,
      ]);
      outcomes.push(...both.map((one) => (one.status === "rejected" ? (one.reason as { code: string }).code : "done")));
      for (const session of [judging, leaver]) await session.query("commit");
    });
    return outcomes;
  }

  test("never deadlocks with the end of their battle, and would, were it locked after their row", async ({ pool }) => {
    const before = await faults(pool);
    expect(await battle(pool)).toEqual(["done", "done"]);
    expect(await faults(pool)).toEqual(before);
    const signature = "app_private.erase_account(uuid, timestamptz)";
    const { rows } = await pool.query<{ definition: string }>(
      "select pg_get_functiondef($1::regprocedure) as definition",
      [signature],
    );
    await replaced(pool, signature, "where b.challenger_id = erase_account.user_id or", "where false and");
    try {
      expect(await battle(pool)).toContain("40P01");
    } finally {
      await pool.query(rows[0]?.definition ?? "");
    }
  });

  test("would, were the member's row locked before their points", async ({ pool }) => {
    const signature = "app_private.erase_account(uuid, timestamptz)";
    const { rows } = await pool.query<{ definition: string }>(
      "select pg_get_functiondef($1::regprocedure) as definition",
      [signature],
    );
    const definition = rows[0]?.definition ?? "";
    await replaced(pool, signature, "perform app_private.lock_points(array[erase_account.user_id]);", "");
    try {
      expect(await race(pool, pays[0][1])).toContain("40P01");
    } finally {
      await pool.query(definition);
    }
  });
});

describe("two batches in opposite order", () => {
  async function stage(pool: pg.Pool) {
    const users = [await person(pool), await person(pool)].toSorted();
    const problem = await addProblem(pool);
    for (const user of users) await addJudged(pool, { user, problem, score: 90 });
    return { users, problem };
  }
  const batch = "select app_private.settle_problems($1::uuid[], array_fill($2::uuid, array[2]), gen_random_uuid())";

  test("never deadlock: the second waits, and both are paid once", async ({ pool }) => {
    const { users, problem } = await stage(pool);
    await twoSessions(pool, async (one, two) => {
      await one.query("begin");
      await two.query("begin");
      await one.query(batch, [users, problem]);
      const waiting = await blocked(pool, two, batch, [users.toReversed(), problem]);
      await one.query("commit");
      await waiting.rows;
      await two.query("commit");
    });
    for (const user of users) expect(await solvedPoints(pool, user)).toBe(100);
  });

  test("member by member, the one that would close the ring is refused at once", async ({ pool }) => {
    const { users, problem } = await stage(pool);
    const [low, high] = users;
    const single = "select app_private.settle_problem($1, $2, gen_random_uuid())";
    await twoSessions(pool, async (one, two) => {
      await one.query("begin");
      await two.query("begin");
      await one.query(single, [low, problem]);
      await two.query(single, [high, problem]);
      const waiting = await blocked(pool, one, single, [high, problem]);
      await expect(two.query(single, [low, problem])).rejects.toMatchObject({ code: "TB091" });
      await two.query("rollback");
      await waiting.rows;
      await one.query("commit");
    });
    for (const user of users) expect(await solvedPoints(pool, user)).toBe(100);
    const found = (await faults(pool)) as { user_id: string }[];
    expect(found.filter((fault) => users.includes(fault.user_id))).toEqual([]);
  });

  test("would deadlock, were the members not locked in order", async ({ pool }) => {
    const { users, problem } = await stage(pool);
    const [low, high] = users;
    await without(pool, "app_private.lock_points(uuid[])", () =>
      twoSessions(pool, async (one, two) => {
        const single = "select app_private.settle_problem($1, $2, gen_random_uuid())";
        for (const session of [one, two]) await session.query("begin; set local deadlock_timeout = '50ms'");
        await one.query(single, [low, problem]);
        await two.query(single, [high, problem]);
        const waiting = await blocked(pool, one, single, [high, problem]);
        const outcomes = await Promise.allSettled([waiting.rows, two.query(single, [low, problem])]);
        expect(
          outcomes.flatMap((outcome) =>
            outcome.status === "rejected" ? [(outcome.reason as { code: string }).code] : [],
          ),
        ).toContain("40P01");
        for (const session of [one, two]) await session.query("rollback");
      }),
    );
  });
});
