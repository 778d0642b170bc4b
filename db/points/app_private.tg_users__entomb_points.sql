-- app_private.erase_account() -> app_public.users -> [app_private.tg_users__entomb_points()] -> app_private.point_holders, app_public.points_ledger, app_private.period_scores
create or replace function app_private.tg_users__entomb_points() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tombstone uuid := gen_random_uuid();
begin
  perform app_private.lock_points(array[old.id]);
  insert into app_private.point_holders (id, erased_at) values (v_tombstone, now());
  update app_public.points_ledger l set user_id = v_tombstone where l.user_id = old.id;
  -- What stays is sums; nobody's place depends on them any more.
  with left_behind as (
    update app_private.period_scores s
      set user_id = v_tombstone, is_listed = false
      from unnest(enum_range(null::app_public.period_kind)) k (kind)
      where s.kind = k.kind and s.user_id = old.id
      returning with (old as o) s.kind, s.starts_on, o.is_listed as was_listed, s.points
  )
  insert into app_private.score_changes (kind, starts_on, was, now_has)
    select b.kind, b.starts_on, b.points, 0 from left_behind b where b.was_listed and b.points > 0;
  delete from app_private.point_holders h where h.id = old.id;
  return old;
end;
$$;
comment on function app_private.tg_users__entomb_points() is
  'Passes an erased member''s points to a tombstone, so that the ledger and all sums of it still add up.';
revoke all on function app_private.tg_users__entomb_points() from public;

create or replace trigger _500_entomb_points before delete on app_public.users
  for each row execute function app_private.tg_users__entomb_points();
