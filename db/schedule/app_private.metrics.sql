-- GET /metrics -> [app_private.metrics()] -> app_private.scheduled_tasks, app_private.workers, graphile_worker.jobs, app_public.votes
-- Definer: the server's login shows figures of tables that it cannot read.
create or replace function app_private.metrics(at timestamptz default now())
returns table (name text, help text, labels jsonb, value double precision)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'autobench_task_runs', 'Runs of a task that were due in the last 7 days, by how they stand.',
      jsonb_build_object('task', r.name, 'status', s.status), count(t.id)::double precision
    from app_private.task_registry r
    cross join unnest(array['pending', 'running', 'completed', 'failed']) s (status)
    left join app_private.scheduled_tasks t
      on t.function_name = r.name and t.status = s.status
        and t.scheduled_time > metrics.at - interval '7 days' and t.scheduled_time <= metrics.at
    group by r.name, s.status
  union all
  select 'autobench_task_last_success_age_seconds', 'Time since a task last did its work.',
      jsonb_build_object('task', t.function_name), extract(epoch from metrics.at - max(t.finished_at))::double precision
    from app_private.scheduled_tasks t
    where t.status = 'completed' and not coalesce(t.result ? 'skipped', false)
    group by t.function_name
  union all
  select 'autobench_task_next_run_timestamp_seconds', 'When the crontab asks for a task next.',
      jsonb_build_object('task', r.name), extract(epoch from r.next_run_at)::double precision
    from app_private.task_registry r
    where r.next_run_at is not null
  union all
  select 'autobench_runs_overdue', 'Runs that have been due for 10 minutes and are not over.', '{}', count(*)::double precision
    from app_private.scheduled_tasks t
    where t.status in ('pending', 'running') and t.scheduled_time < metrics.at - interval '10 minutes'
  union all
  select 'autobench_workers_alive', 'Workers that were heard of in the last 30 seconds.', '{}', count(*)::double precision
    from app_private.workers w
    where w.seen_at > metrics.at - interval '30 seconds'
  union all
  select 'autobench_queue_jobs', 'Jobs in the queue: ready, waiting for their time, running, or given up.',
      jsonb_build_object('state', s.state), count(j.id)::double precision
    from unnest(array['ready', 'waiting', 'running', 'dead']) s (state)
    left join graphile_worker.jobs j
      on s.state = case
        when j.locked_at is not null then 'running'
        when j.attempts >= j.max_attempts then 'dead'
        when j.run_at > metrics.at then 'waiting'
        else 'ready'
      end
    group by s.state
  union all
  select 'autobench_queue_oldest_ready_seconds', 'How long the longest-waiting ready job has been due.', '{}',
      coalesce(extract(epoch from metrics.at - min(j.run_at)), 0)::double precision
    from graphile_worker.jobs j
    where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= metrics.at
  union all
  select 'autobench_votes', 'Votes of the last hour: those that came, and those of them that count.', jsonb_build_object('state', s.state),
      count(v.ballot_id)::double precision
    from unnest(array['received', 'counted']) s (state)
    left join app_public.votes v
      on v.created_at > metrics.at - interval '1 hour' and v.created_at <= metrics.at and (s.state = 'received' or v.is_counted)
    group by s.state
  order by 1, 3;
$$;
comment on function app_private.metrics(timestamptz) is
  'Figures for whoever watches this installation, each a gauge with its labels; GET /metrics shows them to Prometheus.';
revoke all on function app_private.metrics(timestamptz) from public;
grant execute on function app_private.metrics(timestamptz) to autobench_server;
