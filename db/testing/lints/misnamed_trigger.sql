-- db/testing/lints.test.ts -> [db/testing/lints/misnamed_trigger.sql] -> pg_trigger, pg_proc
-- Triggers fire in the order of their names, so these begin with a number; a trigger function is named for its table.
select tgrelid::regclass || ' ' || tgname as offender
  from pg_trigger
  where not tgisinternal and tgrelid::regclass::text ~ '^app_' and tgname !~ '^_\d{3}_[a-z]'
union all
select oid::regprocedure::text
  from pg_proc
  where pronamespace::regnamespace::text ~ '^app_' and prorettype = 'trigger'::regtype
    and proname !~ '^tg_(_|[a-z0-9_]+__)[a-z]';
