-- judge_battle -> [app_private.battle_to_judge()] -> app_private.battle_seats, app_private.pick_prompt()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.battle_to_judge(battle_id uuid, model_id uuid)
returns table (statement text, rubric text, challenger text, opponent text, version text, system text, template text, api_model text, params jsonb)
language plpgsql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select p.title || E'\n\n' || p.statement, r.rubric, c.body, o.body, t.version, t.system, t.template, m.api_model, m.params
    from app_public.battles b
      inner join app_public.problems p on p.id = b.problem_id
      inner join app_private.problem_keys r on r.problem_id = b.problem_id
      inner join app_private.battle_seats c on c.battle_id = b.id and c.user_id = b.challenger_id
      inner join app_private.battle_seats o on o.battle_id = b.id and o.user_id = b.opponent_id
      cross join app_private.pick_prompt('battle', b.id) t
      inner join app_public.models m on m.id = battle_to_judge.model_id
    where b.id = battle_to_judge.battle_id and b.status = 'active' and c.body is not null and o.body is not null;
end;
$$;
comment on function app_private.battle_to_judge(uuid, uuid) is
  'What the judge of a battle is told, once both have answered; no row when there is nothing to judge.';
revoke all on function app_private.battle_to_judge(uuid, uuid) from public;
grant execute on function app_private.battle_to_judge(uuid, uuid) to autobench_worker;
