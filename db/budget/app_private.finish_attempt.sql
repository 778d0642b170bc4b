-- worker/ledger.ts, spool -> [app_private.finish_attempt()] -> app_private.end_attempt()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.finish_attempt(attempt_id bigint, lease_token uuid, outcome jsonb) returns boolean
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt app_private.llm_attempts;
  v_usage jsonb := case jsonb_typeof(outcome -> 'usage') when 'object' then outcome -> 'usage' end;
begin
  -- A late answer counts too: the sweeper may have put the attempt in doubt meanwhile.
  select a.* into v_attempt
    from app_private.llm_attempts a
    where a.id = finish_attempt.attempt_id and a.lease_token = finish_attempt.lease_token and a.state in ('reserved', 'sending', 'in_doubt')
    for update;
  if not found or (v_attempt.state = 'in_doubt' and outcome ->> 'state' = 'in_doubt') then
    return false;
  end if;
  update app_private.llm_attempts a
    set http_status = (outcome ->> 'httpStatus')::integer,
      provider_request_id = left(outcome ->> 'providerRequestId', 200),
      evidence = a.evidence || coalesce(outcome -> 'evidence', '{}'),
      input_tokens = (v_usage ->> 'inputTokens')::integer,
      cached_tokens = (v_usage ->> 'cachedTokens')::integer,
      output_tokens = (v_usage ->> 'outputTokens')::integer,
      reasoning_tokens = (v_usage ->> 'reasoningTokens')::integer,
      cost_usd = app_private.cost_of(v_usage, a.prices)
    where a.id = v_attempt.id;
  perform app_private.end_attempt(
    v_attempt.id,
    outcome ->> 'state',
    outcome ->> 'errorClass',
    outcome ->> 'error',
    -- The provider's wish or twice as long as last time, an hour at the most; null stays null: never again.
    make_interval(secs => least(greatest((outcome ->> 'retryAfterMs')::double precision / 1000, power(2, v_attempt.n)), 3600))
      * case when outcome ->> 'retryAfterMs' is null then null else 1 end
  );
  return true;
end;
$$;
comment on function app_private.finish_attempt(bigint, uuid, jsonb) is
  'Records how an attempt ended, with tokens and cost; says whether it was still open.';
revoke all on function app_private.finish_attempt(bigint, uuid, jsonb) from public;
grant execute on function app_private.finish_attempt(bigint, uuid, jsonb) to autobench_worker;
