-- app_private.leaderboard_monthly -> [app_public.leaderboard_monthly] -> leaderboardMonthly (GraphQL)
-- With its owner's rights, since a materialized view has no policies: it shows nobody who is hidden, suspended or erased,
-- even before the next refresh, and no period but the one that runs.
create or replace view app_public.leaderboard_monthly with (security_barrier) as
  select l.position, l.rank, l.user_id, u.username, u.full_name, u.avatar_url, l.points, l.current_streak,
      l.longest_streak, l.badge_name, l.badge_icon, l.solved as exercises_completed, l.starts_on
    from app_private.leaderboard_monthly l
      inner join app_public.users u on u.id = l.user_id and u.is_listed
    where l.starts_on = date_trunc('month', now() at time zone 'utc')::date;

revoke all on app_public.leaderboard_monthly from public, autobench_anon, autobench_member;
grant select on app_public.leaderboard_monthly to autobench_anon, autobench_member;

comment on view app_public.leaderboard_monthly is
  E'@primaryKey position\n@behavior -query:resource:single\n@foreignKey (user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nThe first 1,000 places of the month, refreshed every five minutes.';
comment on column app_public.leaderboard_monthly.position is E'@notNull\nPlace in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_public.leaderboard_monthly.rank is E'@notNull\nRank: equal points share one.';
comment on column app_public.leaderboard_monthly.user_id is E'@notNull\nThe member.';
comment on column app_public.leaderboard_monthly.username is E'@notNull\nPublic name.';
comment on column app_public.leaderboard_monthly.full_name is 'Name as the member writes it.';
comment on column app_public.leaderboard_monthly.avatar_url is 'Address of a picture.';
comment on column app_public.leaderboard_monthly.points is E'@notNull\nPoints in the period.';
comment on column app_public.leaderboard_monthly.current_streak is E'@notNull\nActive days in a row.';
comment on column app_public.leaderboard_monthly.longest_streak is E'@notNull\nActive days of the longest run.';
comment on column app_public.leaderboard_monthly.badge_name is 'The highest badge.';
comment on column app_public.leaderboard_monthly.badge_icon is 'Its sign.';
comment on column app_public.leaderboard_monthly.exercises_completed is E'@notNull\nProblems solved in the period.';
comment on column app_public.leaderboard_monthly.starts_on is E'@notNull\nFirst day of the period, in UTC.';
