// db/arena/testing/arena.ts -> [db/ratings/fragility.test.ts] -> app_private.fragility(), app_private.board_fragility(), autobench verify
import { liftLimits, makeVoters, openArena } from "../arena/testing/arena.ts";
import { firstPlace } from "../../cli/verbs/verify.ts";
import { type Db, describe, expect, operator, test } from "../testing/database.ts";

const literal = (matrix: readonly (readonly number[])[]): string =>
  JSON.stringify(matrix).replaceAll("[", "{").replaceAll("]", "}");

async function publish(db: Db): Promise<void> {
  await db.rows(liftLimits);
  await db.rows("select setseed(0.3)");
  await openArena(db.client, { models: 4, sealed: 2, day: "2026-03-02" });
  const voters = await makeVoters(db.client, 30);
  for (let round = 0; round < 4; round++) {
    await db.rows(
      `select app_private.cast_vote(v.id, null, b.id, (array['left', 'right', 'tie', 'left'])[1 + (v.id * 7 + $2::integer) % 4]::app_public.verdict, null, $3)
         from unnest($1::bigint[]) v (id), app_private.draw_ballot(v.id, null, null, $3) b`,
      [voters, round, "2026-03-02T12:00:00Z"],
    );
  }
  await db.rows("select app_private.refresh_leaderboards('2026-03-03')");
}

describe("app_private.fragility", () => {
  test.for(Array.from({ length: 22 }, (_, n) => n + 3))("of %i equal models is one vote", async (size, { db }) => {
    const all = (count: number) =>
      literal(Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 0 : count))));
    for (const [count, ties] of [
      [5, 0],
      [7, 3],
      [100, 40],
    ] as const) {
      expect(
        await db.rows("select * from app_private.fragility($1, $2, $3, $4)", [all(count), all(ties), size - 1, size]),
      ).toEqual([{ votes: 1, one_step: 1 }]);
    }
  });

  test.for([3, 8, 15, 24])("of %i models in a ring is found", async (size, { db }) => {
    const ring = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => ((j - i + size) % size === 1 ? 9 : (i - j + size) % size === 1 ? 4 : 0)),
    );
    const none = ring.map((row) => row.map(() => 0));
    const [row] = await db.rows<{ votes: number; one_step: number }>(
      "select * from app_private.fragility($1, $2, 1, 2)",
      [literal(ring), literal(none)],
    );
    expect(row?.votes).toBe(1); // all are equal in it
    expect(row?.one_step).toBe(1);
  });
});

describe("app_private.board_fragility", () => {
  test("says how few votes hold each model above the next, or the first alone", async ({ db }) => {
    await publish(db);
    const rows = await db.rows<{ ahead_id: string; behind_id: string; gap: number; votes: number }>(
      "select * from app_private.board_fragility()",
    );
    const order = await db.rows<{ model_id: string }>(
      "select model_id from app_public.leaderboard where theme is null and has_ties order by rating desc",
    );
    expect(rows.map(({ ahead_id }) => ahead_id)).toEqual(order.slice(0, -1).map(({ model_id }) => model_id));
    for (const { gap, votes } of rows) {
      expect(gap).toBeGreaterThanOrEqual(0);
      expect(votes).toBeGreaterThan(0);
    }
    expect(await db.rows("select * from app_private.board_fragility(pairs => 1)")).toEqual(rows.slice(0, 1));
    const seen = await db.rowsAs<{ ahead_id: string; votes: number }>(
      operator(await db.operator()),
      "select ahead_id, votes from app_operations.fragility where not is_rehearsal",
    );
    expect(seen).toEqual([{ ahead_id: rows[0]?.ahead_id, votes: rows[0]?.votes }]);
    const { slug } = await db.row<{ slug: string }>("select slug from app_public.models where id = $1", [
      rows[0]?.ahead_id,
    ]);
    expect(await firstPlace(db.client)).toMatch(new RegExp(`^${slug} is ahead of .* at most ${rows[0]?.votes} votes`));
  });

  test("sinks no verification when it fails", async ({ db }) => {
    await publish(db);
    await db.rows(
      "create or replace function app_private.board_fragility(theme text default null, is_rehearsal boolean default false, most integer default 200, pairs integer default null) returns table (ahead_id uuid, behind_id uuid, gap float8, votes integer, one_step integer) language plpgsql stable as $$ begin raise exception 'integer out of range'; end $$",
    );
    expect(await firstPlace(db.client)).toContain("could not be found: integer out of range");
    expect(await db.rows("select 1 as one")).toEqual([{ one: 1 }]);
  });
});
