-- accept_battle(), answer_battle(), cancel_battle() -> [app_private.own_battle()] -> app_public.battles
create or replace function app_private.own_battle(battle_id uuid, user_id uuid) returns app_public.battles
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_battle app_public.battles;
begin
  select b.* into v_battle
    from app_public.battles b
    where b.id = own_battle.battle_id and own_battle.user_id in (b.challenger_id, b.opponent_id)
    for update;
  if not found then
    raise exception 'There is no such battle of yours.' using errcode = 'TB095', hint = 'Check the id.';
  end if;
  return v_battle;
end;
$$;
comment on function app_private.own_battle(uuid, uuid) is 'A battle in which a member takes part, locked. Errors: TB095.';
revoke all on function app_private.own_battle(uuid, uuid) from public;
