-- app_private.take_rate() -> [app_private.rate_limits] -> app_private.purge_batch()
-- Unlogged: after a crash everybody starts with an empty window, which is no harm and saves the log's writes.
create unlogged table if not exists app_private.rate_limits (
  bucket            text not null,
  caller            text not null,
  window_starts_at  timestamptz not null,
  used              integer not null constraint rate_limits_used_positive check (used > 0),
  constraint rate_limits_pkey primary key (bucket, caller)
);
create index if not exists rate_limits_window_starts_at_idx on app_private.rate_limits (window_starts_at);

call app_private.reset_access('app_private.rate_limits');
-- No policy and no grant: take_rate() is the only door.

comment on table app_private.rate_limits is 'How much each caller has used of each limited thing in the running window.';
comment on column app_private.rate_limits.bucket is 'What is limited.';
comment on column app_private.rate_limits.caller is 'Who is limited: a member''s id, or a keyed hash of a network.';
comment on column app_private.rate_limits.window_starts_at is 'When the running window began.';
comment on column app_private.rate_limits.used is 'How many were taken since then.';
