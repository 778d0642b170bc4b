-- judge_battle -> app_private.record_battle_judgement() -> [app_private.battle_judgements] -> app_private.finish_battle()
create table if not exists app_private.battle_judgements (
  battle_id   uuid not null,
  round       integer not null,
  pick        text not null,
  reasoning   text not null,
  created_at  timestamptz not null default now(),
  constraint battle_judgements_pkey primary key (battle_id, round),
  constraint battle_judgements_battle foreign key (battle_id) references app_public.battles on delete cascade,
  constraint battle_judgements_two_rounds check (round in (1, 2)),
  constraint battle_judgements_pick_known check (pick in ('challenger', 'opponent', 'draw')),
  constraint battle_judgements_reasoning_bounded check (char_length(reasoning) <= 20000)
);

call app_private.reset_access('app_private.battle_judgements');
create policy select_all on app_private.battle_judgements for select to autobench_operator
  using (true);
grant select on app_private.battle_judgements to autobench_operator;
-- No write: record_battle_judgement() is the door.

comment on table app_private.battle_judgements is 'What the judge said of a battle: once with the challenger''s answer first, once with the opponent''s.';
comment on column app_private.battle_judgements.battle_id is 'The battle.';
comment on column app_private.battle_judgements.round is '1: the challenger''s answer came first. 2: the opponent''s.';
comment on column app_private.battle_judgements.pick is 'Whose answer was the better one.';
comment on column app_private.battle_judgements.reasoning is 'Why, in the judge''s words.';
comment on column app_private.battle_judgements.created_at is 'When it was said.';
