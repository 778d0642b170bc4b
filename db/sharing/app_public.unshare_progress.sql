-- unshareProgress (GraphQL) -> [app_public.unshare_progress()] -> app_private.shareable_progress
-- Definer: members may take their cards back without being able to see tokens.
create or replace function app_public.unshare_progress() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_taken integer;
begin
  delete from app_private.shareable_progress s where s.user_id = v_user_id;
  get diagnostics v_taken = row_count;
  return v_taken;
end;
$$;
comment on function app_public.unshare_progress() is
  E'@resultFieldName cards\nTakes back every card of the signed-in member; says how many there were. Errors: TB001, TB002.';
revoke all on function app_public.unshare_progress() from public;
grant execute on function app_public.unshare_progress() to autobench_member;
