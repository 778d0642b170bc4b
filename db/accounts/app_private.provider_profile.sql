-- claims, webhook -> [app_private.provider_profile()] -> app_private.ensure_account(), app_private.sync_profile()
create or replace function app_private.provider_profile(claims jsonb) returns jsonb
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- What would break a rule of our tables is left out: a provider's odd value must not keep anybody from signing in.
  with said as (
    select
        coalesce(t.texts ->> 'username', t.texts ->> 'preferred_username') as username,
        -- One line of visible text: see users_full_name_form.
        regexp_replace(
          coalesce(t.texts ->> 'full_name', t.texts ->> 'name'),
          '[[:cntrl:][:space:]\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]+', ' ', 'g'
        ) as full_name,
        coalesce(t.texts ->> 'avatar_url', t.texts ->> 'picture') as avatar_url,
        t.texts ->> 'email' as email
      from (
        select jsonb_object_agg(c.key, c.value)
          from jsonb_each(case jsonb_typeof(claims) when 'object' then claims else '{}' end) c
          where jsonb_typeof(c.value) = 'string' and c.value <> '""'
      ) t (texts)
  )
  select jsonb_strip_nulls(jsonb_build_object(
    'username', (
      select left(v.name, 30)
        from (select regexp_replace(said.username, '[^A-Za-z0-9_]', '_', 'g')) v (name)
        where v.name ~ '^[A-Za-z][A-Za-z0-9_]{2,}$'
    ),
    'full_name', nullif(btrim(left(btrim(said.full_name), 80)), ''),
    'avatar_url', case
      when said.avatar_url ~ '^https://[^[:space:]"''<>]+$' and char_length(said.avatar_url) <= 500 then said.avatar_url
    end,
    'email', case
      when said.email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and char_length(said.email) <= 320 then said.email
    end
  ))
    from said;
$$;
comment on function app_private.provider_profile(jsonb) is
  'The usable part of what a token or webhook says of a person: username, full_name, avatar_url, email.';
revoke all on function app_private.provider_profile(jsonb) from public;
