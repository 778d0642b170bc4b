-- autobench sync, npm start -> [app_private.content_syncs] -> db/cluster/content.ts
create table if not exists app_private.content_syncs (
  kind        text constraint content_syncs_pkey primary key,
  hash        bytea not null,
  applied_at  timestamptz not null default now(),
  constraint content_syncs_hash_form check (octet_length(hash) = 32)
);

call app_private.reset_access('app_private.content_syncs');
-- No policy and no grant: the owner's sync alone looks here.

comment on table app_private.content_syncs is
  'Which state of content/ was taken in last: a start applies it again only when the files have changed since.';
comment on column app_private.content_syncs.kind is 'models or prompts.';
comment on column app_private.content_syncs.hash is 'SHA-256 of what was applied.';
comment on column app_private.content_syncs.applied_at is 'When it was applied.';
