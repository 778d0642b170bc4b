-- refresh_leaderboards() -> [app_private.fit_board()] -> app_private.fit_strengths(), app_private.rate_models()
create or replace function app_private.fit_board(
  models integer,
  tasks integer[],
  firsts integer[],
  seconds integer[],
  first_wins float8[],
  ties float8[],
  second_wins float8[],
  prior_votes float8 default 1
) returns table (
  "position" integer, theta float8, rating float8, se_fisher float8, se_sandwich float8, se_task float8, se float8,
  rank integer, rank_low integer, rank_high integer, votes float8, tasks_met integer, prior_share float8, component integer
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wins float8[] := array_fill(0::float8, array[models, models]);
  v_ties float8[] := v_wins;
  v_votes float8[] := array_fill(0::float8, array[models]);
  v_tasks constant integer := (
    select count(distinct c.task)::integer
      from unnest(tasks, first_wins, ties, second_wins) c (task, w, t, l)
      where c.w + c.t + c.l > 0
  );
  v_width constant integer := (v_tasks + 7) / 8 * 8;
  v_place integer[]; -- of each entry's task
  v_scores float8[] := array_fill(0::float8, array[models * v_width]);
  v_met boolean[] := array_fill(false, array[models * v_width]);
  v_tasks_met integer[] := array_fill(0, array[models]);
  v_components integer[];
  f record;
  n float8;
  r float8;
  i integer;
  j integer;
begin
  -- Only tasks with votes are clusters.
  select array_agg(e.place order by e.n) into v_place
    from (
      select c.n, dense_rank() over (order by c.w + c.t + c.l = 0, c.task) as place
        from unnest(fit_board.tasks, first_wins, fit_board.ties, second_wins) with ordinality c (task, w, t, l, n)
    ) e;
  for k in 1..cardinality(firsts) loop
    i := firsts[k];
    j := seconds[k];
    continue when first_wins[k] + fit_board.ties[k] + second_wins[k] = 0;
    v_wins[i][j] := v_wins[i][j] + first_wins[k];
    v_wins[j][i] := v_wins[j][i] + second_wins[k];
    v_ties[i][j] := v_ties[i][j] + fit_board.ties[k];
    v_ties[j][i] := v_ties[i][j];
  end loop;
  select * into strict f from app_private.fit_strengths(v_wins, v_ties, prior_votes);
  v_components := app_private.board_components(v_wins, v_ties);

  for k in 1..cardinality(firsts) loop
    i := firsts[k];
    j := seconds[k];
    n := first_wins[k] + fit_board.ties[k] + second_wins[k];
    continue when n = 0;
    r := first_wins[k] + fit_board.ties[k] / 2
      - n / (1 + exp(greatest(least(f.theta[j] - f.theta[i], 100), -100)));
    v_votes[i] := v_votes[i] + n;
    v_votes[j] := v_votes[j] + n;
    i := (i - 1) * v_width + v_place[k];
    j := (j - 1) * v_width + v_place[k];
    v_scores[i] := v_scores[i] + r;
    v_scores[j] := v_scores[j] - r;
    v_met[i] := true;
    v_met[j] := true;
  end loop;
  for m in 1..models loop
    for t in 1..v_tasks loop
      if v_met[(m - 1) * v_width + t] then
        v_tasks_met[m] := v_tasks_met[m] + 1;
      end if;
    end loop;
  end loop;

  return query
    select m.position, f.theta[m.position], m.rating, m.se_fisher, m.se_sandwich, m.se_task, m.se, m.rank, m.rank_low, m.rank_high,
        v_votes[m.position], v_tasks_met[m.position],
        prior_votes * s.p * (1 - s.p) / f.information[m.position],
        v_components[m.position]
      from app_private.rate_models(f.theta, f.inverse, v_wins, v_ties, v_scores, v_tasks) m
        cross join lateral (select 1 / (1 + exp(-f.theta[m.position]))) s (p)
      order by m.position;
end;
$$;
comment on function app_private.fit_board(integer, integer[], integer[], integer[], float8[], float8[], float8[], float8) is
  'Ratings of a board from one entry for each task and pair: the task, the positions of both models, and how often each won. The interval is clustered by task. Errors: TB070, TB072.';
revoke all on function app_private.fit_board(integer, integer[], integer[], integer[], float8[], float8[], float8[], float8) from public;
