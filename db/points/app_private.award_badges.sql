-- settle_problem(), tg_badges__award() -> [app_private.award_badges()] -> app_public.user_badges
create or replace function app_private.award_badges(user_id uuid default null, at timestamptz default now()) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_given integer;
begin
  if award_badges.user_id is null then
    insert into app_public.user_badges (user_id, badge_name, earned_at)
      select u.id, b.name, award_badges.at
        from app_public.badges b
          cross join app_public.users u
          left join app_private.period_scores s on s.kind = 'all' and s.starts_on = date '2000-01-01' and s.user_id = u.id
        where coalesce(s.points, 0) >= b.required_points and coalesce(s.solved, 0) >= b.required_exercises
        order by u.id, b.name
      on conflict on constraint user_badges_pkey do nothing;
  else
    insert into app_public.user_badges (user_id, badge_name, earned_at)
      select s.user_id, b.name, award_badges.at
        from app_private.period_scores s
          inner join app_public.badges b on s.points >= b.required_points and s.solved >= b.required_exercises
        where s.kind = 'all' and s.starts_on = date '2000-01-01' and s.user_id = award_badges.user_id
          and not exists (
            select from app_public.user_badges e where e.user_id = s.user_id and e.badge_name = b.name
          )
      on conflict on constraint user_badges_pkey do nothing;
  end if;
  get diagnostics v_given = row_count;
  return v_given;
end;
$$;
comment on function app_private.award_badges(uuid, timestamptz) is
  'Gives a member, or everybody, the badges whose points and exercises they have both reached; says how many were given.';
revoke all on function app_private.award_badges(uuid, timestamptz) from public;
