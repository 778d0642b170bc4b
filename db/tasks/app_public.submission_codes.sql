-- answer_task -> app_private.record_answer() -> [app_public.submission_codes] -> submissionCode (GraphQL), cleanup_expired
create table if not exists app_public.submission_codes (
  submission_id  uuid constraint submission_codes_pkey primary key,
  html           text not null,
  revealed_at    timestamptz not null,
  expires_at     timestamptz not null,
  constraint submission_codes_submission foreign key (submission_id) references app_public.submissions on delete cascade,
  constraint submission_codes_not_empty check (html <> '')
);
create index if not exists submission_codes_expires_at_idx on app_public.submission_codes (expires_at);

call app_private.reset_access('app_public.submission_codes');
create policy select_open on app_public.submission_codes for select to autobench_anon, autobench_member
  using (revealed_at <= (select now()) and expires_at > (select now()));
create policy select_all on app_public.submission_codes for select to autobench_operator
  using (true);
grant select on app_public.submission_codes to autobench_anon, autobench_member;
-- No write: record_answer() stores, cleanup_expired deletes.

comment on table app_public.submission_codes is 'The page that a model wrote, as long as it is kept. It is untrusted: show it from the second origin only.';
comment on column app_public.submission_codes.submission_id is 'The submission.';
comment on column app_public.submission_codes.html is 'The page, as text.';
comment on column app_public.submission_codes.revealed_at is 'From when it can be read.';
comment on column app_public.submission_codes.expires_at is 'Until when it can be read.';
