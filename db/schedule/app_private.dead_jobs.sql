-- graphile_worker.jobs -> [app_private.dead_jobs()] -> app_operations.dead_jobs
-- Definer: operators see what lies dead in the queue without a grant on its schema; never a payload.
create or replace function app_private.dead_jobs() returns table (
  id bigint,
  task text,
  run_id bigint,
  attempts integer,
  error text,
  created_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select j.id, j.task_identifier, substring(j.key from '^scheduled_task:(\d{1,18})$')::bigint, j.attempts::integer,
      left(j.last_error, 2000), j.created_at
    from graphile_worker.jobs j
    where j.attempts >= j.max_attempts and j.locked_at is null;
$$;
comment on function app_private.dead_jobs() is
  E'The jobs that the queue has given up, with the run of the schedule that each belongs to, if any.';
revoke all on function app_private.dead_jobs() from public;
grant execute on function app_private.dead_jobs() to autobench_operator;
