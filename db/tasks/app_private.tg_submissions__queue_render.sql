-- app_public.submissions -> [app_private.tg_submissions__queue_render()] -> app_private.queue_render() -> render_artifact
create or replace function app_private.tg_submissions__queue_render() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.queue_render(new);
  return null;
end;
$$;
comment on function app_private.tg_submissions__queue_render() is 'Asks for the picture of a page as soon as there is one.';
revoke all on function app_private.tg_submissions__queue_render() from public;

create or replace trigger _300_queue_render_insert after insert on app_public.submissions
  for each row when (new.status = 'succeeded') execute function app_private.tg_submissions__queue_render();
create or replace trigger _300_queue_render_update after update on app_public.submissions
  for each row when (new.status = 'succeeded' and old.status is distinct from new.status)
  execute function app_private.tg_submissions__queue_render();
