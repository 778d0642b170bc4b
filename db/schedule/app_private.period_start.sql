-- period_key(), begin_scheduled_task() -> [app_private.period_start()]
create or replace function app_private.period_start(period text, at timestamptz) returns timestamptz
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- Bins from a midnight of UTC: no session's time zone has a say.
  select date_bin(
    case period_start.period
      when 'minute' then interval '1 minute'
      when 'five_minutes' then interval '5 minutes'
      when 'ten_minutes' then interval '10 minutes'
      when 'hour' then interval '1 hour'
      when 'day' then interval '1 day'
    end,
    period_start.at,
    timestamptz '2000-01-01 00:00:00+00'
  );
$$;
comment on function app_private.period_start(text, timestamptz) is 'When the period that holds an instant began, in UTC.';
revoke all on function app_private.period_start(text, timestamptz) from public;
