-- app_public.answer_battle() -> [app_private.judge_battle_by_rule()] -> app_private.record_battle_judgement()
create or replace function app_private.judge_battle_by_rule(battle_id uuid) returns boolean
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pick text;
begin
  select case
        when count(*) filter (where not l.is_long) = 2 then 'draw'
        when bool_or(l.user_id = b.challenger_id and l.is_long) then 'challenger'
        else 'opponent'
      end
    into v_pick
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
  perform app_private.record_battle_judgement(judge_battle_by_rule.battle_id, n, v_pick, 'There is too little in an answer to be judged.')
    from generate_series(1, 2) n;
  return true;
end;
$$;
comment on function app_private.judge_battle_by_rule(uuid) is
  'Decides a battle in which an answer holds too little, without asking anybody: that answer loses. Says whether it did.';
revoke all on function app_private.judge_battle_by_rule(uuid) from public;
