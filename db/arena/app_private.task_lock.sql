-- [app_private.task_lock()] -> cast_vote(), close_task(), fold_tasks()
-- In memory: a share of a row lock would write to the task's row with every vote.
create or replace function app_private.task_lock(task_id uuid) returns bigint
language sql immutable strict parallel safe
return hashtextextended('task:' || task_id::text, 0);
comment on function app_private.task_lock(uuid) is
  'The advisory lock of a task: votes share it until they are committed, and whoever closes or folds the task takes it alone, so waits for all of them.';
revoke all on function app_private.task_lock(uuid) from public;
