-- autobench verify -> [app_private.rating_faults()] -> app_private.count_faults, app_private.elo_of_tasks(), app_private.hash_counts()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.rating_faults() returns table (fault text, subject text, stored text, found text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_models uuid[];
  v_ratings float8[];
begin
  return query select f.fault, f.subject, f.stored, f.found from app_private.count_faults f;

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
        where abs(e.elo - r.elo) > 1e-9
          -- What is due is folded anew with the next refresh.
          and not app_private.is_refold_due();
  end if;

  return query
    select 'a snapshot''s ratings were changed', s.id::text, encode(s.ratings_hash, 'hex'), encode(app_private.hash_ratings(s.id), 'hex')
      from app_public.rating_snapshots s
      where s.ratings_hash is distinct from app_private.hash_ratings(s.id);
  -- The latest of a board holds all that has been folded, an earlier one what had been then.
  return query
    with hashed as (
      select s.*, case when s.id = max(s.id) over (partition by s.theme, s.is_rehearsal, s.has_ties) then null else s.last_position end as up_to
        from app_public.rating_snapshots s
    ), counts as materialized (
      select c.theme, c.is_rehearsal, c.up_to, app_private.hash_counts(c.theme, c.is_rehearsal, c.up_to) as hash
        from (select distinct c.theme, c.is_rehearsal, c.up_to from hashed c) c
    ), exclusions as materialized (
      select c.up_to, app_private.hash_exclusions(c.up_to) as hash from (select distinct c.up_to from hashed c) c
    )
    select 'the published board is not of these counts', c.id::text, encode(c.counts_hash, 'hex'), encode(n.hash, 'hex')
      from hashed c
        inner join counts n on (n.theme, n.is_rehearsal, n.up_to) is not distinct from (c.theme, c.is_rehearsal, c.up_to)
      where c.counts_hash <> n.hash
    union all
    select 'the published board left out other votes', c.id::text, encode(c.exclusions_hash, 'hex'), encode(x.hash, 'hex')
      from hashed c
        inner join exclusions x on x.up_to is not distinct from c.up_to
      where c.exclusions_hash <> x.hash;
end;
$$;
comment on function app_private.rating_faults() is
  'Makes counts, Elo and the hashes of every snapshot anew, as they were when it was published, and returns every difference from what is stored: none.';
revoke all on function app_private.rating_faults() from public;
grant execute on function app_private.rating_faults() to autobench_worker;
