-- app_public.submissions, app_public.artifacts -> [app_private.pairable_submissions] -> app_private.open_matches()
create or replace view app_private.pairable_submissions with (security_invoker, security_barrier) as
  select s.task_id, s.model_id, m.is_rehearsal, t.closes_at, t.expires_at
    from app_public.submissions s
      inner join app_public.tasks t on t.id = s.task_id
      inner join app_public.models m on m.id = s.model_id
      inner join app_public.artifacts a on a.submission_id = s.id
    where s.status = 'succeeded' and s.names_maker is null
      and a.status in ('rendered', 'skipped'); -- a blank one is rendered; skipped is for want of a browser

revoke all on app_private.pairable_submissions from public;

comment on view app_private.pairable_submissions is 'Submissions that can be voted on: answered, rendered (or not, for want of a browser), and not naming their maker.';
comment on column app_private.pairable_submissions.task_id is 'The task.';
comment on column app_private.pairable_submissions.model_id is 'The model.';
comment on column app_private.pairable_submissions.is_rehearsal is 'Whether it is a canned one: those meet only one another.';
comment on column app_private.pairable_submissions.closes_at is 'When the task closes.';
comment on column app_private.pairable_submissions.expires_at is 'Until when the page can be seen.';
