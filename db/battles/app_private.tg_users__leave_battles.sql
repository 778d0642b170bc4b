-- app_public.users -> [app_private.tg_users__leave_battles()] -> app_private.end_battle(), app_private.blank_calls()
create or replace function app_private.tg_users__leave_battles() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Locked first, as everywhere: whoever is just having a call made is waited for, and that call is seen below.
  perform app_private.end_battle(l.id, 'cancelled', 'Somebody has left.')
    from (
      select b.id from app_public.battles b
        where (b.challenger_id = old.id or b.opponent_id = old.id) and b.status in ('open', 'active')
        order by b.id
        for update
    ) l;
  delete from app_private.battle_judgements j
    using app_public.battles b
    where b.id = j.battle_id and (b.challenger_id = old.id or b.opponent_id = old.id);
  perform app_private.blank_calls(
    'battle',
    array(select b.id from app_public.battles b where b.challenger_id = old.id or b.opponent_id = old.id)
  );
  return old;
end;
$$;
comment on function app_private.tg_users__leave_battles() is 'Calls off the battles of a member who is erased, so that nobody waits for them, and forgets what they wrote in any and what was said of it.';
revoke all on function app_private.tg_users__leave_battles() from public;

create or replace trigger _400_leave_battles before delete on app_public.users
  for each row execute function app_private.tg_users__leave_battles();
