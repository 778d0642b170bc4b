-- server (verified token) -> app_private.sign_in() -> [app_private.accounts] -> app_operations.accounts
create table if not exists app_private.accounts (
  user_id           uuid constraint accounts_pkey primary key,
  issuer            text not null,
  subject           text not null,
  email             text collate app_public.ci,
  role              text not null default 'member',
  provider_profile  jsonb not null default '{}',
  banned_at         timestamptz,
  ban_reason        text,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint accounts_user foreign key (user_id) references app_public.users on delete cascade,
  constraint accounts_one_per_subject unique (issuer, subject),
  constraint accounts_issuer_form check (char_length(issuer) between 1 and 500),
  constraint accounts_subject_form check (char_length(subject) between 1 and 255),
  constraint accounts_email_form check (char_length(email) <= 320 and email collate "C" ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  constraint accounts_role_known check (role in ('member', 'operator')),
  constraint accounts_ban_has_reason check ((banned_at is null) = (ban_reason is null))
);

call app_private.reset_access('app_private.accounts');
create policy select_all on app_private.accounts for select to autobench_operator
  using (true);
grant select (user_id, role, banned_at, ban_reason, created_at) on app_private.accounts to autobench_operator;
-- No grant on issuer, subject, email and provider_profile: who somebody is to the identity provider stays here.
-- No write: sign_in(), sync_profile() and ban_user() are the doors; the role is set in SQL by a DBA.

create or replace trigger _100_timestamps before insert or update on app_private.accounts
  for each row execute function app_private.tg__timestamps();

comment on table app_private.accounts is 'Who a member is to their identity provider, and what they may do here.';
comment on column app_private.accounts.user_id is 'The member.';
comment on column app_private.accounts.issuer is 'Issuer of the tokens that sign this account in.';
comment on column app_private.accounts.subject is 'The issuer''s name for the person: text, never a uuid.';
comment on column app_private.accounts.email is 'Address as the provider tells it; it never leaves this table, save to its owner.';
comment on column app_private.accounts.role is 'member or operator; set in SQL, never from a claim.';
comment on column app_private.accounts.provider_profile is
  'What the provider last said of the profile: a field that still equals it was never edited here.';
comment on column app_private.accounts.banned_at is 'Since when the account is suspended, if it is.';
comment on column app_private.accounts.ban_reason is 'Why it is suspended.';
comment on column app_private.accounts.created_at is 'When the account was first seen.';
comment on column app_private.accounts.updated_at is 'When the account last changed.';
