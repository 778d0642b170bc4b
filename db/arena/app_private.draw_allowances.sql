-- take_draws() -> [app_private.draw_allowances] -> cleanup_expired
-- Unlogged: after a crash everybody starts the hour anew, which is little harm and saves the log's writes.
create unlogged table if not exists app_private.draw_allowances (
  kind       text not null,
  caller     text not null,
  starts_at  timestamptz not null,
  used       integer not null,
  constraint draw_allowances_pkey primary key (kind, caller, starts_at)
) with (fillfactor = 70);
create index if not exists draw_allowances_starts_at_idx on app_private.draw_allowances (starts_at);

call app_private.reset_access('app_private.draw_allowances');
-- No policy and no grant: take_draws() is the door.

comment on table app_private.draw_allowances is 'How many ballots a voter or a network drew in an hour.';
comment on column app_private.draw_allowances.kind is 'What is counted.';
comment on column app_private.draw_allowances.caller is 'Whose it is: a voter''s id, or a network''s hash.';
comment on column app_private.draw_allowances.starts_at is 'When the hour began.';
comment on column app_private.draw_allowances.used is 'How many so far.';
