-- app_private.llm_calls -> [app_private.tg_llm_calls__settle()] -> app_private.settle_submission(), answer_task
create or replace function app_private.tg_llm_calls__settle() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.subject_type = 'submission' then
    if tg_op = 'UPDATE' then
      perform app_private.settle_submission(new);
    end if;
    -- A pending call has a job. So has a done one, in case the worker goes away before it has read the reply: record_answer()
    -- takes that job back. The key keeps it to one.
    if new.state = 'pending'
      or (new.state = 'done' and exists (select from app_public.submissions s where s.id = new.subject_id and s.finished_at is null))
    then
      perform graphile_worker.add_job(
        'answer_task',
        json_build_object('callId', new.id),
        run_at => case new.state when 'done' then now() + interval '1 minute' else new.next_try_at end,
        max_attempts => 5,
        job_key => 'llm_call:' || new.id
      );
    end if;
  end if;
  return null;
end;
$$;
comment on function app_private.tg_llm_calls__settle() is 'Carries a call''s state over to what it is about, and queues what is to be done next.';
revoke all on function app_private.tg_llm_calls__settle() from public;

create or replace trigger _500_settle_insert after insert on app_private.llm_calls
  for each row execute function app_private.tg_llm_calls__settle();
create or replace trigger _500_settle_update after update of state on app_private.llm_calls
  for each row when (old.state is distinct from new.state) execute function app_private.tg_llm_calls__settle();
