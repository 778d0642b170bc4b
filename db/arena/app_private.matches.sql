-- pair_generator -> app_private.open_matches() -> [app_private.matches] -> app_private.draw_ballot()
create table if not exists app_private.matches (
  id               bigint generated always as identity constraint matches_pkey primary key,
  task_id          uuid not null,
  first_model_id   uuid not null,
  second_model_id  uuid not null,
  opened_at        timestamptz not null default now(),
  gain             float8 not null default 1,
  constraint matches_one_per_pair unique (task_id, first_model_id, second_model_id),
  constraint matches_first_submission foreign key (task_id, first_model_id) references app_public.submissions (task_id, model_id),
  constraint matches_second_submission foreign key (task_id, second_model_id) references app_public.submissions (task_id, model_id),
  constraint matches_ordered check (first_model_id < second_model_id),
  constraint matches_gain_not_negative check (gain >= 0 and gain < 'infinity')
) with (fillfactor = 70);
create index if not exists matches_second_submission_idx on app_private.matches (task_id, second_model_id);

call app_private.reset_access('app_private.matches');
create policy select_all on app_private.matches for select to autobench_operator
  using (true);
grant select on app_private.matches to autobench_operator;
-- No write: open_matches() opens, refresh_pairing() weighs.

comment on table app_private.matches is 'Two submissions of one task that can be voted on: once for each unordered pair.';
comment on column app_private.matches.id is 'Identity of the match; never shown outside.';
comment on column app_private.matches.task_id is 'The task.';
comment on column app_private.matches.first_model_id is 'The model with the lesser id; which side it is shown on, each ballot''s coin decides.';
comment on column app_private.matches.second_model_id is 'The other model.';
comment on column app_private.matches.opened_at is 'When both had answered.';
comment on column app_private.matches.gain is 'How much a vote on it would tell, by the last fit.';
