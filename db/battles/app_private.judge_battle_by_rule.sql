-- app_public.answer_battle() -> [app_private.judge_battle_by_rule()] -> app_private.battle_judgements, app_private.finish_battle()
create or replace function app_private.judge_battle_by_rule(battle_id uuid) returns boolean
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pick text;
  v_reason text;
begin
  select case
        when count(*) filter (where not l.is_long) = 2 then 'draw'
        when bool_or(l.user_id = b.challenger_id and l.is_long) then 'challenger'
        else 'opponent'
      end,
      case when count(*) filter (where not l.is_long) = 2 then 'Both answers hold too little to be judged.'
        else 'An answer holds too little to be judged: it loses.' end
    into v_pick, v_reason
    from app_public.battles b
      inner join app_public.problems p on p.id = b.problem_id
      cross join lateral (
        select s.user_id, app_private.content_length(s.body) >= p.minimum_length as is_long
          from app_private.battle_seats s
          where s.battle_id = b.id
      ) l
    where b.id = judge_battle_by_rule.battle_id
    having not bool_and(l.is_long);
  if not found then
    return false;
  end if;
  insert into app_private.battle_judgements (battle_id, round, pick, reasoning)
    select judge_battle_by_rule.battle_id, n, v_pick, v_reason from generate_series(1, 2) n
    on conflict on constraint battle_judgements_pkey do nothing;
  perform app_private.finish_battle(judge_battle_by_rule.battle_id, reason => v_reason);
  return true;
end;
$$;
comment on function app_private.judge_battle_by_rule(uuid) is
  'Decides a battle in which an answer holds too little, without asking anybody: that answer loses. Says whether it did.';
revoke all on function app_private.judge_battle_by_rule(uuid) from public;
