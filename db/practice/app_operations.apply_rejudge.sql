-- applyRejudge (operators' GraphQL) -> [app_operations.apply_rejudge()] -> app_private.apply_rejudge()
-- Definer: operators may apply a re-judging without being able to write a verdict.
create or replace function app_operations.apply_rejudge(id bigint, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return (app_private.apply_rejudge(apply_rejudge.id, apply_rejudge.reason)).state;
end;
$$;
comment on function app_operations.apply_rejudge(bigint, text) is
  E'@resultFieldName state\nMakes what a shadow run found count, for everybody at once. Errors: TB001, TB002, TB004, TB017, TB089, TB091.';
revoke all on function app_operations.apply_rejudge(bigint, text) from public;
grant execute on function app_operations.apply_rejudge(bigint, text) to autobench_operator;
