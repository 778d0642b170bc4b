-- app_private.vote_flags -> [app_operations.vote_flags] -> voteFlags (operators' GraphQL)
create or replace view app_operations.vote_flags with (security_invoker, security_barrier) as
  select f.id, f.voter_id, encode(f.network_hash, 'hex') as network, f.model_id, f.votes, f.e_value, f.flagged_at, f.seen_at
    from app_private.vote_flags f;

revoke all on app_operations.vote_flags from public, autobench_operator;
grant select on app_operations.vote_flags to autobench_operator;

comment on view app_operations.vote_flags is
  E'@primaryKey id\n@foreignKey (model_id) references app_public.models (id)|@fieldName model\nVoters and networks that vote on a model as hardly anybody honest would.';
comment on column app_operations.vote_flags.id is E'@notNull\nIdentity of the flag.';
comment on column app_operations.vote_flags.voter_id is 'The voter, for exclude_voter().';
comment on column app_operations.vote_flags.network is 'Or the network of a day, for exclude_network().';
comment on column app_operations.vote_flags.model_id is E'@notNull\nThe model.';
comment on column app_operations.vote_flags.votes is E'@notNull\nVotes on it.';
comment on column app_operations.vote_flags.e_value is E'@notNull\nThe evidence: of the honest, one in so many gets as far.';
comment on column app_operations.vote_flags.flagged_at is E'@notNull\nWhen it first was enough.';
comment on column app_operations.vote_flags.seen_at is E'@notNull\nWhen it was last found to be.';
