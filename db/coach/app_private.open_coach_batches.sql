-- batch_ai_processor -> [app_private.open_coach_batches()] -> app_public.queue_jobs
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.open_coach_batches() returns table (batch_id uuid, job_id uuid, input jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select j.batch_id, j.id, j.input
    from app_public.queue_jobs j
    where j.status = 'running'
    order by j.batch_id, j.id;
$$;
comment on function app_private.open_coach_batches() is 'The batches that a worker took and has not finished, or did not live to finish.';
revoke all on function app_private.open_coach_batches() from public;
grant execute on function app_private.open_coach_batches() to autobench_worker;
