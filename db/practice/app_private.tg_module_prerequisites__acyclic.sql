-- insert, update -> app_public.module_prerequisites -> [app_private.tg_module_prerequisites__acyclic()]
create or replace function app_private.tg_module_prerequisites__acyclic() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_circle text;
begin
  with recursive led (module_id, prerequisite_id) as (
    select e.module_id, e.prerequisite_id from app_public.module_prerequisites e
    union all
    select l.module_id, e.prerequisite_id
      from led l
        inner join app_public.module_prerequisites e on e.module_id = l.prerequisite_id
  ) cycle module_id, prerequisite_id set is_again using path
  select string_agg(distinct m.slug, ', ' order by m.slug) into v_circle
    from led l
      inner join app_public.modules m on m.id = l.module_id
    where l.module_id = l.prerequisite_id;
  if v_circle is not null then
    raise exception 'Modules lead in a circle: %.', v_circle
      using errcode = 'TB087', hint = 'Take one of them out of "requires" in content/problems/modules.json.';
  end if;
  return null;
end;
$$;
comment on function app_private.tg_module_prerequisites__acyclic() is
  'Refuses prerequisites by which a module would wait for itself. Errors: TB087.';
revoke all on function app_private.tg_module_prerequisites__acyclic() from public;

create or replace trigger _200_acyclic_insert after insert on app_public.module_prerequisites
  for each statement execute function app_private.tg_module_prerequisites__acyclic();
create or replace trigger _200_acyclic_update after update on app_public.module_prerequisites
  for each statement execute function app_private.tg_module_prerequisites__acyclic();
