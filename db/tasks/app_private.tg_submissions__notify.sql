-- app_public.submissions -> [app_private.tg_submissions__notify()] -> submissionChanged (GraphQL subscription)
create or replace function app_private.tg_submissions__notify() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Ids alone: whoever receives it reads the row under their own rights.
  perform pg_notify('submissions:' || new.task_id, json_build_object('id', new.id)::text);
  return null;
end;
$$;
comment on function app_private.tg_submissions__notify() is 'Tells those who watch a task that one of its submissions has changed.';
revoke all on function app_private.tg_submissions__notify() from public;

create or replace trigger _900_notify_insert after insert on app_public.submissions
  for each row execute function app_private.tg_submissions__notify();
create or replace trigger _900_notify_update after update on app_public.submissions
  for each row when (old.status is distinct from new.status) execute function app_private.tg_submissions__notify();
