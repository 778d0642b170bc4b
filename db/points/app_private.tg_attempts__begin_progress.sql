-- app_public.attempts -> [app_private.tg_attempts__begin_progress()] -> app_public.user_progress
create or replace function app_private.tg_attempts__begin_progress() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_public.user_progress (user_id, problem_id, status, first_attempt_at)
    values (new.user_id, new.problem_id, 'in_progress', new.started_at)
    on conflict on constraint user_progress_pkey do nothing;
  return null;
end;
$$;
comment on function app_private.tg_attempts__begin_progress() is 'Notes that a member has begun with a problem.';
revoke all on function app_private.tg_attempts__begin_progress() from public;

create or replace trigger _500_begin_progress after insert on app_public.attempts
  for each row execute function app_private.tg_attempts__begin_progress();
