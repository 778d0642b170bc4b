-- db/testing/lints.test.ts -> [db/testing/lints/rls_off.sql] -> pg_class
-- Every table has row-level security, private ones too: a grant given by mistake then still shows no row.
select c.oid::regclass::text as offender
  from pg_class c
  where c.relkind in ('r', 'p') and c.relnamespace::regnamespace::text ~ '^app_' and not c.relrowsecurity;
