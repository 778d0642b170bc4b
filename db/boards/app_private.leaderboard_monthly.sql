-- app_private.first_places() -> [app_private.leaderboard_monthly] -> app_public.leaderboard_monthly
create materialized view if not exists app_private.leaderboard_monthly as
  select p.* from app_private.first_places('month') p;
-- squawk-ignore require-concurrent-index-creation
create unique index if not exists leaderboard_monthly_user_id_idx on app_private.leaderboard_monthly (user_id);
-- squawk-ignore require-concurrent-index-creation
create index if not exists leaderboard_monthly_position_idx on app_private.leaderboard_monthly (position);

revoke all on app_private.leaderboard_monthly from public;

comment on materialized view app_private.leaderboard_monthly is 'The first 1,000 places of the month, as of the last refresh.';
comment on column app_private.leaderboard_monthly.position is 'Place in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_private.leaderboard_monthly.rank is 'Rank: equal points share one.';
comment on column app_private.leaderboard_monthly.user_id is 'The member.';
comment on column app_private.leaderboard_monthly.starts_on is 'First day of the period.';
comment on column app_private.leaderboard_monthly.points is 'Points in the period.';
comment on column app_private.leaderboard_monthly.solved is 'Problems solved in it.';
comment on column app_private.leaderboard_monthly.reached_at is 'When points were last earned in it.';
comment on column app_private.leaderboard_monthly.current_streak is 'Active days in a row.';
comment on column app_private.leaderboard_monthly.longest_streak is 'Active days of the longest run.';
comment on column app_private.leaderboard_monthly.badge_name is 'The highest badge.';
comment on column app_private.leaderboard_monthly.badge_icon is 'Its sign.';
