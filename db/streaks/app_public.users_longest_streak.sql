-- app_public.users -> [app_public.users_longest_streak()] -> user.longestStreak (GraphQL)
-- Definer: the days behind a streak are nobody's to read; what comes of them belongs to the profile.
create or replace function app_public.users_longest_streak("user" app_public.users) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (app_private.streak_now(("user").id)).longest;
$$;
comment on function app_public.users_longest_streak(app_public.users) is E'@notNull\nActive days of the longest run.';
revoke all on function app_public.users_longest_streak(app_public.users) from public;
grant execute on function app_public.users_longest_streak(app_public.users) to autobench_anon, autobench_member;
