-- server (app.user_id of the request) -> [app_public.current_user_id()] -> every policy
create or replace function app_public.current_user_id() returns uuid
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select nullif(current_setting('app.user_id', true), '')::uuid;
$$;
comment on function app_public.current_user_id() is
  E'@behavior -queryField\nWho is asking: the signed-in member''s id, or null.';
revoke all on function app_public.current_user_id() from public;
grant execute on function app_public.current_user_id() to autobench_anon, autobench_member;
