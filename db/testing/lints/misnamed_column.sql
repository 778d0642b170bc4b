-- db/testing/lints.test.ts -> [db/testing/lints/misnamed_column.sql] -> pg_attribute
-- A name says what a column holds: booleans `is_` or `has_`, instants `_at`, dates `_on` or `day`. An instant knows its
-- zone, so there is no timestamp without one.
select a.attrelid::regclass || '.' || a.attname || ': ' || format_type(a.atttypid, a.atttypmod) as offender
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'c')
  where c.relnamespace::regnamespace::text ~ '^app_' and a.attnum > 0 and not a.attisdropped
    and not case a.atttypid
      when 'boolean'::regtype then a.attname ~ '^(is|has)_'
      when 'timestamptz'::regtype then a.attname ~ '(^|_)at$'
      when 'date'::regtype then a.attname ~ '_on$|(^|_)day$'
      else a.atttypid not in ('timestamp'::regtype, 'timetz'::regtype)
    end
    and a.attname <> 'challenge_date' -- the founding documents' name
    and a.attrelid::regclass || '.' || a.attname <> all (array[
      'app_private.llm_attempts.lease_until', -- these three say what the instant or day is better than the rule would
      'app_private.dispatch_gate.closed_through',
      'app_public.models.prices_as_of',
      'app_private.scheduled_tasks.scheduled_time', -- the founding documents' name
      'app_operations.scheduled_tasks.scheduled_time'
    ]);
