-- cleanup_expired -> app_public.submission_codes -> [app_private.tg_submission_codes__mark_purged()] -> app_public.tasks.purged_at
create or replace function app_private.tg_submission_codes__mark_purged() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- One after the other: two purges that share a task's last pages would each still see the other's.
  perform 1
    from app_public.tasks t
    where t.id in (select s.task_id from gone g inner join app_public.submissions s on s.id = g.submission_id)
    order by t.id
    for update;
  update app_public.tasks t
    set purged_at = now()
    where t.purged_at is null
      and t.expires_at <= now()
      and t.id in (select s.task_id from gone g inner join app_public.submissions s on s.id = g.submission_id)
      and not exists (
        select from app_public.submissions s
            inner join app_public.submission_codes c on c.submission_id = s.id
          where s.task_id = t.id
      );
  return null;
end;
$$;
comment on function app_private.tg_submission_codes__mark_purged() is 'Notes on a task that the last of its pages has gone.';
revoke all on function app_private.tg_submission_codes__mark_purged() from public;

create or replace trigger _500_mark_purged after delete on app_public.submission_codes
  referencing old table as gone
  for each statement execute function app_private.tg_submission_codes__mark_purged();
