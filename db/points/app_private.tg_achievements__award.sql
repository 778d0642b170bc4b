-- app_public.achievements -> [app_private.tg_achievements__award()] -> app_private.award_all_achievements()
create or replace function app_private.tg_achievements__award() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.award_all_achievements();
  return null;
end;
$$;
comment on function app_private.tg_achievements__award() is 'Gives a new or changed achievement at once to all who have met it already.';
revoke all on function app_private.tg_achievements__award() from public;

create or replace trigger _500_award after insert or update on app_public.achievements
  for each statement execute function app_private.tg_achievements__award();

-- A DBA's change of a row stays.
insert into app_public.achievements (type, name, description, criteria, points) values
  ('first_answer', 'First answer', 'Had a first answer judged.', '{"metric": "answers", "at_least": 1}', 10),
  ('first_solve', 'First solve', 'Solved a first problem.', '{"metric": "solved", "at_least": 1}', 20),
  ('perfect_score', 'Nothing to add', 'Wrote an answer that scored 100.', '{"metric": "best_score", "at_least": 100}', 30),
  ('ten_solved', 'Ten solved', 'Solved ten problems.', '{"metric": "solved", "at_least": 10}', 50),
  ('fifty_solved', 'Fifty solved', 'Solved fifty problems.', '{"metric": "solved", "at_least": 50}', 200),
  ('streak_7', 'A week', 'Seven active days in a row.', '{"metric": "streak", "at_least": 7}', 0),
  ('streak_30', 'A month', 'Thirty active days in a row.', '{"metric": "streak", "at_least": 30}', 0),
  ('streak_100', 'A hundred days', 'A hundred active days in a row.', '{"metric": "streak", "at_least": 100}', 0),
  ('module_complete', 'A whole module', 'Solved every problem of a module.', '{"metric": "modules", "at_least": 1}', 100),
  ('speedster', 'Speedster', 'Solved five problems within a quarter of their time.', '{"metric": "fast_solves", "at_least": 5}', 50),
  ('night_owl', 'Night owl', 'Solved three problems between midnight and five.', '{"metric": "nightly_solves", "at_least": 3}', 25),
  ('ten_in_a_day', 'Ten in a day', 'Solved ten problems on one day.', '{"metric": "solved_in_a_day", "at_least": 10}', 50),
  ('first_battle_won', 'First victory', 'Won a battle.', '{"metric": "battles_won", "at_least": 1}', 20)
on conflict on constraint achievements_pkey do nothing;
