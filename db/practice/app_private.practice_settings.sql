-- a DBA -> [app_private.practice_settings] -> app_public.submit_answer(), app_private.reserve_tokens(), app_private.record_judging()
create table if not exists app_private.practice_settings (
  is_only                boolean constraint practice_settings_pkey primary key default true,
  daily_tokens           integer not null default 25000,
  answers_per_hour       integer not null default 30,
  unlock_share           numeric(3, 2) not null default 0.5,
  second_opinion_within  integer not null default 5,
  judge_output_tokens    integer not null default 1500,
  reserve_for            interval not null default '6 hours',
  constraint practice_settings_is_only_one check (is_only),
  constraint practice_settings_not_negative check (daily_tokens >= 0 and answers_per_hour >= 0 and second_opinion_within >= 0),
  constraint practice_settings_unlock_share_in_range check (unlock_share between 0 and 1),
  constraint practice_settings_judge_output_sane check (judge_output_tokens between 100 and 100000),
  constraint practice_settings_reserve_for_positive check (reserve_for > interval '0')
);
insert into app_private.practice_settings (is_only) values (true) on conflict on constraint practice_settings_pkey do nothing;

call app_private.reset_access('app_private.practice_settings');
create policy select_all on app_private.practice_settings for select to autobench_operator
  using (true);
grant select on app_private.practice_settings to autobench_operator;
-- No write through the API: these are decisions made in SQL, and migrations leave them alone.

comment on table app_private.practice_settings is 'What an installation may set for its practice ground.';
comment on column app_private.practice_settings.is_only is 'There is one row.';
comment on column app_private.practice_settings.daily_tokens is 'What the models may use for one member in a UTC day.';
comment on column app_private.practice_settings.answers_per_hour is 'How many answers a member may hand in within an hour.';
comment on column app_private.practice_settings.unlock_share is 'The part of a module''s problems that has to be solved before the next module opens.';
comment on column app_private.practice_settings.second_opinion_within is 'How near to the pass score a judgement has to be for a second one to decide.';
comment on column app_private.practice_settings.judge_output_tokens is 'How long a judge''s reply may be.';
comment on column app_private.practice_settings.reserve_for is 'How long tokens stay reserved for a call that does not come.';
