-- app_public.request_coaching() -> [app_private.coach_summary()] -> app_public.queue_jobs
create or replace function app_private.coach_summary(user_id uuid, at timestamptz default now()) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with tried as (
    select p.slug, p.title, m.slug as module, g.best_score as score, g.attempts_count as attempts, g.status,
        row_number() over (partition by g.status order by g.first_attempt_at desc) as n
      from app_public.user_progress g
        inner join app_public.problems p on p.id = g.problem_id
        inner join app_public.modules m on m.id = p.module_id
      where g.user_id = coach_summary.user_id and g.attempts_count > 0
  )
  select jsonb_build_object(
    'solved', coalesce((
      select jsonb_agg(to_jsonb(t) - 'n' - 'status' order by t.n) from tried t where t.status = 'completed' and t.n <= 5
    ), '[]'),
    'attempted', coalesce((
      select jsonb_agg(to_jsonb(t) - 'n' - 'status' order by t.n) from tried t where t.status <> 'completed' and t.n <= 5
    ), '[]'),
    'feedback', coalesce((
      select jsonb_agg(left(f.feedback, 400) order by f.created_at desc)
        from (
          select v.feedback, v.created_at
            from app_public.verdicts v
            where v.user_id = coach_summary.user_id
            order by v.created_at desc
            limit 3
        ) f
    ), '[]'),
    'streak', (
      select jsonb_build_object('days', s.current, 'atRisk', s.is_at_risk)
        from app_private.streak_now(coach_summary.user_id, coach_summary.at) s
    ),
    'candidates', coalesce((
      select jsonb_agg(jsonb_build_object('slug', c.slug, 'module', c.module) order by c.difficulty, c.display_order, c.slug)
        from (
          select p.slug, m.slug as module, p.difficulty, m.display_order
            from app_public.problems p
              inner join app_public.modules m on m.id = p.module_id
              inner join app_private.open_modules(coach_summary.user_id) o on o.module_id = m.id and o.is_open
            where p.is_published
              and not exists (
                select from app_public.user_progress g
                  where g.user_id = coach_summary.user_id and g.problem_id = p.id and g.status = 'completed'
              )
            order by p.difficulty, m.display_order, p.slug
            limit 10
        ) c
    ), '[]')
  );
$$;
comment on function app_private.coach_summary(uuid, timestamptz) is 'What the coach is told of a member''s recent practice, and of nobody else''s.';
revoke all on function app_private.coach_summary(uuid, timestamptz) from public;
