-- sharedProgress (GraphQL) -> [app_public.shared_progress()] -> app_private.read_share()
-- Definer: whoever has the token sees the card, and nobody else.
create or replace function app_public.shared_progress(token text) returns jsonb
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.read_share(shared_progress.token);
$$;
comment on function app_public.shared_progress(text) is
  'The card behind a link: username, points, solved, streak, longest_streak, badge, achievements, shared_at, expires_at. Null once it has expired.';
revoke all on function app_public.shared_progress(text) from public;
grant execute on function app_public.shared_progress(text) to autobench_anon, autobench_member;
