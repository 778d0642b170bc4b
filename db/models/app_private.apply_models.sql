-- autobench sync models -> [app_private.apply_models()] -> app_private.providers, app_public.models, app_private.llm_roles
create or replace function app_private.apply_models(content jsonb)
returns table (kind text, name text, change text)
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Rehearsal roles stand in a range of their own, behind the real ones.
  v_from integer := coalesce((content ->> 'role_priority_from')::integer, 0);
begin
  perform pg_advisory_xact_lock(hashtextextended('apply_models', 0));

  return query
  with given as (
    select p.*
      from jsonb_populate_recordset(null::app_private.providers, apply_models.content -> 'providers') p
  ), merged as (
    merge into app_private.providers as k
    using given as g on k.name = g.name
    when not matched then
      insert (name, protocol, base_url, api_key_env, max_parallel, requests_per_minute, is_enabled, is_overload_free, is_rehearsal, traits)
      values (
        g.name, g.protocol, g.base_url, g.api_key_env, coalesce(g.max_parallel, 4), coalesce(g.requests_per_minute, 30),
        coalesce(g.is_enabled, true), coalesce(g.is_overload_free, false), coalesce(g.is_rehearsal, false), coalesce(g.traits, '{}')
      )
    when matched and (k.protocol, k.base_url, k.api_key_env, k.max_parallel, k.requests_per_minute, k.is_enabled)
      is distinct from (g.protocol, g.base_url, g.api_key_env, coalesce(g.max_parallel, 4), coalesce(g.requests_per_minute, 30), coalesce(g.is_enabled, true))
    then
      update set protocol = g.protocol, base_url = g.base_url, api_key_env = g.api_key_env,
        max_parallel = coalesce(g.max_parallel, 4), requests_per_minute = coalesce(g.requests_per_minute, 30),
        is_enabled = coalesce(g.is_enabled, true)
    returning k.name, merge_action() as action
  )
  select 'provider', m.name, case m.action when 'INSERT' then 'added' else 'changed' end from merged m order by m.name;

  return query
  with given as (
    select m.*
      from jsonb_populate_recordset(null::app_public.models, apply_models.content -> 'models') m
  ), merged as (
    merge into app_public.models as k
    using given as g on k.slug = g.slug
    when not matched then
      insert (slug, display_name, provider, api_model, family, params, max_output_tokens, input_usd_per_million,
        cached_input_usd_per_million, output_usd_per_million, prices_as_of, is_active, is_contestant, is_rehearsal, note)
      values (g.slug, g.display_name, g.provider, g.api_model, g.family, coalesce(g.params, '{}'), coalesce(g.max_output_tokens, 16384),
        g.input_usd_per_million, g.cached_input_usd_per_million, g.output_usd_per_million, g.prices_as_of,
        coalesce(g.is_active, true), coalesce(g.is_contestant, true), coalesce(g.is_rehearsal, false), g.note)
    when matched and (k.display_name, k.provider, k.api_model, k.family, k.params, k.max_output_tokens, k.input_usd_per_million,
        k.cached_input_usd_per_million, k.output_usd_per_million, k.prices_as_of, k.is_active, k.is_contestant, k.note)
      is distinct from (g.display_name, g.provider, g.api_model, g.family, coalesce(g.params, '{}'), coalesce(g.max_output_tokens, 16384),
        g.input_usd_per_million, g.cached_input_usd_per_million, g.output_usd_per_million, g.prices_as_of,
        coalesce(g.is_active, true) and k.retired_at is null, coalesce(g.is_contestant, true), g.note)
    then
      update set display_name = g.display_name, provider = g.provider, api_model = g.api_model, family = g.family,
        params = coalesce(g.params, '{}'), max_output_tokens = coalesce(g.max_output_tokens, 16384),
        input_usd_per_million = g.input_usd_per_million, cached_input_usd_per_million = g.cached_input_usd_per_million,
        output_usd_per_million = g.output_usd_per_million, prices_as_of = g.prices_as_of,
        is_active = coalesce(g.is_active, true) and k.retired_at is null,
        is_contestant = coalesce(g.is_contestant, true), note = g.note
    returning k.slug, merge_action() as action
  )
  select 'model', m.slug, case m.action when 'INSERT' then 'added' else 'changed' end from merged m order by m.slug;

  -- A role is an ordered list of models: the first usable one does it.
  return query
  with given as (
    select r.role, v_from + (row_number() over (partition by r.role order by s.n))::integer as priority, m.id as model_id, m.slug
      from jsonb_each(coalesce(apply_models.content -> 'roles', '{}')) r (role, slugs)
        cross join lateral jsonb_array_elements_text(r.slugs) with ordinality s (slug, n)
        inner join app_public.models m on m.slug = s.slug
  ), merged as (
    merge into app_private.llm_roles as k
    using given as g on k.role = g.role and k.priority = g.priority
    when not matched then insert (role, priority, model_id) values (g.role, g.priority, g.model_id)
    when matched and k.model_id <> g.model_id then update set model_id = g.model_id
    when not matched by source and apply_models.content ? 'roles' and k.priority > v_from and k.priority <= v_from + 100 then delete
    returning k.role, k.priority, merge_action() as action
  )
  select 'role', m.role || ' ' || m.priority, case m.action when 'INSERT' then 'added' when 'DELETE' then 'removed' else 'changed' end
    from merged m order by m.role, m.priority;
end;
$$;
comment on function app_private.apply_models(jsonb) is
  'Takes in providers, models and roles from content/models.json; returns what changed. Nothing is deleted but a role.';
revoke all on function app_private.apply_models(jsonb) from public;
