-- app_public.user_progress, app_public.daily_activity, app_private.streaks, app_public.battles -> [app_private.member_metrics] -> app_private.award_achievements()
create or replace view app_private.member_metrics with (security_invoker, security_barrier) as
  select p.user_id, m.metric, m.value
    from (
      select p.user_id, sum(p.attempts_count) as answers, count(p.completed_at) as solved, max(p.best_score) as best_score,
          count(*) filter (where p.is_fast) as fast_solves, count(*) filter (where p.is_nightly) as nightly_solves
        from app_public.user_progress p
        group by p.user_id
    ) p
      cross join lateral (
        values ('answers', p.answers), ('solved', p.solved), ('best_score', p.best_score), ('fast_solves', p.fast_solves),
          ('nightly_solves', p.nightly_solves)
      ) m (metric, value)
  union all
  select d.user_id, 'solved_in_a_day', max(d.exercises_completed)
    from app_public.daily_activity d
    group by d.user_id
  union all
  select s.user_id, 'streak', s.longest
    from app_private.streaks s
  union all
  select d.user_id, 'modules', count(*)
    from (
      select p.user_id, q.module_id, count(*) as solved
        from app_public.user_progress p
          inner join app_public.problems q on q.id = p.problem_id and q.is_published
        where p.completed_at is not null
        group by p.user_id, q.module_id
    ) d
      inner join (
        select q.module_id, count(*) as problems from app_public.problems q where q.is_published group by q.module_id
      ) w on w.module_id = d.module_id and w.problems = d.solved
    group by d.user_id
  union all
  select b.winner_id, 'battles_won', count(*)
    from app_public.battles b
    where b.winner_id is not null
    group by b.winner_id;

revoke all on app_private.member_metrics from public;

comment on view app_private.member_metrics is 'What achievements count, for each member: one row for each of it that is known.';
comment on column app_private.member_metrics.user_id is 'The member.';
comment on column app_private.member_metrics.metric is 'What is counted.';
comment on column app_private.member_metrics.value is 'How much of it there is.';
