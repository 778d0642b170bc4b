// db/arena/testing/arena.ts -> [db/ratings/boards.test.ts] -> app_private.refresh_leaderboards(), app_public.leaderboard
import { openArena, liftLimits, makeVoters } from "../arena/testing/arena.ts";
import { anonymous, type Db, describe, expect, member, type Seat, test } from "../testing/database.ts";

const days = ["2026-03-02", "2026-03-03", "2026-03-04"];
const noon = (day: string): string => `${day}T12:00:00Z`;
const midnight = (day: string): string =>
  `${new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)}T00:00:30Z`;

/** Rounds of votes in which every voter draws and casts once; the lesser a model's place in the id order, the more it wins. */
async function vote(db: Db, voters: readonly string[], day: string, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await db.rows(
      `select app_private.cast_vote(v.id, decode(md5(v.id::text), 'hex'), b.id, (
            case (v.id * 7 + $2::integer * 3) % 10
              when 0 then 'both_bad' when 1 then 'tie' when 2 then 'tie'
              when 3 then case when b.is_first_left then 'right' else 'left' end
              when 4 then case when b.is_first_left then 'right' else 'left' end
              else case when b.is_first_left then 'left' else 'right' end
            end)::app_public.verdict, null, $3::timestamptz + make_interval(secs => v.id::integer % 100 + $2::integer * 120))
         from unnest($1::bigint[]) v (id), app_private.draw_ballot(v.id, null, null, $3) b`,
      [voters, round, noon(day)],
    );
  }
}

/** Three days of two sealed tasks each, with votes; each day's boards published after midnight. */
async function threeDays(db: Db, options: { theme?: (day: number) => string } = {}): Promise<string[]> {
  await db.rows(liftLimits);
  const voters = await makeVoters(db.client, 30);
  await db.rows("select setseed(0.7)");
  let models: string[] = [];
  for (const [index, day] of days.entries()) {
    ({ models } = await openArena(db.client, { models: 4, sealed: 2, day, theme: options.theme?.(index) ?? "game" }));
    await vote(db, voters, day, 5);
    await db.rows("select app_private.refresh_leaderboards($1)", [midnight(day)]);
  }
  return models;
}

interface Line extends Record<string, unknown> {
  model_id: string;
  slug: string;
  rating: number;
  ci_low: number;
  ci_high: number;
  elo: number;
  votes: number;
  status: string;
}

const headline = "theme is null and has_ties and not is_rehearsal";
const board = (db: Db, seat: Seat = anonymous, where = headline): Promise<Line[]> =>
  db.rowsAs<Line>(seat, `select * from app_public.leaderboard where ${where} order by rating desc`);
const faults = (db: Db) => db.rows("select * from app_private.rating_faults()");

describe("the leaderboard", () => {
  test("has every column of the chapter, for every seat, and never a stranger's write", async ({ db }) => {
    const models = await threeDays(db);
    const lines = await board(db);
    const order = lines.map(({ model_id }) => model_id);
    expect(order.toSorted()).toEqual(models.toSorted());
    expect(order.indexOf(models[0] ?? "")).toBeLessThan(order.indexOf(models[3] ?? "")); // neighbours may change places by chance
    expect(lines[0]).toMatchObject({
      rank: expect.any(Number),
      rank_low: 1,
      rank_high: expect.any(Number),
      win_rate: expect.any(Number),
      ties: expect.any(Number),
      quality_floor: expect.any(Number),
      tasks: 6,
      success_rate: 1,
      median_latency_ms: 1000,
      cost_per_answer: "0.01000000",
      status: "provisional",
    });
    expect(lines.reduce((sum, { rating }) => sum + rating, 0)).toBeCloseTo(4000, 9);
    expect(lines.reduce((sum, { elo }) => sum + elo, 0)).toBeCloseTo(4000, 9);
    for (const { rating, ci_low, ci_high } of lines) expect([ci_low < rating, rating < ci_high]).toEqual([true, true]);
    const ada = await db.person();
    expect(await board(db, member(ada))).toEqual(lines);
    for (const table of ["ratings", "rating_snapshots"]) {
      await expect(db.rowsAs(member(ada), `delete from app_public.${table}`)).rejects.toThrow(
        `permission denied for table ${table}`,
      );
    }
    await expect(db.rowsAs(anonymous, "delete from app_public.leaderboard")).rejects.toThrow(
      'cannot delete from view "leaderboard"',
    );
    expect(await faults(db)).toEqual([]);
  });

  test("holds closed tasks only: a vote on an open one moves nothing that is shown", async ({ db }) => {
    await threeDays(db);
    const everything = async () => [
      await board(db),
      await db.rowsAs(anonymous, "select * from app_public.head_to_head order by model_id, opponent_id"),
      await db.rowsAs(anonymous, "select * from app_public.rating_snapshots order by id"),
      await db.rows("select * from app_private.votes_csv()"),
    ];
    const before = await everything();
    await openArena(db.client, { models: 4, sealed: 2, day: "2026-03-05" });
    await vote(db, await makeVoters(db.client, 10, "late"), "2026-03-05", 5);
    expect(await db.rows("select app_private.refresh_leaderboards('2026-03-05 23:59Z') as published")).toEqual([
      { published: 0 },
    ]);
    expect(await everything()).toEqual(before);
    expect(await db.rows("select app_private.refresh_leaderboards('2026-03-06 00:01Z') as published")).toEqual([
      { published: 4 },
    ]);
    expect((await board(db))[0]?.votes).toBeGreaterThan(Number((before[0] as Line[])[0]?.votes));
  });

  test("is published once, with one notice, and a second run finds nothing to do", async ({ db }) => {
    await db.rows("listen leaderboard");
    const heard: string[] = [];
    db.client.on("notification", ({ payload }) => heard.push(payload ?? ""));
    await threeDays(db);
    expect(
      await db.rowsAs(
        { role: "autobench_worker" },
        "select app_private.refresh_leaderboards('2026-03-05 00:02Z') as published",
      ),
    ).toEqual([{ published: 0 }]);
    // Per day: all themes and one, each with ties and without.
    expect(await db.rows("select count(*)::integer as snapshots from app_public.rating_snapshots")).toEqual([
      { snapshots: 12 },
    ]);
    expect(heard).toEqual([]); // only a commit tells
    await expect(db.rowsAs({ role: "autobench_server" }, "select app_private.refresh_leaderboards()")).rejects.toThrow(
      "permission denied for function refresh_leaderboards",
    );
  });

  test("by theme, and with ties skipped, from the same counts", async ({ db }) => {
    await threeDays(db, { theme: (day) => (day === 1 ? "music" : "game") });
    const boards = await db.rowsAs<{ theme: string | null; has_ties: boolean; votes: number; tasks: number }>(
      anonymous,
      `select s.theme, s.has_ties, s.votes, s.tasks from app_public.rating_snapshots s
        where id in (select snapshot_id from app_public.leaderboard) order by theme nulls first, has_ties desc`,
    );
    expect(boards.map(({ theme, has_ties, tasks }) => [theme, has_ties, tasks])).toEqual([
      [null, true, 6],
      [null, false, 6],
      ["game", true, 4],
      ["game", false, 4],
      ["music", true, 2],
      ["music", false, 2],
    ]);
    const [all, decided, game, , music] = boards;
    expect(all?.votes).toBe((game?.votes ?? 0) + (music?.votes ?? 0));
    expect(decided?.votes).toBeLessThan(all?.votes ?? 0);
    const skipped = await board(db, anonymous, "theme is null and not has_ties");
    expect((skipped[0]?.rating ?? 0) - 1000).toBeGreaterThan(((await board(db))[0]?.rating ?? 0) - 1000);
  });

  test("keeps canned models on a board of their own", async ({ db }) => {
    await db.rows(liftLimits);
    const day = "2026-03-02";
    await openArena(db.client, { models: 3, sealed: 1, day });
    await openArena(db.client, { models: 3, sealed: 1, day: "2026-03-03", isRehearsal: true });
    const voters = await makeVoters(db.client, 20);
    await vote(db, voters, day, 3);
    await vote(db, voters, "2026-03-03", 3);
    await db.rows("select app_private.refresh_leaderboards('2026-03-04 00:01Z')");
    for (const isRehearsal of [true, false]) {
      const lines = await board(db, anonymous, `theme is null and has_ties and is_rehearsal = ${isRehearsal}`);
      expect(lines).toHaveLength(3);
      for (const { slug, rating } of lines)
        expect([slug.startsWith("canned"), Number.isFinite(rating)]).toEqual([isRehearsal, true]);
    }
    expect(
      await db.rows(
        "select from app_private.head_to_head h join app_public.models a on a.id = model_id join app_public.models b on b.id = opponent_id where a.is_rehearsal <> b.is_rehearsal",
      ),
    ).toEqual([]);
    expect(await db.rows("select count(*) - 1 as votes from app_private.votes_csv(is_rehearsal => true)")).not.toEqual([
      { votes: "0" },
    ]);
  });

  test("says when its parts never met", async ({ db }) => {
    const models = await threeDays(db);
    await db.rows(
      "delete from app_private.pair_counts where not (first_model_id = $1 and second_model_id = $2) and not (first_model_id = $3 and second_model_id = $4)",
      models,
    );
    await db.rows("select app_private.publish_board(null, false)");
    expect(
      await db.rows(
        "select distinct s.is_disconnected, r.status from app_public.rating_snapshots s join app_public.ratings r on r.snapshot_id = s.id where s.id > 10 and s.theme is null and s.id > (select max(snapshot_id) from app_private.leaderboard)",
      ),
    ).toEqual([{ is_disconnected: true, status: "disconnected" }]);
  });

  test("lifts the mark of provisional with votes, tasks and a narrow interval", async ({ db }) => {
    await db.rows(liftLimits);
    const voters = await makeVoters(db.client, 40);
    for (let day = 1; day <= 6; day++) {
      const date = `2026-04-0${day}`;
      await openArena(db.client, { models: 3, sealed: 2, day: date });
      await vote(db, voters, date, 6);
    }
    await db.rows("select app_private.refresh_leaderboards('2026-04-08')");
    const lines = await board(db);
    for (const { ci_low, ci_high, rating, status } of lines) {
      expect(ci_high - rating).toBeCloseTo(rating - ci_low, 9);
      expect(status).toBe(ci_high - rating <= 30 ? "established" : "usable");
    }
  });
});

describe("history", () => {
  test("shows each board as it stood, and a model's way over all of them", async ({ db }) => {
    const models = await threeDays(db);
    const asOf = (day: string) => db.rowsAs<Line>(anonymous, "select * from app_public.leaderboard_as_of($1)", [day]);
    expect(await asOf("2026-03-02")).toEqual([]);
    expect((await asOf("2026-03-03")).map(({ model_id }) => model_id)).toHaveLength(4);
    const [first, last] = [await asOf("2026-03-03"), await asOf("2026-03-05")];
    expect(last).toEqual(await board(db));
    expect(first[0]?.votes).toBeLessThan(last[0]?.votes ?? 0);
    const history = await db.rowsAs<Line & { published_at: Date }>(
      anonymous,
      "select * from app_public.rating_history($1)",
      [models[0]],
    );
    expect(history.map(({ published_at }) => published_at.toISOString().slice(0, 10))).toEqual([
      "2026-03-03",
      "2026-03-04",
      "2026-03-05",
    ]);
    expect(history.at(-1)).toEqual((await board(db)).find(({ model_id }) => model_id === models[0]));
  });
});

describe("head to head", () => {
  test("is the same from both sides, with Wilson's interval", async ({ db }) => {
    const [a, b] = await threeDays(db);
    const one = async (model: string | undefined, opponent: string | undefined) =>
      (
        await db.rowsAs<Record<string, number>>(
          anonymous,
          "select wins, losses, ties, both_bad, tasks, win_rate, win_rate_low, win_rate_high from app_public.head_to_head where model_id = $1 and opponent_id = $2 and theme is null",
          [model, opponent],
        )
      )[0] ?? {};
    const [there, back] = [await one(a, b), await one(b, a)];
    expect([there.wins, there.losses, there.ties, there.both_bad]).toEqual([
      back.losses,
      back.wins,
      back.ties,
      back.both_bad,
    ]);
    expect(there.win_rate).toBeCloseTo(1 - (back.win_rate ?? 0), 12);
    const n = (there.wins ?? 0) + (there.losses ?? 0) + (there.ties ?? 0);
    const p = ((there.wins ?? 0) + (there.ties ?? 0) / 2) / n;
    const z = 1.959963984540054;
    const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
    expect(there.win_rate_low).toBeCloseTo((p + (z * z) / (2 * n)) / (1 + (z * z) / n) - half, 10);
    expect(there.win_rate_high).toBeCloseTo((p + (z * z) / (2 * n)) / (1 + (z * z) / n) + half, 10);
  });
});

describe("what was judged anew", () => {
  test("is published with the next refresh, and put back with the one after", async ({ db }) => {
    await threeDays(db);
    const before = await board(db);
    const { voter } = await db.row<{ voter: string }>("select min(voter_id) as voter from app_public.ballots");
    await db.rows("select app_private.exclude_voter($1, 'a test')", [voter]);
    expect(await db.rows("select app_private.refresh_leaderboards('2026-03-05 01:00Z') as published")).toEqual([
      { published: 4 },
    ]);
    const without = await board(db);
    expect(without.map(({ rating }) => rating)).not.toEqual(before.map(({ rating }) => rating));
    expect(without.map(({ elo }) => elo)).not.toEqual(before.map(({ elo }) => elo));
    await db.rows("select app_private.exclude_voter($1, 'a test', false)", [voter]);
    await db.rows("select app_private.refresh_leaderboards('2026-03-05 02:00Z')");
    const shown = (lines: Line[]) =>
      lines.map(({ model_id, rating, elo, votes }) => ({ model_id, rating, elo, votes }));
    expect(shown(await board(db))).toEqual(shown(before));
    expect(await faults(db)).toEqual([]);
  });
});
