-- app_private.points_faults -> [app_operations.points_faults()] -> pointsFaults (operators' GraphQL)
-- Definer: it looks at everything that is kept of points.
create or replace function app_operations.points_faults() returns table (fault text, user_id uuid, detail text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return query select f.fault, f.user_id, f.detail from app_private.points_faults f limit 100;
end;
$$;
comment on function app_operations.points_faults() is
  'What does not add up between the ledger of points and all that is kept of it: always empty. Errors: TB001, TB002, TB004.';
revoke all on function app_operations.points_faults() from public;
grant execute on function app_operations.points_faults() to autobench_operator;
