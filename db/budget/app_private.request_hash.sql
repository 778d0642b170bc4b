-- [app_private.request_hash()] -> app_private.llm_calls.request_hash
create or replace function app_private.request_hash(request jsonb) returns bytea
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(request::text, 'UTF8'));
$$;
comment on function app_private.request_hash(jsonb) is 'SHA-256 of a request as Postgres writes it.';
revoke all on function app_private.request_hash(jsonb) from public;
