-- db/testing/lints.test.ts -> [db/testing/lints/policy_call_per_row.sql] -> pg_policy
-- A policy asks `(select app_public.current_user_id())`, wrapped: once for each statement, not for each row. A function
-- that is given the row cannot be wrapped and is written out instead; the setting behind the function is never read.
select p.polrelid::regclass || ' ' || p.polname as offender
  from pg_policy p
  cross join lateral regexp_replace(
    concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
    '\( SELECT app_\w+\.\w+\(\) AS \w+\)', '', 'g'
  ) as rest
  where p.polrelid::regclass::text ~ '^app_' and rest ~ 'app_\w+\.\w+\(|current_setting\(';
