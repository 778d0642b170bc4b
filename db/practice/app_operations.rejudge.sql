-- rejudge (operators' GraphQL) -> [app_operations.rejudge()] -> app_private.open_rejudge()
-- Definer: operators may ask for a re-judging without being able to write one.
create or replace function app_operations.rejudge(problem text, version text, reason text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return (app_private.open_rejudge(rejudge.problem, rejudge.version, rejudge.reason)).id;
end;
$$;
comment on function app_operations.rejudge(text, text, text) is
  E'@resultFieldName runId\nHas the answers to a problem judged once more with a prompt version, in shadow: rejudgeFlips shows what would change. Errors: TB001, TB002, TB004, TB017, TB080, TB08A.';
revoke all on function app_operations.rejudge(text, text, text) from public;
grant execute on function app_operations.rejudge(text, text, text) to autobench_operator;
