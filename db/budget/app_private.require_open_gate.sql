-- open_day(), dispatch_tasks(), reserve_attempt() -> [app_private.require_open_gate()] -> app_private.dispatch_gate
create or replace function app_private.require_open_gate(day date) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gate app_private.dispatch_gate;
begin
  select * into strict v_gate from app_private.dispatch_gate g;
  if not v_gate.is_open or v_gate.closed_through >= require_open_gate.day then
    raise exception 'The gate to the models is closed.'
      using errcode = 'TB043',
        detail = coalesce(v_gate.reason, 'These days may have been bought before a backup was restored.'),
        hint = 'Look at it with "autobench reconcile".';
  end if;
end;
$$;
comment on function app_private.require_open_gate(date) is 'Refuses when models may not be asked for a day. Errors: TB043.';
revoke all on function app_private.require_open_gate(date) from public;
