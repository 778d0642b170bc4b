-- daily_token_reset -> [app_private.close_token_days()] -> app_private.ai_usage_metrics
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.close_token_days(at timestamptz default now(), out days integer, out tokens bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today date := (close_token_days.at at time zone 'utc')::date;
  v_day app_private.token_days;
begin
  days := 0;
  tokens := 0;
  -- In the order of the key, a member's reservations before their day, as everywhere: two of these share the work.
  for v_day in
    select t.* from app_private.token_days t where t.closed_at is null and t.day < v_today order by t.user_id, t.day
  loop
    update app_private.token_reservations r
      set state = case r.state when 'reserved' then 'expired' else r.state end, aggregated_at = close_token_days.at
      where r.user_id = v_day.user_id and r.day = v_day.day and r.aggregated_at is null;
    update app_private.token_days t
      set reserved = 0, closed_at = close_token_days.at
      where t.user_id = v_day.user_id and t.day = v_day.day and t.closed_at is null;
    continue when not found;
    insert into app_private.ai_usage_metrics (user_id, day, purpose, calls, tokens, closed_at)
      select r.user_id, r.day, r.purpose, count(*), coalesce(sum(r.actual), 0), close_token_days.at
        from app_private.token_reservations r
        where r.user_id = v_day.user_id and r.day = v_day.day and r.state = 'settled'
        group by r.user_id, r.day, r.purpose
      on conflict on constraint ai_usage_metrics_pkey do nothing;
    days := days + 1;
    tokens := tokens + v_day.used;
  end loop;
end;
$$;
comment on function app_private.close_token_days(timestamptz) is
  'Closes the finished days into the usage metrics, and frees what was still reserved; a second run finds nothing.';
revoke all on function app_private.close_token_days(timestamptz) from public;
grant execute on function app_private.close_token_days(timestamptz) to autobench_worker;
