-- generate_daily_tasks -> app_private.open_day() -> [app_public.tasks] -> app_private.dispatch_tasks(), tasks (GraphQL)
create table if not exists app_public.tasks (
  id               uuid constraint tasks_pkey primary key default gen_random_uuid(),
  challenge_date   date not null,
  slot             integer   not null,
  is_showcase      boolean not null generated always as (slot = 1) stored,
  title            text,
  prompt_text      text,
  theme            text,
  spec             jsonb not null default '{}',
  prompt_metadata  jsonb not null default '{}',
  status           app_public.task_status not null default 'pending',
  created_at       timestamptz not null default now(),
  generated_at     timestamptz,
  dispatched_at    timestamptz,
  closes_at        timestamptz not null,
  expires_at       timestamptz not null,
  purged_at        timestamptz,
  constraint tasks_one_per_slot unique (challenge_date, slot),
  constraint tasks_slot_sane check (slot between 1 and 50),
  constraint tasks_generated_whole check (
    (status = 'pending') = (generated_at is null)
    and (status = 'pending' or (title is not null and prompt_text is not null and theme is not null))
  ),
  constraint tasks_dispatched_whole check ((status = 'dispatched') = (dispatched_at is not null)),
  constraint tasks_title_form check (char_length(title) between 1 and 120 and title !~ '[[:cntrl:]]'),
  constraint tasks_prompt_text_form check (char_length(prompt_text) between 40 and 4000),
  constraint tasks_theme_form check (theme ~ '^[a-z][a-z-]{1,39}$'),
  constraint tasks_expire_after_they_close check (expires_at >= closes_at),
  constraint tasks_purged_after_they_expire check (purged_at >= expires_at)
);
create index if not exists tasks_closes_at_idx on app_public.tasks (closes_at);
create index if not exists tasks_unpurged_idx on app_public.tasks (expires_at) where purged_at is null;

call app_private.reset_access('app_public.tasks');
create policy select_written on app_public.tasks for select to autobench_anon, autobench_member
  using (status <> 'pending');
create policy select_all on app_public.tasks for select to autobench_operator
  using (true);
grant select on app_public.tasks to autobench_anon, autobench_member;
-- No write: open_day(), record_task(), dispatch_tasks() and close_task() are the doors.

comment on table app_public.tasks is 'A coding task of one day, given to every active model once.';
comment on column app_public.tasks.id is 'Identity of the task.';
comment on column app_public.tasks.challenge_date is 'The UTC day that it belongs to.';
comment on column app_public.tasks.slot is 'Which of the day''s tasks it is; the first is the showcase.';
comment on column app_public.tasks.is_showcase is 'Whether models are named from the moment their answers arrive; the other tasks are sealed until they close.';
comment on column app_public.tasks.title is 'Title.';
comment on column app_public.tasks.prompt_text is 'What the models are asked.';
comment on column app_public.tasks.theme is 'What kind of task it is.';
comment on column app_public.tasks.spec is 'Further requirements, if there are any.';
comment on column app_public.tasks.prompt_metadata is 'Where the text comes from: the writer''s prompt version, or the built-in library and why.';
comment on column app_public.tasks.status is 'How far it is; it only moves forward.';
comment on column app_public.tasks.created_at is 'When the day was opened.';
comment on column app_public.tasks.generated_at is 'When it was written.';
comment on column app_public.tasks.dispatched_at is 'When the models were asked.';
comment on column app_public.tasks.closes_at is 'Until when it is voted on; then the models are revealed.';
comment on column app_public.tasks.expires_at is 'Until when code and live pages can be read.';
comment on column app_public.tasks.purged_at is 'When code and pages were deleted.';
