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
begin
  if exists (
    select from app_private.erased_subjects e
      where e.subject_hash = app_private.subject_hash(sync_profile.issuer, sync_profile.subject)
  ) and not exists (
    select from app_private.accounts a where a.issuer = sync_profile.issuer and a.subject = sync_profile.subject
  ) then
    return false; -- only a new sign-in brings back somebody who asked to be forgotten
  end if;
  v_account := app_private.ensure_account(sync_profile.issuer, sync_profile.subject, v_profile, sync_profile.changed_at);
  select a.provider_profile into v_before from app_private.accounts a where a.user_id = v_account.user_id for update;
  if (v_before ->> 'changed_at')::numeric > (v_profile ->> 'changed_at')::numeric then
    return false; -- an older message that arrives late
  end if;

  -- A field that still is what the provider said last (or was never filled) was not edited by the member.
  update app_public.users u
    set full_name = case
          when u.full_name is not distinct from v_before ->> 'full_name' then v_profile ->> 'full_name'
          else u.full_name
        end,
        avatar_url = case
          when u.avatar_url is not distinct from v_before ->> 'avatar_url' then v_profile ->> 'avatar_url'
          else u.avatar_url
        end,
        username = case
          when u.username = v_before ->> 'username'
            and v_profile ? 'username'
            and not exists (
              select from app_public.users o
                where o.username = (v_profile ->> 'username') collate app_public.ci and o.id <> u.id
            ) then v_profile ->> 'username'
          else u.username
        end
    where u.id = v_account.user_id;
  update app_private.accounts a
    set email = v_profile ->> 'email', provider_profile = v_profile
    where a.user_id = v_account.user_id;
  return true;
end;
$$;
comment on function app_private.sync_profile(text, text, jsonb, timestamptz) is
  'Takes over what the identity provider says of a person, save what the member edited here; says whether it did.';
revoke all on function app_private.sync_profile(text, text, jsonb, timestamptz) from public;
