-- cleanup_expired -> [app_private.purge_batch()] -> app_private.retention_rules
-- Definer: the worker's login may purge by rule without being able to delete anything.
create or replace function app_private.purge_batch(table_name text, at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule app_private.retention_rules;
  v_purged integer;
begin
  select * into v_rule from app_private.retention_rules r where r.table_name = purge_batch.table_name;
  if not found then
    raise exception 'There is no retention rule for this table.'
      using errcode = 'TB020', hint = 'Look at app_private.retention_rules.';
  elsif v_rule.keep is null then
    return 0;
  end if;
  -- Skip locked: a row in use is left for the next run, and two purges share the work.
  execute format(
    'delete from %1$s where ctid = any (array(select ctid from %1$s where %2$I < $1 order by %2$I limit $2 for update skip locked))',
    v_rule.table_name::regclass, v_rule.column_name
  ) using purge_batch.at - v_rule.keep, v_rule.batch;
  get diagnostics v_purged = row_count;
  return v_purged;
end;
$$;
comment on function app_private.purge_batch(text, timestamptz) is
  'Deletes one batch of what a rule no longer keeps; fewer rows than a batch means that the rest may stay. Errors: TB020.';
revoke all on function app_private.purge_batch(text, timestamptz) from public;
grant execute on function app_private.purge_batch(text, timestamptz) to autobench_worker;
