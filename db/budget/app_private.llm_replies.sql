-- worker/llm/guarded-fetch.ts -> app_private.record_reply() -> [app_private.llm_replies] -> worker/llm/read-reply.ts
create table if not exists app_private.llm_replies (
  attempt_id   bigint constraint llm_replies_pkey primary key,
  status       integer not null,
  headers      jsonb not null,
  body         bytea not null,
  received_at  timestamptz not null default clock_timestamp(),
  constraint llm_replies_attempt foreign key (attempt_id) references app_private.llm_attempts on delete cascade,
  constraint llm_replies_bounded check (octet_length(body) <= 9 * 1024 * 1024)
);
create index if not exists llm_replies_received_at_idx on app_private.llm_replies (received_at);

call app_private.reset_access('app_private.llm_replies');
-- No policy and no grant: what a model wrote is read by the worker's functions alone.

comment on table app_private.llm_replies is 'A provider''s reply as it came, stored before anything reads it, and kept as long as app_private.retention_rules says.';
comment on column app_private.llm_replies.attempt_id is 'The attempt.';
comment on column app_private.llm_replies.status is 'The status of the reply.';
comment on column app_private.llm_replies.headers is 'The few headers that matter.';
comment on column app_private.llm_replies.body is 'The reply''s bytes.';
comment on column app_private.llm_replies.received_at is 'When it was stored.';
