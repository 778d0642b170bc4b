-- app_private.publish_board() -> [app_public.rating_snapshots] -> app_public.ratings, ratingSnapshots (GraphQL)
create table if not exists app_public.rating_snapshots (
  id               bigint generated always as identity constraint rating_snapshots_pkey primary key,
  theme            text,
  has_ties         boolean not null,
  is_rehearsal     boolean not null,
  method_version   integer not null,
  prior_votes      float8 not null,
  votes            integer not null,
  tasks            integer not null,
  last_position    bigint not null,
  is_disconnected  boolean not null,
  counts_hash      bytea not null,
  exclusions_hash  bytea not null,
  ratings_hash     bytea,
  published_at     timestamptz not null default now(),
  constraint rating_snapshots_hashes_form check (
    octet_length(counts_hash) = 32 and octet_length(exclusions_hash) = 32 and octet_length(ratings_hash) = 32
  )
);
create index if not exists rating_snapshots_board_idx on app_public.rating_snapshots (is_rehearsal, theme, has_ties, id desc);
create index if not exists rating_snapshots_published_at_idx on app_public.rating_snapshots (published_at);

call app_private.reset_access('app_public.rating_snapshots');
create policy select_all on app_public.rating_snapshots for select to autobench_anon, autobench_member
  using (true);
grant select on app_public.rating_snapshots to autobench_anon, autobench_member;
-- No write: publish_board() is the door; what was published stays.

comment on table app_public.rating_snapshots is 'Every board that was ever published. It holds closed tasks only.';
comment on column app_public.rating_snapshots.id is 'Identity of the snapshot; a later one has a greater id.';
comment on column app_public.rating_snapshots.theme is 'The theme of the tasks; null for all of them.';
comment on column app_public.rating_snapshots.has_ties is 'Whether a tie counts as half a win for either, or not at all.';
comment on column app_public.rating_snapshots.is_rehearsal is 'Whether it is the board of canned models.';
comment on column app_public.rating_snapshots.method_version is
  'How it was made. 1: Bradley-Terry with prior votes, interval clustered by task and floored by dispersion, ranks by the variance of differences, with the same floor.';
comment on column app_public.rating_snapshots.prior_votes is 'Votes that each model has drawn against a virtual one.';
comment on column app_public.rating_snapshots.votes is 'Votes that it is made of.';
comment on column app_public.rating_snapshots.tasks is 'Tasks that they were cast on.';
comment on column app_public.rating_snapshots.last_position is 'The last folded task that it holds.';
comment on column app_public.rating_snapshots.is_disconnected is 'Whether some models have not met the others even by a third: then no order between them is known.';
comment on column app_public.rating_snapshots.counts_hash is 'SHA-256 of the counts that it is made of.';
comment on column app_public.rating_snapshots.exclusions_hash is 'SHA-256 of the votes that were left out.';
comment on column app_public.rating_snapshots.ratings_hash is 'SHA-256 of its ratings, and of what it says of itself.';
comment on column app_public.rating_snapshots.published_at is 'When it was due: a run that came late says the instant that it is for, so this is no order in which snapshots were made.';
