-- peopleAsOf (GraphQL) -> [app_public.people_as_of()] -> app_public.points_ledger
-- Definer: the ledger is its members' own; a board of it is public.
create or replace function app_public.people_as_of(kind app_public.period_kind, at timestamptz)
returns setof app_public.final_standings
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_starts_on date := app_private.score_period(people_as_of.kind, people_as_of.at);
  v_from timestamptz := v_starts_on::timestamp at time zone 'utc';
begin
  return query
    select people_as_of.kind, v_starts_on, row_number() over (order by - t.points, t.reached_at, t.user_id)::integer,
        rank() over (order by - t.points)::integer, t.user_id, t.points::integer, t.solved::integer, t.reached_at
      from (
        select l.user_id, sum(l.points) as points, max(l.at) filter (where l.points > 0) as reached_at,
            count(*) filter (where l.reason = 'solve') as solved
          from app_public.points_ledger l
            inner join app_public.users u on u.id = l.user_id and u.is_listed
          where l.at >= v_from and l.at <= people_as_of.at and l.posted_at <= people_as_of.at
          group by l.user_id
          having sum(l.points) > 0
          order by - sum(l.points), max(l.at) filter (where l.points > 0), l.user_id
          limit 100
      ) t;
end;
$$;
comment on function app_public.people_as_of(app_public.period_kind, timestamptz) is
  'The first 100 places of a period as they stood at an instant, from the ledger.';
revoke all on function app_public.people_as_of(app_public.period_kind, timestamptz) from public;
grant execute on function app_public.people_as_of(app_public.period_kind, timestamptz) to autobench_anon, autobench_member;
