-- close_task() -> app_public.submissions -> [app_private.tg_submissions__reveal_artifact()] -> app_public.artifacts.revealed_at
create or replace function app_private.tg_submissions__reveal_artifact() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_public.artifacts a set revealed_at = new.revealed_at where a.submission_id = new.id;
  return null;
end;
$$;
comment on function app_private.tg_submissions__reveal_artifact() is 'Seals and reveals a picture together with its submission.';
revoke all on function app_private.tg_submissions__reveal_artifact() from public;

create or replace trigger _310_reveal_artifact after update on app_public.submissions
  for each row when (old.revealed_at is distinct from new.revealed_at)
  execute function app_private.tg_submissions__reveal_artifact();
