-- worker/timetable.ts (crontab) -> [app_private.note_next_runs()] -> app_private.task_registry.next_run_at
-- Definer: the worker's login may tell the timetable without being able to write the registry.
create or replace function app_private.note_next_runs(runs jsonb) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update app_private.task_registry r
    set next_run_at = (note_next_runs.runs ->> r.name)::timestamptz
    where r.next_run_at is distinct from (note_next_runs.runs ->> r.name)::timestamptz;
$$;
comment on function app_private.note_next_runs(jsonb) is
  'Takes in when the crontab asks for each task next, as {"task": "instant"}; a task that is missing there has no next run.';
revoke all on function app_private.note_next_runs(jsonb) from public;
grant execute on function app_private.note_next_runs(jsonb) to autobench_worker;
