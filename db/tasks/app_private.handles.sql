-- app_private.mint_handle() -> [app_private.handles] -> app_private.read_handle() -> /h/<handle>, /images/h/<handle>; app_private.ballot_side()
create table if not exists app_private.handles (
  handle         text constraint handles_pkey primary key,
  submission_id  uuid not null,
  kind           text not null,
  created_at     timestamptz not null default now(),
  expires_at     timestamptz not null,
  ballot_id      uuid,
  side           text,
  constraint handles_submission foreign key (submission_id) references app_public.submissions on delete cascade,
  constraint handles_ballot foreign key (ballot_id) references app_public.ballots on delete cascade,
  constraint handles_one_per_side_and_kind unique (ballot_id, side, kind),
  constraint handles_side_known check (side in ('left', 'right')),
  constraint handles_side_of_ballot check ((ballot_id is null) = (side is null)),
  constraint handles_form check (handle ~ '^[0-9a-f]{64}$'),
  constraint handles_kind_known check (kind in ('page', 'image', 'thumb')),
  constraint handles_end_after_they_begin check (expires_at > created_at)
);
create index if not exists handles_submission_id_idx on app_private.handles (submission_id);
create index if not exists handles_expires_at_idx on app_private.handles (expires_at);

call app_private.reset_access('app_private.handles');
-- No policy and no grant: mint_handle() and read_handle() are the doors.

comment on table app_private.handles is
  'Random names under which a sealed page or picture is shown: new for every ballot, so that they say nothing about whose it is.';
comment on column app_private.handles.handle is 'The name: 64 random hexadecimal digits.';
comment on column app_private.handles.submission_id is 'What it stands for.';
comment on column app_private.handles.kind is 'Which of it: the page, its picture, or the small picture.';
comment on column app_private.handles.created_at is 'When it was minted.';
comment on column app_private.handles.expires_at is 'Until when it opens anything.';
comment on column app_private.handles.ballot_id is 'The ballot that it was minted for, if it was for one.';
comment on column app_private.handles.side is 'On which side of the ballot it is shown.';
