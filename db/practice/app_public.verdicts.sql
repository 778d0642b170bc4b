-- judge_answer -> app_private.record_verdict() -> [app_public.verdicts] -> app_private.judged_answers, answer.verdict (GraphQL)
create table if not exists app_public.verdicts (
  id              uuid constraint verdicts_pkey primary key default gen_random_uuid(),
  answer_id       uuid not null,
  answered_at     timestamptz not null,
  user_id         uuid not null,
  problem_id      uuid not null,
  source          text not null,
  judge_model_id  uuid,
  prompt_version  text,
  rubric_hash     bytea not null,
  pass_score      integer not null,
  score           integer not null,
  is_correct      boolean not null generated always as (score >= pass_score) stored,
  feedback        text not null,
  created_at      timestamptz not null default now(),
  constraint verdicts_user foreign key (user_id) references app_public.users on delete cascade,
  constraint verdicts_problem foreign key (problem_id) references app_public.problems,
  constraint verdicts_judge_model foreign key (judge_model_id) references app_public.models,
  constraint verdicts_source_known check (source in ('judge', 'rule', 'rejudge', 'reversal')),
  constraint verdicts_judged_by_somebody check (source in ('rule', 'reversal') or (judge_model_id is not null and prompt_version is not null)),
  constraint verdicts_score_in_range check (score between 0 and 100),
  constraint verdicts_pass_score_in_range check (pass_score between 1 and 100),
  constraint verdicts_feedback_bounded check (char_length(feedback) between 1 and 4000),
  constraint verdicts_rubric_hash_form check (octet_length(rubric_hash) = 32)
);
create index if not exists verdicts_answer_id_idx on app_public.verdicts (answer_id);
create index if not exists verdicts_user_id_idx on app_public.verdicts (user_id);
create index if not exists verdicts_problem_id_idx on app_public.verdicts (problem_id, prompt_version);
create index if not exists verdicts_judge_model_id_idx on app_public.verdicts (judge_model_id);

call app_private.reset_access('app_public.verdicts');
create policy select_own on app_public.verdicts for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.verdicts for select to autobench_operator
  using (true);
grant select on app_public.verdicts to autobench_member;
-- No write: record_verdict() and the applied re-judgings are the doors. No update at all: a verdict is never rewritten.

comment on table app_public.verdicts is
  'What was found of an answer. Never rewritten: a later one takes its place, and answers.verdict_id says which counts.';
comment on column app_public.verdicts.id is 'Identity of the verdict; the ledger of points names it as the cause.';
comment on column app_public.verdicts.answer_id is 'The answer.';
comment on column app_public.verdicts.answered_at is 'When the answer came: it says in which partition it is.';
comment on column app_public.verdicts.user_id is 'The member.';
comment on column app_public.verdicts.problem_id is 'The problem.';
comment on column app_public.verdicts.source is
  'By whom: the judge or, where there was too little, a rule; else a later re-judging, or what stood before one that was taken back.';
comment on column app_public.verdicts.judge_model_id is 'The model that judged; none when a rule did.';
comment on column app_public.verdicts.prompt_version is 'What the judge was told.';
comment on column app_public.verdicts.rubric_hash is 'SHA-256 of the rubric that it was given.';
comment on column app_public.verdicts.pass_score is 'The score from which an answer counted as correct.';
comment on column app_public.verdicts.score is '0 to 100.';
comment on column app_public.verdicts.is_correct is 'Whether the score reaches the pass score.';
comment on column app_public.verdicts.feedback is 'What the member is told.';
comment on column app_public.verdicts.created_at is 'When it was found.';
comment on constraint verdicts_judge_model on app_public.verdicts is
  E'@behavior -manyRelation:resource:list -manyRelation:resource:connection\nA model that has judged stays. Nobody looks up verdicts by their judge.';
