-- batch_ai_processor -> [app_private.claim_coach_batch()] -> app_public.queue_jobs
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.claim_coach_batch(at timestamptz default now(), size integer default 10)
returns table (batch_id uuid, job_id uuid, input jsonb)
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_batch_id uuid := gen_random_uuid();
begin
  return query
    update app_public.queue_jobs j
      set status = 'running', batch_id = v_batch_id, attempts = j.attempts + 1, error = null
      where j.id in (
        select d.id
          from app_public.queue_jobs d
          where d.status = 'pending' and d.run_at <= claim_coach_batch.at
          order by d.run_at, d.id
          limit claim_coach_batch.size
          for update skip locked
      )
      returning j.batch_id, j.id, j.input;
end;
$$;
comment on function app_private.claim_coach_batch(timestamptz, integer) is
  'Takes the next ten wishes that are due, past those that another worker is taking, as a batch of their own.';
revoke all on function app_private.claim_coach_batch(timestamptz, integer) from public;
grant execute on function app_private.claim_coach_batch(timestamptz, integer) to autobench_worker;
