-- worker/presence.ts -> [app_private.worker_leaves()] -> app_private.workers
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.worker_leaves(id integer) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from app_private.workers w where w.id = worker_leaves.id;
$$;
comment on function app_private.worker_leaves(integer) is 'Takes a worker that has stopped off the list.';
revoke all on function app_private.worker_leaves(integer) from public;
grant execute on function app_private.worker_leaves(integer) to autobench_worker;
