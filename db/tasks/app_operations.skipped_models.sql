-- app_private.skipped_models -> [app_operations.skipped_models] -> skippedModels (operators' GraphQL)
create or replace view app_operations.skipped_models with (security_invoker, security_barrier) as
  select s.challenge_date, s.model_id, s.reason
    from app_private.skipped_models s;

revoke all on app_operations.skipped_models from public, autobench_operator;
grant select on app_operations.skipped_models to autobench_operator;

comment on view app_operations.skipped_models is
  E'@primaryKey challenge_date,model_id\n@foreignKey (model_id) references app_public.models (id)|@fieldName model\nActive models that were not asked on a day, and why.';
comment on column app_operations.skipped_models.challenge_date is E'@notNull\nThe day.';
comment on column app_operations.skipped_models.model_id is E'@notNull\nThe model.';
comment on column app_operations.skipped_models.reason is E'@notNull\nWhy it was not asked.';
