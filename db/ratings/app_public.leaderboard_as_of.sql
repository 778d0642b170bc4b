-- app_public.published_ratings -> [app_public.leaderboard_as_of()] -> leaderboardAsOf (GraphQL)
create or replace function app_public.leaderboard_as_of(
  day date,
  theme text default null,
  has_ties boolean default true,
  is_rehearsal boolean default null
) returns setof app_public.leaderboard
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p.*
    from app_public.published_ratings p
    where p.snapshot_id = (
      select s.id
        from app_public.rating_snapshots s
        where s.published_at < (leaderboard_as_of.day + 1)::timestamp at time zone 'utc'
          and s.theme is not distinct from leaderboard_as_of.theme
          and s.has_ties = leaderboard_as_of.has_ties
          and s.is_rehearsal = coalesce(leaderboard_as_of.is_rehearsal, not exists (select from app_public.rating_snapshots o where not o.is_rehearsal))
        order by s.published_at desc, s.id desc
        limit 1
    )
    order by p.rating desc, p.model_id;
$$;
comment on function app_public.leaderboard_as_of(date, text, boolean, boolean) is
  'A board as it stood at the end of a UTC day: of one theme, or of all; with ties, or without; of canned models when asked for, or when there is no other.';
revoke all on function app_public.leaderboard_as_of(date, text, boolean, boolean) from public;
grant execute on function app_public.leaderboard_as_of(date, text, boolean, boolean) to autobench_anon, autobench_member;
