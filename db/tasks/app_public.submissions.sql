-- dispatch_and_collect -> app_private.dispatch_tasks() -> [app_public.submissions] -> submissions (GraphQL), submissionChanged
create table if not exists app_public.submissions (
  id             uuid constraint submissions_pkey primary key default gen_random_uuid(),
  task_id        uuid not null,
  model_id       uuid not null,
  status         app_public.submission_status not null default 'queued',
  reason         text,
  created_at     timestamptz not null default now(),
  started_at     timestamptz,
  finished_at    timestamptz,
  latency_ms     integer,
  input_tokens   integer,
  output_tokens  integer,
  cost_usd       numeric(14, 8),
  html_sha256    bytea,
  html_bytes     integer,
  is_truncated   boolean,
  names_maker    text[],
  revealed_at    timestamptz not null,
  constraint submissions_once_per_model unique (task_id, model_id),
  constraint submissions_task foreign key (task_id) references app_public.tasks,
  constraint submissions_model foreign key (model_id) references app_public.models,
  constraint submissions_end_is_dated check ((status in ('queued', 'running')) = (finished_at is null)),
  constraint submissions_success_whole check (
    status <> 'succeeded' or (html_sha256 is not null and html_bytes is not null and latency_ms is not null)
  ),
  constraint submissions_failure_has_reason check (status not in ('failed', 'in_doubt') or reason is not null),
  constraint submissions_figures_not_negative check (
    latency_ms >= 0 and input_tokens >= 0 and output_tokens >= 0 and cost_usd >= 0 and html_bytes > 0
  ),
  constraint submissions_hash_form check (octet_length(html_sha256) = 32)
);
create index if not exists submissions_model_id_idx on app_public.submissions (model_id, created_at);
create index if not exists submissions_unfinished_idx on app_public.submissions (created_at) where finished_at is null;

call app_private.reset_access('app_public.submissions');
-- Sealed until the task closes: the instant stands on the row itself, so that the rule needs no other table.
create policy select_revealed on app_public.submissions for select to autobench_anon, autobench_member
  using (revealed_at <= (select now()));
create policy select_all on app_public.submissions for select to autobench_operator
  using (true);
grant select on app_public.submissions to autobench_anon, autobench_member;
-- No write: dispatch_tasks() and the ledger's functions are the doors.

comment on table app_public.submissions is 'What one model made of one task: asked for once, whatever came of it.';
comment on column app_public.submissions.id is 'Identity of the submission.';
comment on column app_public.submissions.task_id is 'The task.';
comment on column app_public.submissions.model_id is 'The model.';
comment on column app_public.submissions.status is 'How far it is.';
comment on column app_public.submissions.reason is 'Why it failed or is in doubt.';
comment on column app_public.submissions.created_at is 'When it was queued.';
comment on column app_public.submissions.started_at is 'When the model was asked.';
comment on column app_public.submissions.finished_at is 'When its end was known.';
comment on column app_public.submissions.latency_ms is 'How long the model took, in milliseconds.';
comment on column app_public.submissions.input_tokens is 'Tokens that it read.';
comment on column app_public.submissions.output_tokens is 'Tokens that it wrote.';
comment on column app_public.submissions.cost_usd is 'What the answer cost, at the price of the time.';
comment on column app_public.submissions.html_sha256 is 'SHA-256 of the page; it stays when the page has gone.';
comment on column app_public.submissions.html_bytes is 'Size of the page.';
comment on column app_public.submissions.is_truncated is 'Whether the page breaks off.';
comment on column app_public.submissions.names_maker is 'Words by which the page names its maker: such a page is not paired.';
comment on column app_public.submissions.revealed_at is 'From when everybody may see whose it is.';
