// db/arena/testing/arena.ts -> [db/ratings/verify.test.ts] -> app_private.votes_csv(), app_private.rating_faults(), app_private.board_fragility()
// The export is enough to make the board anew, and whatever is changed behind the functions' back is found.
import { liftLimits, makeVoters, openArena } from "../arena/testing/arena.ts";
import { anonymous, type Db, describe, expect, test } from "../testing/database.ts";
import { fitArguments, fitBoard } from "./simulation.ts";

async function publish(db: Db): Promise<void> {
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
  }
  await db.rows("select app_private.refresh_leaderboards('2026-03-04 00:01Z')");
}

const server = { role: "autobench_server" } as const;

describe("the export", () => {
  test("gives the published board to 1e-9, and the same Elo", async ({ db }) => {
    await publish(db);
    const lines = (await db.rowsAs<{ line: string }>(server, "select line from app_private.votes_csv() line")).map(
      ({ line }) => line.split(","),
    );
    const [header = [], ...rows] = lines;
    const votes = rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ""])));
    expect(votes.length).toBe(Number((await db.row("select count(*) as votes from app_public.votes")).votes));
    const models = [...new Set(votes.flatMap(({ left, right }) => [left ?? "", right ?? ""]))].toSorted();
    const tasks = [...new Set(votes.map(({ task }) => task ?? ""))];
    const place = (slug: string | undefined): number => models.indexOf(slug ?? "") + 1;
    const rated = votes.filter(({ verdict, stratum }) => verdict !== "both_bad" && stratum === "sealed");
    const counts = {
      tasks: rated.map(({ task }) => tasks.indexOf(task ?? "") + 1),
      firsts: rated.map(({ left }) => place(left)),
      seconds: rated.map(({ right }) => place(right)),
      firstWins: rated.map(({ verdict }) => (verdict === "left" ? 1 : 0)),
      ties: rated.map(({ verdict }) => (verdict === "tie" ? 1 : 0)),
      secondWins: rated.map(({ verdict }) => (verdict === "right" ? 1 : 0)),
    };
    const fit = await db.rows<{ rating: number; se: number; rank: number }>(
      `select rating, se, rank from ${fitBoard}`,
      fitArguments(models.length, counts),
    );
    const published = await db.rowsAs<{ slug: string; rating: number; ci_high: number; elo: number; rank: number }>(
      anonymous,
      "select slug, rating, ci_high, elo, rank from app_public.leaderboard where theme is null and has_ties order by slug",
    );
    expect(published.map(({ slug }) => slug)).toEqual(models);
    const { elo } = await db.row<{ elo: number[] }>(
      "select app_private.elo_fold(array_fill(1000::float8, array[$1::integer]), $2, $3, $4) as elo",
      [
        models.length,
        counts.firsts,
        counts.seconds,
        rated.map(({ verdict }) => (verdict === "left" ? 1 : verdict === "right" ? 0 : 0.5)),
      ],
    );
    for (const [index, line] of published.entries()) {
      expect(Math.abs(line.rating - (fit[index]?.rating ?? 0))).toBeLessThan(1e-9);
      expect(Math.abs(line.ci_high - line.rating - 1.959963984540054 * (fit[index]?.se ?? 0))).toBeLessThan(1e-9);
      expect(Math.abs(line.elo - (elo[index] ?? 0))).toBeLessThan(1e-9);
      expect(line.rank).toBe(fit[index]?.rank);
    }
  });

  test("says nothing of who voted save that it was the same person, in CSV as in JSON", async ({ db }) => {
    await publish(db);
    const json = (await db.rowsAs<{ line: string }>(server, "select line from app_private.votes_json() line")).map(
      ({ line }) => JSON.parse(line),
    );
    const csv = await db.rowsAs<{ line: string }>(server, "select line from app_private.votes_csv() line");
    expect(json).toHaveLength(csv.length - 1);
    expect(new Set(json.map(({ voter }) => voter)).size).toBe(30);
    for (const [index, { line }] of csv.slice(1).entries()) {
      const one = json[index];
      expect(line).toBe(
        [
          one.day,
          one.slot,
          one.task,
          one.theme,
          one.stratum,
          one.left,
          one.right,
          one.verdict,
          one.propensity,
          one.dwell_ms,
          one.created_at,
          one.voter,
          one.ballot,
        ].join(","),
      );
      expect(one.propensity).toBeGreaterThan(0);
    }
    expect(
      await db.rowsAs(
        server,
        "select count(*)::integer as lines from app_private.votes_csv('2026-03-03', '2026-03-03')",
      ),
    ).toEqual([{ lines: json.filter(({ day }) => day === "2026-03-03").length + 1 }]);
    await expect(db.rowsAs(server, "select from app_private.exported_votes")).rejects.toThrow(
      "permission denied for view exported_votes",
    );
  });

  test("of a board is its lines", async ({ db }) => {
    await publish(db);
    const lines = (
      await db.rowsAs<{ line: string }>(server, "select line from app_private.leaderboard_csv() line")
    ).map(({ line }) => line.split(","));
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line).toHaveLength(18);
    expect(
      await db.rowsAs(server, "select count(*)::integer as lines from app_private.leaderboard_csv('nothing')"),
    ).toEqual([{ lines: 1 }]);
  });
});

describe("verifying", () => {
  const found = async (db: Db): Promise<unknown[]> =>
    (
      await db.rowsAs({ role: "autobench_worker" }, "select distinct fault from app_private.rating_faults() order by 1")
    ).map(({ fault }) => fault);

  test.for([
    [
      "a count",
      "update app_private.pair_counts set votes = votes + 1 where outcome = 'first'",
      ["counts differ from votes", "the published board is not of these counts"],
    ],
    [
      "a vote",
      "update app_public.votes set verdict = 'left' where verdict = 'right'",
      ["counts differ from votes", "the fold of Elo differs from a replay"],
    ],
    ["an Elo", "update app_private.elo_ratings set elo = elo + 1", ["the fold of Elo differs from a replay"]],
    [
      "a published rating",
      "update app_public.ratings set rating = rating + 0.001",
      ["a snapshot's ratings were changed"],
    ],
    [
      "a published status",
      "update app_public.ratings set status = 'established'",
      ["a snapshot's ratings were changed"],
    ],
  ] as const)("finds %s that was changed", async ([, change, faults], { db }) => {
    await publish(db);
    expect(await found(db)).toEqual([]);
    await db.rows(change);
    expect(await found(db)).toEqual(faults);
  });
});

describe("fragility", () => {
  test("says how few votes hold each model above the next", async ({ db }) => {
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
  });
});
