-- log_scheduled_task(), period_key() -> [app_private.known_task()] -> app_private.task_registry, app_private.task_aliases
create or replace function app_private.known_task(name text) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
  v_hint text;
begin
  select coalesce(
      (select r.name from app_private.task_registry r where r.name = known_task.name),
      (select a.name from app_private.task_aliases a where a.alias = known_task.name)
    ) into v_name;
  if v_name is not null then
    return v_name;
  end if;
  select format('Did you mean %s?', k.name) into v_hint
    from (
      select r.name from app_private.task_registry r
      union all
      select a.alias from app_private.task_aliases a
    ) k
    where extensions.similarity(k.name, known_task.name) >= 0.3
    order by extensions.similarity(k.name, known_task.name) desc, k.name
    limit 1;
  if v_hint is null then
    select format('The tasks are: %s.', string_agg(r.name, ', ' order by r.name)) into v_hint
      from app_private.task_registry r;
  end if;
  raise exception 'There is no such task.' using errcode = 'TB040', hint = v_hint;
end;
$$;
comment on function app_private.known_task(text) is
  'The registered name of a task, whether it or an alias was given; names the nearest one otherwise. Errors: TB040.';
revoke all on function app_private.known_task(text) from public;
