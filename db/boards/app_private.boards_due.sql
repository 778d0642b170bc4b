-- refresh_leaderboards -> [app_private.boards_due()] -> app_private.boards, app_private.score_changes
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.boards_due(at timestamptz default now()) returns boolean
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_private.boards b
      where b.starts_on < app_private.score_period(b.kind, boards_due.at)
        or b.refreshed_at < date_trunc('day', boards_due.at, 'UTC')
        -- What has changed shows after five minutes at the latest, and costs one refresh in five minutes at the most.
        or (
          b.refreshed_at <= boards_due.at - interval '5 minutes'
          and (b.changed_at >= b.refreshed_at or exists (select from app_private.score_changes))
        )
  );
$$;
comment on function app_private.boards_due(timestamptz) is
  'Whether a leaderboard has changed since it was refreshed five minutes ago or more, or shows a period that is over.';
revoke all on function app_private.boards_due(timestamptz) from public;
grant execute on function app_private.boards_due(timestamptz) to autobench_worker;
