-- app_private.reserve_attempt() -> [app_private.llm_attempts] -> app_private.open_gate(), app_private.finish_attempt()
create table if not exists app_private.llm_attempts (
  id                   bigint generated always as identity constraint llm_attempts_pkey primary key,
  call_id              bigint not null,
  n                    integer   not null,
  provider             text not null,
  client_request_id    uuid not null default gen_random_uuid(),
  state                text not null default 'reserved',
  lease_token          uuid not null default gen_random_uuid(),
  worker               text not null,
  lease_until          timestamptz not null,
  reserved_at          timestamptz not null default clock_timestamp(),
  sending_at           timestamptz,
  finished_at          timestamptz,
  http_status          integer,
  provider_request_id  text,
  error_class          text,
  error                text,
  evidence             jsonb not null default '{}',
  input_tokens         integer,
  cached_tokens        integer,
  output_tokens        integer,
  reasoning_tokens     integer,
  prices               jsonb not null,
  hold_day             date,
  hold_usd             numeric(14, 8),
  cost_usd             numeric(14, 8),
  constraint llm_attempts_once unique (call_id, n),
  constraint llm_attempts_client_request_id_unique unique (client_request_id),
  constraint llm_attempts_call foreign key (call_id) references app_private.llm_calls,
  constraint llm_attempts_state_known check (
    state in ('reserved', 'sending', 'succeeded', 'unusable', 'rejected', 'not_executed', 'in_doubt', 'abandoned')
  ),
  constraint llm_attempts_end_is_dated check ((state in ('reserved', 'sending')) = (finished_at is null)),
  constraint llm_attempts_hold_from_gate check (state in ('reserved', 'not_executed') or hold_usd is not null),
  constraint llm_attempts_figures_not_negative check (
    input_tokens >= 0 and cached_tokens >= 0 and output_tokens >= 0 and reasoning_tokens >= 0 and hold_usd >= 0 and cost_usd >= 0
  )
);
-- The guarantee of the whole arena: of one call, one attempt at most may ever have reached the provider.
create unique index if not exists llm_attempts_one_live on app_private.llm_attempts (call_id)
  where state in ('reserved', 'sending', 'succeeded', 'unusable', 'in_doubt');
create index if not exists llm_attempts_lease_idx on app_private.llm_attempts (lease_until) where state in ('reserved', 'sending');
create index if not exists llm_attempts_under_way_idx on app_private.llm_attempts (provider) where state in ('reserved', 'sending');
create index if not exists llm_attempts_pace_idx on app_private.llm_attempts (provider, reserved_at);

call app_private.reset_access('app_private.llm_attempts');
create policy select_all on app_private.llm_attempts for select to autobench_operator
  using (true);
grant select (
  id, call_id, n, provider, client_request_id, state, worker, lease_until, reserved_at, sending_at, finished_at, http_status,
  provider_request_id, error_class, error, evidence, input_tokens, cached_tokens, output_tokens, reasoning_tokens, prices,
  hold_day, hold_usd, cost_usd
) on app_private.llm_attempts to autobench_operator;
-- No grant on lease_token: it is what its holder settles the attempt with. No write: the ledger's functions are the doors.

comment on table app_private.llm_attempts is 'Each try at a call. The index llm_attempts_one_live allows no second one that might be billed.';
comment on column app_private.llm_attempts.id is 'Identity of the attempt.';
comment on column app_private.llm_attempts.call_id is 'The call.';
comment on column app_private.llm_attempts.n is 'Which try it is.';
comment on column app_private.llm_attempts.provider is 'Who is asked.';
comment on column app_private.llm_attempts.client_request_id is 'Sent along where the provider takes it, to look the request up later.';
comment on column app_private.llm_attempts.state is
  'reserved: nothing has left. sending: it may have left. Then how it ended; in_doubt and abandoned: nobody knows.';
comment on column app_private.llm_attempts.lease_token is 'Known to the worker that made the attempt, and needed to settle it.';
comment on column app_private.llm_attempts.worker is 'The worker that made it.';
comment on column app_private.llm_attempts.lease_until is 'Until when the worker is believed to be at it, by the database''s clock.';
comment on column app_private.llm_attempts.reserved_at is 'When it was reserved.';
comment on column app_private.llm_attempts.sending_at is 'When the gate was opened: from then on the request may have left.';
comment on column app_private.llm_attempts.finished_at is 'When its end was recorded.';
comment on column app_private.llm_attempts.http_status is 'The provider''s status.';
comment on column app_private.llm_attempts.provider_request_id is 'The provider''s name for the request.';
comment on column app_private.llm_attempts.error_class is 'What kind of failure it was.';
comment on column app_private.llm_attempts.error is 'The failure in words; no prompt, answer or key.';
comment on column app_private.llm_attempts.evidence is 'What was observed, for whoever decides a doubtful case.';
comment on column app_private.llm_attempts.input_tokens is 'Tokens read, the cached ones included.';
comment on column app_private.llm_attempts.cached_tokens is 'Tokens read from the provider''s cache.';
comment on column app_private.llm_attempts.output_tokens is 'Tokens written, reasoning included.';
comment on column app_private.llm_attempts.reasoning_tokens is 'Tokens spent on reasoning.';
comment on column app_private.llm_attempts.prices is 'The model''s prices when the attempt was made: input, cached and output, in dollars per million.';
comment on column app_private.llm_attempts.hold_day is 'The UTC day whose budget it counts against.';
comment on column app_private.llm_attempts.hold_usd is 'What was held for it at the gate.';
comment on column app_private.llm_attempts.cost_usd is 'What it cost; null as long as it is not known.';
