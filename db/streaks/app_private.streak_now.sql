-- app_public.users_streak(), app_public.leaderboard_global -> [app_private.streak_now()] -> app_private.streaks
create or replace function app_private.streak_now(user_id uuid, at timestamptz default now()) returns app_public.streak
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today date := app_private.member_day(streak_now.user_id, streak_now.at);
  v_streak app_private.streaks;
  v_is_alive boolean;
begin
  select s.* into v_streak from app_private.streaks s where s.user_id = streak_now.user_id;
  if not found then
    return row(0, 0, null, false, 0)::app_public.streak;
  end if;
  -- Today is not over: it counts when it comes, and until then the run is what it was yesterday. Freezes that the hourly
  -- updater has not spent yet bridge as they will.
  v_is_alive := v_streak.ends_on >= v_today - 1 - v_streak.freezes;
  return row(
    case when v_is_alive then v_streak.run_length else 0 end,
    v_streak.longest,
    v_streak.last_day,
    v_is_alive and v_streak.last_day < v_today,
    case when v_is_alive then v_streak.freezes - greatest(v_today - 1 - v_streak.ends_on, 0) else 0 end
  )::app_public.streak;
end;
$$;
comment on function app_private.streak_now(uuid, timestamptz) is 'A member''s streak as it stands at an instant, on their own day.';
revoke all on function app_private.streak_now(uuid, timestamptz) from public;
