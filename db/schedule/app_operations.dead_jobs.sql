-- app_private.dead_jobs() -> [app_operations.dead_jobs] -> deadJobs (operators' GraphQL), app_operations.retry_job()
create or replace view app_operations.dead_jobs with (security_invoker, security_barrier) as
  select j.id, j.task, j.run_id, j.attempts, j.error, j.created_at
    from app_private.dead_jobs() j;

revoke all on app_operations.dead_jobs from public, autobench_operator;
grant select on app_operations.dead_jobs to autobench_operator;

comment on view app_operations.dead_jobs is
  E'@primaryKey id\n@foreignKey (run_id) references app_operations.scheduled_tasks (id)|@fieldName run|@foreignFieldName deadJobs\nJobs that the queue has given up; retryJob sets one going again.';
comment on column app_operations.dead_jobs.id is E'@notNull\nIdentity of the job in the queue.';
comment on column app_operations.dead_jobs.task is E'@notNull\nThe task that it was to do.';
comment on column app_operations.dead_jobs.run_id is 'The run of the schedule that it belongs to, if it does.';
comment on column app_operations.dead_jobs.attempts is E'@notNull\nHow often it was tried.';
comment on column app_operations.dead_jobs.error is 'Why it failed last.';
comment on column app_operations.dead_jobs.created_at is E'@notNull\nWhen it came into the queue.';
