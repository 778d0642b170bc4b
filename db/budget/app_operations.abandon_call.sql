-- abandonCall (operators' GraphQL) -> [app_operations.abandon_call()] -> app_private.abandon_call()
-- Definer: operators may give a call up without being able to write the ledger.
create or replace function app_operations.abandon_call(id bigint, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return app_private.abandon_call(abandon_call.id, abandon_call.reason);
end;
$$;
comment on function app_operations.abandon_call(bigint, text) is
  E'@resultFieldName state\nGives a doubtful call up: its hold counts as spent, and it fails. Errors: TB001, TB002, TB004, TB017, TB045.';
revoke all on function app_operations.abandon_call(bigint, text) from public;
grant execute on function app_operations.abandon_call(bigint, text) to autobench_operator;
