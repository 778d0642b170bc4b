-- me (GraphQL) -> [app_public.me()] -> app_public.users
create or replace function app_public.me() returns app_public.users
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select u.* from app_public.users u where u.id = (select app_public.current_user_id());
$$;
comment on function app_public.me() is 'The signed-in member, or null.';
revoke all on function app_public.me() from public;
grant execute on function app_public.me() to autobench_anon, autobench_member;
