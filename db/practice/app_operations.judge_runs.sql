-- app_private.judge_runs, app_private.judgings -> [app_operations.judge_runs] -> judgeRuns (operators' GraphQL)
create or replace view app_operations.judge_runs with (security_invoker, security_barrier) as
  select r.id, r.purpose, r.problem_id, r.prompt_version, r.state, r.created_at, r.applied_at, r.reverted_at,
      count(j.id)::integer as judgings,
      count(j.id) filter (where j.state = 'waiting')::integer as waiting,
      count(j.id) filter (where j.state = 'unscored')::integer as unscored,
      count(distinct j.user_id)::integer as members,
      count(j.id) filter (where j.is_correct and not coalesce(v.is_correct, false) and j.answer_id is not null)::integer as now_correct,
      count(j.id) filter (where not j.is_correct and v.is_correct)::integer as no_longer_correct,
      avg(j.score - v.score)::double precision as mean_change
    from app_private.judge_runs r
      left join app_private.judgings j on j.run_id = r.id
      left join app_public.verdicts v on v.id = j.prior_verdict_id
    group by r.id;

revoke all on app_operations.judge_runs from public, autobench_operator;
grant select on app_operations.judge_runs to autobench_operator;

comment on view app_operations.judge_runs is
  E'@primaryKey id\n@foreignKey (problem_id) references app_public.problems (id)|@fieldName problem\nChecks of the judge and re-judgings: how far they are, and what a re-judging would flip or has flipped.';
comment on column app_operations.judge_runs.id is E'@notNull\nIdentity of the run.';
comment on column app_operations.judge_runs.purpose is E'@notNull\ncheck or rejudge.';
comment on column app_operations.judge_runs.problem_id is 'The problem, of a re-judging.';
comment on column app_operations.judge_runs.prompt_version is E'@notNull\nWhat the judge is told.';
comment on column app_operations.judge_runs.state is E'@notNull\nshadow: nothing has changed by it. applied. reverted.';
comment on column app_operations.judge_runs.created_at is E'@notNull\nWhen it was asked for.';
comment on column app_operations.judge_runs.applied_at is 'When it was applied.';
comment on column app_operations.judge_runs.reverted_at is 'When it was taken back.';
comment on column app_operations.judge_runs.judgings is E'@notNull\nHow many there are.';
comment on column app_operations.judge_runs.waiting is E'@notNull\nHow many wait.';
comment on column app_operations.judge_runs.unscored is E'@notNull\nHow many came without a score: those answers stay as they are.';
comment on column app_operations.judge_runs.members is E'@notNull\nHow many members it concerns.';
comment on column app_operations.judge_runs.now_correct is E'@notNull\nAnswers that would pass and did not.';
comment on column app_operations.judge_runs.no_longer_correct is E'@notNull\nAnswers that passed and would not.';
comment on column app_operations.judge_runs.mean_change is 'By how much scores change in the mean.';
