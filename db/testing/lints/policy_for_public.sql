-- db/testing/lints.test.ts -> [db/testing/lints/policy_for_public.sql] -> pg_policy
-- A policy names its roles: one for public also counts for every role that is made later.
select p.polrelid::regclass || ' ' || p.polname as offender
  from pg_policy p
  where p.polrelid::regclass::text ~ '^app_' and 0 = any (p.polroles);
