-- app_private.log_scheduled_task() -> [app_private.scheduled_tasks] -> worker/scheduled.ts, app_operations.scheduled_tasks
create table if not exists app_private.scheduled_tasks (
  id              bigint generated always as identity constraint scheduled_tasks_pkey primary key,
  function_name   text not null,
  payload         jsonb not null default '{}',
  scheduled_time  timestamptz not null default now(),
  status          text not null default 'pending',
  attempts        integer not null default 0,
  period_key      text,
  requested_by    text not null,
  queued_at       timestamptz,
  started_at      timestamptz,
  finished_at     timestamptz,
  duration_ms     bigint generated always as ((extract(epoch from finished_at - started_at) * 1000)::bigint) stored,
  result          jsonb,
  error           text,
  constraint scheduled_tasks_task foreign key (function_name) references app_private.task_registry,
  constraint scheduled_tasks_one_per_period unique (function_name, period_key),
  constraint scheduled_tasks_payload_object check (jsonb_typeof(payload) = 'object'),
  constraint scheduled_tasks_status_known check (status in ('pending', 'running', 'completed', 'failed')),
  constraint scheduled_tasks_period_key_form check (char_length(period_key) between 1 and 40),
  constraint scheduled_tasks_requested_by_known check (requested_by in ('cron', 'http', 'sql', 'cli', 'operator', 'start')),
  constraint scheduled_tasks_attempts_counted check (attempts >= 0 and (attempts = 0) = (started_at is null)),
  constraint scheduled_tasks_begun_unless_pending check (status = 'pending' or started_at is not null),
  constraint scheduled_tasks_finished_when_over check ((status in ('completed', 'failed')) = (finished_at is not null)),
  constraint scheduled_tasks_finished_after_start check (finished_at >= started_at),
  constraint scheduled_tasks_result_when_completed check (result is null or status = 'completed' and jsonb_typeof(result) = 'object'),
  constraint scheduled_tasks_failure_says_why check (status <> 'failed' or error is not null),
  constraint scheduled_tasks_success_has_no_error check (status <> 'completed' or error is null),
  constraint scheduled_tasks_error_form check (char_length(error) between 1 and 2000)
);
create index if not exists scheduled_tasks_open_idx on app_private.scheduled_tasks (scheduled_time, id)
  where status in ('pending', 'running');
create index if not exists scheduled_tasks_last_runs_idx on app_private.scheduled_tasks (function_name, started_at desc)
  where started_at is not null;
create index if not exists scheduled_tasks_finished_at_idx on app_private.scheduled_tasks (finished_at);

call app_private.reset_access('app_private.scheduled_tasks');
create policy select_all on app_private.scheduled_tasks for select to autobench_operator
  using (true);
grant select on app_private.scheduled_tasks to autobench_operator;
-- No write: log_scheduled_task() opens a run; begin_, finish_ and fail_scheduled_task() say how it went.

comment on table app_private.scheduled_tasks is
  'What was to run, when, at whose request, and how it ended: the single source of truth for scheduled work.';
comment on column app_private.scheduled_tasks.id is 'Identity of the run; its job in the queue has the key scheduled_task:<id>.';
comment on column app_private.scheduled_tasks.function_name is 'The task.';
comment on column app_private.scheduled_tasks.payload is 'What the task is given besides the instant; backfilled marks a run that cron made up for.';
comment on column app_private.scheduled_tasks.scheduled_time is 'When it is due: the instant for which the work is done.';
comment on column app_private.scheduled_tasks.status is 'pending (also while a retry is due), running, completed or failed.';
comment on column app_private.scheduled_tasks.attempts is 'How often it was begun.';
comment on column app_private.scheduled_tasks.period_key is 'The period for which it is the only run; null for a run of its own.';
comment on column app_private.scheduled_tasks.requested_by is 'Who asked: cron, http, sql, cli, operator or start.';
comment on column app_private.scheduled_tasks.queued_at is 'When it was last handed to the queue.';
comment on column app_private.scheduled_tasks.started_at is 'When the last attempt began.';
comment on column app_private.scheduled_tasks.finished_at is 'When it completed, or failed for good.';
comment on column app_private.scheduled_tasks.duration_ms is 'How long the last attempt took, in milliseconds.';
comment on column app_private.scheduled_tasks.result is 'What the task says of its work; {"skipped": "..."} when it came too late to be of use.';
comment on column app_private.scheduled_tasks.error is 'Why the last attempt failed.';
