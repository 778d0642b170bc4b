-- publish_board(), rating_faults() -> [app_private.hash_exclusions()] -> app_public.rating_snapshots.exclusions_hash
create or replace function app_private.hash_exclusions(up_to_position bigint default null) returns bytea
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with folded as (
    select f.task_id, f.exclusion_id from app_private.folded_as_of(up_to_position) f
  ), judged as (
    select j.ballot_id, j.was_counted from app_private.votes_judged_since((select max(f.exclusion_id) from folded f)) j
  ), uncounted as (
    (
      select v.ballot_id
        from (select distinct c.ballot_id from app_private.vote_checks c where c.state = 'fail') k -- these alone can be uncounted
          inner join app_public.votes v on v.ballot_id = k.ballot_id
        where not v.is_counted
      except
      select j.ballot_id from judged j where j.was_counted
    )
    union
    select j.ballot_id from judged j where not j.was_counted
  )
  select sha256(convert_to(coalesce(string_agg(u.ballot_id::text, E'\n' order by u.ballot_id), ''), 'UTF8'))
    from uncounted u
      inner join app_public.ballots b on b.id = u.ballot_id
    where b.stratum = 'sealed' and b.task_id in (select f.task_id from folded f);
$$;
comment on function app_private.hash_exclusions(bigint) is
  'SHA-256 of the votes on folded tasks that do not count, as it was when the last task had this place, or as it is: a line for each ballot, ordered.';
revoke all on function app_private.hash_exclusions(bigint) from public;
