-- app_public.submissions -> tg_submissions__queue_render() -> [app_public.artifacts] -> artifacts (GraphQL), the gallery
create table if not exists app_public.artifacts (
  submission_id  uuid constraint artifacts_pkey primary key,
  status         app_public.artifact_status not null default 'queued',
  reason         text,
  image_sha256   bytea,
  thumb_sha256   bytea,
  width          integer,
  height         integer,
  console        jsonb not null default '[]',
  errors         jsonb not null default '[]',
  is_blank       boolean,
  is_moving      boolean,
  created_at     timestamptz not null default now(),
  started_at     timestamptz,
  rendered_at    timestamptz,
  revealed_at    timestamptz not null,
  constraint artifacts_submission foreign key (submission_id) references app_public.submissions on delete cascade,
  constraint artifacts_image foreign key (image_sha256) references app_private.blobs,
  constraint artifacts_thumb foreign key (thumb_sha256) references app_private.blobs,
  constraint artifacts_rendered_whole check (
    (status = 'rendered') = (
      image_sha256 is not null and thumb_sha256 is not null and width is not null and height is not null
      and is_blank is not null and is_moving is not null
    )
  ),
  constraint artifacts_end_has_reason check (status not in ('skipped', 'failed') or reason is not null),
  constraint artifacts_end_is_dated check ((status in ('queued', 'running')) = (rendered_at is null)),
  constraint artifacts_start_is_dated check (status <> 'running' or started_at is not null),
  constraint artifacts_size_sane check (width between 1 and 8192 and height between 1 and 8192),
  constraint artifacts_reason_short check (char_length(reason) <= 500),
  constraint artifacts_console_cut check (
    jsonb_typeof(console) = 'array' and jsonb_array_length(console) <= 50 and char_length(console::text) <= 40000
  ),
  constraint artifacts_errors_cut check (
    jsonb_typeof(errors) = 'array' and jsonb_array_length(errors) <= 20 and char_length(errors::text) <= 20000
  )
);
create index if not exists artifacts_image_sha256_idx on app_public.artifacts (image_sha256);
create index if not exists artifacts_thumb_sha256_idx on app_public.artifacts (thumb_sha256);
create index if not exists artifacts_unfinished_idx on app_public.artifacts (created_at) where rendered_at is null;

call app_private.reset_access('app_public.artifacts');
-- Sealed as the submission is: the instant stands on the row itself, so that the rule needs no other table.
create policy select_revealed on app_public.artifacts for select to autobench_anon, autobench_member
  using (revealed_at <= (select now()));
create policy select_all on app_public.artifacts for select to autobench_operator
  using (true);
grant select on app_public.artifacts to autobench_anon, autobench_member;
-- No write: claim_artifact() and record_artifact() are the doors.

comment on table app_public.artifacts is 'What a submission''s page looks like: rendered once, in a browser with no way out.';
comment on column app_public.artifacts.submission_id is 'The submission.';
comment on column app_public.artifacts.status is 'How far it is.';
comment on column app_public.artifacts.reason is 'Why there is no picture.';
comment on column app_public.artifacts.image_sha256 is 'SHA-256 of the picture; see imageUrl.';
comment on column app_public.artifacts.thumb_sha256 is 'SHA-256 of the small picture; see thumbUrl.';
comment on column app_public.artifacts.width is 'Width of the picture, in pixels.';
comment on column app_public.artifacts.height is 'Height of the picture, in pixels.';
comment on column app_public.artifacts.console is 'What the page wrote to its console, cut: a list of level and text. Untrusted.';
comment on column app_public.artifacts.errors is 'Errors that the page did not catch, cut: a list of texts. Untrusted.';
comment on column app_public.artifacts.is_blank is 'Whether the picture holds one colour only.';
comment on column app_public.artifacts.is_moving is 'Whether the page looked different a moment later.';
comment on column app_public.artifacts.created_at is 'When it was queued.';
comment on column app_public.artifacts.started_at is 'When a browser last began with it.';
comment on column app_public.artifacts.rendered_at is 'When its end was known.';
comment on column app_public.artifacts.revealed_at is 'From when everybody may see whose it is.';
