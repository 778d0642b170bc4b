-- castVote (GraphQL) -> app_private.cast_vote() -> [app_public.votes] -> app_private.pair_counts
create table if not exists app_public.votes (
  ballot_id     uuid constraint votes_one_per_ballot primary key,
  verdict       app_public.verdict not null,
  dwell_ms      integer,
  created_at    timestamptz not null default now(),
  is_counted    boolean not null,
  network_hash  bytea,
  constraint votes_ballot foreign key (ballot_id) references app_public.ballots,
  constraint votes_dwell_not_negative check (dwell_ms >= 0),
  constraint votes_network_hash_form check (octet_length(network_hash) = 16)
);
create index if not exists votes_created_at_idx on app_public.votes (created_at);
create index if not exists votes_network_hash_idx on app_public.votes (network_hash);

call app_private.reset_access('app_public.votes');
create policy select_own on app_public.votes for select to autobench_anon, autobench_member
  using (exists (select from app_public.ballots b where b.id = ballot_id)); -- under the policy on ballots
grant select (ballot_id, verdict, dwell_ms, created_at) on app_public.votes to autobench_anon, autobench_member;
-- No grant on is_counted: a voter whose votes are not counted is not told. No write: a vote is final; cast_vote() is the door.

comment on table app_public.votes is 'What people said, one row for each used ballot. Rows are never deleted; whether they count is a verdict of its own.';
comment on column app_public.votes.ballot_id is 'The ballot that was used up.';
comment on column app_public.votes.verdict is 'What was said.';
comment on column app_public.votes.dwell_ms is 'How long both pages were looked at, as the voter''s browser tells it.';
comment on column app_public.votes.created_at is 'When it was cast.';
comment on column app_public.votes.is_counted is 'Whether it counts: no check has failed.';
comment on column app_public.votes.network_hash is 'The voter''s network of that day, hashed under a salt that is deleted after 48 hours.';
