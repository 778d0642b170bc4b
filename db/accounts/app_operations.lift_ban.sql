-- liftBan (operators' GraphQL) -> [app_operations.lift_ban()] -> app_private.accounts, app_private.operator_log
-- Definer: operators may lift a suspension without being able to write accounts.
create or replace function app_operations.lift_ban(user_id uuid, reason text) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users;
begin
  perform app_private.require_operator();
  perform app_private.log_operator('lift_ban', lift_ban.user_id::text, lift_ban.reason);
  update app_private.accounts a set banned_at = null, ban_reason = null where a.user_id = lift_ban.user_id;
  if not found then
    raise exception 'There is no such member.' using errcode = 'TB018', hint = 'Check the id.';
  end if;
  select * into v_user from app_public.users u where u.id = lift_ban.user_id;
  return v_user;
end;
$$;
comment on function app_operations.lift_ban(uuid, text) is
  E'@resultFieldName user\nLifts a suspension; the member decides whether to be listed again. Errors: TB001, TB002, TB004, TB017, TB018.';
revoke all on function app_operations.lift_ban(uuid, text) from public;
grant execute on function app_operations.lift_ban(uuid, text) to autobench_operator;
