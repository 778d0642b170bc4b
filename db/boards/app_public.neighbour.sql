-- app_public.my_rank_neighbours() -> [app_public.neighbour] -> myRank.neighbours (GraphQL)
do $$
begin
  create type app_public.neighbour as (
    rank        bigint,
    user_id     uuid,
    username    text collate app_public.ci,
    avatar_url  text,
    points      integer,
    solved      integer,
    reached_at  timestamptz
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.neighbour is 'Somebody who stands next to the signed-in member.';
comment on column app_public.neighbour.rank is E'@notNull\nTheir rank.';
comment on column app_public.neighbour.user_id is E'@notNull\nThe member.';
comment on column app_public.neighbour.username is E'@notNull\nPublic name.';
comment on column app_public.neighbour.avatar_url is 'Address of a picture.';
comment on column app_public.neighbour.points is E'@notNull\nPoints in the period.';
comment on column app_public.neighbour.solved is E'@notNull\nProblems solved in it.';
comment on column app_public.neighbour.reached_at is 'When points were last earned in it.';
revoke all on type app_public.neighbour from public;
grant usage on type app_public.neighbour to autobench_member;
