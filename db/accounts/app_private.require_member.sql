-- members' functions -> [app_private.require_member()] -> app_public.current_user_id()
create or replace function app_private.require_member() returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_public.current_user_id();
  v_banned_at timestamptz;
begin
  select a.banned_at into v_banned_at from app_private.accounts a where a.user_id = v_user_id;
  if not found then -- nobody, or somebody who was erased while still connected
    raise exception 'You are not signed in.'
      using errcode = 'TB001', hint = 'Send an Authorization header with a bearer token.';
  elsif v_banned_at is not null then
    raise exception 'This account is suspended.'
      using errcode = 'TB002', hint = 'Write to the people who run this site.';
  end if;
  return v_user_id;
end;
$$;
comment on function app_private.require_member() is
  'The caller''s id, for functions that only a member in good standing may call. Errors: TB001, TB002.';
revoke all on function app_private.require_member() from public;
