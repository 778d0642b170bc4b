// db/arena/testing/arena.ts -> [db/arena/draws.test.ts] -> app_public.draw_ballot(), app_private.ensure_voter()
// Two sessions reach for one visitor: windows that draw for the first time, an exclusion.
import type pg from "pg";
import { blocked, twoSessions } from "../lib/sessions.ts";
import { describe, expect, test } from "../testing/database.ts";
import { openArena } from "./testing/arena.ts";

const draw = "select (b).id from app_public.draw_ballot() b";

/** The session's requests come with this cookie, all from one network. */
async function visit(session: pg.ClientBase, cookie: string): Promise<void> {
  await session.query(
    "select set_config('app.visitor', $1, false), set_config('app.network', '203.0.113.0/24', false)",
    [cookie],
  );
}

/** Who has this cookie now. */
const voterOf = async (query: pg.Pool | pg.ClientBase, cookie: string): Promise<string | undefined> =>
  (
    await query.query<{ id: string }>(
      "select id from app_private.voters where visitor_hash = sha256(convert_to($1, 'UTF8'))",
      [cookie],
    )
  ).rows[0]?.id;

const holder = async (pool: pg.Pool, ballot: string | undefined): Promise<string | undefined> =>
  (await pool.query<{ id: string }>("select voter_id as id from app_public.ballots where id = $1", [ballot])).rows[0]
    ?.id;

test.beforeAll(async ({ pool }) => {
  await openArena(pool);
  await pool.query("select app_private.network_hash('203.0.113.0/24')"); // the day's salt: nobody waits for it below
});

describe("a visitor's first draw", () => {
  /** One has made the visitor, and holds their lock beyond its commit; two, in another window, has waited and comes next. */
  async function twoWindows(
    pool: pg.Pool,
    cookie: string,
    body: (one: pg.PoolClient, voter: string | undefined) => Promise<void>,
  ): Promise<{ voter: string | undefined; drawn: string | undefined }> {
    let [voter, drawn]: (string | undefined)[] = [];
    await twoSessions(pool, async (one, two) => {
      for (const window of [one, two]) await visit(window, cookie);
      await one.query("begin");
      await one.query("select app_private.ensure_voter()");
      const second = await blocked<{ id: string }>(pool, two, draw);
      voter = await voterOf(one, cookie);
      await one.query("select pg_advisory_lock(app_private.voter_lock($1))", [voter]);
      await one.query("commit");
      const waiting = `select from pg_locks l join pg_database d on d.oid = l.database
        where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`;
      await expect.poll(async () => (await pool.query(waiting)).rowCount, { interval: 5, timeout: 5000 }).toBe(1);
      await body(one, voter);
      await one.query("select pg_advisory_unlock(app_private.voter_lock($1))", [voter]);
      drawn = (await second.rows)[0]?.id;
    });
    return { voter, drawn };
  }

  test("in a second window waits for that in the first, and holds nothing that the first needs", async ({ pool }) => {
    let first: string | undefined;
    const { voter, drawn } = await twoWindows(pool, "two windows", async (one) => {
      first = (await one.query<{ id: string }>(draw)).rows[0]?.id;
    });
    expect(drawn).toBe(first);
    expect(await holder(pool, drawn)).toBe(voter);
  });

  test("holds nothing that an exclusion of them needs", async ({ pool }) => {
    const { voter, drawn } = await twoWindows(pool, "excluded", async (one, id) => {
      await one.query("select app_private.exclude_voter($1, 'a test')", [id]);
    });
    expect(await holder(pool, drawn)).toBe(voter);
  });
});
