// db/ratings/published.ts -> [db/ratings/past_boards.test.ts] -> app_private.folded_as_of(), app_private.votes_judged_since()
// What was published can be made again from the votes, whatever was judged or set anew since; and shows what is so at its time.
import { makeVoters, openArena } from "../arena/testing/arena.ts";
import { type Db, describe, expect, test } from "../testing/database.ts";
import { publish } from "./published.ts";

const faults = (db: Db) =>
  db.rows<{ fault: string; subject: string }>("select fault, subject from app_private.rating_faults()");
const refresh = async (db: Db, at: string): Promise<number> =>
  (await db.row<{ published: number }>("select app_private.refresh_leaderboards($1) as published", [at])).published;

/** A day later, of another theme: one more task with votes. */
async function nextDay(db: Db, day: string, theme: string): Promise<void> {
  const { tasks } = await openArena(db.client, { models: 5, sealed: 1, day, theme });
  const task = tasks.find(({ is_showcase }) => !is_showcase)?.id;
  const voters = await makeVoters(db.client, 12, day);
  await db.rows(
    `select app_private.cast_vote(v.id, null, b.id, (array['left', 'right', 'tie'])[1 + v.id % 3]::app_public.verdict, null, $3)
       from unnest($1::bigint[]) v (id), app_private.draw_ballot(v.id, null, $2, $3) b`,
    [voters, task, `${day}T12:00:00Z`],
  );
}

describe("a board that stood before", () => {
  test("can be made again, whoever was excluded and restored since", { timeout: 60_000 }, async ({ db }) => {
    await publish(db);
    await db.rows(
      `update app_public.votes v set network_hash = decode(md5((b.voter_id % 4)::text), 'hex')
         from app_public.ballots b where b.id = v.ballot_id`,
    );
    const { voter } = await db.row<{ voter: string }>(
      "select min(voter_id) as voter from app_public.ballots where voter_id % 4 = 2",
    );
    const network = "decode(md5('1'), 'hex')";
    const steps: [string, () => Promise<unknown>][] = [
      ["10", () => db.rows("select app_private.exclude_voter($1, 'a test')", [voter])],
      ["11", () => db.rows(`select app_private.exclude_network(${network}, 'a test')`)],
      ["12", () => db.rows("select app_private.exclude_voter($1, 'a test', false)", [voter])],
      ["13", () => nextDay(db, "2026-03-04", "tool")],
      ["14", () => db.rows("update app_private.arena_settings set elo_k = 8")],
      ["15", () => db.rows(`select app_private.exclude_network(${network}, 'a test', false)`)],
      ["16", () => db.rows("select app_private.exclude_voter($1, 'a test')", [voter])],
    ];
    for (const [minute, step] of steps) {
      await step();
      expect(await faults(db), `before the refresh of ${minute}`).toEqual([]);
      expect(await refresh(db, `2026-03-05 00:${minute}Z`), minute).toBeGreaterThan(0);
      expect(await faults(db), minute).toEqual([]);
    }
    const snapshots = await db.rows<{ id: string }>("select id from app_public.rating_snapshots order by id");
    expect(snapshots.length).toBeGreaterThan(20);
    // Whoever changes a hash, and the hash of all as well: the votes tell.
    for (const { id } of snapshots.filter((_, n) => n % 5 === 0 || n === snapshots.length - 1)) {
      for (const [column, fault] of [
        ["counts_hash", "the published board is not of these counts"],
        ["exclusions_hash", "the published board left out other votes"],
      ] as const) {
        await db.rows("savepoint whole");
        await db.rows(`update app_public.rating_snapshots set ${column} = sha256('forged') where id = $1`, [id]);
        await db.rows(
          "update app_public.rating_snapshots s set ratings_hash = app_private.hash_ratings(s.id) where s.id = $1",
          [id],
        );
        expect(await faults(db)).toEqual([{ fault, subject: id }]);
        await db.rows("rollback to savepoint whole");
      }
    }
  });

  test("is of an order of its own, also when a task comes late that closed before", async ({ db }) => {
    await publish(db);
    await nextDay(db, "2026-03-01", "tool");
    await refresh(db, "2026-03-05 00:10Z");
    expect(
      await db.rows(
        "select count(distinct folding)::integer as foldings, count(*)::integer as tasks from app_private.past_foldings",
      ),
    ).toEqual([{ foldings: 1, tasks: 4 }]);
    expect(await faults(db)).toEqual([]);
  });
});

describe("what a board shows", () => {
  const elo = (db: Db, theme: string | null) =>
    db.rows<{ slug: string; elo: number }>(
      "select slug, elo from app_public.leaderboard where theme is not distinct from $1 and has_ties order by slug",
      [theme],
    );

  test("of Elo is the same on every board, and begins anew with another setting", async ({ db }) => {
    await publish(db);
    await nextDay(db, "2026-03-04", "tool");
    await refresh(db, "2026-03-05 00:10Z");
    const all = await elo(db, null);
    expect(await elo(db, "game")).toEqual(all);
    expect(await elo(db, "tool")).toEqual(all);
    const before = await db.rows(
      "select slug, rating, elo, rank from app_public.leaderboard order by theme, has_ties, slug",
    );
    await db.rows("update app_private.arena_settings set elo_k = 16, elo_start = 1200");
    expect(await db.rows("select has_closed from app_private.board_work('2026-03-05 00:11Z')")).toEqual([
      { has_closed: true },
    ]);
    await refresh(db, "2026-03-05 00:11Z");
    const anew = await elo(db, null);
    expect(anew.reduce((sum, line) => sum + line.elo, 0) / anew.length).toBeCloseTo(1200, 9);
    expect(await faults(db)).toEqual([]);
    await db.rows("update app_private.arena_settings set elo_k = 4, elo_start = 1000");
    await refresh(db, "2026-03-05 00:12Z");
    expect(
      await db.rows("select slug, rating, elo, rank from app_public.leaderboard order by theme, has_ties, slug"),
    ).toEqual(before);
    expect(await refresh(db, "2026-03-05 00:13Z")).toBe(0);
  });

  test("of answers is up to date, though nobody has voted on them", async ({ db }) => {
    await publish(db);
    const { tasks, models } = await openArena(db.client, { models: 5, sealed: 1, day: "2026-03-04" });
    const task = tasks.find(({ is_showcase }) => !is_showcase)?.id;
    await db.rows(
      "update app_public.submissions set status = 'failed', reason = 'a test', html_sha256 = null, html_bytes = null where task_id = $1 and model_id = $2",
      [task, models[0]],
    );
    await refresh(db, "2026-03-05 00:10Z");
    expect(
      await db.rows(
        `select distinct l.success_rate = g.success_rate as is_new, g.success_rate < 1 as has_failed
           from app_public.leaderboard l, app_private.submission_figures(null, '2026-03-05') g
           where l.theme is null and l.model_id = $1 and g.model_id = $1`,
        [models[0]],
      ),
    ).toEqual([{ is_new: true, has_failed: true }]);
  });
});
