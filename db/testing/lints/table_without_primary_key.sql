-- db/testing/lints.test.ts -> [db/testing/lints/table_without_primary_key.sql] -> pg_class
-- Every table has a primary key: without one a row cannot be named, nor the table replicated.
select c.oid::regclass::text as offender
  from pg_class c
  where c.relkind in ('r', 'p') and c.relnamespace::regnamespace::text ~ '^app_'
    and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary);
