-- challengeMember (GraphQL) -> app_public.challenge_member() -> [app_public.battles] -> app_public.accept_battle(), judge_battle
create table if not exists app_public.battles (
  id             uuid constraint battles_pkey primary key default gen_random_uuid(),
  challenger_id  uuid,
  opponent_id    uuid,
  problem_id     uuid not null,
  status         app_public.battle_status not null default 'open',
  points         integer not null default 50,
  created_at     timestamptz not null default now(),
  accepted_at    timestamptz,
  due_at         timestamptz not null default now() + interval '7 days',
  finished_at    timestamptz,
  cancelled_at   timestamptz,
  winner_id      uuid,
  reason         text,
  constraint battles_challenger foreign key (challenger_id) references app_public.users on delete set null,
  constraint battles_opponent foreign key (opponent_id) references app_public.users on delete set null,
  constraint battles_winner foreign key (winner_id) references app_public.users on delete set null,
  constraint battles_problem foreign key (problem_id) references app_public.problems,
  constraint battles_between_two check (challenger_id <> opponent_id),
  constraint battles_winner_took_part check (winner_id in (challenger_id, opponent_id)),
  constraint battles_points_sane check (points between 1 and 10000),
  constraint battles_accepted_before_it_ends check (status in ('open', 'cancelled') or accepted_at is not null),
  constraint battles_end_is_dated check (
    (status = 'finished') = (finished_at is not null) and (status = 'cancelled') = (cancelled_at is not null)
      and (status in ('finished', 'cancelled')) = (reason is not null) and (winner_id is null or status = 'finished')
  )
);
create unique index if not exists battles_one_challenge on app_public.battles (challenger_id, opponent_id) where status = 'open';
create index if not exists battles_challenger_id_idx on app_public.battles (challenger_id);
create index if not exists battles_opponent_id_idx on app_public.battles (opponent_id);
create index if not exists battles_winner_id_idx on app_public.battles (winner_id);
create index if not exists battles_problem_id_idx on app_public.battles (problem_id);
create index if not exists battles_due_idx on app_public.battles (due_at) where status in ('open', 'active');
create index if not exists battles_cancelled_at_idx on app_public.battles (cancelled_at);

call app_private.reset_access('app_public.battles');
create policy select_own on app_public.battles for select to autobench_member
  using ((select app_public.current_user_id()) in (challenger_id, opponent_id));
create policy select_all on app_public.battles for select to autobench_operator
  using (true);
grant select on app_public.battles to autobench_member;
-- No write: challenge_member(), accept_battle(), answer_battle() and cancel_battle() are the doors.

comment on table app_public.battles is 'Two members answer the same problem, and the better answer wins.';
comment on column app_public.battles.id is 'Identity of the battle.';
comment on column app_public.battles.challenger_id is 'Who asked for it; nobody where they were erased since.';
comment on column app_public.battles.opponent_id is 'Who was asked.';
comment on column app_public.battles.problem_id is 'The problem that both answer.';
comment on column app_public.battles.status is 'How far it is.';
comment on column app_public.battles.points is 'Points that the winner gains.';
comment on column app_public.battles.created_at is 'When it was asked for.';
comment on column app_public.battles.accepted_at is 'When it was accepted.';
comment on column app_public.battles.due_at is 'Until when it may be accepted, and then until when both have to have answered.';
comment on column app_public.battles.finished_at is 'When it was decided.';
comment on column app_public.battles.cancelled_at is 'When it was called off.';
comment on column app_public.battles.winner_id is 'Who won; nobody in a draw.';
comment on column app_public.battles.reason is 'How it came to its end.';
