-- fit_strengths(), fit_board() -> [app_private.board_components()]
create or replace function app_private.board_components(wins float8[], ties float8[], is_strong boolean default false)
returns integer[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_size constant integer := coalesce(array_length(wins, 1), 0);
  v_component integer[] := array_fill(0, array[v_size]);
  v_forward boolean[];
  v_reached boolean[];
  v_queue integer[];
  v_at integer;
  v_count integer := 0;
begin
  for v_start in 1..v_size loop
    continue when v_component[v_start] > 0;
    v_count := v_count + 1;
    -- Who is reached by losses, then who is reached by wins; together when the direction is of no matter.
    for v_way in 1..case when is_strong then 2 else 1 end loop
      v_reached := array_fill(false, array[v_size]);
      v_reached[v_start] := true;
      v_queue := array[v_start];
      v_at := 1;
      while v_at <= cardinality(v_queue) loop
        for j in 1..v_size loop
          if not v_reached[j] and (
            ties[v_queue[v_at]][j] > 0
            or ((not is_strong or v_way = 1) and wins[v_queue[v_at]][j] > 0)
            or ((not is_strong or v_way = 2) and wins[j][v_queue[v_at]] > 0)
          ) then
            v_reached[j] := true;
            v_queue := v_queue || j;
          end if;
        end loop;
        v_at := v_at + 1;
      end loop;
      if v_way = 1 then
        v_forward := v_reached;
      end if;
    end loop;
    for j in 1..v_size loop
      if v_component[j] = 0 and v_forward[j] and v_reached[j] then
        v_component[j] := v_count;
      end if;
    end loop;
  end loop;
  return v_component;
end;
$$;
comment on function app_private.board_components(float8[], float8[], boolean) is
  'Which part of a board each model belongs to: parts that never met or, if strong, of which one never lost to the other.';
revoke all on function app_private.board_components(float8[], float8[], boolean) from public;
