-- refresh_leaderboards -> [app_private.refresh_leaderboard()] -> app_private.leaderboard_global, app_private.leaderboard_monthly, app_private.leaderboard_weekly
-- Definer: only its owner may refresh a materialized view.
create or replace function app_private.refresh_leaderboard(kind app_public.period_kind, at timestamptz default now()) returns boolean
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_starts_on date := app_private.score_period(refresh_leaderboard.kind, refresh_leaderboard.at);
begin
  if not pg_try_advisory_xact_lock(hashtextextended('app_private.refresh_leaderboard:' || refresh_leaderboard.kind, 0)) then
    return false; -- somebody else is at it
  end if;
  -- The period moves on by itself, and never back: a run that comes late shows the one that runs now.
  update app_private.boards b
    set starts_on = greatest(b.starts_on, v_starts_on), refreshed_at = clock_timestamp()
    where b.kind = refresh_leaderboard.kind and (
      b.starts_on < v_starts_on or b.changed_at >= b.refreshed_at
        -- Streaks end by themselves: each day is a new board.
        or b.refreshed_at < date_trunc('day', refresh_leaderboard.at, 'UTC')
    );
  if not found then
    return false;
  end if;
  case refresh_leaderboard.kind
    when 'all' then refresh materialized view concurrently app_private.leaderboard_global;
    when 'month' then refresh materialized view concurrently app_private.leaderboard_monthly;
    when 'week' then refresh materialized view concurrently app_private.leaderboard_weekly;
  end case;
  return true;
end;
$$;
comment on function app_private.refresh_leaderboard(app_public.period_kind, timestamptz) is
  'Refreshes a leaderboard if anything has changed since the last time, or its period is another; says whether it did.';
revoke all on function app_private.refresh_leaderboard(app_public.period_kind, timestamptz) from public;
grant execute on function app_private.refresh_leaderboard(app_public.period_kind, timestamptz) to autobench_worker;
