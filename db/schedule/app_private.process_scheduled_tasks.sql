-- crontab, POST /cron/process_scheduled_tasks -> [app_private.process_scheduled_tasks()] -> app_private.scheduled_tasks, the queue
-- Definer: the worker and the server may have due runs handed over without being able to write the log.
create or replace function app_private.process_scheduled_tasks(at timestamptz default now()) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task_id bigint;
  v_queued integer := 0;
begin
  -- Runs that nobody will go on with: their worker died in the last attempt, or their job was taken away. What another
  -- session has handed over just now is passed by, here and below: its job may be too new to be seen from here, but its
  -- queued_at is not.
  with lost as (
    select t.id, j.id is null as is_gone, j.last_error
      from app_private.scheduled_tasks t
      left join graphile_worker.jobs j on j.key = 'scheduled_task:' || t.id
      where t.status in ('pending', 'running')
        and t.queued_at < process_scheduled_tasks.at - interval '1 minute'
        and case when j.id is null then t.status = 'running' else j.attempts >= j.max_attempts and j.locked_at is null end
      for update of t skip locked
  )
  update app_private.scheduled_tasks t
    set status = 'failed',
        attempts = greatest(t.attempts, 1),
        started_at = coalesce(t.started_at, process_scheduled_tasks.at),
        finished_at = greatest(t.started_at, process_scheduled_tasks.at),
        error = case
          when l.is_gone then 'Its job is no longer in the queue, though it did not end.'
          else left('Its worker was lost in the last attempt.' || coalesce(' Before that: ' || nullif(l.last_error, ''), ''), 2000)
        end
    from lost l
    where t.id = l.id;

  -- Due runs that are not in the queue, oldest first.
  for v_task_id in
    select t.id
      from app_private.scheduled_tasks t
      where t.status = 'pending'
        and t.scheduled_time <= process_scheduled_tasks.at
        and (t.queued_at is null or t.queued_at < process_scheduled_tasks.at - interval '1 minute')
        and not exists (select from graphile_worker.jobs j where j.key = 'scheduled_task:' || t.id)
      order by t.scheduled_time, t.id
      for update skip locked
  loop
    perform app_private.queue_scheduled_task(v_task_id, process_scheduled_tasks.at);
    v_queued := v_queued + 1;
  end loop;
  return v_queued;
end;
$$;
comment on function app_private.process_scheduled_tasks(timestamptz) is
  'Hands the runs that are due to the queue, and closes those that were lost; returns how many it handed over.';
revoke all on function app_private.process_scheduled_tasks(timestamptz) from public;
grant execute on function app_private.process_scheduled_tasks(timestamptz) to autobench_worker, autobench_server;
