-- fit_strengths() -> [app_private.cholesky_inverse()] -> app_private.row_products()
create or replace function app_private.cholesky_inverse(l float8[], size integer) returns float8[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stride constant integer := (size + 7) / 8 * 8;
  u float8[] := array_fill(0::float8, array[size * v_stride]); -- the inverse of L, turned over
  v_sum float8;
  x integer;
  y integer;
begin
  for j in 1..size loop
    u[(j - 1) * v_stride + j] := 1 / l[(j - 1) * v_stride + j];
    for i in j + 1..size loop
      v_sum := 0;
      -- From the step of eight that holds column j; before it, and from i on, one of the factors is zero.
      x := (i - 1) * v_stride + (j - 1) / 8 * 8 + 1;
      y := (j - 1) * v_stride + (j - 1) / 8 * 8 + 1;
      for k in (j - 1) / 8..(i - 2) / 8 loop
        v_sum := v_sum + (l[x] * u[y] + l[x + 1] * u[y + 1] + l[x + 2] * u[y + 2] + l[x + 3] * u[y + 3]
          + l[x + 4] * u[y + 4] + l[x + 5] * u[y + 5] + l[x + 6] * u[y + 6] + l[x + 7] * u[y + 7]);
        x := x + 8;
        y := y + 8;
      end loop;
      u[(j - 1) * v_stride + i] := -v_sum / l[(i - 1) * v_stride + i];
    end loop;
  end loop;
  return app_private.row_products(u, u, size, v_stride, true, true);
end;
$$;
comment on function app_private.cholesky_inverse(float8[], integer) is 'The inverse of L · Lᵀ, from L.';
revoke all on function app_private.cholesky_inverse(float8[], integer) from public;
