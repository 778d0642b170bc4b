-- cleanup_expired -> [app_private.purge_rules()] -> app_private.retention_rules
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.purge_rules() returns table (table_name text, batch integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.table_name, r.batch
    from app_private.retention_rules r
    where r.keep is not null
    order by r.table_name;
$$;
comment on function app_private.purge_rules() is 'The tables from which something is to be purged, and how much at a time.';
revoke all on function app_private.purge_rules() from public;
grant execute on function app_private.purge_rules() to autobench_worker;
