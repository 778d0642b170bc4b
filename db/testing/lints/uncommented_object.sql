-- db/testing/lints.test.ts -> [db/testing/lints/uncommented_object.sql] -> pg_description
-- Everything has a comment of words, not of tags alone: it serves psql, GraphiQL and db/generated/tables.md at once.
select o.name as offender
  from (
    select nspname, obj_description(oid, 'pg_namespace') from pg_namespace
    union all select oid::regprocedure::text, obj_description(oid, 'pg_proc') from pg_proc
    union all select oid::regcollation::text, obj_description(oid, 'pg_collation') from pg_collation
    union all select oid::regclass::text, obj_description(oid, 'pg_class')
      from pg_class where relkind = any ('{r,p,v,m,f}')
    union all select a.attrelid::regclass || '.' || a.attname, col_description(c.oid, a.attnum)
      from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind = any ('{r,p,v,m,f,c}')
      where a.attnum > 0 and not a.attisdropped
    union all select t.oid::regtype::text, obj_description(t.oid, 'pg_type')
      from pg_type t left join pg_class c on c.oid = t.typrelid where t.typtype in ('e', 'd', 'r') or c.relkind = 'c'
  ) o (name, comment)
  where o.name ~ '^app_' and regexp_replace(coalesce(o.comment, ''), '(^|\n)@[^\n]*', '', 'g') !~ '\w';
