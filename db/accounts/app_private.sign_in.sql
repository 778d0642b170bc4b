-- Authorization header -> server/identity -> [app_private.sign_in()] -> app_private.accounts
-- Definer: the server's login may sign somebody in without being able to read accounts.
create or replace function app_private.sign_in(
  issuer text,
  subject text,
  claims jsonb default '{}',
  at timestamptz default now(),
  out user_id uuid,
  out role text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account app_private.accounts;
  v_issued_at timestamptz := sign_in.at;
begin
  if coalesce(char_length(sign_in.issuer), 0) not between 1 and 500
    or coalesce(char_length(sign_in.subject), 0) not between 1 and 255
  then
    raise exception 'The token does not say who you are.'
      using errcode = 'TB005', hint = 'Get a new token from the identity provider.';
  end if;
  select * into v_account
    from app_private.accounts a
    where a.issuer = sign_in.issuer and a.subject = sign_in.subject;
  if not found then
    if jsonb_typeof(sign_in.claims -> 'iat') = 'number' and abs((sign_in.claims ->> 'iat')::numeric) < 1e11 then
      v_issued_at := to_timestamp((sign_in.claims ->> 'iat')::double precision);
    end if;
    v_account := app_private.ensure_account(
      sign_in.issuer,
      sign_in.subject,
      app_private.provider_profile(coalesce(sign_in.claims, '{}')),
      v_issued_at
    );
  end if;
  if v_account.banned_at is not null then
    raise exception 'This account is suspended.'
      using errcode = 'TB002', hint = 'Write to the people who run this site.';
  end if;
  user_id := v_account.user_id;
  role := v_account.role;
end;
$$;
comment on function app_private.sign_in(text, text, jsonb, timestamptz) is
  'Says who the subject of a verified token is here, making the account on first sight. Errors: TB002, TB003, TB005.';
revoke all on function app_private.sign_in(text, text, jsonb, timestamptz) from public;
grant execute on function app_private.sign_in(text, text, jsonb, timestamptz) to autobench_server;
