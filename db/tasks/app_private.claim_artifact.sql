-- render_artifact -> [app_private.claim_artifact()] -> app_public.artifacts, app_public.submission_codes
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.claim_artifact(
  submission_id uuid,
  lease interval,
  at timestamptz default now(),
  out verdict text,
  out html text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_artifact app_public.artifacts;
begin
  select a.* into v_artifact
    from app_public.artifacts a
    where a.submission_id = claim_artifact.submission_id
    for update;
  if not found or v_artifact.status not in ('queued', 'running') then
    verdict := 'done';
    return;
  elsif v_artifact.status = 'running' and v_artifact.started_at + claim_artifact.lease > claim_artifact.at then
    verdict := 'wait'; -- another browser is at it, or its worker has gone: the lease decides
    return;
  end if;
  select c.html into html
    from app_public.submission_codes c
    where c.submission_id = claim_artifact.submission_id;
  if html is null then
    update app_public.artifacts a
      set status = 'failed', reason = 'The page has gone before it could be rendered.', rendered_at = claim_artifact.at
      where a.submission_id = claim_artifact.submission_id;
    verdict := 'done';
    return;
  end if;
  update app_public.artifacts a
    set status = 'running', started_at = claim_artifact.at
    where a.submission_id = claim_artifact.submission_id;
  verdict := 'render';
end;
$$;
comment on function app_private.claim_artifact(uuid, interval, timestamptz) is
  'Takes an artifact to be rendered and returns its page. Verdicts: render, wait (somebody is at it), done.';
revoke all on function app_private.claim_artifact(uuid, interval, timestamptz) from public;
grant execute on function app_private.claim_artifact(uuid, interval, timestamptz) to autobench_worker;
