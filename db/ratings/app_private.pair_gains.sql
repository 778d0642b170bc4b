-- refresh_pairing() -> [app_private.pair_gains()] -> app_private.row_products()
create or replace function app_private.pair_gains(theta float8[], inverse float8[])
returns table (first integer, second integer, gain float8)
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_size constant integer := cardinality(theta);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  v_columns float8[] := array_fill(0::float8, array[v_size]);
  v_rows float8[] := inverse; -- inverse · G: the rows of a symmetric matrix, centred
  v_products float8[];
  p float8;
  f float8;
begin
  for i in 1..v_size loop
    for j in 1..v_size loop
      v_columns[j] := v_columns[j] + inverse[(i - 1) * v_stride + j] / v_size;
    end loop;
  end loop;
  for i in 1..v_size loop
    for j in 1..v_size loop
      v_rows[(i - 1) * v_stride + j] := inverse[(i - 1) * v_stride + j] - v_columns[i];
    end loop;
  end loop;
  v_products := app_private.row_products(v_rows, v_rows, v_size, v_stride, true);
  for i in 1..v_size loop
    for j in i + 1..v_size loop
      p := 1 / (1 + exp(greatest(least(theta[j] - theta[i], 100), -100)));
      f := p * (1 - p);
      first := i;
      second := j;
      gain := f * (v_products[(i - 1) * v_stride + i] + v_products[(j - 1) * v_stride + j] - 2 * v_products[(i - 1) * v_stride + j])
        / (1 + f * (inverse[(i - 1) * v_stride + i] + inverse[(j - 1) * v_stride + j] - 2 * inverse[(i - 1) * v_stride + j]));
      return next;
    end loop;
  end loop;
end;
$$;
comment on function app_private.pair_gains(float8[], float8[]) is
  'By how much one more vote on each pair would lessen the sum of all variances (A-optimal), from a fit.';
revoke all on function app_private.pair_gains(float8[], float8[]) from public;
