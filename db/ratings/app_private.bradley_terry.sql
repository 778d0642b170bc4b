-- [app_private.bradley_terry()] -> app_private.fit_strengths(), app_private.rate_models()
create or replace function app_private.bradley_terry(wins float8[], ties float8[], prior_votes float8 default 1)
returns table (
  "position" integer, theta float8, rating float8, se_fisher float8, se_sandwich float8, se float8,
  rank integer, rank_low integer, rank_high integer
)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select r.position, f.theta[r.position], r.rating, r.se_fisher, r.se_sandwich, r.se, r.rank, r.rank_low, r.rank_high
    from app_private.fit_strengths(wins, ties, prior_votes) f
      cross join app_private.rate_models(f.theta, f.inverse, wins, ties) r
    order by r.position;
$$;
comment on function app_private.bradley_terry(float8[], float8[], float8) is
  'Ratings of models from their counts: wins[i][j] is how often i beat j, ties are the same both ways; both are square. Ratings and standard errors are Elo around 1000, theta is natural. Errors: TB070, TB072.';
revoke all on function app_private.bradley_terry(float8[], float8[], float8) from public;
