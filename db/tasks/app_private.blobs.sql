-- record_artifact() -> app_private.put_blob() -> [app_private.blobs] -> app_private.read_image() -> /images/<sha256>.webp
create table if not exists app_private.blobs (
  sha256      bytea constraint blobs_pkey primary key,
  media_type  text not null,
  bytes       bytea not null,
  created_at  timestamptz not null default now(),
  constraint blobs_named_by_content check (sha256 = sha256(bytes)),
  constraint blobs_media_type_known check (media_type = 'image/webp'),
  constraint blobs_size_sane check (octet_length(bytes) between 1 and 4194304)
);
-- Pictures are compressed already.
alter table app_private.blobs alter column bytes set storage external;
create index if not exists blobs_created_at_idx on app_private.blobs (created_at);

call app_private.reset_access('app_private.blobs');
-- No policy and no grant: put_blob(), read_image() and read_handle() are the doors.

comment on table app_private.blobs is 'Pictures, each kept once under the hash of its bytes.';
comment on column app_private.blobs.sha256 is 'SHA-256 of the bytes.';
comment on column app_private.blobs.media_type is 'What the bytes are.';
comment on column app_private.blobs.bytes is 'The picture.';
comment on column app_private.blobs.created_at is 'When it was stored first.';
