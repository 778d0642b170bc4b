-- content/problems/<slug>/ -> app_private.apply_problems() -> [app_public.problems] -> app_public.start_problem(), problems (GraphQL)
create table if not exists app_public.problems (
  id                 uuid constraint problems_pkey primary key default gen_random_uuid(),
  slug               text not null,
  module_id          uuid not null,
  title              text not null,
  statement          text not null,
  difficulty         app_public.problem_difficulty not null,
  display_order      integer not null default 0,
  base_points        integer not null,
  time_bonus_points  integer not null,
  expected_seconds   integer not null,
  pass_score         integer not null,
  minimum_length     integer not null,
  is_published       boolean not null default false,
  retired_at         timestamptz,
  content_hash       bytea not null,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  constraint problems_slug_unique unique (slug) deferrable, -- at a statement's end: two may exchange their names
  constraint problems_module foreign key (module_id) references app_public.modules,
  constraint problems_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 80),
  constraint problems_title_form check (char_length(title) between 1 and 160 and title !~ '[[:cntrl:]]'),
  constraint problems_statement_form check (char_length(statement) between 1 and 20000),
  constraint problems_display_order_sane check (display_order between 0 and 100000),
  constraint problems_points_sane check (base_points between 0 and 10000 and time_bonus_points between 0 and 10000),
  constraint problems_expected_seconds_sane check (expected_seconds between 60 and 86400),
  constraint problems_pass_score_in_range check (pass_score between 1 and 100),
  constraint problems_minimum_length_sane check (minimum_length between 1 and 2000),
  constraint problems_retired_is_not_published check (retired_at is null or not is_published),
  constraint problems_content_hash_form check (octet_length(content_hash) = 32)
);
create index if not exists problems_module_id_idx on app_public.problems (module_id, display_order);

call app_private.reset_access('app_public.problems');
-- One that has retired stays to be seen by its name in what people did; new answers are refused by its `retired_at`.
create policy select_published on app_public.problems for select to autobench_anon, autobench_member
  using (is_published or retired_at is not null);
create policy select_all on app_public.problems for select to autobench_operator
  using (true);
grant select on app_public.problems to autobench_anon, autobench_member;
-- No write: apply_problems() takes what content/problems says. Rubric, reference and examples stand in tables of their own.

create or replace trigger _100_timestamps before insert or update on app_public.problems
  for each row execute function app_private.tg__timestamps();

comment on table app_public.problems is 'A problem to be answered in words; its identity is the uuid in its file, so that its name may change.';
comment on column app_public.problems.id is 'Identity of the problem.';
comment on column app_public.problems.slug is 'Name in addresses: the name of its folder.';
comment on column app_public.problems.module_id is 'The module that it belongs to.';
comment on column app_public.problems.title is 'Title.';
comment on column app_public.problems.statement is 'What is to be answered, in Markdown.';
comment on column app_public.problems.difficulty is 'How hard it is.';
comment on column app_public.problems.display_order is E'@behavior +orderBy\nIts place within the module.';
comment on column app_public.problems.base_points is 'What a correct answer is worth.';
comment on column app_public.problems.time_bonus_points is 'What a quick correct answer is worth beside it.';
comment on column app_public.problems.expected_seconds is
  'The expected time: the bonus is whole within a quarter of it, and gone at its end.';
comment on column app_public.problems.pass_score is 'The score from which an answer is correct.';
comment on column app_public.problems.minimum_length is 'How much an answer has to hold for it to be given to the judge, in characters that are not repetition.';
comment on column app_public.problems.is_published is 'Whether it can be answered.';
comment on column app_public.problems.retired_at is 'Since when content/ does not hold it any more.';
comment on column app_public.problems.content_hash is 'SHA-256 of its files as they were taken in.';
comment on column app_public.problems.created_at is 'When it was first taken in.';
comment on column app_public.problems.updated_at is 'When it last changed.';
