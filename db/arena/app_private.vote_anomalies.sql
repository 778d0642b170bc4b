-- scan_votes() -> [app_private.vote_anomalies()] -> app_private.e_value()
-- What was to be expected of a vote is taken from others' votes on the same pair of pages, and from the models' strengths as far
-- as those are few: a page that fell short of its model makes nobody suspect.
create or replace function app_private.vote_anomalies(since timestamptz, at timestamptz default now())
returns table (voter_id bigint, network_hash bytea, model_id uuid, votes integer, e_value float8, is_flagged boolean)
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  with cast_votes as materialized (
    select b.voter_id, v.network_hash, b.match_id, b.stratum, m.first_model_id, m.second_model_id, v.is_counted,
        case app_private.turn_verdict(v.verdict, b.is_first_left) when 'first' then 1.0 when 'tie' then 0.5 else 0 end::float8 as score
      from app_public.votes v
        inner join app_public.ballots b on b.id = v.ballot_id
        inner join app_private.matches m on m.id = b.match_id
      where v.created_at >= since and v.created_at <= vote_anomalies.at and v.verdict <> 'both_bad'
  ), pairs as (
    select m.id as match_id, c.stratum,
        sum(c.votes)::float8 as votes,
        sum(case c.outcome when 'first' then c.votes when 'tie' then c.votes / 2.0 else 0 end)::float8 as score
      from app_private.pair_counts c
        inner join app_private.matches m using (task_id, first_model_id, second_model_id)
      where c.outcome <> 'both_bad' and m.id in (select v.match_id from cast_votes v)
      group by m.id, c.stratum
  ), groups as (
    select v.voter_id, null::bytea as network_hash, v.match_id, v.stratum, v.first_model_id, v.second_model_id, v.score, v.is_counted
      from cast_votes v
    union all
    select null, v.network_hash, v.match_id, v.stratum, v.first_model_id, v.second_model_id, v.score, v.is_counted
      from cast_votes v
      where v.network_hash is not null
  ), owned as (
    select g.*,
        count(*) filter (where g.is_counted) over own as own_votes,
        coalesce(sum(g.score) filter (where g.is_counted) over own, 0) as own_score
      from groups g
      window own as (partition by g.voter_id, g.network_hash, g.match_id, g.stratum)
  ), expected as (
    select o.voter_id, o.network_hash, o.first_model_id, o.second_model_id, o.score,
        -- Two votes' worth of the models' strengths; never quite 0 nor 1.
        (2 / (1 + exp(greatest(least(coalesce(b.theta, 0) - coalesce(a.theta, 0), 20), -20)))
          + greatest(coalesce(p.score, 0) - o.own_score, 0))
          / (2 + greatest(coalesce(p.votes, 0) - o.own_votes, 0)) as chance
      from owned o
        left join pairs p on p.match_id = o.match_id and p.stratum = o.stratum
        left join app_private.pairing_strengths a on a.model_id = o.first_model_id
        left join app_private.pairing_strengths b on b.model_id = o.second_model_id
  ), sides as (
    select e.voter_id, e.network_hash, e.first_model_id as model_id, e.score - e.chance as surprise from expected e
    union all
    select e.voter_id, e.network_hash, e.second_model_id, e.chance - e.score from expected e
  ), evidence as (
    select s.voter_id, s.network_hash, s.model_id, count(*)::integer as votes,
        app_private.e_value(sum(ln(1 + s.surprise)), sum(ln(1 - s.surprise))) as e_value
      from sides s
      group by s.voter_id, s.network_hash, s.model_id
  )
  select e.voter_id, e.network_hash, e.model_id, e.votes, e.e_value,
      e.e_value >= (select count(distinct s.model_id) from sides s) / (select t.flag_level from app_private.arena_settings t)
    from evidence e;
$$;
comment on function app_private.vote_anomalies(timestamptz, timestamptz) is
  'How surprising the votes of each voter, and of each network, on each model are. Of the honest, a share of flag_level at most is flagged, whenever and however often one looks.';
revoke all on function app_private.vote_anomalies(timestamptz, timestamptz) from public;
