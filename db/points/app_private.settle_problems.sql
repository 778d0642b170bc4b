-- re-judgings of many answers -> [app_private.settle_problems()] -> app_private.settle_problem()
create or replace function app_private.settle_problems(user_ids uuid[], problem_ids uuid[], cause uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item record;
begin
  perform app_private.lock_points(settle_problems.user_ids);
  for v_item in
    select distinct i.user_id, i.problem_id
      from unnest(settle_problems.user_ids, settle_problems.problem_ids) i (user_id, problem_id)
      order by i.user_id, i.problem_id
  loop
    perform app_private.settle_problem(v_item.user_id, v_item.problem_id, settle_problems.cause);
  end loop;
end;
$$;
comment on function app_private.settle_problems(uuid[], uuid[], uuid) is
  'Settles a batch of members and problems, pair by pair, with one cause; two batches never wait for each other in a ring. Errors: TB091.';
revoke all on function app_private.settle_problems(uuid[], uuid[], uuid) from public;
