-- cancel_battle(), cancel_late_battles(), finish_battle() -> [app_private.end_battle()] -> app_public.battles, app_private.battle_seats
create or replace function app_private.end_battle(
  battle_id uuid,
  status app_public.battle_status,
  reason text,
  winner_id uuid default null,
  at timestamptz default now()
) returns app_public.battles
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_battle app_public.battles;
  v_tokens integer;
begin
  update app_private.battle_seats s
    set live = tstzrange(lower(s.live), greatest(lower(s.live), least(end_battle.at, now())))
    where s.battle_id = end_battle.battle_id;
  update app_public.battles b
    set status = end_battle.status, reason = end_battle.reason, winner_id = end_battle.winner_id,
        finished_at = case end_battle.status when 'finished' then end_battle.at end,
        cancelled_at = case end_battle.status when 'cancelled' then end_battle.at end
    where b.id = end_battle.battle_id and b.status in ('open', 'active')
    returning * into v_battle;
  -- Each bears a half of what its judging took; one that is called off costs nobody anything.
  select coalesce(sum(t.input_tokens) + sum(t.output_tokens), 0)::integer
    into v_tokens
    from app_private.llm_calls c
      inner join app_private.llm_attempts t on t.call_id = c.id
    where c.subject_type = 'battle' and c.subject_id = end_battle.battle_id and end_battle.status = 'finished';
  perform app_private.settle_tokens('battle', s.id, v_tokens / 2)
    from (select s.id from app_private.battle_seats s where s.battle_id = end_battle.battle_id order by s.user_id) s;
  return v_battle;
end;
$$;
comment on function app_private.end_battle(uuid, app_public.battle_status, text, uuid, timestamptz) is
  'Brings a battle to its end, settles what was reserved for it, and frees both for another one.';
revoke all on function app_private.end_battle(uuid, app_public.battle_status, text, uuid, timestamptz) from public;
