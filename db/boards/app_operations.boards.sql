-- app_private.boards -> [app_operations.boards] -> boards (operators' GraphQL)
create or replace view app_operations.boards with (security_invoker, security_barrier) as
  select b.kind, b.starts_on, b.changed_at, b.refreshed_at, b.changed_at >= b.refreshed_at as is_out_of_date, b.closed_on
    from app_private.boards b;

revoke all on app_operations.boards from public, autobench_operator;
grant select on app_operations.boards to autobench_operator;

comment on view app_operations.boards is E'@primaryKey kind\nThe people''s leaderboards, and whether they wait to be refreshed.';
comment on column app_operations.boards.kind is E'@notNull\nWhich board.';
comment on column app_operations.boards.starts_on is E'@notNull\nFirst day of the period that it shows.';
comment on column app_operations.boards.changed_at is E'@notNull\nWhen a score of the period was last counted anew.';
comment on column app_operations.boards.refreshed_at is E'@notNull\nWhen it was last refreshed.';
comment on column app_operations.boards.is_out_of_date is E'@notNull\nWhether it has changed since.';
comment on column app_operations.boards.closed_on is 'First day of the last period whose final standings are kept.';
