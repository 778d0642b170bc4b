-- [app_public.progress_status] -> app_public.user_progress
do $$
begin
  create type app_public.progress_status as enum ('not_started', 'in_progress', 'completed');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.progress_status is 'How far a member is with a problem.';
revoke all on type app_public.progress_status from public;
grant usage on type app_public.progress_status to autobench_anon, autobench_member;
