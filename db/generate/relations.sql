-- db/generate/tables.ts, db/generate/erd.ts -> [db/generate/relations.sql] -> catalogue
-- Each of our tables and views with all that is known of it, as JSON.
select
    c.oid::regclass::text as name,
    case c.relkind
      when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table'
    end as kind,
    coalesce(obj_description(c.oid, 'pg_class'), '') as comment,
    coalesce((
      select json_agg(json_build_object(
          'name', a.attname,
          'type', format_type(a.atttypid, a.atttypmod),
          'is_required', a.attnotnull,
          'is_key', coalesce(a.attnum = any (k.conkey), false),
          'default', pg_get_expr(d.adbin, d.adrelid),
          'is_generated', a.attidentity <> '' or a.attgenerated <> '',
          'comment', coalesce(col_description(c.oid, a.attnum), '')
        ) order by a.attnum)
        from pg_attribute a
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ), '[]') as columns,
    coalesce((
      select json_agg(json_build_object(
          'name', k.conname,
          'definition', pg_get_constraintdef(k.oid, true)
        ) order by k.contype, k.conname)
        from pg_constraint k
        where k.conrelid = c.oid and k.contype in ('c', 'u', 'x')
    ), '[]') as rules,
    coalesce((
      select json_agg(json_build_object(
          'name', k.conname,
          'target', k.confrelid::regclass,
          'columns', (
            select json_agg(a.attname order by i.place)
              from unnest(k.conkey) with ordinality i (attnum, place)
              join pg_attribute a on a.attrelid = k.conrelid and a.attnum = i.attnum
          ),
          'is_required', (
            select bool_and(a.attnotnull)
              from pg_attribute a
              where a.attrelid = k.conrelid and a.attnum = any (k.conkey)
          ),
          'is_unique', exists (
            select from pg_index i
              where i.indrelid = k.conrelid and i.indisunique and i.indpred is null
                and (i.indkey::int2[])[0:i.indnkeyatts - 1] <@ k.conkey
          ),
          'on_delete', case k.confdeltype
            when 'c' then 'goes with it' when 'n' then 'is set to null' when 'd' then 'is set to its default'
            else 'keeps it'
          end
        ) order by k.conname)
        from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0
    ), '[]') as refers,
    coalesce((
      select json_agg(json_build_object(
          'name', p.polname,
          'verb', case p.polcmd
            when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
            else 'do everything to'
          end,
          'roles', (
            select json_agg(coalesce(nullif(r, 0)::regrole::text, 'public') order by r::regrole::text)
              from unnest(p.polroles) r
          ),
          'is_restrictive', not p.polpermissive,
          'using', pg_get_expr(p.polqual, p.polrelid),
          'check', pg_get_expr(p.polwithcheck, p.polrelid)
        ) order by p.polcmd, p.polname)
        from pg_policy p
        where p.polrelid = c.oid
    ), '[]') as policies,
    coalesce((
      select json_agg(json_build_object('role', g.role, 'verb', g.verb, 'columns', g.columns) order by g.role, g.verb)
        from (
          select a.grantee::regrole::text as role, lower(a.privilege_type) as verb, null::json as columns
            from aclexplode(c.relacl) a
            where a.grantee <> c.relowner
          union all
          select x.grantee::regrole::text, lower(x.privilege_type), json_agg(a.attname order by a.attnum)
            from pg_attribute a, aclexplode(a.attacl) x
            where a.attrelid = c.oid and x.grantee <> c.relowner
            group by x.grantee, x.privilege_type
        ) g (role, verb, columns)
    ), '[]') as grants,
    coalesce((
      select json_agg(json_build_object(
          'name', t.tgname,
          'when', (regexp_match(pg_get_triggerdef(t.oid), ' ((BEFORE|AFTER|INSTEAD OF) .*?) ON '))[1],
          'function', t.tgfoid::regproc
        ) order by t.tgname)
        from pg_trigger t
        where t.tgrelid = c.oid and not t.tgisinternal
    ), '[]') as triggers,
    coalesce((
      select json_agg(distinct d.refobjid::regclass::text)
        from pg_rewrite r
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        where r.ev_class = c.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> c.oid
    ), '[]') as reads
  from pg_class c
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and c.relnamespace::regnamespace::text ~ '^app_'
  order by c.oid::regclass::text;
