-- answerBattle (GraphQL) -> [app_public.answer_battle()] -> app_private.battle_seats, judge_battle
-- Definer: members may answer without being able to write seats.
create or replace function app_public.answer_battle(battle_id uuid, answer text) returns app_public.battles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles := app_private.own_battle(answer_battle.battle_id, v_user_id);
  v_seat_id uuid;
  v_minimum_length integer;
begin
  update app_private.battle_seats s
    set body = answer_battle.answer, answered_at = now()
    where s.battle_id = v_battle.id and s.user_id = v_user_id and s.body is null
      and v_battle.status = 'active' and v_battle.due_at > now()
    returning s.id into v_seat_id;
  if not found then
    raise exception 'This battle takes no answer of yours.'
      using errcode = 'TB096', hint = 'It is accepted first, and takes one answer of each within a day.';
  end if;
  select p.minimum_length into strict v_minimum_length from app_public.problems p where p.id = v_battle.problem_id;
  -- What is too little to be judged asks no model, and costs no tokens: it loses.
  if app_private.content_length(answer_battle.answer) >= v_minimum_length then
    perform app_private.reserve_tokens(
      v_user_id, 'battle', v_seat_id, app_private.battle_estimate(v_battle.problem_id, answer_battle.answer)
    );
  end if;
  if exists (select from app_private.battle_seats s where s.battle_id = v_battle.id and s.body is null) then
    return v_battle;
  end if;
  if app_private.judge_battle_by_rule(v_battle.id) then
    select b.* into strict v_battle from app_public.battles b where b.id = v_battle.id;
  else
    perform graphile_worker.add_job(
      'judge_battle',
      json_build_object('battleId', v_battle.id),
      max_attempts => 8,
      job_key => 'battle:' || v_battle.id
    );
  end if;
  return v_battle;
end;
$$;
comment on function app_public.answer_battle(uuid, text) is
  E'@resultFieldName battle\nHands in the answer to a battle, once; when both are in they are judged. Errors: TB001, TB002, TB085, TB08B, TB091, TB095, TB096, TB097.';
revoke all on function app_public.answer_battle(uuid, text) from public;
grant execute on function app_public.answer_battle(uuid, text) to autobench_member;
