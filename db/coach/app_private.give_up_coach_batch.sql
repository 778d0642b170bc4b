-- batch_ai_processor, record_coach_notes() -> [app_private.give_up_coach_batch()] -> app_public.queue_jobs
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.give_up_coach_batch(batch_id uuid, reason text, may_retry boolean) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job app_public.queue_jobs;
  v_jobs integer := 0;
begin
  for v_job in
    select j.* from app_public.queue_jobs j
      where j.batch_id = give_up_coach_batch.batch_id and j.status = 'running'
      order by j.user_id, j.id
      for update
  loop
    update app_public.queue_jobs j
      set status = case when give_up_coach_batch.may_retry and j.attempts < 3 then 'pending' else 'failed' end::app_public.job_status,
          finished_at = case when give_up_coach_batch.may_retry and j.attempts < 3 then null else now() end,
          run_at = now() + interval '10 minutes' * j.attempts, error = left(give_up_coach_batch.reason, 500)
      where j.id = v_job.id
      returning * into v_job;
    if v_job.status = 'failed' then
      perform app_private.settle_tokens('coach', v_job.id, 0); -- what came to nothing costs nothing
    end if;
    v_jobs := v_jobs + 1;
  end loop;
  return v_jobs;
end;
$$;
comment on function app_private.give_up_coach_batch(uuid, text, boolean) is
  'Ends a batch that came to nothing: its wishes wait for another one, at most three times, or fail.';
revoke all on function app_private.give_up_coach_batch(uuid, text, boolean) from public;
grant execute on function app_private.give_up_coach_batch(uuid, text, boolean) to autobench_worker;
