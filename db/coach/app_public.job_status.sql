-- [app_public.job_status] -> app_public.queue_jobs
do $$
begin
  create type app_public.job_status as enum ('pending', 'running', 'done', 'failed');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.job_status is 'How far a wish to the coach is.';
revoke all on type app_public.job_status from public;
grant usage on type app_public.job_status to autobench_anon, autobench_member;
