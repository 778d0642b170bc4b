-- app_public.votes -> [app_private.vote_health()] -> app_operations.vote_health, scan_votes
-- Definer: the server and the worker hold execute grants alone.
create or replace function app_private.vote_health(since timestamptz default now() - interval '2 days')
returns table (hour_at timestamptz, received integer, counted integer, share float8, is_alarm boolean)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select h.hour_at, h.received, h.counted, h.counted / h.received::float8, h.received >= 20 and h.counted < 0.7 * h.received
    from (
      select date_bin('1 hour', v.created_at, timestamptz '2000-01-01 00:00:00+00') as hour_at,
          count(*)::integer as received, count(*) filter (where v.is_counted)::integer as counted
        from app_public.votes v
        where v.created_at >= since
        group by 1
    ) h
    order by h.hour_at;
$$;
comment on function app_private.vote_health(timestamptz) is
  'How many votes came in each hour and how many of them count: less than 70 of 100 is an alarm, since a broken check throws honest votes away.';
revoke all on function app_private.vote_health(timestamptz) from public;
grant execute on function app_private.vote_health(timestamptz) to autobench_server, autobench_worker, autobench_operator;
