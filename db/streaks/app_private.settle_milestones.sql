-- app_private.settle_days() -> [app_private.settle_milestones()] -> app_public.points_ledger
create or replace function app_private.settle_milestones(user_id uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_streak app_private.streaks;
begin
  select s.* into v_streak from app_private.streaks s where s.user_id = settle_milestones.user_id;
  -- What is taken back, or given again, counts for the day on which it was first given.
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
    select settle_milestones.user_id, case when p.is_standing then 'reversal' else 'streak' end, p.ref || '/' || p.rows,
        case when p.is_standing then - p.points else p.points end, p.day, p.at
      from (
        select p.*, r.active is not null as is_met,
            row_number() over (partition by p.days, r.run order by p.is_standing desc, p.day) as place
          from app_private.milestone_payments(settle_milestones.user_id) p
            left join app_private.active_runs(v_streak) r on r.run @> p.day and r.active >= p.days
      ) p
      where (p.is_standing and not p.is_met) or (not p.is_standing and p.is_met and p.place = 1);
end;
$$;
comment on function app_private.settle_milestones(uuid) is
  'Takes back what was paid for runs that were never so long, as verdicts say now, and gives it again where they are. The caller holds the member''s lock.';
revoke all on function app_private.settle_milestones(uuid) from public;
