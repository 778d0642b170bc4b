-- app_private.task_registry, app_private.scheduled_tasks -> [app_operations.job_runs] -> jobRuns (operators' GraphQL)
create or replace view app_operations.job_runs with (security_invoker, security_barrier) as
  select r.name, r.description, r.period, r.next_run_at,
      last.started_at as last_run_at, last.status as last_status, last.duration_ms as last_duration_ms,
      last.error as last_error, success.finished_at as last_success_at, failures.n as failures_in_7_days
    from app_private.task_registry r
    left join lateral (
      select t.started_at, t.status, t.duration_ms, t.error
        from app_private.scheduled_tasks t
        where t.function_name = r.name and t.started_at is not null
        order by t.started_at desc
        limit 1
    ) last on true
    left join lateral (
      select t.finished_at
        from app_private.scheduled_tasks t
        where t.function_name = r.name and t.started_at is not null
          and t.status = 'completed' and not coalesce(t.result ? 'skipped', false)
        order by t.started_at desc
        limit 1
    ) success on true
    cross join lateral (
      select count(*)::integer as n
        from app_private.scheduled_tasks t
        where t.function_name = r.name and t.status = 'failed' and t.finished_at > now() - interval '7 days'
    ) failures;

revoke all on app_operations.job_runs from public, autobench_operator;
grant select on app_operations.job_runs to autobench_operator;

comment on view app_operations.job_runs is
  E'@primaryKey name\nThe scheduled tasks: when each ran last and how that went, and when it runs next.';
comment on column app_operations.job_runs.name is E'@notNull\nThe task.';
comment on column app_operations.job_runs.description is E'@notNull\nWhat it does.';
comment on column app_operations.job_runs.period is 'How often it runs: minute, five_minutes, ten_minutes, hour or day.';
comment on column app_operations.job_runs.next_run_at is 'When the crontab asks for it next.';
comment on column app_operations.job_runs.last_run_at is 'When it last began.';
comment on column app_operations.job_runs.last_status is 'How that stands: pending (a retry is due), running, completed or failed.';
comment on column app_operations.job_runs.last_duration_ms is 'How long that took, in milliseconds.';
comment on column app_operations.job_runs.last_error is 'Why that failed, if it did.';
comment on column app_operations.job_runs.last_success_at is 'When it last did its work; a run that was skipped does not count.';
comment on column app_operations.job_runs.failures_in_7_days is E'@notNull\nHow many runs failed for good in the last seven days.';
