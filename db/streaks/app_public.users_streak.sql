-- app_public.users -> [app_public.users_streak()] -> user.streak (GraphQL)
-- Definer: the days behind a streak are nobody's to read; what comes of them belongs to the profile.
create or replace function app_public.users_streak("user" app_public.users) returns app_public.streak
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.streak_now(("user").id);
$$;
comment on function app_public.users_streak(app_public.users) is E'@notNull\nDays in a row, as they stand now.';
revoke all on function app_public.users_streak(app_public.users) from public;
grant execute on function app_public.users_streak(app_public.users) to autobench_anon, autobench_member;
