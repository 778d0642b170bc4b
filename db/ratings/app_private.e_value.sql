-- vote_anomalies() -> [app_private.e_value()]
create or replace function app_private.e_value(log_for float8, log_against float8) returns float8
language sql immutable strict parallel safe
-- In logarithms, and cut off where a float8 ends: ten to the three hundredth is evidence enough.
return (exp(greatest(least(log_for, 690), -690)) + exp(greatest(least(log_against, 690), -690))) / 2;
comment on function app_private.e_value(float8, float8) is
  'Evidence against somebody who votes as others do: what two bets have become, of which one wins 1 + x and the other 1 - x with every vote that surprises by x; given are the sums of their logarithms. Its mean is 1 at most for the honest, whenever one looks.';
revoke all on function app_private.e_value(float8, float8) from public;
