-- app_public.submit_answer() -> [app_private.time_bonus()] -> app_public.answers.time_bonus_points
create or replace function app_private.time_bonus(points integer, expected_seconds integer, seconds_taken integer) returns integer
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- Whole within a quarter of the expected time, then a straight line down to nothing at its end.
  select round(
    points * least(1, greatest(0, (expected_seconds - seconds_taken) / (expected_seconds * 0.75)))
  )::integer;
$$;
comment on function app_private.time_bonus(integer, integer, integer) is 'What is left of a time bonus after so many seconds.';
revoke all on function app_private.time_bonus(integer, integer, integer) from public;
