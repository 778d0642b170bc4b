-- scan_votes -> [app_private.settle_ballots()] -> app_private.open_ballots, app_private.voters
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.settle_ballots() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settled integer;
begin
  with used as (
    delete from app_private.open_ballots o
      where o.ballot_id = any (array(
        select u.ballot_id from app_private.open_ballots u
          where exists (select from app_public.votes v where v.ballot_id = u.ballot_id)
          for update skip locked
      ))
      returning o.ballot_id
  ), marked as (
    update app_private.voters v
      set has_voted = true
      where not v.has_voted
        and v.id in (select b.voter_id from used u inner join app_public.ballots b on b.id = u.ballot_id)
  )
  select count(*) into v_settled from used u;
  return v_settled;
end;
$$;
comment on function app_private.settle_ballots() is
  'Strikes used ballots off the list of open ones, and marks their voters as such who have voted: once an hour, so that no vote waits for it.';
revoke all on function app_private.settle_ballots() from public;
grant execute on function app_private.settle_ballots() to autobench_worker;
