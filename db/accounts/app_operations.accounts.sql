-- app_private.accounts -> [app_operations.accounts] -> accounts (operators' GraphQL)
create or replace view app_operations.accounts with (security_invoker, security_barrier) as
  select a.user_id, a.role, a.banned_at, a.ban_reason, a.created_at
    from app_private.accounts a;

revoke all on app_operations.accounts from public, autobench_operator;
grant select on app_operations.accounts to autobench_operator;

comment on view app_operations.accounts is
  E'@primaryKey user_id\n@foreignKey (user_id) references app_public.users (id)|@fieldName user|@foreignFieldName account|@foreignSimpleFieldName account\nWhat members may do here, without who they are to their identity provider.';
comment on column app_operations.accounts.user_id is E'@notNull\nThe member.';
comment on column app_operations.accounts.role is E'@notNull\nmember or operator.';
comment on column app_operations.accounts.banned_at is 'Since when the account is suspended, if it is.';
comment on column app_operations.accounts.ban_reason is 'Why it is suspended.';
comment on column app_operations.accounts.created_at is E'@notNull\nWhen the account was first seen.';
