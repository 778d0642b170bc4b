-- db/testing/lints.test.ts -> [db/testing/lints/plpgsql_without_search_path.sql] -> pg_proc
-- A plpgsql function pins its search_path: its names are looked up when it runs, in whatever path the caller has then.
select p.oid::regprocedure::text as offender
  from pg_proc p
  join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
  where p.pronamespace::regnamespace::text ~ '^app_'
    and not 'search_path=pg_catalog, pg_temp' = any (coalesce(p.proconfig, '{}'));
