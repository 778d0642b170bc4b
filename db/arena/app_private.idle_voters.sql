-- app_private.voters -> [app_private.idle_voters] -> app_private.purge_batch()
create or replace view app_private.idle_voters with (security_invoker, security_barrier) as
  select v.ctid, v.id, v.created_at
    from app_private.voters v
    where not v.has_voted and v.user_id is null
      and not exists (select from app_public.ballots b where b.voter_id = v.id)
      and not exists (select from app_private.exclusions e where e.voter_id = v.id)
      and not exists (select from app_private.vote_flags f where f.voter_id = v.id);

revoke all on app_private.idle_voters from public;

comment on view app_private.idle_voters is 'Visitors who never voted and hold no ballot, to be purged: should they come back, they are new.';
comment on column app_private.idle_voters.ctid is 'Where the row stands: what a purge goes by.';
comment on column app_private.idle_voters.id is 'The visitor.';
comment on column app_private.idle_voters.created_at is 'When they first drew a ballot.';
