-- db/testing/lints.test.ts -> [db/testing/lints/granted_to_public.sql] -> pg_class, pg_attribute, pg_namespace
-- No grant to public on schemas, tables and columns: a right belongs to a role that has a name and a reason.
select o.name || ': ' || lower(a.privilege_type) as offender
  from (
    select oid::regclass::text, relacl from pg_class where relnamespace::regnamespace::text ~ '^app_'
    union all
    select attrelid::regclass || '.' || attname, attacl from pg_attribute where attrelid::regclass::text ~ '^app_'
    union all
    select nspname, nspacl from pg_namespace where nspname ~ '^app_'
  ) o (name, acl), aclexplode(o.acl) a
  where a.grantee = 0;
