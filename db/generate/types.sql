-- db/generate/tables.ts -> [db/generate/types.sql] -> catalogue
-- Each of our types that is no table: its values, its parts or its base.
select
    t.oid::regtype::text as name,
    case t.typtype
      when 'e' then 'one of ' || (
        select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid
      )
      when 'c' then 'with ' || (
        select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
          from pg_attribute a
          where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
      )
      when 'd' then format_type(t.typbasetype, t.typtypmod) || coalesce((
        select string_agg(' ' || pg_get_constraintdef(k.oid), '' order by k.conname)
          from pg_constraint k
          where k.contypid = t.oid
      ), '')
      else 'range of ' || (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid)
    end as definition,
    coalesce(obj_description(t.oid, 'pg_type'), '') as comment
  from pg_type t
  left join pg_class c on c.oid = t.typrelid
  where (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and t.typnamespace::regnamespace::text ~ '^app_'
union all
select collnamespace::regnamespace || '.' || collname,
    'collation ' || colllocale,
    coalesce(obj_description(oid, 'pg_collation'), '')
  from pg_collation
  where collnamespace::regnamespace::text ~ '^app_'
  order by 1;
