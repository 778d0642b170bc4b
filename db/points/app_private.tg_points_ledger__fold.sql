-- app_public.points_ledger -> [app_private.tg_points_ledger__fold()] -> app_public.daily_activity, app_private.period_scores, app_private.score_changes
create or replace function app_private.tg_points_ledger__fold() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Merged, not inserted: what is added may be less than nothing, which no total ever is. The locks keep others away.
  merge into app_public.daily_activity d
    using (
      select p.user_id, p.day, sum(p.points)::integer as points
        from posted p
          inner join app_public.users u on u.id = p.user_id
        group by p.user_id, p.day
    ) a
    on d.user_id = a.user_id and d.day = a.day
    when matched then update set points_earned = d.points_earned + a.points
    when not matched then insert (user_id, day, points_earned) values (a.user_id, a.day, a.points);
  with moved as (
    merge into app_private.period_scores s
      using (
        select k.kind, app_private.score_period(k.kind, p.at) as starts_on, p.user_id, sum(p.points)::integer as points,
            max(p.at) filter (where p.points > 0) as reached_at, bool_or(p.points < 0) as has_reversal,
            bool_and(u.is_listed) as is_listed
          from posted p
            inner join app_public.users u on u.id = p.user_id
            cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
          group by k.kind, app_private.score_period(k.kind, p.at), p.user_id
      ) a
      on s.kind = a.kind and s.starts_on = a.starts_on and s.user_id = a.user_id
      when matched then update
        set points = s.points + a.points,
            -- What was taken back reached nothing: then the ledger is asked when what is left was earned last.
            reached_at = case when a.has_reversal then (
              select max(e.at)
                from (
                  select l.at
                    from app_public.points_ledger l
                    where l.user_id = a.user_id and app_private.score_period(a.kind, l.at) = a.starts_on
                    group by l.at
                    having sum(l.points) > 0
                ) e
            ) else greatest(s.reached_at, a.reached_at) end
      when not matched then
        insert (kind, starts_on, user_id, points, reached_at, is_listed)
          values (a.kind, a.starts_on, a.user_id, a.points, a.reached_at, a.is_listed)
      returning with (old as o, new as n) n.kind, n.starts_on, n.is_listed, coalesce(o.points, 0) as was, n.points as now_has
  )
  insert into app_private.score_changes (kind, starts_on, was, now_has)
    select m.kind, m.starts_on, m.was, m.now_has from moved m where m.is_listed and m.was <> m.now_has;
  return null;
end;
$$;
comment on function app_private.tg_points_ledger__fold() is 'Adds what was posted to the totals of days and periods, in the same transaction.';
revoke all on function app_private.tg_points_ledger__fold() from public;

create or replace trigger _500_fold after insert on app_public.points_ledger
  referencing new table as posted
  for each statement execute function app_private.tg_points_ledger__fold();
