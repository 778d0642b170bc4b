-- shareProgress (GraphQL) -> app_public.share_progress() -> [app_private.shareable_progress] -> GET /share/<token>, sharedProgress (GraphQL)
create table if not exists app_private.shareable_progress (
  token       text constraint shareable_progress_pkey primary key default encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'hex'),
  user_id     uuid not null,
  snapshot    jsonb not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  constraint shareable_progress_user foreign key (user_id) references app_public.users on delete cascade,
  constraint shareable_progress_token_form check (token ~ '^[0-9a-f]{64}$'),
  constraint shareable_progress_expires_later check (expires_at > created_at)
);
create index if not exists shareable_progress_user_id_idx on app_private.shareable_progress (user_id);
create index if not exists shareable_progress_expires_at_idx on app_private.shareable_progress (expires_at);

call app_private.reset_access('app_private.shareable_progress');
-- No policy and no grant: whoever has the token sees the card, by read_share().

comment on table app_private.shareable_progress is 'Cards of a member''s progress, as it was, for whoever has the link.';
comment on column app_private.shareable_progress.token is 'What the link holds: 244 random bits.';
comment on column app_private.shareable_progress.user_id is 'Whose card it is.';
comment on column app_private.shareable_progress.snapshot is 'What it shows.';
comment on column app_private.shareable_progress.created_at is 'When it was made.';
comment on column app_private.shareable_progress.expires_at is 'From then on there is no such card, cleaned up or not.';
