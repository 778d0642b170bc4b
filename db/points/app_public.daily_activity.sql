-- app_private.tg_points_ledger__fold(), tg_user_progress__fold() -> [app_public.daily_activity] -> dailyActivities (GraphQL)
create table if not exists app_public.daily_activity (
  user_id              uuid not null,
  day                  date not null,
  exercises_completed  integer not null default 0,
  points_earned        integer not null default 0,
  constraint daily_activity_pkey primary key (user_id, day),
  constraint daily_activity_user foreign key (user_id) references app_public.users on delete cascade,
  constraint daily_activity_not_negative check (exercises_completed >= 0 and points_earned >= 0)
);

call app_private.reset_access('app_public.daily_activity');
create policy select_own on app_public.daily_activity for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.daily_activity for select to autobench_operator
  using (true);
grant select on app_public.daily_activity to autobench_member;
-- No write: the ledger and the progress are folded into it.

comment on table app_public.daily_activity is 'What a member did on a day of their own: a fold of the ledger and of their progress.';
comment on column app_public.daily_activity.user_id is 'The member.';
comment on column app_public.daily_activity.day is 'The day, in their own zone.';
comment on column app_public.daily_activity.exercises_completed is 'Problems that they solved for the first time.';
comment on column app_public.daily_activity.points_earned is 'Points that count for the day.';
