-- draw_ballot() -> [app_private.ensure_voter()] -> app_private.voters
create or replace function app_private.ensure_voter() returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_voter_id bigint := app_public.current_voter_id();
begin
  if v_voter_id is not null then
    return v_voter_id;
  elsif app_public.current_user_id() is not null then
    insert into app_private.voters (user_id) values (app_public.current_user_id())
      on conflict on constraint voters_one_per_member do nothing
      returning id into v_voter_id;
  elsif current_setting('app.visitor', true) <> '' then
    insert into app_private.voters (visitor_hash) values (sha256(convert_to(current_setting('app.visitor'), 'UTF8')))
      on conflict on constraint voters_one_per_visitor do nothing
      returning id into v_voter_id;
  else
    raise exception 'Nobody knows who is voting.'
      using errcode = 'TB078', hint = 'Allow this site''s cookie, or sign in.';
  end if;
  -- Who was made by another request meanwhile is only looked up: a row that is locked here, before the voter's advisory lock, would
  -- be waited for by a draw or an exclusion that holds that lock and is waited for here.
  return coalesce(v_voter_id, app_public.current_voter_id());
end;
$$;
comment on function app_private.ensure_voter() is 'The voter of a request, made on first sight. Errors: TB078.';
revoke all on function app_private.ensure_voter() from public;
