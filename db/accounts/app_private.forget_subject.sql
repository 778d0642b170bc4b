-- accept_webhook() -> [app_private.forget_subject()] -> app_private.erase_account()
create or replace function app_private.forget_subject(issuer text, subject text, at timestamptz default now())
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid;
begin
  perform app_private.lock_subject(forget_subject.issuer, forget_subject.subject);
  select a.user_id into v_user_id
    from app_private.accounts a
    where a.issuer = forget_subject.issuer and a.subject = forget_subject.subject;
  if found then
    return app_private.erase_account(v_user_id, forget_subject.at);
  end if;
  -- Messages come in any order: one from before, still under way, must not make the account of somebody who is gone.
  insert into app_private.erased_subjects as e (subject_hash, erased_at)
    values (app_private.subject_hash(forget_subject.issuer, forget_subject.subject), forget_subject.at)
    on conflict on constraint erased_subjects_pkey do update set erased_at = greatest(e.erased_at, excluded.erased_at);
  return false;
end;
$$;
comment on function app_private.forget_subject(text, text, timestamptz) is
  'Forgets the member whom the identity provider has deleted; says whether there was one.';
revoke all on function app_private.forget_subject(text, text, timestamptz) from public;
