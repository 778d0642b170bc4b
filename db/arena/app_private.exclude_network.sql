-- app_operations.exclude_network() -> [app_private.exclude_network()] -> app_private.judge_votes(), app_private.exclusions
create or replace function app_private.exclude_network(
  network_hash bytea,
  reason text,
  is_excluded boolean default true,
  at timestamptz default now()
) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ballots uuid[];
  v_moved integer;
begin
  -- One at a time, from before the id is drawn until it is committed: who has seen one exclusion has seen all of lesser id.
  perform pg_advisory_xact_lock(hashtextextended('exclusions', 0));
  perform pg_advisory_xact_lock(app_private.network_lock(exclude_network.network_hash));
  select array_agg(v.ballot_id) into v_ballots from app_public.votes v where v.network_hash = exclude_network.network_hash;
  if v_ballots is null or exclude_network.is_excluded = coalesce((
    select e.is_excluded from app_private.exclusions e
      where e.network_hash = exclude_network.network_hash
      order by e.id desc limit 1
  ), false) then
    raise exception 'There is no such network to be excluded or restored.'
      using errcode = 'TB079', hint = 'Check the hash, and how the network stands already.';
  end if;
  v_moved := app_private.judge_votes(
    v_ballots, 'network', case when exclude_network.is_excluded then 'fail' else 'pass' end, exclude_network.at
  );
  insert into app_private.exclusions (network_hash, is_excluded, reason, votes, operator_id, at)
    values (
      exclude_network.network_hash, exclude_network.is_excluded, exclude_network.reason, v_moved, app_public.current_user_id(),
      exclude_network.at
    );
  return v_moved;
end;
$$;
comment on function app_private.exclude_network(bytea, text, boolean, timestamptz) is
  'Takes all votes from a network of one day out of the count, or puts them back, and writes it down; returns how many moved. Errors: TB017, TB079.';
revoke all on function app_private.exclude_network(bytea, text, boolean, timestamptz) from public;
