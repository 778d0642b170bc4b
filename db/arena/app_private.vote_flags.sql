-- app_private.scan_votes() -> [app_private.vote_flags] -> app_operations.vote_flags
create table if not exists app_private.vote_flags (
  id            bigint generated always as identity constraint vote_flags_pkey primary key,
  voter_id      bigint,
  network_hash  bytea,
  model_id      uuid not null,
  votes         integer not null,
  e_value       float8 not null,
  flagged_at    timestamptz not null default now(),
  seen_at       timestamptz not null default now(),
  constraint vote_flags_once unique nulls not distinct (voter_id, network_hash, model_id),
  constraint vote_flags_voter foreign key (voter_id) references app_private.voters,
  constraint vote_flags_model foreign key (model_id) references app_public.models,
  constraint vote_flags_of_voter_or_network check (num_nonnulls(voter_id, network_hash) = 1)
);
create index if not exists vote_flags_model_id_idx on app_private.vote_flags (model_id);

call app_private.reset_access('app_private.vote_flags');
create policy select_all on app_private.vote_flags for select to autobench_operator
  using (true);
grant select on app_private.vote_flags to autobench_operator;
-- No write: scan_votes() flags. A flag takes no vote out by itself: an operator looks first.

comment on table app_private.vote_flags is 'Voters and networks that vote on a model as hardly anybody honest would.';
comment on column app_private.vote_flags.id is 'Identity of the flag.';
comment on column app_private.vote_flags.voter_id is 'The voter.';
comment on column app_private.vote_flags.network_hash is 'Or the network, of one day.';
comment on column app_private.vote_flags.model_id is 'The model.';
comment on column app_private.vote_flags.votes is 'Votes on it.';
comment on column app_private.vote_flags.e_value is 'The greatest evidence seen: of the honest, one in so many gets as far.';
comment on column app_private.vote_flags.flagged_at is 'When the evidence first was enough.';
comment on column app_private.vote_flags.seen_at is 'When it was last found to be.';
