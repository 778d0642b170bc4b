-- app_private.folded_tasks, app_private.past_foldings -> [app_private.folded_as_of()] -> board_counts(), hash_exclusions()
create or replace function app_private.folded_as_of(up_to_position bigint default null)
returns table (task_id uuid, exclusion_id bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select f.task_id, f.exclusion_id
    from app_private.folded_tasks f
    where up_to_position is null
      or (f.position <= up_to_position and up_to_position >= (select min(c.position) from app_private.folded_tasks c))
  union all
  select p.task_id, p.exclusion_id
    from app_private.past_foldings p
    where p.position <= up_to_position
      and p.folding = (select o.folding from app_private.past_foldings o where o.position = up_to_position);
$$;
comment on function app_private.folded_as_of(bigint) is
  'The tasks that were in what was published when the last of them had this place, of whatever folding it is, with the last exclusion known then; without a place, those that are in it now.';
revoke all on function app_private.folded_as_of(bigint) from public;
