-- module.isOpen (GraphQL) -> [app_public.modules_is_open()] -> app_private.open_modules()
-- Definer: what a member has solved is found by way of tables that no caller reads; it is asked for the caller alone.
create or replace function app_public.modules_is_open(module app_public.modules) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(bool_or(o.is_open), false)
    from app_private.open_modules(app_public.current_user_id()) o
    where o.module_id = module.id;
$$;
comment on function app_public.modules_is_open(app_public.modules) is
  'Whether the module''s problems can be answered by whoever asks: enough of the modules before it has been solved.';
revoke all on function app_public.modules_is_open(app_public.modules) from public;
grant execute on function app_public.modules_is_open(app_public.modules) to autobench_anon, autobench_member;
