-- app_operations functions -> [app_private.log_operator()] -> app_private.operator_log
create or replace function app_private.log_operator(action text, subject text, reason text) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.operator_log (operator_id, action, subject, reason)
    -- A missing reason meets the same rule, and the same error, as an empty one.
    values (app_public.current_user_id(), log_operator.action, coalesce(log_operator.subject, ''), coalesce(log_operator.reason, ''));
$$;
comment on function app_private.log_operator(text, text, text) is
  'Writes down what an operator did, in the same transaction. Errors: TB017.';
revoke all on function app_private.log_operator(text, text, text) from public;
