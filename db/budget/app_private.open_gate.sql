-- worker/ledger.ts -> [app_private.open_gate()] -> app_private.llm_attempts, app_private.daily_spend
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.open_gate(
  attempt_id bigint,
  lease_token uuid,
  lease interval,
  daily_limit_usd numeric default null,
  out verdict text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt app_private.llm_attempts;
  v_call app_private.llm_calls;
  v_at timestamptz := clock_timestamp();
  v_day date := (v_at at time zone 'utc')::date;
  v_hold numeric;
  v_model_cap numeric;
begin
  perform app_private.require_open_gate(v_day); -- closed since the reservation: nothing leaves
  -- Compare and set: only the holder of a living reservation passes, and only once.
  update app_private.llm_attempts a
    set state = 'sending', sending_at = v_at, lease_until = v_at + open_gate.lease, hold_day = v_day, hold_usd = 0
    where a.id = open_gate.attempt_id and a.lease_token = open_gate.lease_token and a.state = 'reserved' and a.lease_until > v_at
    returning * into v_attempt;
  if not found then
    verdict := 'lost';
    return;
  end if;
  select c.* into strict v_call from app_private.llm_calls c where c.id = v_attempt.call_id;
  v_hold := app_private.hold_estimate(v_call.request, v_attempt.prices);
  select c.daily_usd into v_model_cap from app_private.model_caps c where c.model_id = v_call.model_id;

  -- The row of the model, then the row for all: always in this order. A free attempt needs neither.
  if v_hold > 0 then
    insert into app_private.daily_spend as s (day, model_id, held_usd) values (v_day, v_call.model_id, v_hold)
      on conflict on constraint daily_spend_once do update set held_usd = s.held_usd + v_hold;
    insert into app_private.daily_spend as s (day, model_id, held_usd) values (v_day, null, v_hold)
      on conflict on constraint daily_spend_once do update set held_usd = s.held_usd + v_hold;
    if exists (
      select from app_private.daily_spend s
        where s.day = v_day
          and s.held_usd + s.spent_usd > case when s.model_id is null then open_gate.daily_limit_usd else v_model_cap end
          and (s.model_id is null or s.model_id = v_call.model_id)
    ) then
      update app_private.daily_spend s
        set held_usd = s.held_usd - v_hold
        where s.day = v_day and (s.model_id is null or s.model_id = v_call.model_id);
      perform app_private.end_attempt(v_attempt.id, 'not_executed', 'spend_limit', 'The day''s spend limit is reached.', '15 minutes');
      verdict := 'capped';
      return;
    end if;
    update app_private.llm_attempts a set hold_usd = v_hold where a.id = v_attempt.id;
  end if;
  verdict := 'open';
end;
$$;
comment on function app_private.open_gate(bigint, uuid, interval, numeric) is
  'The last step before a request leaves: open (send now), lost (do not send) or capped (do not send; the spend limit is reached). Whoever does not know the answer must not send. Errors: TB043.';
revoke all on function app_private.open_gate(bigint, uuid, interval, numeric) from public;
grant execute on function app_private.open_gate(bigint, uuid, interval, numeric) to autobench_worker;
