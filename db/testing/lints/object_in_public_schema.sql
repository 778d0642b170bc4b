-- db/testing/lints.test.ts -> [db/testing/lints/object_in_public_schema.sql] -> pg_class, pg_proc, pg_type
-- Nothing of ours stands in public, where every session looks first.
select oid::regclass::text as offender from pg_class where relnamespace = 'public'::regnamespace
union all
select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace
union all
select oid::regtype::text from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd', 'r');
