-- db/testing/lints.test.ts -> [db/testing/lints/unindexed_foreign_key.sql] -> pg_constraint
-- Every foreign key leads an index: without one, each delete of a parent reads the whole child table.
select k.conrelid::regclass || ' ' || k.conname as offender
  from pg_constraint k
  where k.contype = 'f' and k.conparentid = 0 and k.connamespace::regnamespace::text ~ '^app_'
    and not exists (
      select from pg_index i
        where i.indrelid = k.conrelid and i.indisvalid
          and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
          -- An index of the rows that refer to something at all does as well.
          and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\(\w+ IS NOT NULL\)$')
    );
