// db/arena/testing/arena.ts -> [db/ratings/published.ts] -> verify.test.ts, past_boards.test.ts
import { liftLimits, makeVoters, openArena } from "../arena/testing/arena.ts";
import type { Db } from "../testing/database.ts";

/** Two days of votes by thirty voters on five models, each day's boards published. */
export async function publish(db: Db): Promise<void> {
  await db.rows(liftLimits);
  await db.rows("select setseed(0.3)");
  const voters = await makeVoters(db.client, 30);
  for (const day of ["2026-03-02", "2026-03-03"]) {
    await openArena(db.client, { models: 5, sealed: 2, day });
    for (let round = 0; round < 6; round++) {
      await db.rows(
        `select app_private.cast_vote(v.id, null, b.id, (array['left', 'right', 'tie', 'left', 'both_bad'])[1 + (v.id * 7 + $2::integer * 11) % 5]::app_public.verdict,
              4000, $3::timestamptz + make_interval(mins => $2::integer))
           from unnest($1::bigint[]) v (id), app_private.draw_ballot(v.id, null, null, $3) b`,
        [voters, round, `${day}T12:00:00Z`],
      );
    }
    await db.rows("select app_private.refresh_leaderboards(($1::date + 1)::timestamp at time zone 'utc')", [day]);
  }
}
