-- worker/scheduled.ts -> [app_private.begin_scheduled_task()] -> app_private.scheduled_tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.begin_scheduled_task(id bigint, at timestamptz default clock_timestamp())
returns setof app_private.scheduled_tasks
language plpgsql volatile security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task app_private.scheduled_tasks;
  v_useful_until timestamptz;
begin
  select t.* into v_task
    from app_private.scheduled_tasks t
    where t.id = begin_scheduled_task.id and t.status in ('pending', 'running')
    for update;
  if not found then
    return; -- it is over: a second run does nothing
  end if;
  select coalesce(app_private.period_start(r.period, v_task.scheduled_time), v_task.scheduled_time) + r.useful_for
    into v_useful_until
    from app_private.task_registry r
    where r.name = v_task.function_name;
  if v_useful_until <= begin_scheduled_task.at then
    update app_private.scheduled_tasks t
      set status = 'completed', attempts = t.attempts + 1, started_at = begin_scheduled_task.at,
          finished_at = begin_scheduled_task.at, error = null,
          result = jsonb_build_object('skipped', format(
            'It was of use until %s.', to_char(v_useful_until at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"')
          ))
      where t.id = v_task.id;
    return;
  end if;
  -- Running already: its worker died, and the queue gives the job to another one.
  return query
    update app_private.scheduled_tasks t
      set status = 'running', attempts = t.attempts + 1, started_at = begin_scheduled_task.at
      where t.id = v_task.id
      returning t.*;
end;
$$;
comment on function app_private.begin_scheduled_task(bigint, timestamptz) is
  'Begins an attempt of a run and returns it; nothing when it is over, or comes too late to be of use, which the row then says.';
revoke all on function app_private.begin_scheduled_task(bigint, timestamptz) from public;
grant execute on function app_private.begin_scheduled_task(bigint, timestamptz) to autobench_worker;
