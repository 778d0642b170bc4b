-- worker/crontab, worker/tasks/<name>.ts -> [app_private.task_registry] -> app_private.scheduled_tasks, app_operations.job_runs
create table if not exists app_private.task_registry (
  name          text constraint task_registry_pkey primary key,
  period        text,
  max_attempts  integer not null,
  useful_for    interval,
  next_run_at   timestamptz,
  description   text not null,
  constraint task_registry_name_form check (name ~ '^[a-z][a-z0-9_]{2,59}$'),
  constraint task_registry_period_known check (period in ('minute', 'five_minutes', 'ten_minutes', 'hour', 'day')),
  constraint task_registry_attempts_sane check (max_attempts between 1 and 25),
  constraint task_registry_use_positive check (useful_for > interval '0'),
  constraint task_registry_description_form check (char_length(description) between 10 and 300)
);

call app_private.reset_access('app_private.task_registry');
create policy select_all on app_private.task_registry for select to autobench_operator
  using (true);
grant select on app_private.task_registry to autobench_operator;
-- No write: the rows stand in this file, and note_next_runs() keeps next_run_at.

comment on table app_private.task_registry is
  'The tasks that may be scheduled: one row for each file in worker/tasks that keeps a log of its runs.';
comment on column app_private.task_registry.name is 'Name of the task, of its file and of its jobs in the queue.';
comment on column app_private.task_registry.period is
  'How often it runs: cron and HTTP ask for at most one run in each period, counted in UTC; null sets no limit.';
comment on column app_private.task_registry.max_attempts is 'How often one run is tried before it counts as failed.';
comment on column app_private.task_registry.useful_for is
  'How long after the beginning of its period a run is still of use; a later one is skipped. Null: always.';
comment on column app_private.task_registry.next_run_at is 'When the crontab asks for it next; null when it does not.';
comment on column app_private.task_registry.description is 'What the task does.';

-- This file is the truth: a changed line changes the row.
insert into app_private.task_registry as r (name, period, max_attempts, useful_for, description) values
  ('pair_generator', 'ten_minutes', 3, null, 'Opens a match for each pair of answers of a task that can be voted on.'),
  ('refresh_leaderboards', 'minute', 3, null, 'Publishes the arena''s boards when a task has closed, weighs which pairs to vote on next, and refreshes people''s boards that have changed.'),
  ('scan_votes', 'hour', 3, null, 'Flags voters and networks whose votes are hardly honest, and tells when few votes count.'),
  ('batch_ai_processor', 'ten_minutes', 3, null, 'Has the coach write to the members who wished for it, ten with one call.'),
  ('cleanup_expired', 'day', 8, null, 'Deletes what the retention rules no longer keep.'),
  ('daily_token_reset', 'day', 8, null, 'Closes the members'' finished days of tokens, and frees what was still reserved.'),
  ('dispatch_and_collect', 'day', 8, '24 hours', 'Asks every active model for its answer to each of the day''s tasks, once.'),
  ('generate_daily_tasks', 'day', 4, '24 hours', 'Opens the day: has its coding tasks written, or takes them from the library.'),
  ('prepare_partitions', 'day', 8, null, 'Makes the partitions of the coming months.'),
  ('streak_updater', 'hour', 6, null, 'Bridges missed days with freezes where they have ended, and pays what streaks have reached.')
on conflict on constraint task_registry_pkey do update
  set period = excluded.period, max_attempts = excluded.max_attempts, useful_for = excluded.useful_for,
      description = excluded.description
  where (r.period, r.max_attempts, r.useful_for, r.description)
    is distinct from (excluded.period, excluded.max_attempts, excluded.useful_for, excluded.description);
