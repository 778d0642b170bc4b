-- app_private.award_achievements() -> [app_public.user_achievements] -> user.userAchievements (GraphQL)
create table if not exists app_public.user_achievements (
  user_id           uuid not null,
  achievement_type  text not null,
  data              jsonb not null default '{}',
  earned_at         timestamptz not null default now(),
  is_standing       boolean not null default true,
  constraint user_achievements_pkey primary key (user_id, achievement_type),
  constraint user_achievements_user foreign key (user_id) references app_public.users on delete cascade,
  constraint user_achievements_achievement foreign key (achievement_type) references app_public.achievements on update cascade
);
create index if not exists user_achievements_achievement_type_idx on app_public.user_achievements (achievement_type);

call app_private.reset_access('app_public.user_achievements');
create policy select_visible on app_public.user_achievements for select to autobench_anon, autobench_member, autobench_operator
  using (exists (select from app_public.users u where u.id = user_id));
grant select on app_public.user_achievements to autobench_anon, autobench_member;
-- No write: award_achievements() gives them, and nothing takes one away.

comment on table app_public.user_achievements is 'What members have achieved, each rule once.';
comment on column app_public.user_achievements.user_id is 'The member.';
comment on column app_public.user_achievements.achievement_type is 'The rule.';
comment on column app_public.user_achievements.data is 'The rule as it was, the value that met it, the points that it pays, and for modules the problems that made each complete.';
comment on column app_public.user_achievements.earned_at is 'When it was met.';
comment on column app_public.user_achievements.is_standing is
  'Whether that still stands. Verdicts alone may take back what met it: then the achievement stays, and its points do not.';
