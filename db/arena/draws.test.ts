// db/arena/testing/arena.ts -> [db/arena/draws.test.ts] -> app_public.draw_ballot(), app_private.ensure_voter(), app_private.idle_voters
// Two sessions reach for one visitor: windows that draw for the first time, a purge of those who never voted, an exclusion.
import type pg from "pg";
import { blocked, twoSessions } from "../lib/sessions.ts";
import { describe, expect, test } from "../testing/database.ts";
import { makeVoters, openArena } from "./testing/arena.ts";

const draw = "select (b).id from app_public.draw_ballot() b";
const purge = "select app_private.purge_batch('app_private.idle_voters') as purged";

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

/** A visitor who came eight days ago and has neither voted nor a ballot; the cookie is the prefix and a 1. */
async function idleVoter(pool: pg.Pool, prefix: string): Promise<string | undefined> {
  const [voter] = await makeVoters(pool, 1, prefix);
  await pool.query("update app_private.voters set created_at = now() - interval '8 days' where id = $1", [voter]);
  return voter;
}

const holder = async (pool: pg.Pool, ballot: string | undefined): Promise<string | undefined> =>
  (await pool.query<{ id: string }>("select voter_id as id from app_public.ballots where id = $1", [ballot])).rows[0]
    ?.id;

test.beforeAll(async ({ pool }) => {
  await openArena(pool);
  await pool.query("select app_private.network_hash('203.0.113.0/24')"); // the day's salt: nobody waits for it below
});

describe("a visitor who comes back when they are about to be forgotten", () => {
  test("stays while they draw, also while they wait for another draw of their network", async ({ pool }) => {
    const voter = await idleVoter(pool, "waiting");
    await twoSessions(pool, async (other, drawing) => {
      await visit(other, "neighbour");
      await visit(drawing, "waiting1");
      await other.query("begin");
      await other.query(draw);
      const drawn = await blocked<{ id: string }>(pool, drawing, draw);
      expect((await pool.query(purge)).rows).toEqual([{ purged: 0 }]);
      await other.query("commit");
      expect(await holder(pool, (await drawn.rows)[0]?.id)).toBe(voter);
    });
  });

  test("is somebody new when the purge was faster", async ({ pool }) => {
    const voter = await idleVoter(pool, "forgotten");
    await twoSessions(pool, async (purging, drawing) => {
      await visit(drawing, "forgotten1");
      await purging.query("begin");
      expect((await purging.query(purge)).rows).toEqual([{ purged: 1 }]);
      const drawn = await blocked<{ id: string }>(pool, drawing, draw);
      await purging.query("commit");
      const now = await holder(pool, (await drawn.rows)[0]?.id);
      expect(now).toBe(await voterOf(pool, "forgotten1"));
      expect(now).not.toBe(voter);
    });
  });

  test("is drawn for when the purge was called off", async ({ pool }) => {
    const voter = await idleVoter(pool, "kept");
    await twoSessions(pool, async (purging, drawing) => {
      await visit(drawing, "kept1");
      await purging.query("begin");
      expect((await purging.query(purge)).rows).toEqual([{ purged: 1 }]);
      const drawn = await blocked<{ id: string }>(pool, drawing, draw);
      await purging.query("rollback");
      expect(await holder(pool, (await drawn.rows)[0]?.id)).toBe(voter);
    });
  });
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
