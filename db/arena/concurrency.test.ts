// db/arena/testing/arena.ts -> [db/arena/concurrency.test.ts] -> app_private.draw_ballot(), app_private.cast_vote(), app_private.close_task()
// Real sessions and real commits: what is promised of one ballot holds when many sessions reach for it.
import type pg from "pg";
import { blocked, twoSessions } from "../lib/sessions.ts";
import { describe, expect, test } from "../testing/database.ts";
import { liftLimits, makeVoters, openArena } from "./testing/arena.ts";

const verdicts = ["left", "right", "tie", "both_bad"];

/** Waits until a session is held up by a lock. */
async function untilWaiting(pool: pg.Pool, pid: number): Promise<void> {
  for (let attempt = 0; attempt < 2000; attempt++) {
    const { rows } = await pool.query("select cardinality(pg_blocking_pids($1)) as blockers", [pid]);
    if (rows[0].blockers > 0) return;
  }
  throw new Error("The session did not wait.");
}

const pidOf = async (client: pg.PoolClient): Promise<number> =>
  (await client.query("select pg_backend_pid() as pid")).rows[0].pid;

describe("many voters at once", () => {
  test(
    "64 voters cast 10,000 votes: accepted, stored and counted are one number",
    { timeout: 120_000 },
    async ({ pool }) => {
      await openArena(pool, { models: 12, sealed: 3 });
      await pool.query(liftLimits);
      const voters = await makeVoters(pool, 64);
      let [accepted, refused] = [0, 0];
      await Promise.all(
        voters.map(async (voter, index) => {
          for (let n = 0; n < 157 && accepted + refused < 10_000; n++) {
            const { rows } = await pool.query("select id from app_private.draw_ballot($1, null)", [voter]);
            const vote = () =>
              pool.query("select app_private.cast_vote($1, decode(md5($2), 'hex'), $3, $4::app_public.verdict)", [
                voter,
                String(index % 16),
                rows[0].id,
                verdicts[(n + index) % 4],
              ]);
            // Every seventh is sent twice at once.
            const sent = await Promise.allSettled(n % 7 ? [vote()] : [vote(), vote()]);
            for (const one of sent) {
              if (one.status === "fulfilled") accepted++;
              else if ((one.reason as { code?: string }).code === "TB075") refused++;
              else throw one.reason;
            }
          }
        }),
      );
      expect(accepted + refused).toBeGreaterThanOrEqual(10_000);
      expect(refused).toBeGreaterThan(1000);
      const { rows } = await pool.query(`
      select (select count(*) from app_public.votes)::integer as stored,
        (select count(distinct ballot_id) from app_public.votes)::integer as ballots,
        (select sum(votes) from app_private.pair_counts)::integer as counted,
        (select count(*) from app_private.count_faults)::integer as faults`);
      expect(rows).toEqual([{ stored: accepted, ballots: accepted, counted: accepted, faults: 0 }]);
    },
  );

  test("one ballot, cast by a hundred requests at once, is one vote", async ({ pool }) => {
    const [voter] = await makeVoters(pool, 1, "many");
    const { rows } = await pool.query("select id from app_private.draw_ballot($1, null)", [voter]);
    const tries = await Promise.allSettled(
      Array.from({ length: 100 }, () =>
        pool.query("select app_private.cast_vote($1, null, $2, 'left')", [voter, rows[0].id]),
      ),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const codes = tries.map((one) => (one.status === "rejected" ? (one.reason as { code?: string }).code : "ok"));
    expect(new Set(codes)).toEqual(new Set(["ok", "TB075"]));
  });

  test("one voter who draws in twenty windows at once gets one ballot", async ({ pool }) => {
    const [voter] = await makeVoters(pool, 1, "windows");
    const draws = await Promise.all(
      Array.from({ length: 20 }, () => pool.query("select id from app_private.draw_ballot($1, null)", [voter])),
    );
    expect(new Set(draws.map(({ rows }) => rows[0].id)).size).toBe(1);
  });
});

describe("a vote under way", () => {
  test("is waited for by whoever closes the task, and a later one is refused", async ({ pool }) => {
    const [ada, ben] = await makeVoters(pool, 2, "closing");
    const task = (await pool.query("select id from app_public.tasks where slot = 2")).rows[0].id;
    const draw = async (voter: string | undefined): Promise<string> =>
      (await pool.query("select id from app_private.draw_ballot($1, null, $2)", [voter, task])).rows[0].id;
    const [first, second] = [await draw(ada), await draw(ben)];
    const voting = await pool.connect();
    const closing = await pool.connect();
    const late = await pool.connect();
    try {
      const waiting = await pidOf(closing);
      await voting.query("begin");
      await voting.query("select app_private.cast_vote($1, null, $2, 'tie')", [ada, first]);
      const closed = closing.query("select closes_at from app_private.close_task($1, clock_timestamp())", [task]);
      await untilWaiting(pool, waiting);
      await voting.query("commit");
      await closed;
      await expect(
        late.query("select app_private.cast_vote($1, null, $2, 'tie')", [ben, second]),
      ).rejects.toMatchObject({ code: "TB077" });
    } finally {
      for (const client of [voting, closing, late]) client.release();
    }
  });

  test("holds up nobody who comes late: they are told while the boards are being published", async ({ pool }) => {
    const [late] = await makeVoters(pool, 1, "late");
    const { rows } = await pool.query("select id, task_id from app_private.draw_ballot($1, null)", [late]);
    await twoSessions(pool, async (publishing, voting) => {
      await publishing.query("begin");
      await publishing.query("select app_private.close_task($1, clock_timestamp())", [rows[0].task_id]);
      await publishing.query("commit");
      await publishing.query("begin");
      await publishing.query("select app_private.refresh_leaderboards(clock_timestamp())");
      await expect(
        voting.query("select app_private.cast_vote($1, null, $2, 'tie')", [late, rows[0].id]),
      ).rejects.toMatchObject({ code: "TB077" });
      const held = `select count(*)::integer as held from pg_locks l join app_private.folded_tasks f
        on (l.classid::bigint << 32) | l.objid::bigint = app_private.task_lock(f.task_id)
        where l.locktype = 'advisory' and l.pid = pg_backend_pid()`;
      expect((await publishing.query(held)).rows[0].held).toBeGreaterThan(0); // it waited for the votes on what is new
      await publishing.query("commit");
      // Votes judged anew: all is folded again, and nothing of it is new.
      await pool.query("select app_private.exclude_voter($1, 'a test')", [late]);
      await publishing.query("begin");
      await publishing.query("select app_private.refresh_leaderboards(clock_timestamp())");
      expect((await publishing.query(held)).rows).toEqual([{ held: 0 }]);
      await publishing.query("commit");
    });
  });

  test("is waited for by a draw in another window, which counts it", async ({ pool }) => {
    const [voter] = await makeVoters(pool, 1, "windows of a vote");
    const { rows } = await pool.query("select id from app_private.draw_ballot($1, null)", [voter]);
    await twoSessions(pool, async (voting, drawing) => {
      await voting.query("begin");
      await voting.query("select app_private.cast_vote($1, null, $2, 'tie')", [voter, rows[0].id]);
      const drawn = await blocked<{ id: string }>(pool, drawing, "select id from app_private.draw_ballot($1, null)", [
        voter,
      ]);
      await voting.query("commit");
      expect((await drawn.rows)[0]?.id).not.toBe(rows[0].id);
    });
    expect((await pool.query("select sealed_votes from app_private.voters where id = $1", [voter])).rows).toEqual([
      { sealed_votes: 1 },
    ]);
  });

  test("is taken out with the others when its voter is excluded meanwhile", async ({ pool }) => {
    const [voter] = await makeVoters(pool, 1, "excluded");
    const { rows } = await pool.query("select id from app_private.draw_ballot($1, null)", [voter]);
    const [voting, excluding] = [await pool.connect(), await pool.connect()];
    try {
      const waiting = await pidOf(excluding);
      await voting.query("begin");
      await voting.query("select app_private.cast_vote($1, null, $2, 'tie')", [voter, rows[0].id]);
      const excluded = excluding.query("select app_private.exclude_voter($1, 'a test') as moved", [voter]);
      await untilWaiting(pool, waiting);
      await voting.query("commit");
      expect((await excluded).rows).toEqual([{ moved: 1 }]);
    } finally {
      for (const client of [voting, excluding]) client.release();
    }
    const next = await pool.query("select id from app_private.draw_ballot($1, null)", [voter]);
    await pool.query("select app_private.cast_vote($1, null, $2, 'left')", [voter, next.rows[0].id]);
    const { rows: votes } = await pool.query(
      "select v.is_counted from app_public.votes v join app_public.ballots b on b.id = v.ballot_id where b.voter_id = $1",
      [voter],
    );
    expect(votes).toEqual([{ is_counted: false }, { is_counted: false }]);
    expect((await pool.query("select * from app_private.count_faults")).rows).toEqual([]);
  });
});

describe("two exclusions at once", () => {
  test("are written down in the order of their ids, so that a refresh between them misses neither", async ({
    pool,
  }) => {
    const [ada, eve] = await makeVoters(pool, 2, "two");
    await twoSessions(pool, async (one, two) => {
      await pool.query("select app_private.refresh_leaderboards(clock_timestamp())");
      await one.query("begin");
      await one.query("select app_private.exclude_voter($1, 'a test')", [ada]);
      const second = await blocked(pool, two, "select app_private.exclude_voter($1, 'a test')", [eve]);
      await pool.query("select app_private.refresh_leaderboards(clock_timestamp())");
      await one.query("commit");
      await second.rows;
    });
    const { rows } = await pool.query("select has_closed from app_private.board_work(clock_timestamp())");
    expect(rows).toEqual([{ has_closed: true }]);
    const { rows: order } = await pool.query<{ voter_id: string }>(
      "select voter_id from app_private.exclusions order by id desc limit 2",
    );
    expect(order.map(({ voter_id }) => voter_id)).toEqual([eve, ada]);
  });

  test("also of networks", async ({ pool }) => {
    const [voter, other] = await makeVoters(pool, 2, "net");
    const { rows } = await pool.query("select id from app_private.draw_ballot($1, null)", [voter]);
    await pool.query("select app_private.cast_vote($1, decode(md5('farm'), 'hex'), $2, 'left')", [voter, rows[0].id]);
    await twoSessions(pool, async (one, two) => {
      await one.query("begin");
      await one.query("select app_private.exclude_network(decode(md5('farm'), 'hex'), 'a test')");
      const second = await blocked(pool, two, "select app_private.exclude_voter($1, 'a test')", [other]);
      await one.query("commit");
      await second.rows;
    });
  });
});
