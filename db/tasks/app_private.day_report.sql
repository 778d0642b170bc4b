-- autobench day, npm start -> [app_private.day_report()] -> app_public.tasks, app_public.submissions
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.day_report(day date)
returns table (
  slot integer , title text, task_status text, source text, model text, is_rehearsal boolean, status text, reason text,
  latency_ms integer, input_tokens integer, output_tokens integer, cost_usd numeric, picture text, pairs integer
)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.slot, t.title, t.status::text, t.prompt_metadata ->> 'source', m.display_name, m.is_rehearsal, s.status::text, s.reason,
      s.latency_ms, s.input_tokens, s.output_tokens, s.cost_usd, a.status::text,
      (select count(*)::integer from app_private.matches m where m.task_id = t.id)
    from app_public.tasks t
      left join app_public.submissions s on s.task_id = t.id
      left join app_public.models m on m.id = s.model_id
      left join app_public.artifacts a on a.submission_id = s.id
    where t.challenge_date = day_report.day
    order by t.slot, m.slug;
$$;
comment on function app_private.day_report(date) is 'A day''s tasks with every model''s submission, its picture and the task''s pairs that can be voted on, for whoever watches the cycle.';
revoke all on function app_private.day_report(date) from public;
grant execute on function app_private.day_report(date) to autobench_worker;
