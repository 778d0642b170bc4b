-- accept_webhook() -> [app_private.forget_subject()] -> app_private.erase_account()
create or replace function app_private.forget_subject(issuer text, subject text, at timestamptz default now())
returns boolean
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (
      select app_private.erase_account(a.user_id, forget_subject.at)
        from app_private.accounts a
        where a.issuer = forget_subject.issuer and a.subject = forget_subject.subject
    ),
    false
  );
$$;
comment on function app_private.forget_subject(text, text, timestamptz) is
  'Forgets the member whom the identity provider has deleted; says whether there was one.';
revoke all on function app_private.forget_subject(text, text, timestamptz) from public;
