-- scan_votes -> [app_private.scan_votes()] -> app_private.vote_anomalies(), app_private.vote_flags
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.scan_votes(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_flagged integer;
begin
  with found as (
    insert into app_private.vote_flags as f (voter_id, network_hash, model_id, votes, e_value, flagged_at, seen_at)
      select a.voter_id, a.network_hash, a.model_id, a.votes, a.e_value, scan_votes.at, scan_votes.at
        from app_private.vote_anomalies(scan_votes.at - interval '7 days', scan_votes.at) a
        where a.is_flagged
      on conflict on constraint vote_flags_once do update
        set votes = excluded.votes, e_value = greatest(f.e_value, excluded.e_value), seen_at = excluded.seen_at
      returning f.xmax = 0 as is_new -- a row that was there before bears the lock of its update
  )
  select count(*) filter (where f.is_new) into v_flagged from found f;
  return v_flagged;
end;
$$;
comment on function app_private.scan_votes(timestamptz) is
  'Flags voters and networks of the last seven days whose votes are hardly honest; returns how many are new.';
revoke all on function app_private.scan_votes(timestamptz) from public;
grant execute on function app_private.scan_votes(timestamptz) to autobench_worker;
