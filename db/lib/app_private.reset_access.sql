-- every table's file -> [app_private.reset_access()] -> its policies and grants, stated anew below the call
create or replace procedure app_private.reset_access(target regclass)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_policy name;
begin
  execute format('alter table %s enable row level security', target);
  for v_policy in select polname from pg_policy where polrelid = target loop
    execute format('drop policy %I on %s', v_policy, target);
  end loop;
  execute format(
    'revoke all on %s from public, autobench_anon, autobench_member, autobench_operator, autobench_server, autobench_operations, autobench_worker',
    target
  );
end;
$$;
comment on procedure app_private.reset_access(regclass) is
  'Turns row-level security on and drops every policy and grant of a table, so that its file can state them whole.';
revoke all on procedure app_private.reset_access(regclass) from public;
