-- triggerTask (operators' GraphQL) -> [app_operations.trigger_task()] -> app_private.log_scheduled_task(), app_private.operator_log
-- Definer: operators may have a task run without being able to write the log.
create or replace function app_operations.trigger_task(name text, reason text) returns app_operations.scheduled_tasks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
  v_id bigint;
  v_run app_operations.scheduled_tasks;
begin
  perform app_private.require_operator();
  v_name := app_private.known_task(trigger_task.name);
  perform app_private.log_operator('trigger_task', v_name, trigger_task.reason);
  select t.id into v_id from app_private.log_scheduled_task(v_name, requested_by => 'operator') t;
  select s.* into v_run from app_operations.scheduled_tasks s where s.id = v_id;
  return v_run;
end;
$$;
comment on function app_operations.trigger_task(text, text) is
  E'@resultFieldName run\nHas a task run now, whatever ran in this period before. Errors: TB001, TB002, TB004, TB017, TB040.';
revoke all on function app_operations.trigger_task(text, text) from public;
grant execute on function app_operations.trigger_task(text, text) to autobench_operator;
