-- worker/timetable.ts -> [app_private.mend_cron_clock()] -> graphile_worker._private_known_crontabs
-- Definer: the owner's hand on the queue's table, for this one repair.
create or replace function app_private.mend_cron_clock(at timestamptz default now()) returns text[]
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  -- Cron asks for nothing before the instant it remembers: after a clock that ran ahead, for years if need be. Forgotten,
  -- it is made up for from known_since within the item's backfill; the period keys keep that from running twice.
  with mended as (
    update graphile_worker._private_known_crontabs k
      set last_execution = null, known_since = least(k.known_since, mend_cron_clock.at)
      where greatest(k.last_execution, k.known_since) > mend_cron_clock.at + interval '10 minutes'
      returning k.identifier
  )
  select coalesce(array_agg(m.identifier order by m.identifier), '{}') from mended m;
$$;
comment on function app_private.mend_cron_clock(timestamptz) is
  'Makes cron forget executions in the future, after which it would ask for nothing; returns the items that were stuck.';
revoke all on function app_private.mend_cron_clock(timestamptz) from public;
grant execute on function app_private.mend_cron_clock(timestamptz) to autobench_worker;
