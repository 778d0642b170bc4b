-- crontab -> sweep_calls -> [app_private.sweep_attempts()] -> app_private.end_attempt()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.sweep_attempts(out not_executed integer, out in_doubt integer, out closed integer, out requeued integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt record;
  v_call app_private.llm_calls;
begin
  not_executed := 0;
  in_doubt := 0;
  -- A lease that is over: what was only reserved has provably not left; what was being sent may have.
  for v_attempt in
    select a.id, a.state
      from app_private.llm_attempts a
      where a.state in ('reserved', 'sending') and a.lease_until < clock_timestamp()
      order by a.id
      for update skip locked
  loop
    if v_attempt.state = 'reserved' then
      perform app_private.end_attempt(v_attempt.id, 'not_executed', 'lease_over', 'The worker went away before anything was sent.', '0');
      not_executed := not_executed + 1;
    else
      perform app_private.end_attempt(v_attempt.id, 'in_doubt', 'lease_over', 'The worker went away after the request may have left.', null);
      in_doubt := in_doubt + 1;
    end if;
  end loop;

  -- Whoever still waits when the task closes is too late: every submission comes to an end.
  closed := 0;
  for v_call in
    select c.*
      from app_private.llm_calls c
        inner join app_public.submissions s on s.id = c.subject_id
        inner join app_public.tasks t on t.id = s.task_id
      where c.subject_type = 'submission' and c.state = 'pending' and s.finished_at is null and t.closes_at <= clock_timestamp()
      order by c.id
      for update of c skip locked
  loop
    update app_private.llm_calls c
      set state = 'failed', reason = 'The task closed before the model was asked. ' || coalesce(c.reason, '')
      where c.id = v_call.id;
    closed := closed + 1;
  end loop;

  -- A reply that nobody has managed to read by the time its page would be gone: it comes to an end as well.
  update app_public.submissions s
    set status = 'failed', reason = 'The reply could not be read.', finished_at = now()
    from app_private.llm_calls c, app_public.tasks t
    where c.subject_type = 'submission' and c.subject_id = s.id and c.state = 'done' and s.finished_at is null
      and t.id = s.task_id and t.expires_at <= clock_timestamp()
      and not exists (
        select from app_private.llm_attempts a
          where a.call_id = c.id and a.finished_at > clock_timestamp() - interval '1 hour'
      );

  -- A call whose job was lost gets a new one; so does one in doubt whose answer is here after all, and only has to be read.
  select count(graphile_worker.add_job('answer_task', json_build_object('callId', c.id), run_at => greatest(c.next_try_at, now()), max_attempts => 5, job_key => 'llm_call:' || c.id))::integer
    into requeued
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
    where c.subject_type = 'submission'
      and (
        (c.state in ('pending', 'done') and s.finished_at is null)
        or (
          c.state = 'in_doubt' and s.status = 'in_doubt'
          and exists (
            select from app_private.llm_attempts a
                inner join app_private.llm_replies r on r.attempt_id = a.id
              where a.call_id = c.id and a.state = 'in_doubt' and r.status between 200 and 299
          )
        )
      )
      and not exists (select from graphile_worker.jobs j where j.key = 'llm_call:' || c.id and j.attempts < j.max_attempts);
end;
$$;
comment on function app_private.sweep_attempts() is
  'Ends attempts whose worker has gone, and calls that nobody can answer any more; nothing that may have been sent is sent again.';
revoke all on function app_private.sweep_attempts() from public;
grant execute on function app_private.sweep_attempts() to autobench_worker;
