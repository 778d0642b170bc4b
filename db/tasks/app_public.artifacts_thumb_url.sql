-- app_public.artifacts -> [app_public.artifacts_thumb_url()] -> thumbUrl (GraphQL) -> GET /images/<sha256>.webp
create or replace function app_public.artifacts_thumb_url(artifact app_public.artifacts) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '/images/' || encode(artifact.thumb_sha256, 'hex') || '.webp';
$$;
comment on function app_public.artifacts_thumb_url(app_public.artifacts) is
  'Address of the small picture, on the origin of this API; null where there is none.';
revoke all on function app_public.artifacts_thumb_url(app_public.artifacts) from public;
grant execute on function app_public.artifacts_thumb_url(app_public.artifacts) to autobench_anon, autobench_member;
