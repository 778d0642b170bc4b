-- app_public.users -> [app_public.users_current_streak()] -> user.currentStreak (GraphQL)
-- Definer: the days behind a streak are nobody's to read; what comes of them belongs to the profile.
create or replace function app_public.users_current_streak("user" app_public.users) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (app_private.streak_now(("user").id)).current;
$$;
comment on function app_public.users_current_streak(app_public.users) is E'@notNull\nActive days in a row up to today, or up to yesterday while today is not over.';
revoke all on function app_public.users_current_streak(app_public.users) from public;
grant execute on function app_public.users_current_streak(app_public.users) to autobench_anon, autobench_member;
