-- app_public.badges -> [app_private.tg_badges__award()] -> app_private.award_badges()
create or replace function app_private.tg_badges__award() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.award_badges();
  return null;
end;
$$;
comment on function app_private.tg_badges__award() is 'Gives a new or changed badge at once to all who qualify for it already.';
revoke all on function app_private.tg_badges__award() from public;

create or replace trigger _500_award after insert or update on app_public.badges
  for each statement execute function app_private.tg_badges__award();

-- The founding document's six. A DBA's change of a row stays.
insert into app_public.badges (name, description, icon, required_points, required_exercises, rank_level) values
  ('Beginner', 'Just getting started', U&'\+01F331', 0, 0, 1),
  ('Apprentice', 'Learning the ropes', U&'\+01F4DA', 1000, 10, 2),
  ('Intermediate', 'Building expertise', U&'\2699\FE0F', 2500, 25, 3),
  ('Advanced', 'Strong understanding', U&'\+01F393', 5000, 40, 4),
  ('Expert', 'Mastered the fundamentals', U&'\+01F947', 8000, 60, 5),
  ('Master', 'Elite data scientist', U&'\+01F3C6', 12000, 80, 6)
on conflict on constraint badges_pkey do nothing;
