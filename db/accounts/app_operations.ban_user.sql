-- banUser (operators' GraphQL) -> [app_operations.ban_user()] -> app_private.accounts, app_private.operator_log
-- Definer: operators may suspend accounts without being able to write them.
create or replace function app_operations.ban_user(user_id uuid, reason text)
returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operator_id uuid := app_private.require_operator();
  v_user app_public.users;
begin
  perform app_private.log_operator('ban_user', ban_user.user_id::text, ban_user.reason);
  update app_private.accounts a
    set banned_at = coalesce(a.banned_at, now()), ban_reason = ban_user.reason
    where a.user_id = ban_user.user_id and a.user_id <> v_operator_id;
  if not found then
    raise exception 'There is no such other member.'
      using errcode = 'TB018', hint = 'Check the id. Nobody can suspend themselves.';
  end if;
  update app_public.users u set is_listed = false where u.id = ban_user.user_id returning * into v_user;
  return v_user;
end;
$$;
comment on function app_operations.ban_user(uuid, text) is
  E'@resultFieldName user\nSuspends a member and hides their profile. Errors: TB001, TB002, TB004, TB017, TB018.';
revoke all on function app_operations.ban_user(uuid, text) from public;
grant execute on function app_operations.ban_user(uuid, text) to autobench_operator;
