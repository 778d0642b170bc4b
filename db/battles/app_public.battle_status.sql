-- [app_public.battle_status] -> app_public.battles
do $$
begin
  create type app_public.battle_status as enum ('open', 'active', 'finished', 'cancelled');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.battle_status is 'How far a battle is: challenged, accepted, over, or called off.';
revoke all on type app_public.battle_status from public;
grant usage on type app_public.battle_status to autobench_anon, autobench_member;
