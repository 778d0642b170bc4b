-- claims, webhook -> [app_private.provider_profile()] -> app_private.ensure_account(), app_private.sync_profile()
create or replace function app_private.provider_profile(claims jsonb) returns jsonb
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- What would break a rule of our tables is left out: a provider's odd value must not keep anybody from signing in.
  select jsonb_strip_nulls(jsonb_build_object(
    'username', (
      select left(v.name, 30)
        from (select regexp_replace(coalesce(claims ->> 'username', claims ->> 'preferred_username'), '[^A-Za-z0-9_]', '_', 'g')) v (name)
        where v.name ~ '^[A-Za-z][A-Za-z0-9_]{2,}$'
    ),
    'full_name', (
      select left(v.name, 80)
        from (select btrim(regexp_replace(coalesce(claims ->> 'full_name', claims ->> 'name'), '[[:cntrl:]]', ' ', 'g'))) v (name)
        where v.name <> ''
    ),
    'avatar_url', (
      select v.url
        from (select coalesce(claims ->> 'avatar_url', claims ->> 'picture')) v (url)
        where v.url ~ '^https://[^[:space:]"''<>]+$' and char_length(v.url) <= 500
    ),
    'email', (
      select v.email
        from (select claims ->> 'email') v (email)
        where v.email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and char_length(v.email) <= 320
    )
  ));
$$;
comment on function app_private.provider_profile(jsonb) is
  'The usable part of what a token or webhook says of a person: username, full_name, avatar_url, email.';
revoke all on function app_private.provider_profile(jsonb) from public;
