-- exclude_voter(), exclude_network() -> [app_private.judge_votes()] -> app_private.vote_checks, app_private.pair_counts
create or replace function app_private.judge_votes(
  ballot_ids uuid[],
  kind text,
  state text,
  at timestamptz default now()
) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changed integer;
begin
  -- In one order, as every other writer of several votes or counts.
  perform from app_public.votes v where v.ballot_id = any (ballot_ids) order by v.ballot_id for no key update;
  insert into app_private.vote_checks (ballot_id, kind, state, at)
    select u.id, judge_votes.kind, judge_votes.state, judge_votes.at
      from unnest(ballot_ids) u (id)
      order by u.id
    on conflict on constraint vote_checks_pkey do update set state = excluded.state, at = excluded.at;
  with changed as (
    update app_public.votes v
      set is_counted = not v.is_counted
      where v.ballot_id = any (ballot_ids)
        and v.is_counted = exists (select from app_private.vote_checks c where c.ballot_id = v.ballot_id and c.state = 'fail')
      returning v.ballot_id, v.verdict, v.is_counted
  ), moved as (
    select m.task_id, m.first_model_id, m.second_model_id, b.stratum,
        app_private.turn_verdict(c.verdict, b.is_first_left) as outcome,
        sum(case when c.is_counted then 1 else -1 end)::integer as votes, count(*)::integer as changed
      from changed c
        inner join app_public.ballots b on b.id = c.ballot_id
        inner join app_private.matches m on m.id = b.match_id
      group by 1, 2, 3, 4, 5
  ), added as (
    insert into app_private.pair_counts as p (task_id, first_model_id, second_model_id, stratum, outcome, votes, uncounted)
      select m.task_id, m.first_model_id, m.second_model_id, m.stratum, m.outcome, greatest(m.votes, 0), greatest(-m.votes, 0)
        from moved m
        order by m.task_id, m.first_model_id, m.second_model_id, m.stratum, m.outcome
      on conflict on constraint pair_counts_pkey do update
        set votes = p.votes + excluded.votes - excluded.uncounted, uncounted = p.uncounted + excluded.uncounted - excluded.votes
  )
  select coalesce(sum(m.changed), 0) into v_changed from moved m;
  return v_changed;
end;
$$;
comment on function app_private.judge_votes(uuid[], text, text, timestamptz) is
  'Records a check of votes, and moves those that count no longer, or again, out of or into the counts; returns how many moved.';
revoke all on function app_private.judge_votes(uuid[], text, text, timestamptz) from public;
