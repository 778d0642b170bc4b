-- app_public.erase_me() -> [app_private.erased_subjects] -> app_private.ensure_account()
create table if not exists app_private.erased_subjects (
  subject_hash  bytea constraint erased_subjects_pkey primary key,
  erased_at     timestamptz not null,
  constraint erased_subjects_hash_form check (octet_length(subject_hash) = 32)
);
create index if not exists erased_subjects_erased_at_idx on app_private.erased_subjects (erased_at);

call app_private.reset_access('app_private.erased_subjects');
-- No policy and no grant: only the functions around accounts look here.

comment on table app_private.erased_subjects is
  'People who were forgotten, as hashes: a token from before, or a late webhook, does not bring them back.';
comment on column app_private.erased_subjects.subject_hash is 'SHA-256 of issuer and subject.';
comment on column app_private.erased_subjects.erased_at is 'When they were forgotten.';
