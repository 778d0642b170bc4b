-- tg_submissions__queue_render() -> [app_private.queue_render()] -> app_public.artifacts, render_artifact (the queue)
create or replace function app_private.queue_render(submission app_public.submissions) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_public.artifacts (submission_id, revealed_at)
    values (submission.id, submission.revealed_at)
    on conflict on constraint artifacts_pkey do nothing;
  if found then
    -- Behind the models' own jobs (priority 0): an answer that waits costs more than a picture that does.
    perform graphile_worker.add_job(
      'render_artifact', json_build_object('submissionId', submission.id),
      job_key => 'render:' || submission.id, max_attempts => 5, priority => 10
    );
  end if;
end;
$$;
comment on function app_private.queue_render(app_public.submissions) is 'Asks for the picture of a submission''s page, once.';
revoke all on function app_private.queue_render(app_public.submissions) from public;
