-- [app_public.achievements] -> app_private.award_achievements(), achievements (GraphQL)
create table if not exists app_public.achievements (
  type         text constraint achievements_pkey primary key,
  name         text not null,
  description  text not null,
  criteria     jsonb not null,
  points       integer not null default 0,
  constraint achievements_type_form check (type ~ '^[a-z][a-z0-9_]{2,39}$'),
  constraint achievements_name_form check (char_length(name) between 1 and 60),
  constraint achievements_points_sane check (points between 0 and 100000),
  constraint achievements_criteria_form check (
    criteria = jsonb_build_object('metric', criteria -> 'metric', 'at_least', criteria -> 'at_least')
      and jsonb_typeof(criteria -> 'at_least') = 'number' and (criteria ->> 'at_least')::integer > 0
      and criteria ->> 'metric' in (
        'answers', 'solved', 'best_score', 'streak', 'modules', 'fast_solves', 'nightly_solves', 'solved_in_a_day', 'battles_won'
      )
  )
);

call app_private.reset_access('app_public.achievements');
create policy select_all on app_public.achievements for select to autobench_anon, autobench_member, autobench_operator
  using (true);
grant select on app_public.achievements to autobench_anon, autobench_member;
-- No write through the API: the rules are decided in SQL, and a new one is applied at once.

comment on table app_public.achievements is 'What can be achieved: each rule is a row, and names what is counted and how much of it is asked for.';
comment on column app_public.achievements.type is 'Name of the rule.';
comment on column app_public.achievements.name is 'Name that people see.';
comment on column app_public.achievements.description is 'What it takes, in words.';
comment on column app_public.achievements.criteria is 'What is counted (metric), and how much of it is asked for (at_least).';
comment on column app_public.achievements.points is 'Points that it pays.';
