-- app_public.submissions -> [app_operations.duplicate_submissions] -> duplicateSubmissions (operators' GraphQL)
create or replace view app_operations.duplicate_submissions with (security_invoker, security_barrier) as
  select s.task_id, s.model_id, count(*)::integer as count
    from app_public.submissions s
    group by s.task_id, s.model_id
    having count(*) > 1;

revoke all on app_operations.duplicate_submissions from public, autobench_operator;
grant select on app_operations.duplicate_submissions to autobench_operator;

comment on view app_operations.duplicate_submissions is
  E'@primaryKey task_id,model_id\nModels that were asked twice for one task: always empty, as submissions_once_per_model sees to it.';
comment on column app_operations.duplicate_submissions.task_id is E'@notNull\nThe task.';
comment on column app_operations.duplicate_submissions.model_id is E'@notNull\nThe model.';
comment on column app_operations.duplicate_submissions.count is E'@notNull\nHow many.';
