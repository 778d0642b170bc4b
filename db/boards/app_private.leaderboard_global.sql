-- app_private.first_places() -> [app_private.leaderboard_global] -> app_public.leaderboard_global
create materialized view if not exists app_private.leaderboard_global as
  select p.* from app_private.first_places('all') p;
-- squawk-ignore require-concurrent-index-creation
create unique index if not exists leaderboard_global_user_id_idx on app_private.leaderboard_global (user_id);
-- squawk-ignore require-concurrent-index-creation
create index if not exists leaderboard_global_position_idx on app_private.leaderboard_global (position);

revoke all on app_private.leaderboard_global from public;

comment on materialized view app_private.leaderboard_global is 'The first 1,000 places of all time, as of the last refresh.';
comment on column app_private.leaderboard_global.position is 'Place in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_private.leaderboard_global.rank is 'Rank: equal points share one.';
comment on column app_private.leaderboard_global.user_id is 'The member.';
comment on column app_private.leaderboard_global.starts_on is 'First day of the period.';
comment on column app_private.leaderboard_global.points is 'Points in the period.';
comment on column app_private.leaderboard_global.solved is 'Problems solved in it.';
comment on column app_private.leaderboard_global.reached_at is 'When points were last earned in it.';
comment on column app_private.leaderboard_global.current_streak is 'Active days in a row.';
comment on column app_private.leaderboard_global.longest_streak is 'Active days of the longest run.';
comment on column app_private.leaderboard_global.badge_name is 'The highest badge.';
comment on column app_private.leaderboard_global.badge_icon is 'Its sign.';
