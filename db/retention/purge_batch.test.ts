// [db/retention/purge_batch.test.ts] -> app_private.purge_batch(), app_private.retention_rules
import type pg from "pg";
import { twoSessions } from "../lib/sessions.ts";
import { anonymous, describe, expect, member, operator, test as base } from "../testing/database.ts";

const purge = "select app_private.purge_batch('app_private.spare', $1) as n";
const now = new Date("2026-11-20T01:00:00Z");
const hour = 3_600_000;

/** A table with twenty rows, one for each hour before `now`, of which ten are kept, and batches of four. */
const test = base.extend("spare", async ({ pool }, { onCleanup }): Promise<pg.Pool> => {
  await pool.query(`
    set role autobench_owner;
    create table app_private.spare (n integer, at timestamptz not null);
    create index on app_private.spare (at);
    alter table app_private.spare enable row level security;
    insert into app_private.spare select n, '2026-11-20T01:00Z'::timestamptz - n * interval '1 hour' from generate_series(1, 20) n;
    insert into app_private.retention_rules (table_name, column_name, keep, batch, why)
      values ('app_private.spare', 'at', '10 hours', 4, 'A test.');
    reset role;
  `);
  onCleanup(async () => {
    await pool.query("drop table app_private.spare");
    await pool.query("delete from app_private.retention_rules where table_name = 'app_private.spare'");
  });
  return pool;
});

const left = async (session: pg.Pool | pg.PoolClient) =>
  (await session.query<{ n: number }>("select n from app_private.spare order by n")).rows.map(({ n }) => n);
const batch = async (session: pg.Pool | pg.PoolClient, at = now) =>
  (await session.query<{ n: number }>(purge, [at])).rows[0]?.n;
const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

describe("app_private.purge_batch", () => {
  test("deletes batch by batch, the oldest first, until a short one", async ({ spare }) => {
    expect(await batch(spare)).toBe(4);
    expect(await left(spare)).toEqual(upTo(16));
    expect(await batch(spare)).toBe(4);
    expect(await batch(spare)).toBe(2);
    expect(await left(spare)).toEqual(upTo(10)); // the tenth is just as old as may be
  });

  test("a second run finds nothing to do", async ({ spare }) => {
    while (await batch(spare));
    expect(await batch(spare)).toBe(0);
    expect(await left(spare)).toEqual(upTo(10));
  });

  test("counts from the instant it is given", async ({ spare }) => {
    while (await batch(spare, new Date(+now + hour)));
    expect(await left(spare)).toEqual(upTo(9));
    while (await batch(spare, new Date(+now - 10 * hour)));
    expect(await left(spare)).toEqual(upTo(9));
  });

  test("leaves rows that another session holds for the next run", async ({ spare }) => {
    await twoSessions(spare, async (one, two) => {
      await one.query("begin");
      await one.query("select from app_private.spare where n in (15, 20) for update");
      expect(await batch(two)).toBe(4);
      expect(await left(two)).toEqual([...upTo(15), 20]);
      expect(await batch(two)).toBe(4);
      expect(await left(two)).toEqual([...upTo(10), 15, 20]);
      expect(await batch(two)).toBe(0);
      await one.query("commit");
      expect(await batch(two)).toBe(2);
      expect(await left(two)).toEqual(upTo(10));
    });
  });

  test("two purges at once share the work, and neither waits", async ({ spare }) => {
    await twoSessions(spare, async (one, two) => {
      for (const session of [one, two]) await session.query("begin");
      expect(await batch(one)).toBe(4);
      expect(await batch(two)).toBe(4);
      expect(await batch(one)).toBe(2);
      expect(await batch(two)).toBe(0);
      await two.query("commit");
      await one.query("commit");
      expect(await left(spare)).toEqual(upTo(10));
    });
  });

  test("what a failed purge deleted is there again", async ({ spare }) => {
    await twoSessions(spare, async (one, two) => {
      await one.query("begin");
      expect(await batch(one)).toBe(4);
      await one.query("rollback");
      expect(await batch(two)).toBe(4);
    });
  });

  test("keeps what has not come to its instant yet: a row that is still under way", async ({ spare }) => {
    await spare.query("alter table app_private.spare alter column at drop not null");
    await spare.query("update app_private.spare set at = null where n in (1, 20)");
    while (await batch(spare));
    expect(await left(spare)).toEqual([...upTo(10), 20]);
  });

  test("keeps for ever where the rule says so", async ({ spare }) => {
    await spare.query("update app_private.retention_rules set keep = null where table_name = 'app_private.spare'");
    expect(await batch(spare, new Date("2999-01-01"))).toBe(0);
    expect(await left(spare)).toEqual(upTo(20));
  });

  test("a table without a rule is none of its business", async ({ db }) => {
    for (const name of ["app_public.users", "app_private.nothing", "app_private.retention_rules; drop table x", ""]) {
      await expect(
        db.rowsAs({ role: "autobench_worker" }, "select app_private.purge_batch($1)", [name]),
      ).rejects.toMatchObject({ code: "TB020" });
    }
  });

  test("is for the worker's login", async ({ db }) => {
    const [ada, boss] = [await db.person(), await db.operator()];
    const call = "select app_private.purge_batch('app_private.webhook_messages') as n";
    await db.rows("insert into app_private.webhook_messages values ('old', now() - interval '8 days'), ('new', now())");
    for (const seat of [anonymous, member(ada)]) {
      await expect(db.rowsAs(seat, call)).rejects.toThrow("permission denied for schema app_private");
    }
    for (const seat of [operator(boss), { role: "autobench_server" }] as const) {
      await expect(db.rowsAs(seat, call)).rejects.toThrow("permission denied for function purge_batch");
    }
    expect(await db.rowsAs({ role: "autobench_worker" }, call)).toEqual([{ n: 1 }]);
    expect(await db.rows("select id from app_private.webhook_messages")).toEqual([{ id: "new" }]);
  });
});
