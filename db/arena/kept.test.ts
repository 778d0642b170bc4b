// db/arena/testing/arena.ts -> [db/arena/kept.test.ts] -> app_private.network_hash(), app_private.unused_ballots, app_private.idle_voters
// What the vote keeps of people, and for how long.
import { type Db, describe, expect, test } from "../testing/database.ts";
import { liftLimits, makeVoters, openArena } from "./testing/arena.ts";

describe("what is kept of a network", () => {
  const hash = "select encode(app_private.network_hash($1, $2), 'hex') as hash";
  test("is the same within a day, another the next, and cannot be made again after two", async ({ db }) => {
    const of = async (prefix: string | null, at: string) =>
      (await db.row<{ hash: string | null }>(hash, [prefix, at])).hash;
    const monday = await of("203.0.113.0/24", "2026-03-02T00:00:01Z");
    expect(monday).toMatch(/^[0-9a-f]{32}$/);
    expect(await of("203.0.113.0/24", "2026-03-02T23:59:59Z")).toBe(monday);
    expect(await of("203.0.114.0/24", "2026-03-02T12:00:00Z")).not.toBe(monday);
    expect(await of("203.0.113.0/24", "2026-03-03T00:00:01Z")).not.toBe(monday);
    expect(await db.rows("select day::text from app_private.network_salts order by 1")).toEqual([
      { day: "2026-03-02" },
      { day: "2026-03-03" },
    ]);
    await of("203.0.113.0/24", "2026-03-04T00:00:01Z");
    expect(await db.rows("select day::text from app_private.network_salts order by 1")).toEqual([
      { day: "2026-03-03" },
      { day: "2026-03-04" },
    ]);
    expect(await of("203.0.113.0/24", "2026-03-02T12:00:00Z")).not.toBe(monday);
    expect(await of("", "2026-03-02T12:00:00Z")).toBeNull();
    expect(await of(null, "2026-03-02T12:00:00Z")).toBeNull();
  });

  test("goes by the retention rules, with unused ballots and old allowances", async ({ db }) => {
    await openArena(db.client);
    await db.rows(liftLimits);
    const [ada, ben] = await makeVoters(db.client, 2);
    await db.rows(
      "select app_private.cast_vote($1, decode(md5('1'), 'hex'), b.id, 'left') from app_private.draw_ballot($1, null) b",
      [ada],
    );
    await db.rows("select app_private.draw_ballot($1, null)", [ben]);
    await db.rows("select app_private.network_hash('x')");
    const purge = async (table: string, after: string) =>
      (
        await db.row<{ purged: number }>("select app_private.purge_batch($1, now() + $2::interval) as purged", [
          table,
          after,
        ])
      ).purged;
    const tables = ["unused_ballots", "draw_allowances", "network_salts", "network_votes"];
    for (const table of tables.map((name) => `app_private.${name}`)) {
      expect(await purge(table, "20 hours"), table).toBe(0);
      expect(await purge(table, "73 hours"), table).toBeGreaterThan(0);
    }
    // Which networks voted on which models goes without a rest.
    expect(await db.rows("select from app_private.network_votes")).toEqual([]);
    expect(await db.rows("select count(*)::integer as ballots from app_public.ballots")).toEqual([{ ballots: 1 }]);
  });
});

describe("what is kept of visitors and their ballots", () => {
  const purge = async (db: Db, table: string, after: string): Promise<number> =>
    (
      await db.row<{ purged: number }>("select app_private.purge_batch($1, now() + $2::interval) as purged", [
        table,
        after,
      ])
    ).purged;

  test("is not looked through for the few that were not used", async ({ db }) => {
    await openArena(db.client, { models: 12, sealed: 3 });
    const voters = await makeVoters(db.client, 100);
    await db.rows(
      `with drawn as (
         insert into app_public.ballots (match_id, voter_id, task_id, stratum, is_first_left, propensity, served_at, expires_at)
           select m.id, v.id, m.task_id, 'sealed', true, 0.5, now() - interval '1 hour', now()
             from app_private.matches m join app_public.tasks t on t.id = m.task_id, unnest($1::bigint[]) v (id) where not t.is_showcase
           returning id
       )
       insert into app_public.votes (ballot_id, verdict, is_counted) select id, 'left', true from drawn`,
      [voters],
    );
    const late = await makeVoters(db.client, 3, "late");
    for (const voter of late) await db.rows("select app_private.draw_ballot($1, null)", [voter]);
    await db.rows(
      "select app_private.cast_vote($1, null, current_ballot_id, 'left') from app_private.voters where id = $1",
      [late[0]],
    );
    for (const table of ["app_public.ballots", "app_public.votes", "app_private.open_ballots"])
      await db.rows(`analyze ${table}`);
    const reads = async () =>
      Number(
        (
          await db.row<{ reads: string }>(
            "select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) as reads from pg_stat_xact_user_tables where relname in ('votes', 'ballots')",
          )
        ).reads,
      );
    const before = await reads();
    expect(await purge(db, "app_private.unused_ballots", "73 hours")).toBe(2);
    expect((await reads()) - before).toBeLessThan(50);
    const open = async () => (await db.row("select count(*)::integer as open from app_private.open_ballots")).open;
    expect(await open()).toBe(1); // the one that was used
    expect(await db.rows("select app_private.settle_ballots() as settled")).toEqual([{ settled: 1 }]);
    expect(await open()).toBe(0);
  });

  test("is settled once: used ballots and those who have voted are told from the rest", async ({ db }) => {
    await openArena(db.client);
    const [voted, drew] = await makeVoters(db.client, 2);
    for (const voter of [voted, drew]) await db.rows("select app_private.draw_ballot($1, null)", [voter]);
    await db.rows(
      "select app_private.cast_vote($1, null, current_ballot_id, 'tie') from app_private.voters where id = $1",
      [voted],
    );
    const marked = "select id from app_private.voters where has_voted";
    expect(await db.rows(marked)).toEqual([]);
    const settle = "select app_private.settle_ballots() as settled";
    expect([await db.row(settle), await db.row(settle)]).toEqual([{ settled: 1 }, { settled: 0 }]);
    expect(await db.rows(marked)).toEqual([{ id: voted }]);
    expect(
      await db.rows(
        "select v.id from app_private.open_ballots o join app_private.voters v on v.current_ballot_id = o.ballot_id",
      ),
    ).toEqual([{ id: drew }]);
  });

  test("forgets visitors who never voted, and nobody else", async ({ db }) => {
    await openArena(db.client);
    const [voted, drew, came, excluded] = await makeVoters(db.client, 4);
    for (const voter of [voted, drew]) await db.rows("select app_private.draw_ballot($1, null)", [voter]);
    await db.rows(
      "select app_private.cast_vote($1, null, current_ballot_id, 'tie') from app_private.voters where id = $1",
      [voted],
    );
    await db.rows("select app_private.exclude_voter($1, 'a test')", [excluded]);
    const { id: ada } = await db.row<{ id: string }>(
      "insert into app_private.voters (user_id) values ($1) returning id",
      [await db.person()],
    );
    const left = async () =>
      (await db.rows<{ id: string }>("select id from app_private.voters order by id")).map(({ id }) => id);
    expect(await purge(db, "app_private.idle_voters", "6 days")).toBe(0);
    expect(await purge(db, "app_private.idle_voters", "8 days")).toBe(1);
    expect(await left()).toEqual([voted, drew, excluded, ada]);
    expect(await purge(db, "app_private.unused_ballots", "8 days")).toBe(1);
    expect(await purge(db, "app_private.idle_voters", "8 days")).toBe(1);
    expect(await left()).toEqual([voted, excluded, ada]);
    expect(came).toBeDefined();
  });

  test("drops the salt of a network within 48 hours, and not before its day is over, whenever it was made", async ({
    db,
  }) => {
    const hour = 3_600_000;
    for (const made of ["00:00:01", "00:59:59", "01:00:00", "01:00:01", "12:00:00", "23:59:59"]) {
      const born = Date.parse(`2026-03-02T${made}Z`);
      await db.rows("delete from app_private.network_salts");
      await db.rows("select app_private.network_hash('203.0.113.0/24', $1)", [new Date(born)]);
      // Nobody else comes: the daily cleanup alone.
      let gone = Number.NaN;
      for (let run = Date.parse("2026-03-02T01:00:00Z"); Number.isNaN(gone); run += 24 * hour) {
        await db.rows("select app_private.purge_batch('app_private.network_salts', $1)", [new Date(run)]);
        if (!(await db.rows("select from app_private.network_salts")).length) gone = run;
        expect(run).toBeLessThan(Date.parse("2026-03-06"));
      }
      expect(gone, made).toBeGreaterThanOrEqual(Date.parse("2026-03-03"));
      expect(gone - born, made).toBeLessThanOrEqual(48 * hour);
    }
  });
});
