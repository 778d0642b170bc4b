-- publish_board(), rating_faults() -> [app_private.hash_exclusions()] -> app_public.rating_snapshots.exclusions_hash
create or replace function app_private.hash_exclusions(up_to_position bigint default null) returns bytea
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(coalesce(string_agg(v.ballot_id::text, E'\n' order by v.ballot_id), ''), 'UTF8'))
    from (select distinct c.ballot_id from app_private.vote_checks c where c.state = 'fail') k -- these alone can be uncounted
      inner join app_public.votes v on v.ballot_id = k.ballot_id
      inner join app_public.ballots b on b.id = v.ballot_id
      inner join app_private.folded_tasks f on f.task_id = b.task_id
    where not v.is_counted and b.stratum = 'sealed' and (up_to_position is null or f.position <= up_to_position);
$$;
comment on function app_private.hash_exclusions(bigint) is
  'SHA-256 of the votes on folded tasks that do not count, as far as a place in the order of closing, or of all: a line for each ballot, ordered.';
revoke all on function app_private.hash_exclusions(bigint) from public;
