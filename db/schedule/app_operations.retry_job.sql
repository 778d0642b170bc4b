-- retryJob (operators' GraphQL) -> [app_operations.retry_job()] -> the queue, app_private.scheduled_tasks, app_private.operator_log
-- Definer: operators may set a dead job going again without a grant on the queue.
create or replace function app_operations.retry_job(id bigint, reason text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text;
begin
  perform app_private.require_operator();
  perform app_private.log_operator('retry_job', retry_job.id::text, retry_job.reason);
  -- Locked, so that of two operators at once only one sets it going.
  select j.key into v_key
    from graphile_worker._private_jobs j
    where j.id = retry_job.id and j.attempts >= j.max_attempts and j.locked_at is null
    for update;
  if not found then
    raise exception 'There is no such dead job.'
      using errcode = 'TB021', hint = 'Look at deadJobs: it may have been set going again, or have gone.';
  end if;
  update app_private.scheduled_tasks t
    set status = 'pending', finished_at = null, queued_at = now()
    where t.id = substring(v_key from '^scheduled_task:(\d{1,18})$')::bigint and t.status <> 'completed';
  perform graphile_worker.reschedule_jobs(array[retry_job.id], run_at := now(), attempts := 0);
  return true;
end;
$$;
comment on function app_operations.retry_job(bigint, text) is
  E'@resultFieldName isQueued\nSets a dead job going again, with all its attempts. Errors: TB001, TB002, TB004, TB017, TB021.';
revoke all on function app_operations.retry_job(bigint, text) from public;
grant execute on function app_operations.retry_job(bigint, text) to autobench_operator;
