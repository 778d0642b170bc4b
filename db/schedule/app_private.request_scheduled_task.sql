-- POST /cron/<task> (secret checked) -> [app_private.request_scheduled_task()] -> app_private.log_scheduled_task()
-- Definer: the server's login may ask for this period's run of a task, and for nothing else of the schedule.
create or replace function app_private.request_scheduled_task(
  name text,
  at timestamptz default now(),
  out id bigint,
  out status text,
  out scheduled_time timestamptz
)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.id, t.status, t.scheduled_time
    from app_private.log_scheduled_task(
      request_scheduled_task.name,
      run_at => request_scheduled_task.at,
      requested_by => 'http',
      period_key => app_private.period_key(request_scheduled_task.name, request_scheduled_task.at),
      at => request_scheduled_task.at
    ) t;
$$;
comment on function app_private.request_scheduled_task(text, timestamptz) is
  'Asks for the run of a task in the present period, for an outside scheduler; returns the run, old or new. Errors: TB040.';
revoke all on function app_private.request_scheduled_task(text, timestamptz) from public;
grant execute on function app_private.request_scheduled_task(text, timestamptz) to autobench_server;
