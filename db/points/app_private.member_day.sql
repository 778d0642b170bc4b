-- app_public.submit_answer(), app_private.streak_now() -> [app_private.member_day()] -> app_private.time_zone_changes
create or replace function app_private.member_day(user_id uuid, at timestamptz) returns date
language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new record;
  v_old_zone text;
  v_old_day date;
begin
  select c.changed_at, c.time_zone into v_new
    from app_private.time_zone_changes c
    where c.user_id = member_day.user_id and c.changed_at <= member_day.at
    order by c.changed_at desc
    limit 1;
  if not found then
    return (member_day.at at time zone 'utc')::date;
  end if;
  select c.time_zone into v_old_zone
    from app_private.time_zone_changes c
    where c.user_id = member_day.user_id and c.changed_at < v_new.changed_at
    order by c.changed_at desc
    limit 1;
  v_old_zone := coalesce(v_old_zone, 'UTC');
  v_old_day := (v_new.changed_at at time zone v_old_zone)::date;
  -- The day under way ends where it began: going east begins no second day on the same day. And no day comes twice:
  -- going west wakes no streak that has ended.
  if member_day.at < (v_old_day + 1)::timestamp at time zone v_old_zone then
    return v_old_day;
  end if;
  return greatest((member_day.at at time zone v_new.time_zone)::date, v_old_day);
end;
$$;
comment on function app_private.member_day(uuid, timestamptz) is
  'A member''s own day at an instant. A change of zone counts from the end of the day in which it was made, and days never go back.';
revoke all on function app_private.member_day(uuid, timestamptz) from public;
