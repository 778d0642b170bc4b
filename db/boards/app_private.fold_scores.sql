-- worker/folding.ts, refresh_leaderboards -> [app_private.fold_scores()] -> app_private.score_histogram, app_private.boards
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.fold_scores() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_folded integer;
begin
  -- One at a time: whoever comes second has nothing to do.
  if not pg_try_advisory_xact_lock(hashtextextended('app_private.fold_scores', 0)) then
    return 0;
  end if;
  with taken as (
    delete from app_private.score_changes c returning c.kind, c.starts_on, c.was, c.now_has
  ), moved as (
    select t.kind, t.starts_on, m.points, sum(m.n)::integer as n
      from taken t
        cross join lateral (values (t.was, -1), (t.now_has, 1)) m (points, n)
      where m.points > 0
      group by t.kind, t.starts_on, m.points
      having sum(m.n) <> 0
  ), counted as (
    merge into app_private.score_histogram h
      using (
        select m.kind, m.starts_on, l.level, m.points >> (6 * l.level) as bucket, sum(m.n)::integer as n
          from moved m
            cross join (values (0), (1), (2)) l (level)
          group by m.kind, m.starts_on, l.level, m.points >> (6 * l.level)
          having sum(m.n) <> 0
      ) a
      on h.kind = a.kind and h.starts_on = a.starts_on and h.level = a.level and h.bucket = a.bucket
      when matched and h.n + a.n = 0 then delete
      when matched then update set n = h.n + a.n
      when not matched then insert (kind, starts_on, level, bucket, n) values (a.kind, a.starts_on, a.level, a.bucket, a.n)
  ), marked as (
    update app_private.boards b
      set changed_at = clock_timestamp()
      from (select distinct t.kind, t.starts_on from taken t) t
      where t.kind = b.kind and t.starts_on >= b.starts_on
  )
  select count(*) into v_folded from taken;
  return v_folded;
end;
$$;
comment on function app_private.fold_scores() is
  'Counts into the histogram what has changed since the last time, and notes which boards are out of date; says how many changes there were.';
revoke all on function app_private.fold_scores() from public;
grant execute on function app_private.fold_scores() to autobench_worker;
