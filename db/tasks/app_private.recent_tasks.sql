-- generate_daily_tasks -> [app_private.recent_tasks()] -> app_public.tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.recent_tasks(day date)
returns table (challenge_date date, theme text, title text)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.challenge_date, t.theme, t.title
    from app_public.tasks t
    where t.challenge_date between recent_tasks.day - 60 and recent_tasks.day and t.status <> 'pending'
    order by t.challenge_date, t.slot;
$$;
comment on function app_private.recent_tasks(date) is 'Themes and titles of the last sixty days, for the writer to stay away from.';
revoke all on function app_private.recent_tasks(date) from public;
grant execute on function app_private.recent_tasks(date) to autobench_worker;
