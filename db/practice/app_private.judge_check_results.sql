-- app_private.judgings -> [app_private.judge_check_results] -> app_private.judge_check_report(), app_private.judge_agreement()
create or replace view app_private.judge_check_results with (security_invoker, security_barrier) as
  select r.id as run_id, r.prompt_version, p.slug, j.example, e.is_correct as is_expected_correct, e.score_min, e.score_max,
      j.state, j.score, j.is_correct, j.reason,
      coalesce(j.is_correct = e.is_correct and j.score between e.score_min and e.score_max, false) as is_as_expected
    from app_private.judge_runs r
      inner join app_private.judgings j on j.run_id = r.id
      inner join app_public.problems p on p.id = j.problem_id
      inner join app_private.problem_examples e on e.problem_id = j.problem_id and e.name = j.example
    where r.purpose = 'check';

revoke all on app_private.judge_check_results from public;

comment on view app_private.judge_check_results is 'What the judge said of the registry''s examples, beside what it should have said.';
comment on column app_private.judge_check_results.run_id is 'The run.';
comment on column app_private.judge_check_results.prompt_version is 'What the judge was told.';
comment on column app_private.judge_check_results.slug is 'The problem.';
comment on column app_private.judge_check_results.example is 'The example.';
comment on column app_private.judge_check_results.is_expected_correct is 'Whether it should pass.';
comment on column app_private.judge_check_results.score_min is 'The least score that it may get.';
comment on column app_private.judge_check_results.score_max is 'The most.';
comment on column app_private.judge_check_results.state is 'waiting, scored or unscored.';
comment on column app_private.judge_check_results.score is 'What it got.';
comment on column app_private.judge_check_results.is_correct is 'Whether it passed.';
comment on column app_private.judge_check_results.reason is 'Why it has no score.';
comment on column app_private.judge_check_results.is_as_expected is 'Whether verdict and score are as they should be; a missing score is not.';
