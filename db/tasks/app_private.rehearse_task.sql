-- autobench rehearse -> [app_private.rehearse_task()] -> app_public.tasks, app_public.submissions -> app_private.open_matches()
create or replace function app_private.rehearse_task(
  day date,
  slot integer,
  title text,
  theme text,
  prompt_text text,
  answers jsonb
) returns uuid
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at constant timestamptz := rehearse_task.day::timestamp at time zone 'utc';
  v_task app_public.tasks;
begin
  if exists (
    select from jsonb_array_elements(answers) a
        left join app_public.models m on m.slug = a ->> 'model'
      where m.is_rehearsal is not true
  ) then
    raise exception 'Only canned models rehearse.' using errcode = 'TB065', hint = 'Real models are asked, once, on the day itself.';
  end if;
  insert into app_public.tasks
      (challenge_date, slot, title, theme, prompt_text, prompt_metadata, status, created_at, generated_at, dispatched_at, closes_at, expires_at)
    values (
      rehearse_task.day, rehearse_task.slot, rehearse_task.title, rehearse_task.theme, rehearse_task.prompt_text, '{"source": "rehearsal"}',
      'dispatched', v_at, v_at + interval '30 seconds', v_at + interval '5 minutes', v_at + interval '1 day', v_at + interval '2 days'
    )
    returning * into v_task;
  insert into app_public.submissions (
      task_id, model_id, status, created_at, started_at, finished_at, latency_ms, input_tokens, output_tokens, cost_usd, html_sha256,
      html_bytes, is_truncated, revealed_at
    )
    select v_task.id, m.id, 'succeeded', v_task.dispatched_at, v_task.dispatched_at,
        v_task.dispatched_at + make_interval(secs => a.latency_ms / 1000.0), a.latency_ms, a.input_tokens, a.output_tokens,
        (a.input_tokens * m.input_usd_per_million + a.output_tokens * m.output_usd_per_million) / 1e6,
        sha256(convert_to(a.html, 'UTF8')), octet_length(a.html), false,
        case when v_task.is_showcase then v_task.dispatched_at else v_task.closes_at end
      from jsonb_to_recordset(answers) a (model text, html text, latency_ms integer, input_tokens integer, output_tokens integer)
        inner join app_public.models m on m.slug = a.model
      order by m.slug;
  insert into app_public.submission_codes (submission_id, html, revealed_at, expires_at)
    select s.id, a.html, s.revealed_at, v_task.expires_at
      from jsonb_to_recordset(answers) a (model text, html text)
        inner join app_public.models m on m.slug = a.model
        inner join app_public.submissions s on s.model_id = m.id and s.task_id = v_task.id;
  return v_task.id;
end;
$$;
comment on function app_private.rehearse_task(date, integer, text, text, text, jsonb) is
  'A task of a past day as it would have been, answered by canned models alone, and marked as rehearsed. Errors: TB065.';
revoke all on function app_private.rehearse_task(date, integer, text, text, text, jsonb) from public;
