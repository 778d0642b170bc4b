-- generate_daily_tasks -> [app_private.model_for_role()] -> app_private.llm_roles, app_private.usable_models()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.model_for_role(role text, keys text[], has_rehearsal boolean)
returns uuid
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.model_id
    from app_private.llm_roles r
      inner join app_private.usable_models(keys, has_rehearsal) u on u.model_id = r.model_id
    where r.role = model_for_role.role and u.is_usable
    order by r.priority
    limit 1;
$$;
comment on function app_private.model_for_role(text, text[], boolean) is
  'The first usable model that has a role, or null.';
revoke all on function app_private.model_for_role(text, text[], boolean) from public;
grant execute on function app_private.model_for_role(text, text[], boolean) to autobench_worker;
