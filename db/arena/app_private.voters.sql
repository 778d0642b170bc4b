-- app_private.ensure_voter() -> [app_private.voters] -> app_public.ballots, app_private.exclude_voter()
create table if not exists app_private.voters (
  id                 bigint generated always as identity constraint voters_pkey primary key,
  user_id            uuid,
  visitor_hash       bytea,
  created_at         timestamptz not null default now(),
  current_ballot_id  uuid,
  excluded_at        timestamptz,
  has_voted          boolean not null default false,
  voted_on           date,
  sealed_votes       integer not null default 0,
  revealed_votes     integer not null default 0,
  constraint voters_one_per_member unique (user_id),
  constraint voters_one_per_visitor unique (visitor_hash),
  constraint voters_user foreign key (user_id) references app_public.users on delete set null,
  constraint voters_member_or_visitor check (user_id is null or visitor_hash is null),
  constraint voters_visitor_hash_form check (octet_length(visitor_hash) = 32)
) with (fillfactor = 80);
create index if not exists voters_without_votes_idx on app_private.voters (created_at) where not has_voted;

call app_private.reset_access('app_private.voters');
create policy select_all on app_private.voters for select to autobench_operator
  using (true);
grant select (id, user_id, created_at, excluded_at) on app_private.voters to autobench_operator;
-- No grant on visitor_hash: it stands for a cookie. No write: ensure_voter() and exclude_voter() are the doors.

comment on table app_private.voters is 'Who votes: a member, or a visitor known by a cookie. Both are null when a member has been forgotten.';
comment on column app_private.voters.id is 'Identity of the voter; never shown outside.';
comment on column app_private.voters.user_id is 'The member.';
comment on column app_private.voters.visitor_hash is 'SHA-256 of the visitor''s cookie.';
comment on column app_private.voters.created_at is 'When the voter first drew a ballot.';
comment on column app_private.voters.current_ballot_id is 'The ballot drawn last.';
comment on column app_private.voters.excluded_at is 'Since when the voter''s votes do not count, if so.';
comment on column app_private.voters.voted_on is 'The UTC day of which the votes are counted here: the last on which the voter had voted when they drew a ballot.';
comment on column app_private.voters.sealed_votes is 'How many votes on sealed tasks the voter had cast that day, when they drew their current ballot.';
comment on column app_private.voters.revealed_votes is 'How many on revealed ones.';
comment on column app_private.voters.has_voted is 'Whether the voter has ever voted, as of the last hour: a visitor who has not is forgotten.';
