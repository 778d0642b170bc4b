-- judge_battle -> [app_private.record_battle_judgement()] -> app_private.battle_judgements, app_private.finish_battle()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_battle_judgement(battle_id uuid, round integer, pick text, reasoning text)
returns app_public.battle_status
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_battle app_public.battles;
begin
  select b.* into v_battle from app_public.battles b where b.id = record_battle_judgement.battle_id for update;
  if v_battle.status = 'active' then
    insert into app_private.battle_judgements (battle_id, round, pick, reasoning)
      values (v_battle.id, record_battle_judgement.round, record_battle_judgement.pick, left(record_battle_judgement.reasoning, 20000))
      on conflict on constraint battle_judgements_pkey do nothing;
    perform app_private.finish_battle(v_battle.id);
  end if;
  return (select b.status from app_public.battles b where b.id = v_battle.id);
end;
$$;
comment on function app_private.record_battle_judgement(uuid, integer, text, text) is
  'Writes down what the judge said of one order of a battle, once, and ends the battle when both are there.';
revoke all on function app_private.record_battle_judgement(uuid, integer, text, text) from public;
grant execute on function app_private.record_battle_judgement(uuid, integer, text, text) to autobench_worker;
