-- [app_private.voter_lock()] -> cast_vote(), draw_ballot(), exclude_voter()
create or replace function app_private.voter_lock(voter_id bigint) returns bigint
language sql immutable strict parallel safe
return hashtextextended('voter:' || voter_id::text, 0);
comment on function app_private.voter_lock(bigint) is
  'The advisory lock of a voter: votes share it until they are committed; whoever draws for the voter or excludes them takes it alone.';
revoke all on function app_private.voter_lock(bigint) from public;
