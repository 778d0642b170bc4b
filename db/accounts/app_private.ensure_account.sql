-- sign_in(), sync_profile() -> [app_private.ensure_account()] -> app_public.users, app_private.accounts
create or replace function app_private.ensure_account(
  issuer text,
  subject text,
  profile jsonb,
  known_since timestamptz
) returns app_private.accounts
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account app_private.accounts;
  v_username text := profile ->> 'username';
  v_user_id uuid;
begin
  -- One at a time for each person: two first requests make one account.
  perform app_private.lock_subject(ensure_account.issuer, ensure_account.subject);
  select * into v_account
    from app_private.accounts a
    where a.issuer = ensure_account.issuer and a.subject = ensure_account.subject;
  if found then
    return v_account;
  end if;
  if exists (
    select from app_private.erased_subjects e
      where e.subject_hash = app_private.subject_hash(ensure_account.issuer, ensure_account.subject)
        and e.erased_at >= ensure_account.known_since
  ) then
    raise exception 'This account was erased.'
      using errcode = 'TB003', hint = 'Sign in anew to begin a fresh one.';
  end if;

  for v_try in 1..5 loop
    insert into app_public.users as u (username, full_name, avatar_url)
      values (
        coalesce(v_username, 'member_' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)),
        profile ->> 'full_name',
        profile ->> 'avatar_url'
      )
      on conflict on constraint users_username_unique do nothing
      returning u.id into v_user_id;
    exit when v_user_id is not null;
    v_username := null; -- taken: a made-up one, which they may change
  end loop;
  insert into app_private.accounts as a (user_id, issuer, subject, email, provider_profile)
    values (v_user_id, ensure_account.issuer, ensure_account.subject, profile ->> 'email', profile)
    returning * into v_account;
  return v_account;
end;
$$;
comment on function app_private.ensure_account(text, text, jsonb, timestamptz) is
  'The account of a subject, made on first sight. Whoever was erased after `known_since` stays forgotten. Errors: TB003.';
revoke all on function app_private.ensure_account(text, text, jsonb, timestamptz) from public;
