-- bradley_terry(), fit_board(), fragility() -> [app_private.fit_strengths()] -> app_private.cholesky()
-- Maximises the sum of s_ij ln p_ij over all pairs, with p_ij the logistic of theta_i - theta_j, and prior_votes draws of each
-- model against a virtual one at 0, by which the undefeated and the disconnected stay finite.
create or replace function app_private.fit_strengths(
  wins float8[],
  ties float8[],
  prior_votes float8 default 1,
  start float8[] default null,
  out theta float8[],
  out inverse float8[],
  out information float8[],
  out likelihood float8,
  out steps integer
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_size constant integer := coalesce(array_length(wins, 1), 0);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  v_higher integer[] := '{}'; -- the pairs that met, the higher position and the lower one
  v_lesser integer[] := '{}';
  v_votes float8[] := '{}';
  v_score float8[] := '{}'; -- what the higher position took of them
  v_trial float8[];
  v_step float8[];
  v_move float8 := 1;
  v_largest float8 := 'infinity';
  v_is_whole boolean := true;
  v_best float8 := '-infinity';
  v_gradient float8[];
  v_lower float8[];
  h float8[];
  v_sum float8;
  d float8;
  p float8;
  q float8;
  i integer;
  j integer;
begin
  v_is_whole := prior_votes >= 0 and array_length(wins, 2) is not distinct from array_length(wins, 1)
    and array_dims(ties) is not distinct from array_dims(wins) and (v_size = 0 or array_lower(wins, 1) = 1)
    and not exists (
      select from unnest(wins, ties) c (w, t) where w is null or t is null or w < 0 or t < 0 or w + t >= 'infinity'
    );
  for a in 2..case when v_is_whole then v_size else 0 end loop
    for b in 1..a - 1 loop
      v_is_whole := v_is_whole and ties[a][b] = ties[b][a];
      if wins[a][b] + wins[b][a] + ties[a][b] > 0 then
        v_higher := v_higher || a;
        v_lesser := v_lesser || b;
        v_votes := v_votes || (wins[a][b] + wins[b][a] + ties[a][b]);
        v_score := v_score || (wins[a][b] + ties[a][b] / 2);
      end if;
    end loop;
  end loop;
  if not v_is_whole then
    raise exception 'These are no counts of a board.'
      using errcode = 'TB072', hint = 'wins and ties are square, of one size, nowhere negative, and ties are the same both ways.';
  elsif prior_votes = 0 and 2 = any (app_private.board_components(wins, ties, true)) then
    raise exception 'Without prior votes this board has no ratings: some models never lost to, or never met, the others.'
      using errcode = 'TB070', hint = 'Give prior_votes a value above 0; the default is 1.';
  end if;

  theta := coalesce(start, array_fill(0::float8, array[v_size]));
  v_trial := theta;
  steps := 0;
  loop
    -- Likelihood, gradient and information at the trial point, in one pass over the pairs.
    likelihood := 0;
    v_gradient := array_fill(0::float8, array[v_size]);
    -- Without prior votes only differences are known: a constant on every entry fixes the mean.
    h := array_fill(case when prior_votes = 0 then 1::float8 else 0 end, array[v_size * v_stride]);
    for k in 1..cardinality(v_votes) loop
      i := v_higher[k];
      j := v_lesser[k];
      d := greatest(least(v_trial[i] - v_trial[j], 100), -100);
      p := 1 / (1 + exp(-d));
      likelihood := likelihood + v_votes[k] * ln(p) - (v_votes[k] - v_score[k]) * d;
      q := v_score[k] - v_votes[k] * p;
      v_gradient[i] := v_gradient[i] + q;
      v_gradient[j] := v_gradient[j] - q;
      q := v_votes[k] * p * (1 / (1 + exp(d)));
      h[(i - 1) * v_stride + j] := h[(i - 1) * v_stride + j] - q;
      h[(i - 1) * v_stride + i] := h[(i - 1) * v_stride + i] + q;
      h[(j - 1) * v_stride + j] := h[(j - 1) * v_stride + j] + q;
    end loop;
    for a in 1..v_size loop
      d := greatest(least(v_trial[a], 100), -100);
      p := 1 / (1 + exp(-d));
      likelihood := likelihood + prior_votes * (ln(p) - d / 2);
      v_gradient[a] := v_gradient[a] + prior_votes * (0.5 - p);
      h[(a - 1) * v_stride + a] := h[(a - 1) * v_stride + a] + prior_votes * p * (1 - p);
    end loop;

    if likelihood < v_best - 1e-11 * (1 + abs(v_best)) and v_move > 1e-9 then
      v_move := v_move / 2; -- too far: half the step
    else
      theta := v_trial;
      v_best := likelihood;
      v_lower := app_private.cholesky(h, v_size);
      if v_lower is null or steps = 100 then
        raise exception 'These counts have no finite ratings.'
          using errcode = 'TB072', hint = 'Give prior_votes a greater value; the default is 1.';
      end if;
      steps := steps + 1;
      v_move := 1;
      v_step := v_gradient;
      for a in 1..v_size loop
        v_sum := v_step[a];
        for b in 1..a - 1 loop
          v_sum := v_sum - v_lower[(a - 1) * v_stride + b] * v_step[b];
        end loop;
        v_step[a] := v_sum / v_lower[(a - 1) * v_stride + a];
      end loop;
      for a in reverse v_size..1 loop
        v_sum := v_step[a];
        for b in a + 1..v_size loop
          v_sum := v_sum - v_lower[(b - 1) * v_stride + a] * v_step[b];
        end loop;
        v_step[a] := v_sum / v_lower[(a - 1) * v_stride + a];
      end loop;
      v_largest := coalesce((select max(abs(x)) from unnest(v_step) x), 0);
    end if;
    v_trial := theta;
    for a in 1..v_size loop
      v_trial[a] := theta[a] + v_move * v_step[a];
    end loop;
    if v_largest * v_move < 1e-12 then
      theta := v_trial; -- as near as numbers go; the information is the same here
      exit;
    end if;
  end loop;

  if prior_votes = 0 then
    v_sum := coalesce((select avg(x) from unnest(theta) x), 0);
    theta := coalesce((select array_agg(x - v_sum order by n) from unnest(theta) with ordinality u (x, n)), '{}');
  end if;
  information := '{}';
  for a in 1..v_size loop
    information := information || h[(a - 1) * v_stride + a];
  end loop;
  inverse := coalesce(app_private.cholesky_inverse(v_lower, v_size), '{}');
end;
$$;
comment on function app_private.fit_strengths(float8[], float8[], float8, float8[]) is
  'The Bradley-Terry strengths of a board, the inverse of the information, its diagonal, the penalised likelihood and the Newton steps it took. Errors: TB070, TB072.';
revoke all on function app_private.fit_strengths(float8[], float8[], float8, float8[]) from public;
