-- app_public.users -> [app_private.tg_users__leave_battles()] -> app_private.end_battle(), app_private.blank_calls()
create or replace function app_private.tg_users__leave_battles() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.end_battle(b.id, 'cancelled', 'Somebody has left.')
    from app_public.battles b
    where (b.challenger_id = old.id or b.opponent_id = old.id) and b.status in ('open', 'active');
  perform app_private.blank_calls(
    'battle',
    array(select b.id from app_public.battles b where b.challenger_id = old.id or b.opponent_id = old.id)
  );
  return old;
end;
$$;
comment on function app_private.tg_users__leave_battles() is 'Calls off the battles of a member who is erased, so that nobody waits for them, and what they wrote in any.';
revoke all on function app_private.tg_users__leave_battles() from public;

create or replace trigger _400_leave_battles before delete on app_public.users
  for each row execute function app_private.tg_users__leave_battles();
