-- [app_public.rating_status] -> app_public.ratings
do $$
begin
  create type app_public.rating_status as enum ('disconnected', 'provisional', 'usable', 'established');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.rating_status is
  'How much a rating can be trusted. Disconnected: the board has parts that never met. Provisional: below 100 votes or 10 tasks, steered by the prior, or wider than 60 points to either side. Established: within 30.';
revoke all on type app_public.rating_status from public;
grant usage on type app_public.rating_status to autobench_anon, autobench_member;
