-- db/testing/lints.test.ts -> [db/testing/lints/definer_without_search_path.sql] -> pg_proc
-- A security definer function pins its search_path: else its caller chooses which functions run with its rights.
select p.oid::regprocedure::text as offender
  from pg_proc p
  where p.prosecdef and p.pronamespace::regnamespace::text ~ '^app_'
    and not 'search_path=pg_catalog, pg_temp' = any (coalesce(p.proconfig, '{}'));
