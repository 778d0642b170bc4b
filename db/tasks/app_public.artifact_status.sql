-- [app_public.artifact_status] -> app_public.artifacts
do $$
begin
  create type app_public.artifact_status as enum ('queued', 'running', 'rendered', 'skipped', 'failed');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.artifact_status is
  'How far a picture is. Skipped: there was no browser, which says nothing about the page.';
revoke all on type app_public.artifact_status from public;
grant usage on type app_public.artifact_status to autobench_anon, autobench_member;
