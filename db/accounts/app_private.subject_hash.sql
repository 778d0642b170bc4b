-- erase_account(), ensure_account() -> [app_private.subject_hash()] -> app_private.erased_subjects
create or replace function app_private.subject_hash(issuer text, subject text) returns bytea
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(issuer || E'\n' || subject, 'UTF8'));
$$;
comment on function app_private.subject_hash(text, text) is 'What is kept of a person who was forgotten.';
revoke all on function app_private.subject_hash(text, text) from public;
