-- app_public.users -> [app_private.tg_users__leave_coach()] -> app_private.blank_calls()
create or replace function app_private.tg_users__leave_coach() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_batches constant uuid[] := array(
    select j.batch_id from app_public.queue_jobs j where j.user_id = old.id and j.batch_id is not null
  );
begin
  -- The wishes first: whoever is just having the call of such a batch made is waited for, and that call is seen below.
  perform from app_public.queue_jobs j where j.batch_id = any (v_batches) and j.status = 'running' order by j.id for update;
  -- The other members of a batch that is under way wait for another one, without the one who leaves: it was not their fault.
  update app_public.queue_jobs j
    set status = 'pending', batch_id = null, attempts = greatest(j.attempts - 1, 0), run_at = now(), error = null
    where j.batch_id = any (v_batches) and j.status = 'running' and j.user_id <> old.id;
  perform app_private.blank_calls('batch', v_batches);
  return old;
end;
$$;
comment on function app_private.tg_users__leave_coach() is 'Forgets what the coach was told of a member who is erased; who was in the same batch waits for another one.';
revoke all on function app_private.tg_users__leave_coach() from public;

create or replace trigger _400_leave_coach before delete on app_public.users
  for each row execute function app_private.tg_users__leave_coach();
