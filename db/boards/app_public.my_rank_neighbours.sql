-- app_public.my_rank() -> [app_public.my_rank_neighbours()] -> myRank.neighbours (GraphQL)
-- Definer: scores are nobody's to read whole; these few are on every leaderboard that is long enough.
create or replace function app_public.my_rank_neighbours(mine app_public.my_rank) returns setof app_public.neighbour
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_here app_private.period_scores;
begin
  select s.* into v_here
    from app_private.period_scores s
    where s.kind = (mine).kind and s.starts_on = (mine).starts_on and s.user_id = v_user_id and s.points > 0;
  if not found then
    return;
  end if;
  return query
    select r.rank, n.user_id, u.username, u.avatar_url, n.points, n.solved, n.reached_at
      from (
        (
          select s.* from app_private.period_scores s
            where s.kind = v_here.kind and s.starts_on = v_here.starts_on and s.is_listed and s.points > 0
              and (- s.points, s.reached_at, s.user_id) < (- v_here.points, v_here.reached_at, v_here.user_id)
            order by - s.points desc, s.reached_at desc, s.user_id desc
            limit 3
        )
        union all
        (
          select s.* from app_private.period_scores s
            where s.kind = v_here.kind and s.starts_on = v_here.starts_on and s.is_listed and s.points > 0
              and (- s.points, s.reached_at, s.user_id) > (- v_here.points, v_here.reached_at, v_here.user_id)
            order by - s.points, s.reached_at, s.user_id
            limit 3
        )
      ) n
        inner join app_public.users u on u.id = n.user_id
        cross join lateral app_private.rank_of(n.kind, n.starts_on, n.points) r
      order by - n.points, n.reached_at, n.user_id;
end;
$$;
comment on function app_public.my_rank_neighbours(app_public.my_rank) is
  E'@behavior -queryField\nThe three members above and the three below, first to last. Errors: TB001, TB002.';
revoke all on function app_public.my_rank_neighbours(app_public.my_rank) from public;
grant execute on function app_public.my_rank_neighbours(app_public.my_rank) to autobench_member;
