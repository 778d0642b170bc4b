-- db/testing/lints.test.ts -> [db/testing/lints/matview_exposed.sql] -> pg_class
-- A materialized view or a foreign table has no row-level security: it stays in app_private, and nobody is granted it.
select c.oid::regclass::text as offender
  from pg_class c
  where c.relkind in ('m', 'f') and c.relnamespace::regnamespace::text ~ '^app_'
    and (
      c.relnamespace <> 'app_private'::regnamespace
      or exists (select from aclexplode(c.relacl) a where a.grantee <> c.relowner)
      or exists (select from pg_attribute t where t.attrelid = c.oid and t.attacl is not null)
    );
