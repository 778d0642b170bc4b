-- db/generate/tables.ts -> [db/generate/functions.sql] -> catalogue
-- Each of our functions: how it is called, by whom, and what it says of itself.
select
    p.pronamespace::regnamespace || '.' || p.proname as name,
    p.pronamespace::regnamespace || '.' || p.proname || '(' || pg_get_function_arguments(p.oid) || ')' as signature,
    pg_get_function_result(p.oid) as result,
    p.prosecdef as is_definer,
    coalesce(obj_description(p.oid, 'pg_proc'), '') as comment,
    array(
      select a.grantee::regrole::text
        from aclexplode(p.proacl) a
        where a.grantee <> p.proowner
        order by 1
    ) as callers
  from pg_proc p
  where p.pronamespace::regnamespace::text ~ '^app_'
  order by p.oid::regprocedure::text;
