-- app_public.points_ledger -> [app_private.tg_points_ledger__keep()] -> TB090
create or replace function app_private.tg_points_ledger__keep() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row app_public.points_ledger;
begin
  -- The one change that there is: an erased member's rows pass to their tombstone, and are otherwise what they were.
  if tg_op = 'UPDATE' then
    v_row := new;
    v_row.user_id := old.user_id;
    if v_row is not distinct from old
      and exists (select from app_private.point_holders h where h.id = new.user_id and h.erased_at is not null)
    then
      return new;
    end if;
  end if;
  raise exception 'The ledger of points is only ever added to.'
    using errcode = 'TB090', hint = 'Post a row that takes back what was wrong.';
end;
$$;
comment on function app_private.tg_points_ledger__keep() is
  'Refuses every change of the ledger but an added row, or the passing of an erased member''s rows to a tombstone. Errors: TB090.';
revoke all on function app_private.tg_points_ledger__keep() from public;

create or replace trigger _100_keep before update or delete on app_public.points_ledger
  for each row execute function app_private.tg_points_ledger__keep();
create or replace trigger _100_keep_all before truncate on app_public.points_ledger
  for each statement execute function app_private.tg_points_ledger__keep();
