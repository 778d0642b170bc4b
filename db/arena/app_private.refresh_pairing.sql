-- refresh_leaderboards, open_matches() -> [app_private.refresh_pairing()] -> app_private.pairing_strengths, app_private.matches.gain
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.refresh_pairing(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_models uuid[];
  v_wins float8[];
  v_ties float8[];
  v_prior float8;
  v_weighed integer := 0;
  v_changed integer;
  f record;
  c record;
begin
  -- One at a time; whoever comes second has nothing to add.
  if not pg_try_advisory_xact_lock(hashtextextended('refresh_pairing', 0)) then
    return 0;
  end if;
  select s.prior_votes into strict v_prior from app_private.arena_settings s;
  for v_models in
    select array_agg(m.id order by m.id)
      from app_public.models m
      where exists (select from app_public.submissions s where s.model_id = m.id)
      group by m.is_rehearsal
  loop
    v_wins := array_fill(0::float8, array[cardinality(v_models), cardinality(v_models)]);
    v_ties := v_wins;
    for c in
      select array_position(v_models, p.first_model_id) as i, array_position(v_models, p.second_model_id) as j, p.outcome, sum(p.votes) as votes
        from app_private.pair_counts p
        where p.first_model_id = any (v_models) and p.stratum = 'sealed' and p.outcome <> 'both_bad'
        group by p.first_model_id, p.second_model_id, p.outcome
    loop
      if c.outcome = 'first' then
        v_wins[c.i][c.j] := c.votes;
      elsif c.outcome = 'second' then
        v_wins[c.j][c.i] := c.votes;
      else
        v_ties[c.i][c.j] := c.votes;
        v_ties[c.j][c.i] := c.votes;
      end if;
    end loop;
    select * into strict f from app_private.fit_strengths(v_wins, v_ties, v_prior);
    insert into app_private.pairing_strengths as s (model_id, theta, fitted_at)
      select u.model_id, u.theta, refresh_pairing.at from unnest(v_models, f.theta) u (model_id, theta)
      on conflict on constraint pairing_strengths_pkey do update set theta = excluded.theta, fitted_at = excluded.fitted_at;
    update app_private.matches m
      set gain = g.gain
      from app_private.pair_gains(f.theta, f.inverse) g, app_public.tasks t
      where m.first_model_id = v_models[g.first] and m.second_model_id = v_models[g.second]
        and t.id = m.task_id and t.expires_at > refresh_pairing.at;
    get diagnostics v_changed = row_count;
    v_weighed := v_weighed + v_changed;
  end loop;
  return v_weighed;
end;
$$;
comment on function app_private.refresh_pairing(timestamptz) is
  'Fits all sealed votes, of open tasks too, and weighs open matches by what a vote on them would tell; nothing of it is published. Returns how many it weighed.';
revoke all on function app_private.refresh_pairing(timestamptz) from public;
grant execute on function app_private.refresh_pairing(timestamptz) to autobench_worker;
