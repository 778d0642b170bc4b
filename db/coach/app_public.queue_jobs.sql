-- requestCoaching (GraphQL) -> app_public.request_coaching() -> [app_public.queue_jobs] -> batch_ai_processor
create table if not exists app_public.queue_jobs (
  id               uuid constraint queue_jobs_pkey primary key default gen_random_uuid(),
  user_id          uuid not null,
  kind             text not null default 'coach_note',
  status           app_public.job_status not null default 'pending',
  input            jsonb not null,
  input_hash       bytea not null generated always as (app_private.request_hash(input)) stored,
  result           jsonb,
  note             text,
  next_problem_id  uuid,
  attempts         integer not null default 0,
  error            text,
  batch_id         uuid,
  run_at           timestamptz not null default now(),
  created_at       timestamptz not null default now(),
  finished_at      timestamptz,
  constraint queue_jobs_paid_once unique (user_id, kind, input_hash),
  constraint queue_jobs_user foreign key (user_id) references app_public.users on delete cascade,
  constraint queue_jobs_next_problem foreign key (next_problem_id) references app_public.problems,
  constraint queue_jobs_kind_known check (kind = 'coach_note'),
  constraint queue_jobs_attempts_bounded check (attempts between 0 and 3),
  constraint queue_jobs_running_in_a_batch check (status <> 'running' or batch_id is not null),
  constraint queue_jobs_done_whole check (
    (status = 'done') = (note is not null) and (status in ('done', 'failed')) = (finished_at is not null)
      and (status <> 'failed' or error is not null)
  ),
  constraint queue_jobs_note_bounded check (char_length(note) between 1 and 1000)
);
create index if not exists queue_jobs_due_idx on app_public.queue_jobs (run_at, id) where status = 'pending';
create index if not exists queue_jobs_running_idx on app_public.queue_jobs (batch_id) where status = 'running';
create index if not exists queue_jobs_next_problem_id_idx on app_public.queue_jobs (next_problem_id);

call app_private.reset_access('app_public.queue_jobs');
create policy select_own on app_public.queue_jobs for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.queue_jobs for select to autobench_operator
  using (true);
grant select (id, user_id, kind, status, note, next_problem_id, created_at, finished_at) on app_public.queue_jobs to autobench_member;
grant select (attempts, error, run_at, batch_id) on app_public.queue_jobs to autobench_operator;
-- No grant on input and result: they are what was said to and by the model. No write: request_coaching() is the door.

comment on table app_public.queue_jobs is
  E'@name coaching\nA member''s wish for a note from the coach. Ten are answered with one call, and the same input is never paid for twice.';
comment on column app_public.queue_jobs.id is 'Identity of the wish.';
comment on column app_public.queue_jobs.user_id is 'The member.';
comment on column app_public.queue_jobs.kind is 'What is wished for.';
comment on column app_public.queue_jobs.status is 'How far it is.';
comment on column app_public.queue_jobs.input is 'What the coach is told of the member.';
comment on column app_public.queue_jobs.input_hash is 'SHA-256 of that: nothing new has happened while it is the same.';
comment on column app_public.queue_jobs.result is 'The entry of the reply that is about the member.';
comment on column app_public.queue_jobs.note is 'What the coach says.';
comment on column app_public.queue_jobs.next_problem_id is 'The problem that the coach suggests.';
comment on column app_public.queue_jobs.attempts is 'How often it was put into a batch.';
comment on column app_public.queue_jobs.error is 'Why the last attempt came to nothing.';
comment on column app_public.queue_jobs.batch_id is 'The batch with which it was last asked.';
comment on column app_public.queue_jobs.run_at is 'Not before this instant.';
comment on column app_public.queue_jobs.created_at is 'When it was wished for.';
comment on column app_public.queue_jobs.finished_at is 'When it came to its end.';
comment on constraint queue_jobs_paid_once on app_public.queue_jobs is E'@behavior -query:resource:single\nOne row for each of these.';
