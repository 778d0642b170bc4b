-- autobench verify, app_operations.fragility -> [app_private.board_fragility()] -> app_private.fragility()
-- Definer: whoever asks may see what is published, not the counts.
create or replace function app_private.board_fragility(
  theme text default null,
  is_rehearsal boolean default false,
  most integer default 200,
  pairs integer default null
) returns table (ahead_id uuid, behind_id uuid, gap float8, votes integer, one_step integer)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_models uuid[];
  v_wins float8[];
  v_ties float8[];
  v_prior float8;
  c record;
begin
  select s.prior_votes into strict v_prior from app_private.arena_settings s;
  select array_agg(b.model_id order by b.rating desc, b.model_id) into v_models
    from app_private.leaderboard b
    where b.theme is not distinct from board_fragility.theme and b.has_ties and b.is_rehearsal = board_fragility.is_rehearsal;
  if v_models is null then
    return;
  end if;
  v_wins := array_fill(0::float8, array[cardinality(v_models), cardinality(v_models)]);
  v_ties := v_wins;
  for c in
    select array_position(v_models, p.first_model_id) as i, array_position(v_models, p.second_model_id) as j,
        sum(p.first_wins) as first_wins, sum(p.second_wins) as second_wins, sum(p.ties) as ties
      from app_private.board_counts(board_fragility.theme, board_fragility.is_rehearsal) p
      group by p.first_model_id, p.second_model_id
  loop
    v_wins[c.i][c.j] := c.first_wins;
    v_wins[c.j][c.i] := c.second_wins;
    v_ties[c.i][c.j] := c.ties;
    v_ties[c.j][c.i] := c.ties;
  end loop;
  return query
    select v_models[k], v_models[k + 1], a.rating - b.rating, f.votes, f.one_step
      from generate_series(1, least(cardinality(v_models) - 1, board_fragility.pairs)) k
        inner join app_private.leaderboard a on a.model_id = v_models[k]
        inner join app_private.leaderboard b on b.model_id = v_models[k + 1] and b.snapshot_id = a.snapshot_id
        cross join app_private.fragility(v_wins, v_ties, k, k + 1, v_prior, most) f
      where a.theme is not distinct from board_fragility.theme and a.has_ties and a.is_rehearsal = board_fragility.is_rehearsal
      order by k;
end;
$$;
comment on function app_private.board_fragility(text, boolean, integer, integer) is
  'How few votes hold each model above the next one on a published board, of the first `pairs` or of all; null when they are more than `most`.';
revoke all on function app_private.board_fragility(text, boolean, integer, integer) from public;
grant execute on function app_private.board_fragility(text, boolean, integer, integer) to autobench_worker, autobench_operator;
