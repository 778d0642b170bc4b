-- db/testing/lints.test.ts -> [db/testing/lints/executable_by_public.sql] -> pg_proc
-- Execute is granted by name: what public may call, a visitor may call, and so may every role that is made later.
select p.oid::regprocedure::text as offender
  from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  where p.pronamespace::regnamespace::text ~ '^app_' and a.grantee = 0;
