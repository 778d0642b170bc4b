-- streak_updater -> [app_private.pay_milestones()] -> app_public.points_ledger
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.pay_milestones(
  at timestamptz default now(),
  batch integer default 1000,
  out paid integer,
  out seen integer
)
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due uuid[];
begin
  -- Whose days have changed since they were looked at last, however long ago that is.
  select coalesce(array_agg(d.user_id), '{}') into v_due
    from (
      select s.user_id
        from app_private.streaks s
        where s.longest >= 7 and not s.is_paid
        order by s.user_id
        limit pay_milestones.batch
    ) d;
  seen := cardinality(v_due);
  perform app_private.lock_points(v_due);
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
    select s.user_id, 'streak', m.days || '/' || m.day, m.points, m.day, pay_milestones.at
      from app_private.streaks s
        cross join app_private.unpaid_milestones(s) m
      where s.user_id = any (v_due)
      order by s.user_id, m.days
    on conflict on constraint points_ledger_once do nothing;
  get diagnostics paid = row_count;
  update app_private.streaks s set is_paid = true where s.user_id = any (v_due);
end;
$$;
comment on function app_private.pay_milestones(timestamptz, integer) is
  'Pays what runs have reached and were not paid for yet, for one batch of members; fewer seen than a batch means that none is left. Errors: TB091.';
revoke all on function app_private.pay_milestones(timestamptz, integer) from public;
grant execute on function app_private.pay_milestones(timestamptz, integer) to autobench_worker;
