-- [app_private.streak_milestones] -> app_private.pay_milestones()
create table if not exists app_private.streak_milestones (
  days    integer constraint streak_milestones_pkey primary key,
  points  integer not null,
  constraint streak_milestones_sane check (days between 7 and 10000 and points between 1 and 100000)
);

call app_private.reset_access('app_private.streak_milestones');
create policy select_all on app_private.streak_milestones for select to autobench_operator
  using (true);
grant select on app_private.streak_milestones to autobench_operator;
-- No write through the API: what a streak pays is decided in SQL.

comment on table app_private.streak_milestones is 'What streaks pay: points for a run that has reached so many active days, once for each run.';
comment on column app_private.streak_milestones.days is 'Active days of the run.';
comment on column app_private.streak_milestones.points is 'Points that it pays.';

insert into app_private.streak_milestones (days, points) values (7, 50), (30, 200), (100, 750), (365, 3000)
on conflict on constraint streak_milestones_pkey do nothing;
