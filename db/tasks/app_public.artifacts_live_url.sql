-- app_public.artifacts -> [app_public.artifacts_live_url()] -> liveUrl (GraphQL) -> GET /p/<sha256> on the second origin
create or replace function app_public.artifacts_live_url(artifact app_public.artifacts) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  -- Read under the caller's own rights: a page that is sealed, expired or purged has no address.
  select coalesce(current_setting('app.sandbox_url', true), '') || '/p/' || encode(s.html_sha256, 'hex')
    from app_public.submissions s
      inner join app_public.submission_codes c on c.submission_id = s.id
    where s.id = artifact.submission_id and s.revealed_at <= now() and c.expires_at > now();
$$;
comment on function app_public.artifacts_live_url(app_public.artifacts) is
  'Address of the live page on the second origin, for a frame with sandbox="allow-scripts" alone; null when it is not shown any more.';
revoke all on function app_public.artifacts_live_url(app_public.artifacts) from public;
grant execute on function app_public.artifacts_live_url(app_public.artifacts) to autobench_anon, autobench_member;
