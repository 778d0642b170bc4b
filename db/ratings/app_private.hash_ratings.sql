-- publish_board(), rating_faults() -> [app_private.hash_ratings()] -> app_public.rating_snapshots.ratings_hash
create or replace function app_private.hash_ratings(snapshot_id bigint) returns bytea
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(coalesce(
      string_agg(
        concat_ws(' ', r.model_id, r.rank, r.rank_low, r.rank_high, r.rating, r.ci_low, r.ci_high, r.elo, r.votes, r.ties, r.tasks, r.status),
        E'\n' order by r.model_id
      ),
      ''
    ), 'UTF8'))
    from app_public.ratings r
    where r.snapshot_id = hash_ratings.snapshot_id;
$$;
comment on function app_private.hash_ratings(bigint) is
  'SHA-256 of a snapshot''s ratings: a line for each model, ordered, with model, ranks, rating, interval, Elo, votes, ties, tasks and status.';
revoke all on function app_private.hash_ratings(bigint) from public;
