-- app_private.streak_milestones -> [app_private.tg_streak_milestones__reopen()] -> app_private.pay_milestones()
create or replace function app_private.tg_streak_milestones__reopen() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due uuid[];
begin
  select array_agg(s.user_id) into v_due
    from app_private.streaks s
    where s.is_paid and s.longest >= (select min(c.days) from changed c);
  perform app_private.lock_points(coalesce(v_due, '{}'));
  update app_private.streaks s set is_paid = false where s.user_id = any (v_due);
  return null;
end;
$$;
comment on function app_private.tg_streak_milestones__reopen() is
  'Has the runs that reach a new or changed milestone looked at again.';
revoke all on function app_private.tg_streak_milestones__reopen() from public;

create or replace trigger _500_reopen_insert after insert on app_private.streak_milestones
  referencing new table as changed
  for each statement execute function app_private.tg_streak_milestones__reopen();
create or replace trigger _500_reopen_update after update on app_private.streak_milestones
  referencing new table as changed
  for each statement execute function app_private.tg_streak_milestones__reopen();
