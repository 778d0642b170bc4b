-- app_private.network_hash() -> [app_private.network_salts] -> cleanup_expired
create table if not exists app_private.network_salts (
  day         date constraint network_salts_pkey primary key,
  salt        bytea not null default extensions.gen_random_bytes(32),
  created_at  timestamptz not null default now(),
  constraint network_salts_length check (octet_length(salt) = 32)
);
create index if not exists network_salts_created_at_idx on app_private.network_salts (created_at);

call app_private.reset_access('app_private.network_salts');
-- No policy and no grant: network_hash() is the only door.

comment on table app_private.network_salts is 'What networks are hashed with, a day each: after 48 hours nobody can tell which network a hash was.';
comment on column app_private.network_salts.day is 'The UTC day.';
comment on column app_private.network_salts.salt is 'Random, and known to nobody.';
comment on column app_private.network_salts.created_at is 'When the day''s first ballot was drawn.';
