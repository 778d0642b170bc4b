-- cancelBattle (GraphQL) -> [app_public.cancel_battle()] -> app_private.end_battle()
-- Definer: members may call a battle off without being able to write battles.
create or replace function app_public.cancel_battle(battle_id uuid) returns app_public.battles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles := app_private.own_battle(cancel_battle.battle_id, v_user_id);
begin
  if v_battle.status not in ('open', 'active')
    or exists (select from app_private.battle_seats s where s.battle_id = v_battle.id and s.body is not null)
  then
    raise exception 'This battle can not be called off any more.'
      using errcode = 'TB098', hint = 'Somebody has answered, or it is over.';
  end if;
  return app_private.end_battle(
    v_battle.id,
    'cancelled',
    case when v_battle.status = 'open' and v_battle.opponent_id = v_user_id then 'The challenge was declined.' else 'It was called off.' end
  );
end;
$$;
comment on function app_public.cancel_battle(uuid) is
  E'@resultFieldName battle\nDeclines a challenge, or takes back a battle that nobody has answered yet. Errors: TB001, TB002, TB095, TB098.';
revoke all on function app_public.cancel_battle(uuid) from public;
grant execute on function app_public.cancel_battle(uuid) to autobench_member;
