-- startProblem (GraphQL) -> app_public.start_problem() -> [app_public.attempts] -> app_public.save_draft(), submit_answer()
create table if not exists app_public.attempts (
  id              uuid constraint attempts_pkey primary key default gen_random_uuid(),
  user_id         uuid not null,
  problem_id      uuid not null,
  started_at      timestamptz not null default now(),
  draft           text not null default '',
  version         integer not null default 1,
  draft_saved_at  timestamptz,
  constraint attempts_one_per_problem unique (user_id, problem_id),
  constraint attempts_user foreign key (user_id) references app_public.users on delete cascade,
  constraint attempts_problem foreign key (problem_id) references app_public.problems,
  constraint attempts_draft_bounded check (char_length(draft) <= 20000),
  constraint attempts_version_positive check (version >= 1)
);
create index if not exists attempts_problem_id_idx on app_public.attempts (problem_id);

call app_private.reset_access('app_public.attempts');
create policy select_own on app_public.attempts for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
grant select on app_public.attempts to autobench_member;
-- No write: start_problem() starts the clock, save_draft() keeps two tabs from overwriting each other.

comment on table app_public.attempts is
  'A member at work on a problem. There is one for each, so that the clock of the time bonus starts once.';
comment on column app_public.attempts.id is 'Identity of the attempt.';
comment on column app_public.attempts.user_id is 'The member.';
comment on column app_public.attempts.problem_id is 'The problem.';
comment on column app_public.attempts.started_at is 'When it was begun, by the server''s clock.';
comment on column app_public.attempts.draft is 'What has been written so far.';
comment on column app_public.attempts.version is 'Counts the changes of the draft: whoever saves says which one they saw.';
comment on column app_public.attempts.draft_saved_at is 'When the draft was last saved.';
comment on constraint attempts_draft_bounded on app_public.attempts is
  E'@error TB083\nAn answer has at most 20,000 characters.\nHint: Shorten it.';
