-- cast_vote(), judge_votes() -> [app_private.vote_checks] -> app_public.votes.is_counted
create table if not exists app_private.vote_checks (
  ballot_id  uuid not null,
  kind       text not null,
  state      text not null,
  at         timestamptz not null default now(),
  constraint vote_checks_pkey primary key (ballot_id, kind),
  constraint vote_checks_vote foreign key (ballot_id) references app_public.votes,
  constraint vote_checks_kind_known check (kind in ('voter_cap', 'network_cap', 'model_cap', 'voter', 'network')),
  constraint vote_checks_state_known check (state in ('pass', 'fail', 'unknown'))
);
create index if not exists vote_checks_failed_idx on app_private.vote_checks (ballot_id) where state = 'fail';

call app_private.reset_access('app_private.vote_checks');
create policy select_all on app_private.vote_checks for select to autobench_operator
  using (true);
grant select on app_private.vote_checks to autobench_operator;
-- No write: a vote is judged by judge_votes().

comment on table app_private.vote_checks is
  'What was found when a vote was checked. A vote without a row passed at once; one with any fail is not counted; unknown is a check that could not run, and never a fail.';
comment on column app_private.vote_checks.ballot_id is 'The vote.';
comment on column app_private.vote_checks.kind is
  'voter_cap, network_cap, model_cap: more than the day''s share of one voter, network, or network on one model. voter, network: excluded by an operator.';
comment on column app_private.vote_checks.state is 'pass, fail or unknown.';
comment on column app_private.vote_checks.at is 'When it was found.';
