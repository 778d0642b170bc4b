-- app_private.period_scores -> [app_private.first_places()] -> app_private.leaderboard_global, leaderboard_monthly, leaderboard_weekly
create or replace function app_private.first_places(kind app_public.period_kind)
returns table (
  "position" integer,
  rank integer,
  user_id uuid,
  starts_on date,
  points integer,
  solved integer,
  reached_at timestamptz,
  current_streak integer,
  longest_streak integer,
  badge_name text,
  badge_icon text
)
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select row_number() over (order by - s.points, s.reached_at, s.user_id)::integer,
      rank() over (order by - s.points)::integer, s.user_id, b.starts_on, s.points, s.solved, s.reached_at,
      case when k.ends_on >= app_private.member_day(s.user_id, now()) - 1 - k.freezes then k.run_length else 0 end,
      coalesce(k.longest, 0), g.name, g.icon
    from app_private.boards b
      cross join lateral (
        select s.user_id, s.points, s.solved, s.reached_at
          from app_private.period_scores s
          where s.kind = first_places.kind and s.starts_on = b.starts_on and s.is_listed and s.points > 0
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
    where b.kind = first_places.kind;
$$;
comment on function app_private.first_places(app_public.period_kind) is
  'The first 1,000 places of a board in its current period, with each member''s streak and highest badge.';
revoke all on function app_private.first_places(app_public.period_kind) from public;
