-- generate_daily_tasks -> [app_private.record_task()] -> app_public.tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_task(
  id uuid,
  title text,
  theme text,
  prompt_text text,
  metadata jsonb,
  at timestamptz default now()
) returns boolean
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_public.tasks t
    set status = 'generated', title = record_task.title, theme = record_task.theme,
      prompt_text = record_task.prompt_text, prompt_metadata = record_task.metadata, generated_at = record_task.at
    where t.id = record_task.id and t.status = 'pending';
  return found; -- false: somebody was faster, and their text stays
end;
$$;
comment on function app_private.record_task(uuid, text, text, text, jsonb, timestamptz) is
  'Writes a pending task''s text; says whether it did, or another run had.';
revoke all on function app_private.record_task(uuid, text, text, text, jsonb, timestamptz) from public;
grant execute on function app_private.record_task(uuid, text, text, text, jsonb, timestamptz) to autobench_worker;
