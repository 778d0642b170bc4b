-- autobench judge-check, app_operations.rejudge() -> [app_private.judge_runs] -> app_private.judgings, app_operations.judge_runs
create table if not exists app_private.judge_runs (
  id              bigint generated always as identity constraint judge_runs_pkey primary key,
  purpose         text not null,
  problem_id      uuid,
  prompt_version  text not null,
  state           text not null default 'shadow',
  created_at      timestamptz not null default now(),
  applied_at      timestamptz,
  reverted_at     timestamptz,
  constraint judge_runs_problem foreign key (problem_id) references app_public.problems,
  constraint judge_runs_purpose_known check (purpose in ('check', 'rejudge')),
  constraint judge_runs_state_known check (state in ('shadow', 'applied', 'reverted')),
  constraint judge_runs_about_a_problem check (purpose = 'check' or problem_id is not null),
  constraint judge_runs_checks_change_nothing check (purpose = 'rejudge' or state = 'shadow'),
  constraint judge_runs_states_are_dated check ((state = 'shadow') = (applied_at is null) and (state = 'reverted') = (reverted_at is not null))
);
create index if not exists judge_runs_problem_id_idx on app_private.judge_runs (problem_id);

call app_private.reset_access('app_private.judge_runs');
create policy select_all on app_private.judge_runs for select to autobench_operator
  using (true);
grant select on app_private.judge_runs to autobench_operator;
-- No write: rejudge(), apply_rejudge() and revert_rejudge() are the doors.

comment on table app_private.judge_runs is 'Many judgings at once: the registry''s examples, or the answers to a problem once more.';
comment on column app_private.judge_runs.id is 'Identity of the run.';
comment on column app_private.judge_runs.purpose is 'check: the examples. rejudge: answers.';
comment on column app_private.judge_runs.problem_id is 'The problem, if it is about one.';
comment on column app_private.judge_runs.prompt_version is 'What the judge is told.';
comment on column app_private.judge_runs.state is 'shadow: nothing has changed by it. applied: its verdicts count. reverted: those before it count again.';
comment on column app_private.judge_runs.created_at is 'When it was asked for.';
comment on column app_private.judge_runs.applied_at is 'When it was applied.';
comment on column app_private.judge_runs.reverted_at is 'When it was taken back.';
