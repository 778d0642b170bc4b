-- worker/ledger.ts -> [app_private.reserve_attempt()] -> app_private.llm_attempts
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.reserve_attempt(
  call_id bigint,
  worker text,
  lease interval default '60 seconds',
  out verdict text,
  out wait_ms integer,
  out attempt_id bigint,
  out lease_token uuid,
  out client_request_id uuid,
  out request jsonb,
  out provider jsonb
)
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call app_private.llm_calls;
  v_provider app_private.providers;
  v_model app_public.models;
  v_attempt app_private.llm_attempts;
  v_at timestamptz := clock_timestamp();
  v_oldest timestamptz;
begin
  perform app_private.require_open_gate((v_at at time zone 'utc')::date);
  -- Another worker that holds the row is already at it: no need to wait for it.
  select c.* into v_call from app_private.llm_calls c where c.id = reserve_attempt.call_id for update skip locked;
  if not found then
    verdict := 'taken';
    return;
  elsif v_call.state <> 'pending' then
    verdict := v_call.state;
    return;
  elsif v_call.next_try_at > v_at then
    verdict := 'wait';
    wait_ms := ceil(extract(epoch from v_call.next_try_at - v_at) * 1000)::integer;
    return;
  end if;

  select m.* into strict v_model from app_public.models m where m.id = v_call.model_id;
  -- One reservation at a time for each provider: its limits hold over all workers.
  select p.* into strict v_provider from app_private.providers p where p.name = v_model.provider for update;
  if (select count(*) from app_private.llm_attempts a where a.provider = v_provider.name and a.state in ('reserved', 'sending'))
    >= v_provider.max_parallel
  then
    verdict := 'wait';
    wait_ms := 250;
    return;
  end if;
  select a.reserved_at into v_oldest
    from app_private.llm_attempts a
    where a.provider = v_provider.name and a.reserved_at > v_at - interval '1 minute'
    order by a.reserved_at desc
    offset v_provider.requests_per_minute - 1
    limit 1;
  if found then
    verdict := 'wait';
    wait_ms := ceil(extract(epoch from v_oldest + interval '1 minute' - v_at) * 1000)::integer + 1;
    return;
  end if;

  insert into app_private.llm_attempts (call_id, n, provider, worker, lease_until, prices)
    values (
      v_call.id, v_call.attempts + 1, v_provider.name, reserve_attempt.worker, v_at + reserve_attempt.lease,
      jsonb_build_object(
        'input', v_model.input_usd_per_million,
        'cached', v_model.cached_input_usd_per_million,
        'output', v_model.output_usd_per_million
      )
    )
    returning * into v_attempt;
  update app_private.llm_calls c
    set state = 'active', attempts = c.attempts + 1, reason = null
    where c.id = v_call.id;
  verdict := 'reserved';
  attempt_id := v_attempt.id;
  lease_token := v_attempt.lease_token;
  client_request_id := v_attempt.client_request_id;
  request := v_call.request;
  provider := to_jsonb(v_provider);
end;
$$;
comment on function app_private.reserve_attempt(bigint, text, interval) is
  'Reserves the next attempt at a call, within the provider''s limits: verdict is reserved, wait, taken, or the call''s state. Errors: TB043.';
revoke all on function app_private.reserve_attempt(bigint, text, interval) from public;
grant execute on function app_private.reserve_attempt(bigint, text, interval) to autobench_worker;
