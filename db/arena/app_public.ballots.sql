-- drawBallot (GraphQL) -> app_private.draw_ballot() -> [app_public.ballots] -> app_private.cast_vote()
create table if not exists app_public.ballots (
  id             uuid constraint ballots_pkey primary key default gen_random_uuid(),
  match_id       bigint not null,
  voter_id       bigint not null,
  task_id        uuid not null,
  stratum        app_public.stratum not null,
  is_first_left  boolean not null,
  propensity     float8 not null,
  served_at      timestamptz not null default now(),
  expires_at     timestamptz not null,
  constraint ballots_match foreign key (match_id) references app_private.matches,
  constraint ballots_voter foreign key (voter_id) references app_private.voters,
  constraint ballots_task foreign key (task_id) references app_public.tasks,
  -- One vote for each ballot, one ballot for each voter and pair: so one vote for each voter, task and pair.
  constraint ballots_one_per_voter_and_pair unique (voter_id, match_id),
  constraint ballots_propensity_is_chance check (propensity > 0 and propensity <= 1),
  constraint ballots_expire_after_they_are_served check (expires_at >= served_at)
);
create index if not exists ballots_match_id_idx on app_public.ballots (match_id);
create index if not exists ballots_task_id_idx on app_public.ballots (task_id);
create index if not exists ballots_served_at_idx on app_public.ballots (served_at);

call app_private.reset_access('app_public.ballots');
create policy select_own on app_public.ballots for select to autobench_anon, autobench_member
  using (voter_id = (select app_public.current_voter_id()));
grant select (id, task_id, stratum, served_at, expires_at) on app_public.ballots to autobench_anon, autobench_member;
-- No grant on match_id, voter_id, is_first_left and propensity: they tell whose pages these are.
-- No write: draw_ballot() is the door.

comment on table app_public.ballots is 'Two pages shown to one voter, who may say once which is better.';
comment on column app_public.ballots.id is 'Identity of the ballot.';
comment on column app_public.ballots.match_id is 'The pair.';
comment on column app_public.ballots.voter_id is 'Who it was given to.';
comment on column app_public.ballots.task_id is 'The task that both pages answer.';
comment on column app_public.ballots.stratum is 'Whether the models were unknown when it was drawn.';
comment on column app_public.ballots.is_first_left is 'The coin: whether the match''s first model is shown on the left.';
comment on column app_public.ballots.propensity is 'The probability with which this pair and these sides were drawn.';
comment on column app_public.ballots.served_at is 'When it was drawn.';
comment on column app_public.ballots.expires_at is 'Until when it can be used.';
comment on constraint ballots_one_per_voter_and_pair on app_public.ballots is '@behavior -single';
