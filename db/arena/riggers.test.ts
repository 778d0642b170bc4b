// db/arena/testing/arena.ts -> [db/arena/riggers.test.ts] -> app_private.vote_anomalies(), app_private.scan_votes()
// Thirty cookies behind three networks push one model among ten thousand honest voters, some hundreds of them behind three
// addresses of their own. Pages differ from their models, so that the honest are of one mind against a page that failed.
import { describe, expect, test } from "../testing/database.ts";
import { makeVoters, openArena } from "./testing/arena.ts";

const honest = 10_000;
const ballotsEach = 10;

/** Ballots and votes as they would have been drawn and cast, written at once. */
const play = `
  with pages as (
    select s.task_id, s.model_id, m.strength + 120 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as strength
      from app_public.submissions s join strengths m on m.model_id = s.model_id
  ), pairs as (
    select m.id, m.task_id, 1 / (1 + 10 ^ ((b.strength - a.strength) / 400)) as chance,
        case $3::uuid when m.first_model_id then 1 when m.second_model_id then 0 end as rigged, row_number() over (order by m.id) as n
      from app_private.matches m
        join pages a on a.task_id = m.task_id and a.model_id = m.first_model_id
        join pages b on b.task_id = m.task_id and b.model_id = m.second_model_id
      where ($3::uuid is null or $3 in (m.first_model_id, m.second_model_id))
  ), size as (select count(*) as pairs from pairs), wanted as (
    select v.id as voter_id, v.n as voter, (v.n * 7919 + k * 37) % size.pairs + 1 as pair
      from unnest($1::bigint[]) with ordinality v (id, n), generate_series(1, $2::integer) k, size
  ), drawn as (
    insert into app_public.ballots
        (match_id, voter_id, task_id, stratum, is_first_left, propensity, served_at, expires_at)
      select p.id, w.voter_id, p.task_id, 'sealed', true, 0.5, now(), now() + interval '1 hour'
        from wanted w join pairs p on p.n = w.pair
      returning id, match_id, voter_id
  )
  insert into app_public.votes (ballot_id, verdict, created_at, is_counted, network_hash)
    select d.id,
        (case
          when p.rigged is not null then case p.rigged when 1 then 'left' else 'right' end
          when d.luck < 0.05 then 'both_bad' when d.luck < 0.25 then 'tie'
          when random() < p.chance then 'left' else 'right'
        end)::app_public.verdict,
        now(), true, decode(md5($4 || case when n.n <= 300 and $3 is null then n.n % 3 else $5 + n.n % $5 end), 'hex')
      from (select d.*, random() as luck from drawn d) d
        join pairs p on p.id = d.match_id
        join unnest($1::bigint[]) with ordinality n (id, n) on n.id = d.voter_id`;

describe("a rigger", () => {
  test("is flagged by the networks, and the honest are not", { timeout: 90_000 }, async ({ db }) => {
    for (const day of ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"])
      await openArena(db.client, { models: 16, sealed: 2, day });
    await db.rows("select setseed(0.2026)");
    await db.rows(`
      create temp table strengths on commit drop as
        select id as model_id, 130 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as strength from app_public.models`);
    const people = await makeVoters(db.client, honest);
    const riggers = await makeVoters(db.client, 30, "rigger");
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
});
