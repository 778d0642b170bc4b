-- render_artifact -> [app_private.record_artifact()] -> app_private.put_blob(), app_public.artifacts, open_matches (the queue)
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_artifact(
  submission_id uuid,
  outcome jsonb,
  image bytea default null,
  thumb bytea default null,
  at timestamptz default now()
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_status app_public.artifact_status := (outcome ->> 'status')::app_public.artifact_status;
begin
  if v_status = 'queued' then
    -- Given back: the browser could not be started, and the next run may have more luck.
    update app_public.artifacts a set status = 'queued'
      where a.submission_id = record_artifact.submission_id and a.status = 'running';
    return found;
  end if;
  update app_public.artifacts a
    set status = v_status,
      reason = left(outcome ->> 'reason', 500),
      image_sha256 = case when v_status = 'rendered' then app_private.put_blob(record_artifact.image) end,
      thumb_sha256 = case when v_status = 'rendered' then app_private.put_blob(record_artifact.thumb) end,
      width = (outcome ->> 'width')::integer,
      height = (outcome ->> 'height')::integer,
      console = coalesce(outcome -> 'console', '[]'),
      errors = coalesce(outcome -> 'errors', '[]'),
      is_blank = (outcome ->> 'isBlank')::boolean,
      is_moving = (outcome ->> 'isMoving')::boolean,
      rendered_at = record_artifact.at
    where a.submission_id = record_artifact.submission_id and a.status in ('queued', 'running');
  if not found then
    return false; -- another run was faster, and its picture stays
  end if;
  -- One job for all pictures of the next second; while one is at work, a new one waits behind it.
  perform graphile_worker.add_job(
    'open_matches', '{}', run_at => record_artifact.at + interval '1 second', job_key => 'open_matches',
    job_key_mode => 'preserve_run_at', max_attempts => 5
  );
  return true;
end;
$$;
comment on function app_private.record_artifact(uuid, jsonb, bytea, bytea, timestamptz) is
  'Stores what came of rendering a page, once; says whether it did. Errors: TB060.';
revoke all on function app_private.record_artifact(uuid, jsonb, bytea, bytea, timestamptz) from public;
grant execute on function app_private.record_artifact(uuid, jsonb, bytea, bytea, timestamptz) to autobench_worker;
