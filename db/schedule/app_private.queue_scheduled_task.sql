-- log_scheduled_task(), process_scheduled_tasks(), retry_job() -> [app_private.queue_scheduled_task()] -> graphile_worker.add_job()
create or replace function app_private.queue_scheduled_task(id bigint, at timestamptz default now())
returns app_private.scheduled_tasks
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task app_private.scheduled_tasks;
begin
  update app_private.scheduled_tasks t
    set queued_at = queue_scheduled_task.at
    where t.id = queue_scheduled_task.id
    returning * into strict v_task;
  -- The job carries the id alone: what is to be done, and whether it was done, stands in the row.
  perform graphile_worker.add_job(
      r.name,
      payload := json_build_object('id', v_task.id),
      max_attempts := r.max_attempts,
      job_key := 'scheduled_task:' || v_task.id
    )
    from app_private.task_registry r
    where r.name = v_task.function_name;
  return v_task;
end;
$$;
comment on function app_private.queue_scheduled_task(bigint, timestamptz) is
  'Hands a run to the queue, in the caller''s transaction; the job''s key makes it one job however often it is done.';
revoke all on function app_private.queue_scheduled_task(bigint, timestamptz) from public;
