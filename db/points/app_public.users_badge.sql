-- app_public.users -> [app_public.users_badge()] -> user.badge (GraphQL)
create or replace function app_public.users_badge("user" app_public.users) returns app_public.badges
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select b.*
    from app_public.user_badges e
      inner join app_public.badges b on b.name = e.badge_name
    where e.user_id = ("user").id
    order by b.rank_level desc
    limit 1;
$$;
comment on function app_public.users_badge(app_public.users) is 'The highest badge that the member has earned.';
revoke all on function app_public.users_badge(app_public.users) from public;
grant execute on function app_public.users_badge(app_public.users) to autobench_anon, autobench_member;
