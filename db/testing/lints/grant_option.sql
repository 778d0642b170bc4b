-- db/testing/lints.test.ts -> [db/testing/lints/grant_option.sql] -> pg_class, pg_proc
-- Nobody may pass a right on: who holds what would no longer stand in the files.
select o.name || ': ' || a.grantee::regrole as offender
  from (
    select oid::regclass::text, relacl, relowner from pg_class where relnamespace::regnamespace::text ~ '^app_'
    union all
    select oid::regprocedure::text, proacl, proowner from pg_proc where pronamespace::regnamespace::text ~ '^app_'
    union all
    select nspname, nspacl, nspowner from pg_namespace where nspname ~ '^app_'
  ) o (name, acl, owner), aclexplode(o.acl) a
  where a.is_grantable and a.grantee <> o.owner;
