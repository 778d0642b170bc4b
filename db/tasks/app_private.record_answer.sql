-- answer_task -> [app_private.record_answer()] -> app_public.submissions, app_public.submission_codes
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_answer(
  call_id bigint,
  html text,
  is_truncated boolean,
  names_maker text[],
  reason text
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_submission app_public.submissions;
  v_expires_at timestamptz;
begin
  select s.* into v_submission
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
    where c.id = record_answer.call_id and c.subject_type = 'submission' and c.state = 'done'
    for update of s;
  if not found or v_submission.finished_at is not null then
    return false; -- recorded before
  end if;
  perform graphile_worker.remove_job('llm_call:' || record_answer.call_id); -- nothing is left to be read
  select t.expires_at into strict v_expires_at from app_public.tasks t where t.id = v_submission.task_id;
  if record_answer.html is null then
    update app_public.submissions s
      set status = 'failed', reason = coalesce(record_answer.reason, 'The reply held no page.'), finished_at = now()
      where s.id = v_submission.id;
    return true;
  end if;
  insert into app_public.submission_codes (submission_id, html, revealed_at, expires_at)
    values (v_submission.id, record_answer.html, v_submission.revealed_at, v_expires_at);
  update app_public.submissions s
    set status = 'succeeded', finished_at = now(), is_truncated = record_answer.is_truncated,
      names_maker = nullif(record_answer.names_maker, '{}'),
      html_sha256 = sha256(convert_to(record_answer.html, 'UTF8')), html_bytes = octet_length(record_answer.html)
    where s.id = v_submission.id;
  return true;
end;
$$;
comment on function app_private.record_answer(bigint, text, boolean, text[], text) is
  'Stores the page taken out of a call''s reply, or that there was none; says whether it did, or another run had.';
revoke all on function app_private.record_answer(bigint, text, boolean, text[], text) from public;
grant execute on function app_private.record_answer(bigint, text, boolean, text[], text) to autobench_worker;
