-- GET /api/votes.csv, autobench export -> [app_private.export_days()] -> app_private.votes_csv(), app_private.votes_json()
-- Definer: the server and the worker hold execute grants alone.
create or replace function app_private.export_days(
  first_day date default '-infinity',
  last_day date default 'infinity',
  is_rehearsal boolean default null,
  at timestamptz default now()
) returns setof date
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.challenge_date
    from app_public.tasks t
    where t.challenge_date between first_day and last_day and t.closes_at <= export_days.at and t.status = 'dispatched'
      and exists (
        select from app_private.matches m
            inner join app_public.models f on f.id = m.first_model_id
          where m.task_id = t.id and f.is_rehearsal = coalesce(
            export_days.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal)
          )
      )
    group by t.challenge_date
    order by t.challenge_date;
$$;
comment on function app_private.export_days(date, date, boolean, timestamptz) is
  'The days of which there may be votes to be exported, in order: so that nobody has to hold more than one of them at a time.';
revoke all on function app_private.export_days(date, date, boolean, timestamptz) from public;
grant execute on function app_private.export_days(date, date, boolean, timestamptz) to autobench_server, autobench_worker;
