-- cast_vote() -> [app_private.network_votes] -> cleanup_expired
-- Unlogged: after a crash every network starts its day anew, which is little harm and saves the log's writes.
-- One row and not a counter for each model: one write instead of three with every vote.
create unlogged table if not exists app_private.network_votes (
  network_hash  bytea not null,
  starts_at     timestamptz not null,
  stratum       app_public.stratum not null,
  votes         integer not null,
  by_model      jsonb not null,
  constraint network_votes_pkey primary key (network_hash, starts_at, stratum)
) with (fillfactor = 50);
create index if not exists network_votes_starts_at_idx on app_private.network_votes (starts_at);

call app_private.reset_access('app_private.network_votes');
-- No policy and no grant: cast_vote() is the door.

comment on table app_private.network_votes is 'How much of its share of a day''s votes each network has used up.';
comment on column app_private.network_votes.network_hash is 'The network, hashed under the salt of the day.';
comment on column app_private.network_votes.starts_at is 'When the UTC day began.';
comment on column app_private.network_votes.stratum is 'Whether the models were unknown: each has a share of its own.';
comment on column app_private.network_votes.votes is 'Votes within the share.';
comment on column app_private.network_votes.by_model is 'Of these, how many were on each model, by its id: each vote is on two.';
