-- dispatch_and_collect, autobench doctor -> [app_private.contestants()] -> app_private.usable_models()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.contestants(keys text[], has_rehearsal boolean)
returns table (slug text, is_usable boolean, reason text)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.slug, u.is_usable, u.reason
    from app_private.usable_models(keys, has_rehearsal) u
      inner join app_public.models m on m.id = u.model_id
    where m.is_active and m.is_contestant and m.is_rehearsal = has_rehearsal
    order by m.slug;
$$;
comment on function app_private.contestants(text[], boolean) is
  'The active models that compete, and why some of them cannot be asked now, given the names of the keys that are set.';
revoke all on function app_private.contestants(text[], boolean) from public;
grant execute on function app_private.contestants(text[], boolean) to autobench_worker;
