-- settle_problems(), award_achievements(), spend_freezes() -> [app_private.lock_points()] -> app_private.point_holders
create or replace function app_private.lock_points(user_ids uuid[]) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  -- The highest id that this transaction has waited for; a rollback to a savepoint takes it back with the locks.
  v_highest uuid := coalesce(
    nullif(current_setting('app.points_locked', true), '')::uuid,
    '00000000-0000-0000-0000-000000000000'
  );
  v_id uuid;
begin
  -- Two transactions never wait for each other in a ring: they wait for ever higher ids only, all those of one call in order.
  perform h.id
    from app_private.point_holders h
    where h.id = any (lock_points.user_ids) and h.id > v_highest
    order by h.id
    for no key update;
  for v_id in select distinct i from unnest(lock_points.user_ids) i where i <= v_highest loop
    perform from app_private.point_holders h where h.id = v_id for no key update skip locked;
    if not found and exists (select from app_private.point_holders h where h.id = v_id) then
      raise exception 'Points are being changed in two orders at once.'
        using errcode = 'TB091', hint = 'Try again; name all members of a batch in one call of settle_problems().';
    end if;
  end loop;
  select i into v_highest from unnest(lock_points.user_ids || v_highest) i order by i desc nulls last limit 1;
  perform set_config('app.points_locked', v_highest::text, true);
end;
$$;
comment on function app_private.lock_points(uuid[]) is
  'Takes the locks of members whose points are about to change, until the transaction ends, in the one order that all keep. Errors: TB091.';
revoke all on function app_private.lock_points(uuid[]) from public;
