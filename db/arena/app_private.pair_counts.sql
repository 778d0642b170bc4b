-- app_private.cast_vote() -> [app_private.pair_counts] -> app_private.fit_board()
create table if not exists app_private.pair_counts (
  task_id          uuid not null,
  first_model_id   uuid not null,
  second_model_id  uuid not null,
  stratum          app_public.stratum not null,
  outcome          app_private.outcome not null,
  votes            integer not null,
  uncounted        integer not null default 0,
  constraint pair_counts_pkey primary key (task_id, first_model_id, second_model_id, stratum, outcome),
  constraint pair_counts_match foreign key (task_id, first_model_id, second_model_id)
    references app_private.matches (task_id, first_model_id, second_model_id),
  constraint pair_counts_not_negative check (votes >= 0 and uncounted >= 0)
) with (fillfactor = 50);

call app_private.reset_access('app_private.pair_counts');
create policy select_all on app_private.pair_counts for select to autobench_operator
  using (true);
grant select on app_private.pair_counts to autobench_operator;
-- No write: cast_vote() and judge_votes() count, recount_votes() makes it anew from the votes.

comment on table app_private.pair_counts is
  'How often each pair of a task ended how: the counted votes, added up. All ratings are made of this.';
comment on column app_private.pair_counts.task_id is 'The task.';
comment on column app_private.pair_counts.first_model_id is 'The model with the lesser id.';
comment on column app_private.pair_counts.second_model_id is 'The other model.';
comment on column app_private.pair_counts.stratum is 'Whether the models were unknown when the ballots were drawn.';
comment on column app_private.pair_counts.outcome is 'How it ended.';
comment on column app_private.pair_counts.votes is 'How often.';
comment on column app_private.pair_counts.uncounted is 'How many more votes said so and do not count.';
