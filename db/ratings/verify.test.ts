// db/arena/testing/arena.ts -> [db/ratings/verify.test.ts] -> app_private.votes_csv(), app_private.rating_faults()
// The export is enough to make the board anew, and whatever is changed behind the functions' back is found.
import { makeVoters, openArena } from "../arena/testing/arena.ts";
import { anonymous, type Db, describe, expect, test } from "../testing/database.ts";
import { publish } from "./published.ts";
import { fitArguments, fitBoard } from "./simulation.ts";

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
          one.hour_at,
          one.voter,
          one.number,
        ].join(","),
      );
      expect(one.propensity).toBeGreaterThan(0);
    }
    expect(
      (
        await db.rowsAs<{ line: string }>(
          server,
          "select line from app_private.votes_json('2026-03-03', '2026-03-03') line",
        )
      ).map(({ line }) => JSON.parse(line)),
    ).toEqual(json.filter(({ day }) => day === "2026-03-03"));
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

  test("tells no voter which of their votes count: no ballot, no instant, nothing that a browser said", async ({
    db,
  }) => {
    await publish(db);
    const [voter] = await makeVoters(db.client, 1, "rigger");
    const text = async () =>
      (await db.rowsAs<{ line: string }>(server, "select line from app_private.votes_json() line"))
        .map(({ line }) => line)
        .join("\n");
    const before = await text();
    await openArena(db.client, { models: 5, sealed: 1, day: "2026-03-05" });
    const { id } = await db.row<{ id: string }>(
      "select id from app_private.draw_ballot($1, null, null, '2026-03-05 12:20Z')",
      [voter],
    );
    await db.rows("select app_private.cast_vote($1, null, $2, 'left', 7654321, '2026-03-05 12:34:56.789Z')", [
      voter,
      id,
    ]);
    await db.rows("select app_private.refresh_leaderboards('2026-03-06 00:01Z')");
    const line = (await text()).slice(before.length);
    expect(Object.keys(JSON.parse(line))).toEqual([
      "day",
      "slot",
      "task",
      "theme",
      "stratum",
      "left",
      "right",
      "verdict",
      "propensity",
      "hour_at",
      "voter",
      "number",
    ]);
    expect(JSON.parse(line)).toMatchObject({ hour_at: "2026-03-05T12:00Z", number: 1 });
    for (const trace of [id, "7654321", "34:56", "789"])
      expect(line.replace(/"(task|voter)":"[^"]+"/g, "")).not.toContain(trace);
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
    ...[
      "theta",
      "se",
      "win_rate",
      "quality_floor",
      "success_rate",
      "median_latency_ms",
      "cost_per_answer",
      "rank_high",
      "tasks",
    ].map(
      (column) =>
        [
          `a published ${column}`,
          `update app_public.ratings set ${column} = ${column} + 1`,
          ["a snapshot's ratings were changed"],
        ] as const,
    ),
    [
      "what is null",
      "update app_public.ratings set win_rate = null, quality_floor = win_rate",
      ["a snapshot's ratings were changed"],
    ],
    [
      "the number of a board's votes",
      "update app_public.rating_snapshots set votes = votes + 1",
      ["a snapshot's ratings were changed"],
    ],
    [
      "the time of a board",
      "update app_public.rating_snapshots set published_at = published_at - interval '1 day'",
      ["a snapshot's ratings were changed"],
    ],
    [
      "the hash of the counts of a board that stood before",
      "update app_public.rating_snapshots set counts_hash = sha256('') where id = (select min(id) from app_public.rating_snapshots)",
      ["a snapshot's ratings were changed", "the published board is not of these counts"],
    ],
    [
      "the hash of what was left out",
      "update app_public.rating_snapshots set exclusions_hash = sha256('x') where id = (select min(id) from app_public.rating_snapshots)",
      ["a snapshot's ratings were changed", "the published board left out other votes"],
    ],
    [
      "which votes were left out",
      `with one as (update app_public.votes set is_counted = false where ballot_id = (
           select v.ballot_id from app_public.votes v join app_public.ballots b on b.id = v.ballot_id
             where v.verdict = 'both_bad' and b.stratum = 'sealed' order by v.created_at, v.ballot_id limit 1) returning ballot_id),
         said as (insert into app_private.vote_checks (ballot_id, kind, state) select ballot_id, 'voter', 'fail' from one)
         select`,
      ["counts differ from votes", "the published board left out other votes"],
    ],
  ] as const)("finds %s that was changed", async ([, change, faults], { db }) => {
    await publish(db);
    expect(await found(db)).toEqual([]);
    await db.rows(change);
    expect(await found(db)).toEqual(faults);
  });
});
