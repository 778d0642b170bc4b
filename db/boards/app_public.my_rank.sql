-- myRank (GraphQL) -> [app_public.my_rank()] -> app_private.rank_of(), app_public.my_rank_neighbours()
do $$
begin
  create type app_public.my_rank as (
    kind        app_public.period_kind,
    starts_on   date,
    rank        bigint,
    points      integer,
    solved      integer,
    reached_at  timestamptz,
    members     bigint,
    is_listed   boolean
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.my_rank is 'Where the signed-in member stands in a period, at this very moment.';
comment on column app_public.my_rank.kind is E'@notNull\nKind of period.';
comment on column app_public.my_rank.starts_on is E'@notNull\nFirst day of the period, in UTC.';
comment on column app_public.my_rank.rank is 'One more than the listed members who have more points; null without points.';
comment on column app_public.my_rank.points is E'@notNull\nPoints in the period.';
comment on column app_public.my_rank.solved is E'@notNull\nProblems solved in it.';
comment on column app_public.my_rank.reached_at is 'When points were last earned in it.';
comment on column app_public.my_rank.members is E'@notNull\nListed members who have points in it.';
comment on column app_public.my_rank.is_listed is E'@notNull\nWhether others see it: a member who hides has a rank, and no place on a board.';
revoke all on type app_public.my_rank from public;
grant usage on type app_public.my_rank to autobench_member;

-- Definer: scores are nobody's to read whole.
create or replace function app_public.my_rank(kind app_public.period_kind default 'all') returns app_public.my_rank
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_mine app_public.my_rank;
begin
  v_mine.kind := my_rank.kind;
  v_mine.starts_on := app_private.score_period(my_rank.kind, now());
  select s.points, s.solved, s.reached_at, s.is_listed into v_mine.points, v_mine.solved, v_mine.reached_at, v_mine.is_listed
    from app_private.period_scores s
    where s.kind = v_mine.kind and s.starts_on = v_mine.starts_on and s.user_id = v_user_id;
  if v_mine.points > 0 then
    select r.rank into v_mine.rank from app_private.rank_of(v_mine.kind, v_mine.starts_on, v_mine.points) r;
  end if;
  select r.rank - 1 into v_mine.members from app_private.rank_of(v_mine.kind, v_mine.starts_on, 0) r;
  v_mine.points := coalesce(v_mine.points, 0);
  v_mine.solved := coalesce(v_mine.solved, 0);
  v_mine.is_listed := coalesce(v_mine.is_listed, (select u.is_listed from app_public.users u where u.id = v_user_id));
  return v_mine;
end;
$$;
comment on function app_public.my_rank(app_public.period_kind) is
  'Where the signed-in member stands among all, exactly and at this very moment. Errors: TB001, TB002.';
revoke all on function app_public.my_rank(app_public.period_kind) from public;
grant execute on function app_public.my_rank(app_public.period_kind) to autobench_member;
