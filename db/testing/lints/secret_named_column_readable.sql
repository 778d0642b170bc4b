-- db/testing/lints.test.ts -> [db/testing/lints/secret_named_column_readable.sql] -> pg_attribute
-- A column that is named like a secret is readable by nobody. The list holds those that only sound like one.
select a.attrelid::regclass || '.' || a.attname || ': ' || r.rolname as offender
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'f')
  join pg_roles r on r.rolname ~ '^autobench_' and r.rolname <> 'autobench_owner'
  where c.relnamespace::regnamespace::text ~ '^app_' and a.attnum > 0 and not a.attisdropped
    and a.attname not in ('subject_type', 'subject_id') -- what a call to a model is about
    and a.attname ~ '(^|_)(secrets?|token|passwords?|keys?|emails?|subject)(_|$)' -- tokens are what models are paid by
    and has_column_privilege(r.oid, c.oid, a.attnum, 'select')
    and a.attrelid::regclass || '.' || a.attname <> all (array[
      'app_private.providers.api_key_env', -- the name of a variable, never a key
      'app_private.operator_log.subject', -- what an operator's action was done to
      'app_operations.operator_log.subject',
      'app_private.scheduled_tasks.period_key', -- the day for which a run is the only one
      'app_operations.scheduled_tasks.period_key'
    ]);
