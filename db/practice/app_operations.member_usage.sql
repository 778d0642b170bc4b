-- app_private.ai_usage_metrics -> [app_operations.member_usage] -> memberUsages (operators' GraphQL)
create or replace view app_operations.member_usage with (security_invoker, security_barrier) as
  select u.day, u.purpose, count(*)::integer as members, sum(u.calls)::integer as calls, sum(u.tokens) as tokens, max(u.tokens) as most
    from app_private.ai_usage_metrics u
    group by u.day, u.purpose;

revoke all on app_operations.member_usage from public, autobench_operator;
grant select on app_operations.member_usage to autobench_operator;

comment on view app_operations.member_usage is
  E'@primaryKey day,purpose\nWhat models did for members on each finished day.';
comment on column app_operations.member_usage.day is E'@notNull\nThe UTC day.';
comment on column app_operations.member_usage.purpose is E'@notNull\njudge or coach.';
comment on column app_operations.member_usage.members is E'@notNull\nHow many members.';
comment on column app_operations.member_usage.calls is E'@notNull\nHow many calls.';
comment on column app_operations.member_usage.tokens is E'@notNull\nTokens of their allowances.';
comment on column app_operations.member_usage.most is E'@notNull\nThe most that one member used.';
