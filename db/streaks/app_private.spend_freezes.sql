-- streak_updater -> [app_private.spend_freezes()] -> app_private.streaks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.spend_freezes(at timestamptz default now(), batch integer default 1000) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today date := (spend_freezes.at at time zone 'utc')::date;
  v_due uuid[];
  v_spent integer;
begin
  -- Whoever missed a day that has ended where they are. A run that had no freeze left has ended by itself.
  select array_agg(d.user_id) into v_due
    from (
      select s.user_id
        from app_private.streaks s
        where s.freezes > 0 and s.ends_on < v_today and s.ends_on < app_private.member_day(s.user_id, spend_freezes.at) - 1
        limit spend_freezes.batch
    ) d;
  perform app_private.lock_points(coalesce(v_due, '{}'));
  update app_private.streaks s
    set through_day = app_private.member_day(s.user_id, spend_freezes.at) - 1
    where s.user_id = any (v_due) and s.freezes > 0
      and s.through_day < app_private.member_day(s.user_id, spend_freezes.at) - 1;
  get diagnostics v_spent = row_count;
  return v_spent;
end;
$$;
comment on function app_private.spend_freezes(timestamptz, integer) is
  'Bridges days that were missed where they have ended, for one batch of members; fewer than a batch means that none is left. Errors: TB091.';
revoke all on function app_private.spend_freezes(timestamptz, integer) from public;
grant execute on function app_private.spend_freezes(timestamptz, integer) to autobench_worker;
