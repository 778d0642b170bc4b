-- excludeVoter (operators' GraphQL) -> [app_operations.exclude_voter()] -> app_private.exclude_voter()
-- Definer: operators may judge votes without being able to write them.
create or replace function app_operations.exclude_voter(voter_id bigint, reason text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('exclude_voter', exclude_voter.voter_id::text, exclude_voter.reason);
  return app_private.exclude_voter(exclude_voter.voter_id, exclude_voter.reason, true);
end;
$$;
comment on function app_operations.exclude_voter(bigint, text) is
  E'@resultFieldName votes\nTakes the votes of a voter out of the count, and says how many moved; boards follow within a minute. Errors: TB001, TB002, TB004, TB017, TB079.';
revoke all on function app_operations.exclude_voter(bigint, text) from public;
grant execute on function app_operations.exclude_voter(bigint, text) to autobench_operator;
