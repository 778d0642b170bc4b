// db/arena/testing/arena.ts -> [db/arena/riggers.test.ts] -> app_private.vote_anomalies(), app_private.scan_votes()
// Thirty cookies behind three networks push one model among ten thousand honest voters, some hundreds of them behind three
// addresses of their own. Pages differ from their models, so that the honest are of one mind against a page that failed.
import { type Db, describe, expect, test } from "../testing/database.ts";
import { liftLimits, makeVoters, openArena } from "./testing/arena.ts";

const honest = 10_000;
const ballotsEach = 10;

/** Ballots and votes as they would have been drawn and cast, written at once. By slugs, since ids are random: the same world everywhere. */
const play = `
  with pages as materialized (
    select s.*, m.strength + 120 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as strength
      from (
        select s.task_id, s.model_id, m.slug, t.challenge_date, t.slot
          from app_public.submissions s
            join app_public.models m on m.id = s.model_id
            join app_public.tasks t on t.id = s.task_id
          order by t.challenge_date, t.slot, m.slug
      ) s
        join strengths m on m.model_id = s.model_id
  ), pairs as materialized (
    select m.id, m.task_id, a.slug < b.slug as is_first_lesser,
        1 / (1 + 10 ^ ((case when a.slug < b.slug then b.strength - a.strength else a.strength - b.strength end) / 400)) as chance,
        case $3::uuid when m.first_model_id then true when m.second_model_id then false end as rigged,
        row_number() over (order by a.challenge_date, a.slot, least(a.slug, b.slug), greatest(a.slug, b.slug)) as n
      from app_private.matches m
        join pages a on a.task_id = m.task_id and a.model_id = m.first_model_id
        join pages b on b.task_id = m.task_id and b.model_id = m.second_model_id
      where $3::uuid is null or $3 in (m.first_model_id, m.second_model_id)
  ), wanted as materialized (
    select p.*, v.id as voter_id, v.n as voter, k, random() as luck, random() as draw, gen_random_uuid() as ballot_id
      from unnest($1::bigint[]) with ordinality v (id, n)
        cross join generate_series(1, $2::integer) k
        join pairs p on p.n = (v.n * 7919 + k * 37) % (select count(*) from pairs) + 1
      order by v.n, k
  ), drawn as (
    insert into app_public.ballots
        (id, match_id, voter_id, task_id, stratum, is_first_left, propensity, served_at, expires_at)
      select w.ballot_id, w.id, w.voter_id, w.task_id, 'sealed', true, 0.5, now(), now() + interval '1 hour' from wanted w
  )
  insert into app_public.votes (ballot_id, verdict, created_at, is_counted, network_hash)
    select w.ballot_id,
        (case
          when w.rigged is not null then case when w.rigged then 'left' else 'right' end
          when w.luck < 0.05 then 'both_bad' when w.luck < 0.25 then 'tie'
          when (w.draw < w.chance) = w.is_first_lesser then 'left' else 'right'
        end)::app_public.verdict,
        now(), true, decode(md5($4 || case when w.voter <= 300 and $3 is null then w.voter % 3 else $5 + w.voter % $5 end), 'hex')
      from wanted w`;

/** Ten votes of each rigger for one model, on tasks that are open, from three networks: through all checks. */
const rig = `
  with pairs as (
    select m.id, m.task_id, m.first_model_id, count(*) over () as pairs,
        row_number() over (order by t.slot, least(a.slug, b.slug), greatest(a.slug, b.slug)) as n
      from app_private.matches m
        join app_public.tasks t on t.id = m.task_id and t.challenge_date = '2026-01-04' and not t.is_showcase
        join app_public.models a on a.id = m.first_model_id
        join app_public.models b on b.id = m.second_model_id
      where $2 in (m.first_model_id, m.second_model_id)
  ), drawn as (
    insert into app_public.ballots
        (match_id, voter_id, task_id, stratum, is_first_left, propensity, served_at, expires_at)
      select p.id, v.id, p.task_id, 'sealed', p.first_model_id = $2, 0.5, '2026-01-04 12:00Z', '2026-01-04 13:00Z'
        from unnest($1::bigint[]) with ordinality v (id, n), generate_series(1, 10) k, pairs p
        where p.n = (v.n * 7919 + k * 37) % p.pairs + 1
        order by v.n, k
      returning id, voter_id, match_id
  )
  select count(app_private.cast_vote(
      d.voter_id, decode(md5('farm' || d.voter_id % 3), 'hex'), d.id, 'left', null, '2026-01-04 12:00Z'
    ))::integer as votes
    from drawn d`;

interface World {
  people: string[];
  riggers: string[];
}

/** Sixteen models of different strength, eight sealed tasks, and everybody who will vote. */
async function openWorld(db: Db): Promise<World> {
  for (const day of ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"])
    await openArena(db.client, { models: 16, sealed: 2, day });
  await db.rows("select setseed(0.2026)");
  await db.rows(`
    create temp table strengths on commit drop as
      select id as model_id, 130 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as strength
        from (select * from app_public.models order by slug) m`);
  return { people: await makeVoters(db.client, honest), riggers: await makeVoters(db.client, 30, "rigger") };
}

describe("a rigger", () => {
  test("is flagged by the networks, and the honest are not", { timeout: 90_000 }, async ({ db }) => {
    const { people, riggers } = await openWorld(db);
    const { favourite } = await db.row<{ favourite: string }>(
      "select model_id as favourite from strengths order by strength offset 8 limit 1",
    );
    await db.rows(play, [people, ballotsEach, null, "home", 3000]);
    await db.rows(play, [riggers, ballotsEach, favourite, "farm", 3]);
    await db.rows("analyze app_public.ballots");
    await db.rows("analyze app_public.votes");
    await db.rows("select app_private.recount_votes()");
    await db.rows("select app_private.refresh_pairing('2026-01-04 12:00Z')");
    expect((await db.row("select count(*)::integer as votes from app_public.votes")).votes).toBe(
      (honest + 30) * ballotsEach,
    );

    const { flagged } = await db.row<{ flagged: number }>("select app_private.scan_votes() as flagged");
    const flags = await db.rows<{
      voter_id: string | null;
      network: string | null;
      model_id: string;
      is_rigged: boolean;
    }>(
      `
      select voter_id, encode(network_hash, 'hex') as network, model_id,
          exists (select from unnest($1::bigint[]) r (id) where f.voter_id = r.id) as is_rigged
        from app_private.vote_flags f`,
      [riggers],
    );
    expect(flags).toHaveLength(flagged);
    const farms = await db.rows<{ hash: string }>("select md5('farm' || n) as hash from generate_series(3, 5) n");
    const flaggedFarms = farms.filter(({ hash }) =>
      flags.some(({ network, model_id }) => network === hash && model_id === favourite),
    );
    const innocent = {
      voters: new Set(
        flags.filter(({ voter_id, is_rigged }) => voter_id !== null && !is_rigged).map(({ voter_id }) => voter_id),
      ).size,
      networks: new Set(
        flags
          .filter(({ network }) => network !== null && !farms.some(({ hash }) => hash === network))
          .map(({ network }) => network),
      ).size,
    };
    console.log(
      `rigged networks flagged: ${flaggedFarms.length} of 3; honest voters flagged: ${innocent.voters} of ${honest}; honest networks: ${innocent.networks} of 3003`,
    );
    expect(flaggedFarms).toHaveLength(3);
    expect(innocent.voters).toBeLessThan(honest / 1000);
    expect(innocent.networks).toBeLessThan(3003 / 1000);
    expect(await db.rows("select app_private.scan_votes(now() + interval '1 minute') as flagged")).toEqual([
      { flagged: 0 },
    ]);
  });

  test(
    "gains no rank for any model under the limits alone, before anybody looks",
    { timeout: 300_000 },
    async ({ db }) => {
      const { people, riggers } = await openWorld(db);
      await db.rows(play, [people, ballotsEach, null, "home", 3000]);
      await db.rows("analyze app_public.ballots");
      await db.rows("analyze app_public.votes");
      await db.rows("select app_private.recount_votes()");
      /** The board, from the best down, after something that is then taken back. */
      const boardAfter = async (happens: () => Promise<unknown>) => {
        await db.rows("savepoint votes");
        await happens();
        await db.rows("select app_private.refresh_leaderboards('2026-01-06')");
        const lines = await db.rows<{ model_id: string; rank: number; rating: number }>(
          "select model_id, rank, rating from app_public.leaderboard where theme is null and has_ties order by rating desc",
        );
        await db.rows("rollback to savepoint votes");
        return lines;
      };
      const before = await boardAfter(async () => undefined);
      const gained = { limits: { places: 0, ranks: 0, points: 0 }, none: { places: 0, ranks: 0, points: 0 } };
      for (const [place, { model_id, rank, rating }] of before.entries()) {
        if (place % 2 === 0) continue; // every other one: each is two boards more
        for (const kind of ["limits", "none"] as const) {
          const after = await boardAfter(async () => {
            if (kind === "none") await db.rows(liftLimits);
            expect(await db.rows(rig, [riggers, model_id])).toEqual([{ votes: 300 }]);
          });
          const now = after.findIndex((line) => line.model_id === model_id);
          gained[kind].places += place - now;
          gained[kind].ranks += rank - (after[now]?.rank ?? 0);
          gained[kind].points += ((after[now]?.rating ?? 0) - rating) / (before.length / 2);
        }
      }
      const told = Object.entries(gained).map(
        ([kind, { places, ranks, points }]) =>
          `${kind}: ${places} places, ${ranks} ranks, ${points.toFixed(1)} points each`,
      );
      console.log(`300 rigged votes among ${honest * ballotsEach}, for each of 8 models in turn; ${told.join("; ")}`);
      expect(gained.limits.ranks).toBe(0);
      expect(gained.limits.points).toBeLessThan(1);
      expect(gained.limits.places).toBeLessThanOrEqual(2); // of neighbours less than a point apart
      expect(gained.none.places).toBeGreaterThan(4); // it is the limits that keep them
      expect(gained.none.ranks).toBeGreaterThan(1);
    },
  );
});
