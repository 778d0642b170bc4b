-- db/testing/lints.test.ts -> [db/testing/lints/current_date_used.sql] -> pg_proc, pg_class, pg_attrdef, pg_policy
-- The day is UTC's or the member's, said outright: current_date and its kin are the session's, whatever that is set to.
select o.name as offender
  from (
    select p.oid::regprocedure::text, concat_ws(' ', pg_get_expr(p.proargdefaults, 0), pg_get_function_sqlbody(p.oid),
        regexp_replace(p.prosrc, '--[^\n]*', '', 'g'))
      from pg_proc p
    union all select oid::regclass::text, pg_get_viewdef(oid) from pg_class where relkind in ('v', 'm')
    union all select d.adrelid::regclass || '.' || a.attname, pg_get_expr(d.adbin, d.adrelid)
      from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    union all select polrelid::regclass || ' ' || polname, pg_get_expr(polqual, polrelid) from pg_policy
  ) o (name, body)
  where o.name ~ '^app_'
    and o.body ~* concat_ws('|',
      '\m(current_date|current_time|localtime|localtimestamp)\M',
      '\m(now\(\)|\w+_timestamp(\(\))?)\)*\s*(::|as\M)\s*(date|time)\M', -- now()::date, cast(now() as date)
      '\mdate_trunc\([^,()]+,\s*(now|\w+_timestamp)\(\)\)'
    );
