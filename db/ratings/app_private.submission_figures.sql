-- publish_board() -> [app_private.submission_figures()]
create or replace function app_private.submission_figures(theme text, at timestamptz)
returns table (model_id uuid, success_rate float8, median_latency_ms integer, cost_per_answer numeric)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.model_id,
      (count(*) filter (where s.status = 'succeeded'))::float8 / count(*),
      (percentile_cont(0.5) within group (order by s.latency_ms) filter (where s.status = 'succeeded'))::integer,
      sum(s.cost_usd) / nullif(count(*) filter (where s.status = 'succeeded'), 0)
    from app_public.submissions s
      inner join app_public.tasks t on t.id = s.task_id
    where t.closes_at <= submission_figures.at and (submission_figures.theme is null or t.theme = submission_figures.theme)
    group by s.model_id;
$$;
comment on function app_private.submission_figures(text, timestamptz) is
  'How often each model gave a page on closed tasks, how long it took and what it cost.';
revoke all on function app_private.submission_figures(text, timestamptz) from public;
