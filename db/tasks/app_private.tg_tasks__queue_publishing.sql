-- app_public.tasks -> [app_private.tg_tasks__queue_publishing()] -> publish_boards (the queue)
create or replace function app_private.tg_tasks__queue_publishing() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- One job for all tasks that close at an instant, before the models' own jobs: people wait for the board.
  perform graphile_worker.add_job(
    'publish_boards', '{}', run_at => new.closes_at, job_key => 'publish_boards:' || extract(epoch from new.closes_at),
    max_attempts => 10, priority => -10
  );
  return null;
end;
$$;
comment on function app_private.tg_tasks__queue_publishing() is
  'Has the boards published at the instant at which a task closes, whoever says when that is.';
revoke all on function app_private.tg_tasks__queue_publishing() from public;

create or replace trigger _300_queue_publishing_insert after insert on app_public.tasks
  for each row when (new.status = 'dispatched') execute function app_private.tg_tasks__queue_publishing();
create or replace trigger _300_queue_publishing_update after update on app_public.tasks
  for each row when (
    new.status = 'dispatched' and (old.status, old.closes_at) is distinct from (new.status, new.closes_at)
  )
  execute function app_private.tg_tasks__queue_publishing();
