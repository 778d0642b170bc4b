-- app_public.tasks, app_public.submissions -> [app_operations.pipeline_today] -> pipelineToday (operators' GraphQL)
create or replace view app_operations.pipeline_today with (security_invoker, security_barrier) as
  select t.id as task_id, t.slot, t.title, t.status, t.generated_at, t.dispatched_at, t.closes_at,
      count(s.id) filter (where s.status = 'queued')::integer as queued,
      count(s.id) filter (where s.status = 'running')::integer as running,
      count(s.id) filter (where s.status = 'succeeded')::integer as succeeded,
      count(s.id) filter (where s.status = 'failed')::integer as failed,
      count(s.id) filter (where s.status = 'in_doubt')::integer as in_doubt,
      coalesce(sum(s.cost_usd), 0) as cost_usd
    from app_public.tasks t
      left join app_public.submissions s on s.task_id = t.id
    where t.challenge_date = (now() at time zone 'utc')::date
    group by t.id;

revoke all on app_operations.pipeline_today from public, autobench_operator;
grant select on app_operations.pipeline_today to autobench_operator;

comment on view app_operations.pipeline_today is
  E'@primaryKey task_id\n@foreignKey (task_id) references app_public.tasks (id)|@fieldName task|@behavior -singularRelation:resource:single -manyRelation:resource:connection -manyRelation:resource:list\nHow far today''s tasks are.';
comment on column app_operations.pipeline_today.task_id is E'@notNull\nThe task.';
comment on column app_operations.pipeline_today.slot is E'@notNull\nWhich of the day''s tasks it is.';
comment on column app_operations.pipeline_today.title is 'Its title, once it is written.';
comment on column app_operations.pipeline_today.status is E'@notNull\nHow far it is.';
comment on column app_operations.pipeline_today.generated_at is 'When it was written.';
comment on column app_operations.pipeline_today.dispatched_at is 'When the models were asked.';
comment on column app_operations.pipeline_today.closes_at is E'@notNull\nWhen it closes.';
comment on column app_operations.pipeline_today.queued is E'@notNull\nAnswers that wait to be asked for.';
comment on column app_operations.pipeline_today.running is E'@notNull\nAnswers under way.';
comment on column app_operations.pipeline_today.succeeded is E'@notNull\nAnswers that came.';
comment on column app_operations.pipeline_today.failed is E'@notNull\nAnswers that failed.';
comment on column app_operations.pipeline_today.in_doubt is E'@notNull\nAnswers of which nobody knows.';
comment on column app_operations.pipeline_today.cost_usd is E'@notNull\nWhat it has cost so far.';
