-- cli/rehearsal.ts, autobench doctor -> [app_private.key_names()] -> app_private.providers
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.key_names() returns table (api_key_env text, models text[])
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.api_key_env, array_agg(m.slug order by m.slug)
    from app_private.providers p
      inner join app_public.models m on m.provider = p.name
    where p.is_enabled and not p.is_rehearsal and m.is_active
    group by p.name, p.api_key_env;
$$;
comment on function app_private.key_names() is
  'The names of the keys that active models need, with those models; null for a provider that asks for none.';
revoke all on function app_private.key_names() from public;
grant execute on function app_private.key_names() to autobench_worker;
