-- updateUser (GraphQL) -> app_public.users -> [app_private.tg_users__limit_updates()] -> app_private.take_rate()
-- Definer: a member may not touch the rate limits themselves.
create or replace function app_private.tg_users__limit_updates() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- What an operator changes is not the member's doing: whoever has used up their changes can still be suspended.
  if app_public.current_user_id() = new.id then
    perform app_private.require_member();
    perform app_private.take_rate('profile', new.id::text, 30, '1 hour');
  end if;
  return new;
end;
$$;
comment on function app_private.tg_users__limit_updates() is
  'Lets a member in good standing change their profile 30 times an hour. Errors: TB002, TB006.';
revoke all on function app_private.tg_users__limit_updates() from public;

create or replace trigger _200_limit_updates before update on app_public.users
  for each row execute function app_private.tg_users__limit_updates();
