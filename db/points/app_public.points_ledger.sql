-- app_private.settle_problems(), award_achievements(), pay_milestones(), finish_battle() -> [app_public.points_ledger] -> app_private.tg_points_ledger__fold()
create table if not exists app_public.points_ledger (
  id          bigint generated always as identity constraint points_ledger_pkey primary key,
  user_id     uuid not null,
  reason      text not null,
  ref         text not null,
  points      integer not null,
  day         date not null,
  at          timestamptz not null,
  posted_at   timestamptz not null default now(),
  problem_id  uuid,
  constraint points_ledger_once unique (user_id, reason, ref),
  constraint points_ledger_holder foreign key (user_id) references app_private.point_holders,
  constraint points_ledger_problem foreign key (problem_id) references app_public.problems,
  constraint points_ledger_reason_known check (reason in ('solve', 'improvement', 'reversal', 'streak', 'achievement', 'battle')),
  constraint points_ledger_ref_form check (char_length(ref) between 1 and 100),
  constraint points_ledger_points_sane check (points <> 0 and points between -1000000 and 1000000),
  constraint points_ledger_payments_positive check (points > 0 or reason = 'reversal'),
  constraint points_ledger_problem_where_due check (problem_id is not null or reason not in ('solve', 'improvement'))
);
create index if not exists points_ledger_problem_id_idx on app_public.points_ledger (problem_id, user_id);
-- Rows come about in the order of time: a few pages say where a period begins.
create index if not exists points_ledger_at_idx on app_public.points_ledger using brin (at, posted_at);

call app_private.reset_access('app_public.points_ledger');
create policy select_own on app_public.points_ledger for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.points_ledger for select to autobench_operator
  using (true);
grant select on app_public.points_ledger to autobench_member;
-- No write: settle_problems() and its kin post, and nothing is ever rewritten.

comment on table app_public.points_ledger is
  E'@name points_entry\nThe truth about points: one row for each time that some were given or taken back. All totals are sums of it.';
comment on column app_public.points_ledger.id is 'Place in the ledger.';
comment on column app_public.points_ledger.user_id is 'Whose points they are.';
comment on column app_public.points_ledger.reason is
  'solve: the first correct answer. improvement: what a better one adds. reversal: taken back. streak, achievement, battle: what those pay.';
comment on column app_public.points_ledger.ref is
  'What the reason is about: of a problem the verdict or re-judging that caused the row, of an achievement its type, of a streak its length and day, of a battle its id.';
comment on column app_public.points_ledger.points is 'How many; less than nothing where they are taken back.';
comment on column app_public.points_ledger.day is 'The member''s own day for which they count.';
comment on column app_public.points_ledger.at is 'When they were earned: of an answer when it was handed in, however late it was judged.';
comment on column app_public.points_ledger.posted_at is 'When the row was written.';
comment on column app_public.points_ledger.problem_id is 'The problem, where they are about one.';
comment on constraint points_ledger_once on app_public.points_ledger is E'@behavior -query:resource:single\nOne row for each of these.';
