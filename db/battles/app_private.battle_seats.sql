-- app_public.accept_battle() -> [app_private.battle_seats] -> app_public.answer_battle(), judge_battle
create table if not exists app_private.battle_seats (
  battle_id    uuid not null,
  user_id      uuid not null,
  live         tstzrange not null,
  body         text,
  answered_at  timestamptz,
  id           uuid not null default gen_random_uuid(),
  constraint battle_seats_pkey primary key (battle_id, user_id),
  constraint battle_seats_id unique (id),
  constraint battle_seats_battle foreign key (battle_id) references app_public.battles on delete cascade,
  constraint battle_seats_user foreign key (user_id) references app_public.users on delete cascade,
  constraint battle_seats_one_live_battle exclude using gist (user_id with =, live with &&),
  constraint battle_seats_body_bounded check (char_length(body) between 1 and 20000),
  constraint battle_seats_answer_whole check ((body is null) = (answered_at is null))
);
create index if not exists battle_seats_user_id_idx on app_private.battle_seats (user_id);

call app_private.reset_access('app_private.battle_seats');
-- No policy and no grant: nobody sees the other's answer before the battle is over, and afterwards through battle_answers().

comment on table app_private.battle_seats is 'Who takes part in an accepted battle, from when to when, and with which answer.';
comment on column app_private.battle_seats.battle_id is 'The battle.';
comment on column app_private.battle_seats.user_id is 'The member.';
comment on column app_private.battle_seats.live is 'From when to when it goes on: no member is in two at once.';
comment on column app_private.battle_seats.body is 'What they handed in.';
comment on column app_private.battle_seats.answered_at is 'When they did.';
comment on column app_private.battle_seats.id is 'Identity of the seat, under which its tokens are reserved.';
comment on constraint battle_seats_one_live_battle on app_private.battle_seats is
  E'@error TB094\nOne of the two is in another battle.\nHint: Finish that one first.';
comment on constraint battle_seats_body_bounded on app_private.battle_seats is
  E'@error TB097\nAn answer has 1 to 20,000 characters.\nHint: Shorten it, or write one.';
