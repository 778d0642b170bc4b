-- settle_problem(), finish_battle() -> [app_private.award_achievements()] -> app_public.user_achievements, app_public.points_ledger
create or replace function app_private.award_achievements(user_id uuid, at timestamptz default now()) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  with counted as materialized (
    select m.metric, m.value from app_private.member_metrics m where m.user_id = award_achievements.user_id
  ), given as (
    insert into app_public.user_achievements as e (user_id, achievement_type, data, earned_at)
      select award_achievements.user_id, a.type,
          a.criteria || jsonb_build_object('value', c.value, 'points', a.points)
            || app_private.achievement_grounds(award_achievements.user_id, c.metric),
          award_achievements.at
        from app_public.achievements a
          inner join counted c on c.metric = a.criteria ->> 'metric' and c.value >= (a.criteria ->> 'at_least')::integer
        where not exists (
          select from app_public.user_achievements o
            where o.user_id = award_achievements.user_id and o.achievement_type = a.type
        )
      returning e.achievement_type, (e.data ->> 'points')::integer as points
  ), held as materialized (
    -- By the rule as it was when it was met, and by the problems that there were: what an operator edits, adds or retires
    -- takes nothing from those who have it. Only verdicts do.
    select e.achievement_type, coalesce(k.modules, '{}') as modules,
        coalesce(k.n, c.value, 0) >= (e.data ->> 'at_least')::integer as is_met
      from app_public.user_achievements e
        left join counted c on c.metric = e.data ->> 'metric'
        left join lateral app_private.complete_modules(award_achievements.user_id, e.data -> 'modules') k
          on e.data ->> 'metric' = 'modules'
      where e.user_id = award_achievements.user_id
  ), kept as (
    update app_public.user_achievements e
      set is_standing = h.is_met,
        data = e.data || case when h.modules = '{}' then '{}' else jsonb_build_object('modules', h.modules) end
      from held h
      where e.user_id = award_achievements.user_id and e.achievement_type = h.achievement_type
        and (e.is_standing <> h.is_met or (h.modules <> '{}' and e.data -> 'modules' is distinct from h.modules))
      returning with (old as o) e.achievement_type, e.is_standing, o.is_standing as was_standing,
        (e.data ->> 'points')::integer as points
  ), turned as (
    select k.* from kept k where k.is_standing <> k.was_standing
  )
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
    select award_achievements.user_id, 'achievement', g.achievement_type, g.points,
        app_private.member_day(award_achievements.user_id, award_achievements.at), award_achievements.at
      from given g
      where g.points > 0
    union all
    -- What is taken back, or given again, counts for the day on which it was first given.
    select award_achievements.user_id, case when t.is_standing then 'achievement' else 'reversal' end,
        t.achievement_type || '/' || n.rows, case when t.is_standing then t.points else - t.points end, f.day, f.at
      from turned t
        inner join app_public.points_ledger f
          on f.user_id = award_achievements.user_id and f.reason = 'achievement' and f.ref = t.achievement_type
        cross join lateral (
          select count(*) as rows
            from app_public.points_ledger l
            where l.user_id = award_achievements.user_id
              and l.reason = case when t.is_standing then 'achievement' else 'reversal' end
              and (l.ref = t.achievement_type or l.ref like t.achievement_type || '/%')
        ) n;
end;
$$;
comment on function app_private.award_achievements(uuid, timestamptz) is
  'Gives a member what they have achieved and its points; takes the points back where verdicts took back what met the rule. The caller holds the member''s lock.';
revoke all on function app_private.award_achievements(uuid, timestamptz) from public;
