-- app_private.begin_judging() -> [app_private.pick_judge()] -> app_private.llm_roles, app_private.usable_models()
create or replace function app_private.pick_judge(keys text[], has_rehearsal boolean, other_than uuid) returns uuid
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  -- A second opinion is somebody else's, where there is somebody else.
  select r.model_id
    from app_private.llm_roles r
      inner join app_private.usable_models(pick_judge.keys, pick_judge.has_rehearsal) u on u.model_id = r.model_id
    where r.role = 'judge' and u.is_usable
    order by coalesce(r.model_id = pick_judge.other_than, false), r.priority
    limit 1;
$$;
comment on function app_private.pick_judge(text[], boolean, uuid) is
  'The first usable judge that is not the one named, or else that one; null if nobody can be asked.';
revoke all on function app_private.pick_judge(text[], boolean, uuid) from public;
