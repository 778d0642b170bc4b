-- take_draws(), cast_vote() -> [app_private.vote_allowances] -> cleanup_expired
-- Unlogged: after a crash everybody starts the day anew, which is little harm and saves the log's writes.
create unlogged table if not exists app_private.vote_allowances (
  kind       text not null,
  caller     text not null,
  starts_at  timestamptz not null,
  used       integer not null,
  constraint vote_allowances_pkey primary key (kind, caller, starts_at),
  constraint vote_allowances_used_positive check (used > 0)
) with (fillfactor = 70);
create index if not exists vote_allowances_starts_at_idx on app_private.vote_allowances (starts_at);

call app_private.reset_access('app_private.vote_allowances');
-- No policy and no grant: the functions that draw and cast are the only doors.

comment on table app_private.vote_allowances is 'How many ballots were drawn in an hour and votes cast in a day, by voter, network, and network on a model.';
comment on column app_private.vote_allowances.kind is 'What is counted.';
comment on column app_private.vote_allowances.caller is 'Whose it is: a voter''s id, or a network''s hash.';
comment on column app_private.vote_allowances.starts_at is 'When the hour or the UTC day began.';
comment on column app_private.vote_allowances.used is 'How many so far.';
