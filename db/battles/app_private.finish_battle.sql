-- record_battle_judgement(), judge_battle_by_rule() -> [app_private.finish_battle()] -> app_private.end_battle(), app_public.points_ledger
create or replace function app_private.finish_battle(battle_id uuid, at timestamptz default now(), reason text default null) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_battle app_public.battles;
  v_rounds integer;
  v_winner_id uuid;
begin
  select b.* into v_battle from app_public.battles b where b.id = finish_battle.battle_id for update;
  -- The winner is whom the judge prefers whichever answer comes first; anything else is a draw.
  select count(*),
      case
        when bool_and(j.pick = 'challenger') then v_battle.challenger_id
        when bool_and(j.pick = 'opponent') then v_battle.opponent_id
      end
    into v_rounds, v_winner_id
    from app_private.battle_judgements j
    where j.battle_id = v_battle.id;
  if v_rounds < 2 or v_battle.status <> 'active' then
    return;
  end if;
  perform app_private.end_battle(
    v_battle.id, 'finished',
    coalesce(finish_battle.reason, case when v_winner_id is null then 'A draw.' else 'Judged the same in both orders.' end),
    v_winner_id, finish_battle.at
  );
  -- Two who fight over one problem again and again are paid for it once.
  if v_winner_id is not null and not exists (
    select from app_public.battles o
      where o.id <> v_battle.id and o.problem_id = v_battle.problem_id and o.winner_id is not null
        and o.challenger_id in (v_battle.challenger_id, v_battle.opponent_id)
        and o.opponent_id in (v_battle.challenger_id, v_battle.opponent_id)
  ) then
    perform app_private.lock_points(array[v_winner_id]);
    insert into app_public.points_ledger (user_id, reason, ref, points, day, at, problem_id)
      values (
        v_winner_id, 'battle', v_battle.id::text, v_battle.points, app_private.member_day(v_winner_id, finish_battle.at),
        finish_battle.at, null
      )
      on conflict on constraint points_ledger_once do nothing;
    perform app_private.award_achievements(v_winner_id, finish_battle.at);
    perform app_private.award_badges(v_winner_id, finish_battle.at);
  end if;
end;
$$;
comment on function app_private.finish_battle(uuid, timestamptz, text) is
  'Decides a battle that was judged in both orders, or by rule for a reason, and pays the winner, once for each pair and problem. Errors: TB091.';
revoke all on function app_private.finish_battle(uuid, timestamptz, text) from public;
