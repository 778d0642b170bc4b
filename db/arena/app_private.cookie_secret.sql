-- server/voter.ts -> [app_private.cookie_secret()] -> app_private.cookie_secrets
-- Definer: the server's login may know what it signs cookies with, and nothing else of the table.
create or replace function app_private.cookie_secret(purpose text) returns bytea
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_secret bytea;
begin
  insert into app_private.cookie_secrets (purpose) values (cookie_secret.purpose)
    on conflict on constraint cookie_secrets_pkey do nothing;
  select s.secret into strict v_secret from app_private.cookie_secrets s where s.purpose = cookie_secret.purpose;
  return v_secret;
end;
$$;
comment on function app_private.cookie_secret(text) is 'What a cookie is signed with, made when it is first asked for.';
revoke all on function app_private.cookie_secret(text) from public;
grant execute on function app_private.cookie_secret(text) to autobench_server;
