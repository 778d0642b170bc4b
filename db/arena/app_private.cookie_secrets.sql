-- app_private.cookie_secret() -> [app_private.cookie_secrets]
create table if not exists app_private.cookie_secrets (
  purpose     text constraint cookie_secrets_pkey primary key,
  secret      bytea not null default extensions.gen_random_bytes(32),
  created_at  timestamptz not null default now(),
  constraint cookie_secrets_length check (octet_length(secret) = 32)
);

call app_private.reset_access('app_private.cookie_secrets');
-- No policy and no grant: cookie_secret() is the only door.

comment on table app_private.cookie_secrets is
  'What cookies are signed with. Here, so that all servers know the same without being told; delete a row, and restart them, to have every visitor begin anew.';
comment on column app_private.cookie_secrets.purpose is 'Which cookie.';
comment on column app_private.cookie_secrets.secret is 'Random.';
comment on column app_private.cookie_secrets.created_at is 'When it was made.';
