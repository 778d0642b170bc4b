-- the founding document's badges -> [app_public.badges] -> app_private.award_badges(), badges (GraphQL)
create table if not exists app_public.badges (
  name                text constraint badges_pkey primary key,
  description         text not null,
  icon                text not null,
  required_points     integer not null,
  required_exercises  integer not null default 0,
  rank_level          integer not null,
  constraint badges_rank_level_unique unique (rank_level),
  constraint badges_name_form check (char_length(name) between 1 and 40),
  constraint badges_requirements_not_negative check (required_points >= 0 and required_exercises >= 0)
);

call app_private.reset_access('app_public.badges');
create policy select_all on app_public.badges for select to autobench_anon, autobench_member, autobench_operator
  using (true);
grant select on app_public.badges to autobench_anon, autobench_member;
-- No write through the API: what a badge asks for is decided in SQL, and a change is applied at once.

comment on table app_public.badges is 'The badges, from the first to the highest.';
comment on column app_public.badges.name is 'Name of the badge.';
comment on column app_public.badges.description is 'What it stands for.';
comment on column app_public.badges.icon is 'Its sign.';
comment on column app_public.badges.required_points is 'Points that it asks for.';
comment on column app_public.badges.required_exercises is 'Solved problems that it asks for as well.';
comment on column app_public.badges.rank_level is 'Its place: higher is better.';
