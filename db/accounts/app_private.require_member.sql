-- members' functions -> [app_private.require_member()] -> app_public.current_user_id()
create or replace function app_private.require_member() returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_public.current_user_id();
begin
  if v_user_id is null then
    raise exception 'You are not signed in.'
      using errcode = 'TB001', hint = 'Send an Authorization header with a bearer token.';
  elsif exists (select from app_private.accounts a where a.user_id = v_user_id and a.banned_at is not null) then
    raise exception 'This account is suspended.'
      using errcode = 'TB002', hint = 'Write to the people who run this site.';
  end if;
  return v_user_id;
end;
$$;
comment on function app_private.require_member() is
  'The caller''s id, for functions that only a member in good standing may call. Errors: TB001, TB002.';
revoke all on function app_private.require_member() from public;
