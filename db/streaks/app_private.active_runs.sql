-- app_private.unpaid_milestones(), settle_milestones() -> [app_private.active_runs()] -> app_private.streaks
create or replace function app_private.active_runs(streak app_private.streaks)
returns table (run daterange, active integer)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  -- Active and frozen days together are runs without gaps.
  select r, (select sum(upper(d) - lower(d)) from unnest((streak).days * datemultirange(r)) d)::integer
    from unnest((streak).days + (streak).frozen) r;
$$;
comment on function app_private.active_runs(app_private.streaks) is
  'A member''s runs, frozen days among them, and how many active days each has.';
revoke all on function app_private.active_runs(app_private.streaks) from public;
