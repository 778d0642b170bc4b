-- app_public.users -> [app_private.tg_users__leave_coach()] -> app_private.blank_calls()
create or replace function app_private.tg_users__leave_coach() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.blank_calls(
    'batch',
    array(select j.batch_id from app_public.queue_jobs j where j.user_id = old.id and j.batch_id is not null)
  );
  return old;
end;
$$;
comment on function app_private.tg_users__leave_coach() is 'Forgets what the coach was told of a member who is erased.';
revoke all on function app_private.tg_users__leave_coach() from public;

create or replace trigger _400_leave_coach before delete on app_public.users
  for each row execute function app_private.tg_users__leave_coach();
