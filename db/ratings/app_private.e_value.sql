-- vote_anomalies() -> [app_private.e_value()]
create or replace function app_private.e_value(scores float8[], expected float8[]) returns float8
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- In logarithms, and cut off where a float8 ends: ten to the three hundredth is enough.
  select (exp(greatest(least(sum(ln(1 + s - e)), 690), -690)) + exp(greatest(least(sum(ln(1 - s + e)), 690), -690))) / 2
    from unnest(scores, expected) v (s, e);
$$;
comment on function app_private.e_value(float8[], float8[]) is
  'Evidence against somebody who votes as others do: what a bet on either side of each vote''s expectation has become. Its mean is 1 at most for the honest, whenever one looks; expectations lie strictly between 0 and 1.';
revoke all on function app_private.e_value(float8[], float8[]) from public;
