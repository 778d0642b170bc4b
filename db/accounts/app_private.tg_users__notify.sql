-- app_public.users -> [app_private.tg_users__notify()] -> meChanged (GraphQL subscription)
create or replace function app_private.tg_users__notify() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The id alone: any session can send a notification, so its receiver reads the row under its own rights.
  perform pg_notify('user:' || new.id, json_build_object('id', new.id)::text);
  return null;
end;
$$;
comment on function app_private.tg_users__notify() is 'Tells a member''s own subscribers that the profile has changed.';
revoke all on function app_private.tg_users__notify() from public;

create or replace trigger _900_notify after update on app_public.users
  for each row when (old is distinct from new) execute function app_private.tg_users__notify();
