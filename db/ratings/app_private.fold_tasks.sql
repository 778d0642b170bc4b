-- refresh_leaderboards() -> [app_private.fold_tasks()] -> app_private.folded_tasks, app_private.elo_ratings
create or replace function app_private.fold_tasks(at timestamptz default now()) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_exclusion_id constant bigint := coalesce((select max(e.id) from app_private.exclusions e), 0);
  v_last app_private.folded_tasks;
  v_position bigint;
  v_settled uuid[];
  v_tasks uuid[];
  v_models uuid[];
  v_ratings float8[];
begin
  select f.* into v_last from app_private.folded_tasks f order by f.position desc limit 1;
  -- A place is never given again: a snapshot whose last place is none of these was made of another folding.
  v_position := greatest(
    coalesce(v_last.position, 0), coalesce((select max(s.last_position) from app_public.rating_snapshots s), 0)
  );
  -- Votes are folded in the order of the tasks' closing. What would have to go in between, or has been judged anew, means all of it.
  if app_private.is_refold_due() or exists (
    select from app_public.tasks t
      where not t.is_showcase and t.status = 'dispatched' and (t.closes_at, t.id) < (v_last.closes_at, v_last.task_id)
        and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
        and exists (select from app_private.matches m where m.task_id = t.id)
  ) then
    select array_agg(f.task_id) into v_settled from app_private.folded_tasks f;
    insert into app_private.past_foldings (position, folding, task_id, exclusion_id)
      select f.position, v_last.position, f.task_id, f.exclusion_id from app_private.folded_tasks f;
    delete from app_private.folded_tasks;
    delete from app_private.elo_ratings;
  end if;

  select array_agg(t.id order by t.closes_at, t.id) into v_tasks
    from app_public.tasks t
    where not t.is_showcase and t.status = 'dispatched' and t.closes_at <= fold_tasks.at
      and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
      and exists (select from app_private.matches m where m.task_id = t.id);
  if v_tasks is null then
    return 0;
  end if;
  -- Votes that are under way are waited for; on what had been folded before there are none.
  for i in 1..cardinality(v_tasks) loop
    continue when v_tasks[i] = any (v_settled);
    perform pg_advisory_xact_lock(app_private.task_lock(v_tasks[i]));
  end loop;

  select array_agg(m.id order by m.id), array_agg(coalesce(e.elo, s.elo_start) order by m.id)
    into v_models, v_ratings
    from app_public.models m
      cross join app_private.arena_settings s
      left join app_private.elo_ratings e on e.model_id = m.id;
  v_ratings := app_private.elo_of_tasks(v_models, v_ratings, v_tasks);
  insert into app_private.elo_ratings as e (model_id, elo)
    select u.id, u.elo from unnest(v_models, v_ratings) u (id, elo)
    on conflict on constraint elo_ratings_pkey do update set elo = excluded.elo where e.elo <> excluded.elo;
  insert into app_private.folded_tasks (task_id, position, closes_at, votes, folded_at, exclusion_id, elo_k, elo_start)
    select u.id, v_position + u.n, t.closes_at,
        coalesce((
          select sum(c.votes) from app_private.pair_counts c
            where c.task_id = u.id and c.stratum = 'sealed' and c.outcome <> 'both_bad'
        ), 0),
        fold_tasks.at, v_exclusion_id, s.elo_k, s.elo_start
      from unnest(v_tasks) with ordinality u (id, n)
        inner join app_public.tasks t on t.id = u.id
        cross join app_private.arena_settings s;
  return cardinality(v_tasks);
end;
$$;
comment on function app_private.fold_tasks(timestamptz) is
  'Takes the sealed tasks that have closed into what is published: their Elo, in order, and from then on every board. Returns how many.';
revoke all on function app_private.fold_tasks(timestamptz) from public;
