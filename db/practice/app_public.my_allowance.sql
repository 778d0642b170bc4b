-- myAllowance (GraphQL) -> [app_public.my_allowance()] -> app_private.token_days
-- Definer: the sums stand in a table that no caller reads; the caller is shown their own.
create or replace function app_public.my_allowance() returns app_public.allowance
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.daily_tokens, coalesce(t.used, 0),
      -- Less what waited too long: it goes back before anything is reserved again.
      coalesce(t.reserved, 0) - coalesce((
        select sum(r.estimate)::integer
          from app_private.token_reservations r
          where r.user_id = t.user_id and r.day = t.day and r.state = 'reserved' and r.expires_at <= now()
      ), 0),
      (d.day + 1)::timestamp at time zone 'utc'
    from app_private.practice_settings s
      cross join (select (now() at time zone 'utc')::date as day) d
      left join app_private.token_days t on t.user_id = app_public.current_user_id() and t.day = d.day;
$$;
comment on function app_public.my_allowance() is
  'What the signed-in member may still have done by models today, in tokens, and when a new day begins.';
revoke all on function app_public.my_allowance() from public;
grant execute on function app_public.my_allowance() to autobench_member;
