-- autobench verify -> [app_private.rating_faults()] -> app_private.count_faults, app_private.elo_of_tasks(), app_private.hash_ratings()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.rating_faults() returns table (fault text, subject text, stored text, found text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_models uuid[];
  v_ratings float8[];
begin
  return query select f.fault, f.subject, f.stored::text, f.found::text from app_private.count_faults f;

  select array_agg(m.id order by m.id), array_agg(s.elo_start order by m.id)
    into v_models, v_ratings
    from app_public.models m cross join app_private.arena_settings s;
  if v_models is not null then
    v_ratings := app_private.elo_of_tasks(
      v_models, v_ratings, coalesce((select array_agg(f.task_id order by f.position) from app_private.folded_tasks f), '{}')
    );
    return query
      select 'the fold of Elo differs from a replay', e.model_id::text, e.elo::text, r.elo::text
        from app_private.elo_ratings e
          inner join unnest(v_models, v_ratings) r (model_id, elo) on r.model_id = e.model_id
        where abs(e.elo - r.elo) > 1e-9;
  end if;

  return query
    select 'a snapshot''s ratings were changed', s.id::text, encode(s.ratings_hash, 'hex'), encode(app_private.hash_ratings(s.id), 'hex')
      from app_public.rating_snapshots s
      where s.ratings_hash is distinct from app_private.hash_ratings(s.id);
  return query
    select 'the published board is not of these counts', s.id::text, encode(s.counts_hash, 'hex'), encode(h.counts_hash, 'hex')
      from app_public.rating_snapshots s
        cross join lateral (select app_private.hash_counts(s.theme, s.is_rehearsal)) h (counts_hash)
      where s.id in (select max(l.id) from app_public.rating_snapshots l group by l.theme, l.is_rehearsal)
        and s.counts_hash <> h.counts_hash
        -- Votes judged anew are published with the next refresh.
        and not exists (select from app_private.exclusions e where e.at > s.published_at);
end;
$$;
comment on function app_private.rating_faults() is
  'Makes counts, Elo and the hashes of snapshots anew and returns every difference from what is stored: none.';
revoke all on function app_private.rating_faults() from public;
grant execute on function app_private.rating_faults() to autobench_worker;
