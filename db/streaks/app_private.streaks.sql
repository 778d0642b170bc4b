-- app_private.settle_days(), spend_freezes() -> [app_private.streaks] -> app_private.streak_now()
create table if not exists app_private.streaks (
  user_id          uuid constraint streaks_pkey primary key,
  days             datemultirange not null,
  through_day  date not null,
  frozen           datemultirange not null,
  freezes          integer not null,
  run_length       integer not null,
  longest          integer not null,
  last_day         date,
  ends_on          date,
  is_paid          boolean not null default false,
  constraint streaks_user foreign key (user_id) references app_public.users on delete cascade,
  constraint streaks_freezes_bounded check (freezes between 0 and 2),
  constraint streaks_frozen_days_were_missed check (not frozen && days),
  constraint streaks_longest_is_longest check (longest >= run_length and run_length >= 0)
);
create index if not exists streaks_spending_idx on app_private.streaks (ends_on) where freezes > 0;
create index if not exists streaks_milestones_idx on app_private.streaks (user_id) where longest >= 7 and not is_paid;

call app_private.reset_access('app_private.streaks');
-- No policy and no grant: settle_days() and spend_freezes() write two columns and pay_milestones() a third, the trigger derives the others.

comment on table app_private.streaks is
  'The days on which a member was active, as a set: adjacent days merge, and adding one that is there already changes nothing.';
comment on column app_private.streaks.user_id is 'The member.';
comment on column app_private.streaks.days is 'Their own days on which an answer of theirs was worth something.';
comment on column app_private.streaks.through_day is 'Days up to this one have ended, and were missed if they are not among the days.';
comment on column app_private.streaks.frozen is 'Missed days that a freeze bridges.';
comment on column app_private.streaks.freezes is 'Freezes that are left: one is earned every seven active days, two can be held.';
comment on column app_private.streaks.run_length is 'Active days of the last run, frozen ones not counted.';
comment on column app_private.streaks.longest is 'Active days of the longest run.';
comment on column app_private.streaks.last_day is 'The last active day.';
comment on column app_private.streaks.ends_on is 'The last day that the last run reaches, active or frozen.';
comment on column app_private.streaks.is_paid is 'Whether milestones were looked at since the days last changed; every change takes it back.';
