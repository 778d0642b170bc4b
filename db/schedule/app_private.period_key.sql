-- cron, POST /cron/<task> -> [app_private.period_key()] -> app_private.scheduled_tasks.period_key
-- Definer: the worker's login names the period of a run without being able to read the registry.
create or replace function app_private.period_key(name text, at timestamptz default now()) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select to_char(
      app_private.period_start(r.period, period_key.at) at time zone 'utc',
      case r.period when 'day' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI"Z"' end
    )
    from app_private.task_registry r
    where r.name = app_private.known_task(period_key.name);
$$;
comment on function app_private.period_key(text, timestamptz) is
  'Name of the period of a task that holds an instant, such as 2026-11-20; null for a task without one. Errors: TB040.';
revoke all on function app_private.period_key(text, timestamptz) from public;
grant execute on function app_private.period_key(text, timestamptz) to autobench_worker;
