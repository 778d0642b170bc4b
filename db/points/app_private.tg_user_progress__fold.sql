-- app_public.user_progress -> [app_private.tg_user_progress__fold()] -> app_public.daily_activity, app_private.period_scores
create or replace function app_private.tg_user_progress__fold() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    if (old.completed_at, old.completed_on) is not distinct from (new.completed_at, new.completed_on) then
      return null;
    elsif old.completed_at is not null then
      update app_public.daily_activity d
        set exercises_completed = d.exercises_completed - 1
        where d.user_id = old.user_id and d.day = old.completed_on;
      update app_private.period_scores s
        set solved = s.solved - 1
        from unnest(enum_range(null::app_public.period_kind)) k (kind)
        where s.kind = k.kind and s.starts_on = app_private.score_period(k.kind, old.completed_at) and s.user_id = old.user_id;
    end if;
  end if;
  if new.completed_at is not null then
    insert into app_public.daily_activity as d (user_id, day, exercises_completed)
      values (new.user_id, new.completed_on, 1)
      on conflict on constraint daily_activity_pkey do update set exercises_completed = d.exercises_completed + 1;
    insert into app_private.period_scores as s (kind, starts_on, user_id, solved, is_listed)
      select k.kind, app_private.score_period(k.kind, new.completed_at), new.user_id, 1, u.is_listed
        from app_public.users u
          cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
        where u.id = new.user_id
      on conflict on constraint period_scores_pkey do update set solved = s.solved + 1;
  end if;
  return null;
end;
$$;
comment on function app_private.tg_user_progress__fold() is 'Counts a first solve in the totals of its day and its periods, and takes it out when it is none any more.';
revoke all on function app_private.tg_user_progress__fold() from public;

create or replace trigger _500_fold_insert after insert on app_public.user_progress
  for each row when (new.completed_at is not null) execute function app_private.tg_user_progress__fold();
create or replace trigger _500_fold_update after update on app_public.user_progress
  for each row execute function app_private.tg_user_progress__fold();
