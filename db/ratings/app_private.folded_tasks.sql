-- app_private.fold_tasks() -> [app_private.folded_tasks] -> every board, app_private.exported_votes
create table if not exists app_private.folded_tasks (
  task_id       uuid constraint folded_tasks_pkey primary key,
  position      bigint not null,
  closes_at     timestamptz not null,
  votes         integer not null,
  folded_at     timestamptz not null default now(),
  exclusion_id  bigint not null,
  elo_k         float8 not null,
  elo_start     float8 not null,
  constraint folded_tasks_position_unique unique (position),
  constraint folded_tasks_task foreign key (task_id) references app_public.tasks
);

call app_private.reset_access('app_private.folded_tasks');
create policy select_all on app_private.folded_tasks for select to autobench_operator
  using (true);
grant select on app_private.folded_tasks to autobench_operator;
-- No write: fold_tasks() is the door.

comment on table app_private.folded_tasks is 'Sealed tasks that have closed and are in what is published, in the order of their closing.';
comment on column app_private.folded_tasks.task_id is 'The task.';
comment on column app_private.folded_tasks.position is 'Its place in the order.';
comment on column app_private.folded_tasks.closes_at is 'When it closed.';
comment on column app_private.folded_tasks.votes is 'Counted votes that moved a rating.';
comment on column app_private.folded_tasks.folded_at is 'When it was folded.';
comment on column app_private.folded_tasks.exclusion_id is 'The last exclusion that was known then: a later one means that all is folded anew.';
comment on column app_private.folded_tasks.elo_k is 'How far a vote moved Elo: another setting means the same.';
comment on column app_private.folded_tasks.elo_start is 'Where Elo began: another setting means the same.';
