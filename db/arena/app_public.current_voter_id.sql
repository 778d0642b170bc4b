-- server (app.user_id or app.visitor of the request) -> [app_public.current_voter_id()] -> the policies of ballots and votes
-- Definer: voters stand in a private table.
create or replace function app_public.current_voter_id() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case
    when app_public.current_user_id() is not null then
      (select v.id from app_private.voters v where v.user_id = app_public.current_user_id())
    when current_setting('app.visitor', true) <> '' then
      (select v.id from app_private.voters v where v.visitor_hash = sha256(convert_to(current_setting('app.visitor'), 'UTF8')))
  end;
$$;
comment on function app_public.current_voter_id() is
  E'@behavior -queryField\nWho is voting: the member, or else the visitor whose cookie the server has checked; null before their first ballot.';
revoke all on function app_public.current_voter_id() from public;
grant execute on function app_public.current_voter_id() to autobench_anon, autobench_member;
