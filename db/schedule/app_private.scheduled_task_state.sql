-- autobench trigger --wait -> [app_private.scheduled_task_state()] -> app_private.scheduled_tasks
-- Definer: the worker's login may follow a run without being able to read the log.
create or replace function app_private.scheduled_task_state(
  id bigint,
  out status text,
  out attempts integer,
  out duration_ms bigint,
  out result jsonb,
  out error text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.status, t.attempts, t.duration_ms, t.result, t.error
    from app_private.scheduled_tasks t
    where t.id = scheduled_task_state.id;
$$;
comment on function app_private.scheduled_task_state(bigint) is 'How a run stands, for whoever waits for it.';
revoke all on function app_private.scheduled_task_state(bigint) from public;
grant execute on function app_private.scheduled_task_state(bigint) to autobench_worker;
