-- content/problems/<slug>/examples/*.md -> app_private.apply_problems() -> [app_private.problem_examples] -> autobench judge-check
create table if not exists app_private.problem_examples (
  problem_id  uuid not null,
  name        text not null,
  answer      text not null,
  is_correct  boolean not null,
  score_min   integer not null,
  score_max   integer not null,
  constraint problem_examples_pkey primary key (problem_id, name),
  constraint problem_examples_problem foreign key (problem_id) references app_public.problems,
  constraint problem_examples_name_form check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(name) <= 60),
  constraint problem_examples_answer_bounded check (char_length(answer) <= 20000),
  constraint problem_examples_scores_in_range check (score_min between 0 and score_max and score_max <= 100)
);

call app_private.reset_access('app_private.problem_examples');
-- No policy and no grant: they are answers.

comment on table app_private.problem_examples is 'Answers of which it is known what the judge must say: good, wrong, empty, an injection, a master key.';
comment on column app_private.problem_examples.problem_id is 'The problem.';
comment on column app_private.problem_examples.name is 'Which one it is: the name of its file.';
comment on column app_private.problem_examples.answer is 'The answer.';
comment on column app_private.problem_examples.is_correct is 'Whether it has to pass.';
comment on column app_private.problem_examples.score_min is 'The least score that it may get.';
comment on column app_private.problem_examples.score_max is 'The most.';
