-- db/testing/lints.test.ts -> [db/testing/lints/table_wide_write_grant.sql] -> pg_class
-- Insert and update are granted by column, so that a new column is closed until somebody opens it. Truncate skips
-- row-level security; references, trigger and maintain are for owners: these are never granted.
select c.oid::regclass || ': ' || a.grantee::regrole || ' ' || lower(a.privilege_type) as offender
  from pg_class c
  cross join lateral (
    select * from aclexplode(c.relacl) where privilege_type not in ('SELECT', 'DELETE')
    union
    select x.* from pg_attribute t, aclexplode(t.attacl) x where t.attrelid = c.oid and x.privilege_type = 'REFERENCES'
  ) a
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace::regnamespace::text ~ '^app_'
    and a.grantee <> c.relowner;
