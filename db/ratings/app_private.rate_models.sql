-- bradley_terry(), fit_board() -> [app_private.rate_models()] -> app_private.row_products()
-- `task_scores`, if given, holds a row for each model: what it took in each task beyond what was expected of it.
create or replace function app_private.rate_models(
  theta float8[],
  inverse float8[],
  wins float8[],
  ties float8[],
  task_scores float8[] default null,
  tasks integer default 0
) returns table (
  "position" integer, rating float8, se_fisher float8, se_sandwich float8, se_task float8, se float8,
  rank integer, rank_low integer, rank_high integer
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c constant float8 := 400 / ln(10::float8);
  z constant float8 := 1.959963984540054;
  v_size constant integer := cardinality(theta);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  v_mean constant float8 := (select avg(x) from unnest(theta) x);
  v_centred float8[] := inverse; -- G · inverse
  v_spread float8[] := array_fill(0::float8, array[v_size * v_stride]);
  v_sampling float8[];
  v_tasks float8[];
  v_columns float8[] := array_fill(0::float8, array[v_size]);
  v_fisher float8[] := '{}';
  v_se float8[] := '{}';
  v_total float8 := 0;
  v_seen float8 := 0;
  v_expected float8 := 0;
  v_floor float8;
  v_variance float8;
  b float8;
  p float8;
begin
  if v_size = 0 then
    return;
  end if;
  for i in 1..v_size loop
    for j in 1..v_size loop
      v_columns[j] := v_columns[j] + inverse[(i - 1) * v_stride + j] / v_size;
    end loop;
  end loop;
  select avg(x) into v_total from unnest(v_columns) x;
  for i in 1..v_size loop
    v_fisher := v_fisher || (inverse[(i - 1) * v_stride + i] - 2 * v_columns[i] + v_total);
    for j in 1..v_size loop
      v_centred[(i - 1) * v_stride + j] := inverse[(i - 1) * v_stride + j] - v_columns[j];
      if j < i and wins[i][j] + wins[j][i] + ties[i][j] > 0 then
        p := 1 / (1 + exp(greatest(least(theta[j] - theta[i], 100), -100)));
        b := wins[i][j] * (1 - p) * (1 - p) + ties[i][j] * (0.5 - p) * (0.5 - p) + wins[j][i] * p * p;
        v_seen := v_seen + b;
        v_expected := v_expected + (wins[i][j] + wins[j][i] + ties[i][j]) * p * (1 - p);
        v_spread[(i - 1) * v_stride + j] := -b;
        v_spread[(j - 1) * v_stride + i] := -b;
        v_spread[(i - 1) * v_stride + i] := v_spread[(i - 1) * v_stride + i] + b;
        v_spread[(j - 1) * v_stride + j] := v_spread[(j - 1) * v_stride + j] + b;
      end if;
    end loop;
  end loop;

  v_sampling := app_private.row_products(
    app_private.row_products(v_centred, v_spread, v_size, v_stride), v_centred, v_size, v_stride, true
  );
  if tasks > 1 then
    -- Votes on one page are not independent: here the task is what is drawn, not the vote.
    v_tasks := app_private.row_products(task_scores, task_scores, v_size, (tasks + 7) / 8 * 8, true);
    v_tasks := app_private.row_products(
      app_private.row_products(v_centred, v_tasks, v_size, v_stride), v_centred, v_size, v_stride, true
    );
    v_total := tasks / (tasks - 1)::float8;
    for k in 1..cardinality(v_tasks) loop
      v_tasks[k] := v_tasks[k] * v_total;
    end loop;
  end if;

  -- The floor keeps a model that never lost from looking certain.
  v_floor := least(1, case when v_expected > 0 then v_seen / v_expected else 1 end);
  for i in 1..v_size loop
    p := v_sampling[(i - 1) * v_stride + i];
    b := case when tasks > 1 then v_tasks[(i - 1) * v_stride + i] else 0 end;
    v_se := v_se || c * sqrt(greatest(p, b, v_floor * v_fisher[i], 0));
  end loop;

  for i in 1..v_size loop
    position := i;
    rating := 1000 + c * (theta[i] - v_mean);
    se_fisher := c * sqrt(greatest(v_fisher[i], 0));
    se_sandwich := c * sqrt(greatest(v_sampling[(i - 1) * v_stride + i], 0));
    se_task := case when tasks > 1 then c * sqrt(greatest(v_tasks[(i - 1) * v_stride + i], 0)) end;
    se := v_se[i];
    rank := 1;
    rank_low := 1;
    rank_high := v_size;
    for j in 1..v_size loop
      continue when j = i;
      if theta[j] > theta[i] then
        -- The variance of the difference: two intervals may overlap and the order be certain all the same.
        -- It has the same floor: one vote is no certainty.
        v_variance := greatest(
          v_sampling[(i - 1) * v_stride + i] + v_sampling[(j - 1) * v_stride + j] - 2 * v_sampling[(i - 1) * v_stride + j],
          v_floor * (inverse[(i - 1) * v_stride + i] + inverse[(j - 1) * v_stride + j] - 2 * inverse[(i - 1) * v_stride + j])
        );
        if tasks > 1 then
          v_variance := greatest(
            v_variance,
            v_tasks[(i - 1) * v_stride + i] + v_tasks[(j - 1) * v_stride + j] - 2 * v_tasks[(i - 1) * v_stride + j]
          );
        end if;
        if theta[j] - theta[i] > z * sqrt(greatest(v_variance, 0)) then
          rank := rank + 1;
        end if;
        if c * (theta[j] - theta[i]) > z * (v_se[i] + v_se[j]) then
          rank_low := rank_low + 1;
        end if;
      elsif c * (theta[i] - theta[j]) > z * (v_se[i] + v_se[j]) then
        rank_high := rank_high - 1;
      end if;
    end loop;
    return next;
  end loop;
end;
$$;
comment on function app_private.rate_models(float8[], float8[], float8[], float8[], float8[], integer) is
  'Ratings, standard errors (by information, by vote, by task, and the greatest of them with a floor) and ranks of a fit.';
revoke all on function app_private.rate_models(float8[], float8[], float8[], float8[], float8[], integer) from public;
