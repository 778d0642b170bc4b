-- app_public.submit_answer(), app_private.sweep_judgings() -> [app_private.queue_judging()] -> judge_answer
create or replace function app_private.queue_judging(purpose text, id uuid, run_at timestamptz default now()) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
begin
  perform graphile_worker.add_job(
    'judge_answer',
    json_build_object('purpose', queue_judging.purpose, 'id', queue_judging.id),
    run_at => queue_judging.run_at,
    max_attempts => 25,
    job_key => 'judging:' || queue_judging.id,
    priority => case queue_judging.purpose when 'answer' then 0 else 10 end
  );
end;
$$;
comment on function app_private.queue_judging(text, uuid, timestamptz) is
  'Queues a judging, once however often it is asked for; somebody who waits goes before checks and re-judgings.';
revoke all on function app_private.queue_judging(text, uuid, timestamptz) from public;
