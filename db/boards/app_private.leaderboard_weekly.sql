-- app_private.period_scores -> [app_private.leaderboard_weekly] -> app_public.leaderboard_weekly
-- One worker reads a thousand rows faster than two agree on it.
create materialized view if not exists app_private.leaderboard_weekly with (parallel_workers = 0) as
  select row_number() over (order by - s.points, s.reached_at, s.user_id)::integer as position,
      rank() over (order by - s.points)::integer as rank, s.user_id, b.starts_on, s.points, s.solved, s.reached_at,
      case when k.ends_on >= app_private.member_day(s.user_id, now()) - 1 - k.freezes then k.run_length else 0 end as current_streak,
      coalesce(k.longest, 0) as longest_streak, g.name as badge_name, g.icon as badge_icon
    from app_private.boards b
      cross join lateral (
        select s.user_id, s.points, s.solved, s.reached_at
          from app_private.period_scores s
          where s.kind = 'week' and s.starts_on = b.starts_on and s.is_listed and s.points > 0
          order by - s.points, s.reached_at, s.user_id
          limit 1000
      ) s
      left join app_private.streaks k on k.user_id = s.user_id
      left join lateral (
        select d.name, d.icon
          from app_public.user_badges e
            inner join app_public.badges d on d.name = e.badge_name
          where e.user_id = s.user_id
          order by d.rank_level desc
          limit 1
      ) g on true
    where b.kind = 'week';
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
