-- app_operations functions -> [app_private.require_operator()] -> app_private.accounts
create or replace function app_private.require_operator() returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
begin
  if not exists (select from app_private.accounts a where a.user_id = v_user_id and a.role = 'operator') then
    raise exception 'Only operators may do this.'
      using errcode = 'TB004', hint = 'An operator is made in SQL: see db/README.md.';
  end if;
  return v_user_id;
end;
$$;
comment on function app_private.require_operator() is
  'The caller''s id, for functions that only an operator may call. Errors: TB001, TB002, TB004.';
revoke all on function app_private.require_operator() from public;
