-- app_private.scheduled_tasks -> [app_operations.scheduled_tasks] -> scheduledTasks (operators' GraphQL)
create or replace view app_operations.scheduled_tasks with (security_invoker, security_barrier) as
  select t.id, t.function_name, t.payload, t.scheduled_time, t.status, t.attempts, t.period_key, t.requested_by,
      t.queued_at, t.started_at, t.finished_at, t.duration_ms, t.result, t.error
    from app_private.scheduled_tasks t;

revoke all on app_operations.scheduled_tasks from public, autobench_operator;
grant select on app_operations.scheduled_tasks to autobench_operator;

comment on view app_operations.scheduled_tasks is
  E'@primaryKey id\n@foreignKey (function_name) references app_operations.job_runs (name)|@fieldName task|@foreignFieldName runs\nEvery run of scheduled work: what, when, at whose request, and how it ended.';
comment on column app_operations.scheduled_tasks.id is E'@notNull\nIdentity of the run.';
comment on column app_operations.scheduled_tasks.function_name is E'@notNull\nThe task.';
comment on column app_operations.scheduled_tasks.payload is E'@notNull\nWhat the task is given besides the instant.';
comment on column app_operations.scheduled_tasks.scheduled_time is E'@notNull\nWhen it is due.';
comment on column app_operations.scheduled_tasks.status is E'@notNull\npending (also while a retry is due), running, completed or failed.';
comment on column app_operations.scheduled_tasks.attempts is E'@notNull\nHow often it was begun.';
comment on column app_operations.scheduled_tasks.period_key is 'The period for which it is the only run; null for a run of its own.';
comment on column app_operations.scheduled_tasks.requested_by is E'@notNull\nWho asked: cron, http, sql, cli, operator or start.';
comment on column app_operations.scheduled_tasks.queued_at is 'When it was last handed to the queue.';
comment on column app_operations.scheduled_tasks.started_at is 'When the last attempt began.';
comment on column app_operations.scheduled_tasks.finished_at is 'When it completed, or failed for good.';
comment on column app_operations.scheduled_tasks.duration_ms is 'How long the last attempt took, in milliseconds.';
comment on column app_operations.scheduled_tasks.result is 'What the task says of its work, or why it was skipped.';
comment on column app_operations.scheduled_tasks.error is 'Why the last attempt failed.';
