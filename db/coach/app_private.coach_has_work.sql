-- batch_ai_processor -> [app_private.coach_has_work()] -> app_public.queue_jobs
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.coach_has_work(at timestamptz default now()) returns boolean
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_public.queue_jobs j
      where j.status = 'running' or (j.status = 'pending' and j.run_at <= coach_has_work.at)
  );
$$;
comment on function app_private.coach_has_work(timestamptz) is 'Whether somebody waits for the coach.';
revoke all on function app_private.coach_has_work(timestamptz) from public;
grant execute on function app_private.coach_has_work(timestamptz) to autobench_worker;
