-- worker/scheduled.ts -> [app_private.finish_scheduled_task()] -> app_private.scheduled_tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.finish_scheduled_task(
  id bigint,
  attempt integer,
  result jsonb default null,
  at timestamptz default clock_timestamp()
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The attempt that runs now, and no other: a worker that was taken for dead may come back late.
  update app_private.scheduled_tasks t
    set status = 'completed', finished_at = greatest(t.started_at, finish_scheduled_task.at),
        result = finish_scheduled_task.result, error = null
    where t.id = finish_scheduled_task.id
      and t.status = 'running'
      and t.attempts = finish_scheduled_task.attempt;
  return found;
end;
$$;
comment on function app_private.finish_scheduled_task(bigint, integer, jsonb, timestamptz) is
  'Says that an attempt did its work; false when it is no longer the one that counts.';
revoke all on function app_private.finish_scheduled_task(bigint, integer, jsonb, timestamptz) from public;
grant execute on function app_private.finish_scheduled_task(bigint, integer, jsonb, timestamptz) to autobench_worker;
