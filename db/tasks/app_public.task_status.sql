-- [app_public.task_status] -> app_public.tasks
do $$
begin
  create type app_public.task_status as enum ('pending', 'generated', 'dispatched');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.task_status is 'How far a task is: waiting for its writer, written, handed to the models.';
revoke all on type app_public.task_status from public;
grant usage on type app_public.task_status to autobench_anon, autobench_member;
