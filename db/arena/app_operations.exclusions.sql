-- app_private.exclusions -> [app_operations.exclusions] -> exclusions (operators' GraphQL)
create or replace view app_operations.exclusions with (security_invoker, security_barrier) as
  select e.id, e.voter_id, encode(e.network_hash, 'hex') as network, e.is_excluded, e.reason, e.votes, e.operator_id, e.at
    from app_private.exclusions e;

revoke all on app_operations.exclusions from public, autobench_operator;
grant select on app_operations.exclusions to autobench_operator;

comment on view app_operations.exclusions is
  E'@primaryKey id\n@foreignKey (operator_id) references app_public.users (id)|@fieldName operator\nWhose votes were taken out of the count or put back, and why.';
comment on column app_operations.exclusions.id is E'@notNull\nIdentity of the entry.';
comment on column app_operations.exclusions.voter_id is 'The voter.';
comment on column app_operations.exclusions.network is 'Or the network of a day.';
comment on column app_operations.exclusions.is_excluded is E'@notNull\nWhether the votes were taken out, or put back.';
comment on column app_operations.exclusions.reason is E'@notNull\nWhy.';
comment on column app_operations.exclusions.votes is E'@notNull\nHow many votes moved.';
comment on column app_operations.exclusions.operator_id is 'Who did it, unless it was done in SQL.';
comment on column app_operations.exclusions.at is E'@notNull\nWhen.';
