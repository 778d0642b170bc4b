-- app_private.unpaid_milestones(), settle_milestones() -> [app_private.milestone_payments()] -> app_public.points_ledger
create or replace function app_private.milestone_payments(user_id uuid)
returns table (ref text, days integer, day date, at timestamptz, points integer, rows integer, is_standing boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  -- The first row has the plain ref; what is taken back and given again follows it as /0, /1 and so on.
  select f.ref, split_part(f.ref, '/', 1)::integer, f.day, f.at, f.points, n.rows, f.points + n.points > 0
    from app_public.points_ledger f
      cross join lateral (
        select count(*)::integer as rows, coalesce(sum(l.points), 0) as points
          from app_public.points_ledger l
          where l.user_id = milestone_payments.user_id and l.reason in ('streak', 'reversal') and l.ref like f.ref || '/%'
      ) n
    where f.user_id = milestone_payments.user_id and f.reason = 'streak' and f.ref not like '%/%/%';
$$;
comment on function app_private.milestone_payments(uuid) is
  'What a member''s runs were paid, with the day on which each milestone was reached, and whether it was taken back since.';
revoke all on function app_private.milestone_payments(uuid) from public;
