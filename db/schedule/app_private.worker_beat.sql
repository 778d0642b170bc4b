-- worker/presence.ts -> [app_private.worker_beat()] -> app_private.workers, graphile_worker.force_unlock_workers()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.worker_beat(id integer, pool_id text, dead_after interval default '30 seconds')
returns text[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dead text[];
begin
  update app_private.workers w
    set seen_at = clock_timestamp(), pool_id = worker_beat.pool_id
    where w.id = worker_beat.id;
  -- Dead is who was not heard of for a while AND whose lock can be taken: a cut connection alone proves nothing.
  with dead as materialized (
    select w.id, w.pool_id
      from app_private.workers w
      where w.id <> worker_beat.id
        and case -- in this order: a lock that is only tried still keeps others waiting
          when w.seen_at < clock_timestamp() - worker_beat.dead_after
            then pg_try_advisory_xact_lock(app_private.worker_lock(), w.id)
          else false
        end
  ), gone as (
    delete from app_private.workers w using dead where w.id = dead.id returning w.pool_id
  )
  -- With them go locks under a name that no worker bears: of one that was removed by hand, or of an older version.
  select array_agg(s.pool_id) into v_dead
    from (
      select g.pool_id from gone g where g.pool_id is not null
      union
      select j.locked_by
        from graphile_worker.jobs j
        where j.locked_at < clock_timestamp() - worker_beat.dead_after
          and j.locked_by is distinct from worker_beat.pool_id
          and not exists (select from app_private.workers w where w.pool_id = j.locked_by)
    ) s;
  if v_dead is not null then
    perform graphile_worker.force_unlock_workers(v_dead);
  end if;
  return coalesce(v_dead, '{}');
end;
$$;
comment on function app_private.worker_beat(integer, text, interval) is
  'Says that a worker lives, and frees the jobs of those that do not; returns the names of the dead.';
revoke all on function app_private.worker_beat(integer, text, interval) from public;
grant execute on function app_private.worker_beat(integer, text, interval) to autobench_worker;
