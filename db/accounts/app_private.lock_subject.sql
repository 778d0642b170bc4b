-- ensure_account(), sync_profile(), erase_account(), forget_subject() -> [app_private.lock_subject()] -> pg_advisory_xact_lock
create or replace function app_private.lock_subject(issuer text, subject text) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select pg_advisory_xact_lock(hashtextextended(issuer || E'\n' || subject, 0));
$$;
comment on function app_private.lock_subject(text, text) is
  'Makes what happens to one person of an identity provider happen one after the other, until the transaction ends.';
revoke all on function app_private.lock_subject(text, text) from public;
