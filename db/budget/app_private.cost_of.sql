-- finish_attempt() -> [app_private.cost_of()] -> app_private.llm_attempts.cost_usd
create or replace function app_private.cost_of(usage jsonb, prices jsonb) returns numeric
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select round(
    (
      greatest((usage ->> 'inputTokens')::numeric - coalesce((usage ->> 'cachedTokens')::numeric, 0), 0)
        * coalesce((prices ->> 'input')::numeric, 0)
      + coalesce((usage ->> 'cachedTokens')::numeric, 0)
        * coalesce((prices ->> 'cached')::numeric, (prices ->> 'input')::numeric, 0)
      + (usage ->> 'outputTokens')::numeric * coalesce((prices ->> 'output')::numeric, 0)
    ) / 1000000,
    8
  );
$$;
comment on function app_private.cost_of(jsonb, jsonb) is 'What a provider''s usage costs at given prices, in dollars.';
revoke all on function app_private.cost_of(jsonb, jsonb) from public;
