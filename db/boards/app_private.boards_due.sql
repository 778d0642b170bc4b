-- refresh_leaderboards -> [app_private.boards_due()] -> app_private.boards, app_private.score_changes
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.boards_due(at timestamptz default now()) returns boolean
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from app_private.score_changes)
    or exists (
      select from app_private.boards b
        where b.changed_at >= b.refreshed_at or b.starts_on < app_private.score_period(b.kind, boards_due.at)
    );
$$;
comment on function app_private.boards_due(timestamptz) is
  'Whether a leaderboard has changed since it was refreshed, or shows a period that is over.';
revoke all on function app_private.boards_due(timestamptz) from public;
grant execute on function app_private.boards_due(timestamptz) to autobench_worker;
