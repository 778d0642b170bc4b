-- peopleAsOf (GraphQL) -> [app_public.people_as_of()] -> app_private.period_scores, app_public.points_ledger
-- Definer: the ledger is its members' own; a board of it is public.
create or replace function app_public.people_as_of(kind app_public.period_kind, at timestamptz)
returns setof app_public.final_standings
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan -- how much came since decides how to read it
as $$
declare
  v_starts_on date := app_private.score_period(people_as_of.kind, people_as_of.at);
  v_from timestamptz := v_starts_on::timestamp at time zone 'utc';
  v_until timestamptz := case people_as_of.kind
    when 'all' then 'infinity'
    when 'month' then (v_starts_on + interval '1 month') at time zone 'utc'
    when 'week' then (v_starts_on + interval '1 week') at time zone 'utc'
  end;
  v_changed uuid[];
  v_gained integer[];
  v_most integer;
begin
  -- Whoever asks, asks for no more than so much of the ledger.
  if people_as_of.kind = 'all' and people_as_of.at < now() - interval '31 days' then
    raise exception 'That is too long ago.'
      using errcode = 'TB099', hint = 'All time is shown as of the last 31 days; months and weeks as of any day.';
  end if;
  -- What the period has now, less what came since: only what came since is read from the ledger.
  select coalesce(array_agg(c.user_id), '{}'), array_agg(c.points) into v_changed, v_gained
    from (
      select l.user_id, sum(l.points)::integer as points
        from app_public.points_ledger l
        where (l.posted_at > people_as_of.at or l.at > people_as_of.at) and l.at >= v_from and l.at < v_until
        group by l.user_id
    ) c;
  -- Among so many of the first there are a hundred that have not changed, or all that there are.
  v_most := 100 + cardinality(v_changed);
  return query
    with since as materialized (
      select c.user_id, c.points from unnest(v_changed, v_gained) c (user_id, points)
    ), known as (
      select f.user_id, f.points, f.reached_at, false as has_changed
        from (
          select s.user_id, s.points, s.reached_at
            from app_private.period_scores s
            where s.kind = people_as_of.kind and s.starts_on = v_starts_on and s.is_listed and s.points > 0
            order by - s.points, s.reached_at, s.user_id
            limit v_most
        ) f
        where not exists (select from since c where c.user_id = f.user_id)
      union all
      (
        select s.user_id, s.points - c.points, null, true
          from since c
            inner join app_private.period_scores s
              on s.user_id = c.user_id and s.kind = people_as_of.kind and s.starts_on = v_starts_on
          where s.is_listed and s.points > c.points
          order by - (s.points - c.points)
          fetch first 100 rows with ties
      )
    ), placed as (
      select k.user_id, k.points, r.reached_at
        from known k
          cross join lateral (
            select case when k.has_changed then (
                select max(e.at)
                  from (
                    select l.at
                      from app_public.points_ledger l
                      where l.user_id = k.user_id and l.posted_at <= people_as_of.at and l.at <= people_as_of.at and l.at >= v_from
                      group by l.at
                      having sum(l.points) > 0
                  ) e
              ) else k.reached_at end as reached_at
          ) r
        order by - k.points, r.reached_at, k.user_id
        limit 100
    )
    select people_as_of.kind, v_starts_on, row_number() over (order by - t.points, t.reached_at, t.user_id)::integer,
        rank() over (order by - t.points)::integer, t.user_id, t.points, p.solved::integer, t.reached_at
      from placed t
        cross join lateral (
          -- A solve is one however often it was paid, taken back and paid again, and one that is worth nothing is one too.
          select count(*) as solved
            from app_public.user_progress p
            where p.user_id = t.user_id and p.completed_at >= v_from and p.completed_at <= people_as_of.at
              and exists (
                select from app_public.verdicts v
                  where v.answer_id = p.solving_answer_id and v.is_correct and v.created_at <= people_as_of.at
              )
        ) p;
end;
$$;
comment on function app_public.people_as_of(app_public.period_kind, timestamptz) is
  'The first 100 places of a period as they stood at an instant, all time as of the last 31 days. Solves that were taken back since are left out. Errors: TB099.';
revoke all on function app_public.people_as_of(app_public.period_kind, timestamptz) from public;
grant execute on function app_public.people_as_of(app_public.period_kind, timestamptz) to autobench_anon, autobench_member;
