-- a DBA, app_operations.abandon_call() -> [app_private.abandon_call()] -> app_private.llm_attempts, app_private.operator_log
create or replace function app_private.abandon_call(id bigint, reason text) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt_id bigint;
begin
  perform app_private.log_operator('abandon_call', abandon_call.id::text, abandon_call.reason);
  select a.id into v_attempt_id
    from app_private.llm_attempts a
    where a.call_id = abandon_call.id and a.state = 'in_doubt'
    for update;
  if found then
    perform app_private.end_attempt(v_attempt_id, 'abandoned', 'operator', 'Given up by an operator.', null);
    return 'failed';
  end if;
  -- Put in doubt by reconcile(): what may have been asked after the backup has no attempt here.
  update app_private.llm_calls c
    set state = 'failed', reason = 'Given up by an operator.'
    where c.id = abandon_call.id and c.state = 'in_doubt';
  if not found then
    raise exception 'This call is not in doubt.' using errcode = 'TB045', hint = 'Look at it in app_operations.calls.';
  end if;
  return 'failed';
end;
$$;
comment on function app_private.abandon_call(bigint, text) is
  'Gives a doubtful call up: its hold counts as spent, and it fails. Errors: TB017, TB045.';
revoke all on function app_private.abandon_call(bigint, text) from public;
