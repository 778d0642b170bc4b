-- app_private.apply_problems() -> [app_public.module_prerequisites] -> app_private.open_modules(), module (GraphQL)
create table if not exists app_public.module_prerequisites (
  module_id        uuid not null,
  prerequisite_id  uuid not null,
  constraint module_prerequisites_pkey primary key (module_id, prerequisite_id),
  constraint module_prerequisites_module foreign key (module_id) references app_public.modules on delete cascade,
  constraint module_prerequisites_prerequisite foreign key (prerequisite_id) references app_public.modules on delete cascade,
  constraint module_prerequisites_not_itself check (module_id <> prerequisite_id)
);
create index if not exists module_prerequisites_prerequisite_id_idx on app_public.module_prerequisites (prerequisite_id);

call app_private.reset_access('app_public.module_prerequisites');
create policy select_all on app_public.module_prerequisites for select to autobench_anon, autobench_member
  using (true);
grant select on app_public.module_prerequisites to autobench_anon, autobench_member;
-- No write: apply_problems() takes what content/problems says.

comment on table app_public.module_prerequisites is 'Which module comes before which; nobody is led in a circle.';
comment on column app_public.module_prerequisites.module_id is 'The module that opens later.';
comment on column app_public.module_prerequisites.prerequisite_id is 'The module that has to be worked through before.';
comment on constraint module_prerequisites_module on app_public.module_prerequisites is
  E'@fieldName module\n@foreignFieldName prerequisites';
comment on constraint module_prerequisites_prerequisite on app_public.module_prerequisites is
  E'@fieldName prerequisite\n@foreignFieldName opens';
