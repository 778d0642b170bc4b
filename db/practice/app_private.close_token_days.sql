-- daily_token_reset -> [app_private.close_token_days()] -> app_private.ai_usage_metrics
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.close_token_days(
  at timestamptz default now(),
  batch integer default 1000,
  out days integer,
  out tokens bigint,
  out seen integer
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today date := (close_token_days.at at time zone 'utc')::date;
begin
  -- It waits for nobody: what a settling holds at this moment is left to the next run, so no two ever wait in a ring.
  with due as materialized (
    select t.user_id, t.day
      from app_private.token_days t
      where t.closed_at is null and t.day < v_today
      order by t.day, t.user_id
      limit close_token_days.batch
      for update skip locked
  ), held as materialized (
    select r.id, r.user_id, r.day, r.purpose, r.state, r.actual
      from due d
        inner join app_private.token_reservations r on r.user_id = d.user_id and r.day = d.day
      where r.aggregated_at is null
      for update of r skip locked
  ), whole as materialized (
    select d.user_id, d.day
      from due d
      where not exists (
        select from app_private.token_reservations r
          where r.user_id = d.user_id and r.day = d.day and r.aggregated_at is null
            and r.id not in (select h.id from held h)
      )
  ), aggregated as (
    update app_private.token_reservations r
      set state = case r.state when 'reserved' then 'expired' else r.state end, aggregated_at = close_token_days.at
      from held h
        inner join whole w on w.user_id = h.user_id and w.day = h.day
      where r.id = h.id
  ), summed as (
    insert into app_private.ai_usage_metrics (user_id, day, purpose, calls, tokens, closed_at)
      select h.user_id, h.day, h.purpose, count(*), coalesce(sum(h.actual), 0), close_token_days.at
        from held h
          inner join whole w on w.user_id = h.user_id and w.day = h.day
        where h.state = 'settled'
        group by h.user_id, h.day, h.purpose
      on conflict on constraint ai_usage_metrics_pkey do nothing
  ), closed as (
    update app_private.token_days t
      set reserved = 0, closed_at = close_token_days.at
      from whole w
      where t.user_id = w.user_id and t.day = w.day
      returning t.used
  )
  select (select count(*) from closed), (select coalesce(sum(c.used), 0) from closed c), (select count(*) from due)
    into days, tokens, seen;
end;
$$;
comment on function app_private.close_token_days(timestamptz, integer) is
  'Closes a batch of finished days into the usage metrics, and frees what was still reserved; fewer seen than a batch means that none is left.';
revoke all on function app_private.close_token_days(timestamptz, integer) from public;
grant execute on function app_private.close_token_days(timestamptz, integer) to autobench_worker;
