-- open_gate(), finish_attempt(), sweep_attempts(), abandon_call() -> [app_private.end_attempt()] -> llm_attempts, llm_calls, daily_spend
create or replace function app_private.end_attempt(
  attempt_id bigint,
  state text,
  error_class text,
  error text,
  retry_in interval
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt app_private.llm_attempts;
  v_call app_private.llm_calls;
  v_at timestamptz := clock_timestamp();
  v_cost numeric;
  -- What provably never left costs no try: the limit is for requests that a provider has refused.
  v_is_free boolean := end_attempt.error_class in ('lease_over', 'spend_limit', 'no_key', 'restored');
begin
  update app_private.llm_attempts a
    set state = end_attempt.state,
      finished_at = coalesce(case when a.state = 'in_doubt' and end_attempt.state <> 'abandoned' then v_at else a.finished_at end, v_at),
      error_class = end_attempt.error_class,
      error = left(end_attempt.error, 500)
    where a.id = end_attempt.attempt_id
    returning * into strict v_attempt;
  select c.* into strict v_call from app_private.llm_calls c where c.id = v_attempt.call_id for update;

  -- A hold becomes a cost when the attempt was executed, goes back when it was not, and stays while nobody knows.
  if v_attempt.hold_usd > 0 and end_attempt.state <> 'in_doubt' then
    v_cost := case
      when end_attempt.state in ('succeeded', 'unusable', 'abandoned') then coalesce(v_attempt.cost_usd, v_attempt.hold_usd)
      else 0
    end;
    -- The row of the model, then the row for all, as the gate takes them: the other way round the two would deadlock.
    update app_private.daily_spend s
      set held_usd = s.held_usd - v_attempt.hold_usd, spent_usd = s.spent_usd + v_cost
      where s.day = v_attempt.hold_day and s.model_id = v_call.model_id;
    update app_private.daily_spend s
      set held_usd = s.held_usd - v_attempt.hold_usd, spent_usd = s.spent_usd + v_cost
      where s.day = v_attempt.hold_day and s.model_id is null;
  end if;
  if end_attempt.state in ('succeeded', 'unusable', 'abandoned') and v_attempt.cost_usd is null then
    update app_private.llm_attempts a set cost_usd = v_attempt.hold_usd where a.id = v_attempt.id; -- unknown: the most it can be
  end if;

  update app_private.llm_calls c
    set state = case
          when end_attempt.state in ('succeeded', 'unusable') then 'done'
          when end_attempt.state = 'in_doubt' then 'in_doubt'
          when end_attempt.retry_in is not null
            and (c.attempts < c.max_attempts or (v_is_free and c.attempts < 200)) then 'pending'
          else 'failed'
        end,
      max_attempts = least(c.max_attempts + case when v_is_free then 1 else 0 end, 200),
      next_try_at = case when end_attempt.retry_in is not null then v_at + end_attempt.retry_in else c.next_try_at end,
      reason = end_attempt.error
    where c.id = v_call.id;
end;
$$;
comment on function app_private.end_attempt(bigint, text, text, text, interval) is
  'Ends an attempt, settles its hold and moves its call on; the callers say who may.';
revoke all on function app_private.end_attempt(bigint, text, text, text, interval) from public;
