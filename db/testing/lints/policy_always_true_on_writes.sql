-- db/testing/lints.test.ts -> [db/testing/lints/policy_always_true_on_writes.sql] -> pg_policy
-- Only reading may be open to all rows: a write policy without a condition lets anyone who holds the grant write all.
select p.polrelid::regclass || ' ' || p.polname as offender
  from pg_policy p
  where p.polrelid::regclass::text ~ '^app_' and p.polcmd <> 'r'
    and 'true' in (pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid));
