-- GET /api/votes.csv, autobench export -> [app_private.votes_csv()] -> app_private.exported_votes
-- Definer: the server and the worker hold execute grants alone.
create or replace function app_private.votes_csv(
  first_day date default '-infinity',
  last_day date default 'infinity',
  is_rehearsal boolean default null
) returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'day,slot,task,theme,stratum,left,right,verdict,propensity,hour_at,voter,number'
  union all
  (
    select concat_ws(',', e.challenge_date, e.slot, e.task_id, e.theme, e.stratum, e.left_model, e.right_model, e.verdict, e.propensity,
        to_char(e.hour_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI"Z"'), e.voter, e.number)
      from app_private.exported_votes e
      where e.challenge_date between first_day and last_day and e.is_rehearsal = coalesce(votes_csv.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
      order by e.closes_at, e.task_id, e.number
  );
$$;
comment on function app_private.votes_csv(date, date, boolean) is
  'Every counted vote on closed tasks of some days as lines of CSV, the first of them the header. No value holds a comma or a quote.';
revoke all on function app_private.votes_csv(date, date, boolean) from public;
grant execute on function app_private.votes_csv(date, date, boolean) to autobench_server, autobench_worker;
