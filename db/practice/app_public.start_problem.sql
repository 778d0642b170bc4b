-- startProblem (GraphQL) -> [app_public.start_problem()] -> app_public.attempts
-- Definer: a member may start a clock without being able to set it.
create or replace function app_public.start_problem(slug text) returns app_public.attempts
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_problem app_public.problems := app_private.require_problem(start_problem.slug, v_user_id);
  v_attempt app_public.attempts;
begin
  insert into app_public.attempts (user_id, problem_id) values (v_user_id, v_problem.id)
    on conflict on constraint attempts_one_per_problem do nothing;
  select a.* into strict v_attempt from app_public.attempts a where a.user_id = v_user_id and a.problem_id = v_problem.id;
  return v_attempt;
end;
$$;
comment on function app_public.start_problem(text) is
  E'@resultFieldName attempt\nBegins a problem: from here the server''s clock runs. A second time it returns the same attempt. Errors: TB001, TB002, TB080, TB081.';
revoke all on function app_public.start_problem(text) from public;
grant execute on function app_public.start_problem(text) to autobench_member;
