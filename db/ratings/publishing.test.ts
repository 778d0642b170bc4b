// db/arena/testing/arena.ts -> [db/ratings/publishing.test.ts] -> app_private.refresh_leaderboards(), app_private.cast_vote()
// Publishing beside people who vote: real sessions, real commits.
import { liftLimits, makeVoters, openArena } from "../arena/testing/arena.ts";
import { describe, expect, test } from "../testing/database.ts";

const day = "2026-03-02";
const noon = `${day}T12:00:00Z`;

describe("a board", () => {
  test("waits for the votes under way, is published once by two refreshes, and told of once", async ({ pool }) => {
    await openArena(pool, { models: 3, sealed: 1, day });
    await pool.query(liftLimits);
    const voters = await makeVoters(pool, 9);
    const draw = async (voter: string): Promise<string> =>
      (await pool.query("select id from app_private.draw_ballot($1, null, null, $2)", [voter, noon])).rows[0].id;
    const cast = "select app_private.cast_vote($1, null, $2, 'left', null, $3)";
    for (const voter of voters.slice(1)) await pool.query(cast, [voter, await draw(voter), noon]);
    const [last = ""] = voters;
    const ballot = await draw(last);

    const [voting, first, second, listening] = await Promise.all([
      pool.connect(),
      pool.connect(),
      pool.connect(),
      pool.connect(),
    ]);
    try {
      const heard: unknown[] = [];
      listening.on("notification", ({ payload }) => heard.push(JSON.parse(payload ?? "{}")));
      await listening.query("listen leaderboard");
      const { pid } = (await first.query("select pg_backend_pid() as pid")).rows[0];
      await voting.query("begin");
      await voting.query(cast, [last, ballot, noon]);
      const refresh = "select app_private.refresh_leaderboards('2026-03-03 00:00:30Z') as published";
      const publishing = first.query(refresh);
      for (let attempt = 0; ; attempt++) {
        const { rows } = await pool.query("select cardinality(pg_blocking_pids($1)) as blockers", [pid]);
        if (rows[0].blockers > 0) break;
        if (attempt === 2000) throw new Error("The refresh did not wait.");
      }
      const waiting = second.query(refresh); // it comes after the first, and finds nothing left
      await voting.query("commit");
      expect((await publishing).rows).toEqual([{ published: 4 }]);
      expect((await waiting).rows).toEqual([{ published: 0 }]);
      const { rows } = await pool.query(
        "select id::integer, votes from app_public.rating_snapshots where theme is null order by id",
      );
      expect(rows.map(({ votes }) => votes)).toEqual([9, 9]);
      expect((await pool.query("select * from app_private.rating_faults()")).rows).toEqual([]);
      expect((await second.query(refresh)).rows).toEqual([{ published: 0 }]);
      await listening.query("select"); // whatever was sent has come before this answer
      const headline = "select max(id)::text as id from app_public.rating_snapshots where theme is null and has_ties";
      expect(heard).toEqual((await pool.query(headline)).rows);
    } finally {
      await listening.query("unlisten *");
      for (const client of [voting, first, second, listening]) client.release();
    }
  });
});
