-- generate_daily_tasks -> [app_private.similar_task()] -> app_public.tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.similar_task(title text, prompt_text text, day date)
returns table (task_id uuid, similar_title text, similarity real)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  -- Sixty days hold a few hundred rows: they are compared one by one.
  select t.id, t.title,
      greatest(
        extensions.similarity(t.prompt_text, similar_task.prompt_text),
        case when lower(t.title) = lower(similar_task.title) then 1 else 0 end
      )::real
    from app_public.tasks t
    where t.challenge_date between similar_task.day - 60 and similar_task.day and t.status <> 'pending'
    order by 3 desc
    limit 1;
$$;
comment on function app_private.similar_task(text, text, date) is
  'The task of the last sixty days that is most like a new one, by trigrams; the same title counts as the same.';
revoke all on function app_private.similar_task(text, text, date) from public;
grant execute on function app_private.similar_task(text, text, date) to autobench_worker;
