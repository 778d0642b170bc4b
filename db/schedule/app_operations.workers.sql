-- app_private.workers -> [app_operations.workers] -> workers (operators' GraphQL)
create or replace view app_operations.workers with (security_invoker, security_barrier) as
  select w.id, w.host, w.process_id, w.started_at, w.seen_at,
      w.seen_at > now() - interval '30 seconds' as is_alive
    from app_private.workers w;

revoke all on app_operations.workers from public, autobench_operator;
grant select on app_operations.workers to autobench_operator;

comment on view app_operations.workers is E'@primaryKey id\nThe workers that are at work.';
comment on column app_operations.workers.id is E'@notNull\nIdentity of the worker.';
comment on column app_operations.workers.host is E'@notNull\nMachine that it runs on.';
comment on column app_operations.workers.process_id is E'@notNull\nProcess that it runs in.';
comment on column app_operations.workers.started_at is E'@notNull\nWhen it arrived.';
comment on column app_operations.workers.seen_at is E'@notNull\nWhen it was last heard of.';
comment on column app_operations.workers.is_alive is E'@notNull\nWhether it was heard of within the last half minute.';
