-- app_private.dispatch_tasks() -> [app_private.skipped_models] -> app_operations.skipped_models, autobench doctor
create table if not exists app_private.skipped_models (
  challenge_date  date not null,
  model_id        uuid not null,
  reason          text not null,
  constraint skipped_models_pkey primary key (challenge_date, model_id),
  constraint skipped_models_model foreign key (model_id) references app_public.models
);
create index if not exists skipped_models_model_id_idx on app_private.skipped_models (model_id);

call app_private.reset_access('app_private.skipped_models');
create policy select_all on app_private.skipped_models for select to autobench_operator
  using (true);
grant select on app_private.skipped_models to autobench_operator;
-- No write: dispatch_tasks() is the only door.

comment on table app_private.skipped_models is 'Active models that were not asked on a day, and why: for want of a key, say.';
comment on column app_private.skipped_models.challenge_date is 'The day.';
comment on column app_private.skipped_models.model_id is 'The model.';
comment on column app_private.skipped_models.reason is 'Why it was not asked.';
