-- app_public.users.is_listed -> [app_private.tg_users__list_points()] -> app_private.period_scores, app_private.score_changes
-- Definer: a member may not touch scores themselves.
create or replace function app_private.tg_users__list_points() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.lock_points(array[new.id]);
  with turned as (
    update app_private.period_scores s
      set is_listed = new.is_listed
      where s.user_id = new.id and s.is_listed <> new.is_listed
      returning s.kind, s.starts_on, s.points
  )
  insert into app_private.score_changes (kind, starts_on, was, now_has)
    select t.kind, t.starts_on, case when new.is_listed then 0 else t.points end, case when new.is_listed then t.points else 0 end
      from turned t
      where t.points > 0;
  return null;
end;
$$;
comment on function app_private.tg_users__list_points() is
  'Takes a member who hides, or is suspended, off every leaderboard, and puts one who shows themselves back.';
revoke all on function app_private.tg_users__list_points() from public;

create or replace trigger _500_list_points after update of is_listed on app_public.users
  for each row when (old.is_listed is distinct from new.is_listed) execute function app_private.tg_users__list_points();
