-- a DBA, app_operations.retry_submission() -> [app_private.retry_submission()] -> app_private.llm_calls, app_private.operator_log
create or replace function app_private.retry_submission(id uuid, reason text) returns app_public.submissions
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call app_private.llm_calls;
  v_attempt_id bigint;
  v_submission app_public.submissions;
begin
  perform app_private.log_operator('retry_submission', retry_submission.id::text, retry_submission.reason);
  -- The attempt before its call, as whoever settles it: the other way round a late answer and an operator would deadlock.
  select a.id into v_attempt_id
    from app_private.llm_attempts a
      inner join app_private.llm_calls c on c.id = a.call_id
    where c.subject_type = 'submission' and c.subject_id = retry_submission.id and a.state = 'in_doubt'
    for update of a;
  select c.* into v_call
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
      inner join app_public.tasks t on t.id = s.task_id
    where c.subject_type = 'submission' and c.subject_id = retry_submission.id
      and c.state in ('failed', 'in_doubt') and t.closes_at > clock_timestamp()
    for update of c;
  if not found then
    raise exception 'This submission cannot be asked for again.'
      using errcode = 'TB042', hint = 'It must be failed or in doubt, and its task must still be open.';
  end if;
  if v_attempt_id is not null then
    -- Whoever decides takes it on themselves that the model may be paid twice: the first hold counts as spent.
    perform app_private.end_attempt(v_attempt_id, 'abandoned', 'operator', 'Asked again by an operator.', null);
  end if;
  update app_private.llm_calls c
    set state = 'pending', next_try_at = now(), max_attempts = least(c.max_attempts + 1, 200), reason = 'Asked again by an operator.'
    where c.id = v_call.id;
  select s.* into v_submission from app_public.submissions s where s.id = retry_submission.id;
  return v_submission;
end;
$$;
comment on function app_private.retry_submission(uuid, text) is
  'Asks for a failed or doubtful answer again, on somebody''s word, which is written down. Errors: TB017, TB042.';
revoke all on function app_private.retry_submission(uuid, text) from public;
