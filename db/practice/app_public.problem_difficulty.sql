-- [app_public.problem_difficulty] -> app_public.problems
do $$
begin
  create type app_public.problem_difficulty as enum ('beginner', 'intermediate', 'advanced', 'expert');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.problem_difficulty is 'How hard a problem is, from the easiest to the hardest.';
revoke all on type app_public.problem_difficulty from public;
grant usage on type app_public.problem_difficulty to autobench_anon, autobench_member;
