-- db/testing/lints.test.ts -> [db/testing/lints/role_attributes.sql] -> pg_roles
-- Only the cluster's own superuser stands above the rules. A login that may become somebody inherits nothing: it can do
-- nothing until it says whom it acts for. A seat cannot log in.
select r.rolname || ' ' || x.fault as offender
  from pg_roles r
  cross join lateral (values
    ('is a superuser', r.rolsuper), ('bypasses row-level security', r.rolbypassrls),
    ('creates roles', r.rolcreaterole), ('creates databases', r.rolcreatedb), ('replicates', r.rolreplication),
    ('inherits', r.rolinherit and r.rolname in ('autobench_server', 'autobench_operations', 'autobench_worker')),
    ('logs in', r.rolcanlogin and r.rolname in ('autobench_anon', 'autobench_member', 'autobench_operator'))
  ) x (fault, is_so)
  where r.oid <> 10 and r.rolname !~ '^pg_' and x.is_so; -- 10: the superuser that initdb made
