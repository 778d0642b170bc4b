-- [app_public.submission_status] -> app_public.submissions
do $$
begin
  create type app_public.submission_status as enum ('queued', 'running', 'succeeded', 'failed', 'in_doubt');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.submission_status is
  'How far an answer is. In doubt: the request left, and nobody knows whether it was answered; it is never sent again by itself.';
revoke all on type app_public.submission_status from public;
grant usage on type app_public.submission_status to autobench_anon, autobench_member;
