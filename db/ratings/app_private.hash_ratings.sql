-- publish_board(), rating_faults() -> [app_private.hash_ratings()] -> app_public.rating_snapshots.ratings_hash
create or replace function app_private.hash_ratings(snapshot_id bigint) returns bytea
language sql stable strict
set search_path = pg_catalog, pg_temp
set extra_float_digits = 1
as $$
  select sha256(convert_to(
      concat_ws(
        ' ', coalesce(s.theme, '-'), s.has_ties, s.is_rehearsal, s.method_version, s.prior_votes, s.votes, s.tasks, s.last_position,
        s.is_disconnected, encode(s.counts_hash, 'hex'), encode(s.exclusions_hash, 'hex'), extract(epoch from s.published_at)
      ) || coalesce((
        select string_agg(
            E'\n' || concat_ws(
              ' ', r.model_id, r.rank, r.rank_low, r.rank_high, r.theta, r.rating, r.se, r.ci_low, r.ci_high, r.elo, r.votes,
              coalesce(r.win_rate::text, '-'), r.ties, coalesce(r.quality_floor::text, '-'), r.tasks, coalesce(r.success_rate::text, '-'),
              coalesce(r.median_latency_ms::text, '-'), coalesce(r.cost_per_answer::text, '-'), r.status
            ),
            '' order by r.model_id
          )
          from app_public.ratings r
          where r.snapshot_id = s.id
      ), ''),
      'UTF8'
    ))
    from app_public.rating_snapshots s
    where s.id = hash_ratings.snapshot_id;
$$;
comment on function app_private.hash_ratings(bigint) is
  'SHA-256 of all that a snapshot publishes: a line for the board, and one for each model, ordered; what is null is a dash.';
revoke all on function app_private.hash_ratings(bigint) from public;
