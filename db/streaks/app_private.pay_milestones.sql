-- streak_updater -> [app_private.pay_milestones()] -> app_public.points_ledger
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.pay_milestones(at timestamptz default now(), batch integer default 1000) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due uuid[];
  v_paid integer;
begin
  select array_agg(d.user_id) into v_due
    from (
      select s.user_id
        from app_private.streaks s
        where s.run_length >= 7 and s.last_day >= (pay_milestones.at at time zone 'utc')::date - 3
          and exists (select from app_private.unpaid_milestones(s))
        limit pay_milestones.batch
    ) d;
  perform app_private.lock_points(coalesce(v_due, '{}'));
  -- Once for each run: the ledger remembers the day, and a run that has grown at its other end is the same run.
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
    select s.user_id, 'streak', m.days || '/' || s.last_day, m.points, s.last_day, pay_milestones.at
      from app_private.streaks s
        cross join app_private.unpaid_milestones(s) m
      where s.user_id = any (v_due)
      order by s.user_id, m.days
    on conflict on constraint points_ledger_once do nothing;
  get diagnostics v_paid = row_count;
  return v_paid;
end;
$$;
comment on function app_private.pay_milestones(timestamptz, integer) is
  'Pays what runs have reached and were not paid for yet, for one batch of members; zero means that none is left. Errors: TB091.';
revoke all on function app_private.pay_milestones(timestamptz, integer) from public;
grant execute on function app_private.pay_milestones(timestamptz, integer) to autobench_worker;
