-- generate_daily_tasks -> [app_private.open_day()] -> app_public.tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.open_day(day date, slots integer) returns setof app_public.tasks
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_open_gate(open_day.day);
  insert into app_public.tasks (challenge_date, slot, closes_at, expires_at)
    select open_day.day, s.slot, c.closes_at, c.closes_at + interval '1 day'
      from generate_series(1, open_day.slots) s (slot)
        cross join (values ((open_day.day + 1)::timestamp at time zone 'utc')) c (closes_at)
    on conflict on constraint tasks_one_per_slot do nothing;
  return query select t.* from app_public.tasks t where t.challenge_date = open_day.day order by t.slot;
end;
$$;
comment on function app_private.open_day(date, integer) is
  'Makes a UTC day''s task rows, once, and returns them. Errors: TB043.';
revoke all on function app_private.open_day(date, integer) from public;
grant execute on function app_private.open_day(date, integer) to autobench_worker;
