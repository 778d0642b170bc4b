-- app_private.fold_tasks() -> [app_private.past_foldings] -> app_private.folded_as_of()
create table if not exists app_private.past_foldings (
  position      bigint constraint past_foldings_pkey primary key,
  folding       bigint not null,
  task_id       uuid not null,
  exclusion_id  bigint not null,
  constraint past_foldings_task foreign key (task_id) references app_public.tasks
);
create index if not exists past_foldings_folding_idx on app_private.past_foldings (folding, position);
create index if not exists past_foldings_task_id_idx on app_private.past_foldings (task_id);

call app_private.reset_access('app_private.past_foldings');
create policy select_all on app_private.past_foldings for select to autobench_operator
  using (true);
grant select on app_private.past_foldings to autobench_operator;
-- No write: fold_tasks() puts them aside, and what was published stays.

comment on table app_private.past_foldings is
  'Orders in which tasks were folded before all was folded anew: so that what was published of them can be made again.';
comment on column app_private.past_foldings.position is 'A place; none is ever given again.';
comment on column app_private.past_foldings.folding is 'The last place of the same order.';
comment on column app_private.past_foldings.task_id is 'The task that stood there.';
comment on column app_private.past_foldings.exclusion_id is 'The last exclusion that was known then.';
