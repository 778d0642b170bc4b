-- eraseMe (GraphQL) -> [app_public.erase_me()] -> app_private.erase_account()
-- Definer: a member may be forgotten without being able to delete rows.
create or replace function app_public.erase_me(username text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
begin
  if not exists (
    select from app_public.users u
      where u.id = v_user_id and u.username = erase_me.username collate app_public.ci
  ) then
    raise exception 'Nothing was erased: that is not your username.'
      using errcode = 'TB014', hint = 'Repeat your own username to confirm. Erasing cannot be undone.';
  end if;
  return app_private.erase_account(v_user_id);
end;
$$;
comment on function app_public.erase_me(text) is
  E'@resultFieldName isErased\nForgets the signed-in member for good; their username, repeated, confirms it. Errors: TB001, TB002, TB014, TB091.';
revoke all on function app_public.erase_me(text) from public;
grant execute on function app_public.erase_me(text) to autobench_member;
