-- fit_strengths(), rate_models() -> [app_private.row_products()]
-- Matrices stand in flat arrays, row after row, each row filled up with zeros to a multiple of eight: so the loop that all
-- the time goes into takes eight numbers at a step and needs no end of its own.
create or replace function app_private.row_products(
  a float8[],
  b float8[],
  size integer,
  width integer,
  is_symmetric boolean default false,
  is_triangular boolean default false
) returns float8[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stride constant integer := (size + 7) / 8 * 8;
  v_result float8[] := array_fill(0::float8, array[size * v_stride]);
  v_sum float8;
  v_from integer;
  x integer;
  y integer;
begin
  for i in 1..size loop
    for j in 1..case when is_symmetric then i else size end loop
      v_sum := 0;
      v_from := case when is_triangular then (i - 1) / 8 else 0 end;
      x := (i - 1) * width + 8 * v_from + 1;
      y := (j - 1) * width + 8 * v_from + 1;
      for k in v_from + 1..width / 8 loop
        v_sum := v_sum + (a[x] * b[y] + a[x + 1] * b[y + 1] + a[x + 2] * b[y + 2] + a[x + 3] * b[y + 3]
          + a[x + 4] * b[y + 4] + a[x + 5] * b[y + 5] + a[x + 6] * b[y + 6] + a[x + 7] * b[y + 7]);
        x := x + 8;
        y := y + 8;
      end loop;
      v_result[(i - 1) * v_stride + j] := v_sum;
      if is_symmetric then
        v_result[(j - 1) * v_stride + i] := v_sum;
      end if;
    end loop;
  end loop;
  return v_result;
end;
$$;
comment on function app_private.row_products(float8[], float8[], integer, integer, boolean, boolean) is
  'The products of every row of one matrix with every row of another: a · bᵀ, for `size` rows of `width` numbers. Triangular: a row of the first begins with zeros, as many as there are rows above it.';
revoke all on function app_private.row_products(float8[], float8[], integer, integer, boolean, boolean) from public;
