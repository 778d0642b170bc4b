-- app_private.judge_runs -> [app_private.judgings] -> judge_answer, app_operations.rejudge_flips
create table if not exists app_private.judgings (
  id                uuid constraint judgings_pkey primary key default gen_random_uuid(),
  run_id            bigint not null,
  problem_id        uuid not null,
  example           text,
  user_id           uuid,
  answer_id         uuid,
  answered_at       timestamptz,
  prior_verdict_id  uuid,
  new_verdict_id    uuid,
  state             text not null default 'waiting',
  score             integer,
  is_correct        boolean,
  feedback          text,
  judge_model_id    uuid,
  rubric_hash       bytea,
  reason            text,
  finished_at       timestamptz,
  constraint judgings_run foreign key (run_id) references app_private.judge_runs on delete cascade,
  constraint judgings_problem foreign key (problem_id) references app_public.problems,
  constraint judgings_user foreign key (user_id) references app_public.users on delete cascade,
  constraint judgings_judge_model foreign key (judge_model_id) references app_public.models,
  constraint judgings_one_subject check (
    (example is null) <> (answer_id is null) and (answer_id is null) = (user_id is null) and (answer_id is null) = (answered_at is null)
  ),
  constraint judgings_state_known check (state in ('waiting', 'scored', 'unscored')),
  constraint judgings_score_in_range check (score between 0 and 100),
  constraint judgings_scored_whole check ((state = 'scored') = (score is not null and is_correct is not null and feedback is not null)),
  constraint judgings_end_is_dated check ((state = 'waiting') = (finished_at is null))
);
create index if not exists judgings_run_id_idx on app_private.judgings (run_id, state);
create index if not exists judgings_problem_id_idx on app_private.judgings (problem_id);
create index if not exists judgings_user_id_idx on app_private.judgings (user_id);
create index if not exists judgings_judge_model_id_idx on app_private.judgings (judge_model_id);
create unique index if not exists judgings_one_per_answer on app_private.judgings (run_id, answer_id) where answer_id is not null;

call app_private.reset_access('app_private.judgings');
create policy select_all on app_private.judgings for select to autobench_operator
  using (true);
grant select on app_private.judgings to autobench_operator;
-- No write: record_judging() is the door. What they find counts for nobody before a run is applied.

comment on table app_private.judgings is 'One judging of a run: an example, or an answer once more. An answer''s first judging stands on the answer itself.';
comment on column app_private.judgings.id is 'Identity of the judging; its calls are about it.';
comment on column app_private.judgings.run_id is 'The run.';
comment on column app_private.judgings.problem_id is 'The problem.';
comment on column app_private.judgings.example is 'The example, if it is one.';
comment on column app_private.judgings.user_id is 'Whose answer it is, if it is one.';
comment on column app_private.judgings.answer_id is 'The answer.';
comment on column app_private.judgings.answered_at is 'When the answer came.';
comment on column app_private.judgings.prior_verdict_id is 'The verdict that counted when the run was asked for; none if the answer had no score.';
comment on column app_private.judgings.new_verdict_id is 'The verdict that the applied run made of it.';
comment on column app_private.judgings.state is 'waiting, scored or unscored.';
comment on column app_private.judgings.score is '0 to 100.';
comment on column app_private.judgings.is_correct is 'Whether it passes.';
comment on column app_private.judgings.feedback is 'What the member would be told.';
comment on column app_private.judgings.judge_model_id is 'The model that judged.';
comment on column app_private.judgings.rubric_hash is 'SHA-256 of the rubric that it was given.';
comment on column app_private.judgings.reason is 'Why there is no score.';
comment on column app_private.judgings.finished_at is 'When it was over.';
