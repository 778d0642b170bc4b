-- app_private.settle_problems(), tg_attempts__begin_progress() -> [app_public.user_progress] -> app_private.tg_user_progress__fold(), userProgresses (GraphQL)
create table if not exists app_public.user_progress (
  user_id             uuid not null,
  problem_id          uuid not null,
  status              app_public.progress_status not null default 'not_started',
  attempts_count      integer not null default 0,
  first_attempt_at    timestamptz,
  completed_at        timestamptz,
  completed_on        date,
  solving_answer_id   uuid,
  expected_seconds    integer,
  time_spent_seconds  integer not null default 0,
  points_earned       integer not null default 0,
  best_answer_id      uuid,
  best_score          integer,
  is_fast             boolean not null default false,
  is_nightly          boolean not null default false,
  version             integer not null default 1,
  constraint user_progress_pkey primary key (user_id, problem_id),
  constraint user_progress_user foreign key (user_id) references app_public.users on delete cascade,
  constraint user_progress_problem foreign key (problem_id) references app_public.problems,
  constraint user_progress_not_negative check (attempts_count >= 0 and time_spent_seconds >= 0 and points_earned >= 0 and version > 0),
  constraint user_progress_completed_whole check (
    (status = 'completed') = (completed_at is not null) and (completed_at is null) = (completed_on is null)
  ),
  constraint user_progress_points_for_solved check (points_earned = 0 or status = 'completed'),
  constraint user_progress_score_in_range check (best_score between 0 and 100)
);
create index if not exists user_progress_problem_id_idx on app_public.user_progress (problem_id);

call app_private.reset_access('app_public.user_progress');
create policy select_own on app_public.user_progress for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.user_progress for select to autobench_operator
  using (true);
grant select on app_public.user_progress to autobench_member;
-- No write: settle_problems() derives it from the judged answers. No foreign key to answers: their months can be detached.

comment on table app_public.user_progress is 'How far a member is with a problem, as their judged answers say.';
comment on column app_public.user_progress.user_id is 'The member.';
comment on column app_public.user_progress.problem_id is 'The problem.';
comment on column app_public.user_progress.status is 'How far they are.';
comment on column app_public.user_progress.attempts_count is 'Answers of theirs that were judged.';
comment on column app_public.user_progress.first_attempt_at is 'When they began.';
comment on column app_public.user_progress.completed_at is 
  'When they handed in the answer that first counted as correct. It stays while any answer is correct, even if an earlier one is judged later, or that one is taken back: points go to the days of the answers that are worth them, the solve stays where it was. If all are taken back it is empty, and it returns with that answer.';
comment on column app_public.user_progress.completed_on is 'Their own day of that moment.';
comment on column app_public.user_progress.solving_answer_id is
  'The answer whose moment that is; kept while the problem is not solved any more, so that nothing moves when it is again.';
comment on column app_public.user_progress.expected_seconds is
  'Expected time of the problem as it was when they first solved it: a change of the problem makes nobody slower.';
comment on column app_public.user_progress.time_spent_seconds is 'From the beginning to their last judged answer.';
comment on column app_public.user_progress.points_earned is 'Points that the problem has brought them.';
comment on column app_public.user_progress.best_answer_id is 'The answer that was worth most, of those the best judged, of those the first.';
comment on column app_public.user_progress.best_score is 'The best score that they had.';
comment on column app_public.user_progress.is_fast is 'Whether the answer that solved it came within a quarter of that time.';
comment on column app_public.user_progress.is_nightly is 'Whether it came between midnight and five in the morning, where they were.';
comment on column app_public.user_progress.version is 'Goes up with every change.';
