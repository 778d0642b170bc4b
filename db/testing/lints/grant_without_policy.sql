-- db/testing/lints.test.ts -> [db/testing/lints/grant_without_policy.sql] -> pg_class, pg_policy
-- A grant needs a policy for the same command and role: without one it shows nothing, and nobody meant that.
-- A table that functions alone touch has neither.
select distinct c.oid::regclass || ': ' || a.grantee::regrole || ' may ' || lower(a.privilege_type) as offender
  from pg_class c
  cross join lateral (
    select (aclexplode(c.relacl)).* union select (aclexplode(t.attacl)).* from pg_attribute t where t.attrelid = c.oid
  ) a
  where c.relkind in ('r', 'p') and c.relnamespace::regnamespace::text ~ '^app_'
    and a.grantee not in (0, c.relowner) and a.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    and not exists (
      select from pg_policy p, unnest(p.polroles) r
        where p.polrelid = c.oid and (r = 0 or pg_has_role(a.grantee, r, 'usage'))
          and p.polcmd::text in ('*', translate(left(a.privilege_type, 1), 'SIUD', 'rawd'))
    );
