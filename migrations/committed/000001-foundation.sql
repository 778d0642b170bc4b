--! Previous: -
--! Hash: sha1:438e25e239ec12947c4285723f69b3cf91bb4899
--! Message: foundation

--! split: 1-current.sql
--! Included manifest.sql
-- migrations/current, tests -> [db/manifest.sql] -> every SQL file of db/
-- The load order of an empty database. A file stands after what it needs at creation; the rest is late bound.
--! Included lib/schemas.sql
-- db/roles.sql -> [schemas] -> everything else in db/
create schema if not exists app_public;
create schema if not exists app_private;
create schema if not exists app_operations;
comment on schema app_public is 'The API: what visitors and members may see and do.';
comment on schema app_private is 'Everything that no caller of the API may see.';
comment on schema app_operations is 'What operators may see and do, through their own endpoint.';

revoke all on schema app_public, app_private, app_operations from public;
grant usage on schema app_public to autobench_anon, autobench_member, autobench_operator;
grant usage on schema app_operations to autobench_operator;
-- The worker and the server call functions by name; an operator's views read a few columns of private tables.
grant usage on schema app_private to autobench_worker, autobench_server, autobench_operator;

-- Global on purpose: the form "in schema x" cannot take away what public gets by default.
alter default privileges revoke execute on functions from public;
alter default privileges revoke usage on types from public;
--! EndIncluded lib/schemas.sql
--! Included lib/app_public.ci.sql
-- [app_public.ci] -> app_public.users.username, app_private.accounts.email
do $$
begin
  create collation app_public.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
exception when duplicate_object then
  null; -- made before: a collation cannot be replaced
end;
$$;
comment on collation app_public.ci is 'Compares text without regard to case: Ada equals ada.';
--! EndIncluded lib/app_public.ci.sql
--! Included lib/app_private.reset_access.sql
-- every table's file -> [app_private.reset_access()] -> its policies and grants, stated anew below the call
create or replace procedure app_private.reset_access(target regclass)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_policy name;
begin
  execute format('alter table %s enable row level security', target);
  for v_policy in select polname from pg_policy where polrelid = target loop
    execute format('drop policy %I on %s', v_policy, target);
  end loop;
  execute format(
    'revoke all on %s from public, autobench_anon, autobench_member, autobench_operator, autobench_server, autobench_operations, autobench_worker',
    target
  );
end;
$$;
comment on procedure app_private.reset_access(regclass) is
  'Turns row-level security on and drops every policy and grant of a table, so that its file can state them whole.';
revoke all on procedure app_private.reset_access(regclass) from public;
--! EndIncluded lib/app_private.reset_access.sql
--! Included lib/app_private.tg__timestamps.sql
-- insert, update -> [app_private.tg__timestamps()] -> created_at, updated_at of any table
create or replace function app_private.tg__timestamps() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    new.created_at := old.created_at;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  return new;
end;
$$;
comment on function app_private.tg__timestamps() is 'Keeps created_at as it was and moves updated_at forward.';
revoke all on function app_private.tg__timestamps() from public;
--! EndIncluded lib/app_private.tg__timestamps.sql
--! Included lib/app_private.rate_limits.sql
-- app_private.take_rate() -> [app_private.rate_limits] -> app_private.purge_batch()
-- Unlogged: after a crash everybody starts with an empty window, which is no harm and saves the log's writes.
create unlogged table if not exists app_private.rate_limits (
  bucket            text not null,
  caller            text not null,
  window_starts_at  timestamptz not null,
  used              integer not null constraint rate_limits_used_positive check (used > 0),
  constraint rate_limits_pkey primary key (bucket, caller)
);
create index if not exists rate_limits_window_starts_at_idx on app_private.rate_limits (window_starts_at);

call app_private.reset_access('app_private.rate_limits');
-- No policy and no grant: take_rate() is the only door.

comment on table app_private.rate_limits is 'How much each caller has used of each limited thing in the running window.';
comment on column app_private.rate_limits.bucket is 'What is limited.';
comment on column app_private.rate_limits.caller is 'Who is limited: a member''s id, or a keyed hash of a network.';
comment on column app_private.rate_limits.window_starts_at is 'When the running window began.';
comment on column app_private.rate_limits.used is 'How many were taken since then.';
--! EndIncluded lib/app_private.rate_limits.sql
--! Included lib/app_private.take_rate.sql
-- tg_users__limit_updates() -> [app_private.take_rate()] -> app_private.rate_limits
create or replace function app_private.take_rate(
  bucket text,
  caller text,
  most integer,
  per interval,
  at timestamptz default clock_timestamp()
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_resets_at timestamptz;
begin
  -- One statement, so that parallel requests cannot all read the same count and pass together.
  insert into app_private.rate_limits as r (bucket, caller, window_starts_at, used)
    values (take_rate.bucket, take_rate.caller, take_rate.at, 1)
    on conflict on constraint rate_limits_pkey do update
      set used = case when r.window_starts_at <= take_rate.at - take_rate.per then 1 else r.used + 1 end,
          window_starts_at = case
            when r.window_starts_at <= take_rate.at - take_rate.per then take_rate.at
            else r.window_starts_at
          end
      where r.window_starts_at <= take_rate.at - take_rate.per or r.used < take_rate.most;
  if not found then
    select r.window_starts_at + take_rate.per into v_resets_at
      from app_private.rate_limits r
      where r.bucket = take_rate.bucket and r.caller = take_rate.caller;
    raise exception 'That was too often.'
      using errcode = 'TB006',
        hint = format('Try again after %s.', to_char(v_resets_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS "UTC"'));
  end if;
end;
$$;
comment on function app_private.take_rate(text, text, integer, interval, timestamptz) is
  'Takes one from a caller''s allowance of `most` per window, or refuses. Errors: TB006.';
revoke all on function app_private.take_rate(text, text, integer, interval, timestamptz) from public;
--! EndIncluded lib/app_private.take_rate.sql

--! Included accounts/app_public.current_user_id.sql
-- server (app.user_id of the request) -> [app_public.current_user_id()] -> every policy
create or replace function app_public.current_user_id() returns uuid
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select nullif(current_setting('app.user_id', true), '')::uuid;
$$;
comment on function app_public.current_user_id() is
  E'@behavior -queryField\nWho is asking: the signed-in member''s id, or null.';
revoke all on function app_public.current_user_id() from public;
grant execute on function app_public.current_user_id() to autobench_anon, autobench_member;
--! EndIncluded accounts/app_public.current_user_id.sql
--! Included accounts/app_public.users.sql
-- updateUser (GraphQL) -> [app_public.users] -> app_public.me(), tg_users__notify() -> meChanged
create table if not exists app_public.users (
  id          uuid constraint users_pkey primary key default gen_random_uuid(),
  username    text collate app_public.ci not null,
  full_name   text,
  avatar_url  text,
  time_zone   text not null default 'UTC',
  is_listed   boolean not null default true,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  constraint users_username_unique unique (username),
  constraint users_username_form check (username collate "C" ~ '^[A-Za-z][A-Za-z0-9_]{2,29}$'),
  constraint users_full_name_form check (char_length(full_name) between 1 and 80 and full_name !~ '[[:cntrl:]]'),
  constraint users_avatar_url_form check (char_length(avatar_url) <= 500 and avatar_url ~ '^https://[^[:space:]"''<>]+$')
);

call app_private.reset_access('app_public.users');
create policy select_listed on app_public.users for select to autobench_anon
  using (is_listed);
create policy select_listed_or_own on app_public.users for select to autobench_member
  using (is_listed or id = (select app_public.current_user_id()));
create policy select_all on app_public.users for select to autobench_operator
  using (true);
create policy update_own on app_public.users for update to autobench_member
  using (id = (select app_public.current_user_id()))
  with check (id = (select app_public.current_user_id()));
grant select on app_public.users to autobench_anon, autobench_member;
grant update (username, full_name, avatar_url, is_listed) on app_public.users to autobench_member;
-- No insert: sign_in() makes a member. No delete: erase_me(). No update of time_zone: set_time_zone() dates the change.

create or replace trigger _100_timestamps before insert or update on app_public.users
  for each row execute function app_private.tg__timestamps();

comment on table app_public.users is E'@behavior +resource:update\nThe public profile of somebody who takes part.';
comment on column app_public.users.id is 'Identity of the member.';
comment on column app_public.users.username is 'Public name, unique whatever its case.';
comment on column app_public.users.full_name is 'Name as the member writes it, if they give one.';
comment on column app_public.users.avatar_url is 'Address of a picture, if they give one.';
comment on column app_public.users.time_zone is 'Zone in which the member''s days begin and end, changed by setTimeZone.';
comment on column app_public.users.is_listed is 'Whether others may see the profile and find it on leaderboards.';
comment on column app_public.users.created_at is 'When the member joined.';
comment on column app_public.users.updated_at is 'When the profile last changed.';
comment on constraint users_username_unique on app_public.users is
  E'@behavior -resource:update\n@error TB010\nThis username is taken.\nHint: Choose another one.';
comment on constraint users_username_form on app_public.users is
  E'@error TB011\nA username begins with a letter and has 3 to 30 letters, digits or underscores.\nHint: Choose another one.';
comment on constraint users_full_name_form on app_public.users is
  E'@error TB012\nA full name has 1 to 80 characters on one line.\nHint: Shorten it, or leave it out.';
comment on constraint users_avatar_url_form on app_public.users is
  E'@error TB013\nA picture is given by an https address of at most 500 characters.\nHint: Correct the address, or leave it out.';
--! EndIncluded accounts/app_public.users.sql
--! Included accounts/app_private.accounts.sql
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
--! EndIncluded accounts/app_private.accounts.sql
--! Included accounts/app_private.time_zone_changes.sql
-- app_public.set_time_zone() -> [app_private.time_zone_changes] -> app_public.export_my_data()
create table if not exists app_private.time_zone_changes (
  user_id     uuid not null,
  changed_at  timestamptz not null,
  time_zone   text not null,
  constraint time_zone_changes_pkey primary key (user_id, changed_at),
  constraint time_zone_changes_user foreign key (user_id) references app_public.users on delete cascade
);

call app_private.reset_access('app_private.time_zone_changes');
-- No policy and no grant: set_time_zone() writes, functions that cut days read.

comment on table app_private.time_zone_changes is
  'When a member changed the zone in which their days are cut; days before a change stay as they were.';
comment on column app_private.time_zone_changes.user_id is 'The member.';
comment on column app_private.time_zone_changes.changed_at is 'From when the zone counts.';
comment on column app_private.time_zone_changes.time_zone is 'The zone.';
--! EndIncluded accounts/app_private.time_zone_changes.sql
--! Included accounts/app_private.erased_subjects.sql
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
--! EndIncluded accounts/app_private.erased_subjects.sql
--! Included accounts/app_private.webhook_messages.sql
-- POST /webhooks/clerk -> [app_private.webhook_messages] -> app_private.purge_batch()
create table if not exists app_private.webhook_messages (
  id           text constraint webhook_messages_pkey primary key,
  received_at  timestamptz not null default now(),
  constraint webhook_messages_id_form check (char_length(id) between 1 and 200)
);
create index if not exists webhook_messages_received_at_idx on app_private.webhook_messages (received_at);

call app_private.reset_access('app_private.webhook_messages');
-- No policy and no grant: accept_webhook() is the only door.

comment on table app_private.webhook_messages is 'Signed messages that were already taken in, so that none counts twice.';
comment on column app_private.webhook_messages.id is 'The sender''s id of the message.';
comment on column app_private.webhook_messages.received_at is 'When it was taken in.';
--! EndIncluded accounts/app_private.webhook_messages.sql
--! Included accounts/app_private.operator_log.sql
-- app_operations functions -> [app_private.operator_log] -> app_operations.operator_log
create table if not exists app_private.operator_log (
  id           bigint generated always as identity constraint operator_log_pkey primary key,
  operator_id  uuid,
  action       text not null,
  subject      text not null,
  reason       text not null,
  at           timestamptz not null default now(),
  constraint operator_log_operator foreign key (operator_id) references app_public.users on delete set null,
  constraint operator_log_reason_given check (char_length(btrim(reason)) between 3 and 1000)
);
create index if not exists operator_log_operator_id_idx on app_private.operator_log (operator_id);

call app_private.reset_access('app_private.operator_log');
create policy select_all on app_private.operator_log for select to autobench_operator
  using (true);
grant select on app_private.operator_log to autobench_operator;
-- No write: log_operator() is the only door, and what was done stays written down.

comment on table app_private.operator_log is 'What operators did by hand, and why.';
comment on column app_private.operator_log.id is 'Identity of the entry.';
comment on column app_private.operator_log.operator_id is 'Who did it; null when it was done in SQL, or the operator has gone.';
comment on column app_private.operator_log.action is 'The function that was called.';
comment on column app_private.operator_log.subject is 'What it was done to.';
comment on column app_private.operator_log.reason is 'Why, in the operator''s words.';
comment on column app_private.operator_log.at is 'When.';
comment on constraint operator_log_reason_given on app_private.operator_log is
  E'@error TB017\nA reason of 3 to 1000 characters is needed.\nHint: Say why, for those who read the log later.';
--! EndIncluded accounts/app_private.operator_log.sql
--! Included accounts/app_private.require_member.sql
-- members' functions -> [app_private.require_member()] -> app_public.current_user_id()
create or replace function app_private.require_member() returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_public.current_user_id();
begin
  if v_user_id is null then
    raise exception 'You are not signed in.'
      using errcode = 'TB001', hint = 'Send an Authorization header with a bearer token.';
  elsif exists (select from app_private.accounts a where a.user_id = v_user_id and a.banned_at is not null) then
    raise exception 'This account is suspended.'
      using errcode = 'TB002', hint = 'Write to the people who run this site.';
  end if;
  return v_user_id;
end;
$$;
comment on function app_private.require_member() is
  'The caller''s id, for functions that only a member in good standing may call. Errors: TB001, TB002.';
revoke all on function app_private.require_member() from public;
--! EndIncluded accounts/app_private.require_member.sql
--! Included accounts/app_private.require_operator.sql
-- app_operations functions -> [app_private.require_operator()] -> app_private.accounts
create or replace function app_private.require_operator() returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
begin
  if not exists (select from app_private.accounts a where a.user_id = v_user_id and a.role = 'operator') then
    raise exception 'Only operators may do this.'
      using errcode = 'TB004', hint = 'An operator is made in SQL: see db/README.md.';
  end if;
  return v_user_id;
end;
$$;
comment on function app_private.require_operator() is
  'The caller''s id, for functions that only an operator may call. Errors: TB001, TB002, TB004.';
revoke all on function app_private.require_operator() from public;
--! EndIncluded accounts/app_private.require_operator.sql
--! Included accounts/app_private.log_operator.sql
-- app_operations functions -> [app_private.log_operator()] -> app_private.operator_log
create or replace function app_private.log_operator(action text, subject text, reason text) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.operator_log (operator_id, action, subject, reason)
    values (app_public.current_user_id(), log_operator.action, log_operator.subject, log_operator.reason);
$$;
comment on function app_private.log_operator(text, text, text) is
  'Writes down what an operator did, in the same transaction. Errors: TB017.';
revoke all on function app_private.log_operator(text, text, text) from public;
--! EndIncluded accounts/app_private.log_operator.sql
--! Included accounts/app_private.tg_users__limit_updates.sql
-- updateUser (GraphQL) -> app_public.users -> [app_private.tg_users__limit_updates()] -> app_private.take_rate()
-- Definer: a member may not touch the rate limits themselves.
create or replace function app_private.tg_users__limit_updates() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_public.current_user_id() is not null then
    perform app_private.require_member();
    perform app_private.take_rate('profile', new.id::text, 30, '1 hour');
  end if;
  return new;
end;
$$;
comment on function app_private.tg_users__limit_updates() is
  'Lets a member in good standing change their profile 30 times an hour. Errors: TB002, TB006.';
revoke all on function app_private.tg_users__limit_updates() from public;

create or replace trigger _200_limit_updates before update on app_public.users
  for each row execute function app_private.tg_users__limit_updates();
--! EndIncluded accounts/app_private.tg_users__limit_updates.sql
--! Included accounts/app_private.tg_users__notify.sql
-- app_public.users -> [app_private.tg_users__notify()] -> meChanged (GraphQL subscription)
create or replace function app_private.tg_users__notify() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The id alone: any session can send a notification, so its receiver reads the row under its own rights.
  perform pg_notify('user:' || new.id, json_build_object('id', new.id)::text);
  return null;
end;
$$;
comment on function app_private.tg_users__notify() is 'Tells a member''s own subscribers that the profile has changed.';
revoke all on function app_private.tg_users__notify() from public;

create or replace trigger _900_notify after update on app_public.users
  for each row when (old is distinct from new) execute function app_private.tg_users__notify();
--! EndIncluded accounts/app_private.tg_users__notify.sql
--! Included accounts/app_private.subject_hash.sql
-- erase_account(), ensure_account() -> [app_private.subject_hash()] -> app_private.erased_subjects
create or replace function app_private.subject_hash(issuer text, subject text) returns bytea
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(issuer || E'\n' || subject, 'UTF8'));
$$;
comment on function app_private.subject_hash(text, text) is 'What is kept of a person who was forgotten.';
revoke all on function app_private.subject_hash(text, text) from public;
--! EndIncluded accounts/app_private.subject_hash.sql
--! Included accounts/app_private.provider_profile.sql
-- claims, webhook -> [app_private.provider_profile()] -> app_private.ensure_account(), app_private.sync_profile()
create or replace function app_private.provider_profile(claims jsonb) returns jsonb
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- What would break a rule of our tables is left out: a provider's odd value must not keep anybody from signing in.
  select jsonb_strip_nulls(jsonb_build_object(
    'username', (
      select left(v.name, 30)
        from (select regexp_replace(coalesce(claims ->> 'username', claims ->> 'preferred_username'), '[^A-Za-z0-9_]', '_', 'g')) v (name)
        where v.name ~ '^[A-Za-z][A-Za-z0-9_]{2,}$'
    ),
    'full_name', (
      select left(v.name, 80)
        from (select btrim(regexp_replace(coalesce(claims ->> 'full_name', claims ->> 'name'), '[[:cntrl:]]', ' ', 'g'))) v (name)
        where v.name <> ''
    ),
    'avatar_url', (
      select v.url
        from (select coalesce(claims ->> 'avatar_url', claims ->> 'picture')) v (url)
        where v.url ~ '^https://[^[:space:]"''<>]+$' and char_length(v.url) <= 500
    ),
    'email', (
      select v.email
        from (select claims ->> 'email') v (email)
        where v.email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and char_length(v.email) <= 320
    )
  ));
$$;
comment on function app_private.provider_profile(jsonb) is
  'The usable part of what a token or webhook says of a person: username, full_name, avatar_url, email.';
revoke all on function app_private.provider_profile(jsonb) from public;
--! EndIncluded accounts/app_private.provider_profile.sql
--! Included accounts/app_private.ensure_account.sql
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
  perform pg_advisory_xact_lock(hashtextextended(ensure_account.issuer || E'\n' || ensure_account.subject, 0));
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
--! EndIncluded accounts/app_private.ensure_account.sql
--! Included accounts/app_private.erase_account.sql
-- erase_me(), forget_subject() -> [app_private.erase_account()] -> app_public.users, app_private.erased_subjects
create or replace function app_private.erase_account(user_id uuid, at timestamptz default now()) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account app_private.accounts;
begin
  select * into v_account from app_private.accounts a where a.user_id = erase_account.user_id for update;
  if not found then
    return false;
  end if;
  insert into app_private.erased_subjects as e (subject_hash, erased_at)
    values (app_private.subject_hash(v_account.issuer, v_account.subject), erase_account.at)
    on conflict on constraint erased_subjects_pkey do update set erased_at = greatest(e.erased_at, excluded.erased_at);
  delete from app_public.users u where u.id = erase_account.user_id;
  return true;
end;
$$;
comment on function app_private.erase_account(uuid, timestamptz) is
  'Forgets a member: profile and account go, a hash stays so that an old token does not bring them back.';
revoke all on function app_private.erase_account(uuid, timestamptz) from public;
--! EndIncluded accounts/app_private.erase_account.sql
--! Included accounts/app_private.sign_in.sql
-- Authorization header -> server/identity -> [app_private.sign_in()] -> app_private.accounts
-- Definer: the server's login may sign somebody in without being able to read accounts.
create or replace function app_private.sign_in(
  issuer text,
  subject text,
  claims jsonb default '{}',
  at timestamptz default now(),
  out user_id uuid,
  out role text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account app_private.accounts;
begin
  if coalesce(sign_in.issuer, '') = '' or coalesce(sign_in.subject, '') = '' or char_length(sign_in.subject) > 255 then
    raise exception 'The token does not say who you are.'
      using errcode = 'TB005', hint = 'Get a new token from the identity provider.';
  end if;
  select * into v_account
    from app_private.accounts a
    where a.issuer = sign_in.issuer and a.subject = sign_in.subject;
  if not found then
    v_account := app_private.ensure_account(
      sign_in.issuer,
      sign_in.subject,
      app_private.provider_profile(sign_in.claims),
      coalesce(to_timestamp((sign_in.claims ->> 'iat')::double precision), sign_in.at)
    );
  end if;
  if v_account.banned_at is not null then
    raise exception 'This account is suspended.'
      using errcode = 'TB002', hint = 'Write to the people who run this site.';
  end if;
  user_id := v_account.user_id;
  role := v_account.role;
end;
$$;
comment on function app_private.sign_in(text, text, jsonb, timestamptz) is
  'Says who the subject of a verified token is here, making the account on first sight. Errors: TB002, TB003, TB005.';
revoke all on function app_private.sign_in(text, text, jsonb, timestamptz) from public;
grant execute on function app_private.sign_in(text, text, jsonb, timestamptz) to autobench_server;
--! EndIncluded accounts/app_private.sign_in.sql
--! Included accounts/app_private.sync_profile.sql
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
--! EndIncluded accounts/app_private.sync_profile.sql
--! Included accounts/app_private.forget_subject.sql
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
--! EndIncluded accounts/app_private.forget_subject.sql
--! Included accounts/app_private.accept_webhook.sql
-- POST /webhooks/clerk (signature checked) -> [app_private.accept_webhook()] -> sync_profile(), forget_subject()
-- Definer: the server's login passes messages on; the message and its effect are one transaction.
create or replace function app_private.accept_webhook(
  message_id text,
  issuer text,
  event jsonb,
  sent_at timestamptz
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subject text := event #>> '{data,id}';
  v_changed_at timestamptz := coalesce(
    to_timestamp((event #>> '{data,updated_at}')::double precision / 1000),
    accept_webhook.sent_at
  );
begin
  insert into app_private.webhook_messages (id) values (accept_webhook.message_id)
    on conflict on constraint webhook_messages_pkey do nothing;
  if not found or coalesce(v_subject, '') = '' then
    return false;
  end if;
  case event ->> 'type'
    when 'user.deleted' then
      return app_private.forget_subject(accept_webhook.issuer, v_subject);
    when 'user.created', 'user.updated' then
      return app_private.sync_profile(
        accept_webhook.issuer,
        v_subject,
        jsonb_build_object(
          'username', event #> '{data,username}',
          'full_name', nullif(concat_ws(' ', event #>> '{data,first_name}', event #>> '{data,last_name}'), ''),
          'avatar_url', event #> '{data,image_url}',
          'email', (
            select a ->> 'email_address'
              from jsonb_array_elements(
                case jsonb_typeof(event #> '{data,email_addresses}') when 'array' then event #> '{data,email_addresses}' else '[]' end
              ) a
              where a ->> 'id' = event #>> '{data,primary_email_address_id}'
          )
        ),
        v_changed_at
      );
    else
      return false; -- a kind of message that does not concern us
  end case;
end;
$$;
comment on function app_private.accept_webhook(text, text, jsonb, timestamptz) is
  'Takes in one signed message of the identity provider, once; says whether it changed anything.';
revoke all on function app_private.accept_webhook(text, text, jsonb, timestamptz) from public;
grant execute on function app_private.accept_webhook(text, text, jsonb, timestamptz) to autobench_server;
--! EndIncluded accounts/app_private.accept_webhook.sql
--! Included accounts/app_public.me.sql
-- me (GraphQL) -> [app_public.me()] -> app_public.users
create or replace function app_public.me() returns app_public.users
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select u.* from app_public.users u where u.id = (select app_public.current_user_id());
$$;
comment on function app_public.me() is 'The signed-in member, or null.';
revoke all on function app_public.me() from public;
grant execute on function app_public.me() to autobench_anon, autobench_member;
--! EndIncluded accounts/app_public.me.sql
--! Included accounts/app_public.set_time_zone.sql
-- setTimeZone (GraphQL) -> [app_public.set_time_zone()] -> app_private.time_zone_changes, app_public.users
-- Definer: a member may not write time_zone directly, so that no change goes undated.
create or replace function app_public.set_time_zone(time_zone text) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_user app_public.users;
  v_last timestamptz;
  v_at timestamptz := now();
begin
  -- Locked first: two changes at once are one after the other, and the second is refused.
  select * into v_user from app_public.users u where u.id = v_user_id for update;
  if v_user.time_zone = set_time_zone.time_zone then
    return v_user;
  end if;
  if set_time_zone.time_zone !~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z_+-]+[0-9]*)+)$'
    or not exists (select from pg_timezone_names z where z.name = set_time_zone.time_zone)
  then
    raise exception 'There is no such time zone.'
      using errcode = 'TB015', hint = 'Use a name of the IANA list, such as Europe/Berlin, or UTC.';
  end if;
  select max(c.changed_at) into v_last from app_private.time_zone_changes c where c.user_id = v_user_id;
  if v_last > v_at - interval '7 days' then
    raise exception 'The time zone can be changed once a week.'
      using errcode = 'TB016',
        hint = format('Try again after %s.', to_char((v_last + interval '7 days') at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"'));
  end if;
  insert into app_private.time_zone_changes (user_id, changed_at, time_zone)
    values (v_user_id, v_at, set_time_zone.time_zone);
  update app_public.users u set time_zone = set_time_zone.time_zone where u.id = v_user_id returning * into v_user;
  return v_user;
end;
$$;
comment on function app_public.set_time_zone(text) is
  E'@resultFieldName user\nChanges the zone in which the signed-in member''s days are cut, once a week. Errors: TB001, TB002, TB015, TB016.';
revoke all on function app_public.set_time_zone(text) from public;
grant execute on function app_public.set_time_zone(text) to autobench_member;
--! EndIncluded accounts/app_public.set_time_zone.sql
--! Included accounts/app_public.export_my_data.sql
-- exportMyData (GraphQL) -> [app_public.export_my_data()] -> every table that holds something of a member
-- Definer: it shows a member their own account, which nobody can read through the API.
create or replace function app_public.export_my_data() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
begin
  return jsonb_build_object(
    'profile', (select to_jsonb(u) from app_public.users u where u.id = v_user_id),
    'account', (select to_jsonb(a) - 'user_id' from app_private.accounts a where a.user_id = v_user_id),
    'time_zone_changes', (
      select coalesce(jsonb_agg(to_jsonb(c) - 'user_id' order by c.changed_at), '[]')
        from app_private.time_zone_changes c
        where c.user_id = v_user_id
    )
  );
end;
$$;
comment on function app_public.export_my_data() is
  'Everything that is kept about the signed-in member, as JSON. Errors: TB001, TB002.';
revoke all on function app_public.export_my_data() from public;
grant execute on function app_public.export_my_data() to autobench_member;
--! EndIncluded accounts/app_public.export_my_data.sql
--! Included accounts/app_public.erase_me.sql
-- eraseMe (GraphQL) -> [app_public.erase_me()] -> app_private.erase_account()
-- Definer: a member may be forgotten without being able to delete rows.
create or replace function app_public.erase_me(username text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
begin
  if not exists (
    select from app_public.users u
      where u.id = v_user_id and u.username = erase_me.username collate app_public.ci
  ) then
    raise exception 'Nothing was erased: that is not your username.'
      using errcode = 'TB014', hint = 'Repeat your own username to confirm. Erasing cannot be undone.';
  end if;
  return app_private.erase_account(v_user_id);
end;
$$;
comment on function app_public.erase_me(text) is
  E'@resultFieldName isErased\nForgets the signed-in member for good; their username, repeated, confirms it. Errors: TB001, TB002, TB014.';
revoke all on function app_public.erase_me(text) from public;
grant execute on function app_public.erase_me(text) to autobench_member;
--! EndIncluded accounts/app_public.erase_me.sql
--! Included accounts/app_operations.accounts.sql
-- app_private.accounts -> [app_operations.accounts] -> accounts (operators' GraphQL)
create or replace view app_operations.accounts with (security_invoker, security_barrier) as
  select a.user_id, a.role, a.banned_at, a.ban_reason, a.created_at
    from app_private.accounts a;

revoke all on app_operations.accounts from public, autobench_operator;
grant select on app_operations.accounts to autobench_operator;

comment on view app_operations.accounts is
  E'@primaryKey user_id\n@foreignKey (user_id) references app_public.users (id)|@fieldName user|@foreignFieldName account|@foreignSimpleFieldName account\nWhat members may do here, without who they are to their identity provider.';
comment on column app_operations.accounts.user_id is E'@notNull\nThe member.';
comment on column app_operations.accounts.role is E'@notNull\nmember or operator.';
comment on column app_operations.accounts.banned_at is 'Since when the account is suspended, if it is.';
comment on column app_operations.accounts.ban_reason is 'Why it is suspended.';
comment on column app_operations.accounts.created_at is E'@notNull\nWhen the account was first seen.';
--! EndIncluded accounts/app_operations.accounts.sql
--! Included accounts/app_operations.operator_log.sql
-- app_private.operator_log -> [app_operations.operator_log] -> operatorLog (operators' GraphQL)
create or replace view app_operations.operator_log with (security_invoker, security_barrier) as
  select l.id, l.operator_id, l.action, l.subject, l.reason, l.at
    from app_private.operator_log l;

revoke all on app_operations.operator_log from public, autobench_operator;
grant select on app_operations.operator_log to autobench_operator;

comment on view app_operations.operator_log is
  E'@primaryKey id\n@foreignKey (operator_id) references app_public.users (id)|@fieldName operator\nWhat operators did by hand, and why.';
comment on column app_operations.operator_log.id is E'@notNull\nIdentity of the entry.';
comment on column app_operations.operator_log.operator_id is 'Who did it, unless it was done in SQL.';
comment on column app_operations.operator_log.action is E'@notNull\nThe function that was called.';
comment on column app_operations.operator_log.subject is E'@notNull\nWhat it was done to.';
comment on column app_operations.operator_log.reason is E'@notNull\nWhy, in the operator''s words.';
comment on column app_operations.operator_log.at is E'@notNull\nWhen.';
--! EndIncluded accounts/app_operations.operator_log.sql
--! Included accounts/app_operations.ban_user.sql
-- banUser (operators' GraphQL) -> [app_operations.ban_user()] -> app_private.accounts, app_private.operator_log
-- Definer: operators may suspend accounts without being able to write them.
create or replace function app_operations.ban_user(user_id uuid, reason text)
returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operator_id uuid := app_private.require_operator();
  v_user app_public.users;
begin
  perform app_private.log_operator('ban_user', ban_user.user_id::text, ban_user.reason);
  update app_private.accounts a
    set banned_at = coalesce(a.banned_at, now()), ban_reason = ban_user.reason
    where a.user_id = ban_user.user_id and a.user_id <> v_operator_id;
  if not found then
    raise exception 'There is no such other member.'
      using errcode = 'TB018', hint = 'Check the id. Nobody can suspend themselves.';
  end if;
  update app_public.users u set is_listed = false where u.id = ban_user.user_id returning * into v_user;
  return v_user;
end;
$$;
comment on function app_operations.ban_user(uuid, text) is
  E'@resultFieldName user\nSuspends a member and hides their profile. Errors: TB001, TB002, TB004, TB017, TB018.';
revoke all on function app_operations.ban_user(uuid, text) from public;
grant execute on function app_operations.ban_user(uuid, text) to autobench_operator;
--! EndIncluded accounts/app_operations.ban_user.sql
--! Included accounts/app_operations.lift_ban.sql
-- liftBan (operators' GraphQL) -> [app_operations.lift_ban()] -> app_private.accounts, app_private.operator_log
-- Definer: operators may lift a suspension without being able to write accounts.
create or replace function app_operations.lift_ban(user_id uuid, reason text) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users;
begin
  perform app_private.require_operator();
  perform app_private.log_operator('lift_ban', lift_ban.user_id::text, lift_ban.reason);
  update app_private.accounts a set banned_at = null, ban_reason = null where a.user_id = lift_ban.user_id;
  if not found then
    raise exception 'There is no such member.' using errcode = 'TB018', hint = 'Check the id.';
  end if;
  select * into v_user from app_public.users u where u.id = lift_ban.user_id;
  return v_user;
end;
$$;
comment on function app_operations.lift_ban(uuid, text) is
  E'@resultFieldName user\nLifts a suspension; the member decides whether to be listed again. Errors: TB001, TB002, TB004, TB017, TB018.';
revoke all on function app_operations.lift_ban(uuid, text) from public;
grant execute on function app_operations.lift_ban(uuid, text) to autobench_operator;
--! EndIncluded accounts/app_operations.lift_ban.sql

--! Included schedule/app_private.workers.sql
-- worker/presence.ts -> app_private.worker_beat() -> [app_private.workers] -> app_operations.workers
create table if not exists app_private.workers (
  id          integer generated always as identity constraint workers_pkey primary key,
  pool_id     text,
  host        text not null,
  process_id  integer not null,
  started_at  timestamptz not null default now(),
  seen_at     timestamptz not null default now(),
  constraint workers_one_per_pool unique (pool_id),
  constraint workers_host_form check (char_length(host) <= 255)
);

call app_private.reset_access('app_private.workers');
create policy select_all on app_private.workers for select to autobench_operator
  using (true);
grant select on app_private.workers to autobench_operator;
-- No write: worker_arrives(), worker_beat() and worker_leaves() are the doors.

comment on table app_private.workers is
  'The workers that are at work. Each holds an advisory lock on its id while its connection lives.';
comment on column app_private.workers.id is 'Identity of the worker, and key of its advisory lock.';
comment on column app_private.workers.pool_id is 'Name under which it locks jobs in the queue.';
comment on column app_private.workers.host is 'Machine that it runs on.';
comment on column app_private.workers.process_id is 'Process that it runs in.';
comment on column app_private.workers.started_at is 'When it arrived.';
comment on column app_private.workers.seen_at is 'When it was last heard of.';
--! EndIncluded schedule/app_private.workers.sql
--! Included schedule/app_private.worker_lock.sql
-- worker_arrives(), worker_beat() -> [app_private.worker_lock()] -> pg_advisory_lock
create or replace function app_private.worker_lock() returns integer
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select 29794; -- 'tb': the class of the workers' advisory locks
$$;
comment on function app_private.worker_lock() is 'The class of the advisory locks that say which worker lives.';
revoke all on function app_private.worker_lock() from public;
--! EndIncluded schedule/app_private.worker_lock.sql
--! Included schedule/app_private.worker_arrives.sql
-- worker/presence.ts -> [app_private.worker_arrives()] -> app_private.workers
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.worker_arrives(id integer, pool_id text, host text, process_id integer)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id integer := worker_arrives.id;
begin
  -- The row and the lock appear together at commit: nobody sees a worker that seems dead because it is not yet locked.
  if v_id is null then
    insert into app_private.workers as w (pool_id, host, process_id)
      values (worker_arrives.pool_id, worker_arrives.host, worker_arrives.process_id)
      returning w.id into v_id;
  else
    -- The connection that held the lock was lost: the same worker takes it anew.
    insert into app_private.workers as w (id, pool_id, host, process_id)
      overriding system value
      values (v_id, worker_arrives.pool_id, worker_arrives.host, worker_arrives.process_id)
      on conflict on constraint workers_pkey do update set seen_at = now();
  end if;
  perform pg_advisory_lock(app_private.worker_lock(), v_id);
  return v_id;
end;
$$;
comment on function app_private.worker_arrives(integer, text, text, integer) is
  'Registers a worker and takes its lock for as long as the calling session lives; returns its id.';
revoke all on function app_private.worker_arrives(integer, text, text, integer) from public;
grant execute on function app_private.worker_arrives(integer, text, text, integer) to autobench_worker;
--! EndIncluded schedule/app_private.worker_arrives.sql
--! Included schedule/app_private.worker_beat.sql
-- worker/presence.ts -> [app_private.worker_beat()] -> app_private.workers, graphile_worker.force_unlock_workers()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.worker_beat(id integer, pool_id text, dead_after interval default '30 seconds')
returns text[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dead text[];
begin
  update app_private.workers w
    set seen_at = clock_timestamp(), pool_id = worker_beat.pool_id
    where w.id = worker_beat.id;
  -- Dead is who was not heard of for a while AND whose lock can be taken: a cut connection alone proves nothing.
  with dead as materialized (
    select w.id, w.pool_id
      from app_private.workers w
      where w.id <> worker_beat.id
        and w.seen_at < clock_timestamp() - worker_beat.dead_after
        and pg_try_advisory_xact_lock(app_private.worker_lock(), w.id)
  ), gone as (
    delete from app_private.workers w using dead where w.id = dead.id returning w.pool_id
  )
  -- With them go locks under a name that no worker bears: of one that was removed by hand, or of an older version.
  select array_agg(s.pool_id) into v_dead
    from (
      select g.pool_id from gone g where g.pool_id is not null
      union
      select j.locked_by
        from graphile_worker.jobs j
        where j.locked_at < clock_timestamp() - worker_beat.dead_after
          and not exists (select from app_private.workers w where w.pool_id = j.locked_by)
    ) s;
  if v_dead is not null then
    perform graphile_worker.force_unlock_workers(v_dead);
  end if;
  return coalesce(v_dead, '{}');
end;
$$;
comment on function app_private.worker_beat(integer, text, interval) is
  'Says that a worker lives, and frees the jobs of those that do not; returns the names of the dead.';
revoke all on function app_private.worker_beat(integer, text, interval) from public;
grant execute on function app_private.worker_beat(integer, text, interval) to autobench_worker;
--! EndIncluded schedule/app_private.worker_beat.sql
--! Included schedule/app_private.worker_leaves.sql
-- worker/presence.ts -> [app_private.worker_leaves()] -> app_private.workers
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.worker_leaves(id integer) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from app_private.workers w where w.id = worker_leaves.id;
$$;
comment on function app_private.worker_leaves(integer) is 'Takes a worker that has stopped off the list.';
revoke all on function app_private.worker_leaves(integer) from public;
grant execute on function app_private.worker_leaves(integer) to autobench_worker;
--! EndIncluded schedule/app_private.worker_leaves.sql
--! Included schedule/app_private.readiness.sql
-- GET /ready -> [app_private.readiness()] -> app_private.workers, graphile_migrate.migrations
-- Definer: the server's login may ask without being able to read the tables.
create or replace function app_private.readiness(out migrations text[], out worker_seen_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if to_regclass('graphile_migrate.migrations') is not null then
    select array_agg(m.filename order by m.filename) into migrations from graphile_migrate.migrations m;
  end if;
  select max(w.seen_at) into worker_seen_at from app_private.workers w;
end;
$$;
comment on function app_private.readiness() is
  'Which migrations have run and when a worker was last heard of, for the readiness check.';
revoke all on function app_private.readiness() from public;
grant execute on function app_private.readiness() to autobench_server, autobench_worker;
--! EndIncluded schedule/app_private.readiness.sql
--! Included schedule/app_operations.workers.sql
-- app_private.workers -> [app_operations.workers] -> workers (operators' GraphQL)
create or replace view app_operations.workers with (security_invoker, security_barrier) as
  select w.id, w.host, w.process_id, w.started_at, w.seen_at,
      w.seen_at > now() - interval '30 seconds' as is_alive
    from app_private.workers w;

revoke all on app_operations.workers from public, autobench_operator;
grant select on app_operations.workers to autobench_operator;

comment on view app_operations.workers is E'@primaryKey id\nThe workers that are at work.';
comment on column app_operations.workers.id is E'@notNull\nIdentity of the worker.';
comment on column app_operations.workers.host is E'@notNull\nMachine that it runs on.';
comment on column app_operations.workers.process_id is E'@notNull\nProcess that it runs in.';
comment on column app_operations.workers.started_at is E'@notNull\nWhen it arrived.';
comment on column app_operations.workers.seen_at is E'@notNull\nWhen it was last heard of.';
comment on column app_operations.workers.is_alive is E'@notNull\nWhether it was heard of within the last half minute.';
--! EndIncluded schedule/app_operations.workers.sql

--! Included retention/app_private.retention_rules.sql
-- crontab -> cleanup_expired -> app_private.purge_batch() -> [app_private.retention_rules] -> the tables it names
create table if not exists app_private.retention_rules (
  table_name   text constraint retention_rules_pkey primary key,
  column_name  text not null,
  keep         interval,
  batch        integer not null default 1000,
  why          text not null,
  constraint retention_rules_keep_positive check (keep > interval '0'),
  constraint retention_rules_batch_sane check (batch between 1 and 100000)
);

call app_private.reset_access('app_private.retention_rules');
create policy select_all on app_private.retention_rules for select to autobench_operator
  using (true);
grant select on app_private.retention_rules to autobench_operator;
-- No write through the API: how long things are kept is a decision made in SQL.

comment on table app_private.retention_rules is 'What is deleted when: a row of the table goes `keep` after its instant.';
comment on column app_private.retention_rules.table_name is 'The table, with its schema.';
comment on column app_private.retention_rules.column_name is 'The instant from which the time is counted; indexed.';
comment on column app_private.retention_rules.keep is 'How long a row stays; null keeps for ever.';
comment on column app_private.retention_rules.batch is 'How many rows go in one transaction.';
comment on column app_private.retention_rules.why is 'Why the rule is as it is.';

-- An operator's change of keep or batch stays: only missing rules are added.
insert into app_private.retention_rules (table_name, column_name, keep, why) values
  ('app_private.rate_limits', 'window_starts_at', '2 days', 'No window is longer than a day.'),
  ('app_private.webhook_messages', 'received_at', '7 days', 'A message is refused by its age long before.'),
  ('app_private.erased_subjects', 'erased_at', '400 days', 'No token or webhook from before lives as long.')
on conflict on constraint retention_rules_pkey do nothing;
--! EndIncluded retention/app_private.retention_rules.sql
--! Included retention/app_private.purge_rules.sql
-- cleanup_expired -> [app_private.purge_rules()] -> app_private.retention_rules
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.purge_rules() returns table (table_name text, batch integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.table_name, r.batch
    from app_private.retention_rules r
    where r.keep is not null
    order by r.table_name;
$$;
comment on function app_private.purge_rules() is 'The tables from which something is to be purged, and how much at a time.';
revoke all on function app_private.purge_rules() from public;
grant execute on function app_private.purge_rules() to autobench_worker;
--! EndIncluded retention/app_private.purge_rules.sql
--! Included retention/app_private.purge_batch.sql
-- cleanup_expired -> [app_private.purge_batch()] -> app_private.retention_rules
-- Definer: the worker's login may purge by rule without being able to delete anything.
create or replace function app_private.purge_batch(table_name text, at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule app_private.retention_rules;
  v_purged integer;
begin
  select * into v_rule from app_private.retention_rules r where r.table_name = purge_batch.table_name;
  if not found then
    raise exception 'There is no retention rule for this table.'
      using errcode = 'TB020', hint = 'Look at app_private.retention_rules.';
  elsif v_rule.keep is null then
    return 0;
  end if;
  -- Skip locked: a row in use is left for the next run, and two purges share the work.
  execute format(
    'delete from %1$s where ctid = any (array(select ctid from %1$s where %2$I < $1 order by %2$I limit $2 for update skip locked))',
    v_rule.table_name::regclass, v_rule.column_name
  ) using purge_batch.at - v_rule.keep, v_rule.batch;
  get diagnostics v_purged = row_count;
  return v_purged;
end;
$$;
comment on function app_private.purge_batch(text, timestamptz) is
  'Deletes one batch of what a rule no longer keeps; fewer rows than a batch means that the rest may stay. Errors: TB020.';
revoke all on function app_private.purge_batch(text, timestamptz) from public;
grant execute on function app_private.purge_batch(text, timestamptz) to autobench_worker;
--! EndIncluded retention/app_private.purge_batch.sql
--! EndIncluded manifest.sql
