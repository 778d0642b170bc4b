-- app_private.cast_vote() -> [app_private.count_vote()] -> app_private.pair_counts
create or replace function app_private.count_vote(
  task_id uuid,
  first_model_id uuid,
  second_model_id uuid,
  stratum app_public.stratum,
  outcome app_private.outcome
) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_private.pair_counts as c (task_id, first_model_id, second_model_id, stratum, outcome, votes)
    values (
      count_vote.task_id, count_vote.first_model_id, count_vote.second_model_id, count_vote.stratum, count_vote.outcome, 1
    )
    on conflict on constraint pair_counts_pkey do update set votes = c.votes + 1;
end;
$$;
comment on function app_private.count_vote(uuid, uuid, uuid, app_public.stratum, app_private.outcome) is
  'Adds one vote to the counts: one upsert, in the vote''s own transaction and last in it.';
revoke all on function app_private.count_vote(uuid, uuid, uuid, app_public.stratum, app_private.outcome) from public;
