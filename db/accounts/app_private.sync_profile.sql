-- accept_webhook() -> [app_private.sync_profile()] -> app_public.users, app_private.accounts
create or replace function app_private.sync_profile(issuer text, subject text, claims jsonb, changed_at timestamptz)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_profile jsonb := app_private.provider_profile(sync_profile.claims)
    || jsonb_build_object('changed_at', extract(epoch from sync_profile.changed_at));
  v_before jsonb;
  v_account app_private.accounts;
  v_erased_at timestamptz;
begin
  perform app_private.lock_subject(sync_profile.issuer, sync_profile.subject);
  select * into v_account
    from app_private.accounts a
    where a.issuer = sync_profile.issuer and a.subject = sync_profile.subject;
  select e.erased_at into v_erased_at
    from app_private.erased_subjects e
    where e.subject_hash = app_private.subject_hash(sync_profile.issuer, sync_profile.subject);
  if v_erased_at >= sync_profile.changed_at or (v_erased_at is not null and v_account.user_id is null) then
    return false; -- only a new sign-in brings back somebody who asked to be forgotten
  elsif v_account.user_id is null then
    v_account := app_private.ensure_account(sync_profile.issuer, sync_profile.subject, v_profile, sync_profile.changed_at);
    return true;
  end if;
  select a.provider_profile into v_before from app_private.accounts a where a.user_id = v_account.user_id for update;
  if (v_before ->> 'changed_at')::numeric > (v_profile ->> 'changed_at')::numeric then
    return false; -- an older message that arrives late
  end if;

  -- A field that still is what the provider said last (or was never filled) was not edited by the member.
  update app_public.users u
    set full_name = v.full_name, avatar_url = v.avatar_url
    from (
      select
          case
            when o.full_name is not distinct from v_before ->> 'full_name' then v_profile ->> 'full_name'
            else o.full_name
          end,
          case
            when o.avatar_url is not distinct from v_before ->> 'avatar_url' then v_profile ->> 'avatar_url'
            else o.avatar_url
          end
        from app_public.users o
        where o.id = v_account.user_id
    ) v (full_name, avatar_url)
    where u.id = v_account.user_id
      and (u.full_name is distinct from v.full_name or u.avatar_url is distinct from v.avatar_url);
  begin
    update app_public.users u
      set username = v_profile ->> 'username'
      where u.id = v_account.user_id
        and v_profile ? 'username'
        and u.username collate "C" <> v_profile ->> 'username'
        and (u.username collate "C" = v_before ->> 'username' or u.username collate "C" ~ '^member_[0-9a-f]{12}$');
  exception when unique_violation then
    null; -- somebody else has that name: theirs stays, and so does this one's
  end;
  update app_private.accounts a
    set email = v_profile ->> 'email', provider_profile = v_profile
    where a.user_id = v_account.user_id;
  return true;
end;
$$;
comment on function app_private.sync_profile(text, text, jsonb, timestamptz) is
  'Takes over what the identity provider says of a person, save what the member edited here; says whether it did.';
revoke all on function app_private.sync_profile(text, text, jsonb, timestamptz) from public;
