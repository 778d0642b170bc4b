-- refresh_leaderboards -> [app_private.board_work()] -> app_private.refresh_leaderboards(), app_private.refresh_pairing()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.board_work(at timestamptz default now(), out has_closed boolean, out has_voted boolean)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
      select from app_public.tasks t
        where not t.is_showcase and t.status = 'dispatched' and t.closes_at <= board_work.at
          and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
          and exists (select from app_private.matches m where m.task_id = t.id)
    ) or app_private.is_refold_due(),
    exists (
      select from app_public.votes v
        where v.created_at > coalesce((select min(s.fitted_at) from app_private.pairing_strengths s), '-infinity') - interval '1 minute'
    );
$$;
comment on function app_private.board_work(timestamptz) is
  'Whether a task has closed, or votes were judged anew, since boards were last published; and whether somebody has voted since pairs were last weighed.';
revoke all on function app_private.board_work(timestamptz) from public;
grant execute on function app_private.board_work(timestamptz) to autobench_worker;
