-- fit_strengths() -> [app_private.cholesky()]
create or replace function app_private.cholesky(matrix float8[], size integer) returns float8[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stride constant integer := (size + 7) / 8 * 8;
  l float8[] := array_fill(0::float8, array[size * v_stride]);
  v_sum float8;
  x integer;
  y integer;
begin
  for i in 1..size loop
    for j in 1..i loop
      v_sum := matrix[(i - 1) * v_stride + j];
      x := (i - 1) * v_stride + 1;
      y := (j - 1) * v_stride + 1;
      -- What lies past column j is zero in row i as yet, so whole steps of eight are right.
      for k in 1..(j + 6) / 8 loop
        v_sum := v_sum - (l[x] * l[y] + l[x + 1] * l[y + 1] + l[x + 2] * l[y + 2] + l[x + 3] * l[y + 3]
          + l[x + 4] * l[y + 4] + l[x + 5] * l[y + 5] + l[x + 6] * l[y + 6] + l[x + 7] * l[y + 7]);
        x := x + 8;
        y := y + 8;
      end loop;
      if i = j then
        if v_sum <= 0 then
          return null;
        end if;
        l[(i - 1) * v_stride + i] := sqrt(v_sum);
      else
        l[(i - 1) * v_stride + j] := v_sum / l[(j - 1) * v_stride + j];
      end if;
    end loop;
  end loop;
  return l;
end;
$$;
comment on function app_private.cholesky(float8[], integer) is
  'The lower triangle L of a symmetric matrix L · Lᵀ; null when the matrix is not positive definite.';
revoke all on function app_private.cholesky(float8[], integer) from public;
