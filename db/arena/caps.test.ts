// db/arena/testing/arena.ts -> [db/arena/caps.test.ts] -> app_private.arena_settings, app_private.cast_vote()
// Before any operator looks: 300 votes for one model, by thirty cookies behind three networks, against the limits as they come.
import { type Db, describe, expect, test } from "../testing/database.ts";
import { liftLimits, makeVoters, openArena } from "./testing/arena.ts";

const days = ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"];
const people = 300;
const votesEach = 10;

/** Votes of everybody on the day, each once a round; a network for each of them, or `farms` for all. Of a favourite, if there is one. */
async function vote(
  db: Db,
  voters: readonly string[],
  day: string,
  farms: number | null,
  favourite: string | null,
): Promise<void> {
  // By slugs, since ids are random: the same world on every machine.
  await db.rows(
    `with pairs as (
       select m.id, m.task_id, m.first_model_id, a.slug < b.slug as is_first_lesser,
           row_number() over (order by t.slot, least(a.slug, b.slug), greatest(a.slug, b.slug)) as n, count(*) over () as pairs,
           1 / (1 + 10 ^ ((case when a.slug < b.slug then b.strength - a.strength else a.strength - b.strength end) / 400)) as chance
         from app_private.matches m
           join app_public.tasks t on t.id = m.task_id and t.challenge_date = $2 and not t.is_showcase
           join strengths a on a.model_id = m.first_model_id
           join strengths b on b.model_id = m.second_model_id
         where $4::uuid is null or $4 in (m.first_model_id, m.second_model_id)
     ), drawn as (
       insert into app_public.ballots (match_id, voter_id, task_id, stratum, is_first_left, propensity, served_at, expires_at)
         select p.id, v.id, p.task_id, 'sealed', true, 0.5, $3::timestamptz, $3::timestamptz + interval '1 hour'
           from unnest($1::bigint[]) with ordinality v (id, n), generate_series(1, $6::integer) k, pairs p
           where p.n = (v.n * 7919 + k * 37) % p.pairs + 1
           order by v.n, k
         returning id, match_id, voter_id
     )
     select app_private.cast_vote(d.voter_id, decode(md5(coalesce('farm' || d.voter_id % $5, d.voter_id::text)), 'hex'), d.id,
         (case when case when $4::uuid is null then (d.luck < p.chance) = p.is_first_lesser else p.first_model_id = $4 end
           then 'left' else 'right' end)::app_public.verdict,
         null, $3::timestamptz)
       from (select d.*, random() as luck from drawn d) d join pairs p on p.id = d.match_id
       order by d.luck`,
    [voters, day, `${day}T12:00:00Z`, favourite, farms, votesEach],
  );
}

interface Standing extends Record<string, unknown> {
  rank: number;
  rating: number;
}

/** The target's published line with no rigged votes, with them under the limits as they come, and with none. */
async function play(db: Db, seed: number): Promise<Record<"honest" | "limits" | "none", Standing>> {
  await db.rows("savepoint world");
  await db.rows("select setseed($1)", [seed]);
  for (const day of days) await openArena(db.client, { models: 10, sealed: 2, day });
  await db.rows(
    "create temp table strengths on commit drop as select id as model_id, slug, 130 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as strength from (select * from app_public.models order by slug) m",
  );
  const honest = await makeVoters(db.client, people, "honest");
  for (const [index, day] of days.entries())
    await vote(
      db,
      honest.filter((_, n) => n % days.length === index),
      day,
      null,
      null,
    );
  const riggers = await makeVoters(db.client, 30, "rigger");
  const { target } = await db.row<{ target: string }>(
    "select model_id as target from strengths order by strength desc offset 5 limit 1",
  );
  const rig = () => vote(db, riggers, days.at(-1) ?? "", 3, target);
  /** What the target's line is after something; that is then taken back. */
  const after = async (happens: () => Promise<unknown>): Promise<Standing> => {
    await db.rows("savepoint votes");
    await happens();
    await db.rows("select app_private.refresh_leaderboards('2026-03-07')");
    const line = await db.row<Standing>(
      "select rank, rating from app_public.leaderboard where theme is null and has_ties and model_id = $1",
      [target],
    );
    await db.rows("rollback to savepoint votes");
    return line;
  };
  const honestly = await after(async () => undefined);
  const limits = await after(rig);
  const none = await after(async () => {
    await db.rows(liftLimits);
    await rig();
  });
  await db.rows("rollback to savepoint world");
  return { honest: honestly, limits, none };
}

describe("the limits alone", () => {
  test("let 300 rigged votes gain a rank at most, where they would gain four", { timeout: 120_000 }, async ({ db }) => {
    const moved = { limits: [] as number[], none: [] as number[] };
    const gained = { limits: 0, none: 0 };
    for (const seed of [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) {
      const { honest, limits, none } = await play(db, seed);
      moved.limits.push(honest.rank - limits.rank);
      moved.none.push(honest.rank - none.rank);
      gained.limits += (limits.rating - honest.rating) / 6;
      gained.none += (none.rating - honest.rating) / 6;
    }
    console.log(
      `of ${people * votesEach} honest votes; ranks gained: ${moved.limits.join(" ")} with the limits, ${moved.none.join(" ")} without;`,
      `points: ${gained.limits.toFixed(1)} with, ${gained.none.toFixed(1)} without`,
    );
    expect(Math.max(...moved.limits)).toBeLessThanOrEqual(1);
    expect(gained.limits).toBeLessThan(15);
    expect(Math.min(...moved.none)).toBeGreaterThan(2); // it is the limits that keep it
  });
});

describe("a voter's share", () => {
  test("is counted by day, on sealed and on revealed tasks apart", async ({ db }) => {
    const { tasks } = await openArena(db.client, { models: 4, sealed: 2, day: "2026-03-02" });
    await openArena(db.client, { models: 4, sealed: 2, day: "2026-03-03" });
    await db.rows(liftLimits);
    await db.rows("update app_private.arena_settings set votes_per_voter_day = 2");
    const [voter] = await makeVoters(db.client, 1);
    const vote = async (at: string, task: string | null = null) =>
      (await db.row<{ is_counted: boolean }>(
        `with drawn as materialized (select id from app_private.draw_ballot($1, null, $2, $3))
             select app_private.cast_vote($1, null, drawn.id, 'left', null, $3) from drawn`,
        [voter, task, at],
      ),
      await db.row<{ is_counted: boolean }>(
        "select is_counted from app_public.votes where ballot_id = (select current_ballot_id from app_private.voters where id = $1)",
        [voter],
      )).is_counted;
    const showcase = tasks.find(({ is_showcase }) => is_showcase)?.id ?? "";
    const monday = [
      await vote("2026-03-02T10:00Z"),
      await vote("2026-03-02T11:00Z", showcase),
      await vote("2026-03-02T12:00Z"),
      await vote("2026-03-02T13:00Z", showcase),
      await vote("2026-03-02T14:00Z"),
      await vote("2026-03-02T15:00Z", showcase),
    ];
    expect(monday).toEqual([true, true, true, true, false, false]);
    const tuesday = [await vote("2026-03-03T10:00Z"), await vote("2026-03-03T10:01Z"), await vote("2026-03-03T10:02Z")];
    expect(tuesday).toEqual([true, true, false]);
    expect(await db.rows("select * from app_private.count_faults")).toEqual([]);
  });
});

describe("a vote that does not count", () => {
  test("is told to others as any, or they would know", async ({ db }) => {
    await openArena(db.client, { models: 2, sealed: 1 });
    const [eve, ada] = await makeVoters(db.client, 2);
    await db.rows("select app_private.exclude_voter($1, 'a test')", [eve]);
    const vote = async (voter: string | undefined) => {
      const { id } = await db.row<{ id: string }>("select id from app_private.draw_ballot($1, null)", [voter]);
      return db.row<Record<string, number>>("select * from app_private.cast_vote($1, null, $2, 'left')", [voter, id]);
    };
    await vote(eve);
    const told = await vote(ada);
    expect((told["left_votes"] ?? 0) + (told["right_votes"] ?? 0)).toBe(1);
    expect(await db.rows("select sum(votes)::integer as counted from app_private.pair_counts")).toEqual([
      { counted: 1 },
    ]);
  });
});
