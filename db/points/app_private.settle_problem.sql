-- app_private.record_verdict() -> [app_private.settle_problem()] -> nothing yet: points replace this file
create or replace function app_private.settle_problem(user_id uuid, problem_id uuid, cause uuid) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return;
end;
$$;
comment on function app_private.settle_problem(uuid, uuid, uuid) is
  'Makes what a member has earned on a problem what their judged answers say; until there are points it does nothing.';
revoke all on function app_private.settle_problem(uuid, uuid, uuid) from public;
