-- app_public.users -> [app_public.users_last_activity_date()] -> user.lastActivityDate (GraphQL)
-- Definer: the days behind a streak are nobody's to read; what comes of them belongs to the profile.
create or replace function app_public.users_last_activity_date("user" app_public.users) returns date
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (app_private.streak_now(("user").id)).last_day;
$$;
comment on function app_public.users_last_activity_date(app_public.users) is E'The last of the member''s own days on which they answered something of worth.';
revoke all on function app_public.users_last_activity_date(app_public.users) from public;
grant execute on function app_public.users_last_activity_date(app_public.users) to autobench_anon, autobench_member;
