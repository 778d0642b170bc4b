-- [app_public.verdict] -> app_public.votes
do $$
begin
  create type app_public.verdict as enum ('left', 'right', 'tie', 'both_bad');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.verdict is E'@name ballot_verdict\nWhat a voter says of two pages: which one is better, that they are as good, or that neither is any good.';
revoke all on type app_public.verdict from public;
grant usage on type app_public.verdict to autobench_anon, autobench_member;
