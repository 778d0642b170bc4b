-- app_private.answer_partitions() -> [app_operations.answer_partitions] -> answerPartitions (operators' GraphQL)
create or replace view app_operations.answer_partitions with (security_invoker, security_barrier) as
  select p.month_on, p.is_there, p.misplaced
    from app_private.answer_partitions() p;

revoke all on app_operations.answer_partitions from public, autobench_operator;
grant select on app_operations.answer_partitions to autobench_operator;

comment on view app_operations.answer_partitions is
  E'@primaryKey month_on\nThe health of the answers'' partitions: every month is there and nothing is misplaced, or somebody looks.';
comment on column app_operations.answer_partitions.month_on is E'@notNull\nThe first day of the month.';
comment on column app_operations.answer_partitions.is_there is E'@notNull\nWhether the month has its partition.';
comment on column app_operations.answer_partitions.misplaced is E'@notNull\nAnswers of the month that are kept elsewhere until it has one.';
