-- app_public.points_ledger and its folds -> [app_private.points_faults] -> app_operations.points_faults()
create or replace view app_private.points_faults with (security_invoker, security_barrier) as
  select 'period total' as fault, coalesce(s.user_id, l.user_id) as user_id,
      format('%s from %s: %s kept, %s in the ledger', coalesce(s.kind, l.kind), coalesce(s.starts_on, l.starts_on), s.points, l.points) as detail
    from app_private.period_scores s
      full join (
        select k.kind, app_private.score_period(k.kind, e.at) as starts_on, e.user_id, sum(e.points) as points,
            max(e.at) filter (where e.points > 0) as reached_at
          from (
            select l.user_id, l.at, sum(l.points) as points from app_public.points_ledger l group by l.user_id, l.at
          ) e
            cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
          group by k.kind, app_private.score_period(k.kind, e.at), e.user_id
      ) l on l.kind = s.kind and l.starts_on = s.starts_on and l.user_id = s.user_id
    where coalesce(s.points, 0) <> coalesce(l.points, 0) or s.reached_at is distinct from l.reached_at
  union all
  select 'solved in a period', coalesce(s.user_id, p.user_id),
      format('%s from %s: %s kept, %s in the progress', coalesce(s.kind, p.kind), coalesce(s.starts_on, p.starts_on), s.solved, p.solved)
    from (
        select s.* from app_private.period_scores s inner join app_public.users u on u.id = s.user_id
      ) s
      full join (
        select k.kind, app_private.score_period(k.kind, p.completed_at) as starts_on, p.user_id, count(*) as solved
          from app_public.user_progress p
            cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
          where p.completed_at is not null
          group by k.kind, app_private.score_period(k.kind, p.completed_at), p.user_id
      ) p on p.kind = s.kind and p.starts_on = s.starts_on and p.user_id = s.user_id
    where coalesce(s.solved, 0) <> coalesce(p.solved, 0)
  union all
  select 'listing', s.user_id, format('%s from %s', s.kind, s.starts_on)
    from app_private.period_scores s
      left join app_public.users u on u.id = s.user_id
    where s.is_listed <> coalesce(u.is_listed, false)
  union all
  select 'day total', coalesce(d.user_id, l.user_id),
      format('%s: %s kept, %s in the ledger', coalesce(d.day, l.day), d.points_earned, l.points)
    from app_public.daily_activity d
      full join (
        select e.user_id, e.day, sum(e.points) as points
          from app_public.points_ledger e
            inner join app_public.users u on u.id = e.user_id
          group by e.user_id, e.day
      ) l on l.user_id = d.user_id and l.day = d.day
    where coalesce(d.points_earned, 0) <> coalesce(l.points, 0)
  union all
  select 'solved on a day', coalesce(d.user_id, p.user_id),
      format('%s: %s kept, %s in the progress', coalesce(d.day, p.day), d.exercises_completed, p.solved)
    from app_public.daily_activity d
      full join (
        select p.user_id, p.completed_on as day, count(*) as solved
          from app_public.user_progress p
          where p.completed_on is not null
          group by p.user_id, p.completed_on
      ) p on p.user_id = d.user_id and p.day = d.day
    where coalesce(d.exercises_completed, 0) <> coalesce(p.solved, 0)
  union all
  select 'problem total', coalesce(p.user_id, l.user_id),
      format('%s: %s kept, %s in the ledger, %s by the answers', coalesce(p.problem_id, l.problem_id), p.points_earned, l.points, j.worth)
    from app_public.user_progress p
      full join (
        select e.user_id, e.problem_id, sum(e.points) as points
          from app_public.points_ledger e
            inner join app_public.users u on u.id = e.user_id
          where e.problem_id is not null
          group by e.user_id, e.problem_id
      ) l on l.user_id = p.user_id and l.problem_id = p.problem_id
      full join (
        select a.user_id, a.problem_id, max(a.worth) as worth, count(*) as answers,
            bool_or(a.is_correct) as is_solved
          from app_private.judged_answers a
          group by a.user_id, a.problem_id
      ) j on j.user_id = coalesce(p.user_id, l.user_id) and j.problem_id = coalesce(p.problem_id, l.problem_id)
    where (coalesce(p.points_earned, 0), coalesce(p.points_earned, 0), p.completed_at is not null, coalesce(p.attempts_count, 0))
      is distinct from (coalesce(l.points, 0), coalesce(j.worth, 0), coalesce(j.is_solved, false), coalesce(j.answers, 0))
  union all
  select 'solve', p.user_id, format('%s: at %s, which is not when its answer was handed in', p.problem_id, p.completed_at)
    from app_public.user_progress p
      left join app_public.answers a on a.id = p.solving_answer_id and a.answered_at = p.completed_at and a.day = p.completed_on
    where p.completed_at is not null and a.id is null
  union all
  select 'streak', coalesce(s.user_id, j.user_id), format('%s kept, %s by the answers', s.days, j.days)
    from app_private.streaks s
      full join (
        select a.user_id, range_agg(daterange(a.day, a.day, '[]')) as days
          from app_private.judged_answers a
          where a.score > 0
          group by a.user_id
      ) j on j.user_id = s.user_id
    where s.days is distinct from j.days
  union all
  select 'histogram', null, format('%s from %s, %s points: %s kept, %s scored', k.kind, k.starts_on, k.points, k.n, k.scored)
    from (
      select n.kind, n.starts_on, n.points, sum(n.n) as n, sum(n.scored) as scored
        from (
          select h.kind, h.starts_on, h.bucket as points, h.n, 0 as scored from app_private.score_histogram h where h.level = 0
          union all
          select c.kind, c.starts_on, c.was, -1, 0 from app_private.score_changes c where c.was > 0
          union all
          select c.kind, c.starts_on, c.now_has, 1, 0 from app_private.score_changes c where c.now_has > 0
          union all
          select s.kind, s.starts_on, s.points, 0, 1 from app_private.period_scores s where s.is_listed and s.points > 0
        ) n
        group by n.kind, n.starts_on, n.points
    ) k
    where k.n <> k.scored;

revoke all on app_private.points_faults from public;

comment on view app_private.points_faults is
  'Every difference between the ledger, the judged answers and what is kept of them: always empty.';
comment on column app_private.points_faults.fault is 'What does not add up.';
comment on column app_private.points_faults.user_id is 'Whose it is, if it is somebody''s.';
comment on column app_private.points_faults.detail is 'The particulars.';
