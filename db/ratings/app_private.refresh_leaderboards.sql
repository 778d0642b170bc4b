-- refresh_leaderboards, publish_boards -> [app_private.refresh_leaderboards()] -> app_private.fold_tasks(), app_private.publish_board()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.refresh_leaderboards(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_published integer := 0;
  v_board record;
begin
  -- One at a time: two refreshes would publish the same board twice. Whoever comes second waits, since the first may have
  -- begun before the task closed that this one was called for.
  perform pg_advisory_xact_lock(hashtextextended('refresh_leaderboards', 0));
  if app_private.fold_tasks(refresh_leaderboards.at) = 0 then
    return 0; -- no task has closed, and no vote was judged anew
  end if;

  for v_board in
    select distinct b.theme, m.is_rehearsal
      from app_private.folded_tasks f
        inner join app_public.tasks t on t.id = f.task_id
        inner join app_private.matches c on c.task_id = f.task_id
        inner join app_public.models m on m.id = c.first_model_id
        cross join lateral (values (null), (t.theme)) b (theme)
      order by m.is_rehearsal, b.theme nulls first
  loop
    v_published := v_published + app_private.publish_board(v_board.theme, v_board.is_rehearsal, refresh_leaderboards.at);
  end loop;
  if v_published > 0 then
    refresh materialized view concurrently app_private.leaderboard;
    refresh materialized view concurrently app_private.head_to_head;
    -- One for all boards, never one for a vote; whoever hears it reads the boards themselves.
    perform pg_notify('leaderboard', json_build_object('id', (
        select max(s.id)::text from app_public.rating_snapshots s where s.theme is null and s.has_ties
      ))::text);
  end if;
  return v_published;
end;
$$;
comment on function app_private.refresh_leaderboards(timestamptz) is
  'Takes in the tasks that have closed, and publishes the boards that this changes; a second run finds nothing to do. Returns how many snapshots it made.';
revoke all on function app_private.refresh_leaderboards(timestamptz) from public;
grant execute on function app_private.refresh_leaderboards(timestamptz) to autobench_worker;
