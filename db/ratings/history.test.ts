// db/arena/testing/arena.ts -> [db/ratings/history.test.ts] -> app_public.leaderboard_as_of(), app_public.rating_history(), app_private.rating_faults()
import { liftLimits, makeVoters, openArena } from "../arena/testing/arena.ts";
import { anonymous, describe, expect, test } from "../testing/database.ts";

describe("a run that came late", () => {
  test("says the instant that it was due at, and stands in its place by that", async ({ db }) => {
    await db.rows(liftLimits);
    const voters = await makeVoters(db.client, 9);
    for (const date of ["2026-03-02", "2026-03-03"]) {
      await openArena(db.client, { models: 3, sealed: 1, day: date });
      await db.rows(
        `select app_private.cast_vote(v.id, null, b.id, 'left', null, $2)
           from unnest($1::bigint[]) v (id), app_private.draw_ballot(v.id, null, null, $2) b`,
        [voters, `${date}T12:00:00Z`],
      );
      await db.rows("select app_private.refresh_leaderboards(($1::date + 1)::timestamp at time zone 'utc')", [date]);
    }
    await db.rows("select app_private.exclude_voter($1, 'a test', at => '2026-03-03 10:00Z')", [voters[0]]);
    expect(await db.rows("select has_closed from app_private.board_work('2026-03-04')")).toEqual([
      { has_closed: true },
    ]);
    expect(await db.rows("select * from app_private.rating_faults()")).toEqual([]); // not yet published is no fault
    // Due before the second day's board, and made after it: it has the greatest id, and holds no more than had closed.
    await db.rows("select app_private.refresh_leaderboards('2026-03-03 12:00Z')");
    const times = async (of: string, value: string | undefined) =>
      (
        await db.rowsAs<{ at: Date; votes: number }>(
          anonymous,
          `select published_at as at, max(votes) as votes from ${of}($1) group by snapshot_id, published_at`,
          [value],
        )
      ).map(({ at }) => at.toISOString());
    expect(await times("app_public.leaderboard_as_of", "2026-03-04")).toEqual(["2026-03-04T00:00:00.000Z"]);
    expect(await times("app_public.leaderboard_as_of", "2026-03-03")).toEqual(["2026-03-03T12:00:00.000Z"]);
    const [model] = await db.rows<{ id: string }>("select id from app_public.models order by id limit 1");
    const history = (
      await db.rowsAs<{ at: Date }>(anonymous, "select published_at as at from app_public.rating_history($1)", [
        model?.id,
      ])
    ).map(({ at }) => at.getTime());
    expect(history).toHaveLength(3);
    expect(history).toEqual(history.toSorted((a, b) => a - b));
  });
});
