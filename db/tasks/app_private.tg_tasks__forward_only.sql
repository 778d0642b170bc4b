-- update -> app_public.tasks -> [app_private.tg_tasks__forward_only()]
create or replace function app_private.tg_tasks__forward_only() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status < old.status or (old.status = 'pending' and new.status = 'dispatched') then
    raise exception 'A task moves forward one step at a time: not from % to %.', old.status, new.status
      using errcode = 'TB051', hint = 'pending, generated, dispatched.';
  end if;
  if old.status <> 'pending' and (new.title, new.prompt_text, new.theme, new.challenge_date, new.slot)
    is distinct from (old.title, old.prompt_text, old.theme, old.challenge_date, old.slot)
  then
    raise exception 'A task that was written is not rewritten.'
      using errcode = 'TB051', hint = 'Its text is what the models were asked.';
  end if;
  return new;
end;
$$;
comment on function app_private.tg_tasks__forward_only() is
  'Lets a task''s status move forward only, and keeps its text once it is written. Errors: TB051.';
revoke all on function app_private.tg_tasks__forward_only() from public;

create or replace trigger _200_forward_only before update on app_public.tasks
  for each row execute function app_private.tg_tasks__forward_only();
