-- refresh_leaderboards() -> [app_private.publish_board()] -> app_private.fit_board(), app_public.rating_snapshots, app_public.ratings
create or replace function app_private.publish_board(theme text, is_rehearsal boolean, at timestamptz default now()) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  c_method constant integer := 1;
  z constant float8 := 1.959963984540054;
  v_prior float8;
  v_counts_hash constant bytea := app_private.hash_counts(publish_board.theme, publish_board.is_rehearsal);
  v_exclusions_hash constant bytea := app_private.hash_exclusions();
  v_models uuid[];
  v_task_ids uuid[];
  v_first_ids uuid[];
  v_second_ids uuid[];
  v_both_bad integer[];
  v_tasks integer[];
  v_firsts integer[];
  v_seconds integer[];
  v_first_wins float8[];
  v_second_wins float8[];
  v_ties float8[];
  v_snapshot_id bigint;
  v_has_ties boolean;
begin
  select s.prior_votes into strict v_prior from app_private.arena_settings s;
  if exists (
    select from (
      select s.* from app_public.rating_snapshots s
        where s.is_rehearsal = publish_board.is_rehearsal and s.theme is not distinct from publish_board.theme
        order by s.id desc limit 1
    ) l
    where (l.counts_hash, l.exclusions_hash, l.method_version, l.prior_votes) = (v_counts_hash, v_exclusions_hash, c_method, v_prior)
      -- Figures are of tasks without votes as well; Elo is of all themes, and shown of the board of all.
      and not exists (
        select from app_public.ratings r
            cross join app_private.arena_settings s
            left join app_private.elo_ratings e on e.model_id = r.model_id
            left join app_private.submission_figures(publish_board.theme, publish_board.at) g on g.model_id = r.model_id
          where r.snapshot_id = l.id
            and (
              (r.success_rate, r.median_latency_ms, r.cost_per_answer)
                is distinct from (g.success_rate, g.median_latency_ms, g.cost_per_answer::numeric(14, 8))
              or (publish_board.theme is null and r.elo <> coalesce(e.elo, s.elo_start))
            )
      )
  ) then
    return 0; -- nothing that it shows has changed
  end if;

  -- Read once; all that follows is made of these.
  select array_agg(c.task_id), array_agg(c.first_model_id), array_agg(c.second_model_id), array_agg(c.first_wins::float8),
      array_agg(c.second_wins::float8), array_agg(c.ties::float8), array_agg(c.both_bad)
    into v_task_ids, v_first_ids, v_second_ids, v_first_wins, v_second_wins, v_ties, v_both_bad
    from app_private.board_counts(publish_board.theme, publish_board.is_rehearsal) c;
  select array_agg(distinct m.id order by m.id) into v_models
    from unnest(v_first_ids, v_second_ids, v_first_wins, v_second_wins, v_ties) c (first_id, second_id, w, l, t)
      cross join lateral (values (c.first_id), (c.second_id)) m (id)
    where c.w + c.l + c.t > 0;
  if v_models is null and not exists (
    select from app_public.rating_snapshots s
      where s.is_rehearsal = publish_board.is_rehearsal and s.theme is not distinct from publish_board.theme
  ) then
    return 0; -- nobody has voted yet
  end if;
  select array_agg(e.task order by e.n), array_agg(e.first order by e.n), array_agg(e.second order by e.n)
    into v_tasks, v_firsts, v_seconds
    from (
      select c.n, (dense_rank() over (order by c.task_id))::integer as task, coalesce(array_position(v_models, c.first_id), 0) as first,
          coalesce(array_position(v_models, c.second_id), 0) as second
        from unnest(v_task_ids, v_first_ids, v_second_ids) with ordinality c (task_id, first_id, second_id, n)
    ) e;

  foreach v_has_ties in array array[true, false] loop
    insert into app_public.rating_snapshots
        (theme, has_ties, is_rehearsal, method_version, prior_votes, votes, tasks, last_position, is_disconnected, counts_hash, exclusions_hash, published_at)
      values (
        publish_board.theme, v_has_ties, publish_board.is_rehearsal, c_method, v_prior,
        coalesce((select sum(n) from unnest(v_first_wins || v_second_wins || case when v_has_ties then v_ties end) n), 0),
        (
          select count(distinct c.task)
            from unnest(v_tasks, v_first_wins, v_second_wins, v_ties) c (task, w, l, t)
            where c.w + c.l + case when v_has_ties then c.t else 0 end > 0
        ),
        coalesce((select max(f.position) from app_private.folded_tasks f), 0),
        false, v_counts_hash, v_exclusions_hash, publish_board.at
      )
      returning id into v_snapshot_id;
    with fitted as materialized (
      select v_models[f.position] as model_id, f.*, max(f.component) over () > 1 as is_disconnected, z * f.se as half
        from app_private.fit_board(
          coalesce(cardinality(v_models), 0), coalesce(v_tasks, '{}'), coalesce(v_firsts, '{}'), coalesce(v_seconds, '{}'),
          coalesce(v_first_wins, '{}'),
          case when v_has_ties then coalesce(v_ties, '{}') else array_fill(0::float8, array[coalesce(cardinality(v_ties), 0)]) end,
          coalesce(v_second_wins, '{}'), v_prior
        ) f
    ), tallied as (
      select m.model_id, sum(m.wins) as wins, sum(m.losses) as losses, sum(c.t) as ties, sum(c.b) as both_bad
        from unnest(v_first_ids, v_second_ids, v_first_wins, v_second_wins, v_ties, v_both_bad) c (first_id, second_id, w, l, t, b)
          cross join lateral (values (c.first_id, c.w, c.l), (c.second_id, c.l, c.w)) m (model_id, wins, losses)
        group by m.model_id
    )
    insert into app_public.ratings (
        snapshot_id, model_id, rank, rank_low, rank_high, theta, rating, se, ci_low, ci_high, elo, votes, win_rate, ties,
        quality_floor, tasks, success_rate, median_latency_ms, cost_per_answer, status
      )
      select v_snapshot_id, f.model_id, f.rank, f.rank_low, f.rank_high, f.theta, f.rating, f.se, f.rating - f.half, f.rating + f.half,
          coalesce(e.elo, s.elo_start), f.votes,
          case when v_has_ties then (t.wins + t.ties / 2.0) / nullif(t.wins + t.losses + t.ties, 0)
            else t.wins / nullif(t.wins + t.losses, 0) end,
          t.ties, t.both_bad / nullif(t.wins + t.losses + t.ties + t.both_bad, 0),
          f.tasks_met, g.success_rate, g.median_latency_ms, g.cost_per_answer,
          case
            when f.is_disconnected then 'disconnected'
            when f.votes < 100 or f.tasks_met < 10 or f.prior_share > 0.02 or f.half > 60 then 'provisional'
            when f.half > 30 then 'usable'
            else 'established'
          end::app_public.rating_status
        from fitted f
          cross join app_private.arena_settings s
          inner join tallied t on t.model_id = f.model_id
          left join app_private.elo_ratings e on e.model_id = f.model_id
          left join app_private.submission_figures(publish_board.theme, publish_board.at) g on g.model_id = f.model_id;
    update app_public.rating_snapshots s
      set is_disconnected = exists (select from app_public.ratings r where r.snapshot_id = s.id and r.status = 'disconnected')
      where s.id = v_snapshot_id;
    update app_public.rating_snapshots s set ratings_hash = app_private.hash_ratings(s.id) where s.id = v_snapshot_id;
  end loop;
  return 2;
end;
$$;
comment on function app_private.publish_board(text, boolean, timestamptz) is
  'Publishes a board anew, with ties and without, if what it is made of has changed; returns how many snapshots it made. Errors: TB072.';
revoke all on function app_private.publish_board(text, boolean, timestamptz) from public;
