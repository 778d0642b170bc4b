-- tg_achievements__award() -> [app_private.award_all_achievements()] -> app_public.user_achievements, app_public.points_ledger
create or replace function app_private.award_all_achievements(at timestamptz default now()) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due uuid[];
  v_given integer;
begin
  select array_agg(distinct m.user_id) into v_due
    from app_public.achievements a
      inner join app_private.member_metrics m
        on m.metric = a.criteria ->> 'metric' and m.value >= (a.criteria ->> 'at_least')::integer
      left join app_public.user_achievements e on e.user_id = m.user_id and e.achievement_type = a.type
    where e.user_id is null;
  perform app_private.lock_points(coalesce(v_due, '{}'));
  with given as (
    insert into app_public.user_achievements as e (user_id, achievement_type, data, earned_at)
      select m.user_id, a.type,
          a.criteria || jsonb_build_object('value', m.value, 'points', a.points)
            || app_private.achievement_grounds(m.user_id, m.metric),
          award_all_achievements.at
        from app_public.achievements a
          inner join app_private.member_metrics m
            on m.metric = a.criteria ->> 'metric' and m.value >= (a.criteria ->> 'at_least')::integer
          inner join unnest(v_due) d (user_id) on d.user_id = m.user_id
        order by m.user_id, a.type
      on conflict on constraint user_achievements_pkey do nothing
      returning e.user_id, e.achievement_type, (e.data ->> 'points')::integer as points
  ), paid as (
    insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
      select g.user_id, 'achievement', g.achievement_type, g.points,
          app_private.member_day(g.user_id, award_all_achievements.at), award_all_achievements.at
        from given g
        where g.points > 0
        order by g.user_id, g.achievement_type
  )
  select count(*) into v_given from given;
  perform app_private.award_badges();
  return v_given;
end;
$$;
comment on function app_private.award_all_achievements(timestamptz) is
  'Gives everybody at once what they have achieved and do not have yet; says how much was given. Errors: TB091.';
revoke all on function app_private.award_all_achievements(timestamptz) from public;
