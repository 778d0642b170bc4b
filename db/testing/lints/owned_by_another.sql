-- db/testing/lints.test.ts -> [db/testing/lints/owned_by_another.sql] -> pg_class, pg_proc, pg_type, pg_namespace
-- All of ours belongs to autobench_owner: what a superuser owns, its views and definer functions run as that superuser.
select o.name || ': ' || o.owner::regrole as offender
  from (
    select oid::regclass::text, relowner from pg_class where relnamespace::regnamespace::text ~ '^app_'
    union all select oid::regprocedure::text, proowner from pg_proc where pronamespace::regnamespace::text ~ '^app_'
    union all select oid::regtype::text, typowner from pg_type where typnamespace::regnamespace::text ~ '^app_'
    union all select nspname, nspowner from pg_namespace where nspname ~ '^app_'
  ) o (name, owner)
  where o.owner <> 'autobench_owner'::regrole;
