-- app_private.close_periods() -> [app_public.final_standings] -> finalStandings, peopleAsOf (GraphQL)
create table if not exists app_public.final_standings (
  kind        app_public.period_kind not null,
  starts_on   date not null,
  position    integer not null,
  rank        integer not null,
  user_id     uuid,
  points      integer not null,
  solved      integer not null,
  reached_at  timestamptz not null,
  constraint final_standings_pkey primary key (kind, starts_on, position),
  constraint final_standings_user foreign key (user_id) references app_public.users on delete set null,
  constraint final_standings_sane check (position > 0 and rank between 1 and position and points > 0 and solved >= 0)
);
create index if not exists final_standings_user_id_idx on app_public.final_standings (user_id);

call app_private.reset_access('app_public.final_standings');
create policy select_all on app_public.final_standings for select to autobench_anon, autobench_member, autobench_operator
  using (true);
grant select on app_public.final_standings to autobench_anon, autobench_member;
-- No write: close_periods() writes them once.

comment on table app_public.final_standings is
  'Who came where in a period that is over, from the first to the last; nothing that comes later changes it.';
comment on column app_public.final_standings.kind is 'Kind of period.';
comment on column app_public.final_standings.starts_on is 'First day of the period, in UTC.';
comment on column app_public.final_standings.position is 'Place in the list, no two the same.';
comment on column app_public.final_standings.rank is 'Rank: equal points share one.';
comment on column app_public.final_standings.user_id is 'The member; nobody where they were erased since.';
comment on column app_public.final_standings.points is 'Points in the period.';
comment on column app_public.final_standings.solved is 'Problems solved in it.';
comment on column app_public.final_standings.reached_at is 'When points were last earned in it.';
