-- app_public.ballots, app_private.open_ballots -> [app_private.unused_ballots] -> app_private.purge_batch()
create or replace view app_private.unused_ballots with (security_invoker, security_barrier) as
  select b.ctid, b.id, b.served_at
    from app_public.ballots b
    where exists (select from app_private.open_ballots o where o.ballot_id = b.id)
      and not exists (select from app_public.votes v where v.ballot_id = b.id);

revoke all on app_private.unused_ballots from public;

comment on view app_private.unused_ballots is 'Ballots on which nobody voted, to be purged: the pair can then be drawn again.';
comment on column app_private.unused_ballots.ctid is 'Where the row stands: what a purge goes by.';
comment on column app_private.unused_ballots.id is 'The ballot.';
comment on column app_private.unused_ballots.served_at is 'When it was drawn.';
