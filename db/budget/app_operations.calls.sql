-- app_private.llm_calls -> [app_operations.calls] -> calls (operators' GraphQL)
create or replace view app_operations.calls with (security_invoker, security_barrier) as
  select c.id, c.role, c.subject_type, c.subject_id, c.model_id, c.round, c.state, c.attempts, c.reason, c.next_try_at, c.created_at,
      a.http_status, a.error_class, a.provider_request_id, a.sending_at, a.finished_at, a.input_tokens, a.output_tokens, a.cost_usd
    from app_private.llm_calls c
      left join lateral (
        select l.http_status, l.error_class, l.provider_request_id, l.sending_at, l.finished_at, l.input_tokens, l.output_tokens, l.cost_usd
          from app_private.llm_attempts l
          where l.call_id = c.id
          order by l.n desc
          limit 1
      ) a on true;

revoke all on app_operations.calls from public, autobench_operator;
grant select on app_operations.calls to autobench_operator;

comment on view app_operations.calls is
  E'@primaryKey id\n@foreignKey (model_id) references app_public.models (id)|@fieldName model\nThe calls to models with their last attempt, without what was asked and answered.';
comment on column app_operations.calls.id is E'@notNull\nIdentity of the call.';
comment on column app_operations.calls.role is E'@notNull\nWhat for.';
comment on column app_operations.calls.subject_type is E'@notNull\nWhat kind of thing it is about.';
comment on column app_operations.calls.subject_id is E'@notNull\nThe thing that it is about.';
comment on column app_operations.calls.model_id is E'@notNull\nWho is asked.';
comment on column app_operations.calls.round is E'@notNull\nWhich round it is.';
comment on column app_operations.calls.state is E'@notNull\npending, active, done, failed or in_doubt.';
comment on column app_operations.calls.attempts is E'@notNull\nHow often it was tried.';
comment on column app_operations.calls.reason is 'Why it failed, waits or is in doubt.';
comment on column app_operations.calls.next_try_at is E'@notNull\nNot before this instant.';
comment on column app_operations.calls.created_at is E'@notNull\nWhen it was decided on.';
comment on column app_operations.calls.http_status is 'The provider''s last status.';
comment on column app_operations.calls.error_class is 'What kind of failure the last one was.';
comment on column app_operations.calls.provider_request_id is 'The provider''s name for the last request.';
comment on column app_operations.calls.sending_at is 'When the last request may have left.';
comment on column app_operations.calls.finished_at is 'When the last attempt ended.';
comment on column app_operations.calls.input_tokens is 'Tokens read.';
comment on column app_operations.calls.output_tokens is 'Tokens written.';
comment on column app_operations.calls.cost_usd is 'What it cost.';
