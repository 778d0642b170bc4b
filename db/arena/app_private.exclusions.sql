-- exclude_voter(), exclude_network() -> [app_private.exclusions] -> refresh_leaderboards(), app_operations.exclusions
create table if not exists app_private.exclusions (
  id            bigint generated always as identity constraint exclusions_pkey primary key,
  voter_id      bigint,
  network_hash  bytea,
  is_excluded   boolean not null,
  reason        text not null,
  votes         integer not null,
  operator_id   uuid,
  at            timestamptz not null default now(),
  constraint exclusions_voter foreign key (voter_id) references app_private.voters,
  constraint exclusions_operator foreign key (operator_id) references app_public.users on delete set null,
  constraint exclusions_of_voter_or_network check (num_nonnulls(voter_id, network_hash) = 1),
  constraint exclusions_reason_given check (char_length(btrim(reason)) between 3 and 1000)
);
create index if not exists exclusions_voter_id_idx on app_private.exclusions (voter_id, id);
create index if not exists exclusions_network_hash_idx on app_private.exclusions (network_hash, id);
create index if not exists exclusions_operator_id_idx on app_private.exclusions (operator_id);
create index if not exists exclusions_at_idx on app_private.exclusions (at);

call app_private.reset_access('app_private.exclusions');
create policy select_all on app_private.exclusions for select to autobench_operator
  using (true);
grant select on app_private.exclusions to autobench_operator;
-- No write: what was done stays written down; exclude_voter() and its kin are the doors.

comment on table app_private.exclusions is 'Whose votes were taken out of the count or put back, and why. The last row of a voter or network says how it stands.';
comment on column app_private.exclusions.id is 'Identity of the entry.';
comment on column app_private.exclusions.voter_id is 'The voter.';
comment on column app_private.exclusions.network_hash is 'Or the network, of one day.';
comment on column app_private.exclusions.is_excluded is 'Whether the votes were taken out, or put back.';
comment on column app_private.exclusions.reason is 'Why.';
comment on column app_private.exclusions.votes is 'How many votes it was about.';
comment on column app_private.exclusions.operator_id is 'Who did it; null when it was done in SQL.';
comment on column app_private.exclusions.at is 'When.';
comment on constraint exclusions_reason_given on app_private.exclusions is
  E'@error TB017\nA reason of 3 to 1000 characters is needed.\nHint: Say why, for those who read the log later.';
