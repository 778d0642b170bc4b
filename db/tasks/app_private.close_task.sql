-- app_operations.close_task() -> [app_private.close_task()] -> app_private.task_lock(), app_public.tasks, app_public.submissions
create or replace function app_private.close_task(id uuid, at timestamptz default now()) returns app_public.tasks
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task app_public.tasks;
begin
  perform pg_advisory_xact_lock(app_private.task_lock(close_task.id)); -- votes that are under way are waited for
  select t.* into v_task from app_public.tasks t where t.id = close_task.id for update;
  if not found or v_task.status <> 'dispatched' or v_task.closes_at <= close_task.at then
    raise exception 'There is no such open task.' using errcode = 'TB052', hint = 'Check the id, and whether it has closed already.';
  end if;
  update app_public.tasks t
    set closes_at = close_task.at, expires_at = close_task.at + (v_task.expires_at - v_task.closes_at)
    where t.id = v_task.id
    returning * into v_task;
  -- Identities are revealed together.
  update app_public.submissions s set revealed_at = least(s.revealed_at, close_task.at) where s.task_id = v_task.id;
  update app_public.submission_codes c
    set revealed_at = least(c.revealed_at, close_task.at), expires_at = v_task.expires_at
    from app_public.submissions s
    where s.id = c.submission_id and s.task_id = v_task.id;
  return v_task;
end;
$$;
comment on function app_private.close_task(uuid, timestamptz) is
  'Closes a task before its time: voting ends, its models are revealed. Errors: TB052.';
revoke all on function app_private.close_task(uuid, timestamptz) from public;
