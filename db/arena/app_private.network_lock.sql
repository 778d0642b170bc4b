-- [app_private.network_lock()] -> cast_vote(), exclude_network()
create or replace function app_private.network_lock(network_hash bytea) returns bigint
language sql immutable strict parallel safe
return hashtextextended('network:' || encode(network_hash, 'hex'), 0);
comment on function app_private.network_lock(bytea) is
  'The advisory lock of a network: votes share it until they are committed, and whoever excludes the network takes it alone.';
revoke all on function app_private.network_lock(bytea) from public;
