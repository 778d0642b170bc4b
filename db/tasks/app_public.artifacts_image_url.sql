-- app_public.artifacts -> [app_public.artifacts_image_url()] -> imageUrl (GraphQL) -> GET /images/<sha256>.webp
create or replace function app_public.artifacts_image_url(artifact app_public.artifacts) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '/images/' || encode(artifact.image_sha256, 'hex') || '.webp';
$$;
comment on function app_public.artifacts_image_url(app_public.artifacts) is
  'Address of the picture, on the origin of this API; null where there is none.';
revoke all on function app_public.artifacts_image_url(app_public.artifacts) from public;
grant execute on function app_public.artifacts_image_url(app_public.artifacts) to autobench_anon, autobench_member;
