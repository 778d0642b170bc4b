-- app_private.operator_log -> [app_operations.operator_log] -> operatorLog (operators' GraphQL)
create or replace view app_operations.operator_log with (security_invoker, security_barrier) as
  select l.id, l.operator_id, l.action, l.subject, l.reason, l.at
    from app_private.operator_log l;

revoke all on app_operations.operator_log from public, autobench_operator;
grant select on app_operations.operator_log to autobench_operator;

comment on view app_operations.operator_log is
  E'@primaryKey id\n@foreignKey (operator_id) references app_public.users (id)|@fieldName operator\nWhat operators did by hand, and why.';
comment on column app_operations.operator_log.id is E'@notNull\nIdentity of the entry.';
comment on column app_operations.operator_log.operator_id is 'Who did it, unless it was done in SQL.';
comment on column app_operations.operator_log.action is E'@notNull\nThe function that was called.';
comment on column app_operations.operator_log.subject is E'@notNull\nWhat it was done to.';
comment on column app_operations.operator_log.reason is E'@notNull\nWhy, in the operator''s words.';
comment on column app_operations.operator_log.at is E'@notNull\nWhen.';
