-- closeTask (operators' GraphQL) -> [app_operations.close_task()] -> app_private.close_task()
-- Definer: operators may close a task without being able to write it.
create or replace function app_operations.close_task(id uuid, reason text) returns app_public.tasks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('close_task', close_task.id::text, close_task.reason);
  return app_private.close_task(close_task.id);
end;
$$;
comment on function app_operations.close_task(uuid, text) is
  E'@resultFieldName task\nCloses a task before its time and reveals its models. Errors: TB001, TB002, TB004, TB017, TB052.';
revoke all on function app_operations.close_task(uuid, text) from public;
grant execute on function app_operations.close_task(uuid, text) to autobench_operator;
