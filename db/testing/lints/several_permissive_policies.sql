-- db/testing/lints.test.ts -> [db/testing/lints/several_permissive_policies.sql] -> pg_policy
-- One permissive policy for each table, command and role: Postgres joins several with "or", which readers overlook.
select a.polrelid::regclass || ' ' || a.polname || ', ' || b.polname as offender
  from pg_policy a
  join pg_policy b on b.polrelid = a.polrelid and b.oid > a.oid
  where a.polrelid::regclass::text ~ '^app_' and a.polpermissive and b.polpermissive
    and (a.polcmd = b.polcmd or a.polcmd = '*' or b.polcmd = '*')
    and (a.polroles && b.polroles or 0 = any (a.polroles || b.polroles));
