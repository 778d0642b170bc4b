-- board_fragility() -> [app_private.fragility()] -> app_private.fit_strengths()
create or replace function app_private.fragility(
  wins float8[],
  ties float8[],
  ahead integer,
  behind integer,
  prior_votes float8 default 1,
  most integer default 1000,
  out votes integer,
  out one_step integer
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_size constant integer := coalesce(array_length(wins, 1), 0);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  f record;
  v_left float8;
  v_effect float8;
  v_best float8;
  v_least float8; -- an effect below it is rounding
  v_cells float8[] := '{}'; -- effect and count of each cell, by the first fit
  v_counts float8[] := '{}';
  v_from integer;
  v_to integer;
  v_is_tie boolean;
  p float8;
  x float8;
begin
  select * into strict f from app_private.fit_strengths(wins, ties, prior_votes);
  votes := 0;
  -- Equal is not behind.
  while f.theta[ahead] > f.theta[behind] - 1e-9 and votes < most loop
    v_best := 0;
    for i in 1..v_size loop
      for j in 1..v_size loop
        continue when i = j or wins[i][j] + ties[i][j] < 1;
        -- By how much one vote of i over j, or one tie, holds the two apart.
        x := f.inverse[(i - 1) * v_stride + ahead] - f.inverse[(i - 1) * v_stride + behind]
          - f.inverse[(j - 1) * v_stride + ahead] + f.inverse[(j - 1) * v_stride + behind];
        p := 1 / (1 + exp(greatest(least(f.theta[j] - f.theta[i], 100), -100)));
        v_effect := x * (1 - p);
        if wins[i][j] >= 1 then
          if votes = 0 and v_effect > 0 then
            v_cells := v_cells || v_effect;
            v_counts := v_counts || floor(wins[i][j]);
          end if;
          if v_effect > v_best then
            v_best := v_effect;
            v_from := i;
            v_to := j;
            v_is_tie := false;
          end if;
        end if;
        v_effect := x * (0.5 - p);
        if ties[i][j] >= 1 and i < j then
          if votes = 0 and v_effect > 0 then
            v_cells := v_cells || v_effect;
            v_counts := v_counts || floor(ties[i][j]);
          end if;
          if v_effect > v_best then
            v_best := v_effect;
            v_from := i;
            v_to := j;
            v_is_tie := true;
          end if;
        end if;
      end loop;
    end loop;
    if votes = 0 then
      v_left := f.theta[ahead] - f.theta[behind];
      v_least := 1e-9 * v_best;
      -- The row is chosen first and reckoned with after: of the others the number may be beyond all integers.
      select greatest(1, least(ceil(r.before_count + (v_left - r.before) / r.effect), 2147483647))::integer into one_step
        from (
          select c.*
            from (
              select e.effect,
                  sum(e.effect * e.n) over w as until,
                  sum(e.effect * e.n) over w - e.effect * e.n as before,
                  sum(e.n) over w - e.n as before_count
                from unnest(v_cells, v_counts) e (effect, n)
                where e.effect > v_least
                window w as (order by e.effect desc, e.n rows unbounded preceding)
            ) c
            where c.until >= v_left
            order by c.until
            limit 1
        ) r;
    end if;
    exit when v_best <= v_least or (votes = 0 and one_step > 2 * most);
    if v_is_tie then
      ties[v_from][v_to] := ties[v_from][v_to] - 1;
      ties[v_to][v_from] := ties[v_from][v_to];
    else
      wins[v_from][v_to] := wins[v_from][v_to] - 1;
    end if;
    votes := votes + 1;
    select * into strict f from app_private.fit_strengths(wins, ties, prior_votes, f.theta);
  end loop;
  if f.theta[ahead] > f.theta[behind] - 1e-9 then
    votes := null; -- more than `most`, or there is nothing left to take away
  end if;
end;
$$;
comment on function app_private.fragility(float8[], float8[], integer, integer, float8, integer) is
  'How many votes at most must go for a model to fall behind another, found greedily, and the estimate of one step; null when it is more than `most`. Errors: TB070, TB072.';
revoke all on function app_private.fragility(float8[], float8[], integer, integer, float8, integer) from public;
