-- app_private.unpaid_milestones() -> [app_private.run_begins_after()] -> app_private.streaks
create or replace function app_private.run_begins_after(streak app_private.streaks) returns date
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  -- Active and frozen days together are runs without gaps; the last that holds an active day is the run.
  select lower(r) - 1
    from unnest((streak).days + (streak).frozen) r
    where r @> (streak).last_day;
$$;
comment on function app_private.run_begins_after(app_private.streaks) is 'The day before the last run began.';
revoke all on function app_private.run_begins_after(app_private.streaks) from public;
