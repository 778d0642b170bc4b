-- worker/epoch.ts -> [app_private.meet_epoch()] -> app_private.dispatch_gate
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.meet_epoch(
  known uuid,
  known_attempt bigint,
  out epoch uuid,
  out last_attempt bigint,
  out is_open boolean,
  out reason text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gate app_private.dispatch_gate;
begin
  select * into strict v_gate from app_private.dispatch_gate g for update;
  select coalesce(max(a.id), 0) into last_attempt from app_private.llm_attempts a;
  -- What stands beside the database remembers more than the database does: this is a restored backup.
  -- Several machines keep an epoch each; only one of them reconciles, and the others catch up.
  if v_gate.is_open and known is not null and not known = any (v_gate.past_epochs)
    and (known <> v_gate.epoch or known_attempt > last_attempt)
  then
    update app_private.dispatch_gate g
      set is_open = false, changed_at = now(),
        reason = case
          when known <> v_gate.epoch then 'The database is of another epoch than what is kept beside it.'
          else format('Attempt %s was made, but the database knows only %s: a backup was restored.', known_attempt, last_attempt)
        end
      returning * into v_gate;
  end if;
  epoch := v_gate.epoch;
  is_open := v_gate.is_open;
  reason := v_gate.reason;
end;
$$;
comment on function app_private.meet_epoch(uuid, bigint) is
  'Compares what is kept beside the database with the database, and closes the gate when the database has forgotten something.';
revoke all on function app_private.meet_epoch(uuid, bigint) from public;
grant execute on function app_private.meet_epoch(uuid, bigint) to autobench_worker;
