-- worker/scheduled.ts -> [app_private.fail_scheduled_task()] -> app_private.scheduled_tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.fail_scheduled_task(
  id bigint,
  attempt integer,
  error text,
  is_last boolean,
  at timestamptz default clock_timestamp()
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.scheduled_tasks t
    set status = case when fail_scheduled_task.is_last then 'failed' else 'pending' end,
        finished_at = case when fail_scheduled_task.is_last then greatest(t.started_at, fail_scheduled_task.at) end,
        error = left(coalesce(nullif(btrim(fail_scheduled_task.error), ''), 'It failed without saying why.'), 2000)
    where t.id = fail_scheduled_task.id
      and t.status = 'running'
      and t.attempts = fail_scheduled_task.attempt;
  return found;
end;
$$;
comment on function app_private.fail_scheduled_task(bigint, integer, text, boolean, timestamptz) is
  'Says why an attempt failed: the run stays pending while the queue will try it again; false when it no longer counts.';
revoke all on function app_private.fail_scheduled_task(bigint, integer, text, boolean, timestamptz) from public;
grant execute on function app_private.fail_scheduled_task(bigint, integer, text, boolean, timestamptz) to autobench_worker;
