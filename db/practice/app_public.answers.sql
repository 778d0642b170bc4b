-- submitAnswer (GraphQL) -> app_public.submit_answer() -> [app_public.answers] -> judge_answer, answerJudged (GraphQL subscription)
create table if not exists app_public.answers (
  id                 uuid not null default gen_random_uuid(),
  answered_at        timestamptz not null default now(),
  user_id            uuid not null,
  problem_id         uuid not null,
  body               text not null,
  day                date not null,
  seconds_taken      integer not null,
  base_points        integer not null,
  time_bonus_points  integer not null,
  status             app_public.answer_status not null default 'judging',
  verdict_id         uuid,
  judged_at          timestamptz,
  reason             text,
  constraint answers_pkey primary key (id, answered_at),
  constraint answers_user foreign key (user_id) references app_public.users on delete cascade,
  constraint answers_problem foreign key (problem_id) references app_public.problems,
  constraint answers_body_bounded check (char_length(body) between 1 and 20000),
  constraint answers_seconds_taken_not_negative check (seconds_taken >= 0),
  constraint answers_points_not_negative check (base_points >= 0 and time_bonus_points >= 0),
  constraint answers_judged_whole check ((status = 'judged') = (verdict_id is not null) and (status = 'judging') = (judged_at is null)),
  constraint answers_unscored_for_a_reason check (status <> 'unscored' or reason is not null)
) partition by range (answered_at);
create index if not exists answers_user_id_idx on app_public.answers (user_id, problem_id, answered_at);
create index if not exists answers_problem_id_idx on app_public.answers (problem_id, answered_at);
create index if not exists answers_unjudged_idx on app_public.answers (answered_at) where status = 'judging';

call app_private.reset_access('app_public.answers');
create policy select_own on app_public.answers for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.answers for select to autobench_operator
  using (true);
grant select on app_public.answers to autobench_member;
-- No write: submit_answer() is the only door. No foreign key points at it: its months can be detached. Nor is verdict_id one: each
-- verdict that goes with its member would be looked for in every month. Verdicts go with nobody else, and after the answers.

comment on table app_public.answers is
  E'@unique id|@fieldName answer\n@foreignKey (verdict_id) references app_public.verdicts (id)|@fieldName verdict\nWhat a member has handed in, by month. It is stored before anything judges or pays it, and never rewritten.';
comment on column app_public.answers.id is 'Identity of the answer.';
comment on column app_public.answers.answered_at is 'When it was handed in.';
comment on column app_public.answers.user_id is 'The member.';
comment on column app_public.answers.problem_id is 'The problem.';
comment on column app_public.answers.body is 'What was handed in.';
comment on column app_public.answers.day is 'The day on which it was, in the member''s own zone at that moment.';
comment on column app_public.answers.seconds_taken is 'From the start of the attempt to here, by the server''s clock.';
comment on column app_public.answers.base_points is 'What it is worth if it is correct, as it stood when it was handed in.';
comment on column app_public.answers.time_bonus_points is 'What it is worth beside that for having been quick, frozen when it was handed in.';
comment on column app_public.answers.status is 'How far it is.';
comment on column app_public.answers.verdict_id is 'The verdict that counts.';
comment on column app_public.answers.judged_at is 'When that came to be, or when the judge was given up.';
comment on column app_public.answers.reason is 'Why it has no score, if it has none.';
comment on constraint answers_pkey on app_public.answers is E'@behavior -query:resource:single\nThe month is part of the key.';
