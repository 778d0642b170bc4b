-- app_public.rating_snapshots, app_private.folded_tasks -> [app_private.refolded_snapshots] -> rating_faults(), autobench verify
create or replace view app_private.refolded_snapshots with (security_invoker, security_barrier) as
  select s.id as snapshot_id
    from app_public.rating_snapshots s
    where (
        -- A place in the order is never given again, and the latest of a board was compared with the folding that stands.
        s.last_position < (select coalesce(min(f.position), 0) from app_private.folded_tasks f)
        and s.id not in (select max(l.id) from app_public.rating_snapshots l group by l.theme, l.is_rehearsal, l.has_ties)
      )
      -- Votes judged anew are published with the next refresh. Ids are compared: a run that comes late says an earlier instant.
      or exists (
        select from app_private.exclusions e
          where e.id > (select f.exclusion_id from app_private.folded_tasks f order by f.position desc limit 1)
      );

revoke all on app_private.refolded_snapshots from public;

comment on view app_private.refolded_snapshots is
  'Snapshots made of votes that were judged anew since: what they counted and left out cannot be made again.';
comment on column app_private.refolded_snapshots.snapshot_id is 'The snapshot.';
