-- app_private.pay_milestones() -> [app_private.unpaid_milestones()] -> app_private.streak_milestones, app_private.milestone_payments()
create or replace function app_private.unpaid_milestones(streak app_private.streaks)
returns table (days integer, points integer, day date)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  -- Once for each run: the ledger remembers the day, and a run that has grown at its other end is the same run.
  select m.days, m.points, d.day
    from app_private.active_runs(streak) r
      inner join app_private.streak_milestones m on m.days <= r.active
      cross join lateral (
        select lower(a.part) + n as day
          from unnest((streak).days * datemultirange(r.run)) a (part)
            cross join lateral generate_series(0, upper(a.part) - lower(a.part) - 1) n
          order by 1
          offset m.days - 1
          limit 1
      ) d
    where not exists (
      select from app_private.milestone_payments((streak).user_id) p where p.days = m.days and r.run @> p.day
    );
$$;
comment on function app_private.unpaid_milestones(app_private.streaks) is
  'The milestones that a member''s runs have reached and were never paid for, with the day on which each was reached.';
revoke all on function app_private.unpaid_milestones(app_private.streaks) from public;
