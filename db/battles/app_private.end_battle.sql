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
  return v_battle;
end;
$$;
comment on function app_private.end_battle(uuid, app_public.battle_status, text, uuid, timestamptz) is
  'Brings a battle to its end and frees both for another one.';
revoke all on function app_private.end_battle(uuid, app_public.battle_status, text, uuid, timestamptz) from public;
