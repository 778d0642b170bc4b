-- streak_updater -> [app_private.cancel_late_battles()] -> app_private.end_battle()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.cancel_late_battles(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
  v_cancelled integer := 0;
begin
  for v_id in
    select b.id
      from app_public.battles b
      where b.status in ('open', 'active') and b.due_at <= cancel_late_battles.at
        -- One that both have answered waits for the judge, however late it is.
        and not (b.status = 'active' and not exists (
          select from app_private.battle_seats s where s.battle_id = b.id and s.body is null
        ))
      order by b.id
      for update skip locked
  loop
    perform app_private.end_battle(v_id, 'cancelled', 'The time was over.', null, cancel_late_battles.at);
    v_cancelled := v_cancelled + 1;
  end loop;
  return v_cancelled;
end;
$$;
comment on function app_private.cancel_late_battles(timestamptz) is
  'Calls off challenges that nobody accepted and battles that somebody did not answer in time; says how many.';
revoke all on function app_private.cancel_late_battles(timestamptz) from public;
grant execute on function app_private.cancel_late_battles(timestamptz) to autobench_worker;
