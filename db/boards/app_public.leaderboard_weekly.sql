-- app_private.leaderboard_weekly -> [app_public.leaderboard_weekly] -> leaderboardWeekly (GraphQL)
-- With its owner's rights, since a materialized view has no policies: it shows nobody who is hidden, suspended or erased,
-- even before the next refresh, and no period but the one that runs.
create or replace view app_public.leaderboard_weekly with (security_barrier) as
  select l.position, l.rank, l.user_id, u.username, u.full_name, u.avatar_url, l.points, l.current_streak,
      l.longest_streak, l.badge_name, l.badge_icon, l.solved as exercises_completed, l.starts_on
    from app_private.leaderboard_weekly l
      inner join app_public.users u on u.id = l.user_id and u.is_listed
    where l.starts_on = date_trunc('week', now() at time zone 'utc')::date;

revoke all on app_public.leaderboard_weekly from public, autobench_anon, autobench_member;
grant select on app_public.leaderboard_weekly to autobench_anon, autobench_member;

comment on view app_public.leaderboard_weekly is
  E'@primaryKey position\n@behavior -query:resource:single\n@foreignKey (user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nThe first 1,000 places of the week, refreshed every five minutes.';
comment on column app_public.leaderboard_weekly.position is E'@notNull\nPlace in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_public.leaderboard_weekly.rank is E'@notNull\nRank: equal points share one.';
comment on column app_public.leaderboard_weekly.user_id is E'@notNull\nThe member.';
comment on column app_public.leaderboard_weekly.username is E'@notNull\nPublic name.';
comment on column app_public.leaderboard_weekly.full_name is 'Name as the member writes it.';
comment on column app_public.leaderboard_weekly.avatar_url is 'Address of a picture.';
comment on column app_public.leaderboard_weekly.points is E'@notNull\nPoints in the period.';
comment on column app_public.leaderboard_weekly.current_streak is E'@notNull\nActive days in a row.';
comment on column app_public.leaderboard_weekly.longest_streak is E'@notNull\nActive days of the longest run.';
comment on column app_public.leaderboard_weekly.badge_name is 'The highest badge.';
comment on column app_public.leaderboard_weekly.badge_icon is 'Its sign.';
comment on column app_public.leaderboard_weekly.exercises_completed is E'@notNull\nProblems solved in the period.';
comment on column app_public.leaderboard_weekly.starts_on is E'@notNull\nFirst day of the period, in UTC.';
