-- db/testing/lints.test.ts -> [db/testing/lints/policy_open_to_nobody.sql] -> pg_policy
-- No policy asks whether nobody is signed in: `id is null or ...` opens everything as soon as a request forgets to say
-- who it is for. What visitors may see stands in a policy of their own role.
select p.polrelid::regclass || ' ' || p.polname as offender
  from pg_policy p
  where p.polrelid::regclass::text ~ '^app_'
    and concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      ~ 'current_user_id(\(\))?\)? IS (NULL|NOT DISTINCT FROM)';
