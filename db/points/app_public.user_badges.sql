-- app_private.award_badges() -> [app_public.user_badges] -> user.badge (GraphQL)
create table if not exists app_public.user_badges (
  user_id     uuid not null,
  badge_name  text not null,
  earned_at   timestamptz not null default now(),
  constraint user_badges_pkey primary key (user_id, badge_name),
  constraint user_badges_user foreign key (user_id) references app_public.users on delete cascade,
  constraint user_badges_badge foreign key (badge_name) references app_public.badges on update cascade
);
create index if not exists user_badges_badge_name_idx on app_public.user_badges (badge_name);

call app_private.reset_access('app_public.user_badges');
-- Whoever's profile one may see, their badges too: the policies of users decide.
create policy select_visible on app_public.user_badges for select to autobench_anon, autobench_member, autobench_operator
  using (exists (select from app_public.users u where u.id = user_id));
grant select on app_public.user_badges to autobench_anon, autobench_member;
-- No write: award_badges() gives them, and nothing takes one away.

comment on table app_public.user_badges is 'Badges that members have earned. One that was earned is kept, whatever becomes of the points or of the rule.';
comment on column app_public.user_badges.user_id is 'The member.';
comment on column app_public.user_badges.badge_name is 'The badge.';
comment on column app_public.user_badges.earned_at is 'When they earned it.';
