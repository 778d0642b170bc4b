-- a DBA -> [app_private.recount_votes()] -> app_private.pair_counts
create or replace function app_private.recount_votes() returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changed integer;
begin
  lock table app_private.pair_counts in share row exclusive mode; -- votes wait until this is done
  select count(*) into v_changed from app_private.count_faults f where f.fault = 'counts differ from votes';
  delete from app_private.pair_counts;
  insert into app_private.pair_counts (task_id, first_model_id, second_model_id, stratum, outcome, votes, uncounted)
    select c.task_id, c.first_model_id, c.second_model_id, c.stratum, c.outcome, c.votes, c.uncounted
      from app_private.counts_of_votes c;
  return v_changed;
end;
$$;
comment on function app_private.recount_votes() is 'Makes the counts anew from the votes; returns how many were wrong.';
revoke all on function app_private.recount_votes() from public;
