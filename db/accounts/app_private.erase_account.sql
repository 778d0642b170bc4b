-- erase_me(), forget_subject() -> [app_private.erase_account()] -> app_public.users, app_private.erased_subjects
create or replace function app_private.erase_account(user_id uuid, at timestamptz default now()) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account app_private.accounts;
begin
  select * into v_account from app_private.accounts a where a.user_id = erase_account.user_id;
  if not found then
    return false;
  end if;
  perform app_private.lock_subject(v_account.issuer, v_account.subject);
  insert into app_private.erased_subjects as e (subject_hash, erased_at)
    values (app_private.subject_hash(v_account.issuer, v_account.subject), erase_account.at)
    on conflict on constraint erased_subjects_pkey do update set erased_at = greatest(e.erased_at, excluded.erased_at);
  -- In the order in which those who judge and pay take their locks: battles, answers, points, and the member's row last.
  perform from app_public.battles b
    where b.challenger_id = erase_account.user_id or b.opponent_id = erase_account.user_id
    order by b.id
    for update;
  perform app_private.erase_answers(erase_account.user_id);
  perform app_private.lock_points(array[erase_account.user_id]);
  delete from app_public.users u where u.id = erase_account.user_id;
  return found;
end;
$$;
comment on function app_private.erase_account(uuid, timestamptz) is
  'Forgets a member: profile and account go, a hash stays so that an old token does not bring them back. Errors: TB091.';
revoke all on function app_private.erase_account(uuid, timestamptz) from public;
