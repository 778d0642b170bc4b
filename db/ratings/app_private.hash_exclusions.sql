-- publish_board() -> [app_private.hash_exclusions()] -> app_public.rating_snapshots.exclusions_hash
create or replace function app_private.hash_exclusions() returns bytea
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(coalesce(string_agg(v.ballot_id::text, E'\n' order by v.ballot_id), ''), 'UTF8'))
    from app_public.votes v
      inner join app_public.ballots b on b.id = v.ballot_id
      inner join app_private.folded_tasks f on f.task_id = b.task_id
    where not v.is_counted and b.stratum = 'sealed';
$$;
comment on function app_private.hash_exclusions() is 'SHA-256 of the votes on folded tasks that do not count: a line for each ballot, ordered.';
revoke all on function app_private.hash_exclusions() from public;
