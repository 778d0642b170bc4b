-- revertRejudge (operators' GraphQL) -> [app_operations.revert_rejudge()] -> app_private.revert_rejudge()
-- Definer: operators may take a re-judging back without being able to write a verdict.
create or replace function app_operations.revert_rejudge(id bigint, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return (app_private.revert_rejudge(revert_rejudge.id, revert_rejudge.reason)).state;
end;
$$;
comment on function app_operations.revert_rejudge(bigint, text) is
  E'@resultFieldName state\nTakes an applied re-judging back, and its points with it. Errors: TB001, TB002, TB004, TB017, TB089, TB091.';
revoke all on function app_operations.revert_rejudge(bigint, text) from public;
grant execute on function app_operations.revert_rejudge(bigint, text) to autobench_operator;
