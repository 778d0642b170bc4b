-- app_public.start_problem(), app_public.submit_answer() -> [app_private.require_problem()] -> app_public.problems, app_private.open_modules()
create or replace function app_private.require_problem(slug text, user_id uuid) returns app_public.problems
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem app_public.problems;
  v_module_id uuid;
  v_is_open boolean;
  v_waits_for text;
begin
  select p.* into v_problem from app_public.problems p where p.slug = require_problem.slug and p.is_published;
  if found then
    select o.module_id, o.is_open, o.waits_for into v_module_id, v_is_open, v_waits_for
      from app_private.open_modules(require_problem.user_id) o
      where o.module_id = v_problem.module_id;
  end if;
  if v_module_id is null then -- also one whose module is not published
    raise exception 'There is no such problem.' using errcode = 'TB080', hint = 'See problems for those that can be answered.';
  elsif not v_is_open then
    raise exception 'This problem is not open to you yet.'
      using errcode = 'TB081', hint = format('Solve more of: %s.', v_waits_for);
  end if;
  return v_problem;
end;
$$;
comment on function app_private.require_problem(text, uuid) is
  'A problem that a member may answer now. Errors: TB080, TB081.';
revoke all on function app_private.require_problem(text, uuid) from public;
