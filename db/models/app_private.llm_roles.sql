-- content/models.json -> [app_private.llm_roles] -> app_private.model_for_role()
create table if not exists app_private.llm_roles (
  role      text not null,
  priority  integer not null,
  model_id  uuid not null,
  constraint llm_roles_pkey primary key (role, priority),
  constraint llm_roles_model foreign key (model_id) references app_public.models,
  constraint llm_roles_role_known check (role in ('write_task', 'judge', 'coach', 'check'))
);
create index if not exists llm_roles_model_id_idx on app_private.llm_roles (model_id);

call app_private.reset_access('app_private.llm_roles');
create policy select_all on app_private.llm_roles for select to autobench_operator
  using (true);
grant select on app_private.llm_roles to autobench_operator;
-- No write through the API: who writes and judges is decided in SQL or content/models.json.

comment on table app_private.llm_roles is 'Which models write tasks, judge answers and coach; the first usable one does it.';
comment on column app_private.llm_roles.role is 'What is to be done.';
comment on column app_private.llm_roles.priority is 'Lower is asked first.';
comment on column app_private.llm_roles.model_id is 'The model.';
