-- db/testing/lints.test.ts -> [db/testing/lints/public_can_create_or_temp.sql] -> pg_namespace, pg_database
-- Nobody but owners makes objects in a schema, temporary ones included: they could stand in for ours. The worker may
-- make its own schema; public may not even enter the database.
select n.nspname || ': ' || a.grantee::regrole || ' create' as offender
  from pg_namespace n, aclexplode(n.nspacl) a
  where a.privilege_type = 'CREATE' and a.grantee <> n.nspowner
union all
select 'database: ' || a.grantee::regrole || ' ' || lower(a.privilege_type)
  from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
  where d.datname = current_database() and a.grantee <> d.datdba
    and (a.grantee = 0 or a.privilege_type <> 'CONNECT')
    and (a.grantee, a.privilege_type) <> ('autobench_worker'::regrole, 'CREATE');
