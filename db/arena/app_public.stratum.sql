-- [app_public.stratum] -> app_public.ballots, app_private.pair_counts
do $$
begin
  create type app_public.stratum as enum ('sealed', 'revealed');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.stratum is 'Whether the models were unknown when the pair was drawn; only sealed votes count for the headline rating.';
revoke all on type app_public.stratum from public;
grant usage on type app_public.stratum to autobench_anon, autobench_member;
