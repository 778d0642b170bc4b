-- app_private.ensure_call() -> [app_private.llm_calls] -> app_private.reserve_attempt(), app_private.settle_submission()
create table if not exists app_private.llm_calls (
  id            bigint generated always as identity constraint llm_calls_pkey primary key,
  role          text not null,
  subject_type  text not null,
  subject_id    uuid not null,
  model_id      uuid not null,
  round         integer   not null default 1,
  request       jsonb not null,
  request_hash  bytea not null generated always as (app_private.request_hash(request)) stored,
  state         text not null default 'pending',
  next_try_at   timestamptz not null default now(),
  attempts      integer   not null default 0,
  max_attempts  integer   not null default 6,
  reason        text,
  created_at    timestamptz not null default now(),
  constraint llm_calls_once unique (role, subject_type, subject_id, model_id, round),
  constraint llm_calls_model foreign key (model_id) references app_public.models,
  constraint llm_calls_role_known check (role in ('answer', 'write_task', 'judge', 'coach', 'check')),
  constraint llm_calls_subject_type_known check (subject_type in ('submission', 'task', 'answer', 'rejudge', 'batch', 'battle', 'check')),
  constraint llm_calls_answers_have_one_round check (round between 1 and case role when 'answer' then 1 else 3 end),
  constraint llm_calls_state_known check (state in ('pending', 'active', 'done', 'failed', 'in_doubt')),
  constraint llm_calls_attempts_bounded check (attempts between 0 and max_attempts and max_attempts between 1 and 200)
);
create index if not exists llm_calls_model_id_idx on app_private.llm_calls (model_id);
create index if not exists llm_calls_subject_id_idx on app_private.llm_calls (subject_id);
create index if not exists llm_calls_unfinished_idx on app_private.llm_calls (next_try_at) where state in ('pending', 'active', 'in_doubt');

call app_private.reset_access('app_private.llm_calls');
create policy select_all on app_private.llm_calls for select to autobench_operator
  using (true);
grant select on app_private.llm_calls to autobench_operator;
-- No write: the ledger's functions are the doors.

comment on table app_private.llm_calls is 'What is to be asked of a model, once: one row for each role, subject, model and round.';
comment on column app_private.llm_calls.id is 'Identity of the call.';
comment on column app_private.llm_calls.role is 'What for.';
comment on column app_private.llm_calls.subject_type is 'What kind of thing it is about.';
comment on column app_private.llm_calls.subject_id is 'The thing that it is about.';
comment on column app_private.llm_calls.model_id is 'Who is asked.';
comment on column app_private.llm_calls.round is 'Second opinions and rewritten tasks open a new round; an answer has one.';
comment on column app_private.llm_calls.request is 'What is sent, word for word.';
comment on column app_private.llm_calls.request_hash is 'SHA-256 of the request: the same call with another request is refused.';
comment on column app_private.llm_calls.state is
  'pending: may be tried. active: an attempt is under way. done: answered, usable or not. failed: will not be tried again. in_doubt: sent, end unknown.';
comment on column app_private.llm_calls.next_try_at is 'Not before this instant.';
comment on column app_private.llm_calls.attempts is 'How often it was tried.';
comment on column app_private.llm_calls.max_attempts is 'How often it may be tried.';
comment on column app_private.llm_calls.reason is 'Why it failed or waits, when no attempt says so.';
comment on column app_private.llm_calls.created_at is 'When it was decided on.';
