-- app_public.users -> [app_private.tg_users__begin_points()] -> app_private.point_holders, app_public.user_badges
create or replace function app_private.tg_users__begin_points() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_private.point_holders (id) values (new.id) on conflict on constraint point_holders_pkey do nothing;
  insert into app_public.user_badges (user_id, badge_name, earned_at)
    select new.id, b.name, new.created_at
      from app_public.badges b
      where b.required_points = 0 and b.required_exercises = 0
    on conflict on constraint user_badges_pkey do nothing;
  return null;
end;
$$;
comment on function app_private.tg_users__begin_points() is 'Makes room for a new member''s points, and gives them the badge that asks for nothing.';
revoke all on function app_private.tg_users__begin_points() from public;

create or replace trigger _500_begin_points after insert on app_public.users
  for each row execute function app_private.tg_users__begin_points();
