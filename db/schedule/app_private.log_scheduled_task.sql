-- cron, POST /cron/<task>, psql, autobench trigger, triggerTask -> [app_private.log_scheduled_task()] -> app_private.scheduled_tasks, the queue
-- Definer: the worker's login may ask for a run without being able to write the log.
create or replace function app_private.log_scheduled_task(
  name text,
  payload jsonb default '{}',
  run_at timestamptz default now(),
  requested_by text default 'sql',
  period_key text default null,
  at timestamptz default now()
) returns app_private.scheduled_tasks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := app_private.known_task(log_scheduled_task.name);
  v_task app_private.scheduled_tasks;
begin
  insert into app_private.scheduled_tasks (function_name, payload, scheduled_time, requested_by, period_key)
    values (
      v_name,
      coalesce(log_scheduled_task.payload, '{}'),
      log_scheduled_task.run_at,
      log_scheduled_task.requested_by,
      log_scheduled_task.period_key
    )
    on conflict on constraint scheduled_tasks_one_per_period do nothing
    returning * into v_task;
  if not found then
    -- Somebody asked for this period before, however it ended: one run is all that it gets.
    select t.* into strict v_task
      from app_private.scheduled_tasks t
      where t.function_name = v_name and t.period_key = log_scheduled_task.period_key;
  elsif v_task.scheduled_time <= log_scheduled_task.at then
    v_task := app_private.queue_scheduled_task(v_task.id, log_scheduled_task.at);
  end if;
  return v_task;
end;
$$;
comment on function app_private.log_scheduled_task(text, jsonb, timestamptz, text, text, timestamptz) is
  'Asks for a run of a task, at once or later, and returns its row; within one period_key it is always the same row. Errors: TB040.';
revoke all on function app_private.log_scheduled_task(text, jsonb, timestamptz, text, text, timestamptz) from public;
grant execute on function app_private.log_scheduled_task(text, jsonb, timestamptz, text, text, timestamptz) to autobench_worker;
