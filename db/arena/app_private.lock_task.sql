-- cast_vote(), close_task(), refresh_leaderboards() -> [app_private.lock_task()]
create or replace function app_private.lock_task(task_id uuid, is_closing boolean) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
begin
  -- In memory: a share of a row lock would write to the task's row with every vote.
  if is_closing then
    perform pg_advisory_xact_lock(hashtextextended('task:' || task_id::text, 0));
  else
    perform pg_advisory_xact_lock_shared(hashtextextended('task:' || task_id::text, 0));
  end if;
end;
$$;
comment on function app_private.lock_task(uuid, boolean) is
  'Votes on a task share this lock until they are committed; whoever closes or folds the task waits for all of them.';
revoke all on function app_private.lock_task(uuid, boolean) from public;
