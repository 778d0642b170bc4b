-- worker_arrives(), worker_beat() -> [app_private.worker_lock()] -> pg_advisory_lock
create or replace function app_private.worker_lock() returns integer
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select 29794; -- 'tb': the class of the workers' advisory locks
$$;
comment on function app_private.worker_lock() is 'The class of the advisory locks that say which worker lives.';
revoke all on function app_private.worker_lock() from public;
