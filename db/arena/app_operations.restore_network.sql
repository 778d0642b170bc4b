-- restoreNetwork (operators' GraphQL) -> [app_operations.restore_network()] -> app_private.exclude_network()
-- Definer: operators may judge votes without being able to write them.
create or replace function app_operations.restore_network(network text, reason text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('restore_network', restore_network.network, restore_network.reason);
  return app_private.exclude_network(decode(restore_network.network, 'hex'), restore_network.reason, false);
end;
$$;
comment on function app_operations.restore_network(text, text) is
  E'@resultFieldName votes\nPuts the votes from a network of one day back into the count, and says how many moved; boards follow within a minute. Errors: TB001, TB002, TB004, TB017, TB079.';
revoke all on function app_operations.restore_network(text, text) from public;
grant execute on function app_operations.restore_network(text, text) to autobench_operator;
