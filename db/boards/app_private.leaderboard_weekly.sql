-- app_private.first_places() -> [app_private.leaderboard_weekly] -> app_public.leaderboard_weekly
create materialized view if not exists app_private.leaderboard_weekly as
  select p.* from app_private.first_places('week') p;
-- squawk-ignore require-concurrent-index-creation
create unique index if not exists leaderboard_weekly_user_id_idx on app_private.leaderboard_weekly (user_id);
-- squawk-ignore require-concurrent-index-creation
create index if not exists leaderboard_weekly_position_idx on app_private.leaderboard_weekly (position);

revoke all on app_private.leaderboard_weekly from public;

comment on materialized view app_private.leaderboard_weekly is 'The first 1,000 places of the week, as of the last refresh.';
comment on column app_private.leaderboard_weekly.position is 'Place in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_private.leaderboard_weekly.rank is 'Rank: equal points share one.';
comment on column app_private.leaderboard_weekly.user_id is 'The member.';
comment on column app_private.leaderboard_weekly.starts_on is 'First day of the period.';
comment on column app_private.leaderboard_weekly.points is 'Points in the period.';
comment on column app_private.leaderboard_weekly.solved is 'Problems solved in it.';
comment on column app_private.leaderboard_weekly.reached_at is 'When points were last earned in it.';
comment on column app_private.leaderboard_weekly.current_streak is 'Active days in a row.';
comment on column app_private.leaderboard_weekly.longest_streak is 'Active days of the longest run.';
comment on column app_private.leaderboard_weekly.badge_name is 'The highest badge.';
comment on column app_private.leaderboard_weekly.badge_icon is 'Its sign.';
