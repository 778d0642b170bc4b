-- acceptBattle (GraphQL) -> [app_public.accept_battle()] -> app_public.battles, app_private.battle_seats
-- Definer: members may accept a challenge without being able to write battles.
create or replace function app_public.accept_battle(battle_id uuid) returns app_public.battles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles := app_private.own_battle(accept_battle.battle_id, v_user_id);
begin
  if v_battle.status <> 'open' or v_battle.opponent_id <> v_user_id or v_battle.challenger_id is null or v_battle.due_at <= now() then
    raise exception 'This battle is not yours to accept.'
      using errcode = 'TB093', hint = 'The one who was challenged accepts, within a week.';
  end if;
  perform app_private.require_problem(p.slug, v_user_id) from app_public.problems p where p.id = v_battle.problem_id;
  -- The seats in one order, so that two who accept at once do not wait for each other in a ring.
  insert into app_private.battle_seats (battle_id, user_id, live)
    select v_battle.id, i.user_id, tstzrange(now(), null)
      from unnest(array[v_battle.challenger_id, v_battle.opponent_id]) i (user_id)
      order by i.user_id;
  update app_public.battles b
    set status = 'active', accepted_at = now(), due_at = now() + interval '1 day'
    where b.id = v_battle.id
    returning * into v_battle;
  return v_battle;
end;
$$;
comment on function app_public.accept_battle(uuid) is
  E'@resultFieldName battle\nAccepts a challenge: both have a day to answer. Errors: TB001, TB002, TB080, TB081, TB093, TB094, TB095.';
revoke all on function app_public.accept_battle(uuid) from public;
grant execute on function app_public.accept_battle(uuid) to autobench_member;
