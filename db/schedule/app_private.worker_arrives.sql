-- worker/presence.ts -> [app_private.worker_arrives()] -> app_private.workers
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.worker_arrives(id integer, pool_id text, host text, process_id integer)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id integer := worker_arrives.id;
begin
  if v_id is null then
    -- The row and the lock appear together at commit: nobody sees a worker that seems dead because it is not yet locked.
    insert into app_private.workers as w (pool_id, host, process_id)
      values (worker_arrives.pool_id, worker_arrives.host, worker_arrives.process_id)
      returning w.id into v_id;
    perform pg_advisory_lock(app_private.worker_lock(), v_id);
  else
    -- The connection that held the lock was lost: the same worker takes it anew. First the lock, since it may have to
    -- wait until the server notices the loss, and nobody's beat should have to wait for the row meanwhile.
    perform pg_advisory_lock(app_private.worker_lock(), v_id);
    insert into app_private.workers as w (id, pool_id, host, process_id)
      overriding system value
      values (v_id, worker_arrives.pool_id, worker_arrives.host, worker_arrives.process_id)
      on conflict on constraint workers_pkey do update set seen_at = clock_timestamp();
  end if;
  return v_id;
end;
$$;
comment on function app_private.worker_arrives(integer, text, text, integer) is
  'Registers a worker and takes its lock for as long as the calling session lives; returns its id.';
revoke all on function app_private.worker_arrives(integer, text, text, integer) from public;
grant execute on function app_private.worker_arrives(integer, text, text, integer) to autobench_worker;
