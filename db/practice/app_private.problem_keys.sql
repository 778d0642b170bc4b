-- content/problems/<slug>/{rubric,reference}.md -> app_private.apply_problems() -> [app_private.problem_keys] -> app_private.begin_judging()
create table if not exists app_private.problem_keys (
  problem_id   uuid constraint problem_keys_pkey primary key,
  rubric       text not null,
  reference    text not null,
  rubric_hash  bytea not null,
  constraint problem_keys_problem foreign key (problem_id) references app_public.problems,
  constraint problem_keys_rubric_hash_true check (rubric_hash = sha256(convert_to(rubric, 'UTF8'))),
  constraint problem_keys_rubric_form check (char_length(rubric) between 1 and 20000),
  constraint problem_keys_reference_form check (char_length(reference) between 1 and 20000)
);

call app_private.reset_access('app_private.problem_keys');
-- No policy and no grant: who may answer a problem must not read what a good answer is.

comment on table app_private.problem_keys is 'What the judge is given to grade a problem, and the reference that nobody is shown.';
comment on column app_private.problem_keys.problem_id is 'The problem.';
comment on column app_private.problem_keys.rubric is 'What is looked for, for the judge alone.';
comment on column app_private.problem_keys.reference is 'A whole answer. No judge is told it, and feedback is checked against it.';
comment on column app_private.problem_keys.rubric_hash is 'SHA-256 of the rubric: verdicts say by which one they were found.';
