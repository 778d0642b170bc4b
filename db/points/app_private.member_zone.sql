-- settle_problem() -> [app_private.member_zone()] -> app_private.time_zone_changes
create or replace function app_private.member_zone(user_id uuid, at timestamptz) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (
      select c.time_zone
        from app_private.time_zone_changes c
        where c.user_id = member_zone.user_id and c.changed_at <= member_zone.at
        order by c.changed_at desc
        limit 1
    ),
    'UTC'
  );
$$;
comment on function app_private.member_zone(uuid, timestamptz) is 'The zone in which a member was at an instant, as they said it.';
revoke all on function app_private.member_zone(uuid, timestamptz) from public;
