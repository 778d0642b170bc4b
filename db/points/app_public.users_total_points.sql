-- app_public.users -> [app_public.users_total_points()] -> user.totalPoints (GraphQL)
-- Definer: scores are nobody's to read whole; one's sum belongs to the profile.
create or replace function app_public.users_total_points("user" app_public.users) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (
      select s.points
        from app_private.period_scores s
        where s.kind = 'all' and s.starts_on = date '2000-01-01' and s.user_id = ("user").id
    ),
    0
  );
$$;
comment on function app_public.users_total_points(app_public.users) is E'@notNull\nAll points that the member has.';
revoke all on function app_public.users_total_points(app_public.users) from public;
grant execute on function app_public.users_total_points(app_public.users) to autobench_anon, autobench_member;
