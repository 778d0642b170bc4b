-- [app_public.period_kind] -> app_private.period_scores, myRank (GraphQL)
do $$
begin
  create type app_public.period_kind as enum ('all', 'month', 'week');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.period_kind is 'Over which time points are counted: ever, a calendar month, a week from Monday; in UTC.';
revoke all on type app_public.period_kind from public;
grant usage on type app_public.period_kind to autobench_anon, autobench_member;
