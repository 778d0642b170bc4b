-- setTimeZone (GraphQL) -> [app_public.set_time_zone()] -> app_private.time_zone_changes, app_public.users
-- Definer: a member may not write time_zone directly, so that no change goes undated.
create or replace function app_public.set_time_zone(time_zone text) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_user app_public.users;
  v_last timestamptz;
  v_at timestamptz := now();
begin
  -- Locked first: two changes at once are one after the other, and the second is refused.
  select * into v_user from app_public.users u where u.id = v_user_id for update;
  if v_user.time_zone = set_time_zone.time_zone then
    return v_user;
  end if;
  if set_time_zone.time_zone !~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z_+-]+[0-9]*)+)$'
    or not exists (select from pg_timezone_names z where z.name = set_time_zone.time_zone)
  then
    raise exception 'There is no such time zone.'
      using errcode = 'TB015', hint = 'Use a name of the IANA list, such as Europe/Berlin, or UTC.';
  end if;
  select max(c.changed_at) into v_last from app_private.time_zone_changes c where c.user_id = v_user_id;
  if v_last > v_at - interval '7 days' then
    raise exception 'The time zone can be changed once a week.'
      using errcode = 'TB016',
        hint = format('Try again after %s.', to_char((v_last + interval '7 days') at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"'));
  end if;
  insert into app_private.time_zone_changes (user_id, changed_at, time_zone)
    values (v_user_id, v_at, set_time_zone.time_zone);
  update app_public.users u set time_zone = set_time_zone.time_zone where u.id = v_user_id returning * into v_user;
  return v_user;
end;
$$;
comment on function app_public.set_time_zone(text) is
  E'@resultFieldName user\nChanges the zone in which the signed-in member''s days are cut, once a week. Errors: TB001, TB002, TB015, TB016.';
revoke all on function app_public.set_time_zone(text) from public;
grant execute on function app_public.set_time_zone(text) to autobench_member;
