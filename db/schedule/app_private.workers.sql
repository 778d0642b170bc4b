-- worker/presence.ts -> app_private.worker_beat() -> [app_private.workers] -> app_operations.workers
create table if not exists app_private.workers (
  id          integer generated always as identity constraint workers_pkey primary key,
  pool_id     text,
  host        text not null,
  process_id  integer not null,
  started_at  timestamptz not null default now(),
  seen_at     timestamptz not null default now(),
  constraint workers_one_per_pool unique (pool_id),
  constraint workers_host_form check (char_length(host) <= 255)
);

call app_private.reset_access('app_private.workers');
create policy select_all on app_private.workers for select to autobench_operator
  using (true);
grant select on app_private.workers to autobench_operator;
-- No write: worker_arrives(), worker_beat() and worker_leaves() are the doors.

comment on table app_private.workers is
  'The workers that are at work. Each holds an advisory lock on its id while its connection lives.';
comment on column app_private.workers.id is 'Identity of the worker, and key of its advisory lock.';
comment on column app_private.workers.pool_id is 'Name under which it locks jobs in the queue.';
comment on column app_private.workers.host is 'Machine that it runs on.';
comment on column app_private.workers.process_id is 'Process that it runs in.';
comment on column app_private.workers.started_at is 'When it arrived.';
comment on column app_private.workers.seen_at is 'When it was last heard of.';
