-- dispatch_tasks(), model_for_role() -> [app_private.usable_models()] -> app_public.models, app_private.providers
create or replace function app_private.usable_models(keys text[], has_rehearsal boolean)
returns table (model_id uuid, is_usable boolean, reason text)
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select m.id, v.reason is null, v.reason
    from app_public.models m
      inner join app_private.providers p on p.name = m.provider
      cross join lateral (
        select case
          when not m.is_active then 'The model is not active.'
          when not p.is_enabled then format('The provider %s is switched off.', p.name)
          when p.is_rehearsal and not has_rehearsal then 'Rehearsal models take part only when there are no keys.'
          when not p.is_rehearsal and has_rehearsal then 'Real models do not take part in a rehearsal.'
          when p.api_key_env is not null and not p.is_rehearsal and not p.api_key_env = any (keys)
            then format('%s is not set.', p.api_key_env)
        end
      ) v (reason);
$$;
comment on function app_private.usable_models(text[], boolean) is
  'Which models can be asked now, given the names of the keys that are set, and why the others cannot.';
revoke all on function app_private.usable_models(text[], boolean) from public;
