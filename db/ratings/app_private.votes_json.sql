-- GET /api/votes.jsonl, autobench export -> [app_private.votes_json()] -> app_private.exported_votes
-- Definer: the server and the worker hold execute grants alone.
create or replace function app_private.votes_json(
  first_day date default '-infinity',
  last_day date default 'infinity',
  is_rehearsal boolean default null
) returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select json_build_object(
      'day', e.challenge_date, 'slot', e.slot, 'task', e.task_id, 'theme', e.theme, 'stratum', e.stratum,
      'left', e.left_model, 'right', e.right_model, 'verdict', e.verdict, 'propensity', e.propensity,
      'hour_at', to_char(e.hour_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI"Z"'), 'voter', e.voter, 'number', e.number
    )::text
    from app_private.exported_votes e
    where e.challenge_date between first_day and last_day and e.is_rehearsal = coalesce(votes_json.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
    order by e.closes_at, e.task_id, e.number;
$$;
comment on function app_private.votes_json(date, date, boolean) is
  'Every counted vote on closed tasks of some days, one JSON object to a line.';
revoke all on function app_private.votes_json(date, date, boolean) from public;
grant execute on function app_private.votes_json(date, date, boolean) to autobench_server, autobench_worker;
