-- app_private.tg_points_ledger__fold(), refresh_leaderboard() -> [app_private.score_period()]
create or replace function app_private.score_period(kind app_public.period_kind, at timestamptz) returns date
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case score_period.kind
      when 'all' then date '2000-01-01'
      when 'month' then date_trunc('month', score_period.at at time zone 'utc')::date
      when 'week' then date_trunc('week', score_period.at at time zone 'utc')::date
    end;
$$;
comment on function app_private.score_period(app_public.period_kind, timestamptz) is
  'The first day of the period that holds an instant, in UTC: all time is one that began in 2000.';
revoke all on function app_private.score_period(app_public.period_kind, timestamptz) from public;
