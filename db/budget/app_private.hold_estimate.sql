-- open_gate() -> [app_private.hold_estimate()] -> app_private.daily_spend
create or replace function app_private.hold_estimate(request jsonb, prices jsonb) returns numeric
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- At worst every character of the request is a third of a token, and the answer is as long as it may be.
  select round(
    (
      (char_length(coalesce(request ->> 'system', '')) + char_length(request ->> 'prompt')) / 3.0
        * coalesce((prices ->> 'input')::numeric, 0)
      + (request ->> 'maxOutputTokens')::numeric * coalesce((prices ->> 'output')::numeric, 0)
    ) / 1000000,
    8
  );
$$;
comment on function app_private.hold_estimate(jsonb, jsonb) is 'The most that a request may cost, in dollars.';
revoke all on function app_private.hold_estimate(jsonb, jsonb) from public;
