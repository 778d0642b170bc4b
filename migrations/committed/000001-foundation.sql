--! Previous: -
--! Hash: sha1:ed0ebfb1ca4c1d30aa5b44673a3aebf442727a62
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
--! Included lib/extensions.sql
-- db/roles.sql -> [extensions] -> app_private.known_task(), app_private.similar_task(), app_private.network_hash()
-- In a schema of their own, so that no name of theirs mixes with ours.
create schema if not exists extensions;
comment on schema extensions is 'Extensions of Postgres that this schema uses.';
create extension if not exists pg_trgm with schema extensions;
create extension if not exists pgcrypto with schema extensions;
revoke all on schema extensions from public;
--! EndIncluded lib/extensions.sql
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
  v_resets_at timestamptz := take_rate.at + take_rate.per;
begin
  -- One statement, so that parallel requests cannot all read the same count and pass together.
  insert into app_private.rate_limits as r (bucket, caller, window_starts_at, used)
    select take_rate.bucket, take_rate.caller, take_rate.at, 1
      where take_rate.most > 0
    on conflict on constraint rate_limits_pkey do update
      set used = case when r.window_starts_at <= take_rate.at - take_rate.per then 1 else r.used + 1 end,
          window_starts_at = case
            when r.window_starts_at <= take_rate.at - take_rate.per then take_rate.at
            else r.window_starts_at
          end
      where r.window_starts_at <= take_rate.at - take_rate.per or r.used < take_rate.most;
  if not found then
    select coalesce(max(r.window_starts_at) + take_rate.per, v_resets_at) into v_resets_at
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
  -- No line's end, nothing that turns a text around, nothing invisible (save joiners, which scripts and emoji need).
  constraint users_full_name_form check (
    char_length(full_name) between 1 and 80 and full_name ~ '[^[:space:]]'
      and full_name !~ '[[:cntrl:]\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]'
  ),
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
  E'@error TB012\nA full name has 1 to 80 visible characters on one line.\nHint: Shorten it, or leave it out.';
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
  v_banned_at timestamptz;
begin
  select a.banned_at into v_banned_at from app_private.accounts a where a.user_id = v_user_id;
  if not found then -- nobody, or somebody who was erased while still connected
    raise exception 'You are not signed in.'
      using errcode = 'TB001', hint = 'Send an Authorization header with a bearer token.';
  elsif v_banned_at is not null then
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
    -- A missing reason meets the same rule, and the same error, as an empty one.
    values (app_public.current_user_id(), log_operator.action, coalesce(log_operator.subject, ''), coalesce(log_operator.reason, ''));
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
  -- What an operator changes is not the member's doing: whoever has used up their changes can still be suspended.
  if app_public.current_user_id() = new.id then
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
--! Included accounts/app_private.lock_subject.sql
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
--! EndIncluded accounts/app_private.lock_subject.sql
--! Included accounts/app_private.provider_profile.sql
-- claims, webhook -> [app_private.provider_profile()] -> app_private.ensure_account(), app_private.sync_profile()
create or replace function app_private.provider_profile(claims jsonb) returns jsonb
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- What would break a rule of our tables is left out: a provider's odd value must not keep anybody from signing in.
  with said as (
    select
        coalesce(t.texts ->> 'username', t.texts ->> 'preferred_username') as username,
        -- One line of visible text: see users_full_name_form.
        regexp_replace(
          coalesce(t.texts ->> 'full_name', t.texts ->> 'name'),
          '[[:cntrl:][:space:]\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]+', ' ', 'g'
        ) as full_name,
        coalesce(t.texts ->> 'avatar_url', t.texts ->> 'picture') as avatar_url,
        t.texts ->> 'email' as email
      from (
        select jsonb_object_agg(c.key, c.value)
          from jsonb_each(case jsonb_typeof(claims) when 'object' then claims else '{}' end) c
          where jsonb_typeof(c.value) = 'string' and c.value <> '""'
      ) t (texts)
  )
  select jsonb_strip_nulls(jsonb_build_object(
    'username', (
      select left(v.name, 30)
        from (select regexp_replace(said.username, '[^A-Za-z0-9_]', '_', 'g')) v (name)
        where v.name ~ '^[A-Za-z][A-Za-z0-9_]{2,}$'
    ),
    'full_name', nullif(btrim(left(btrim(said.full_name), 80)), ''),
    'avatar_url', case
      when said.avatar_url ~ '^https://[^[:space:]"''<>]+$' and char_length(said.avatar_url) <= 500 then said.avatar_url
    end,
    'email', case
      when said.email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and char_length(said.email) <= 320 then said.email
    end
  ))
    from said;
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
  perform app_private.lock_subject(ensure_account.issuer, ensure_account.subject);
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
  select * into v_account from app_private.accounts a where a.user_id = erase_account.user_id;
  if not found then
    return false;
  end if;
  perform app_private.lock_subject(v_account.issuer, v_account.subject);
  insert into app_private.erased_subjects as e (subject_hash, erased_at)
    values (app_private.subject_hash(v_account.issuer, v_account.subject), erase_account.at)
    on conflict on constraint erased_subjects_pkey do update set erased_at = greatest(e.erased_at, excluded.erased_at);
  delete from app_public.users u where u.id = erase_account.user_id;
  return found;
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
  v_issued_at timestamptz := sign_in.at;
begin
  if coalesce(char_length(sign_in.issuer), 0) not between 1 and 500
    or coalesce(char_length(sign_in.subject), 0) not between 1 and 255
  then
    raise exception 'The token does not say who you are.'
      using errcode = 'TB005', hint = 'Get a new token from the identity provider.';
  end if;
  select * into v_account
    from app_private.accounts a
    where a.issuer = sign_in.issuer and a.subject = sign_in.subject;
  if not found then
    if jsonb_typeof(sign_in.claims -> 'iat') = 'number' and abs((sign_in.claims ->> 'iat')::numeric) < 1e11 then
      v_issued_at := to_timestamp((sign_in.claims ->> 'iat')::double precision);
    end if;
    v_account := app_private.ensure_account(
      sign_in.issuer,
      sign_in.subject,
      app_private.provider_profile(coalesce(sign_in.claims, '{}')),
      v_issued_at
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
--! EndIncluded accounts/app_private.sync_profile.sql
--! Included accounts/app_private.forget_subject.sql
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
  v_data jsonb := event -> 'data';
  v_subject text := v_data ->> 'id';
  v_changed_at timestamptz := coalesce(accept_webhook.sent_at, now());
begin
  -- A message that nobody could use is no error: its sender would only send it again.
  if coalesce(char_length(accept_webhook.message_id), 0) not between 1 and 200
    or coalesce(char_length(accept_webhook.issuer), 0) not between 1 and 500
    or jsonb_typeof(v_data -> 'id') is distinct from 'string' or char_length(v_subject) not between 1 and 255
  then
    return false;
  end if;
  insert into app_private.webhook_messages (id) values (accept_webhook.message_id)
    on conflict on constraint webhook_messages_pkey do nothing;
  if not found then
    return false;
  end if;
  -- Milliseconds. Nothing changed long after the message was sent: a far date would shut out all later ones.
  if jsonb_typeof(v_data -> 'updated_at') = 'number' and abs((v_data ->> 'updated_at')::numeric) < 1e14 then
    v_changed_at := least(
      to_timestamp((v_data ->> 'updated_at')::double precision / 1000),
      v_changed_at + interval '5 minutes'
    );
  end if;
  case event ->> 'type'
    when 'user.deleted' then
      return app_private.forget_subject(accept_webhook.issuer, v_subject);
    when 'user.created', 'user.updated' then
      return app_private.sync_profile(
        accept_webhook.issuer,
        v_subject,
        jsonb_build_object(
          'username', v_data -> 'username',
          'full_name', (
            select string_agg(n.name #>> '{}', ' ' order by n.place)
              from (values (1, v_data -> 'first_name'), (2, v_data -> 'last_name')) n (place, name)
              where jsonb_typeof(n.name) = 'string'
          ),
          'avatar_url', v_data -> 'image_url',
          'email', (
            select e.address -> 'email_address'
              from jsonb_array_elements(
                case jsonb_typeof(v_data -> 'email_addresses') when 'array' then v_data -> 'email_addresses' else '[]' end
              ) e (address)
              where e.address -> 'id' = v_data -> 'primary_email_address_id'
              limit 1
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
    ),
    'votes', (
      select coalesce(jsonb_agg(jsonb_build_object(
          'task_id', b.task_id, 'verdict', v.verdict, 'dwell_ms', v.dwell_ms, 'created_at', v.created_at
        ) order by v.created_at), '[]')
        from app_private.voters w
          inner join app_public.ballots b on b.voter_id = w.id
          inner join app_public.votes v on v.ballot_id = b.id
        where w.user_id = v_user_id
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
  if v_id is null then
    -- The row and the lock appear together at commit: nobody sees a worker that seems dead because it is not yet locked.
    insert into app_private.workers as w (pool_id, host, process_id)
      values (worker_arrives.pool_id, worker_arrives.host, worker_arrives.process_id)
      returning w.id into v_id;
    perform pg_advisory_lock(app_private.worker_lock(), v_id);
  else
    -- The connection that held the lock was lost: the same worker takes it anew. First the lock, since it may have to
    -- wait until the server notices the loss, and nobody's beat should have to wait for the row meanwhile.
    perform pg_advisory_lock(app_private.worker_lock(), v_id);
    insert into app_private.workers as w (id, pool_id, host, process_id)
      overriding system value
      values (v_id, worker_arrives.pool_id, worker_arrives.host, worker_arrives.process_id)
      on conflict on constraint workers_pkey do update set seen_at = clock_timestamp();
  end if;
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
        and case -- in this order: a lock that is only tried still keeps others waiting
          when w.seen_at < clock_timestamp() - worker_beat.dead_after
            then pg_try_advisory_xact_lock(app_private.worker_lock(), w.id)
          else false
        end
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
          and j.locked_by is distinct from worker_beat.pool_id
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
--! Included schedule/app_private.task_registry.sql
-- worker/crontab, worker/tasks/<name>.ts -> [app_private.task_registry] -> app_private.scheduled_tasks, app_operations.job_runs
create table if not exists app_private.task_registry (
  name          text constraint task_registry_pkey primary key,
  period        text,
  max_attempts  integer not null,
  useful_for    interval,
  next_run_at   timestamptz,
  description   text not null,
  constraint task_registry_name_form check (name ~ '^[a-z][a-z0-9_]{2,59}$'),
  constraint task_registry_period_known check (period in ('minute', 'ten_minutes', 'hour', 'day')),
  constraint task_registry_attempts_sane check (max_attempts between 1 and 25),
  constraint task_registry_use_positive check (useful_for > interval '0'),
  constraint task_registry_description_form check (char_length(description) between 10 and 300)
);

call app_private.reset_access('app_private.task_registry');
create policy select_all on app_private.task_registry for select to autobench_operator
  using (true);
grant select on app_private.task_registry to autobench_operator;
-- No write: the rows stand in this file, and note_next_runs() keeps next_run_at.

comment on table app_private.task_registry is
  'The tasks that may be scheduled: one row for each file in worker/tasks that keeps a log of its runs.';
comment on column app_private.task_registry.name is 'Name of the task, of its file and of its jobs in the queue.';
comment on column app_private.task_registry.period is
  'How often it runs: cron and HTTP ask for at most one run in each period, counted in UTC; null sets no limit.';
comment on column app_private.task_registry.max_attempts is 'How often one run is tried before it counts as failed.';
comment on column app_private.task_registry.useful_for is
  'How long after the beginning of its period a run is still of use; a later one is skipped. Null: always.';
comment on column app_private.task_registry.next_run_at is 'When the crontab asks for it next; null when it does not.';
comment on column app_private.task_registry.description is 'What the task does.';

-- This file is the truth: a changed line changes the row.
insert into app_private.task_registry as r (name, period, max_attempts, useful_for, description) values
  ('pair_generator', 'ten_minutes', 3, null, 'Opens a match for each pair of answers of a task that can be voted on.'),
  ('refresh_leaderboards', 'minute', 3, null, 'Publishes the boards when a task has closed, and weighs which pairs to vote on next.'),
  ('scan_votes', 'hour', 3, null, 'Flags voters and networks whose votes are hardly honest, and tells when few votes count.'),
  ('cleanup_expired', 'day', 8, null, 'Deletes what the retention rules no longer keep.'),
  ('dispatch_and_collect', 'day', 8, '24 hours', 'Asks every active model for its answer to each of the day''s tasks, once.'),
  ('generate_daily_tasks', 'day', 4, '24 hours', 'Opens the day: has its coding tasks written, or takes them from the library.')
on conflict on constraint task_registry_pkey do update
  set period = excluded.period, max_attempts = excluded.max_attempts, useful_for = excluded.useful_for,
      description = excluded.description
  where (r.period, r.max_attempts, r.useful_for, r.description)
    is distinct from (excluded.period, excluded.max_attempts, excluded.useful_for, excluded.description);
--! EndIncluded schedule/app_private.task_registry.sql
--! Included schedule/app_private.task_aliases.sql
-- the founding documents' names -> [app_private.task_aliases] -> app_private.known_task()
create table if not exists app_private.task_aliases (
  alias  text constraint task_aliases_pkey primary key,
  name   text not null,
  constraint task_aliases_task foreign key (name) references app_private.task_registry,
  constraint task_aliases_form check (alias ~ '^[a-z][a-z0-9-]{2,59}$' and alias <> name)
);
create index if not exists task_aliases_name_idx on app_private.task_aliases (name);

call app_private.reset_access('app_private.task_aliases');
create policy select_all on app_private.task_aliases for select to autobench_operator
  using (true);
grant select on app_private.task_aliases to autobench_operator;
-- No write: the rows stand in this file.

comment on table app_private.task_aliases is 'Other names under which a task may be asked for: those of the founding documents.';
comment on column app_private.task_aliases.alias is 'The other name.';
comment on column app_private.task_aliases.name is 'The task that is meant.';

insert into app_private.task_aliases as a (alias, name) values
  ('cleanup-expired-challenges', 'cleanup_expired'),
  ('cleanup-expired-tokens', 'cleanup_expired'),
  ('evaluate-models', 'dispatch_and_collect'),
  ('generate-daily-challenge', 'generate_daily_tasks')
on conflict on constraint task_aliases_pkey do update set name = excluded.name where a.name <> excluded.name;
--! EndIncluded schedule/app_private.task_aliases.sql
--! Included schedule/app_private.scheduled_tasks.sql
-- app_private.log_scheduled_task() -> [app_private.scheduled_tasks] -> worker/scheduled.ts, app_operations.scheduled_tasks
create table if not exists app_private.scheduled_tasks (
  id              bigint generated always as identity constraint scheduled_tasks_pkey primary key,
  function_name   text not null,
  payload         jsonb not null default '{}',
  scheduled_time  timestamptz not null default now(),
  status          text not null default 'pending',
  attempts        integer not null default 0,
  period_key      text,
  requested_by    text not null,
  queued_at       timestamptz,
  started_at      timestamptz,
  finished_at     timestamptz,
  duration_ms     bigint generated always as ((extract(epoch from finished_at - started_at) * 1000)::bigint) stored,
  result          jsonb,
  error           text,
  constraint scheduled_tasks_task foreign key (function_name) references app_private.task_registry,
  constraint scheduled_tasks_one_per_period unique (function_name, period_key),
  constraint scheduled_tasks_payload_object check (jsonb_typeof(payload) = 'object'),
  constraint scheduled_tasks_status_known check (status in ('pending', 'running', 'completed', 'failed')),
  constraint scheduled_tasks_period_key_form check (char_length(period_key) between 1 and 40),
  constraint scheduled_tasks_requested_by_known check (requested_by in ('cron', 'http', 'sql', 'cli', 'operator', 'start')),
  constraint scheduled_tasks_attempts_counted check (attempts >= 0 and (attempts = 0) = (started_at is null)),
  constraint scheduled_tasks_begun_unless_pending check (status = 'pending' or started_at is not null),
  constraint scheduled_tasks_finished_when_over check ((status in ('completed', 'failed')) = (finished_at is not null)),
  constraint scheduled_tasks_finished_after_start check (finished_at >= started_at),
  constraint scheduled_tasks_result_when_completed check (result is null or status = 'completed' and jsonb_typeof(result) = 'object'),
  constraint scheduled_tasks_failure_says_why check (status <> 'failed' or error is not null),
  constraint scheduled_tasks_success_has_no_error check (status <> 'completed' or error is null),
  constraint scheduled_tasks_error_form check (char_length(error) between 1 and 2000)
);
create index if not exists scheduled_tasks_open_idx on app_private.scheduled_tasks (scheduled_time, id)
  where status in ('pending', 'running');
create index if not exists scheduled_tasks_last_runs_idx on app_private.scheduled_tasks (function_name, started_at desc)
  where started_at is not null;
create index if not exists scheduled_tasks_finished_at_idx on app_private.scheduled_tasks (finished_at);

call app_private.reset_access('app_private.scheduled_tasks');
create policy select_all on app_private.scheduled_tasks for select to autobench_operator
  using (true);
grant select on app_private.scheduled_tasks to autobench_operator;
-- No write: log_scheduled_task() opens a run; begin_, finish_ and fail_scheduled_task() say how it went.

comment on table app_private.scheduled_tasks is
  'What was to run, when, at whose request, and how it ended: the single source of truth for scheduled work.';
comment on column app_private.scheduled_tasks.id is 'Identity of the run; its job in the queue has the key scheduled_task:<id>.';
comment on column app_private.scheduled_tasks.function_name is 'The task.';
comment on column app_private.scheduled_tasks.payload is 'What the task is given besides the instant; backfilled marks a run that cron made up for.';
comment on column app_private.scheduled_tasks.scheduled_time is 'When it is due: the instant for which the work is done.';
comment on column app_private.scheduled_tasks.status is 'pending (also while a retry is due), running, completed or failed.';
comment on column app_private.scheduled_tasks.attempts is 'How often it was begun.';
comment on column app_private.scheduled_tasks.period_key is 'The period for which it is the only run; null for a run of its own.';
comment on column app_private.scheduled_tasks.requested_by is 'Who asked: cron, http, sql, cli, operator or start.';
comment on column app_private.scheduled_tasks.queued_at is 'When it was last handed to the queue.';
comment on column app_private.scheduled_tasks.started_at is 'When the last attempt began.';
comment on column app_private.scheduled_tasks.finished_at is 'When it completed, or failed for good.';
comment on column app_private.scheduled_tasks.duration_ms is 'How long the last attempt took, in milliseconds.';
comment on column app_private.scheduled_tasks.result is 'What the task says of its work; {"skipped": "..."} when it came too late to be of use.';
comment on column app_private.scheduled_tasks.error is 'Why the last attempt failed.';
--! EndIncluded schedule/app_private.scheduled_tasks.sql
--! Included schedule/app_private.known_task.sql
-- log_scheduled_task(), period_key() -> [app_private.known_task()] -> app_private.task_registry, app_private.task_aliases
create or replace function app_private.known_task(name text) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
  v_hint text;
begin
  select coalesce(
      (select r.name from app_private.task_registry r where r.name = known_task.name),
      (select a.name from app_private.task_aliases a where a.alias = known_task.name)
    ) into v_name;
  if v_name is not null then
    return v_name;
  end if;
  select format('Did you mean %s?', k.name) into v_hint
    from (
      select r.name from app_private.task_registry r
      union all
      select a.alias from app_private.task_aliases a
    ) k
    where extensions.similarity(k.name, known_task.name) >= 0.3
    order by extensions.similarity(k.name, known_task.name) desc, k.name
    limit 1;
  if v_hint is null then
    select format('The tasks are: %s.', string_agg(r.name, ', ' order by r.name)) into v_hint
      from app_private.task_registry r;
  end if;
  raise exception 'There is no such task.' using errcode = 'TB040', hint = v_hint;
end;
$$;
comment on function app_private.known_task(text) is
  'The registered name of a task, whether it or an alias was given; names the nearest one otherwise. Errors: TB040.';
revoke all on function app_private.known_task(text) from public;
--! EndIncluded schedule/app_private.known_task.sql
--! Included schedule/app_private.period_start.sql
-- period_key(), begin_scheduled_task() -> [app_private.period_start()]
create or replace function app_private.period_start(period text, at timestamptz) returns timestamptz
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- Bins from a midnight of UTC: no session's time zone has a say.
  select date_bin(
    case period_start.period
      when 'minute' then interval '1 minute'
      when 'ten_minutes' then interval '10 minutes'
      when 'hour' then interval '1 hour'
      when 'day' then interval '1 day'
    end,
    period_start.at,
    timestamptz '2000-01-01 00:00:00+00'
  );
$$;
comment on function app_private.period_start(text, timestamptz) is 'When the period that holds an instant began, in UTC.';
revoke all on function app_private.period_start(text, timestamptz) from public;
--! EndIncluded schedule/app_private.period_start.sql
--! Included schedule/app_private.period_key.sql
-- cron, POST /cron/<task> -> [app_private.period_key()] -> app_private.scheduled_tasks.period_key
-- Definer: the worker's login names the period of a run without being able to read the registry.
create or replace function app_private.period_key(name text, at timestamptz default now()) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select to_char(
      app_private.period_start(r.period, period_key.at) at time zone 'utc',
      case r.period when 'day' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI"Z"' end
    )
    from app_private.task_registry r
    where r.name = app_private.known_task(period_key.name);
$$;
comment on function app_private.period_key(text, timestamptz) is
  'Name of the period of a task that holds an instant, such as 2026-11-20; null for a task without one. Errors: TB040.';
revoke all on function app_private.period_key(text, timestamptz) from public;
grant execute on function app_private.period_key(text, timestamptz) to autobench_worker;
--! EndIncluded schedule/app_private.period_key.sql
--! Included schedule/app_private.queue_scheduled_task.sql
-- log_scheduled_task(), process_scheduled_tasks(), retry_job() -> [app_private.queue_scheduled_task()] -> graphile_worker.add_job()
create or replace function app_private.queue_scheduled_task(id bigint, at timestamptz default now())
returns app_private.scheduled_tasks
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task app_private.scheduled_tasks;
begin
  update app_private.scheduled_tasks t
    set queued_at = queue_scheduled_task.at
    where t.id = queue_scheduled_task.id
    returning * into strict v_task;
  -- The job carries the id alone: what is to be done, and whether it was done, stands in the row.
  perform graphile_worker.add_job(
      r.name,
      payload := json_build_object('id', v_task.id),
      max_attempts := r.max_attempts,
      job_key := 'scheduled_task:' || v_task.id
    )
    from app_private.task_registry r
    where r.name = v_task.function_name;
  return v_task;
end;
$$;
comment on function app_private.queue_scheduled_task(bigint, timestamptz) is
  'Hands a run to the queue, in the caller''s transaction; the job''s key makes it one job however often it is done.';
revoke all on function app_private.queue_scheduled_task(bigint, timestamptz) from public;
--! EndIncluded schedule/app_private.queue_scheduled_task.sql
--! Included schedule/app_private.log_scheduled_task.sql
-- cron, POST /cron/<task>, psql, autobench trigger, triggerTask -> [app_private.log_scheduled_task()] -> app_private.scheduled_tasks, the queue
-- Definer: the worker's login may ask for a run without being able to write the log.
create or replace function app_private.log_scheduled_task(
  name text,
  payload jsonb default '{}',
  run_at timestamptz default now(),
  requested_by text default 'sql',
  period_key text default null,
  at timestamptz default now()
) returns app_private.scheduled_tasks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := app_private.known_task(log_scheduled_task.name);
  v_task app_private.scheduled_tasks;
begin
  insert into app_private.scheduled_tasks (function_name, payload, scheduled_time, requested_by, period_key)
    values (
      v_name,
      coalesce(log_scheduled_task.payload, '{}'),
      log_scheduled_task.run_at,
      log_scheduled_task.requested_by,
      log_scheduled_task.period_key
    )
    on conflict on constraint scheduled_tasks_one_per_period do nothing
    returning * into v_task;
  if not found then
    -- Somebody asked for this period before, however it ended: one run is all that it gets.
    select t.* into strict v_task
      from app_private.scheduled_tasks t
      where t.function_name = v_name and t.period_key = log_scheduled_task.period_key;
  elsif v_task.scheduled_time <= log_scheduled_task.at then
    v_task := app_private.queue_scheduled_task(v_task.id, log_scheduled_task.at);
  end if;
  return v_task;
end;
$$;
comment on function app_private.log_scheduled_task(text, jsonb, timestamptz, text, text, timestamptz) is
  'Asks for a run of a task, at once or later, and returns its row; within one period_key it is always the same row. Errors: TB040.';
revoke all on function app_private.log_scheduled_task(text, jsonb, timestamptz, text, text, timestamptz) from public;
grant execute on function app_private.log_scheduled_task(text, jsonb, timestamptz, text, text, timestamptz) to autobench_worker;
--! EndIncluded schedule/app_private.log_scheduled_task.sql
--! Included schedule/app_private.request_scheduled_task.sql
-- POST /cron/<task> (secret checked) -> [app_private.request_scheduled_task()] -> app_private.log_scheduled_task()
-- Definer: the server's login may ask for this period's run of a task, and for nothing else of the schedule.
create or replace function app_private.request_scheduled_task(
  name text,
  at timestamptz default now(),
  out id bigint,
  out status text,
  out scheduled_time timestamptz
)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.id, t.status, t.scheduled_time
    from app_private.log_scheduled_task(
      request_scheduled_task.name,
      run_at => request_scheduled_task.at,
      requested_by => 'http',
      period_key => app_private.period_key(request_scheduled_task.name, request_scheduled_task.at),
      at => request_scheduled_task.at
    ) t;
$$;
comment on function app_private.request_scheduled_task(text, timestamptz) is
  'Asks for the run of a task in the present period, for an outside scheduler; returns the run, old or new. Errors: TB040.';
revoke all on function app_private.request_scheduled_task(text, timestamptz) from public;
grant execute on function app_private.request_scheduled_task(text, timestamptz) to autobench_server;
--! EndIncluded schedule/app_private.request_scheduled_task.sql
--! Included schedule/app_private.process_scheduled_tasks.sql
-- crontab, POST /cron/process_scheduled_tasks -> [app_private.process_scheduled_tasks()] -> app_private.scheduled_tasks, the queue
-- Definer: the worker and the server may have due runs handed over without being able to write the log.
create or replace function app_private.process_scheduled_tasks(at timestamptz default now()) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task_id bigint;
  v_queued integer := 0;
begin
  -- Runs that nobody will go on with: their worker died in the last attempt, or their job was taken away. What another
  -- session has handed over just now is passed by, here and below: its job may be too new to be seen from here, but its
  -- queued_at is not.
  with lost as (
    select t.id, j.id is null as is_gone, j.last_error
      from app_private.scheduled_tasks t
      left join graphile_worker.jobs j on j.key = 'scheduled_task:' || t.id
      where t.status in ('pending', 'running')
        and t.queued_at < process_scheduled_tasks.at - interval '1 minute'
        and case when j.id is null then t.status = 'running' else j.attempts >= j.max_attempts and j.locked_at is null end
      for update of t skip locked
  )
  update app_private.scheduled_tasks t
    set status = 'failed',
        attempts = greatest(t.attempts, 1),
        started_at = coalesce(t.started_at, process_scheduled_tasks.at),
        finished_at = greatest(t.started_at, process_scheduled_tasks.at),
        error = case
          when l.is_gone then 'Its job is no longer in the queue, though it did not end.'
          else left('Its worker was lost in the last attempt.' || coalesce(' Before that: ' || nullif(l.last_error, ''), ''), 2000)
        end
    from lost l
    where t.id = l.id;

  -- Due runs that are not in the queue, oldest first.
  for v_task_id in
    select t.id
      from app_private.scheduled_tasks t
      where t.status = 'pending'
        and t.scheduled_time <= process_scheduled_tasks.at
        and (t.queued_at is null or t.queued_at < process_scheduled_tasks.at - interval '1 minute')
        and not exists (select from graphile_worker.jobs j where j.key = 'scheduled_task:' || t.id)
      order by t.scheduled_time, t.id
      for update skip locked
  loop
    perform app_private.queue_scheduled_task(v_task_id, process_scheduled_tasks.at);
    v_queued := v_queued + 1;
  end loop;
  return v_queued;
end;
$$;
comment on function app_private.process_scheduled_tasks(timestamptz) is
  'Hands the runs that are due to the queue, and closes those that were lost; returns how many it handed over.';
revoke all on function app_private.process_scheduled_tasks(timestamptz) from public;
grant execute on function app_private.process_scheduled_tasks(timestamptz) to autobench_worker, autobench_server;
--! EndIncluded schedule/app_private.process_scheduled_tasks.sql
--! Included schedule/app_private.begin_scheduled_task.sql
-- worker/scheduled.ts -> [app_private.begin_scheduled_task()] -> app_private.scheduled_tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.begin_scheduled_task(id bigint, at timestamptz default clock_timestamp())
returns setof app_private.scheduled_tasks
language plpgsql volatile security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task app_private.scheduled_tasks;
  v_useful_until timestamptz;
begin
  select t.* into v_task
    from app_private.scheduled_tasks t
    where t.id = begin_scheduled_task.id and t.status in ('pending', 'running')
    for update;
  if not found then
    return; -- it is over: a second run does nothing
  end if;
  select coalesce(app_private.period_start(r.period, v_task.scheduled_time), v_task.scheduled_time) + r.useful_for
    into v_useful_until
    from app_private.task_registry r
    where r.name = v_task.function_name;
  if v_useful_until <= begin_scheduled_task.at then
    update app_private.scheduled_tasks t
      set status = 'completed', attempts = t.attempts + 1, started_at = begin_scheduled_task.at,
          finished_at = begin_scheduled_task.at, error = null,
          result = jsonb_build_object('skipped', format(
            'It was of use until %s.', to_char(v_useful_until at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"')
          ))
      where t.id = v_task.id;
    return;
  end if;
  -- Running already: its worker died, and the queue gives the job to another one.
  return query
    update app_private.scheduled_tasks t
      set status = 'running', attempts = t.attempts + 1, started_at = begin_scheduled_task.at
      where t.id = v_task.id
      returning t.*;
end;
$$;
comment on function app_private.begin_scheduled_task(bigint, timestamptz) is
  'Begins an attempt of a run and returns it; nothing when it is over, or comes too late to be of use, which the row then says.';
revoke all on function app_private.begin_scheduled_task(bigint, timestamptz) from public;
grant execute on function app_private.begin_scheduled_task(bigint, timestamptz) to autobench_worker;
--! EndIncluded schedule/app_private.begin_scheduled_task.sql
--! Included schedule/app_private.finish_scheduled_task.sql
-- worker/scheduled.ts -> [app_private.finish_scheduled_task()] -> app_private.scheduled_tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.finish_scheduled_task(
  id bigint,
  attempt integer,
  result jsonb default null,
  at timestamptz default clock_timestamp()
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The attempt that runs now, and no other: a worker that was taken for dead may come back late.
  update app_private.scheduled_tasks t
    set status = 'completed', finished_at = greatest(t.started_at, finish_scheduled_task.at),
        result = finish_scheduled_task.result, error = null
    where t.id = finish_scheduled_task.id
      and t.status = 'running'
      and t.attempts = finish_scheduled_task.attempt;
  return found;
end;
$$;
comment on function app_private.finish_scheduled_task(bigint, integer, jsonb, timestamptz) is
  'Says that an attempt did its work; false when it is no longer the one that counts.';
revoke all on function app_private.finish_scheduled_task(bigint, integer, jsonb, timestamptz) from public;
grant execute on function app_private.finish_scheduled_task(bigint, integer, jsonb, timestamptz) to autobench_worker;
--! EndIncluded schedule/app_private.finish_scheduled_task.sql
--! Included schedule/app_private.fail_scheduled_task.sql
-- worker/scheduled.ts -> [app_private.fail_scheduled_task()] -> app_private.scheduled_tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.fail_scheduled_task(
  id bigint,
  attempt integer,
  error text,
  is_last boolean,
  at timestamptz default clock_timestamp()
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.scheduled_tasks t
    set status = case when fail_scheduled_task.is_last then 'failed' else 'pending' end,
        finished_at = case when fail_scheduled_task.is_last then greatest(t.started_at, fail_scheduled_task.at) end,
        error = left(coalesce(nullif(btrim(fail_scheduled_task.error), ''), 'It failed without saying why.'), 2000)
    where t.id = fail_scheduled_task.id
      and t.status = 'running'
      and t.attempts = fail_scheduled_task.attempt;
  return found;
end;
$$;
comment on function app_private.fail_scheduled_task(bigint, integer, text, boolean, timestamptz) is
  'Says why an attempt failed: the run stays pending while the queue will try it again; false when it no longer counts.';
revoke all on function app_private.fail_scheduled_task(bigint, integer, text, boolean, timestamptz) from public;
grant execute on function app_private.fail_scheduled_task(bigint, integer, text, boolean, timestamptz) to autobench_worker;
--! EndIncluded schedule/app_private.fail_scheduled_task.sql
--! Included schedule/app_private.scheduled_task_state.sql
-- autobench trigger --wait -> [app_private.scheduled_task_state()] -> app_private.scheduled_tasks
-- Definer: the worker's login may follow a run without being able to read the log.
create or replace function app_private.scheduled_task_state(
  id bigint,
  out status text,
  out attempts integer,
  out duration_ms bigint,
  out result jsonb,
  out error text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.status, t.attempts, t.duration_ms, t.result, t.error
    from app_private.scheduled_tasks t
    where t.id = scheduled_task_state.id;
$$;
comment on function app_private.scheduled_task_state(bigint) is 'How a run stands, for whoever waits for it.';
revoke all on function app_private.scheduled_task_state(bigint) from public;
grant execute on function app_private.scheduled_task_state(bigint) to autobench_worker;
--! EndIncluded schedule/app_private.scheduled_task_state.sql
--! Included schedule/app_private.note_next_runs.sql
-- worker/timetable.ts (crontab) -> [app_private.note_next_runs()] -> app_private.task_registry.next_run_at
-- Definer: the worker's login may tell the timetable without being able to write the registry.
create or replace function app_private.note_next_runs(runs jsonb) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update app_private.task_registry r
    set next_run_at = (note_next_runs.runs ->> r.name)::timestamptz
    where r.next_run_at is distinct from (note_next_runs.runs ->> r.name)::timestamptz;
$$;
comment on function app_private.note_next_runs(jsonb) is
  'Takes in when the crontab asks for each task next, as {"task": "instant"}; a task that is missing there has no next run.';
revoke all on function app_private.note_next_runs(jsonb) from public;
grant execute on function app_private.note_next_runs(jsonb) to autobench_worker;
--! EndIncluded schedule/app_private.note_next_runs.sql
--! Included schedule/app_private.mend_cron_clock.sql
-- worker/timetable.ts -> [app_private.mend_cron_clock()] -> graphile_worker._private_known_crontabs
-- Definer: the owner's hand on the queue's table, for this one repair.
create or replace function app_private.mend_cron_clock(at timestamptz default now()) returns text[]
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  -- Cron asks for nothing before the instant it remembers: after a clock that ran ahead, for years if need be. Forgotten,
  -- it is made up for from known_since within the item's backfill; the period keys keep that from running twice.
  with mended as (
    update graphile_worker._private_known_crontabs k
      set last_execution = null, known_since = least(k.known_since, mend_cron_clock.at)
      where greatest(k.last_execution, k.known_since) > mend_cron_clock.at + interval '10 minutes'
      returning k.identifier
  )
  select coalesce(array_agg(m.identifier order by m.identifier), '{}') from mended m;
$$;
comment on function app_private.mend_cron_clock(timestamptz) is
  'Makes cron forget executions in the future, after which it would ask for nothing; returns the items that were stuck.';
revoke all on function app_private.mend_cron_clock(timestamptz) from public;
grant execute on function app_private.mend_cron_clock(timestamptz) to autobench_worker;
--! EndIncluded schedule/app_private.mend_cron_clock.sql
--! Included schedule/app_private.dead_jobs.sql
-- graphile_worker.jobs -> [app_private.dead_jobs()] -> app_operations.dead_jobs
-- Definer: operators see what lies dead in the queue without a grant on its schema; never a payload.
create or replace function app_private.dead_jobs() returns table (
  id bigint,
  task text,
  run_id bigint,
  attempts integer,
  error text,
  created_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select j.id, j.task_identifier, substring(j.key from '^scheduled_task:(\d{1,18})$')::bigint, j.attempts::integer,
      left(j.last_error, 2000), j.created_at
    from graphile_worker.jobs j
    where j.attempts >= j.max_attempts and j.locked_at is null;
$$;
comment on function app_private.dead_jobs() is
  E'The jobs that the queue has given up, with the run of the schedule that each belongs to, if any.';
revoke all on function app_private.dead_jobs() from public;
grant execute on function app_private.dead_jobs() to autobench_operator;
--! EndIncluded schedule/app_private.dead_jobs.sql
--! Included schedule/app_operations.job_runs.sql
-- app_private.task_registry, app_private.scheduled_tasks -> [app_operations.job_runs] -> jobRuns (operators' GraphQL)
create or replace view app_operations.job_runs with (security_invoker, security_barrier) as
  select r.name, r.description, r.period, r.next_run_at,
      last.started_at as last_run_at, last.status as last_status, last.duration_ms as last_duration_ms,
      last.error as last_error, success.finished_at as last_success_at, failures.n as failures_in_7_days
    from app_private.task_registry r
    left join lateral (
      select t.started_at, t.status, t.duration_ms, t.error
        from app_private.scheduled_tasks t
        where t.function_name = r.name and t.started_at is not null
        order by t.started_at desc
        limit 1
    ) last on true
    left join lateral (
      select t.finished_at
        from app_private.scheduled_tasks t
        where t.function_name = r.name and t.started_at is not null
          and t.status = 'completed' and not coalesce(t.result ? 'skipped', false)
        order by t.started_at desc
        limit 1
    ) success on true
    cross join lateral (
      select count(*)::integer as n
        from app_private.scheduled_tasks t
        where t.function_name = r.name and t.status = 'failed' and t.finished_at > now() - interval '7 days'
    ) failures;

revoke all on app_operations.job_runs from public, autobench_operator;
grant select on app_operations.job_runs to autobench_operator;

comment on view app_operations.job_runs is
  E'@primaryKey name\nThe scheduled tasks: when each ran last and how that went, and when it runs next.';
comment on column app_operations.job_runs.name is E'@notNull\nThe task.';
comment on column app_operations.job_runs.description is E'@notNull\nWhat it does.';
comment on column app_operations.job_runs.period is 'How often it runs: minute, ten_minutes, hour or day.';
comment on column app_operations.job_runs.next_run_at is 'When the crontab asks for it next.';
comment on column app_operations.job_runs.last_run_at is 'When it last began.';
comment on column app_operations.job_runs.last_status is 'How that stands: pending (a retry is due), running, completed or failed.';
comment on column app_operations.job_runs.last_duration_ms is 'How long that took, in milliseconds.';
comment on column app_operations.job_runs.last_error is 'Why that failed, if it did.';
comment on column app_operations.job_runs.last_success_at is 'When it last did its work; a run that was skipped does not count.';
comment on column app_operations.job_runs.failures_in_7_days is E'@notNull\nHow many runs failed for good in the last seven days.';
--! EndIncluded schedule/app_operations.job_runs.sql
--! Included schedule/app_operations.scheduled_tasks.sql
-- app_private.scheduled_tasks -> [app_operations.scheduled_tasks] -> scheduledTasks (operators' GraphQL)
create or replace view app_operations.scheduled_tasks with (security_invoker, security_barrier) as
  select t.id, t.function_name, t.payload, t.scheduled_time, t.status, t.attempts, t.period_key, t.requested_by,
      t.queued_at, t.started_at, t.finished_at, t.duration_ms, t.result, t.error
    from app_private.scheduled_tasks t;

revoke all on app_operations.scheduled_tasks from public, autobench_operator;
grant select on app_operations.scheduled_tasks to autobench_operator;

comment on view app_operations.scheduled_tasks is
  E'@primaryKey id\n@foreignKey (function_name) references app_operations.job_runs (name)|@fieldName task|@foreignFieldName runs\nEvery run of scheduled work: what, when, at whose request, and how it ended.';
comment on column app_operations.scheduled_tasks.id is E'@notNull\nIdentity of the run.';
comment on column app_operations.scheduled_tasks.function_name is E'@notNull\nThe task.';
comment on column app_operations.scheduled_tasks.payload is E'@notNull\nWhat the task is given besides the instant.';
comment on column app_operations.scheduled_tasks.scheduled_time is E'@notNull\nWhen it is due.';
comment on column app_operations.scheduled_tasks.status is E'@notNull\npending (also while a retry is due), running, completed or failed.';
comment on column app_operations.scheduled_tasks.attempts is E'@notNull\nHow often it was begun.';
comment on column app_operations.scheduled_tasks.period_key is 'The period for which it is the only run; null for a run of its own.';
comment on column app_operations.scheduled_tasks.requested_by is E'@notNull\nWho asked: cron, http, sql, cli, operator or start.';
comment on column app_operations.scheduled_tasks.queued_at is 'When it was last handed to the queue.';
comment on column app_operations.scheduled_tasks.started_at is 'When the last attempt began.';
comment on column app_operations.scheduled_tasks.finished_at is 'When it completed, or failed for good.';
comment on column app_operations.scheduled_tasks.duration_ms is 'How long the last attempt took, in milliseconds.';
comment on column app_operations.scheduled_tasks.result is 'What the task says of its work, or why it was skipped.';
comment on column app_operations.scheduled_tasks.error is 'Why the last attempt failed.';
--! EndIncluded schedule/app_operations.scheduled_tasks.sql
--! Included schedule/app_operations.dead_jobs.sql
-- app_private.dead_jobs() -> [app_operations.dead_jobs] -> deadJobs (operators' GraphQL), app_operations.retry_job()
create or replace view app_operations.dead_jobs with (security_invoker, security_barrier) as
  select j.id, j.task, j.run_id, j.attempts, j.error, j.created_at
    from app_private.dead_jobs() j;

revoke all on app_operations.dead_jobs from public, autobench_operator;
grant select on app_operations.dead_jobs to autobench_operator;

comment on view app_operations.dead_jobs is
  E'@primaryKey id\n@foreignKey (run_id) references app_operations.scheduled_tasks (id)|@fieldName run|@foreignFieldName deadJobs\nJobs that the queue has given up; retryJob sets one going again.';
comment on column app_operations.dead_jobs.id is E'@notNull\nIdentity of the job in the queue.';
comment on column app_operations.dead_jobs.task is E'@notNull\nThe task that it was to do.';
comment on column app_operations.dead_jobs.run_id is 'The run of the schedule that it belongs to, if it does.';
comment on column app_operations.dead_jobs.attempts is E'@notNull\nHow often it was tried.';
comment on column app_operations.dead_jobs.error is 'Why it failed last.';
comment on column app_operations.dead_jobs.created_at is E'@notNull\nWhen it came into the queue.';
--! EndIncluded schedule/app_operations.dead_jobs.sql
--! Included schedule/app_operations.trigger_task.sql
-- triggerTask (operators' GraphQL) -> [app_operations.trigger_task()] -> app_private.log_scheduled_task(), app_private.operator_log
-- Definer: operators may have a task run without being able to write the log.
create or replace function app_operations.trigger_task(name text, reason text) returns app_operations.scheduled_tasks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
  v_id bigint;
  v_run app_operations.scheduled_tasks;
begin
  perform app_private.require_operator();
  v_name := app_private.known_task(trigger_task.name);
  perform app_private.log_operator('trigger_task', v_name, trigger_task.reason);
  select t.id into v_id from app_private.log_scheduled_task(v_name, requested_by => 'operator') t;
  select s.* into v_run from app_operations.scheduled_tasks s where s.id = v_id;
  return v_run;
end;
$$;
comment on function app_operations.trigger_task(text, text) is
  E'@resultFieldName run\nHas a task run now, whatever ran in this period before. Errors: TB001, TB002, TB004, TB017, TB040.';
revoke all on function app_operations.trigger_task(text, text) from public;
grant execute on function app_operations.trigger_task(text, text) to autobench_operator;
--! EndIncluded schedule/app_operations.trigger_task.sql
--! Included schedule/app_operations.retry_job.sql
-- retryJob (operators' GraphQL) -> [app_operations.retry_job()] -> the queue, app_private.scheduled_tasks, app_private.operator_log
-- Definer: operators may set a dead job going again without a grant on the queue.
create or replace function app_operations.retry_job(id bigint, reason text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text;
begin
  perform app_private.require_operator();
  perform app_private.log_operator('retry_job', retry_job.id::text, retry_job.reason);
  -- Locked, so that of two operators at once only one sets it going.
  select j.key into v_key
    from graphile_worker._private_jobs j
    where j.id = retry_job.id and j.attempts >= j.max_attempts and j.locked_at is null
    for update;
  if not found then
    raise exception 'There is no such dead job.'
      using errcode = 'TB021', hint = 'Look at deadJobs: it may have been set going again, or have gone.';
  end if;
  update app_private.scheduled_tasks t
    set status = 'pending', finished_at = null, queued_at = now()
    where t.id = substring(v_key from '^scheduled_task:(\d{1,18})$')::bigint and t.status <> 'completed';
  perform graphile_worker.reschedule_jobs(array[retry_job.id], run_at := now(), attempts := 0);
  return true;
end;
$$;
comment on function app_operations.retry_job(bigint, text) is
  E'@resultFieldName isQueued\nSets a dead job going again, with all its attempts. Errors: TB001, TB002, TB004, TB017, TB021.';
revoke all on function app_operations.retry_job(bigint, text) from public;
grant execute on function app_operations.retry_job(bigint, text) to autobench_operator;
--! EndIncluded schedule/app_operations.retry_job.sql

--! Included models/app_private.providers.sql
-- content/models.json -> app_private.apply_models() -> [app_private.providers] -> app_private.reserve_attempt()
create table if not exists app_private.providers (
  name                 text constraint providers_pkey primary key,
  protocol             text not null,
  base_url             text not null,
  api_key_env          text,
  max_parallel         integer not null default 4,
  requests_per_minute  integer not null default 30,
  is_enabled           boolean not null default true,
  is_overload_free     boolean not null default false,
  is_rehearsal         boolean not null default false,
  traits               jsonb not null default '{}',
  constraint providers_name_form check (name ~ '^[a-z][a-z0-9-]{1,39}$'),
  constraint providers_protocol_known check (protocol in ('openai', 'anthropic')),
  constraint providers_base_url_form check (base_url ~ '^https?://[^[:space:]]+$'),
  constraint providers_api_key_env_form check (api_key_env ~ '^[A-Z][A-Z0-9_]*_API_KEY$'),
  constraint providers_max_parallel_sane check (max_parallel between 1 and 10000),
  constraint providers_requests_per_minute_sane check (requests_per_minute between 1 and 1000000)
);

call app_private.reset_access('app_private.providers');
create policy select_all on app_private.providers for select to autobench_operator
  using (true);
grant select on app_private.providers to autobench_operator;
-- No write through the API: a provider is one INSERT by a DBA, or a line in content/models.json.

comment on table app_private.providers is 'Where models are asked: any address that speaks one of two protocols.';
comment on column app_private.providers.name is 'Short name of the provider.';
comment on column app_private.providers.protocol is 'openai (chat completions) or anthropic (messages).';
comment on column app_private.providers.base_url is 'Address that requests go to.';
comment on column app_private.providers.api_key_env is
  'Name of the environment variable that holds the key; the key itself is never here. Null where none is needed.';
comment on column app_private.providers.max_parallel is 'Requests that may be under way at once, over all workers.';
comment on column app_private.providers.requests_per_minute is 'Requests that may begin within a minute, over all workers.';
comment on column app_private.providers.is_enabled is 'Whether it is asked at all.';
comment on column app_private.providers.is_overload_free is
  'Whether what it refuses as overload is known not to be billed, so that it may be tried again.';
comment on column app_private.providers.is_rehearsal is 'Whether it is the canned one of this machine.';
comment on column app_private.providers.traits is 'What differs from the usual of its protocol: see worker/llm/traits.ts.';
--! EndIncluded models/app_private.providers.sql
--! Included models/app_public.models.sql
-- content/models.json -> app_private.apply_models() -> [app_public.models] -> app_private.dispatch_tasks(), models (GraphQL)
create table if not exists app_public.models (
  id                            uuid constraint models_pkey primary key default gen_random_uuid(),
  slug                          text not null,
  display_name                  text not null,
  provider                      text not null,
  api_model                     text not null,
  family                        text not null,
  params                        jsonb not null default '{}',
  max_output_tokens             integer not null default 16384,
  input_usd_per_million         numeric(12, 6),
  cached_input_usd_per_million  numeric(12, 6),
  output_usd_per_million        numeric(12, 6),
  prices_as_of                  date,
  is_active                     boolean not null default true,
  is_contestant                 boolean not null default true,
  is_rehearsal                  boolean not null default false,
  retired_at                    timestamptz,
  note                          text,
  created_at                    timestamptz not null default now(),
  updated_at                    timestamptz not null default now(),
  constraint models_slug_unique unique (slug),
  constraint models_provider foreign key (provider) references app_private.providers,
  constraint models_slug_form check (slug ~ '^[a-z0-9][a-z0-9-]{1,59}$'),
  constraint models_max_output_tokens_sane check (max_output_tokens between 1 and 1000000),
  constraint models_prices_not_negative check (
    input_usd_per_million >= 0 and cached_input_usd_per_million >= 0 and output_usd_per_million >= 0
  ),
  constraint models_retired_are_inactive check (retired_at is null or not is_active),
  constraint models_params_form check (jsonb_typeof(params) = 'object')
);
create index if not exists models_provider_idx on app_public.models (provider);

call app_private.reset_access('app_public.models');
create policy select_all on app_public.models for select to autobench_anon, autobench_member
  using (true);
grant select on app_public.models to autobench_anon, autobench_member;
-- No write through the API: a model is one INSERT by a DBA, or a line in content/models.json. None is ever deleted.

create or replace trigger _100_timestamps before insert or update on app_public.models
  for each row execute function app_private.tg__timestamps();

comment on table app_public.models is 'An AI model that competes, or did: a retired one keeps its place in history.';
comment on column app_public.models.id is 'Identity of the model.';
comment on column app_public.models.slug is 'Short name, for addresses.';
comment on column app_public.models.display_name is 'Name as it is shown.';
comment on column app_public.models.provider is 'Who is asked for its answers.';
comment on column app_public.models.api_model is 'The provider''s name for it.';
comment on column app_public.models.family is 'Models that are versions of one another.';
comment on column app_public.models.params is 'Settings sent with every request, such as a temperature.';
comment on column app_public.models.max_output_tokens is 'How long an answer may be.';
comment on column app_public.models.input_usd_per_million is 'Price of a million tokens read.';
comment on column app_public.models.cached_input_usd_per_million is 'Price of a million tokens read from the provider''s cache.';
comment on column app_public.models.output_usd_per_million is 'Price of a million tokens written.';
comment on column app_public.models.prices_as_of is 'When the prices were last looked up.';
comment on column app_public.models.is_active is 'Whether it is asked at all; from the next midnight on.';
comment on column app_public.models.is_contestant is 'Whether it answers tasks, or only writes, judges or coaches.';
comment on column app_public.models.is_rehearsal is 'Whether its answers are canned: such a model never shares a board with real ones.';
comment on column app_public.models.retired_at is 'Since when it no longer competes for good.';
comment on column app_public.models.note is 'What one should know of this entry.';
comment on column app_public.models.created_at is 'When it was registered.';
comment on column app_public.models.updated_at is 'When its entry last changed.';
--! EndIncluded models/app_public.models.sql
--! Included models/app_private.model_caps.sql
-- a DBA -> [app_private.model_caps] -> app_private.open_gate()
create table if not exists app_private.model_caps (
  model_id   uuid constraint model_caps_pkey primary key,
  daily_usd  numeric(12, 6) not null,
  constraint model_caps_model foreign key (model_id) references app_public.models on delete cascade,
  constraint model_caps_not_negative check (daily_usd >= 0)
);

call app_private.reset_access('app_private.model_caps');
create policy select_all on app_private.model_caps for select to autobench_operator
  using (true);
grant select on app_private.model_caps to autobench_operator;
-- No write through the API: a cap is set in SQL.

comment on table app_private.model_caps is 'What a model may cost in a UTC day; a model without a row has no cap of its own.';
comment on column app_private.model_caps.model_id is 'The model.';
comment on column app_private.model_caps.daily_usd is 'The most that may be spent and held in a day.';
--! EndIncluded models/app_private.model_caps.sql
--! Included models/app_private.llm_roles.sql
-- content/models.json -> [app_private.llm_roles] -> app_private.model_for_role()
create table if not exists app_private.llm_roles (
  role      text not null,
  priority  integer not null,
  model_id  uuid not null,
  constraint llm_roles_pkey primary key (role, priority),
  constraint llm_roles_model foreign key (model_id) references app_public.models,
  constraint llm_roles_role_known check (role in ('write_task', 'judge', 'coach', 'check'))
);
create index if not exists llm_roles_model_id_idx on app_private.llm_roles (model_id);

call app_private.reset_access('app_private.llm_roles');
create policy select_all on app_private.llm_roles for select to autobench_operator
  using (true);
grant select on app_private.llm_roles to autobench_operator;
-- No write through the API: who writes and judges is decided in SQL or content/models.json.

comment on table app_private.llm_roles is 'Which models write tasks, judge answers and coach; the first usable one does it.';
comment on column app_private.llm_roles.role is 'What is to be done.';
comment on column app_private.llm_roles.priority is 'Lower is asked first.';
comment on column app_private.llm_roles.model_id is 'The model.';
--! EndIncluded models/app_private.llm_roles.sql
--! Included models/app_private.prompts.sql
-- content/prompts/<role>/<version>.md -> app_private.apply_prompts() -> [app_private.prompts] -> worker/prompt.ts
create table if not exists app_private.prompts (
  role        text not null,
  version     text not null,
  system      text not null,
  template    text not null,
  weight      numeric(6, 3) not null default 1,
  created_at  timestamptz not null default now(),
  constraint prompts_pkey primary key (role, version),
  constraint prompts_version_form check (version ~ '^v[0-9]{1,4}$'),
  constraint prompts_weight_not_negative check (weight >= 0)
);

call app_private.reset_access('app_private.prompts');
create policy select_all on app_private.prompts for select to autobench_operator
  using (true);
grant select on app_private.prompts to autobench_operator;
-- No write through the API: prompts come from content/prompts.

comment on table app_private.prompts is 'What models are told, by role and version; a version that was used is never rewritten.';
comment on column app_private.prompts.role is 'Who is told: writer, answer, judge or coach.';
comment on column app_private.prompts.version is 'v1, v2 and so on.';
comment on column app_private.prompts.system is 'The standing part.';
comment on column app_private.prompts.template is 'The part with {{placeholders}}.';
comment on column app_private.prompts.weight is 'How often it is drawn among the versions of its role; 0 is never.';
comment on column app_private.prompts.created_at is 'When it was taken in.';
--! EndIncluded models/app_private.prompts.sql
--! Included models/app_private.content_syncs.sql
-- autobench sync, npm start -> [app_private.content_syncs] -> db/cluster/content.ts
create table if not exists app_private.content_syncs (
  kind        text constraint content_syncs_pkey primary key,
  hash        bytea not null,
  applied_at  timestamptz not null default now(),
  constraint content_syncs_hash_form check (octet_length(hash) = 32)
);

call app_private.reset_access('app_private.content_syncs');
-- No policy and no grant: the owner's sync alone looks here.

comment on table app_private.content_syncs is
  'Which state of content/ was taken in last: a start applies it again only when the files have changed since.';
comment on column app_private.content_syncs.kind is 'models or prompts.';
comment on column app_private.content_syncs.hash is 'SHA-256 of what was applied.';
comment on column app_private.content_syncs.applied_at is 'When it was applied.';
--! EndIncluded models/app_private.content_syncs.sql
--! Included models/app_private.usable_models.sql
-- dispatch_tasks(), model_for_role() -> [app_private.usable_models()] -> app_public.models, app_private.providers
create or replace function app_private.usable_models(keys text[], has_rehearsal boolean)
returns table (model_id uuid, is_usable boolean, reason text)
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select m.id, v.reason is null, v.reason
    from app_public.models m
      inner join app_private.providers p on p.name = m.provider
      cross join lateral (
        select case
          when not m.is_active then 'The model is not active.'
          when not p.is_enabled then format('The provider %s is switched off.', p.name)
          when p.is_rehearsal and not has_rehearsal then 'Rehearsal models take part only when there are no keys.'
          when not p.is_rehearsal and has_rehearsal then 'Real models do not take part in a rehearsal.'
          when p.api_key_env is not null and not p.is_rehearsal and not p.api_key_env = any (keys)
            then format('%s is not set.', p.api_key_env)
        end
      ) v (reason);
$$;
comment on function app_private.usable_models(text[], boolean) is
  'Which models can be asked now, given the names of the keys that are set, and why the others cannot.';
revoke all on function app_private.usable_models(text[], boolean) from public;
--! EndIncluded models/app_private.usable_models.sql
--! Included models/app_private.contestants.sql
-- dispatch_and_collect, autobench doctor -> [app_private.contestants()] -> app_private.usable_models()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.contestants(keys text[], has_rehearsal boolean)
returns table (slug text, is_usable boolean, reason text)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.slug, u.is_usable, u.reason
    from app_private.usable_models(keys, has_rehearsal) u
      inner join app_public.models m on m.id = u.model_id
    where m.is_active and m.is_contestant and m.is_rehearsal = has_rehearsal
    order by m.slug;
$$;
comment on function app_private.contestants(text[], boolean) is
  'The active models that compete, and why some of them cannot be asked now, given the names of the keys that are set.';
revoke all on function app_private.contestants(text[], boolean) from public;
grant execute on function app_private.contestants(text[], boolean) to autobench_worker;
--! EndIncluded models/app_private.contestants.sql
--! Included models/app_private.key_names.sql
-- cli/rehearsal.ts, autobench doctor -> [app_private.key_names()] -> app_private.providers
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.key_names() returns table (api_key_env text, models text[])
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.api_key_env, array_agg(m.slug order by m.slug)
    from app_private.providers p
      inner join app_public.models m on m.provider = p.name
    where p.is_enabled and not p.is_rehearsal and m.is_active
    group by p.name, p.api_key_env;
$$;
comment on function app_private.key_names() is
  'The names of the keys that active models need, with those models; null for a provider that asks for none.';
revoke all on function app_private.key_names() from public;
grant execute on function app_private.key_names() to autobench_worker;
--! EndIncluded models/app_private.key_names.sql
--! Included models/app_private.model_for_role.sql
-- generate_daily_tasks -> [app_private.model_for_role()] -> app_private.llm_roles, app_private.usable_models()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.model_for_role(role text, keys text[], has_rehearsal boolean)
returns uuid
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.model_id
    from app_private.llm_roles r
      inner join app_private.usable_models(keys, has_rehearsal) u on u.model_id = r.model_id
    where r.role = model_for_role.role and u.is_usable
    order by r.priority
    limit 1;
$$;
comment on function app_private.model_for_role(text, text[], boolean) is
  'The first usable model that has a role, or null.';
revoke all on function app_private.model_for_role(text, text[], boolean) from public;
grant execute on function app_private.model_for_role(text, text[], boolean) to autobench_worker;
--! EndIncluded models/app_private.model_for_role.sql
--! Included models/app_private.pick_prompt.sql
-- worker/prompt.ts -> [app_private.pick_prompt()] -> app_private.prompts
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.pick_prompt(role text, subject_id uuid)
returns table (version text, system text, template text)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  -- The subject's hash falls into one version's share of [0, 1): the same subject always gets the same version.
  with shares as (
    select p.*, sum(p.weight) over (order by p.version) / sum(p.weight) over () as upto
      from app_private.prompts p
      where p.role = pick_prompt.role and p.weight > 0
  )
  select s.version, s.system, s.template
    from shares s
    where s.upto > (hashtextextended(pick_prompt.subject_id::text, 0) & 1048575) / 1048576.0
    order by s.upto
    limit 1;
$$;
comment on function app_private.pick_prompt(text, uuid) is
  'The prompt version that a subject falls to, by weight; always the same for the same subject.';
revoke all on function app_private.pick_prompt(text, uuid) from public;
grant execute on function app_private.pick_prompt(text, uuid) to autobench_worker;
--! EndIncluded models/app_private.pick_prompt.sql
--! Included models/app_private.writer_prompt.sql
-- generate_daily_tasks -> [app_private.writer_prompt()] -> app_private.pick_prompt(), app_public.models
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.writer_prompt(task_id uuid, model_id uuid)
returns table (version text, system text, template text, api_model text, params jsonb)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.version, p.system, p.template, m.api_model, m.params
    from app_private.pick_prompt('writer', writer_prompt.task_id) p
      cross join app_public.models m
    where m.id = writer_prompt.model_id;
$$;
comment on function app_private.writer_prompt(uuid, uuid) is 'What a model needs to be told to write a task.';
revoke all on function app_private.writer_prompt(uuid, uuid) from public;
grant execute on function app_private.writer_prompt(uuid, uuid) to autobench_worker;
--! EndIncluded models/app_private.writer_prompt.sql
--! Included models/app_private.apply_prompts.sql
-- autobench sync prompts -> [app_private.apply_prompts()] -> app_private.prompts
create or replace function app_private.apply_prompts(prompts jsonb)
returns table (role text, version text, change text)
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_prompt record;
  v_known app_private.prompts;
begin
  for v_prompt in
    select p.role, p.version, p.system, p.template
      from jsonb_to_recordset(apply_prompts.prompts) as p (role text, version text, system text, template text)
      order by p.role, p.version
  loop
    select * into v_known
      from app_private.prompts p
      where p.role = v_prompt.role and p.version = v_prompt.version;
    if not found then
      insert into app_private.prompts (role, version, system, template)
        values (v_prompt.role, v_prompt.version, v_prompt.system, v_prompt.template);
      apply_prompts.change := 'added';
    elsif v_known.system = v_prompt.system and v_known.template = v_prompt.template then
      continue;
    else
      raise exception 'The prompt %/% was changed.', v_prompt.role, v_prompt.version
        using errcode = 'TB050', hint = 'A version that was used is never rewritten: write it as a new version.';
    end if;
    apply_prompts.role := v_prompt.role;
    apply_prompts.version := v_prompt.version;
    return next;
  end loop;
end;
$$;
comment on function app_private.apply_prompts(jsonb) is
  'Takes in new prompt versions; returns what was added. Errors: TB050.';
revoke all on function app_private.apply_prompts(jsonb) from public;
--! EndIncluded models/app_private.apply_prompts.sql
--! Included models/app_private.apply_models.sql
-- autobench sync models -> [app_private.apply_models()] -> app_private.providers, app_public.models, app_private.llm_roles
create or replace function app_private.apply_models(content jsonb)
returns table (kind text, name text, change text)
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Rehearsal roles stand in a range of their own, behind the real ones.
  v_from integer := coalesce((content ->> 'role_priority_from')::integer, 0);
begin
  perform pg_advisory_xact_lock(hashtextextended('apply_models', 0));

  return query
  with given as (
    select p.*
      from jsonb_populate_recordset(null::app_private.providers, apply_models.content -> 'providers') p
  ), merged as (
    merge into app_private.providers as k
    using given as g on k.name = g.name
    when not matched then
      insert (name, protocol, base_url, api_key_env, max_parallel, requests_per_minute, is_enabled, is_overload_free, is_rehearsal, traits)
      values (
        g.name, g.protocol, g.base_url, g.api_key_env, coalesce(g.max_parallel, 4), coalesce(g.requests_per_minute, 30),
        coalesce(g.is_enabled, true), coalesce(g.is_overload_free, false), coalesce(g.is_rehearsal, false), coalesce(g.traits, '{}')
      )
    -- What it bills and how it differs may have been corrected in SQL: that stays where the list says nothing.
    when matched and (k.protocol, k.base_url, k.api_key_env, k.max_parallel, k.requests_per_minute, k.is_enabled, k.is_overload_free, k.traits)
      is distinct from (g.protocol, g.base_url, g.api_key_env, coalesce(g.max_parallel, 4), coalesce(g.requests_per_minute, 30),
        coalesce(g.is_enabled, true), coalesce(g.is_overload_free, k.is_overload_free), coalesce(g.traits, k.traits))
    then
      update set protocol = g.protocol, base_url = g.base_url, api_key_env = g.api_key_env,
        max_parallel = coalesce(g.max_parallel, 4), requests_per_minute = coalesce(g.requests_per_minute, 30),
        is_enabled = coalesce(g.is_enabled, true), is_overload_free = coalesce(g.is_overload_free, k.is_overload_free),
        traits = coalesce(g.traits, k.traits)
    returning k.name, merge_action() as action
  )
  select 'provider', m.name, case m.action when 'INSERT' then 'added' else 'changed' end from merged m order by m.name;

  return query
  with given as (
    select m.*
      from jsonb_populate_recordset(null::app_public.models, apply_models.content -> 'models') m
  ), merged as (
    merge into app_public.models as k
    using given as g on k.slug = g.slug
    when not matched then
      insert (slug, display_name, provider, api_model, family, params, max_output_tokens, input_usd_per_million,
        cached_input_usd_per_million, output_usd_per_million, prices_as_of, is_active, is_contestant, is_rehearsal, note)
      values (g.slug, g.display_name, g.provider, g.api_model, g.family, coalesce(g.params, '{}'), coalesce(g.max_output_tokens, 16384),
        g.input_usd_per_million, g.cached_input_usd_per_million, g.output_usd_per_million, g.prices_as_of,
        coalesce(g.is_active, true), coalesce(g.is_contestant, true), coalesce(g.is_rehearsal, false), g.note)
    when matched and (k.display_name, k.provider, k.api_model, k.family, k.params, k.max_output_tokens, k.input_usd_per_million,
        k.cached_input_usd_per_million, k.output_usd_per_million, k.prices_as_of, k.is_active, k.is_contestant, k.note)
      is distinct from (g.display_name, g.provider, g.api_model, g.family, coalesce(g.params, '{}'), coalesce(g.max_output_tokens, 16384),
        g.input_usd_per_million, g.cached_input_usd_per_million, g.output_usd_per_million, g.prices_as_of,
        coalesce(g.is_active, true) and k.retired_at is null, coalesce(g.is_contestant, true), g.note)
    then
      update set display_name = g.display_name, provider = g.provider, api_model = g.api_model, family = g.family,
        params = coalesce(g.params, '{}'), max_output_tokens = coalesce(g.max_output_tokens, 16384),
        input_usd_per_million = g.input_usd_per_million, cached_input_usd_per_million = g.cached_input_usd_per_million,
        output_usd_per_million = g.output_usd_per_million, prices_as_of = g.prices_as_of,
        is_active = coalesce(g.is_active, true) and k.retired_at is null,
        is_contestant = coalesce(g.is_contestant, true), note = g.note
    returning k.slug, merge_action() as action
  )
  select 'model', m.slug, case m.action when 'INSERT' then 'added' else 'changed' end from merged m order by m.slug;

  -- A role is an ordered list of models: the first usable one does it.
  return query
  with given as (
    select r.role, v_from + (row_number() over (partition by r.role order by s.n))::integer as priority, m.id as model_id, m.slug
      from jsonb_each(coalesce(apply_models.content -> 'roles', '{}')) r (role, slugs)
        cross join lateral jsonb_array_elements_text(r.slugs) with ordinality s (slug, n)
        inner join app_public.models m on m.slug = s.slug
  ), merged as (
    merge into app_private.llm_roles as k
    using given as g on k.role = g.role and k.priority = g.priority
    when not matched then insert (role, priority, model_id) values (g.role, g.priority, g.model_id)
    when matched and k.model_id <> g.model_id then update set model_id = g.model_id
    when not matched by source and apply_models.content ? 'roles' and k.priority > v_from and k.priority <= v_from + 100 then delete
    returning k.role, k.priority, merge_action() as action
  )
  select 'role', m.role || ' ' || m.priority, case m.action when 'INSERT' then 'added' when 'DELETE' then 'removed' else 'changed' end
    from merged m order by m.role, m.priority;
end;
$$;
comment on function app_private.apply_models(jsonb) is
  'Takes in providers, models and roles from content/models.json; returns what changed. Nothing is deleted but a role.';
revoke all on function app_private.apply_models(jsonb) from public;
--! EndIncluded models/app_private.apply_models.sql

--! Included budget/app_private.dispatch_gate.sql
-- autobench reconcile -> [app_private.dispatch_gate] -> app_private.require_open_gate()
create table if not exists app_private.dispatch_gate (
  is_only         boolean constraint dispatch_gate_pkey primary key default true,
  epoch           uuid not null default gen_random_uuid(),
  past_epochs     uuid[] not null default '{}',
  is_open         boolean not null default true,
  closed_through  date,
  reason          text,
  changed_at      timestamptz not null default now(),
  constraint dispatch_gate_is_only_one check (is_only),
  constraint dispatch_gate_closed_for_a_reason check (is_open or reason is not null)
);
insert into app_private.dispatch_gate (is_only) values (true) on conflict on constraint dispatch_gate_pkey do nothing;

call app_private.reset_access('app_private.dispatch_gate');
create policy select_all on app_private.dispatch_gate for select to autobench_operator
  using (true);
grant select on app_private.dispatch_gate to autobench_operator;
-- No write: meet_epoch() closes it, reconcile() opens it.

comment on table app_private.dispatch_gate is
  'Whether models may be asked. A restored backup has forgotten what was bought since: it closes the gate until somebody reconciles.';
comment on column app_private.dispatch_gate.is_only is 'There is one row.';
comment on column app_private.dispatch_gate.epoch is 'Kept here and beside the database; when the two differ, one of them is older.';
comment on column app_private.dispatch_gate.past_epochs is 'Those that were reconciled: a machine that still keeps one of them is behind, and the database has forgotten nothing.';
comment on column app_private.dispatch_gate.is_open is 'Whether models may be asked at all.';
comment on column app_private.dispatch_gate.closed_through is 'Days up to this one are not bought any more: they may have been bought before.';
comment on column app_private.dispatch_gate.reason is 'Why it is closed.';
comment on column app_private.dispatch_gate.changed_at is 'Since when.';
--! EndIncluded budget/app_private.dispatch_gate.sql
--! Included budget/app_private.request_hash.sql
-- [app_private.request_hash()] -> app_private.llm_calls.request_hash
create or replace function app_private.request_hash(request jsonb) returns bytea
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(request::text, 'UTF8'));
$$;
comment on function app_private.request_hash(jsonb) is 'SHA-256 of a request as Postgres writes it.';
revoke all on function app_private.request_hash(jsonb) from public;
--! EndIncluded budget/app_private.request_hash.sql
--! Included budget/app_private.llm_calls.sql
-- app_private.ensure_call() -> [app_private.llm_calls] -> app_private.reserve_attempt(), app_private.settle_submission()
create table if not exists app_private.llm_calls (
  id            bigint generated always as identity constraint llm_calls_pkey primary key,
  role          text not null,
  subject_type  text not null,
  subject_id    uuid not null,
  model_id      uuid not null,
  round         integer   not null default 1,
  request       jsonb not null,
  request_hash  bytea not null generated always as (app_private.request_hash(request)) stored,
  state         text not null default 'pending',
  next_try_at   timestamptz not null default now(),
  attempts      integer   not null default 0,
  max_attempts  integer   not null default 6,
  reason        text,
  created_at    timestamptz not null default now(),
  constraint llm_calls_once unique (role, subject_type, subject_id, model_id, round),
  constraint llm_calls_model foreign key (model_id) references app_public.models,
  constraint llm_calls_role_known check (role in ('answer', 'write_task', 'judge', 'coach', 'check')),
  constraint llm_calls_subject_type_known check (subject_type in ('submission', 'task', 'answer', 'batch', 'check')),
  constraint llm_calls_answers_have_one_round check (round between 1 and case role when 'answer' then 1 else 3 end),
  constraint llm_calls_state_known check (state in ('pending', 'active', 'done', 'failed', 'in_doubt')),
  constraint llm_calls_attempts_bounded check (attempts between 0 and max_attempts and max_attempts between 1 and 200)
);
create index if not exists llm_calls_model_id_idx on app_private.llm_calls (model_id);
create index if not exists llm_calls_subject_id_idx on app_private.llm_calls (subject_id);
create index if not exists llm_calls_unfinished_idx on app_private.llm_calls (next_try_at) where state in ('pending', 'active', 'in_doubt');

call app_private.reset_access('app_private.llm_calls');
create policy select_all on app_private.llm_calls for select to autobench_operator
  using (true);
grant select on app_private.llm_calls to autobench_operator;
-- No write: the ledger's functions are the doors.

comment on table app_private.llm_calls is 'What is to be asked of a model, once: one row for each role, subject, model and round.';
comment on column app_private.llm_calls.id is 'Identity of the call.';
comment on column app_private.llm_calls.role is 'What for.';
comment on column app_private.llm_calls.subject_type is 'What kind of thing it is about.';
comment on column app_private.llm_calls.subject_id is 'The thing that it is about.';
comment on column app_private.llm_calls.model_id is 'Who is asked.';
comment on column app_private.llm_calls.round is 'Second opinions and rewritten tasks open a new round; an answer has one.';
comment on column app_private.llm_calls.request is 'What is sent, word for word.';
comment on column app_private.llm_calls.request_hash is 'SHA-256 of the request: the same call with another request is refused.';
comment on column app_private.llm_calls.state is
  'pending: may be tried. active: an attempt is under way. done: answered, usable or not. failed: will not be tried again. in_doubt: sent, end unknown.';
comment on column app_private.llm_calls.next_try_at is 'Not before this instant.';
comment on column app_private.llm_calls.attempts is 'How often it was tried.';
comment on column app_private.llm_calls.max_attempts is 'How often it may be tried.';
comment on column app_private.llm_calls.reason is 'Why it failed or waits, when no attempt says so.';
comment on column app_private.llm_calls.created_at is 'When it was decided on.';
--! EndIncluded budget/app_private.llm_calls.sql
--! Included budget/app_private.llm_attempts.sql
-- app_private.reserve_attempt() -> [app_private.llm_attempts] -> app_private.open_gate(), app_private.finish_attempt()
create table if not exists app_private.llm_attempts (
  id                   bigint generated always as identity constraint llm_attempts_pkey primary key,
  call_id              bigint not null,
  n                    integer   not null,
  provider             text not null,
  client_request_id    uuid not null default gen_random_uuid(),
  state                text not null default 'reserved',
  lease_token          uuid not null default gen_random_uuid(),
  worker               text not null,
  lease_until          timestamptz not null,
  reserved_at          timestamptz not null default clock_timestamp(),
  sending_at           timestamptz,
  finished_at          timestamptz,
  http_status          integer,
  provider_request_id  text,
  error_class          text,
  error                text,
  evidence             jsonb not null default '{}',
  input_tokens         integer,
  cached_tokens        integer,
  output_tokens        integer,
  reasoning_tokens     integer,
  prices               jsonb not null,
  hold_day             date,
  hold_usd             numeric(14, 8),
  cost_usd             numeric(14, 8),
  constraint llm_attempts_once unique (call_id, n),
  constraint llm_attempts_client_request_id_unique unique (client_request_id),
  constraint llm_attempts_call foreign key (call_id) references app_private.llm_calls,
  constraint llm_attempts_state_known check (
    state in ('reserved', 'sending', 'succeeded', 'unusable', 'rejected', 'not_executed', 'in_doubt', 'abandoned')
  ),
  constraint llm_attempts_end_is_dated check ((state in ('reserved', 'sending')) = (finished_at is null)),
  constraint llm_attempts_hold_from_gate check (state in ('reserved', 'not_executed') or hold_usd is not null),
  constraint llm_attempts_figures_not_negative check (
    input_tokens >= 0 and cached_tokens >= 0 and output_tokens >= 0 and reasoning_tokens >= 0 and hold_usd >= 0 and cost_usd >= 0
  )
);
-- The guarantee of the whole arena: of one call, one attempt at most may ever have reached the provider.
create unique index if not exists llm_attempts_one_live on app_private.llm_attempts (call_id)
  where state in ('reserved', 'sending', 'succeeded', 'unusable', 'in_doubt');
create index if not exists llm_attempts_lease_idx on app_private.llm_attempts (lease_until) where state in ('reserved', 'sending');
create index if not exists llm_attempts_under_way_idx on app_private.llm_attempts (provider) where state in ('reserved', 'sending');
create index if not exists llm_attempts_pace_idx on app_private.llm_attempts (provider, reserved_at);

call app_private.reset_access('app_private.llm_attempts');
create policy select_all on app_private.llm_attempts for select to autobench_operator
  using (true);
grant select (
  id, call_id, n, provider, client_request_id, state, worker, lease_until, reserved_at, sending_at, finished_at, http_status,
  provider_request_id, error_class, error, evidence, input_tokens, cached_tokens, output_tokens, reasoning_tokens, prices,
  hold_day, hold_usd, cost_usd
) on app_private.llm_attempts to autobench_operator;
-- No grant on lease_token: it is what its holder settles the attempt with. No write: the ledger's functions are the doors.

comment on table app_private.llm_attempts is 'Each try at a call. The index llm_attempts_one_live allows no second one that might be billed.';
comment on column app_private.llm_attempts.id is 'Identity of the attempt.';
comment on column app_private.llm_attempts.call_id is 'The call.';
comment on column app_private.llm_attempts.n is 'Which try it is.';
comment on column app_private.llm_attempts.provider is 'Who is asked.';
comment on column app_private.llm_attempts.client_request_id is 'Sent along where the provider takes it, to look the request up later.';
comment on column app_private.llm_attempts.state is
  'reserved: nothing has left. sending: it may have left. Then how it ended; in_doubt and abandoned: nobody knows.';
comment on column app_private.llm_attempts.lease_token is 'Known to the worker that made the attempt, and needed to settle it.';
comment on column app_private.llm_attempts.worker is 'The worker that made it.';
comment on column app_private.llm_attempts.lease_until is 'Until when the worker is believed to be at it, by the database''s clock.';
comment on column app_private.llm_attempts.reserved_at is 'When it was reserved.';
comment on column app_private.llm_attempts.sending_at is 'When the gate was opened: from then on the request may have left.';
comment on column app_private.llm_attempts.finished_at is 'When its end was recorded.';
comment on column app_private.llm_attempts.http_status is 'The provider''s status.';
comment on column app_private.llm_attempts.provider_request_id is 'The provider''s name for the request.';
comment on column app_private.llm_attempts.error_class is 'What kind of failure it was.';
comment on column app_private.llm_attempts.error is 'The failure in words; no prompt, answer or key.';
comment on column app_private.llm_attempts.evidence is 'What was observed, for whoever decides a doubtful case.';
comment on column app_private.llm_attempts.input_tokens is 'Tokens read, the cached ones included.';
comment on column app_private.llm_attempts.cached_tokens is 'Tokens read from the provider''s cache.';
comment on column app_private.llm_attempts.output_tokens is 'Tokens written, reasoning included.';
comment on column app_private.llm_attempts.reasoning_tokens is 'Tokens spent on reasoning.';
comment on column app_private.llm_attempts.prices is 'The model''s prices when the attempt was made: input, cached and output, in dollars per million.';
comment on column app_private.llm_attempts.hold_day is 'The UTC day whose budget it counts against.';
comment on column app_private.llm_attempts.hold_usd is 'What was held for it at the gate.';
comment on column app_private.llm_attempts.cost_usd is 'What it cost; null as long as it is not known.';
--! EndIncluded budget/app_private.llm_attempts.sql
--! Included budget/app_private.llm_replies.sql
-- worker/llm/guarded-fetch.ts -> app_private.record_reply() -> [app_private.llm_replies] -> worker/llm/read-reply.ts
create table if not exists app_private.llm_replies (
  attempt_id   bigint constraint llm_replies_pkey primary key,
  status       integer not null,
  headers      jsonb not null,
  body         bytea not null,
  received_at  timestamptz not null default clock_timestamp(),
  constraint llm_replies_attempt foreign key (attempt_id) references app_private.llm_attempts on delete cascade,
  constraint llm_replies_bounded check (octet_length(body) <= 9 * 1024 * 1024)
);
create index if not exists llm_replies_received_at_idx on app_private.llm_replies (received_at);

call app_private.reset_access('app_private.llm_replies');
-- No policy and no grant: what a model wrote is read by the worker's functions alone.

comment on table app_private.llm_replies is 'A provider''s reply as it came, stored before anything reads it, and kept as long as app_private.retention_rules says.';
comment on column app_private.llm_replies.attempt_id is 'The attempt.';
comment on column app_private.llm_replies.status is 'The status of the reply.';
comment on column app_private.llm_replies.headers is 'The few headers that matter.';
comment on column app_private.llm_replies.body is 'The reply''s bytes.';
comment on column app_private.llm_replies.received_at is 'When it was stored.';
--! EndIncluded budget/app_private.llm_replies.sql
--! Included budget/app_private.daily_spend.sql
-- app_private.open_gate() -> [app_private.daily_spend] -> app_operations.spend
create table if not exists app_private.daily_spend (
  id         bigint generated always as identity constraint daily_spend_pkey primary key,
  day        date not null,
  model_id   uuid,
  held_usd   numeric(16, 8) not null default 0,
  spent_usd  numeric(16, 8) not null default 0,
  constraint daily_spend_once unique nulls not distinct (day, model_id),
  constraint daily_spend_model foreign key (model_id) references app_public.models,
  constraint daily_spend_not_negative check (held_usd >= 0 and spent_usd >= 0)
);
create index if not exists daily_spend_model_id_idx on app_private.daily_spend (model_id);

call app_private.reset_access('app_private.daily_spend');
create policy select_all on app_private.daily_spend for select to autobench_operator
  using (true);
grant select on app_private.daily_spend to autobench_operator;
-- No write: the gate holds, the end of an attempt settles.

comment on table app_private.daily_spend is 'What a UTC day has cost and holds: for each model, and for all in the row without one.';
comment on column app_private.daily_spend.id is 'Identity of the row.';
comment on column app_private.daily_spend.day is 'The UTC day.';
comment on column app_private.daily_spend.model_id is 'The model; null in the row for all.';
comment on column app_private.daily_spend.held_usd is 'Held for attempts whose cost is not known yet.';
comment on column app_private.daily_spend.spent_usd is 'Settled.';
--! EndIncluded budget/app_private.daily_spend.sql
--! Included budget/app_private.require_open_gate.sql
-- open_day(), dispatch_tasks(), reserve_attempt() -> [app_private.require_open_gate()] -> app_private.dispatch_gate
create or replace function app_private.require_open_gate(day date) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gate app_private.dispatch_gate;
begin
  select * into strict v_gate from app_private.dispatch_gate g;
  if not v_gate.is_open or v_gate.closed_through >= require_open_gate.day then
    raise exception 'The gate to the models is closed.'
      using errcode = 'TB043',
        detail = coalesce(v_gate.reason, 'These days may have been bought before a backup was restored.'),
        hint = 'Look at it with "autobench reconcile".';
  end if;
end;
$$;
comment on function app_private.require_open_gate(date) is 'Refuses when models may not be asked for a day. Errors: TB043.';
revoke all on function app_private.require_open_gate(date) from public;
--! EndIncluded budget/app_private.require_open_gate.sql

--! Included tasks/app_public.task_status.sql
-- [app_public.task_status] -> app_public.tasks
do $$
begin
  create type app_public.task_status as enum ('pending', 'generated', 'dispatched');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.task_status is 'How far a task is: waiting for its writer, written, handed to the models.';
revoke all on type app_public.task_status from public;
grant usage on type app_public.task_status to autobench_anon, autobench_member;
--! EndIncluded tasks/app_public.task_status.sql
--! Included tasks/app_public.submission_status.sql
-- [app_public.submission_status] -> app_public.submissions
do $$
begin
  create type app_public.submission_status as enum ('queued', 'running', 'succeeded', 'failed', 'in_doubt');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.submission_status is
  'How far an answer is. In doubt: the request left, and nobody knows whether it was answered; it is never sent again by itself.';
revoke all on type app_public.submission_status from public;
grant usage on type app_public.submission_status to autobench_anon, autobench_member;
--! EndIncluded tasks/app_public.submission_status.sql
--! Included tasks/app_public.tasks.sql
-- generate_daily_tasks -> app_private.open_day() -> [app_public.tasks] -> app_private.dispatch_tasks(), tasks (GraphQL)
create table if not exists app_public.tasks (
  id               uuid constraint tasks_pkey primary key default gen_random_uuid(),
  challenge_date   date not null,
  slot             integer   not null,
  is_showcase      boolean not null generated always as (slot = 1) stored,
  title            text,
  prompt_text      text,
  theme            text,
  spec             jsonb not null default '{}',
  prompt_metadata  jsonb not null default '{}',
  status           app_public.task_status not null default 'pending',
  created_at       timestamptz not null default now(),
  generated_at     timestamptz,
  dispatched_at    timestamptz,
  closes_at        timestamptz not null,
  expires_at       timestamptz not null,
  purged_at        timestamptz,
  constraint tasks_one_per_slot unique (challenge_date, slot),
  constraint tasks_slot_sane check (slot between 1 and 50),
  constraint tasks_generated_whole check (
    (status = 'pending') = (generated_at is null)
    and (status = 'pending' or (title is not null and prompt_text is not null and theme is not null))
  ),
  constraint tasks_dispatched_whole check ((status = 'dispatched') = (dispatched_at is not null)),
  constraint tasks_title_form check (char_length(title) between 1 and 120 and title !~ '[[:cntrl:]]'),
  constraint tasks_prompt_text_form check (char_length(prompt_text) between 40 and 4000),
  constraint tasks_theme_form check (theme ~ '^[a-z][a-z-]{1,39}$'),
  constraint tasks_expire_after_they_close check (expires_at >= closes_at),
  constraint tasks_purged_after_they_expire check (purged_at >= expires_at)
);
create index if not exists tasks_closes_at_idx on app_public.tasks (closes_at);
create index if not exists tasks_unpurged_idx on app_public.tasks (expires_at) where purged_at is null;

call app_private.reset_access('app_public.tasks');
create policy select_written on app_public.tasks for select to autobench_anon, autobench_member
  using (status <> 'pending');
create policy select_all on app_public.tasks for select to autobench_operator
  using (true);
grant select on app_public.tasks to autobench_anon, autobench_member;
-- No write: open_day(), record_task(), dispatch_tasks() and close_task() are the doors.

comment on table app_public.tasks is 'A coding task of one day, given to every active model once.';
comment on column app_public.tasks.id is 'Identity of the task.';
comment on column app_public.tasks.challenge_date is 'The UTC day that it belongs to.';
comment on column app_public.tasks.slot is 'Which of the day''s tasks it is; the first is the showcase.';
comment on column app_public.tasks.is_showcase is 'Whether models are named from the moment their answers arrive; the other tasks are sealed until they close.';
comment on column app_public.tasks.title is 'Title.';
comment on column app_public.tasks.prompt_text is 'What the models are asked.';
comment on column app_public.tasks.theme is 'What kind of task it is.';
comment on column app_public.tasks.spec is 'Further requirements, if there are any.';
comment on column app_public.tasks.prompt_metadata is 'Where the text comes from: the writer''s prompt version, or the built-in library and why.';
comment on column app_public.tasks.status is 'How far it is; it only moves forward.';
comment on column app_public.tasks.created_at is 'When the day was opened.';
comment on column app_public.tasks.generated_at is 'When it was written.';
comment on column app_public.tasks.dispatched_at is 'When the models were asked.';
comment on column app_public.tasks.closes_at is 'Until when it is voted on; then the models are revealed.';
comment on column app_public.tasks.expires_at is 'Until when code and live pages can be read.';
comment on column app_public.tasks.purged_at is 'When code and pages were deleted.';
--! EndIncluded tasks/app_public.tasks.sql
--! Included tasks/app_public.submissions.sql
-- dispatch_and_collect -> app_private.dispatch_tasks() -> [app_public.submissions] -> submissions (GraphQL), submissionChanged
create table if not exists app_public.submissions (
  id             uuid constraint submissions_pkey primary key default gen_random_uuid(),
  task_id        uuid not null,
  model_id       uuid not null,
  status         app_public.submission_status not null default 'queued',
  reason         text,
  created_at     timestamptz not null default now(),
  started_at     timestamptz,
  finished_at    timestamptz,
  latency_ms     integer,
  input_tokens   integer,
  output_tokens  integer,
  cost_usd       numeric(14, 8),
  html_sha256    bytea,
  html_bytes     integer,
  is_truncated   boolean,
  names_maker    text[],
  revealed_at    timestamptz not null,
  constraint submissions_once_per_model unique (task_id, model_id),
  constraint submissions_task foreign key (task_id) references app_public.tasks,
  constraint submissions_model foreign key (model_id) references app_public.models,
  constraint submissions_end_is_dated check ((status in ('queued', 'running')) = (finished_at is null)),
  constraint submissions_success_whole check (
    status <> 'succeeded' or (html_sha256 is not null and html_bytes is not null and latency_ms is not null)
  ),
  constraint submissions_failure_has_reason check (status not in ('failed', 'in_doubt') or reason is not null),
  constraint submissions_figures_not_negative check (
    latency_ms >= 0 and input_tokens >= 0 and output_tokens >= 0 and cost_usd >= 0 and html_bytes > 0
  ),
  constraint submissions_hash_form check (octet_length(html_sha256) = 32)
);
create index if not exists submissions_model_id_idx on app_public.submissions (model_id, created_at);
create index if not exists submissions_unfinished_idx on app_public.submissions (created_at) where finished_at is null;

call app_private.reset_access('app_public.submissions');
-- Sealed until the task closes: the instant stands on the row itself, so that the rule needs no other table.
create policy select_revealed on app_public.submissions for select to autobench_anon, autobench_member
  using (revealed_at <= (select now()));
create policy select_all on app_public.submissions for select to autobench_operator
  using (true);
grant select on app_public.submissions to autobench_anon, autobench_member;
-- No write: dispatch_tasks() and the ledger's functions are the doors.

comment on table app_public.submissions is 'What one model made of one task: asked for once, whatever came of it.';
comment on column app_public.submissions.id is 'Identity of the submission.';
comment on column app_public.submissions.task_id is 'The task.';
comment on column app_public.submissions.model_id is 'The model.';
comment on column app_public.submissions.status is 'How far it is.';
comment on column app_public.submissions.reason is 'Why it failed or is in doubt.';
comment on column app_public.submissions.created_at is 'When it was queued.';
comment on column app_public.submissions.started_at is 'When the model was asked.';
comment on column app_public.submissions.finished_at is 'When its end was known.';
comment on column app_public.submissions.latency_ms is 'How long the model took, in milliseconds.';
comment on column app_public.submissions.input_tokens is 'Tokens that it read.';
comment on column app_public.submissions.output_tokens is 'Tokens that it wrote.';
comment on column app_public.submissions.cost_usd is 'What the answer cost, at the price of the time.';
comment on column app_public.submissions.html_sha256 is 'SHA-256 of the page; it stays when the page has gone.';
comment on column app_public.submissions.html_bytes is 'Size of the page.';
comment on column app_public.submissions.is_truncated is 'Whether the page breaks off.';
comment on column app_public.submissions.names_maker is 'Words by which the page names its maker: such a page is not paired.';
comment on column app_public.submissions.revealed_at is 'From when everybody may see whose it is.';
--! EndIncluded tasks/app_public.submissions.sql
--! Included tasks/app_public.submission_codes.sql
-- answer_task -> app_private.record_answer() -> [app_public.submission_codes] -> submissionCode (GraphQL), cleanup_expired
create table if not exists app_public.submission_codes (
  submission_id  uuid constraint submission_codes_pkey primary key,
  html           text not null,
  revealed_at    timestamptz not null,
  expires_at     timestamptz not null,
  constraint submission_codes_submission foreign key (submission_id) references app_public.submissions on delete cascade,
  constraint submission_codes_not_empty check (html <> '')
);
create index if not exists submission_codes_expires_at_idx on app_public.submission_codes (expires_at);

call app_private.reset_access('app_public.submission_codes');
create policy select_open on app_public.submission_codes for select to autobench_anon, autobench_member
  using (revealed_at <= (select now()) and expires_at > (select now()));
create policy select_all on app_public.submission_codes for select to autobench_operator
  using (true);
grant select on app_public.submission_codes to autobench_anon, autobench_member;
-- No write: record_answer() stores, cleanup_expired deletes.

comment on table app_public.submission_codes is 'The page that a model wrote, as long as it is kept. It is untrusted: show it from the second origin only.';
comment on column app_public.submission_codes.submission_id is 'The submission.';
comment on column app_public.submission_codes.html is 'The page, as text.';
comment on column app_public.submission_codes.revealed_at is 'From when it can be read.';
comment on column app_public.submission_codes.expires_at is 'Until when it can be read.';
--! EndIncluded tasks/app_public.submission_codes.sql
--! Included tasks/app_public.artifact_status.sql
-- [app_public.artifact_status] -> app_public.artifacts
do $$
begin
  create type app_public.artifact_status as enum ('queued', 'running', 'rendered', 'skipped', 'failed');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.artifact_status is
  'How far a picture is. Skipped: there was no browser, which says nothing about the page.';
revoke all on type app_public.artifact_status from public;
grant usage on type app_public.artifact_status to autobench_anon, autobench_member;
--! EndIncluded tasks/app_public.artifact_status.sql
--! Included tasks/app_private.blobs.sql
-- record_artifact() -> app_private.put_blob() -> [app_private.blobs] -> app_private.read_image() -> /images/<sha256>.webp
create table if not exists app_private.blobs (
  sha256      bytea constraint blobs_pkey primary key,
  media_type  text not null,
  bytes       bytea not null,
  created_at  timestamptz not null default now(),
  constraint blobs_named_by_content check (sha256 = sha256(bytes)),
  constraint blobs_media_type_known check (media_type = 'image/webp'),
  constraint blobs_size_sane check (octet_length(bytes) between 1 and 4194304)
);
-- Pictures are compressed already.
alter table app_private.blobs alter column bytes set storage external;
create index if not exists blobs_created_at_idx on app_private.blobs (created_at);

call app_private.reset_access('app_private.blobs');
-- No policy and no grant: put_blob(), read_image() and read_handle() are the doors.

comment on table app_private.blobs is 'Pictures, each kept once under the hash of its bytes.';
comment on column app_private.blobs.sha256 is 'SHA-256 of the bytes.';
comment on column app_private.blobs.media_type is 'What the bytes are.';
comment on column app_private.blobs.bytes is 'The picture.';
comment on column app_private.blobs.created_at is 'When it was stored first.';
--! EndIncluded tasks/app_private.blobs.sql
--! Included tasks/app_public.artifacts.sql
-- app_public.submissions -> tg_submissions__queue_render() -> [app_public.artifacts] -> artifacts (GraphQL), the gallery
create table if not exists app_public.artifacts (
  submission_id  uuid constraint artifacts_pkey primary key,
  status         app_public.artifact_status not null default 'queued',
  reason         text,
  image_sha256   bytea,
  thumb_sha256   bytea,
  width          integer,
  height         integer,
  console        jsonb not null default '[]',
  errors         jsonb not null default '[]',
  is_blank       boolean,
  is_moving      boolean,
  created_at     timestamptz not null default now(),
  started_at     timestamptz,
  rendered_at    timestamptz,
  revealed_at    timestamptz not null,
  constraint artifacts_submission foreign key (submission_id) references app_public.submissions on delete cascade,
  constraint artifacts_image foreign key (image_sha256) references app_private.blobs,
  constraint artifacts_thumb foreign key (thumb_sha256) references app_private.blobs,
  constraint artifacts_rendered_whole check (
    (status = 'rendered') = (
      image_sha256 is not null and thumb_sha256 is not null and width is not null and height is not null
      and is_blank is not null and is_moving is not null
    )
  ),
  constraint artifacts_end_has_reason check (status not in ('skipped', 'failed') or reason is not null),
  constraint artifacts_end_is_dated check ((status in ('queued', 'running')) = (rendered_at is null)),
  constraint artifacts_start_is_dated check (status <> 'running' or started_at is not null),
  constraint artifacts_size_sane check (width between 1 and 8192 and height between 1 and 8192),
  constraint artifacts_reason_short check (char_length(reason) <= 500),
  constraint artifacts_console_cut check (
    jsonb_typeof(console) = 'array' and jsonb_array_length(console) <= 50 and char_length(console::text) <= 40000
  ),
  constraint artifacts_errors_cut check (
    jsonb_typeof(errors) = 'array' and jsonb_array_length(errors) <= 20 and char_length(errors::text) <= 20000
  )
);
create index if not exists artifacts_image_sha256_idx on app_public.artifacts (image_sha256);
create index if not exists artifacts_thumb_sha256_idx on app_public.artifacts (thumb_sha256);
create index if not exists artifacts_unfinished_idx on app_public.artifacts (created_at) where rendered_at is null;

call app_private.reset_access('app_public.artifacts');
-- Sealed as the submission is: the instant stands on the row itself, so that the rule needs no other table.
create policy select_revealed on app_public.artifacts for select to autobench_anon, autobench_member
  using (revealed_at <= (select now()));
create policy select_all on app_public.artifacts for select to autobench_operator
  using (true);
grant select on app_public.artifacts to autobench_anon, autobench_member;
-- No write: claim_artifact() and record_artifact() are the doors.

comment on table app_public.artifacts is 'What a submission''s page looks like: rendered once, in a browser with no way out.';
comment on column app_public.artifacts.submission_id is 'The submission.';
comment on column app_public.artifacts.status is 'How far it is.';
comment on column app_public.artifacts.reason is 'Why there is no picture.';
comment on column app_public.artifacts.image_sha256 is 'SHA-256 of the picture; see imageUrl.';
comment on column app_public.artifacts.thumb_sha256 is 'SHA-256 of the small picture; see thumbUrl.';
comment on column app_public.artifacts.width is 'Width of the picture, in pixels.';
comment on column app_public.artifacts.height is 'Height of the picture, in pixels.';
comment on column app_public.artifacts.console is 'What the page wrote to its console, cut: a list of level and text. Untrusted.';
comment on column app_public.artifacts.errors is 'Errors that the page did not catch, cut: a list of texts. Untrusted.';
comment on column app_public.artifacts.is_blank is 'Whether the picture holds one colour only.';
comment on column app_public.artifacts.is_moving is 'Whether the page looked different a moment later.';
comment on column app_public.artifacts.created_at is 'When it was queued.';
comment on column app_public.artifacts.started_at is 'When a browser last began with it.';
comment on column app_public.artifacts.rendered_at is 'When its end was known.';
comment on column app_public.artifacts.revealed_at is 'From when everybody may see whose it is.';
--! EndIncluded tasks/app_public.artifacts.sql
--! Included tasks/app_private.skipped_models.sql
-- app_private.dispatch_tasks() -> [app_private.skipped_models] -> app_operations.skipped_models, autobench doctor
create table if not exists app_private.skipped_models (
  challenge_date  date not null,
  model_id        uuid not null,
  reason          text not null,
  constraint skipped_models_pkey primary key (challenge_date, model_id),
  constraint skipped_models_model foreign key (model_id) references app_public.models
);
create index if not exists skipped_models_model_id_idx on app_private.skipped_models (model_id);

call app_private.reset_access('app_private.skipped_models');
create policy select_all on app_private.skipped_models for select to autobench_operator
  using (true);
grant select on app_private.skipped_models to autobench_operator;
-- No write: dispatch_tasks() is the only door.

comment on table app_private.skipped_models is 'Active models that were not asked on a day, and why: for want of a key, say.';
comment on column app_private.skipped_models.challenge_date is 'The day.';
comment on column app_private.skipped_models.model_id is 'The model.';
comment on column app_private.skipped_models.reason is 'Why it was not asked.';
--! EndIncluded tasks/app_private.skipped_models.sql
--! Included tasks/app_private.tg_tasks__forward_only.sql
-- update -> app_public.tasks -> [app_private.tg_tasks__forward_only()]
create or replace function app_private.tg_tasks__forward_only() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status < old.status or (old.status = 'pending' and new.status = 'dispatched') then
    raise exception 'A task moves forward one step at a time: not from % to %.', old.status, new.status
      using errcode = 'TB051', hint = 'pending, generated, dispatched.';
  end if;
  if old.status <> 'pending' and (new.title, new.prompt_text, new.theme, new.challenge_date, new.slot)
    is distinct from (old.title, old.prompt_text, old.theme, old.challenge_date, old.slot)
  then
    raise exception 'A task that was written is not rewritten.'
      using errcode = 'TB051', hint = 'Its text is what the models were asked.';
  end if;
  return new;
end;
$$;
comment on function app_private.tg_tasks__forward_only() is
  'Lets a task''s status move forward only, and keeps its text once it is written. Errors: TB051.';
revoke all on function app_private.tg_tasks__forward_only() from public;

create or replace trigger _200_forward_only before update on app_public.tasks
  for each row execute function app_private.tg_tasks__forward_only();
--! EndIncluded tasks/app_private.tg_tasks__forward_only.sql
--! Included tasks/app_private.tg_tasks__queue_publishing.sql
-- app_public.tasks -> [app_private.tg_tasks__queue_publishing()] -> publish_boards (the queue)
create or replace function app_private.tg_tasks__queue_publishing() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- One job for all tasks that close at an instant, before the models' own jobs: people wait for the board.
  perform graphile_worker.add_job(
    'publish_boards', '{}', run_at => new.closes_at, job_key => 'publish_boards:' || extract(epoch from new.closes_at),
    max_attempts => 10, priority => -10
  );
  return null;
end;
$$;
comment on function app_private.tg_tasks__queue_publishing() is
  'Has the boards published at the instant at which a task closes, whoever says when that is.';
revoke all on function app_private.tg_tasks__queue_publishing() from public;

create or replace trigger _300_queue_publishing_insert after insert on app_public.tasks
  for each row when (new.status = 'dispatched') execute function app_private.tg_tasks__queue_publishing();
create or replace trigger _300_queue_publishing_update after update on app_public.tasks
  for each row when (
    new.status = 'dispatched' and (old.status, old.closes_at) is distinct from (new.status, new.closes_at)
  )
  execute function app_private.tg_tasks__queue_publishing();
--! EndIncluded tasks/app_private.tg_tasks__queue_publishing.sql
--! Included tasks/app_private.tg_submissions__notify.sql
-- app_public.submissions -> [app_private.tg_submissions__notify()] -> submissionChanged (GraphQL subscription)
create or replace function app_private.tg_submissions__notify() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Ids alone: whoever receives it reads the row under their own rights.
  perform pg_notify('submissions:' || new.task_id, json_build_object('id', new.id)::text);
  return null;
end;
$$;
comment on function app_private.tg_submissions__notify() is 'Tells those who watch a task that one of its submissions has changed.';
revoke all on function app_private.tg_submissions__notify() from public;

create or replace trigger _900_notify_insert after insert on app_public.submissions
  for each row execute function app_private.tg_submissions__notify();
create or replace trigger _900_notify_update after update on app_public.submissions
  for each row when (old.status is distinct from new.status) execute function app_private.tg_submissions__notify();
--! EndIncluded tasks/app_private.tg_submissions__notify.sql
--! Included tasks/app_private.tg_submission_codes__mark_purged.sql
-- cleanup_expired -> app_public.submission_codes -> [app_private.tg_submission_codes__mark_purged()] -> app_public.tasks.purged_at
create or replace function app_private.tg_submission_codes__mark_purged() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- One after the other: two purges that share a task's last pages would each still see the other's.
  perform 1
    from app_public.tasks t
    where t.id in (select s.task_id from gone g inner join app_public.submissions s on s.id = g.submission_id)
    order by t.id
    for update;
  update app_public.tasks t
    set purged_at = now()
    where t.purged_at is null
      and t.expires_at <= now()
      and t.id in (select s.task_id from gone g inner join app_public.submissions s on s.id = g.submission_id)
      and not exists (
        select from app_public.submissions s
            inner join app_public.submission_codes c on c.submission_id = s.id
          where s.task_id = t.id
      );
  return null;
end;
$$;
comment on function app_private.tg_submission_codes__mark_purged() is 'Notes on a task that the last of its pages has gone.';
revoke all on function app_private.tg_submission_codes__mark_purged() from public;

create or replace trigger _500_mark_purged after delete on app_public.submission_codes
  referencing old table as gone
  for each statement execute function app_private.tg_submission_codes__mark_purged();
--! EndIncluded tasks/app_private.tg_submission_codes__mark_purged.sql
--! Included tasks/app_private.open_day.sql
-- generate_daily_tasks -> [app_private.open_day()] -> app_public.tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.open_day(day date, slots integer) returns setof app_public.tasks
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_open_gate(open_day.day);
  insert into app_public.tasks (challenge_date, slot, closes_at, expires_at)
    select open_day.day, s.slot, c.closes_at, c.closes_at + interval '1 day'
      from generate_series(1, open_day.slots) s (slot)
        cross join (values ((open_day.day + 1)::timestamp at time zone 'utc')) c (closes_at)
    on conflict on constraint tasks_one_per_slot do nothing;
  return query select t.* from app_public.tasks t where t.challenge_date = open_day.day order by t.slot;
end;
$$;
comment on function app_private.open_day(date, integer) is
  'Makes a UTC day''s task rows, once, and returns them. Errors: TB043.';
revoke all on function app_private.open_day(date, integer) from public;
grant execute on function app_private.open_day(date, integer) to autobench_worker;
--! EndIncluded tasks/app_private.open_day.sql
--! Included tasks/app_private.recent_tasks.sql
-- generate_daily_tasks -> [app_private.recent_tasks()] -> app_public.tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.recent_tasks(day date)
returns table (challenge_date date, theme text, title text)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.challenge_date, t.theme, t.title
    from app_public.tasks t
    where t.challenge_date between recent_tasks.day - 60 and recent_tasks.day and t.status <> 'pending'
    order by t.challenge_date, t.slot;
$$;
comment on function app_private.recent_tasks(date) is 'Themes and titles of the last sixty days, for the writer to stay away from.';
revoke all on function app_private.recent_tasks(date) from public;
grant execute on function app_private.recent_tasks(date) to autobench_worker;
--! EndIncluded tasks/app_private.recent_tasks.sql
--! Included tasks/app_private.similar_task.sql
-- generate_daily_tasks -> [app_private.similar_task()] -> app_public.tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.similar_task(title text, prompt_text text, day date)
returns table (task_id uuid, similar_title text, similarity real)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  -- Sixty days hold a few hundred rows: they are compared one by one.
  select t.id, t.title,
      greatest(
        extensions.similarity(t.prompt_text, similar_task.prompt_text),
        case when lower(t.title) = lower(similar_task.title) then 1 else 0 end
      )::real
    from app_public.tasks t
    where t.challenge_date between similar_task.day - 60 and similar_task.day and t.status <> 'pending'
    order by 3 desc
    limit 1;
$$;
comment on function app_private.similar_task(text, text, date) is
  'The task of the last sixty days that is most like a new one, by trigrams; the same title counts as the same.';
revoke all on function app_private.similar_task(text, text, date) from public;
grant execute on function app_private.similar_task(text, text, date) to autobench_worker;
--! EndIncluded tasks/app_private.similar_task.sql
--! Included tasks/app_private.record_task.sql
-- generate_daily_tasks -> [app_private.record_task()] -> app_public.tasks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_task(
  id uuid,
  title text,
  theme text,
  prompt_text text,
  metadata jsonb,
  at timestamptz default now()
) returns boolean
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_public.tasks t
    set status = 'generated', title = record_task.title, theme = record_task.theme,
      prompt_text = record_task.prompt_text, prompt_metadata = record_task.metadata, generated_at = record_task.at
    where t.id = record_task.id and t.status = 'pending';
  return found; -- false: somebody was faster, and their text stays
end;
$$;
comment on function app_private.record_task(uuid, text, text, text, jsonb, timestamptz) is
  'Writes a pending task''s text; says whether it did, or another run had.';
revoke all on function app_private.record_task(uuid, text, text, text, jsonb, timestamptz) from public;
grant execute on function app_private.record_task(uuid, text, text, text, jsonb, timestamptz) to autobench_worker;
--! EndIncluded tasks/app_private.record_task.sql
--! Included tasks/app_private.answer_request.sql
-- dispatch_tasks() -> [app_private.answer_request()] -> app_private.llm_calls.request
create or replace function app_private.answer_request(
  model_id uuid,
  version text,
  system text,
  template text,
  prompt_text text
) returns jsonb
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
      'apiModel', m.api_model,
      'system', answer_request.system,
      'prompt', replace(answer_request.template, '{{prompt}}', answer_request.prompt_text),
      'maxOutputTokens', m.max_output_tokens,
      'params', m.params,
      'promptVersion', answer_request.version
    )
    from app_public.models m
    where m.id = answer_request.model_id;
$$;
comment on function app_private.answer_request(uuid, text, text, text, text) is
  'What a contestant is sent: fixed at dispatch, so that every model is asked the same whatever changes later.';
revoke all on function app_private.answer_request(uuid, text, text, text, text) from public;
--! EndIncluded tasks/app_private.answer_request.sql
--! Included tasks/app_private.dispatch_tasks.sql
-- dispatch_and_collect -> [app_private.dispatch_tasks()] -> app_public.submissions, app_private.llm_calls -> answer_task
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.dispatch_tasks(
  day date,
  keys text[],
  has_rehearsal boolean,
  at timestamptz default now()
) returns table (task_id uuid, submissions integer, is_waiting boolean)
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task app_public.tasks;
  v_prompt record;
begin
  perform app_private.require_open_gate(dispatch_tasks.day);
  insert into app_private.skipped_models (challenge_date, model_id, reason)
    select dispatch_tasks.day, u.model_id, u.reason
      from app_private.usable_models(keys, has_rehearsal) u
        inner join app_public.models m on m.id = u.model_id
      where not u.is_usable and m.is_active and m.is_contestant and m.is_rehearsal = has_rehearsal
    on conflict on constraint skipped_models_pkey do nothing;

  -- Locked in the order of slots: a second run waits, and then finds them dispatched.
  for v_task in
    select t.* from app_public.tasks t where t.challenge_date = dispatch_tasks.day order by t.slot for update
  loop
    task_id := v_task.id;
    is_waiting := v_task.status = 'pending' and v_task.closes_at > dispatch_tasks.at;
    submissions := 0;
    if v_task.status = 'generated' and v_task.closes_at > dispatch_tasks.at then
      select * into strict v_prompt from app_private.pick_prompt('answer', v_task.id);
      with made as (
        insert into app_public.submissions (task_id, model_id, revealed_at)
          select v_task.id, u.model_id, case when v_task.is_showcase then dispatch_tasks.at else v_task.closes_at end
            from app_private.usable_models(keys, has_rehearsal) u
              inner join app_public.models m on m.id = u.model_id
            where u.is_usable and m.is_contestant
            order by m.slug
          on conflict on constraint submissions_once_per_model do nothing
          returning id, model_id
      )
      select count(app_private.ensure_call('answer', 'submission', m.id, m.model_id, app_private.answer_request(
          m.model_id, v_prompt.version, v_prompt.system, v_prompt.template, v_task.prompt_text
        )))::integer
        into submissions
        from made m;
      update app_public.tasks t set status = 'dispatched', dispatched_at = dispatch_tasks.at where t.id = v_task.id;
    end if;
    return next;
  end loop;
end;
$$;
comment on function app_private.dispatch_tasks(date, text[], boolean, timestamptz) is
  'Makes one submission and one call for each written task of a day and each usable model, once. Errors: TB043.';
revoke all on function app_private.dispatch_tasks(date, text[], boolean, timestamptz) from public;
grant execute on function app_private.dispatch_tasks(date, text[], boolean, timestamptz) to autobench_worker;
--! EndIncluded tasks/app_private.dispatch_tasks.sql
--! Included tasks/app_private.settle_submission.sql
-- tg_llm_calls__settle() -> [app_private.settle_submission()] -> app_public.submissions
create or replace function app_private.settle_submission(call app_private.llm_calls) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt app_private.llm_attempts;
  v_is_useless boolean;
begin
  select * into v_attempt from app_private.llm_attempts a where a.call_id = call.id order by a.n desc limit 1;
  -- An answer that is of no use is at its end: nothing of it has to be read, and often nothing of it could be stored.
  v_is_useless := call.state = 'done' and v_attempt.state = 'unusable';
  -- The figures of the attempt that counts; of a done call the page itself is recorded by record_answer().
  update app_public.submissions s
    set status = case call.state
          when 'pending' then 'queued'
          when 'active' then 'running'
          when 'done' then case when v_is_useless then 'failed' else 'running' end
          when 'failed' then 'failed'
          else 'in_doubt'
        end::app_public.submission_status,
      started_at = coalesce(v_attempt.sending_at, s.started_at),
      finished_at = case when v_is_useless or call.state in ('failed', 'in_doubt') then now() end,
      latency_ms = case
        when call.state = 'done' then coalesce(
          -- What the worker has measured: an answer that waited on disk, or for another worker to read it, was not slow.
          (v_attempt.evidence ->> 'durationMs')::integer,
          (
            select greatest(extract(epoch from r.received_at - v_attempt.sending_at) * 1000, 0)::integer
              from app_private.llm_replies r
              where r.attempt_id = v_attempt.id
          ),
          (extract(epoch from v_attempt.finished_at - v_attempt.sending_at) * 1000)::integer
        )
      end,
      input_tokens = case when call.state = 'done' then v_attempt.input_tokens end,
      output_tokens = case when call.state = 'done' then v_attempt.output_tokens end,
      cost_usd = case when call.state = 'done' then v_attempt.cost_usd end,
      reason = case
        when v_is_useless or call.state in ('failed', 'in_doubt') then coalesce(call.reason, v_attempt.error, 'unknown')
      end
    where s.id = call.subject_id and s.status <> 'succeeded';
end;
$$;
comment on function app_private.settle_submission(app_private.llm_calls) is 'Makes a submission say what its call has come to.';
revoke all on function app_private.settle_submission(app_private.llm_calls) from public;
--! EndIncluded tasks/app_private.settle_submission.sql
--! Included tasks/app_private.record_answer.sql
-- answer_task -> [app_private.record_answer()] -> app_public.submissions, app_public.submission_codes
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_answer(
  call_id bigint,
  html text,
  is_truncated boolean,
  names_maker text[],
  reason text
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_submission app_public.submissions;
  v_expires_at timestamptz;
begin
  select s.* into v_submission
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
    where c.id = record_answer.call_id and c.subject_type = 'submission' and c.state = 'done'
    for update of s;
  if not found or v_submission.finished_at is not null then
    return false; -- recorded before
  end if;
  perform graphile_worker.remove_job('llm_call:' || record_answer.call_id); -- nothing is left to be read
  select t.expires_at into strict v_expires_at from app_public.tasks t where t.id = v_submission.task_id;
  if record_answer.html is null then
    update app_public.submissions s
      set status = 'failed', reason = coalesce(record_answer.reason, 'The reply held no page.'), finished_at = now()
      where s.id = v_submission.id;
    return true;
  end if;
  insert into app_public.submission_codes (submission_id, html, revealed_at, expires_at)
    values (v_submission.id, record_answer.html, v_submission.revealed_at, v_expires_at);
  update app_public.submissions s
    set status = 'succeeded', finished_at = now(), is_truncated = record_answer.is_truncated,
      names_maker = nullif(record_answer.names_maker, '{}'),
      html_sha256 = sha256(convert_to(record_answer.html, 'UTF8')), html_bytes = octet_length(record_answer.html)
    where s.id = v_submission.id;
  return true;
end;
$$;
comment on function app_private.record_answer(bigint, text, boolean, text[], text) is
  'Stores the page taken out of a call''s reply, or that there was none; says whether it did, or another run had.';
revoke all on function app_private.record_answer(bigint, text, boolean, text[], text) from public;
grant execute on function app_private.record_answer(bigint, text, boolean, text[], text) to autobench_worker;
--! EndIncluded tasks/app_private.record_answer.sql
--! Included tasks/app_private.close_task.sql
-- app_operations.close_task() -> [app_private.close_task()] -> app_private.task_lock(), app_public.tasks, app_public.submissions
create or replace function app_private.close_task(id uuid, at timestamptz default now()) returns app_public.tasks
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task app_public.tasks;
begin
  perform pg_advisory_xact_lock(app_private.task_lock(close_task.id)); -- votes that are under way are waited for
  select t.* into v_task from app_public.tasks t where t.id = close_task.id for update;
  if not found or v_task.status <> 'dispatched' or v_task.closes_at <= close_task.at then
    raise exception 'There is no such open task.' using errcode = 'TB052', hint = 'Check the id, and whether it has closed already.';
  end if;
  update app_public.tasks t
    set closes_at = close_task.at, expires_at = close_task.at + (v_task.expires_at - v_task.closes_at)
    where t.id = v_task.id
    returning * into v_task;
  -- Identities are revealed together.
  update app_public.submissions s set revealed_at = least(s.revealed_at, close_task.at) where s.task_id = v_task.id;
  update app_public.submission_codes c
    set revealed_at = least(c.revealed_at, close_task.at), expires_at = v_task.expires_at
    from app_public.submissions s
    where s.id = c.submission_id and s.task_id = v_task.id;
  return v_task;
end;
$$;
comment on function app_private.close_task(uuid, timestamptz) is
  'Closes a task before its time: voting ends, its models are revealed. Errors: TB052.';
revoke all on function app_private.close_task(uuid, timestamptz) from public;
--! EndIncluded tasks/app_private.close_task.sql
--! Included tasks/app_private.queue_render.sql
-- tg_submissions__queue_render() -> [app_private.queue_render()] -> app_public.artifacts, render_artifact (the queue)
create or replace function app_private.queue_render(submission app_public.submissions) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_public.artifacts (submission_id, revealed_at)
    values (submission.id, submission.revealed_at)
    on conflict on constraint artifacts_pkey do nothing;
  if found then
    -- Behind the models' own jobs (priority 0): an answer that waits costs more than a picture that does.
    perform graphile_worker.add_job(
      'render_artifact', json_build_object('submissionId', submission.id),
      job_key => 'render:' || submission.id, max_attempts => 5, priority => 10
    );
  end if;
end;
$$;
comment on function app_private.queue_render(app_public.submissions) is 'Asks for the picture of a submission''s page, once.';
revoke all on function app_private.queue_render(app_public.submissions) from public;
--! EndIncluded tasks/app_private.queue_render.sql
--! Included tasks/app_private.tg_submissions__queue_render.sql
-- app_public.submissions -> [app_private.tg_submissions__queue_render()] -> app_private.queue_render() -> render_artifact
create or replace function app_private.tg_submissions__queue_render() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.queue_render(new);
  return null;
end;
$$;
comment on function app_private.tg_submissions__queue_render() is 'Asks for the picture of a page as soon as there is one.';
revoke all on function app_private.tg_submissions__queue_render() from public;

create or replace trigger _300_queue_render_insert after insert on app_public.submissions
  for each row when (new.status = 'succeeded') execute function app_private.tg_submissions__queue_render();
create or replace trigger _300_queue_render_update after update on app_public.submissions
  for each row when (new.status = 'succeeded' and old.status is distinct from new.status)
  execute function app_private.tg_submissions__queue_render();
--! EndIncluded tasks/app_private.tg_submissions__queue_render.sql
--! Included tasks/app_private.tg_submissions__reveal_artifact.sql
-- close_task() -> app_public.submissions -> [app_private.tg_submissions__reveal_artifact()] -> app_public.artifacts.revealed_at
create or replace function app_private.tg_submissions__reveal_artifact() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_public.artifacts a set revealed_at = new.revealed_at where a.submission_id = new.id;
  return null;
end;
$$;
comment on function app_private.tg_submissions__reveal_artifact() is 'Seals and reveals a picture together with its submission.';
revoke all on function app_private.tg_submissions__reveal_artifact() from public;

create or replace trigger _310_reveal_artifact after update on app_public.submissions
  for each row when (old.revealed_at is distinct from new.revealed_at)
  execute function app_private.tg_submissions__reveal_artifact();
--! EndIncluded tasks/app_private.tg_submissions__reveal_artifact.sql
--! Included tasks/app_private.put_blob.sql
-- record_artifact() -> [app_private.put_blob()] -> app_private.blobs
create or replace function app_private.put_blob(bytes bytea) returns bytea
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sha256 bytea := sha256(put_blob.bytes);
begin
  -- What the bytes are is read from themselves: they come from a browser that a hostile page was in.
  if substr(put_blob.bytes, 1, 4) <> 'RIFF'::bytea or substr(put_blob.bytes, 9, 4) <> 'WEBP'::bytea
    or octet_length(put_blob.bytes) > 4194304
  then
    raise exception 'These bytes are not a picture that is kept here.'
      using errcode = 'TB060', hint = 'WebP, at most 4 MiB.';
  end if;
  insert into app_private.blobs (sha256, media_type, bytes)
    values (v_sha256, 'image/webp', put_blob.bytes)
    on conflict on constraint blobs_pkey do nothing;
  return v_sha256;
end;
$$;
comment on function app_private.put_blob(bytea) is 'Keeps a picture, once, and returns the hash that names it. Errors: TB060.';
revoke all on function app_private.put_blob(bytea) from public;
--! EndIncluded tasks/app_private.put_blob.sql
--! Included tasks/app_private.claim_artifact.sql
-- render_artifact -> [app_private.claim_artifact()] -> app_public.artifacts, app_public.submission_codes
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.claim_artifact(
  submission_id uuid,
  lease interval,
  at timestamptz default now(),
  out verdict text,
  out html text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_artifact app_public.artifacts;
begin
  select a.* into v_artifact
    from app_public.artifacts a
    where a.submission_id = claim_artifact.submission_id
    for update;
  if not found or v_artifact.status not in ('queued', 'running') then
    verdict := 'done';
    return;
  elsif v_artifact.status = 'running' and v_artifact.started_at + claim_artifact.lease > claim_artifact.at then
    verdict := 'wait'; -- another browser is at it, or its worker has gone: the lease decides
    return;
  end if;
  select c.html into html
    from app_public.submission_codes c
    where c.submission_id = claim_artifact.submission_id;
  if html is null then
    update app_public.artifacts a
      set status = 'failed', reason = 'The page has gone before it could be rendered.', rendered_at = claim_artifact.at
      where a.submission_id = claim_artifact.submission_id;
    verdict := 'done';
    return;
  end if;
  update app_public.artifacts a
    set status = 'running', started_at = claim_artifact.at
    where a.submission_id = claim_artifact.submission_id;
  verdict := 'render';
end;
$$;
comment on function app_private.claim_artifact(uuid, interval, timestamptz) is
  'Takes an artifact to be rendered and returns its page. Verdicts: render, wait (somebody is at it), done.';
revoke all on function app_private.claim_artifact(uuid, interval, timestamptz) from public;
grant execute on function app_private.claim_artifact(uuid, interval, timestamptz) to autobench_worker;
--! EndIncluded tasks/app_private.claim_artifact.sql
--! Included tasks/app_private.record_artifact.sql
-- render_artifact -> [app_private.record_artifact()] -> app_private.put_blob(), app_public.artifacts, open_matches (the queue)
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_artifact(
  submission_id uuid,
  outcome jsonb,
  image bytea default null,
  thumb bytea default null,
  at timestamptz default now()
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_status app_public.artifact_status := (outcome ->> 'status')::app_public.artifact_status;
begin
  if v_status = 'queued' then
    -- Given back: the browser could not be started, and the next run may have more luck.
    update app_public.artifacts a set status = 'queued'
      where a.submission_id = record_artifact.submission_id and a.status = 'running';
    return found;
  end if;
  update app_public.artifacts a
    set status = v_status,
      reason = left(outcome ->> 'reason', 500),
      image_sha256 = case when v_status = 'rendered' then app_private.put_blob(record_artifact.image) end,
      thumb_sha256 = case when v_status = 'rendered' then app_private.put_blob(record_artifact.thumb) end,
      width = (outcome ->> 'width')::integer,
      height = (outcome ->> 'height')::integer,
      console = coalesce(outcome -> 'console', '[]'),
      errors = coalesce(outcome -> 'errors', '[]'),
      is_blank = (outcome ->> 'isBlank')::boolean,
      is_moving = (outcome ->> 'isMoving')::boolean,
      rendered_at = record_artifact.at
    where a.submission_id = record_artifact.submission_id and a.status in ('queued', 'running');
  if not found then
    return false; -- another run was faster, and its picture stays
  end if;
  -- One job for all pictures of the next second; while one is at work, a new one waits behind it.
  perform graphile_worker.add_job(
    'open_matches', '{}', run_at => record_artifact.at + interval '1 second', job_key => 'open_matches',
    job_key_mode => 'preserve_run_at', max_attempts => 5
  );
  return true;
end;
$$;
comment on function app_private.record_artifact(uuid, jsonb, bytea, bytea, timestamptz) is
  'Stores what came of rendering a page, once; says whether it did. Errors: TB060.';
revoke all on function app_private.record_artifact(uuid, jsonb, bytea, bytea, timestamptz) from public;
grant execute on function app_private.record_artifact(uuid, jsonb, bytea, bytea, timestamptz) to autobench_worker;
--! EndIncluded tasks/app_private.record_artifact.sql
--! Included tasks/app_private.read_image.sql
-- GET /images/<sha256>.webp -> [app_private.read_image()] -> app_private.blobs
-- Definer: the server's login may read a picture that is revealed without being able to read the table.
create or replace function app_private.read_image(
  sha256 bytea,
  at timestamptz default now(),
  out media_type text,
  out bytes bytea
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.media_type, b.bytes
    from app_private.blobs b
    where b.sha256 = read_image.sha256
      and exists (
        select from app_public.artifacts a
          where read_image.sha256 in (a.image_sha256, a.thumb_sha256) and a.revealed_at <= read_image.at
      );
$$;
comment on function app_private.read_image(bytea, timestamptz) is
  'A picture by its hash, if it belongs to something that is revealed; nulls when it does not.';
revoke all on function app_private.read_image(bytea, timestamptz) from public;
grant execute on function app_private.read_image(bytea, timestamptz) to autobench_server;
--! EndIncluded tasks/app_private.read_image.sql
--! Included tasks/app_private.read_page.sql
-- GET /p/<sha256> (second origin) -> [app_private.read_page()] -> app_public.submission_codes
-- Definer: the server's login may read a page that is revealed without being able to read the table.
create or replace function app_private.read_page(
  sha256 bytea,
  at timestamptz default now(),
  out bytes bytea,
  out seconds_left integer
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select convert_to(c.html, 'UTF8'), floor(extract(epoch from c.expires_at - read_page.at))::integer
    from app_public.submissions s
      inner join app_public.submission_codes c on c.submission_id = s.id
    where s.html_sha256 = read_page.sha256 and c.revealed_at <= read_page.at and c.expires_at > read_page.at
    order by c.expires_at desc
    limit 1;
$$;
comment on function app_private.read_page(bytea, timestamptz) is
  'A model''s page by its hash while it is revealed and has not expired, with the seconds that are left; nulls when it is not.';
revoke all on function app_private.read_page(bytea, timestamptz) from public;
grant execute on function app_private.read_page(bytea, timestamptz) to autobench_server;
--! EndIncluded tasks/app_private.read_page.sql
--! Included tasks/app_public.artifacts_image_url.sql
-- app_public.artifacts -> [app_public.artifacts_image_url()] -> imageUrl (GraphQL) -> GET /images/<sha256>.webp
create or replace function app_public.artifacts_image_url(artifact app_public.artifacts) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '/images/' || encode(artifact.image_sha256, 'hex') || '.webp';
$$;
comment on function app_public.artifacts_image_url(app_public.artifacts) is
  'Address of the picture, on the origin of this API; null where there is none.';
revoke all on function app_public.artifacts_image_url(app_public.artifacts) from public;
grant execute on function app_public.artifacts_image_url(app_public.artifacts) to autobench_anon, autobench_member;
--! EndIncluded tasks/app_public.artifacts_image_url.sql
--! Included tasks/app_public.artifacts_thumb_url.sql
-- app_public.artifacts -> [app_public.artifacts_thumb_url()] -> thumbUrl (GraphQL) -> GET /images/<sha256>.webp
create or replace function app_public.artifacts_thumb_url(artifact app_public.artifacts) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '/images/' || encode(artifact.thumb_sha256, 'hex') || '.webp';
$$;
comment on function app_public.artifacts_thumb_url(app_public.artifacts) is
  'Address of the small picture, on the origin of this API; null where there is none.';
revoke all on function app_public.artifacts_thumb_url(app_public.artifacts) from public;
grant execute on function app_public.artifacts_thumb_url(app_public.artifacts) to autobench_anon, autobench_member;
--! EndIncluded tasks/app_public.artifacts_thumb_url.sql
--! Included tasks/app_public.artifacts_live_url.sql
-- app_public.artifacts -> [app_public.artifacts_live_url()] -> liveUrl (GraphQL) -> GET /p/<sha256> on the second origin
create or replace function app_public.artifacts_live_url(artifact app_public.artifacts) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  -- Read under the caller's own rights: a page that is sealed, expired or purged has no address.
  select coalesce(current_setting('app.sandbox_url', true), '') || '/p/' || encode(s.html_sha256, 'hex')
    from app_public.submissions s
      inner join app_public.submission_codes c on c.submission_id = s.id
    where s.id = artifact.submission_id and s.revealed_at <= now() and c.expires_at > now();
$$;
comment on function app_public.artifacts_live_url(app_public.artifacts) is
  'Address of the live page on the second origin, for a frame with sandbox="allow-scripts" alone; null when it is not shown any more.';
revoke all on function app_public.artifacts_live_url(app_public.artifacts) from public;
grant execute on function app_public.artifacts_live_url(app_public.artifacts) to autobench_anon, autobench_member;
--! EndIncluded tasks/app_public.artifacts_live_url.sql
--! Included tasks/app_public.latest_challenge.sql
-- app_public.tasks, app_public.submissions -> [app_public.latest_challenge] -> latestChallenge (GraphQL), GET /api/latest_challenge
create or replace view app_public.latest_challenge with (security_invoker, security_barrier) as
  select t.id, t.challenge_date, t.prompt_text, t.created_at,
      coalesce(
        (
          select jsonb_agg(
              jsonb_build_object(
                'model_id', m.slug,
                'model_provider', m.provider,
                'response_code', c.html,
                'status', case s.status when 'succeeded' then 'completed' when 'queued' then 'pending' when 'running' then 'pending' else 'failed' end,
                'execution_time_ms', s.latency_ms
              )
              order by s.created_at, s.id
            )
            from app_public.submissions s
              inner join app_public.models m on m.id = s.model_id
              left join app_public.submission_codes c on c.submission_id = s.id
            where s.task_id = t.id
        ),
        '[]'
      ) as model_responses
    from app_public.tasks t
    where t.is_showcase
      and t.status <> 'pending'
      and t.challenge_date >= (now() at time zone 'utc')::date - 1
    order by t.challenge_date desc
    limit 1;

revoke all on app_public.latest_challenge from public, autobench_anon, autobench_member;
grant select on app_public.latest_challenge to autobench_anon, autobench_member;

comment on view app_public.latest_challenge is
  E'@name challenge\n@primaryKey id\n@behavior -query:resource:connection -query:resource:list -query:resource:single\n@foreignKey (id) references app_public.tasks (id)|@fieldName task|@behavior -manyRelation:resource:list -manyRelation:resource:connection -singularRelation:resource:single\nThe newest showcase of today or yesterday, with every model''s answer.';
comment on column app_public.latest_challenge.id is E'@notNull\nThe task.';
comment on column app_public.latest_challenge.challenge_date is E'@notNull\nThe UTC day that it belongs to.';
comment on column app_public.latest_challenge.prompt_text is E'@notNull\nWhat the models were asked.';
comment on column app_public.latest_challenge.created_at is E'@notNull\nWhen the day was opened.';
comment on column app_public.latest_challenge.model_responses is
  E'@notNull\nA list of model_id, model_provider, response_code, status (pending, completed, failed) and execution_time_ms, in the order in which the models were asked.';

create or replace function app_public.latest_challenge() returns app_public.latest_challenge
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select * from app_public.latest_challenge;
$$;
comment on function app_public.latest_challenge() is 'The newest showcase of today or yesterday, with every model''s answer; null when there is none.';
revoke all on function app_public.latest_challenge() from public;
grant execute on function app_public.latest_challenge() to autobench_anon, autobench_member;
--! EndIncluded tasks/app_public.latest_challenge.sql
--! Included tasks/app_operations.close_task.sql
-- closeTask (operators' GraphQL) -> [app_operations.close_task()] -> app_private.close_task()
-- Definer: operators may close a task without being able to write it.
create or replace function app_operations.close_task(id uuid, reason text) returns app_public.tasks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('close_task', close_task.id::text, close_task.reason);
  return app_private.close_task(close_task.id);
end;
$$;
comment on function app_operations.close_task(uuid, text) is
  E'@resultFieldName task\nCloses a task before its time and reveals its models. Errors: TB001, TB002, TB004, TB017, TB052.';
revoke all on function app_operations.close_task(uuid, text) from public;
grant execute on function app_operations.close_task(uuid, text) to autobench_operator;
--! EndIncluded tasks/app_operations.close_task.sql
--! Included tasks/app_operations.pipeline_today.sql
-- app_public.tasks, app_public.submissions -> [app_operations.pipeline_today] -> pipelineToday (operators' GraphQL)
create or replace view app_operations.pipeline_today with (security_invoker, security_barrier) as
  select t.id as task_id, t.slot, t.title, t.status, t.generated_at, t.dispatched_at, t.closes_at,
      count(s.id) filter (where s.status = 'queued')::integer as queued,
      count(s.id) filter (where s.status = 'running')::integer as running,
      count(s.id) filter (where s.status = 'succeeded')::integer as succeeded,
      count(s.id) filter (where s.status = 'failed')::integer as failed,
      count(s.id) filter (where s.status = 'in_doubt')::integer as in_doubt,
      coalesce(sum(s.cost_usd), 0) as cost_usd
    from app_public.tasks t
      left join app_public.submissions s on s.task_id = t.id
    where t.challenge_date = (now() at time zone 'utc')::date
    group by t.id;

revoke all on app_operations.pipeline_today from public, autobench_operator;
grant select on app_operations.pipeline_today to autobench_operator;

comment on view app_operations.pipeline_today is
  E'@primaryKey task_id\n@foreignKey (task_id) references app_public.tasks (id)|@fieldName task|@behavior -singularRelation:resource:single -manyRelation:resource:connection -manyRelation:resource:list\nHow far today''s tasks are.';
comment on column app_operations.pipeline_today.task_id is E'@notNull\nThe task.';
comment on column app_operations.pipeline_today.slot is E'@notNull\nWhich of the day''s tasks it is.';
comment on column app_operations.pipeline_today.title is 'Its title, once it is written.';
comment on column app_operations.pipeline_today.status is E'@notNull\nHow far it is.';
comment on column app_operations.pipeline_today.generated_at is 'When it was written.';
comment on column app_operations.pipeline_today.dispatched_at is 'When the models were asked.';
comment on column app_operations.pipeline_today.closes_at is E'@notNull\nWhen it closes.';
comment on column app_operations.pipeline_today.queued is E'@notNull\nAnswers that wait to be asked for.';
comment on column app_operations.pipeline_today.running is E'@notNull\nAnswers under way.';
comment on column app_operations.pipeline_today.succeeded is E'@notNull\nAnswers that came.';
comment on column app_operations.pipeline_today.failed is E'@notNull\nAnswers that failed.';
comment on column app_operations.pipeline_today.in_doubt is E'@notNull\nAnswers of which nobody knows.';
comment on column app_operations.pipeline_today.cost_usd is E'@notNull\nWhat it has cost so far.';
--! EndIncluded tasks/app_operations.pipeline_today.sql
--! Included tasks/app_operations.skipped_models.sql
-- app_private.skipped_models -> [app_operations.skipped_models] -> skippedModels (operators' GraphQL)
create or replace view app_operations.skipped_models with (security_invoker, security_barrier) as
  select s.challenge_date, s.model_id, s.reason
    from app_private.skipped_models s;

revoke all on app_operations.skipped_models from public, autobench_operator;
grant select on app_operations.skipped_models to autobench_operator;

comment on view app_operations.skipped_models is
  E'@primaryKey challenge_date,model_id\n@foreignKey (model_id) references app_public.models (id)|@fieldName model\nActive models that were not asked on a day, and why.';
comment on column app_operations.skipped_models.challenge_date is E'@notNull\nThe day.';
comment on column app_operations.skipped_models.model_id is E'@notNull\nThe model.';
comment on column app_operations.skipped_models.reason is E'@notNull\nWhy it was not asked.';
--! EndIncluded tasks/app_operations.skipped_models.sql
--! Included tasks/app_operations.duplicate_submissions.sql
-- app_public.submissions -> [app_operations.duplicate_submissions] -> duplicateSubmissions (operators' GraphQL)
create or replace view app_operations.duplicate_submissions with (security_invoker, security_barrier) as
  select s.task_id, s.model_id, count(*)::integer as count
    from app_public.submissions s
    group by s.task_id, s.model_id
    having count(*) > 1;

revoke all on app_operations.duplicate_submissions from public, autobench_operator;
grant select on app_operations.duplicate_submissions to autobench_operator;

comment on view app_operations.duplicate_submissions is
  E'@primaryKey task_id,model_id\nModels that were asked twice for one task: always empty, as submissions_once_per_model sees to it.';
comment on column app_operations.duplicate_submissions.task_id is E'@notNull\nThe task.';
comment on column app_operations.duplicate_submissions.model_id is E'@notNull\nThe model.';
comment on column app_operations.duplicate_submissions.count is E'@notNull\nHow many.';
--! EndIncluded tasks/app_operations.duplicate_submissions.sql

--! Included budget/app_private.ensure_call.sql
-- dispatch_tasks(), generate_daily_tasks -> [app_private.ensure_call()] -> app_private.llm_calls
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.ensure_call(
  role text,
  subject_type text,
  subject_id uuid,
  model_id uuid,
  request jsonb,
  round integer default 1
) returns bigint
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call app_private.llm_calls;
begin
  insert into app_private.llm_calls (role, subject_type, subject_id, model_id, round, request)
    values (
      ensure_call.role, ensure_call.subject_type, ensure_call.subject_id, ensure_call.model_id,
      ensure_call.round::integer, ensure_call.request
    )
    on conflict on constraint llm_calls_once do nothing
    returning * into v_call;
  if not found then
    select c.* into strict v_call
      from app_private.llm_calls c
      where c.role = ensure_call.role and c.subject_type = ensure_call.subject_type
        and c.subject_id = ensure_call.subject_id and c.model_id = ensure_call.model_id and c.round = ensure_call.round;
    if v_call.request <> ensure_call.request then
      raise exception 'This call exists with another request.'
        using errcode = 'TB041', hint = 'What was decided to be asked is not changed; a new round may be opened.';
    end if;
  end if;
  return v_call.id;
end;
$$;
comment on function app_private.ensure_call(text, text, uuid, uuid, jsonb, integer) is
  'The call of a role, subject, model and round, made if there is none. Errors: TB041.';
revoke all on function app_private.ensure_call(text, text, uuid, uuid, jsonb, integer) from public;
grant execute on function app_private.ensure_call(text, text, uuid, uuid, jsonb, integer) to autobench_worker;
--! EndIncluded budget/app_private.ensure_call.sql
--! Included budget/app_private.call_of.sql
-- generate_daily_tasks -> [app_private.call_of()] -> app_private.llm_calls
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.call_of(role text, subject_type text, subject_id uuid, round integer)
returns table (id bigint, state text, prompt_version text)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.id, c.state, c.request ->> 'promptVersion'
    from app_private.llm_calls c
    where c.role = call_of.role and c.subject_type = call_of.subject_type
      and c.subject_id = call_of.subject_id and c.round = call_of.round
    order by c.id
    limit 1;
$$;
comment on function app_private.call_of(text, text, uuid, integer) is 'The call that was made for a subject, role and round, if one was.';
revoke all on function app_private.call_of(text, text, uuid, integer) from public;
grant execute on function app_private.call_of(text, text, uuid, integer) to autobench_worker;
--! EndIncluded budget/app_private.call_of.sql
--! Included budget/app_private.hold_estimate.sql
-- open_gate() -> [app_private.hold_estimate()] -> app_private.daily_spend
create or replace function app_private.hold_estimate(request jsonb, prices jsonb) returns numeric
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- At worst every character of the request is a third of a token, and the answer is as long as it may be.
  select round(
    (
      (char_length(coalesce(request ->> 'system', '')) + char_length(request ->> 'prompt')) / 3.0
        * coalesce((prices ->> 'input')::numeric, 0)
      + (request ->> 'maxOutputTokens')::numeric * coalesce((prices ->> 'output')::numeric, 0)
    ) / 1000000,
    8
  );
$$;
comment on function app_private.hold_estimate(jsonb, jsonb) is 'The most that a request may cost, in dollars.';
revoke all on function app_private.hold_estimate(jsonb, jsonb) from public;
--! EndIncluded budget/app_private.hold_estimate.sql
--! Included budget/app_private.cost_of.sql
-- finish_attempt() -> [app_private.cost_of()] -> app_private.llm_attempts.cost_usd
create or replace function app_private.cost_of(usage jsonb, prices jsonb) returns numeric
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select round(
    (
      greatest((usage ->> 'inputTokens')::numeric - coalesce((usage ->> 'cachedTokens')::numeric, 0), 0)
        * coalesce((prices ->> 'input')::numeric, 0)
      + coalesce((usage ->> 'cachedTokens')::numeric, 0)
        * coalesce((prices ->> 'cached')::numeric, (prices ->> 'input')::numeric, 0)
      + (usage ->> 'outputTokens')::numeric * coalesce((prices ->> 'output')::numeric, 0)
    ) / 1000000,
    8
  );
$$;
comment on function app_private.cost_of(jsonb, jsonb) is 'What a provider''s usage costs at given prices, in dollars.';
revoke all on function app_private.cost_of(jsonb, jsonb) from public;
--! EndIncluded budget/app_private.cost_of.sql
--! Included budget/app_private.tg_llm_attempts__arrows.sql
-- update -> app_private.llm_attempts -> [app_private.tg_llm_attempts__arrows()]
create or replace function app_private.tg_llm_attempts__arrows() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if old.state <> new.state and (old.state, new.state) not in (
    ('reserved', 'sending'), ('reserved', 'not_executed'),
    ('sending', 'succeeded'), ('sending', 'unusable'), ('sending', 'rejected'), ('sending', 'not_executed'), ('sending', 'in_doubt'),
    ('in_doubt', 'succeeded'), ('in_doubt', 'unusable'), ('in_doubt', 'rejected'), ('in_doubt', 'not_executed'), ('in_doubt', 'abandoned')
  ) then
    raise exception 'An attempt does not go from % to %.', old.state, new.state
      using errcode = 'TB044', hint = 'Nothing moves an attempt that may have been sent back to where it would be sent again.';
  end if;
  return new;
end;
$$;
comment on function app_private.tg_llm_attempts__arrows() is 'Allows an attempt only the moves of the state machine. Errors: TB044.';
revoke all on function app_private.tg_llm_attempts__arrows() from public;

create or replace trigger _200_arrows before update of state on app_private.llm_attempts
  for each row execute function app_private.tg_llm_attempts__arrows();
--! EndIncluded budget/app_private.tg_llm_attempts__arrows.sql
--! Included budget/app_private.tg_llm_calls__settle.sql
-- app_private.llm_calls -> [app_private.tg_llm_calls__settle()] -> app_private.settle_submission(), answer_task
create or replace function app_private.tg_llm_calls__settle() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.subject_type = 'submission' then
    if tg_op = 'UPDATE' then
      perform app_private.settle_submission(new);
    end if;
    -- A pending call has a job. So has a done one, in case the worker goes away before it has read the reply: record_answer()
    -- takes that job back. The key keeps it to one.
    if new.state = 'pending'
      or (new.state = 'done' and exists (select from app_public.submissions s where s.id = new.subject_id and s.finished_at is null))
    then
      perform graphile_worker.add_job(
        'answer_task',
        json_build_object('callId', new.id),
        run_at => case new.state when 'done' then now() + interval '1 minute' else new.next_try_at end,
        max_attempts => 5,
        job_key => 'llm_call:' || new.id
      );
    end if;
  end if;
  return null;
end;
$$;
comment on function app_private.tg_llm_calls__settle() is 'Carries a call''s state over to what it is about, and queues what is to be done next.';
revoke all on function app_private.tg_llm_calls__settle() from public;

create or replace trigger _500_settle_insert after insert on app_private.llm_calls
  for each row execute function app_private.tg_llm_calls__settle();
create or replace trigger _500_settle_update after update of state on app_private.llm_calls
  for each row when (old.state is distinct from new.state) execute function app_private.tg_llm_calls__settle();
--! EndIncluded budget/app_private.tg_llm_calls__settle.sql
--! Included budget/app_private.end_attempt.sql
-- open_gate(), finish_attempt(), sweep_attempts(), abandon_call() -> [app_private.end_attempt()] -> llm_attempts, llm_calls, daily_spend
create or replace function app_private.end_attempt(
  attempt_id bigint,
  state text,
  error_class text,
  error text,
  retry_in interval
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt app_private.llm_attempts;
  v_call app_private.llm_calls;
  v_at timestamptz := clock_timestamp();
  v_cost numeric;
  -- What provably never left costs no try: the limit is for requests that a provider has refused.
  v_is_free boolean := end_attempt.error_class in ('lease_over', 'spend_limit', 'no_key', 'restored');
begin
  update app_private.llm_attempts a
    set state = end_attempt.state,
      finished_at = coalesce(case when a.state = 'in_doubt' and end_attempt.state <> 'abandoned' then v_at else a.finished_at end, v_at),
      error_class = end_attempt.error_class,
      error = left(end_attempt.error, 500)
    where a.id = end_attempt.attempt_id
    returning * into strict v_attempt;
  select c.* into strict v_call from app_private.llm_calls c where c.id = v_attempt.call_id for update;

  -- A hold becomes a cost when the attempt was executed, goes back when it was not, and stays while nobody knows.
  if v_attempt.hold_usd > 0 and end_attempt.state <> 'in_doubt' then
    v_cost := case
      when end_attempt.state in ('succeeded', 'unusable', 'abandoned') then coalesce(v_attempt.cost_usd, v_attempt.hold_usd)
      else 0
    end;
    -- The row of the model, then the row for all, as the gate takes them: the other way round the two would deadlock.
    update app_private.daily_spend s
      set held_usd = s.held_usd - v_attempt.hold_usd, spent_usd = s.spent_usd + v_cost
      where s.day = v_attempt.hold_day and s.model_id = v_call.model_id;
    update app_private.daily_spend s
      set held_usd = s.held_usd - v_attempt.hold_usd, spent_usd = s.spent_usd + v_cost
      where s.day = v_attempt.hold_day and s.model_id is null;
  end if;
  if end_attempt.state in ('succeeded', 'unusable', 'abandoned') and v_attempt.cost_usd is null then
    update app_private.llm_attempts a set cost_usd = v_attempt.hold_usd where a.id = v_attempt.id; -- unknown: the most it can be
  end if;

  update app_private.llm_calls c
    set state = case
          when end_attempt.state in ('succeeded', 'unusable') then 'done'
          when end_attempt.state = 'in_doubt' then 'in_doubt'
          when end_attempt.retry_in is not null
            and (c.attempts < c.max_attempts or (v_is_free and c.attempts < 200)) then 'pending'
          else 'failed'
        end,
      max_attempts = least(c.max_attempts + case when v_is_free then 1 else 0 end, 200),
      next_try_at = case when end_attempt.retry_in is not null then v_at + end_attempt.retry_in else c.next_try_at end,
      reason = end_attempt.error
    where c.id = v_call.id;
end;
$$;
comment on function app_private.end_attempt(bigint, text, text, text, interval) is
  'Ends an attempt, settles its hold and moves its call on; the callers say who may.';
revoke all on function app_private.end_attempt(bigint, text, text, text, interval) from public;
--! EndIncluded budget/app_private.end_attempt.sql
--! Included budget/app_private.reserve_attempt.sql
-- worker/ledger.ts -> [app_private.reserve_attempt()] -> app_private.llm_attempts
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.reserve_attempt(
  call_id bigint,
  worker text,
  lease interval default '60 seconds',
  out verdict text,
  out wait_ms integer,
  out attempt_id bigint,
  out lease_token uuid,
  out client_request_id uuid,
  out request jsonb,
  out provider jsonb
)
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call app_private.llm_calls;
  v_provider app_private.providers;
  v_model app_public.models;
  v_attempt app_private.llm_attempts;
  v_at timestamptz := clock_timestamp();
  v_oldest timestamptz;
begin
  perform app_private.require_open_gate((v_at at time zone 'utc')::date);
  -- Another worker that holds the row is already at it: no need to wait for it.
  select c.* into v_call from app_private.llm_calls c where c.id = reserve_attempt.call_id for update skip locked;
  if not found then
    verdict := 'taken';
    return;
  elsif v_call.state <> 'pending' then
    verdict := v_call.state;
    return;
  elsif v_call.next_try_at > v_at then
    verdict := 'wait';
    wait_ms := ceil(extract(epoch from v_call.next_try_at - v_at) * 1000)::integer;
    return;
  end if;

  select m.* into strict v_model from app_public.models m where m.id = v_call.model_id;
  -- One reservation at a time for each provider: its limits hold over all workers.
  select p.* into strict v_provider from app_private.providers p where p.name = v_model.provider for update;
  if (select count(*) from app_private.llm_attempts a where a.provider = v_provider.name and a.state in ('reserved', 'sending'))
    >= v_provider.max_parallel
  then
    verdict := 'wait';
    wait_ms := 250;
    return;
  end if;
  select a.reserved_at into v_oldest
    from app_private.llm_attempts a
    where a.provider = v_provider.name and a.reserved_at > v_at - interval '1 minute'
    order by a.reserved_at desc
    offset v_provider.requests_per_minute - 1
    limit 1;
  if found then
    verdict := 'wait';
    wait_ms := ceil(extract(epoch from v_oldest + interval '1 minute' - v_at) * 1000)::integer + 1;
    return;
  end if;

  insert into app_private.llm_attempts (call_id, n, provider, worker, lease_until, prices)
    values (
      v_call.id, v_call.attempts + 1, v_provider.name, reserve_attempt.worker, v_at + reserve_attempt.lease,
      jsonb_build_object(
        'input', v_model.input_usd_per_million,
        'cached', v_model.cached_input_usd_per_million,
        'output', v_model.output_usd_per_million
      )
    )
    returning * into v_attempt;
  update app_private.llm_calls c
    set state = 'active', attempts = c.attempts + 1, reason = null
    where c.id = v_call.id;
  verdict := 'reserved';
  attempt_id := v_attempt.id;
  lease_token := v_attempt.lease_token;
  client_request_id := v_attempt.client_request_id;
  request := v_call.request;
  provider := to_jsonb(v_provider);
end;
$$;
comment on function app_private.reserve_attempt(bigint, text, interval) is
  'Reserves the next attempt at a call, within the provider''s limits: verdict is reserved, wait, taken, or the call''s state. Errors: TB043.';
revoke all on function app_private.reserve_attempt(bigint, text, interval) from public;
grant execute on function app_private.reserve_attempt(bigint, text, interval) to autobench_worker;
--! EndIncluded budget/app_private.reserve_attempt.sql
--! Included budget/app_private.open_gate.sql
-- worker/ledger.ts -> [app_private.open_gate()] -> app_private.llm_attempts, app_private.daily_spend
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.open_gate(
  attempt_id bigint,
  lease_token uuid,
  lease interval,
  daily_limit_usd numeric default null,
  out verdict text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt app_private.llm_attempts;
  v_call app_private.llm_calls;
  v_at timestamptz := clock_timestamp();
  v_day date := (v_at at time zone 'utc')::date;
  v_hold numeric;
  v_model_cap numeric;
begin
  perform app_private.require_open_gate(v_day); -- closed since the reservation: nothing leaves
  -- Compare and set: only the holder of a living reservation passes, and only once.
  update app_private.llm_attempts a
    set state = 'sending', sending_at = v_at, lease_until = v_at + open_gate.lease, hold_day = v_day, hold_usd = 0
    where a.id = open_gate.attempt_id and a.lease_token = open_gate.lease_token and a.state = 'reserved' and a.lease_until > v_at
    returning * into v_attempt;
  if not found then
    verdict := 'lost';
    return;
  end if;
  select c.* into strict v_call from app_private.llm_calls c where c.id = v_attempt.call_id;
  v_hold := app_private.hold_estimate(v_call.request, v_attempt.prices);
  select c.daily_usd into v_model_cap from app_private.model_caps c where c.model_id = v_call.model_id;

  -- The row of the model, then the row for all: always in this order. A free attempt needs neither.
  if v_hold > 0 then
    insert into app_private.daily_spend as s (day, model_id, held_usd) values (v_day, v_call.model_id, v_hold)
      on conflict on constraint daily_spend_once do update set held_usd = s.held_usd + v_hold;
    insert into app_private.daily_spend as s (day, model_id, held_usd) values (v_day, null, v_hold)
      on conflict on constraint daily_spend_once do update set held_usd = s.held_usd + v_hold;
    if exists (
      select from app_private.daily_spend s
        where s.day = v_day
          and s.held_usd + s.spent_usd > case when s.model_id is null then open_gate.daily_limit_usd else v_model_cap end
          and (s.model_id is null or s.model_id = v_call.model_id)
    ) then
      update app_private.daily_spend s
        set held_usd = s.held_usd - v_hold
        where s.day = v_day and (s.model_id is null or s.model_id = v_call.model_id);
      perform app_private.end_attempt(v_attempt.id, 'not_executed', 'spend_limit', 'The day''s spend limit is reached.', '15 minutes');
      verdict := 'capped';
      return;
    end if;
    update app_private.llm_attempts a set hold_usd = v_hold where a.id = v_attempt.id;
  end if;
  verdict := 'open';
end;
$$;
comment on function app_private.open_gate(bigint, uuid, interval, numeric) is
  'The last step before a request leaves: open (send now), lost (do not send) or capped (do not send; the spend limit is reached). Whoever does not know the answer must not send. Errors: TB043.';
revoke all on function app_private.open_gate(bigint, uuid, interval, numeric) from public;
grant execute on function app_private.open_gate(bigint, uuid, interval, numeric) to autobench_worker;
--! EndIncluded budget/app_private.open_gate.sql
--! Included budget/app_private.record_reply.sql
-- worker/ledger.ts (onRaw) -> [app_private.record_reply()] -> app_private.llm_replies
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_reply(
  attempt_id bigint,
  lease_token uuid,
  status integer,
  headers jsonb,
  body bytea
) returns boolean
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_private.llm_replies (attempt_id, status, headers, body)
    select a.id, record_reply.status, record_reply.headers, record_reply.body
      from app_private.llm_attempts a
      where a.id = record_reply.attempt_id and a.lease_token = record_reply.lease_token
    on conflict on constraint llm_replies_pkey do nothing;
  return found;
end;
$$;
comment on function app_private.record_reply(bigint, uuid, integer, jsonb, bytea) is
  'Stores a reply as it came, before anything reads it; a reply that comes late is stored as well.';
revoke all on function app_private.record_reply(bigint, uuid, integer, jsonb, bytea) from public;
grant execute on function app_private.record_reply(bigint, uuid, integer, jsonb, bytea) to autobench_worker;
--! EndIncluded budget/app_private.record_reply.sql
--! Included budget/app_private.finish_attempt.sql
-- worker/ledger.ts, spool -> [app_private.finish_attempt()] -> app_private.end_attempt()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.finish_attempt(attempt_id bigint, lease_token uuid, outcome jsonb) returns boolean
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt app_private.llm_attempts;
  v_usage jsonb := case jsonb_typeof(outcome -> 'usage') when 'object' then outcome -> 'usage' end;
begin
  -- A late answer counts too: the sweeper may have put the attempt in doubt meanwhile.
  select a.* into v_attempt
    from app_private.llm_attempts a
    where a.id = finish_attempt.attempt_id and a.lease_token = finish_attempt.lease_token and a.state in ('reserved', 'sending', 'in_doubt')
    for update;
  if not found or (v_attempt.state = 'in_doubt' and outcome ->> 'state' = 'in_doubt') then
    return false;
  end if;
  update app_private.llm_attempts a
    set http_status = (outcome ->> 'httpStatus')::integer,
      provider_request_id = left(outcome ->> 'providerRequestId', 200),
      evidence = a.evidence || coalesce(outcome -> 'evidence', '{}'),
      input_tokens = (v_usage ->> 'inputTokens')::integer,
      cached_tokens = (v_usage ->> 'cachedTokens')::integer,
      output_tokens = (v_usage ->> 'outputTokens')::integer,
      reasoning_tokens = (v_usage ->> 'reasoningTokens')::integer,
      cost_usd = app_private.cost_of(v_usage, a.prices)
    where a.id = v_attempt.id;
  perform app_private.end_attempt(
    v_attempt.id,
    outcome ->> 'state',
    outcome ->> 'errorClass',
    outcome ->> 'error',
    -- The provider's wish or twice as long as last time, an hour at the most; null stays null: never again.
    make_interval(secs => least(greatest((outcome ->> 'retryAfterMs')::double precision / 1000, power(2, v_attempt.n)), 3600))
      * case when outcome ->> 'retryAfterMs' is null then null else 1 end
  );
  return true;
end;
$$;
comment on function app_private.finish_attempt(bigint, uuid, jsonb) is
  'Records how an attempt ended, with tokens and cost; says whether it was still open.';
revoke all on function app_private.finish_attempt(bigint, uuid, jsonb) from public;
grant execute on function app_private.finish_attempt(bigint, uuid, jsonb) to autobench_worker;
--! EndIncluded budget/app_private.finish_attempt.sql
--! Included budget/app_private.stored_reply.sql
-- answer_task -> [app_private.stored_reply()] -> app_private.llm_replies -> worker/llm/read-reply.ts
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.stored_reply(call_id bigint)
returns table (attempt_id bigint, lease_token uuid, attempt_state text, protocol text, is_overload_free boolean, status integer, headers jsonb, body bytea)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.id, a.lease_token, a.state, p.protocol, p.is_overload_free, r.status, r.headers, r.body
    from app_private.llm_attempts a
      inner join app_private.llm_replies r on r.attempt_id = a.id
      inner join app_private.providers p on p.name = a.provider
    where a.call_id = stored_reply.call_id and a.state in ('sending', 'in_doubt', 'succeeded', 'unusable')
    order by a.n desc
    limit 1;
$$;
comment on function app_private.stored_reply(bigint) is
  'The reply to a call''s attempt that counts, as it came: enough to go on after a crash without asking again.';
revoke all on function app_private.stored_reply(bigint) from public;
grant execute on function app_private.stored_reply(bigint) to autobench_worker;
--! EndIncluded budget/app_private.stored_reply.sql
--! Included budget/app_private.sweep_attempts.sql
-- crontab -> sweep_calls -> [app_private.sweep_attempts()] -> app_private.end_attempt()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.sweep_attempts(out not_executed integer, out in_doubt integer, out closed integer, out requeued integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt record;
  v_call app_private.llm_calls;
begin
  not_executed := 0;
  in_doubt := 0;
  -- A lease that is over: what was only reserved has provably not left; what was being sent may have.
  for v_attempt in
    select a.id, a.state
      from app_private.llm_attempts a
      where a.state in ('reserved', 'sending') and a.lease_until < clock_timestamp()
      order by a.id
      for update skip locked
  loop
    if v_attempt.state = 'reserved' then
      perform app_private.end_attempt(v_attempt.id, 'not_executed', 'lease_over', 'The worker went away before anything was sent.', '0');
      not_executed := not_executed + 1;
    else
      perform app_private.end_attempt(v_attempt.id, 'in_doubt', 'lease_over', 'The worker went away after the request may have left.', null);
      in_doubt := in_doubt + 1;
    end if;
  end loop;

  -- Whoever still waits when the task closes is too late: every submission comes to an end.
  closed := 0;
  for v_call in
    select c.*
      from app_private.llm_calls c
        inner join app_public.submissions s on s.id = c.subject_id
        inner join app_public.tasks t on t.id = s.task_id
      where c.subject_type = 'submission' and c.state = 'pending' and s.finished_at is null and t.closes_at <= clock_timestamp()
      order by c.id
      for update of c skip locked
  loop
    update app_private.llm_calls c
      set state = 'failed', reason = 'The task closed before the model was asked. ' || coalesce(c.reason, '')
      where c.id = v_call.id;
    closed := closed + 1;
  end loop;

  -- A reply that nobody has managed to read by the time its page would be gone: it comes to an end as well.
  update app_public.submissions s
    set status = 'failed', reason = 'The reply could not be read.', finished_at = now()
    from app_private.llm_calls c, app_public.tasks t
    where c.subject_type = 'submission' and c.subject_id = s.id and c.state = 'done' and s.finished_at is null
      and t.id = s.task_id and t.expires_at <= clock_timestamp()
      and not exists (
        select from app_private.llm_attempts a
          where a.call_id = c.id and a.finished_at > clock_timestamp() - interval '1 hour'
      );

  -- A call whose job was lost gets a new one; so does one in doubt whose answer is here after all, and only has to be read.
  select count(graphile_worker.add_job('answer_task', json_build_object('callId', c.id), run_at => greatest(c.next_try_at, now()), max_attempts => 5, job_key => 'llm_call:' || c.id))::integer
    into requeued
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
    where c.subject_type = 'submission'
      and (
        (c.state in ('pending', 'done') and s.finished_at is null)
        or (
          c.state = 'in_doubt' and s.status = 'in_doubt'
          and exists (
            select from app_private.llm_attempts a
                inner join app_private.llm_replies r on r.attempt_id = a.id
              where a.call_id = c.id and a.state = 'in_doubt' and r.status between 200 and 299
          )
        )
      )
      and not exists (select from graphile_worker.jobs j where j.key = 'llm_call:' || c.id and j.attempts < j.max_attempts);
end;
$$;
comment on function app_private.sweep_attempts() is
  'Ends attempts whose worker has gone, and calls that nobody can answer any more; nothing that may have been sent is sent again.';
revoke all on function app_private.sweep_attempts() from public;
grant execute on function app_private.sweep_attempts() to autobench_worker;
--! EndIncluded budget/app_private.sweep_attempts.sql
--! Included budget/app_private.retry_submission.sql
-- a DBA, app_operations.retry_submission() -> [app_private.retry_submission()] -> app_private.llm_calls, app_private.operator_log
create or replace function app_private.retry_submission(id uuid, reason text) returns app_public.submissions
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call app_private.llm_calls;
  v_attempt_id bigint;
  v_submission app_public.submissions;
begin
  perform app_private.log_operator('retry_submission', retry_submission.id::text, retry_submission.reason);
  -- The attempt before its call, as whoever settles it: the other way round a late answer and an operator would deadlock.
  select a.id into v_attempt_id
    from app_private.llm_attempts a
      inner join app_private.llm_calls c on c.id = a.call_id
    where c.subject_type = 'submission' and c.subject_id = retry_submission.id and a.state = 'in_doubt'
    for update of a;
  select c.* into v_call
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
      inner join app_public.tasks t on t.id = s.task_id
    where c.subject_type = 'submission' and c.subject_id = retry_submission.id
      and c.state in ('failed', 'in_doubt') and t.closes_at > clock_timestamp()
    for update of c;
  if not found then
    raise exception 'This submission cannot be asked for again.'
      using errcode = 'TB042', hint = 'It must be failed or in doubt, and its task must still be open.';
  end if;
  if v_attempt_id is not null then
    -- Whoever decides takes it on themselves that the model may be paid twice: the first hold counts as spent.
    perform app_private.end_attempt(v_attempt_id, 'abandoned', 'operator', 'Asked again by an operator.', null);
  end if;
  update app_private.llm_calls c
    set state = 'pending', next_try_at = now(), max_attempts = least(c.max_attempts + 1, 200), reason = 'Asked again by an operator.'
    where c.id = v_call.id;
  select s.* into v_submission from app_public.submissions s where s.id = retry_submission.id;
  return v_submission;
end;
$$;
comment on function app_private.retry_submission(uuid, text) is
  'Asks for a failed or doubtful answer again, on somebody''s word, which is written down. Errors: TB017, TB042.';
revoke all on function app_private.retry_submission(uuid, text) from public;
--! EndIncluded budget/app_private.retry_submission.sql
--! Included budget/app_private.abandon_call.sql
-- a DBA, app_operations.abandon_call() -> [app_private.abandon_call()] -> app_private.llm_attempts, app_private.operator_log
create or replace function app_private.abandon_call(id bigint, reason text) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt_id bigint;
begin
  perform app_private.log_operator('abandon_call', abandon_call.id::text, abandon_call.reason);
  select a.id into v_attempt_id
    from app_private.llm_attempts a
    where a.call_id = abandon_call.id and a.state = 'in_doubt'
    for update;
  if found then
    perform app_private.end_attempt(v_attempt_id, 'abandoned', 'operator', 'Given up by an operator.', null);
    return 'failed';
  end if;
  -- Put in doubt by reconcile(): what may have been asked after the backup has no attempt here.
  update app_private.llm_calls c
    set state = 'failed', reason = 'Given up by an operator.'
    where c.id = abandon_call.id and c.state = 'in_doubt';
  if not found then
    raise exception 'This call is not in doubt.' using errcode = 'TB045', hint = 'Look at it in app_operations.calls.';
  end if;
  return 'failed';
end;
$$;
comment on function app_private.abandon_call(bigint, text) is
  'Gives a doubtful call up: its hold counts as spent, and it fails. Errors: TB017, TB045.';
revoke all on function app_private.abandon_call(bigint, text) from public;
--! EndIncluded budget/app_private.abandon_call.sql
--! Included budget/app_private.meet_epoch.sql
-- worker/epoch.ts -> [app_private.meet_epoch()] -> app_private.dispatch_gate
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.meet_epoch(
  known uuid,
  known_attempt bigint,
  out epoch uuid,
  out last_attempt bigint,
  out is_open boolean,
  out reason text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gate app_private.dispatch_gate;
begin
  select * into strict v_gate from app_private.dispatch_gate g for update;
  select coalesce(max(a.id), 0) into last_attempt from app_private.llm_attempts a;
  -- What stands beside the database remembers more than the database does: this is a restored backup.
  -- Several machines keep an epoch each; only one of them reconciles, and the others catch up.
  if v_gate.is_open and known is not null and not known = any (v_gate.past_epochs)
    and (known <> v_gate.epoch or known_attempt > last_attempt)
  then
    update app_private.dispatch_gate g
      set is_open = false, changed_at = now(),
        reason = case
          when known <> v_gate.epoch then 'The database is of another epoch than what is kept beside it.'
          else format('Attempt %s was made, but the database knows only %s: a backup was restored.', known_attempt, last_attempt)
        end
      returning * into v_gate;
  end if;
  epoch := v_gate.epoch;
  is_open := v_gate.is_open;
  reason := v_gate.reason;
end;
$$;
comment on function app_private.meet_epoch(uuid, bigint) is
  'Compares what is kept beside the database with the database, and closes the gate when the database has forgotten something.';
revoke all on function app_private.meet_epoch(uuid, bigint) from public;
grant execute on function app_private.meet_epoch(uuid, bigint) to autobench_worker;
--! EndIncluded budget/app_private.meet_epoch.sql
--! Included budget/app_private.reconcile.sql
-- autobench reconcile -> [app_private.reconcile()] -> app_private.dispatch_gate, app_private.llm_calls
create or replace function app_private.reconcile(
  reason text,
  closed_through date default (now() at time zone 'utc')::date,
  out epoch uuid,
  out in_doubt integer
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt record;
  v_call app_private.llm_calls;
begin
  perform app_private.log_operator('reconcile', coalesce(reconcile.closed_through::text, 'all days open'), reconcile.reason);
  perform 1 from app_private.dispatch_gate g for update;
  in_doubt := 0;
  -- What was under way when the backup was made may have been answered since; what waited may have been asked since.
  for v_attempt in select a.id from app_private.llm_attempts a where a.state = 'sending' order by a.id for update loop
    perform app_private.end_attempt(v_attempt.id, 'in_doubt', 'restored', 'A backup was restored while this was under way.', null);
    in_doubt := in_doubt + 1;
  end loop;
  for v_attempt in select a.id from app_private.llm_attempts a where a.state = 'reserved' order by a.id for update loop
    perform app_private.end_attempt(v_attempt.id, 'not_executed', 'restored', 'A backup was restored.', '0');
  end loop;
  for v_call in
    select c.* from app_private.llm_calls c where c.state = 'pending' order by c.id for update
  loop
    update app_private.llm_calls c
      set state = 'in_doubt', reason = 'A backup was restored: this may have been asked since.'
      where c.id = v_call.id;
    perform graphile_worker.remove_job('llm_call:' || v_call.id);
    in_doubt := in_doubt + 1;
  end loop;
  update app_private.dispatch_gate g
    set is_open = true, past_epochs = g.past_epochs || g.epoch, epoch = gen_random_uuid(), closed_through = reconcile.closed_through, reason = null, changed_at = now()
    returning g.epoch into reconcile.epoch;
end;
$$;
comment on function app_private.reconcile(text, date) is
  'After a backup was restored: puts in doubt what may have been bought since, closes the days up to `closed_through`, and opens the gate in a new epoch. Errors: TB017.';
revoke all on function app_private.reconcile(text, date) from public;
--! EndIncluded budget/app_private.reconcile.sql
--! Included budget/app_private.ledger_faults.sql
-- app_private.llm_calls, app_private.llm_attempts -> [app_private.ledger_faults] -> app_operations.ledger_faults, GET /metrics
create or replace view app_private.ledger_faults with (security_invoker, security_barrier) as
  select 'billed twice' as fault, a.call_id, format('%s attempts may have been executed', count(*)) as detail
    from app_private.llm_attempts a
    where a.state in ('succeeded', 'unusable', 'in_doubt', 'sending')
    group by a.call_id
    having count(*) > 1
  union all
  select 'stuck', a.call_id, format('%s since %s', a.state, a.lease_until)
    from app_private.llm_attempts a
    where a.state in ('reserved', 'sending') and a.lease_until < now() - interval '5 minutes'
  union all
  select 'active without an attempt', c.id, 'no attempt is under way'
    from app_private.llm_calls c
    where c.state = 'active'
      and not exists (select from app_private.llm_attempts a where a.call_id = c.id and a.state in ('reserved', 'sending'))
  union all
  select 'unsettled', a.call_id, format('%s without a cost', a.state)
    from app_private.llm_attempts a
    where a.state in ('succeeded', 'unusable', 'abandoned') and a.cost_usd is null
  union all
  select 'holds do not add up', null, format('%s, %s: %s held, %s in open attempts', day, model, s.held_usd, o.held_usd)
    from (
      select d.day, coalesce(d.model_id::text, 'all') as model, d.held_usd from app_private.daily_spend d
    ) s
      full join (
        select a.hold_day as day, coalesce(c.model_id::text, 'all') as model, sum(a.hold_usd) as held_usd
          from app_private.llm_attempts a
            inner join app_private.llm_calls c on c.id = a.call_id
          where a.hold_usd > 0 and a.state in ('sending', 'in_doubt')
          group by grouping sets ((a.hold_day, c.model_id), (a.hold_day))
      ) o using (day, model)
    where coalesce(s.held_usd, 0) <> coalesce(o.held_usd, 0)
  union all
  select 'costs do not add up', null, format('%s, %s: %s spent, %s in attempts', day, model, s.spent_usd, o.spent_usd)
    from (
      select d.day, coalesce(d.model_id::text, 'all') as model, d.spent_usd from app_private.daily_spend d
    ) s
      full join (
        select a.hold_day as day, coalesce(c.model_id::text, 'all') as model, sum(a.cost_usd) as spent_usd
          from app_private.llm_attempts a
            inner join app_private.llm_calls c on c.id = a.call_id
          where a.hold_usd > 0 and a.state in ('succeeded', 'unusable', 'abandoned')
          group by grouping sets ((a.hold_day, c.model_id), (a.hold_day))
      ) o using (day, model)
    where coalesce(s.spent_usd, 0) <> coalesce(o.spent_usd, 0)
  union all
  select 'submission without its end', c.id, format('call %s, submission %s', c.state, s.status)
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
    where c.subject_type = 'submission'
      and ((c.state = 'failed' and s.status <> 'failed') or (c.state = 'in_doubt' and s.status <> 'in_doubt'));

revoke all on app_private.ledger_faults from public, autobench_operator;
grant select on app_private.ledger_faults to autobench_operator;

comment on view app_private.ledger_faults is 'What must never be in the ledger: always empty.';
comment on column app_private.ledger_faults.fault is 'What is wrong.';
comment on column app_private.ledger_faults.call_id is 'The call, if it is about one.';
comment on column app_private.ledger_faults.detail is 'The particulars.';
--! EndIncluded budget/app_private.ledger_faults.sql
--! Included budget/app_operations.retry_submission.sql
-- retrySubmission (operators' GraphQL) -> [app_operations.retry_submission()] -> app_private.retry_submission()
-- Definer: operators may ask again without being able to write the ledger.
create or replace function app_operations.retry_submission(id uuid, reason text) returns app_public.submissions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return app_private.retry_submission(retry_submission.id, retry_submission.reason);
end;
$$;
comment on function app_operations.retry_submission(uuid, text) is
  E'@resultFieldName submission\nAsks for a failed or doubtful answer again; the model may have been paid once already. Errors: TB001, TB002, TB004, TB017, TB042.';
revoke all on function app_operations.retry_submission(uuid, text) from public;
grant execute on function app_operations.retry_submission(uuid, text) to autobench_operator;
--! EndIncluded budget/app_operations.retry_submission.sql
--! Included budget/app_operations.abandon_call.sql
-- abandonCall (operators' GraphQL) -> [app_operations.abandon_call()] -> app_private.abandon_call()
-- Definer: operators may give a call up without being able to write the ledger.
create or replace function app_operations.abandon_call(id bigint, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return app_private.abandon_call(abandon_call.id, abandon_call.reason);
end;
$$;
comment on function app_operations.abandon_call(bigint, text) is
  E'@resultFieldName state\nGives a doubtful call up: its hold counts as spent, and it fails. Errors: TB001, TB002, TB004, TB017, TB045.';
revoke all on function app_operations.abandon_call(bigint, text) from public;
grant execute on function app_operations.abandon_call(bigint, text) to autobench_operator;
--! EndIncluded budget/app_operations.abandon_call.sql
--! Included budget/app_operations.calls.sql
-- app_private.llm_calls -> [app_operations.calls] -> calls (operators' GraphQL)
create or replace view app_operations.calls with (security_invoker, security_barrier) as
  select c.id, c.role, c.subject_type, c.subject_id, c.model_id, c.round, c.state, c.attempts, c.reason, c.next_try_at, c.created_at,
      a.http_status, a.error_class, a.provider_request_id, a.sending_at, a.finished_at, a.input_tokens, a.output_tokens, a.cost_usd
    from app_private.llm_calls c
      left join lateral (
        select l.http_status, l.error_class, l.provider_request_id, l.sending_at, l.finished_at, l.input_tokens, l.output_tokens, l.cost_usd
          from app_private.llm_attempts l
          where l.call_id = c.id
          order by l.n desc
          limit 1
      ) a on true;

revoke all on app_operations.calls from public, autobench_operator;
grant select on app_operations.calls to autobench_operator;

comment on view app_operations.calls is
  E'@primaryKey id\n@foreignKey (model_id) references app_public.models (id)|@fieldName model\nThe calls to models with their last attempt, without what was asked and answered.';
comment on column app_operations.calls.id is E'@notNull\nIdentity of the call.';
comment on column app_operations.calls.role is E'@notNull\nWhat for.';
comment on column app_operations.calls.subject_type is E'@notNull\nWhat kind of thing it is about.';
comment on column app_operations.calls.subject_id is E'@notNull\nThe thing that it is about.';
comment on column app_operations.calls.model_id is E'@notNull\nWho is asked.';
comment on column app_operations.calls.round is E'@notNull\nWhich round it is.';
comment on column app_operations.calls.state is E'@notNull\npending, active, done, failed or in_doubt.';
comment on column app_operations.calls.attempts is E'@notNull\nHow often it was tried.';
comment on column app_operations.calls.reason is 'Why it failed, waits or is in doubt.';
comment on column app_operations.calls.next_try_at is E'@notNull\nNot before this instant.';
comment on column app_operations.calls.created_at is E'@notNull\nWhen it was decided on.';
comment on column app_operations.calls.http_status is 'The provider''s last status.';
comment on column app_operations.calls.error_class is 'What kind of failure the last one was.';
comment on column app_operations.calls.provider_request_id is 'The provider''s name for the last request.';
comment on column app_operations.calls.sending_at is 'When the last request may have left.';
comment on column app_operations.calls.finished_at is 'When the last attempt ended.';
comment on column app_operations.calls.input_tokens is 'Tokens read.';
comment on column app_operations.calls.output_tokens is 'Tokens written.';
comment on column app_operations.calls.cost_usd is 'What it cost.';
--! EndIncluded budget/app_operations.calls.sql
--! Included budget/app_operations.spend.sql
-- app_private.daily_spend -> [app_operations.spend] -> spend (operators' GraphQL)
create or replace view app_operations.spend with (security_invoker, security_barrier) as
  select s.day, s.model_id, m.slug as model, s.held_usd, s.spent_usd, c.daily_usd as cap_usd,
      sum(s.spent_usd) over (partition by s.model_id, date_trunc('month', s.day::timestamp) order by s.day) as month_usd
    from app_private.daily_spend s
      left join app_public.models m on m.id = s.model_id
      left join app_private.model_caps c on c.model_id = s.model_id;

revoke all on app_operations.spend from public, autobench_operator;
grant select on app_operations.spend to autobench_operator;

comment on view app_operations.spend is
  'What each day has cost and holds, for each model and (in the row without one) for all, with the month up to that day.';
comment on column app_operations.spend.day is E'@notNull\nThe UTC day.';
comment on column app_operations.spend.model_id is 'The model; null in the row for all.';
comment on column app_operations.spend.model is 'Its short name.';
comment on column app_operations.spend.held_usd is E'@notNull\nHeld for attempts whose cost is not known yet.';
comment on column app_operations.spend.spent_usd is E'@notNull\nSettled.';
comment on column app_operations.spend.cap_usd is 'The model''s own daily cap, if it has one.';
comment on column app_operations.spend.month_usd is E'@notNull\nSettled in that month up to that day.';
--! EndIncluded budget/app_operations.spend.sql
--! Included budget/app_operations.ledger_faults.sql
-- app_private.ledger_faults -> [app_operations.ledger_faults] -> ledgerFaults (operators' GraphQL)
create or replace view app_operations.ledger_faults with (security_invoker, security_barrier) as
  select f.fault, f.call_id, f.detail
    from app_private.ledger_faults f;

revoke all on app_operations.ledger_faults from public, autobench_operator;
grant select on app_operations.ledger_faults to autobench_operator;

comment on view app_operations.ledger_faults is 'What must never be in the ledger of model calls: always empty.';
comment on column app_operations.ledger_faults.fault is 'What is wrong.';
comment on column app_operations.ledger_faults.call_id is 'The call, if it is about one.';
comment on column app_operations.ledger_faults.detail is 'The particulars.';
--! EndIncluded budget/app_operations.ledger_faults.sql

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
  ('app_private.scheduled_tasks', 'finished_at', '90 days', 'A quarter of a year of runs shows every habit of the schedule.'),
  ('app_private.erased_subjects', 'erased_at', '400 days', 'No token or webhook from before lives as long.'),
  ('app_public.submission_codes', 'expires_at', '24 hours', 'A page is kept for a day after it has expired.'),
  ('app_private.llm_replies', 'received_at', '3 days', 'The reply holds the page: it goes when the page goes.'),
  ('app_private.handles', 'expires_at', '1 hour', 'A handle that has expired opens nothing.'),
  ('app_private.blobs', 'created_at', null, 'The pictures of revealed tasks stay: a model''s gallery is pictures.'),
  ('app_private.network_salts', 'created_at', '48 hours', 'After that nobody can tell which network a hash was.'),
  ('app_private.vote_allowances', 'starts_at', '2 days', 'No window is longer than a day.'),
  ('app_private.unused_ballots', 'served_at', '2 days', 'A ballot that was not used says nothing.')
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

--! Included ratings/app_private.row_products.sql
-- fit_strengths(), rate_models() -> [app_private.row_products()]
-- Matrices stand in flat arrays, row after row, each row filled up with zeros to a multiple of eight: so the loop that all
-- the time goes into takes eight numbers at a step and needs no end of its own.
create or replace function app_private.row_products(
  a float8[],
  b float8[],
  size integer,
  width integer,
  is_symmetric boolean default false,
  is_triangular boolean default false
) returns float8[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stride constant integer := (size + 7) / 8 * 8;
  v_result float8[] := array_fill(0::float8, array[size * v_stride]);
  v_sum float8;
  v_from integer;
  x integer;
  y integer;
begin
  for i in 1..size loop
    for j in 1..case when is_symmetric then i else size end loop
      v_sum := 0;
      v_from := case when is_triangular then (i - 1) / 8 else 0 end;
      x := (i - 1) * width + 8 * v_from + 1;
      y := (j - 1) * width + 8 * v_from + 1;
      for k in v_from + 1..width / 8 loop
        v_sum := v_sum + (a[x] * b[y] + a[x + 1] * b[y + 1] + a[x + 2] * b[y + 2] + a[x + 3] * b[y + 3]
          + a[x + 4] * b[y + 4] + a[x + 5] * b[y + 5] + a[x + 6] * b[y + 6] + a[x + 7] * b[y + 7]);
        x := x + 8;
        y := y + 8;
      end loop;
      v_result[(i - 1) * v_stride + j] := v_sum;
      if is_symmetric then
        v_result[(j - 1) * v_stride + i] := v_sum;
      end if;
    end loop;
  end loop;
  return v_result;
end;
$$;
comment on function app_private.row_products(float8[], float8[], integer, integer, boolean, boolean) is
  'The products of every row of one matrix with every row of another: a · bᵀ, for `size` rows of `width` numbers. Triangular: a row of the first begins with zeros, as many as there are rows above it.';
revoke all on function app_private.row_products(float8[], float8[], integer, integer, boolean, boolean) from public;
--! EndIncluded ratings/app_private.row_products.sql
--! Included ratings/app_private.cholesky.sql
-- fit_strengths() -> [app_private.cholesky()]
create or replace function app_private.cholesky(matrix float8[], size integer) returns float8[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stride constant integer := (size + 7) / 8 * 8;
  l float8[] := array_fill(0::float8, array[size * v_stride]);
  v_sum float8;
  x integer;
  y integer;
begin
  for i in 1..size loop
    for j in 1..i loop
      v_sum := matrix[(i - 1) * v_stride + j];
      x := (i - 1) * v_stride + 1;
      y := (j - 1) * v_stride + 1;
      -- What lies past column j is zero in row i as yet, so whole steps of eight are right.
      for k in 1..(j + 6) / 8 loop
        v_sum := v_sum - (l[x] * l[y] + l[x + 1] * l[y + 1] + l[x + 2] * l[y + 2] + l[x + 3] * l[y + 3]
          + l[x + 4] * l[y + 4] + l[x + 5] * l[y + 5] + l[x + 6] * l[y + 6] + l[x + 7] * l[y + 7]);
        x := x + 8;
        y := y + 8;
      end loop;
      if i = j then
        if v_sum <= 0 then
          return null;
        end if;
        l[(i - 1) * v_stride + i] := sqrt(v_sum);
      else
        l[(i - 1) * v_stride + j] := v_sum / l[(j - 1) * v_stride + j];
      end if;
    end loop;
  end loop;
  return l;
end;
$$;
comment on function app_private.cholesky(float8[], integer) is
  'The lower triangle L of a symmetric matrix L · Lᵀ; null when the matrix is not positive definite.';
revoke all on function app_private.cholesky(float8[], integer) from public;
--! EndIncluded ratings/app_private.cholesky.sql
--! Included ratings/app_private.cholesky_inverse.sql
-- fit_strengths() -> [app_private.cholesky_inverse()] -> app_private.row_products()
create or replace function app_private.cholesky_inverse(l float8[], size integer) returns float8[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stride constant integer := (size + 7) / 8 * 8;
  u float8[] := array_fill(0::float8, array[size * v_stride]); -- the inverse of L, turned over
  v_sum float8;
  x integer;
  y integer;
begin
  for j in 1..size loop
    u[(j - 1) * v_stride + j] := 1 / l[(j - 1) * v_stride + j];
    for i in j + 1..size loop
      v_sum := 0;
      -- From the step of eight that holds column j; before it, and from i on, one of the factors is zero.
      x := (i - 1) * v_stride + (j - 1) / 8 * 8 + 1;
      y := (j - 1) * v_stride + (j - 1) / 8 * 8 + 1;
      for k in (j - 1) / 8..(i - 2) / 8 loop
        v_sum := v_sum + (l[x] * u[y] + l[x + 1] * u[y + 1] + l[x + 2] * u[y + 2] + l[x + 3] * u[y + 3]
          + l[x + 4] * u[y + 4] + l[x + 5] * u[y + 5] + l[x + 6] * u[y + 6] + l[x + 7] * u[y + 7]);
        x := x + 8;
        y := y + 8;
      end loop;
      u[(j - 1) * v_stride + i] := -v_sum / l[(i - 1) * v_stride + i];
    end loop;
  end loop;
  return app_private.row_products(u, u, size, v_stride, true, true);
end;
$$;
comment on function app_private.cholesky_inverse(float8[], integer) is 'The inverse of L · Lᵀ, from L.';
revoke all on function app_private.cholesky_inverse(float8[], integer) from public;
--! EndIncluded ratings/app_private.cholesky_inverse.sql
--! Included ratings/app_private.board_components.sql
-- fit_strengths(), fit_board() -> [app_private.board_components()]
create or replace function app_private.board_components(wins float8[], ties float8[], is_strong boolean default false)
returns integer[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_size constant integer := coalesce(array_length(wins, 1), 0);
  v_component integer[] := array_fill(0, array[v_size]);
  v_forward boolean[];
  v_reached boolean[];
  v_queue integer[];
  v_at integer;
  v_count integer := 0;
begin
  for v_start in 1..v_size loop
    continue when v_component[v_start] > 0;
    v_count := v_count + 1;
    -- Who is reached by losses, then who is reached by wins; together when the direction is of no matter.
    for v_way in 1..case when is_strong then 2 else 1 end loop
      v_reached := array_fill(false, array[v_size]);
      v_reached[v_start] := true;
      v_queue := array[v_start];
      v_at := 1;
      while v_at <= cardinality(v_queue) loop
        for j in 1..v_size loop
          if not v_reached[j] and (
            ties[v_queue[v_at]][j] > 0
            or ((not is_strong or v_way = 1) and wins[v_queue[v_at]][j] > 0)
            or ((not is_strong or v_way = 2) and wins[j][v_queue[v_at]] > 0)
          ) then
            v_reached[j] := true;
            v_queue := v_queue || j;
          end if;
        end loop;
        v_at := v_at + 1;
      end loop;
      if v_way = 1 then
        v_forward := v_reached;
      end if;
    end loop;
    for j in 1..v_size loop
      if v_component[j] = 0 and v_forward[j] and v_reached[j] then
        v_component[j] := v_count;
      end if;
    end loop;
  end loop;
  return v_component;
end;
$$;
comment on function app_private.board_components(float8[], float8[], boolean) is
  'Which part of a board each model belongs to: parts that never met or, if strong, of which one never lost to the other.';
revoke all on function app_private.board_components(float8[], float8[], boolean) from public;
--! EndIncluded ratings/app_private.board_components.sql
--! Included ratings/app_private.fit_strengths.sql
-- bradley_terry(), fit_board(), fragility() -> [app_private.fit_strengths()] -> app_private.cholesky()
-- Maximises the sum of s_ij ln p_ij over all pairs, with p_ij the logistic of theta_i - theta_j, and prior_votes draws of each
-- model against a virtual one at 0, by which the undefeated and the disconnected stay finite.
create or replace function app_private.fit_strengths(
  wins float8[],
  ties float8[],
  prior_votes float8 default 1,
  start float8[] default null,
  out theta float8[],
  out inverse float8[],
  out information float8[],
  out likelihood float8,
  out steps integer
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_size constant integer := coalesce(array_length(wins, 1), 0);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  v_higher integer[] := '{}'; -- the pairs that met, the higher position and the lower one
  v_lesser integer[] := '{}';
  v_votes float8[] := '{}';
  v_score float8[] := '{}'; -- what the higher position took of them
  v_trial float8[];
  v_step float8[];
  v_move float8 := 1;
  v_largest float8 := 'infinity';
  v_is_whole boolean := true;
  v_best float8 := '-infinity';
  v_gradient float8[];
  v_lower float8[];
  h float8[];
  v_sum float8;
  d float8;
  p float8;
  q float8;
  i integer;
  j integer;
begin
  v_is_whole := prior_votes >= 0 and array_length(wins, 2) is not distinct from array_length(wins, 1)
    and array_dims(ties) is not distinct from array_dims(wins) and (v_size = 0 or array_lower(wins, 1) = 1)
    and not exists (
      select from unnest(wins, ties) c (w, t) where w is null or t is null or w < 0 or t < 0 or w + t >= 'infinity'
    );
  for a in 2..case when v_is_whole then v_size else 0 end loop
    for b in 1..a - 1 loop
      v_is_whole := v_is_whole and ties[a][b] = ties[b][a];
      if wins[a][b] + wins[b][a] + ties[a][b] > 0 then
        v_higher := v_higher || a;
        v_lesser := v_lesser || b;
        v_votes := v_votes || (wins[a][b] + wins[b][a] + ties[a][b]);
        v_score := v_score || (wins[a][b] + ties[a][b] / 2);
      end if;
    end loop;
  end loop;
  if not v_is_whole then
    raise exception 'These are no counts of a board.'
      using errcode = 'TB072', hint = 'wins and ties are square, of one size, nowhere negative, and ties are the same both ways.';
  elsif prior_votes = 0 and 2 = any (app_private.board_components(wins, ties, true)) then
    raise exception 'Without prior votes this board has no ratings: some models never lost to, or never met, the others.'
      using errcode = 'TB070', hint = 'Give prior_votes a value above 0; the default is 1.';
  end if;

  theta := coalesce(start, array_fill(0::float8, array[v_size]));
  v_trial := theta;
  steps := 0;
  loop
    -- Likelihood, gradient and information at the trial point, in one pass over the pairs.
    likelihood := 0;
    v_gradient := array_fill(0::float8, array[v_size]);
    -- Without prior votes only differences are known: a constant on every entry fixes the mean.
    h := array_fill(case when prior_votes = 0 then 1::float8 else 0 end, array[v_size * v_stride]);
    for k in 1..cardinality(v_votes) loop
      i := v_higher[k];
      j := v_lesser[k];
      d := greatest(least(v_trial[i] - v_trial[j], 100), -100);
      p := 1 / (1 + exp(-d));
      likelihood := likelihood + v_votes[k] * ln(p) - (v_votes[k] - v_score[k]) * d;
      q := v_score[k] - v_votes[k] * p;
      v_gradient[i] := v_gradient[i] + q;
      v_gradient[j] := v_gradient[j] - q;
      q := v_votes[k] * p * (1 / (1 + exp(d)));
      h[(i - 1) * v_stride + j] := h[(i - 1) * v_stride + j] - q;
      h[(i - 1) * v_stride + i] := h[(i - 1) * v_stride + i] + q;
      h[(j - 1) * v_stride + j] := h[(j - 1) * v_stride + j] + q;
    end loop;
    for a in 1..v_size loop
      d := greatest(least(v_trial[a], 100), -100);
      p := 1 / (1 + exp(-d));
      likelihood := likelihood + prior_votes * (ln(p) - d / 2);
      v_gradient[a] := v_gradient[a] + prior_votes * (0.5 - p);
      h[(a - 1) * v_stride + a] := h[(a - 1) * v_stride + a] + prior_votes * p * (1 - p);
    end loop;

    if likelihood < v_best - 1e-11 * (1 + abs(v_best)) and v_move > 1e-9 then
      v_move := v_move / 2; -- too far: half the step
    else
      theta := v_trial;
      v_best := likelihood;
      v_lower := app_private.cholesky(h, v_size);
      if v_lower is null or steps = 100 then
        raise exception 'These counts have no finite ratings.'
          using errcode = 'TB072', hint = 'Give prior_votes a greater value; the default is 1.';
      end if;
      steps := steps + 1;
      v_move := 1;
      v_step := v_gradient;
      for a in 1..v_size loop
        v_sum := v_step[a];
        for b in 1..a - 1 loop
          v_sum := v_sum - v_lower[(a - 1) * v_stride + b] * v_step[b];
        end loop;
        v_step[a] := v_sum / v_lower[(a - 1) * v_stride + a];
      end loop;
      for a in reverse v_size..1 loop
        v_sum := v_step[a];
        for b in a + 1..v_size loop
          v_sum := v_sum - v_lower[(b - 1) * v_stride + a] * v_step[b];
        end loop;
        v_step[a] := v_sum / v_lower[(a - 1) * v_stride + a];
      end loop;
      v_largest := coalesce((select max(abs(x)) from unnest(v_step) x), 0);
    end if;
    v_trial := theta;
    for a in 1..v_size loop
      v_trial[a] := theta[a] + v_move * v_step[a];
    end loop;
    if v_largest * v_move < 1e-12 then
      theta := v_trial; -- as near as numbers go; the information is the same here
      exit;
    end if;
  end loop;

  if prior_votes = 0 then
    v_sum := coalesce((select avg(x) from unnest(theta) x), 0);
    theta := coalesce((select array_agg(x - v_sum order by n) from unnest(theta) with ordinality u (x, n)), '{}');
  end if;
  information := '{}';
  for a in 1..v_size loop
    information := information || h[(a - 1) * v_stride + a];
  end loop;
  inverse := coalesce(app_private.cholesky_inverse(v_lower, v_size), '{}');
end;
$$;
comment on function app_private.fit_strengths(float8[], float8[], float8, float8[]) is
  'The Bradley-Terry strengths of a board, the inverse of the information, its diagonal, the penalised likelihood and the Newton steps it took. Errors: TB070, TB072.';
revoke all on function app_private.fit_strengths(float8[], float8[], float8, float8[]) from public;
--! EndIncluded ratings/app_private.fit_strengths.sql
--! Included ratings/app_private.rate_models.sql
-- bradley_terry(), fit_board() -> [app_private.rate_models()] -> app_private.row_products()
-- `task_scores`, if given, holds a row for each model: what it took in each task beyond what was expected of it.
create or replace function app_private.rate_models(
  theta float8[],
  inverse float8[],
  wins float8[],
  ties float8[],
  task_scores float8[] default null,
  tasks integer default 0
) returns table (
  "position" integer, rating float8, se_fisher float8, se_sandwich float8, se_task float8, se float8,
  rank integer, rank_low integer, rank_high integer
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c constant float8 := 400 / ln(10::float8);
  z constant float8 := 1.959963984540054;
  v_size constant integer := cardinality(theta);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  v_mean constant float8 := (select avg(x) from unnest(theta) x);
  v_centred float8[] := inverse; -- G · inverse
  v_spread float8[] := array_fill(0::float8, array[v_size * v_stride]);
  v_sampling float8[];
  v_tasks float8[];
  v_columns float8[] := array_fill(0::float8, array[v_size]);
  v_fisher float8[] := '{}';
  v_se float8[] := '{}';
  v_total float8 := 0;
  v_seen float8 := 0;
  v_expected float8 := 0;
  v_floor float8;
  v_variance float8;
  b float8;
  p float8;
begin
  if v_size = 0 then
    return;
  end if;
  for i in 1..v_size loop
    for j in 1..v_size loop
      v_columns[j] := v_columns[j] + inverse[(i - 1) * v_stride + j] / v_size;
    end loop;
  end loop;
  select avg(x) into v_total from unnest(v_columns) x;
  for i in 1..v_size loop
    v_fisher := v_fisher || (inverse[(i - 1) * v_stride + i] - 2 * v_columns[i] + v_total);
    for j in 1..v_size loop
      v_centred[(i - 1) * v_stride + j] := inverse[(i - 1) * v_stride + j] - v_columns[j];
      if j < i and wins[i][j] + wins[j][i] + ties[i][j] > 0 then
        p := 1 / (1 + exp(greatest(least(theta[j] - theta[i], 100), -100)));
        b := wins[i][j] * (1 - p) * (1 - p) + ties[i][j] * (0.5 - p) * (0.5 - p) + wins[j][i] * p * p;
        v_seen := v_seen + b;
        v_expected := v_expected + (wins[i][j] + wins[j][i] + ties[i][j]) * p * (1 - p);
        v_spread[(i - 1) * v_stride + j] := -b;
        v_spread[(j - 1) * v_stride + i] := -b;
        v_spread[(i - 1) * v_stride + i] := v_spread[(i - 1) * v_stride + i] + b;
        v_spread[(j - 1) * v_stride + j] := v_spread[(j - 1) * v_stride + j] + b;
      end if;
    end loop;
  end loop;

  v_sampling := app_private.row_products(
    app_private.row_products(v_centred, v_spread, v_size, v_stride), v_centred, v_size, v_stride, true
  );
  if tasks > 1 then
    -- Votes on one page are not independent: here the task is what is drawn, not the vote.
    v_tasks := app_private.row_products(task_scores, task_scores, v_size, (tasks + 7) / 8 * 8, true);
    v_tasks := app_private.row_products(
      app_private.row_products(v_centred, v_tasks, v_size, v_stride), v_centred, v_size, v_stride, true
    );
    v_total := tasks / (tasks - 1)::float8;
    for k in 1..cardinality(v_tasks) loop
      v_tasks[k] := v_tasks[k] * v_total;
    end loop;
  end if;

  -- The floor keeps a model that never lost from looking certain.
  v_floor := least(1, case when v_expected > 0 then v_seen / v_expected else 1 end);
  for i in 1..v_size loop
    p := v_sampling[(i - 1) * v_stride + i];
    b := case when tasks > 1 then v_tasks[(i - 1) * v_stride + i] else 0 end;
    v_se := v_se || c * sqrt(greatest(p, b, v_floor * v_fisher[i], 0));
  end loop;

  for i in 1..v_size loop
    position := i;
    rating := 1000 + c * (theta[i] - v_mean);
    se_fisher := c * sqrt(greatest(v_fisher[i], 0));
    se_sandwich := c * sqrt(greatest(v_sampling[(i - 1) * v_stride + i], 0));
    se_task := case when tasks > 1 then c * sqrt(greatest(v_tasks[(i - 1) * v_stride + i], 0)) end;
    se := v_se[i];
    rank := 1;
    rank_low := 1;
    rank_high := v_size;
    for j in 1..v_size loop
      continue when j = i;
      if theta[j] > theta[i] then
        -- The variance of the difference: two intervals may overlap and the order be certain all the same.
        v_variance := v_sampling[(i - 1) * v_stride + i] + v_sampling[(j - 1) * v_stride + j] - 2 * v_sampling[(i - 1) * v_stride + j];
        if tasks > 1 then
          v_variance := greatest(
            v_variance,
            v_tasks[(i - 1) * v_stride + i] + v_tasks[(j - 1) * v_stride + j] - 2 * v_tasks[(i - 1) * v_stride + j]
          );
        end if;
        if theta[j] - theta[i] > z * sqrt(greatest(v_variance, 0)) then
          rank := rank + 1;
        end if;
        if c * (theta[j] - theta[i]) > z * (v_se[i] + v_se[j]) then
          rank_low := rank_low + 1;
        end if;
      elsif c * (theta[i] - theta[j]) > z * (v_se[i] + v_se[j]) then
        rank_high := rank_high - 1;
      end if;
    end loop;
    return next;
  end loop;
end;
$$;
comment on function app_private.rate_models(float8[], float8[], float8[], float8[], float8[], integer) is
  'Ratings, standard errors (by information, by vote, by task, and the greatest of them with a floor) and ranks of a fit.';
revoke all on function app_private.rate_models(float8[], float8[], float8[], float8[], float8[], integer) from public;
--! EndIncluded ratings/app_private.rate_models.sql
--! Included ratings/app_private.bradley_terry.sql
-- [app_private.bradley_terry()] -> app_private.fit_strengths(), app_private.rate_models()
create or replace function app_private.bradley_terry(wins float8[], ties float8[], prior_votes float8 default 1)
returns table (
  "position" integer, theta float8, rating float8, se_fisher float8, se_sandwich float8, se float8,
  rank integer, rank_low integer, rank_high integer
)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select r.position, f.theta[r.position], r.rating, r.se_fisher, r.se_sandwich, r.se, r.rank, r.rank_low, r.rank_high
    from app_private.fit_strengths(wins, ties, prior_votes) f
      cross join app_private.rate_models(f.theta, f.inverse, wins, ties) r
    order by r.position;
$$;
comment on function app_private.bradley_terry(float8[], float8[], float8) is
  'Ratings of models from their counts: wins[i][j] is how often i beat j, ties are the same both ways; both are square. Ratings and standard errors are Elo around 1000, theta is natural. Errors: TB070, TB072.';
revoke all on function app_private.bradley_terry(float8[], float8[], float8) from public;
--! EndIncluded ratings/app_private.bradley_terry.sql
--! Included ratings/app_private.fit_board.sql
-- refresh_leaderboards() -> [app_private.fit_board()] -> app_private.fit_strengths(), app_private.rate_models()
create or replace function app_private.fit_board(
  models integer,
  tasks integer[],
  firsts integer[],
  seconds integer[],
  first_wins float8[],
  ties float8[],
  second_wins float8[],
  prior_votes float8 default 1
) returns table (
  "position" integer, theta float8, rating float8, se_fisher float8, se_sandwich float8, se_task float8, se float8,
  rank integer, rank_low integer, rank_high integer, votes float8, tasks_met integer, prior_share float8, component integer
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wins float8[] := array_fill(0::float8, array[models, models]);
  v_ties float8[] := v_wins;
  v_votes float8[] := array_fill(0::float8, array[models]);
  v_tasks constant integer := (
    select count(distinct c.task)::integer
      from unnest(tasks, first_wins, ties, second_wins) c (task, w, t, l)
      where c.w + c.t + c.l > 0
  );
  v_width constant integer := (v_tasks + 7) / 8 * 8;
  v_place integer[]; -- of each entry's task
  v_scores float8[] := array_fill(0::float8, array[models * v_width]);
  v_met boolean[] := array_fill(false, array[models * v_width]);
  v_tasks_met integer[] := array_fill(0, array[models]);
  v_components integer[];
  f record;
  n float8;
  r float8;
  i integer;
  j integer;
begin
  -- Only tasks with votes are clusters.
  select array_agg(e.place order by e.n) into v_place
    from (
      select c.n, dense_rank() over (order by c.w + c.t + c.l = 0, c.task) as place
        from unnest(fit_board.tasks, first_wins, fit_board.ties, second_wins) with ordinality c (task, w, t, l, n)
    ) e;
  for k in 1..cardinality(firsts) loop
    i := firsts[k];
    j := seconds[k];
    continue when first_wins[k] + fit_board.ties[k] + second_wins[k] = 0;
    v_wins[i][j] := v_wins[i][j] + first_wins[k];
    v_wins[j][i] := v_wins[j][i] + second_wins[k];
    v_ties[i][j] := v_ties[i][j] + fit_board.ties[k];
    v_ties[j][i] := v_ties[i][j];
  end loop;
  select * into strict f from app_private.fit_strengths(v_wins, v_ties, prior_votes);
  v_components := app_private.board_components(v_wins, v_ties);

  for k in 1..cardinality(firsts) loop
    i := firsts[k];
    j := seconds[k];
    n := first_wins[k] + fit_board.ties[k] + second_wins[k];
    continue when n = 0;
    r := first_wins[k] + fit_board.ties[k] / 2
      - n / (1 + exp(greatest(least(f.theta[j] - f.theta[i], 100), -100)));
    v_votes[i] := v_votes[i] + n;
    v_votes[j] := v_votes[j] + n;
    i := (i - 1) * v_width + v_place[k];
    j := (j - 1) * v_width + v_place[k];
    v_scores[i] := v_scores[i] + r;
    v_scores[j] := v_scores[j] - r;
    v_met[i] := true;
    v_met[j] := true;
  end loop;
  for m in 1..models loop
    for t in 1..v_tasks loop
      if v_met[(m - 1) * v_width + t] then
        v_tasks_met[m] := v_tasks_met[m] + 1;
      end if;
    end loop;
  end loop;

  return query
    select m.position, f.theta[m.position], m.rating, m.se_fisher, m.se_sandwich, m.se_task, m.se, m.rank, m.rank_low, m.rank_high,
        v_votes[m.position], v_tasks_met[m.position],
        prior_votes * s.p * (1 - s.p) / f.information[m.position],
        v_components[m.position]
      from app_private.rate_models(f.theta, f.inverse, v_wins, v_ties, v_scores, v_tasks) m
        cross join lateral (select 1 / (1 + exp(-f.theta[m.position]))) s (p)
      order by m.position;
end;
$$;
comment on function app_private.fit_board(integer, integer[], integer[], integer[], float8[], float8[], float8[], float8) is
  'Ratings of a board from one entry for each task and pair: the task, the positions of both models, and how often each won. The interval is clustered by task. Errors: TB070, TB072.';
revoke all on function app_private.fit_board(integer, integer[], integer[], integer[], float8[], float8[], float8[], float8) from public;
--! EndIncluded ratings/app_private.fit_board.sql
--! Included ratings/app_private.pair_gains.sql
-- refresh_pairing() -> [app_private.pair_gains()] -> app_private.row_products()
create or replace function app_private.pair_gains(theta float8[], inverse float8[])
returns table (first integer, second integer, gain float8)
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_size constant integer := cardinality(theta);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  v_columns float8[] := array_fill(0::float8, array[v_size]);
  v_rows float8[] := inverse; -- inverse · G: the rows of a symmetric matrix, centred
  v_products float8[];
  p float8;
  f float8;
begin
  for i in 1..v_size loop
    for j in 1..v_size loop
      v_columns[j] := v_columns[j] + inverse[(i - 1) * v_stride + j] / v_size;
    end loop;
  end loop;
  for i in 1..v_size loop
    for j in 1..v_size loop
      v_rows[(i - 1) * v_stride + j] := inverse[(i - 1) * v_stride + j] - v_columns[i];
    end loop;
  end loop;
  v_products := app_private.row_products(v_rows, v_rows, v_size, v_stride, true);
  for i in 1..v_size loop
    for j in i + 1..v_size loop
      p := 1 / (1 + exp(greatest(least(theta[j] - theta[i], 100), -100)));
      f := p * (1 - p);
      first := i;
      second := j;
      gain := f * (v_products[(i - 1) * v_stride + i] + v_products[(j - 1) * v_stride + j] - 2 * v_products[(i - 1) * v_stride + j])
        / (1 + f * (inverse[(i - 1) * v_stride + i] + inverse[(j - 1) * v_stride + j] - 2 * inverse[(i - 1) * v_stride + j]));
      return next;
    end loop;
  end loop;
end;
$$;
comment on function app_private.pair_gains(float8[], float8[]) is
  'By how much one more vote on each pair would lessen the sum of all variances (A-optimal), from a fit.';
revoke all on function app_private.pair_gains(float8[], float8[]) from public;
--! EndIncluded ratings/app_private.pair_gains.sql
--! Included ratings/app_private.elo_fold.sql
-- elo_of_tasks() -> [app_private.elo_fold()]
create or replace function app_private.elo_fold(
  ratings float8[],
  firsts integer[],
  seconds integer[],
  scores float8[],
  k float8 default 4
) returns float8[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_move float8;
  a integer;
  b integer;
begin
  -- A plain loop over an array: an aggregate was measured seven times slower, a recursive query twenty-five times.
  for n in 1..cardinality(firsts) loop
    a := firsts[n];
    b := seconds[n];
    v_move := k * (scores[n] - 1 / (1 + 10 ^ ((ratings[b] - ratings[a]) / 400)));
    ratings[a] := ratings[a] + v_move;
    ratings[b] := ratings[b] - v_move;
  end loop;
  return ratings;
end;
$$;
comment on function app_private.elo_fold(float8[], integer[], integer[], float8[], float8) is
  'Elo ratings after a series of votes: the positions of both models, and 1, 0.5 or 0 for the first of them, in order.';
revoke all on function app_private.elo_fold(float8[], integer[], integer[], float8[], float8) from public;
--! EndIncluded ratings/app_private.elo_fold.sql
--! Included ratings/app_private.fragility.sql
-- board_fragility() -> [app_private.fragility()] -> app_private.fit_strengths()
create or replace function app_private.fragility(
  wins float8[],
  ties float8[],
  ahead integer,
  behind integer,
  prior_votes float8 default 1,
  most integer default 1000,
  out votes integer,
  out one_step integer
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_size constant integer := coalesce(array_length(wins, 1), 0);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  f record;
  v_left float8;
  v_effect float8;
  v_best float8;
  v_cells float8[] := '{}'; -- effect and count of each cell, by the first fit
  v_counts float8[] := '{}';
  v_from integer;
  v_to integer;
  v_is_tie boolean;
  p float8;
  x float8;
begin
  select * into strict f from app_private.fit_strengths(wins, ties, prior_votes);
  votes := 0;
  -- Equal is not behind.
  while f.theta[ahead] > f.theta[behind] - 1e-9 and votes < most loop
    v_best := 0;
    for i in 1..v_size loop
      for j in 1..v_size loop
        continue when i = j or wins[i][j] + ties[i][j] < 1;
        -- By how much one vote of i over j, or one tie, holds the two apart.
        x := f.inverse[(i - 1) * v_stride + ahead] - f.inverse[(i - 1) * v_stride + behind]
          - f.inverse[(j - 1) * v_stride + ahead] + f.inverse[(j - 1) * v_stride + behind];
        p := 1 / (1 + exp(greatest(least(f.theta[j] - f.theta[i], 100), -100)));
        v_effect := x * (1 - p);
        if wins[i][j] >= 1 then
          if votes = 0 and v_effect > 0 then
            v_cells := v_cells || v_effect;
            v_counts := v_counts || floor(wins[i][j]);
          end if;
          if v_effect > v_best then
            v_best := v_effect;
            v_from := i;
            v_to := j;
            v_is_tie := false;
          end if;
        end if;
        v_effect := x * (0.5 - p);
        if ties[i][j] >= 1 and i < j then
          if votes = 0 and v_effect > 0 then
            v_cells := v_cells || v_effect;
            v_counts := v_counts || floor(ties[i][j]);
          end if;
          if v_effect > v_best then
            v_best := v_effect;
            v_from := i;
            v_to := j;
            v_is_tie := true;
          end if;
        end if;
      end loop;
    end loop;
    if votes = 0 then
      v_left := f.theta[ahead] - f.theta[behind];
      select ceil(c.before_count + (v_left - c.before) / c.effect)::integer into one_step
        from (
          select e.effect,
              sum(e.effect * e.n) over w as until,
              sum(e.effect * e.n) over w - e.effect * e.n as before,
              sum(e.n) over w - e.n as before_count
            from unnest(v_cells, v_counts) e (effect, n)
            window w as (order by e.effect desc, e.n rows unbounded preceding)
        ) c
        where c.until >= v_left
        order by c.until
        limit 1;
    end if;
    exit when v_best = 0 or (votes = 0 and one_step > 2 * most);
    if v_is_tie then
      ties[v_from][v_to] := ties[v_from][v_to] - 1;
      ties[v_to][v_from] := ties[v_from][v_to];
    else
      wins[v_from][v_to] := wins[v_from][v_to] - 1;
    end if;
    votes := votes + 1;
    select * into strict f from app_private.fit_strengths(wins, ties, prior_votes, f.theta);
  end loop;
  if f.theta[ahead] > f.theta[behind] - 1e-9 then
    votes := null; -- more than `most`, or there is nothing left to take away
  end if;
end;
$$;
comment on function app_private.fragility(float8[], float8[], integer, integer, float8, integer) is
  'How many votes at most must go for a model to fall behind another, found greedily, and the estimate of one step; null when it is more than `most`. Errors: TB070, TB072.';
revoke all on function app_private.fragility(float8[], float8[], integer, integer, float8, integer) from public;
--! EndIncluded ratings/app_private.fragility.sql
--! Included ratings/app_private.e_value.sql
-- vote_anomalies() -> [app_private.e_value()]
create or replace function app_private.e_value(log_for float8, log_against float8) returns float8
language sql immutable strict parallel safe
-- In logarithms, and cut off where a float8 ends: ten to the three hundredth is evidence enough.
return (exp(greatest(least(log_for, 690), -690)) + exp(greatest(least(log_against, 690), -690))) / 2;
comment on function app_private.e_value(float8, float8) is
  'Evidence against somebody who votes as others do: what two bets have become, of which one wins 1 + x and the other 1 - x with every vote that surprises by x; given are the sums of their logarithms. Its mean is 1 at most for the honest, whenever one looks.';
revoke all on function app_private.e_value(float8, float8) from public;
--! EndIncluded ratings/app_private.e_value.sql

--! Included arena/app_public.verdict.sql
-- [app_public.verdict] -> app_public.votes
do $$
begin
  create type app_public.verdict as enum ('left', 'right', 'tie', 'both_bad');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.verdict is 'What a voter says of two pages: which one is better, that they are as good, or that neither is any good.';
revoke all on type app_public.verdict from public;
grant usage on type app_public.verdict to autobench_anon, autobench_member;
--! EndIncluded arena/app_public.verdict.sql
--! Included arena/app_public.stratum.sql
-- [app_public.stratum] -> app_public.ballots, app_private.pair_counts
do $$
begin
  create type app_public.stratum as enum ('sealed', 'revealed');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.stratum is 'Whether the models were unknown when the pair was drawn; only sealed votes count for the headline rating.';
revoke all on type app_public.stratum from public;
grant usage on type app_public.stratum to autobench_anon, autobench_member;
--! EndIncluded arena/app_public.stratum.sql
--! Included arena/app_private.outcome.sql
-- [app_private.outcome] -> app_private.pair_counts
do $$
begin
  create type app_private.outcome as enum ('first', 'second', 'tie', 'both_bad');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_private.outcome is 'A verdict, turned to the order in which a match holds its models.';
revoke all on type app_private.outcome from public;
--! EndIncluded arena/app_private.outcome.sql
--! Included arena/app_public.vote_result.sql
-- app_private.cast_vote() -> [app_public.vote_result] -> castVote (GraphQL)
do $$
begin
  create type app_public.vote_result as (
    ballot_id       uuid,
    verdict         app_public.verdict,
    left_votes      integer,
    right_votes     integer,
    tie_votes       integer,
    both_bad_votes  integer,
    left_model_id   uuid,
    right_model_id  uuid
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.vote_result is 'A vote, with how others voted on the same pair.';
comment on column app_public.vote_result.ballot_id is E'@notNull\nThe ballot that was used up.';
comment on column app_public.vote_result.verdict is E'@notNull\nWhat the voter said.';
comment on column app_public.vote_result.left_votes is E'@notNull\nOthers who preferred the page that was on the left here.';
comment on column app_public.vote_result.right_votes is E'@notNull\nOthers who preferred the page that was on the right here.';
comment on column app_public.vote_result.tie_votes is E'@notNull\nOthers who found them as good.';
comment on column app_public.vote_result.both_bad_votes is E'@notNull\nOthers who found both bad.';
comment on column app_public.vote_result.left_model_id is 'Whose page was on the left; null as long as the task is sealed.';
comment on column app_public.vote_result.right_model_id is 'Whose page was on the right; null as long as the task is sealed.';
revoke all on type app_public.vote_result from public;
grant usage on type app_public.vote_result to autobench_anon, autobench_member;
--! EndIncluded arena/app_public.vote_result.sql
--! Included arena/app_private.arena_settings.sql
-- [app_private.arena_settings] -> app_private.draw_ballot(), app_private.cast_vote(), app_private.publish_board()
create table if not exists app_private.arena_settings (
  is_only                      boolean constraint arena_settings_pkey primary key default true,
  ballot_time                  interval not null default '30 minutes',
  draws_per_voter_hour         integer not null default 240,
  draws_per_network_hour       integer not null default 3000,
  votes_per_voter_day          integer not null default 20,
  votes_per_network_day        integer not null default 40,
  votes_per_network_model_day  integer not null default 15,
  explore_share                float8 not null default 0.2,
  flag_level                   float8 not null default 0.001,
  prior_votes                  float8 not null default 1,
  elo_k                        float8 not null default 4,
  elo_start                    float8 not null default 1000,
  export_salt                  uuid not null default gen_random_uuid(),
  constraint arena_settings_one_row check (is_only),
  constraint arena_settings_ballot_time_sane check (ballot_time between '1 minute' and '1 day'),
  constraint arena_settings_limits_positive check (
    least(
      draws_per_voter_hour, draws_per_network_hour, votes_per_voter_day, votes_per_network_day, votes_per_network_model_day
    ) > 0
  ),
  constraint arena_settings_shares_sane check (explore_share between 0 and 1 and flag_level > 0 and flag_level < 1),
  constraint arena_settings_ratings_sane check (prior_votes > 0 and elo_k > 0)
);

call app_private.reset_access('app_private.arena_settings');
create policy select_all on app_private.arena_settings for select to autobench_operator
  using (true);
grant select (
  is_only, ballot_time, draws_per_voter_hour, draws_per_network_hour, votes_per_voter_day, votes_per_network_day,
  votes_per_network_model_day, explore_share, flag_level, prior_votes, elo_k, elo_start
) on app_private.arena_settings to autobench_operator;
-- No grant on export_salt: with it, the voters of an export could be told from one another's cookies.
-- No write through the API: how votes are weighed is a decision made in SQL.

insert into app_private.arena_settings default values on conflict on constraint arena_settings_pkey do nothing;

comment on table app_private.arena_settings is 'How ballots are drawn, votes limited and ratings made: one row.';
comment on column app_private.arena_settings.is_only is 'Always true: there is one row.';
comment on column app_private.arena_settings.ballot_time is 'How long a ballot can be used.';
comment on column app_private.arena_settings.draws_per_voter_hour is 'Ballots that one voter may draw in an hour.';
comment on column app_private.arena_settings.draws_per_network_hour is 'Ballots that may be drawn from one network in an hour.';
comment on column app_private.arena_settings.votes_per_voter_day is 'Votes of one voter that count in a day; more are taken, and the voter is not told.';
comment on column app_private.arena_settings.votes_per_network_day is
  'Votes from one network that count in a day. Raise it where all voters sit behind one address.';
comment on column app_private.arena_settings.votes_per_network_model_day is
  'Votes from one network on one model that count in a day: at 300 honest votes, 3 to 5 dishonest ones gain a rank.';
comment on column app_private.arena_settings.explore_share is 'Share of ballots that are drawn uniformly, whatever they would tell.';
comment on column app_private.arena_settings.flag_level is 'How many of the honest may be flagged by chance.';
comment on column app_private.arena_settings.prior_votes is 'Votes that each model has drawn against a virtual one of mean strength.';
comment on column app_private.arena_settings.elo_k is 'By how much a vote moves the Elo of both models at most.';
comment on column app_private.arena_settings.elo_start is 'The Elo that a model begins with.';
comment on column app_private.arena_settings.export_salt is 'What voters are hashed with in an export; random.';
--! EndIncluded arena/app_private.arena_settings.sql
--! Included arena/app_private.voters.sql
-- app_private.ensure_voter() -> [app_private.voters] -> app_public.ballots, app_private.exclude_voter()
create table if not exists app_private.voters (
  id                 bigint generated always as identity constraint voters_pkey primary key,
  user_id            uuid,
  visitor_hash       bytea,
  created_at         timestamptz not null default now(),
  current_ballot_id  uuid,
  excluded_at        timestamptz,
  constraint voters_one_per_member unique (user_id),
  constraint voters_one_per_visitor unique (visitor_hash),
  constraint voters_user foreign key (user_id) references app_public.users on delete set null,
  constraint voters_member_or_visitor check (user_id is null or visitor_hash is null),
  constraint voters_visitor_hash_form check (octet_length(visitor_hash) = 32)
) with (fillfactor = 80);

call app_private.reset_access('app_private.voters');
create policy select_all on app_private.voters for select to autobench_operator
  using (true);
grant select (id, user_id, created_at, excluded_at) on app_private.voters to autobench_operator;
-- No grant on visitor_hash: it stands for a cookie. No write: ensure_voter() and exclude_voter() are the doors.

comment on table app_private.voters is 'Who votes: a member, or a visitor known by a cookie. Both are null when a member has been forgotten.';
comment on column app_private.voters.id is 'Identity of the voter; never shown outside.';
comment on column app_private.voters.user_id is 'The member.';
comment on column app_private.voters.visitor_hash is 'SHA-256 of the visitor''s cookie.';
comment on column app_private.voters.created_at is 'When the voter first drew a ballot.';
comment on column app_private.voters.current_ballot_id is 'The ballot drawn last.';
comment on column app_private.voters.excluded_at is 'Since when the voter''s votes do not count, if so.';
--! EndIncluded arena/app_private.voters.sql
--! Included arena/app_public.current_voter_id.sql
-- server (app.user_id or app.visitor of the request) -> [app_public.current_voter_id()] -> the policies of ballots and votes
-- Definer: voters stand in a private table.
create or replace function app_public.current_voter_id() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case
    when app_public.current_user_id() is not null then
      (select v.id from app_private.voters v where v.user_id = app_public.current_user_id())
    when current_setting('app.visitor', true) <> '' then
      (select v.id from app_private.voters v where v.visitor_hash = sha256(convert_to(current_setting('app.visitor'), 'UTF8')))
  end;
$$;
comment on function app_public.current_voter_id() is
  E'@behavior -queryField\nWho is voting: the member, or else the visitor whose cookie the server has checked; null before their first ballot.';
revoke all on function app_public.current_voter_id() from public;
grant execute on function app_public.current_voter_id() to autobench_anon, autobench_member;
--! EndIncluded arena/app_public.current_voter_id.sql
--! Included arena/app_private.network_salts.sql
-- app_private.network_hash() -> [app_private.network_salts] -> cleanup_expired
create table if not exists app_private.network_salts (
  day         date constraint network_salts_pkey primary key,
  salt        bytea not null default extensions.gen_random_bytes(32),
  created_at  timestamptz not null default now(),
  constraint network_salts_length check (octet_length(salt) = 32)
);
create index if not exists network_salts_created_at_idx on app_private.network_salts (created_at);

call app_private.reset_access('app_private.network_salts');
-- No policy and no grant: network_hash() is the only door.

comment on table app_private.network_salts is 'What networks are hashed with, a day each: after 48 hours nobody can tell which network a hash was.';
comment on column app_private.network_salts.day is 'The UTC day.';
comment on column app_private.network_salts.salt is 'Random, and known to nobody.';
comment on column app_private.network_salts.created_at is 'When the day''s first ballot was drawn.';
--! EndIncluded arena/app_private.network_salts.sql
--! Included arena/app_private.cookie_secrets.sql
-- app_private.cookie_secret() -> [app_private.cookie_secrets]
create table if not exists app_private.cookie_secrets (
  purpose     text constraint cookie_secrets_pkey primary key,
  secret      bytea not null default extensions.gen_random_bytes(32),
  created_at  timestamptz not null default now(),
  constraint cookie_secrets_length check (octet_length(secret) = 32)
);

call app_private.reset_access('app_private.cookie_secrets');
-- No policy and no grant: cookie_secret() is the only door.

comment on table app_private.cookie_secrets is
  'What cookies are signed with. Here, so that all servers know the same without being told; delete a row, and restart them, to have every visitor begin anew.';
comment on column app_private.cookie_secrets.purpose is 'Which cookie.';
comment on column app_private.cookie_secrets.secret is 'Random.';
comment on column app_private.cookie_secrets.created_at is 'When it was made.';
--! EndIncluded arena/app_private.cookie_secrets.sql
--! Included arena/app_private.cookie_secret.sql
-- server/voter.ts -> [app_private.cookie_secret()] -> app_private.cookie_secrets
-- Definer: the server's login may know what it signs cookies with, and nothing else of the table.
create or replace function app_private.cookie_secret(purpose text) returns bytea
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_secret bytea;
begin
  insert into app_private.cookie_secrets (purpose) values (cookie_secret.purpose)
    on conflict on constraint cookie_secrets_pkey do nothing;
  select s.secret into strict v_secret from app_private.cookie_secrets s where s.purpose = cookie_secret.purpose;
  return v_secret;
end;
$$;
comment on function app_private.cookie_secret(text) is 'What a cookie is signed with, made when it is first asked for.';
revoke all on function app_private.cookie_secret(text) from public;
grant execute on function app_private.cookie_secret(text) to autobench_server;
--! EndIncluded arena/app_private.cookie_secret.sql
--! Included arena/app_private.matches.sql
-- pair_generator -> app_private.open_matches() -> [app_private.matches] -> app_private.draw_ballot()
create table if not exists app_private.matches (
  id               bigint generated always as identity constraint matches_pkey primary key,
  task_id          uuid not null,
  first_model_id   uuid not null,
  second_model_id  uuid not null,
  opened_at        timestamptz not null default now(),
  gain             float8 not null default 1,
  constraint matches_one_per_pair unique (task_id, first_model_id, second_model_id),
  constraint matches_first_submission foreign key (task_id, first_model_id) references app_public.submissions (task_id, model_id),
  constraint matches_second_submission foreign key (task_id, second_model_id) references app_public.submissions (task_id, model_id),
  constraint matches_ordered check (first_model_id < second_model_id),
  constraint matches_gain_not_negative check (gain >= 0 and gain < 'infinity')
) with (fillfactor = 70);
create index if not exists matches_second_submission_idx on app_private.matches (task_id, second_model_id);

call app_private.reset_access('app_private.matches');
create policy select_all on app_private.matches for select to autobench_operator
  using (true);
grant select on app_private.matches to autobench_operator;
-- No write: open_matches() opens, refresh_pairing() weighs.

comment on table app_private.matches is 'Two submissions of one task that can be voted on: once for each unordered pair.';
comment on column app_private.matches.id is 'Identity of the match; never shown outside.';
comment on column app_private.matches.task_id is 'The task.';
comment on column app_private.matches.first_model_id is 'The model with the lesser id; which side it is shown on, each ballot''s coin decides.';
comment on column app_private.matches.second_model_id is 'The other model.';
comment on column app_private.matches.opened_at is 'When both had answered.';
comment on column app_private.matches.gain is 'How much a vote on it would tell, by the last fit.';
--! EndIncluded arena/app_private.matches.sql
--! Included tasks/app_private.day_report.sql
-- autobench day, npm start -> [app_private.day_report()] -> app_public.tasks, app_public.submissions
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.day_report(day date)
returns table (
  slot integer , title text, task_status text, source text, model text, is_rehearsal boolean, status text, reason text,
  latency_ms integer, input_tokens integer, output_tokens integer, cost_usd numeric, picture text, pairs integer
)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.slot, t.title, t.status::text, t.prompt_metadata ->> 'source', m.display_name, m.is_rehearsal, s.status::text, s.reason,
      s.latency_ms, s.input_tokens, s.output_tokens, s.cost_usd, a.status::text,
      (select count(*)::integer from app_private.matches m where m.task_id = t.id)
    from app_public.tasks t
      left join app_public.submissions s on s.task_id = t.id
      left join app_public.models m on m.id = s.model_id
      left join app_public.artifacts a on a.submission_id = s.id
    where t.challenge_date = day_report.day
    order by t.slot, m.slug;
$$;
comment on function app_private.day_report(date) is 'A day''s tasks with every model''s submission, its picture and the task''s pairs that can be voted on, for whoever watches the cycle.';
revoke all on function app_private.day_report(date) from public;
grant execute on function app_private.day_report(date) to autobench_worker;
--! EndIncluded tasks/app_private.day_report.sql
--! Included arena/app_public.ballots.sql
-- drawBallot (GraphQL) -> app_private.draw_ballot() -> [app_public.ballots] -> app_private.cast_vote()
create table if not exists app_public.ballots (
  id             uuid constraint ballots_pkey primary key default gen_random_uuid(),
  match_id       bigint not null,
  voter_id       bigint not null,
  task_id        uuid not null,
  stratum        app_public.stratum not null,
  is_first_left  boolean not null,
  propensity     float8 not null,
  served_at      timestamptz not null default now(),
  expires_at     timestamptz not null,
  constraint ballots_match foreign key (match_id) references app_private.matches,
  constraint ballots_voter foreign key (voter_id) references app_private.voters,
  constraint ballots_task foreign key (task_id) references app_public.tasks,
  -- One vote for each ballot, one ballot for each voter and pair: so one vote for each voter, task and pair.
  constraint ballots_one_per_voter_and_pair unique (voter_id, match_id),
  constraint ballots_propensity_is_chance check (propensity > 0 and propensity <= 1),
  constraint ballots_expire_after_they_are_served check (expires_at >= served_at)
);
create index if not exists ballots_match_id_idx on app_public.ballots (match_id);
create index if not exists ballots_task_id_idx on app_public.ballots (task_id);
create index if not exists ballots_served_at_idx on app_public.ballots (served_at);

call app_private.reset_access('app_public.ballots');
create policy select_own on app_public.ballots for select to autobench_anon, autobench_member
  using (voter_id = (select app_public.current_voter_id()));
grant select (id, task_id, stratum, served_at, expires_at) on app_public.ballots to autobench_anon, autobench_member;
-- No grant on match_id, voter_id, is_first_left and propensity: they tell whose pages these are.
-- No write: draw_ballot() is the door.

comment on table app_public.ballots is 'Two pages shown to one voter, who may say once which is better.';
comment on column app_public.ballots.id is 'Identity of the ballot.';
comment on column app_public.ballots.match_id is 'The pair.';
comment on column app_public.ballots.voter_id is 'Who it was given to.';
comment on column app_public.ballots.task_id is 'The task that both pages answer.';
comment on column app_public.ballots.stratum is 'Whether the models were unknown when it was drawn.';
comment on column app_public.ballots.is_first_left is 'The coin: whether the match''s first model is shown on the left.';
comment on column app_public.ballots.propensity is 'The probability with which this pair and these sides were drawn.';
comment on column app_public.ballots.served_at is 'When it was drawn.';
comment on column app_public.ballots.expires_at is 'Until when it can be used.';
comment on constraint ballots_one_per_voter_and_pair on app_public.ballots is '@behavior -single';
--! EndIncluded arena/app_public.ballots.sql
--! Included tasks/app_private.handles.sql
-- app_private.mint_handle() -> [app_private.handles] -> app_private.read_handle() -> /h/<handle>, /images/h/<handle>; app_private.ballot_side()
create table if not exists app_private.handles (
  handle         text constraint handles_pkey primary key,
  submission_id  uuid not null,
  kind           text not null,
  created_at     timestamptz not null default now(),
  expires_at     timestamptz not null,
  ballot_id      uuid,
  side           text,
  constraint handles_submission foreign key (submission_id) references app_public.submissions on delete cascade,
  constraint handles_ballot foreign key (ballot_id) references app_public.ballots on delete cascade,
  constraint handles_one_per_side_and_kind unique (ballot_id, side, kind),
  constraint handles_side_known check (side in ('left', 'right')),
  constraint handles_side_of_ballot check ((ballot_id is null) = (side is null)),
  constraint handles_form check (handle ~ '^[0-9a-f]{64}$'),
  constraint handles_kind_known check (kind in ('page', 'image', 'thumb')),
  constraint handles_end_after_they_begin check (expires_at > created_at)
);
create index if not exists handles_submission_id_idx on app_private.handles (submission_id);
create index if not exists handles_expires_at_idx on app_private.handles (expires_at);

call app_private.reset_access('app_private.handles');
-- No policy and no grant: mint_handle() and read_handle() are the doors.

comment on table app_private.handles is
  'Random names under which a sealed page or picture is shown: new for every ballot, so that they say nothing about whose it is.';
comment on column app_private.handles.handle is 'The name: 64 random hexadecimal digits.';
comment on column app_private.handles.submission_id is 'What it stands for.';
comment on column app_private.handles.kind is 'Which of it: the page, its picture, or the small picture.';
comment on column app_private.handles.created_at is 'When it was minted.';
comment on column app_private.handles.expires_at is 'Until when it opens anything.';
comment on column app_private.handles.ballot_id is 'The ballot that it was minted for, if it was for one.';
comment on column app_private.handles.side is 'On which side of the ballot it is shown.';
--! EndIncluded tasks/app_private.handles.sql
--! Included tasks/app_private.mint_handle.sql
-- app_private.ballot_page() -> [app_private.mint_handle()] -> app_private.handles
create or replace function app_private.mint_handle(
  submission_id uuid,
  kind text,
  expires_at timestamptz,
  at timestamptz default now(),
  ballot_id uuid default null,
  side text default null
) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_submission app_public.submissions;
  -- Two random uuids, hashed: no digit is fixed, and nothing of the row is in it.
  v_handle text := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
begin
  select s.* into v_submission from app_public.submissions s where s.id = mint_handle.submission_id;
  if not found or v_submission.status <> 'succeeded' then
    raise exception 'There is no page to be shown.' using errcode = 'TB061', hint = 'Only an answer that came has one.';
  elsif v_submission.revealed_at > mint_handle.at and v_submission.names_maker is not null then
    raise exception 'This page names its maker, so it is not shown while its task is sealed.'
      using errcode = 'TB062', hint = 'Such a page is not paired.';
  end if;
  insert into app_private.handles (handle, submission_id, kind, created_at, expires_at, ballot_id, side)
    values (
      v_handle, mint_handle.submission_id, mint_handle.kind, mint_handle.at, mint_handle.expires_at, mint_handle.ballot_id, mint_handle.side
    );
  return v_handle;
end;
$$;
comment on function app_private.mint_handle(uuid, text, timestamptz, timestamptz, uuid, text) is
  'A new random name under which a page (or its image, or thumb) is shown until it expires, on a side of a ballot or by itself. Errors: TB061, TB062.';
revoke all on function app_private.mint_handle(uuid, text, timestamptz, timestamptz, uuid, text) from public;
--! EndIncluded tasks/app_private.mint_handle.sql
--! Included tasks/app_private.read_handle.sql
-- GET /h/<handle>, /images/h/<handle> -> [app_private.read_handle()] -> app_private.handles
-- Definer: the server's login may open what somebody was given a name for, and nothing else.
create or replace function app_private.read_handle(
  handle text,
  is_page boolean,
  at timestamptz default now(),
  out media_type text,
  out bytes bytea
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_handle app_private.handles;
begin
  select h.* into v_handle
    from app_private.handles h
    where h.handle = read_handle.handle and h.expires_at > read_handle.at and (h.kind = 'page') = read_handle.is_page;
  if not found then
    return;
  elsif v_handle.kind = 'page' then
    select 'text/html', convert_to(c.html, 'UTF8') into media_type, bytes
      from app_public.submission_codes c
      where c.submission_id = v_handle.submission_id;
  else
    select b.media_type, b.bytes into media_type, bytes
      from app_public.artifacts a
        inner join app_private.blobs b
          on b.sha256 = case v_handle.kind when 'thumb' then a.thumb_sha256 else a.image_sha256 end
      where a.submission_id = v_handle.submission_id;
  end if;
end;
$$;
comment on function app_private.read_handle(text, boolean, timestamptz) is
  'What a handle opens: a page for the second origin, or a picture for the site; nulls when it opens nothing.';
revoke all on function app_private.read_handle(text, boolean, timestamptz) from public;
grant execute on function app_private.read_handle(text, boolean, timestamptz) to autobench_server;
--! EndIncluded tasks/app_private.read_handle.sql
--! Included arena/app_public.shown_page.sql
-- app_private.ballot_side() -> [app_public.shown_page] -> app_public.drawn_ballot
do $$
begin
  create type app_public.shown_page as (
    url        text,
    image_url  text,
    thumb_url  text
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.shown_page is 'Where the page on one side of a ballot is, under names that say nothing of whose it is.';
comment on column app_public.shown_page.url is
  'Address of the live page on the second origin, for a frame with sandbox="allow-scripts" alone.';
comment on column app_public.shown_page.image_url is 'Address of its picture; null where no browser took one.';
comment on column app_public.shown_page.thumb_url is 'Address of its small picture; null where no browser took one.';
revoke all on type app_public.shown_page from public;
grant usage on type app_public.shown_page to autobench_anon, autobench_member;
--! EndIncluded arena/app_public.shown_page.sql
--! Included arena/app_private.ballot_side.sql
-- app_private.handles -> [app_private.ballot_side()] -> app_public.draw_ballot()
create or replace function app_private.ballot_side(ballot_id uuid, side text, at timestamptz default now()) returns app_public.shown_page
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(current_setting('app.sandbox_url', true), '') || '/h/' || max(h.handle) filter (where h.kind = 'page'),
      '/images/h/' || max(h.handle) filter (where h.kind = 'image'),
      '/images/h/' || max(h.handle) filter (where h.kind = 'thumb')
    from app_private.handles h
    where h.ballot_id = ballot_side.ballot_id and h.side = ballot_side.side and h.expires_at > ballot_side.at;
$$;
comment on function app_private.ballot_side(uuid, text, timestamptz) is
  'Where the page on one side of a ballot is shown, as long as it can be used.';
revoke all on function app_private.ballot_side(uuid, text, timestamptz) from public;
--! EndIncluded arena/app_private.ballot_side.sql
--! Included arena/app_public.drawn_ballot.sql
-- app_public.draw_ballot() -> [app_public.drawn_ballot] -> drawBallot (GraphQL)
do $$
begin
  create type app_public.drawn_ballot as (
    id          uuid,
    task_id     uuid,
    stratum     app_public.stratum,
    served_at   timestamptz,
    expires_at  timestamptz,
    left_page   app_public.shown_page,
    right_page  app_public.shown_page
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.drawn_ballot is 'A ballot as its voter is shown it.';
comment on column app_public.drawn_ballot.id is E'@notNull\nIdentity of the ballot: what castVote() is given.';
comment on column app_public.drawn_ballot.task_id is E'@notNull\nThe task that both pages answer.';
comment on column app_public.drawn_ballot.stratum is E'@notNull\nWhether the models are unknown.';
comment on column app_public.drawn_ballot.served_at is E'@notNull\nWhen it was drawn.';
comment on column app_public.drawn_ballot.expires_at is E'@notNull\nUntil when it can be used.';
comment on column app_public.drawn_ballot.left_page is E'@notNull\nThe page on the left.';
comment on column app_public.drawn_ballot.right_page is E'@notNull\nThe page on the right.';
revoke all on type app_public.drawn_ballot from public;
grant usage on type app_public.drawn_ballot to autobench_anon, autobench_member;
--! EndIncluded arena/app_public.drawn_ballot.sql
--! Included arena/app_public.votes.sql
-- castVote (GraphQL) -> app_private.cast_vote() -> [app_public.votes] -> app_private.pair_counts
create table if not exists app_public.votes (
  ballot_id     uuid constraint votes_one_per_ballot primary key,
  verdict       app_public.verdict not null,
  dwell_ms      integer,
  created_at    timestamptz not null default now(),
  is_counted    boolean not null,
  network_hash  bytea,
  constraint votes_ballot foreign key (ballot_id) references app_public.ballots,
  constraint votes_dwell_not_negative check (dwell_ms >= 0),
  constraint votes_network_hash_form check (octet_length(network_hash) = 16)
);
create index if not exists votes_created_at_idx on app_public.votes (created_at);
create index if not exists votes_network_hash_idx on app_public.votes (network_hash) where network_hash is not null;
create index if not exists votes_uncounted_idx on app_public.votes (ballot_id) where not is_counted;

call app_private.reset_access('app_public.votes');
create policy select_own on app_public.votes for select to autobench_anon, autobench_member
  using (exists (select from app_public.ballots b where b.id = ballot_id)); -- under the policy on ballots
grant select (ballot_id, verdict, dwell_ms, created_at) on app_public.votes to autobench_anon, autobench_member;
-- No grant on is_counted: a voter whose votes are not counted is not told. No write: a vote is final; cast_vote() is the door.

comment on table app_public.votes is 'What people said, one row for each used ballot. Rows are never deleted; whether they count is a verdict of its own.';
comment on column app_public.votes.ballot_id is 'The ballot that was used up.';
comment on column app_public.votes.verdict is 'What was said.';
comment on column app_public.votes.dwell_ms is 'How long both pages were looked at, as the voter''s browser tells it.';
comment on column app_public.votes.created_at is 'When it was cast.';
comment on column app_public.votes.is_counted is 'Whether it counts: no check has failed.';
comment on column app_public.votes.network_hash is 'The voter''s network of that day, hashed under a salt that is deleted after 48 hours.';
--! EndIncluded arena/app_public.votes.sql
--! Included schedule/app_private.metrics.sql
-- GET /metrics -> [app_private.metrics()] -> app_private.scheduled_tasks, app_private.workers, graphile_worker.jobs, app_public.votes
-- Definer: the server's login shows figures of tables that it cannot read.
create or replace function app_private.metrics(at timestamptz default now())
returns table (name text, help text, labels jsonb, value double precision)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'autobench_task_runs', 'Runs of a task that were due in the last 7 days, by how they stand.',
      jsonb_build_object('task', r.name, 'status', s.status), count(t.id)::double precision
    from app_private.task_registry r
    cross join unnest(array['pending', 'running', 'completed', 'failed']) s (status)
    left join app_private.scheduled_tasks t
      on t.function_name = r.name and t.status = s.status
        and t.scheduled_time > metrics.at - interval '7 days' and t.scheduled_time <= metrics.at
    group by r.name, s.status
  union all
  select 'autobench_task_last_success_age_seconds', 'Time since a task last did its work.',
      jsonb_build_object('task', t.function_name), extract(epoch from metrics.at - max(t.finished_at))::double precision
    from app_private.scheduled_tasks t
    where t.status = 'completed' and not coalesce(t.result ? 'skipped', false)
    group by t.function_name
  union all
  select 'autobench_task_next_run_timestamp_seconds', 'When the crontab asks for a task next.',
      jsonb_build_object('task', r.name), extract(epoch from r.next_run_at)::double precision
    from app_private.task_registry r
    where r.next_run_at is not null
  union all
  select 'autobench_runs_overdue', 'Runs that have been due for 10 minutes and are not over.', '{}', count(*)::double precision
    from app_private.scheduled_tasks t
    where t.status in ('pending', 'running') and t.scheduled_time < metrics.at - interval '10 minutes'
  union all
  select 'autobench_workers_alive', 'Workers that were heard of in the last 30 seconds.', '{}', count(*)::double precision
    from app_private.workers w
    where w.seen_at > metrics.at - interval '30 seconds'
  union all
  select 'autobench_queue_jobs', 'Jobs in the queue: ready, waiting for their time, running, or given up.',
      jsonb_build_object('state', s.state), count(j.id)::double precision
    from unnest(array['ready', 'waiting', 'running', 'dead']) s (state)
    left join graphile_worker.jobs j
      on s.state = case
        when j.locked_at is not null then 'running'
        when j.attempts >= j.max_attempts then 'dead'
        when j.run_at > metrics.at then 'waiting'
        else 'ready'
      end
    group by s.state
  union all
  select 'autobench_queue_oldest_ready_seconds', 'How long the longest-waiting ready job has been due.', '{}',
      coalesce(extract(epoch from metrics.at - min(j.run_at)), 0)::double precision
    from graphile_worker.jobs j
    where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= metrics.at
  union all
  select 'autobench_votes', 'Votes of the last hour: those that came, and those of them that count.', jsonb_build_object('state', s.state),
      count(v.ballot_id)::double precision
    from unnest(array['received', 'counted']) s (state)
    left join app_public.votes v
      on v.created_at > metrics.at - interval '1 hour' and v.created_at <= metrics.at and (s.state = 'received' or v.is_counted)
    group by s.state
  order by 1, 3;
$$;
comment on function app_private.metrics(timestamptz) is
  'Figures for whoever watches this installation, each a gauge with its labels; GET /metrics shows them to Prometheus.';
revoke all on function app_private.metrics(timestamptz) from public;
grant execute on function app_private.metrics(timestamptz) to autobench_server;
--! EndIncluded schedule/app_private.metrics.sql
--! Included arena/app_public.tasks_vote_count.sql
-- app_public.votes -> [app_public.tasks_vote_count()] -> voteCount (GraphQL)
-- Definer: nobody sees others' votes; how many there are gives nothing away, since also those that do not count are among them.
create or replace function app_public.tasks_vote_count(task app_public.tasks) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(*)::integer
    from app_public.ballots b
      inner join app_public.votes v on v.ballot_id = b.id
    where b.task_id = task.id;
$$;
comment on function app_public.tasks_vote_count(app_public.tasks) is
  'How many votes were cast on it: all that can be known of them until it closes.';
revoke all on function app_public.tasks_vote_count(app_public.tasks) from public;
grant execute on function app_public.tasks_vote_count(app_public.tasks) to autobench_anon, autobench_member;
--! EndIncluded arena/app_public.tasks_vote_count.sql
--! Included arena/app_private.vote_checks.sql
-- cast_vote(), judge_votes() -> [app_private.vote_checks] -> app_public.votes.is_counted
create table if not exists app_private.vote_checks (
  ballot_id  uuid not null,
  kind       text not null,
  state      text not null,
  at         timestamptz not null default now(),
  constraint vote_checks_pkey primary key (ballot_id, kind),
  constraint vote_checks_vote foreign key (ballot_id) references app_public.votes,
  constraint vote_checks_kind_known check (kind in ('voter_cap', 'network_cap', 'model_cap', 'voter', 'network')),
  constraint vote_checks_state_known check (state in ('pass', 'fail', 'unknown'))
);

call app_private.reset_access('app_private.vote_checks');
create policy select_all on app_private.vote_checks for select to autobench_operator
  using (true);
grant select on app_private.vote_checks to autobench_operator;
-- No write: a vote is judged by judge_votes().

comment on table app_private.vote_checks is
  'What was found when a vote was checked. A vote without a row passed at once; one with any fail is not counted; unknown is a check that could not run, and never a fail.';
comment on column app_private.vote_checks.ballot_id is 'The vote.';
comment on column app_private.vote_checks.kind is
  'voter_cap, network_cap, model_cap: more than the day''s share of one voter, network, or network on one model. voter, network: excluded by an operator.';
comment on column app_private.vote_checks.state is 'pass, fail or unknown.';
comment on column app_private.vote_checks.at is 'When it was found.';
--! EndIncluded arena/app_private.vote_checks.sql
--! Included arena/app_private.pair_counts.sql
-- app_private.cast_vote() -> [app_private.pair_counts] -> app_private.fit_board()
create table if not exists app_private.pair_counts (
  task_id          uuid not null,
  first_model_id   uuid not null,
  second_model_id  uuid not null,
  stratum          app_public.stratum not null,
  outcome          app_private.outcome not null,
  votes            integer not null,
  constraint pair_counts_pkey primary key (task_id, first_model_id, second_model_id, stratum, outcome),
  constraint pair_counts_match foreign key (task_id, first_model_id, second_model_id)
    references app_private.matches (task_id, first_model_id, second_model_id),
  constraint pair_counts_not_negative check (votes >= 0)
) with (fillfactor = 50);

call app_private.reset_access('app_private.pair_counts');
create policy select_all on app_private.pair_counts for select to autobench_operator
  using (true);
grant select on app_private.pair_counts to autobench_operator;
-- No write: cast_vote() and judge_votes() count, recount_votes() makes it anew from the votes.

comment on table app_private.pair_counts is
  'How often each pair of a task ended how: the counted votes, added up. All ratings are made of this.';
comment on column app_private.pair_counts.task_id is 'The task.';
comment on column app_private.pair_counts.first_model_id is 'The model with the lesser id.';
comment on column app_private.pair_counts.second_model_id is 'The other model.';
comment on column app_private.pair_counts.stratum is 'Whether the models were unknown when the ballots were drawn.';
comment on column app_private.pair_counts.outcome is 'How it ended.';
comment on column app_private.pair_counts.votes is 'How often.';
--! EndIncluded arena/app_private.pair_counts.sql
--! Included arena/app_private.vote_allowances.sql
-- take_draws(), cast_vote() -> [app_private.vote_allowances] -> cleanup_expired
-- Unlogged: after a crash everybody starts the day anew, which is little harm and saves the log's writes.
create unlogged table if not exists app_private.vote_allowances (
  kind       text not null,
  caller     text not null,
  starts_at  timestamptz not null,
  used       integer not null,
  constraint vote_allowances_pkey primary key (kind, caller, starts_at),
  constraint vote_allowances_used_positive check (used > 0)
) with (fillfactor = 70);
create index if not exists vote_allowances_starts_at_idx on app_private.vote_allowances (starts_at);

call app_private.reset_access('app_private.vote_allowances');
-- No policy and no grant: the functions that draw and cast are the only doors.

comment on table app_private.vote_allowances is 'How many ballots were drawn in an hour and votes cast in a day, by voter, network, and network on a model.';
comment on column app_private.vote_allowances.kind is 'What is counted.';
comment on column app_private.vote_allowances.caller is 'Whose it is: a voter''s id, or a network''s hash.';
comment on column app_private.vote_allowances.starts_at is 'When the hour or the UTC day began.';
comment on column app_private.vote_allowances.used is 'How many so far.';
--! EndIncluded arena/app_private.vote_allowances.sql
--! Included arena/app_private.exclusions.sql
-- exclude_voter(), exclude_network() -> [app_private.exclusions] -> refresh_leaderboards(), app_operations.exclusions
create table if not exists app_private.exclusions (
  id            bigint generated always as identity constraint exclusions_pkey primary key,
  voter_id      bigint,
  network_hash  bytea,
  is_excluded   boolean not null,
  reason        text not null,
  votes         integer not null,
  operator_id   uuid,
  at            timestamptz not null default now(),
  constraint exclusions_voter foreign key (voter_id) references app_private.voters,
  constraint exclusions_operator foreign key (operator_id) references app_public.users on delete set null,
  constraint exclusions_of_voter_or_network check (num_nonnulls(voter_id, network_hash) = 1),
  constraint exclusions_reason_given check (char_length(btrim(reason)) between 3 and 1000)
);
create index if not exists exclusions_voter_id_idx on app_private.exclusions (voter_id, id);
create index if not exists exclusions_network_hash_idx on app_private.exclusions (network_hash, id);
create index if not exists exclusions_operator_id_idx on app_private.exclusions (operator_id);
create index if not exists exclusions_at_idx on app_private.exclusions (at);

call app_private.reset_access('app_private.exclusions');
create policy select_all on app_private.exclusions for select to autobench_operator
  using (true);
grant select on app_private.exclusions to autobench_operator;
-- No write: what was done stays written down; exclude_voter() and its kin are the doors.

comment on table app_private.exclusions is 'Whose votes were taken out of the count or put back, and why. The last row of a voter or network says how it stands.';
comment on column app_private.exclusions.id is 'Identity of the entry.';
comment on column app_private.exclusions.voter_id is 'The voter.';
comment on column app_private.exclusions.network_hash is 'Or the network, of one day.';
comment on column app_private.exclusions.is_excluded is 'Whether the votes were taken out, or put back.';
comment on column app_private.exclusions.reason is 'Why.';
comment on column app_private.exclusions.votes is 'How many votes it was about.';
comment on column app_private.exclusions.operator_id is 'Who did it; null when it was done in SQL.';
comment on column app_private.exclusions.at is 'When.';
comment on constraint exclusions_reason_given on app_private.exclusions is
  E'@error TB017\nA reason of 3 to 1000 characters is needed.\nHint: Say why, for those who read the log later.';
--! EndIncluded arena/app_private.exclusions.sql
--! Included arena/app_private.vote_flags.sql
-- app_private.scan_votes() -> [app_private.vote_flags] -> app_operations.vote_flags
create table if not exists app_private.vote_flags (
  id            bigint generated always as identity constraint vote_flags_pkey primary key,
  voter_id      bigint,
  network_hash  bytea,
  model_id      uuid not null,
  votes         integer not null,
  e_value       float8 not null,
  flagged_at    timestamptz not null default now(),
  seen_at       timestamptz not null default now(),
  constraint vote_flags_once unique nulls not distinct (voter_id, network_hash, model_id),
  constraint vote_flags_voter foreign key (voter_id) references app_private.voters,
  constraint vote_flags_model foreign key (model_id) references app_public.models,
  constraint vote_flags_of_voter_or_network check (num_nonnulls(voter_id, network_hash) = 1)
);
create index if not exists vote_flags_model_id_idx on app_private.vote_flags (model_id);

call app_private.reset_access('app_private.vote_flags');
create policy select_all on app_private.vote_flags for select to autobench_operator
  using (true);
grant select on app_private.vote_flags to autobench_operator;
-- No write: scan_votes() flags. A flag takes no vote out by itself: an operator looks first.

comment on table app_private.vote_flags is 'Voters and networks that vote on a model as hardly anybody honest would.';
comment on column app_private.vote_flags.id is 'Identity of the flag.';
comment on column app_private.vote_flags.voter_id is 'The voter.';
comment on column app_private.vote_flags.network_hash is 'Or the network, of one day.';
comment on column app_private.vote_flags.model_id is 'The model.';
comment on column app_private.vote_flags.votes is 'Votes on it.';
comment on column app_private.vote_flags.e_value is 'The greatest evidence seen: of the honest, one in so many gets as far.';
comment on column app_private.vote_flags.flagged_at is 'When the evidence first was enough.';
comment on column app_private.vote_flags.seen_at is 'When it was last found to be.';
--! EndIncluded arena/app_private.vote_flags.sql
--! Included arena/app_private.pairing_strengths.sql
-- app_private.refresh_pairing() -> [app_private.pairing_strengths] -> vote_anomalies()
create table if not exists app_private.pairing_strengths (
  model_id   uuid constraint pairing_strengths_pkey primary key,
  theta      float8 not null,
  fitted_at  timestamptz not null,
  constraint pairing_strengths_model foreign key (model_id) references app_public.models
);

call app_private.reset_access('app_private.pairing_strengths');
-- No policy and no grant: it holds votes of open tasks, so nobody is shown it before they close.

comment on table app_private.pairing_strengths is 'The last unpublished fit, which steers what is voted on next; it includes tasks that are still open.';
comment on column app_private.pairing_strengths.model_id is 'The model.';
comment on column app_private.pairing_strengths.theta is 'Its strength.';
comment on column app_private.pairing_strengths.fitted_at is 'When the fit was made.';
--! EndIncluded arena/app_private.pairing_strengths.sql
--! Included arena/app_private.pairable_submissions.sql
-- app_public.submissions, app_public.artifacts -> [app_private.pairable_submissions] -> app_private.open_matches()
create or replace view app_private.pairable_submissions with (security_invoker, security_barrier) as
  select s.task_id, s.model_id, m.is_rehearsal, t.closes_at, t.expires_at
    from app_public.submissions s
      inner join app_public.tasks t on t.id = s.task_id
      inner join app_public.models m on m.id = s.model_id
      inner join app_public.artifacts a on a.submission_id = s.id
    where s.status = 'succeeded' and s.names_maker is null
      and a.status in ('rendered', 'skipped'); -- a blank one is rendered; skipped is for want of a browser

revoke all on app_private.pairable_submissions from public;

comment on view app_private.pairable_submissions is 'Submissions that can be voted on: answered, rendered (or not, for want of a browser), and not naming their maker.';
comment on column app_private.pairable_submissions.task_id is 'The task.';
comment on column app_private.pairable_submissions.model_id is 'The model.';
comment on column app_private.pairable_submissions.is_rehearsal is 'Whether it is a canned one: those meet only one another.';
comment on column app_private.pairable_submissions.closes_at is 'When the task closes.';
comment on column app_private.pairable_submissions.expires_at is 'Until when the page can be seen.';
--! EndIncluded arena/app_private.pairable_submissions.sql
--! Included arena/app_private.turn_verdict.sql
-- cast_vote(), judge_votes(), recount_votes() -> [app_private.turn_verdict()]
create or replace function app_private.turn_verdict(verdict app_public.verdict, is_first_left boolean) returns app_private.outcome
language sql immutable strict parallel safe
return case verdict
  when 'tie' then 'tie'::app_private.outcome
  when 'both_bad' then 'both_bad'::app_private.outcome
  else case when (verdict = 'left') = is_first_left then 'first'::app_private.outcome else 'second'::app_private.outcome end
end;
comment on function app_private.turn_verdict(app_public.verdict, boolean) is
  'What a verdict on left and right says of a match''s first and second model.';
revoke all on function app_private.turn_verdict(app_public.verdict, boolean) from public;
--! EndIncluded arena/app_private.turn_verdict.sql
--! Included arena/app_private.counts_of_votes.sql
-- app_public.votes -> [app_private.counts_of_votes] -> recount_votes(), app_private.count_faults
create or replace view app_private.counts_of_votes with (security_invoker, security_barrier) as
  select m.task_id, m.first_model_id, m.second_model_id, b.stratum,
      app_private.turn_verdict(v.verdict, b.is_first_left) as outcome, count(*)::integer as votes
    from app_public.votes v
      inner join app_public.ballots b on b.id = v.ballot_id
      inner join app_private.matches m on m.id = b.match_id
    where v.is_counted
    group by 1, 2, 3, 4, 5;

revoke all on app_private.counts_of_votes from public;

comment on view app_private.counts_of_votes is 'The counts, made anew from the counted votes.';
comment on column app_private.counts_of_votes.task_id is 'The task.';
comment on column app_private.counts_of_votes.first_model_id is 'The model with the lesser id.';
comment on column app_private.counts_of_votes.second_model_id is 'The other model.';
comment on column app_private.counts_of_votes.stratum is 'Whether the models were unknown when the ballots were drawn.';
comment on column app_private.counts_of_votes.outcome is 'How it ended.';
comment on column app_private.counts_of_votes.votes is 'How often.';
--! EndIncluded arena/app_private.counts_of_votes.sql
--! Included arena/app_private.count_faults.sql
-- app_private.counts_of_votes, app_private.pair_counts -> [app_private.count_faults] -> autobench verify
create or replace view app_private.count_faults with (security_invoker, security_barrier) as
  select 'counts differ from votes' as fault,
      concat_ws(' ', task_id, first_model_id, second_model_id, stratum, outcome) as subject,
      coalesce(p.votes, 0) as stored, coalesce(c.votes, 0) as found
    from app_private.pair_counts p
      full join app_private.counts_of_votes c using (task_id, first_model_id, second_model_id, stratum, outcome)
    where coalesce(p.votes, 0) <> coalesce(c.votes, 0)
  union all
  select 'a vote counts against its checks', v.ballot_id::text, v.is_counted::integer, (not v.is_counted)::integer
    from app_public.votes v
    where v.is_counted = exists (select from app_private.vote_checks k where k.ballot_id = v.ballot_id and k.state = 'fail');

revoke all on app_private.count_faults from public;

comment on view app_private.count_faults is 'Where counts and votes disagree: always empty.';
comment on column app_private.count_faults.fault is 'What is wrong.';
comment on column app_private.count_faults.subject is 'Where.';
comment on column app_private.count_faults.stored is 'What is stored.';
comment on column app_private.count_faults.found is 'What the votes say.';
--! EndIncluded arena/app_private.count_faults.sql
--! Included arena/app_private.unused_ballots.sql
-- app_public.ballots -> [app_private.unused_ballots] -> app_private.purge_batch()
create or replace view app_private.unused_ballots with (security_invoker, security_barrier) as
  select b.ctid, b.id, b.served_at
    from app_public.ballots b
    where not exists (select from app_public.votes v where v.ballot_id = b.id);

revoke all on app_private.unused_ballots from public;

comment on view app_private.unused_ballots is 'Ballots on which nobody voted, to be purged: the pair can then be drawn again.';
comment on column app_private.unused_ballots.ctid is 'Where the row stands: what a purge goes by.';
comment on column app_private.unused_ballots.id is 'The ballot.';
comment on column app_private.unused_ballots.served_at is 'When it was drawn.';
--! EndIncluded arena/app_private.unused_ballots.sql
--! Included arena/app_private.task_lock.sql
-- [app_private.task_lock()] -> cast_vote(), close_task(), fold_tasks()
-- In memory: a share of a row lock would write to the task's row with every vote.
create or replace function app_private.task_lock(task_id uuid) returns bigint
language sql immutable strict parallel safe
return hashtextextended('task:' || task_id::text, 0);
comment on function app_private.task_lock(uuid) is
  'The advisory lock of a task: votes share it until they are committed, and whoever closes or folds the task takes it alone, so waits for all of them.';
revoke all on function app_private.task_lock(uuid) from public;
--! EndIncluded arena/app_private.task_lock.sql
--! Included arena/app_private.ensure_voter.sql
-- draw_ballot() -> [app_private.ensure_voter()] -> app_private.voters
create or replace function app_private.ensure_voter() returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_voter_id bigint := app_public.current_voter_id();
begin
  if v_voter_id is not null then
    return v_voter_id;
  elsif app_public.current_user_id() is not null then
    insert into app_private.voters (user_id) values (app_public.current_user_id())
      on conflict on constraint voters_one_per_member do update set user_id = excluded.user_id
      returning id into v_voter_id;
  elsif current_setting('app.visitor', true) <> '' then
    insert into app_private.voters (visitor_hash) values (sha256(convert_to(current_setting('app.visitor'), 'UTF8')))
      on conflict on constraint voters_one_per_visitor do update set visitor_hash = excluded.visitor_hash
      returning id into v_voter_id;
  else
    raise exception 'Nobody knows who is voting.'
      using errcode = 'TB078', hint = 'Allow this site''s cookie, or sign in.';
  end if;
  return v_voter_id;
end;
$$;
comment on function app_private.ensure_voter() is 'The voter of a request, made on first sight. Errors: TB078.';
revoke all on function app_private.ensure_voter() from public;
--! EndIncluded arena/app_private.ensure_voter.sql
--! Included arena/app_private.network_hash.sql
-- draw_ballot(), cast_vote() -> [app_private.network_hash()] -> app_private.network_salts, app_public.votes.network_hash
create or replace function app_private.network_hash(prefix text, at timestamptz default now()) returns bytea
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_day constant date := (network_hash.at at time zone 'utc')::date;
  v_salt bytea;
begin
  if coalesce(prefix, '') = '' then
    return null; -- not known: nothing can be said of it
  end if;
  select s.salt into v_salt from app_private.network_salts s where s.day = v_day;
  if not found then
    insert into app_private.network_salts (day, created_at) values (v_day, network_hash.at)
      on conflict on constraint network_salts_pkey do nothing;
    -- A new day is when an old salt goes: a salt is of use for its own day only.
    delete from app_private.network_salts s where s.day < v_day - 1;
    select s.salt into strict v_salt from app_private.network_salts s where s.day = v_day;
  end if;
  return substr(extensions.hmac(convert_to(prefix, 'UTF8'), v_salt, 'sha256'), 1, 16);
end;
$$;
comment on function app_private.network_hash(text, timestamptz) is
  'What is kept of a network: an HMAC of its prefix under the salt of the UTC day; null when the network is not known.';
revoke all on function app_private.network_hash(text, timestamptz) from public;
--! EndIncluded arena/app_private.network_hash.sql
--! Included arena/app_private.take_draws.sql
-- draw_ballot() -> [app_private.take_draws()] -> app_private.vote_allowances
create or replace function app_private.take_draws(
  kind text,
  caller text,
  most integer,
  at timestamptz default now()
) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hour constant timestamptz := date_bin('1 hour', take_draws.at, timestamptz '2000-01-01 00:00:00+00');
begin
  -- One statement, so that parallel requests cannot all read the same count and pass together.
  insert into app_private.vote_allowances as a (kind, caller, starts_at, used)
    values (take_draws.kind, take_draws.caller, v_hour, 1)
    on conflict on constraint vote_allowances_pkey do update set used = a.used + 1
      where a.used < take_draws.most;
  if not found then
    raise exception 'That was too many ballots for an hour.'
      using errcode = 'TB071',
        hint = format('Come back after %s.', to_char((v_hour + interval '1 hour') at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"'));
  end if;
end;
$$;
comment on function app_private.take_draws(text, text, integer, timestamptz) is
  'Takes one from the ballots that a voter or a network may draw in an hour, or refuses. Errors: TB071.';
revoke all on function app_private.take_draws(text, text, integer, timestamptz) from public;
--! EndIncluded arena/app_private.take_draws.sql
--! Included arena/app_private.ballot_page.sql
-- app_private.draw_ballot() -> [app_private.ballot_page()] -> app_private.mint_handle() -> app_private.ballot_side()
-- The one place where a page gets its addresses for a ballot. They are as good for as long as the ballot is: whoever asks for
-- the ballot again is told the same ones.
create or replace function app_private.ballot_page(ballot app_public.ballots, side text, at timestamptz default now()) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_submission_id uuid;
  v_kinds text[];
begin
  select s.id, case a.status when 'rendered' then array['page', 'image', 'thumb'] else array['page'] end
    into strict v_submission_id, v_kinds
    from app_private.matches m
      inner join app_public.submissions s
        on s.task_id = m.task_id
          and s.model_id = case when (ballot_page.side = 'left') = ballot.is_first_left then m.first_model_id else m.second_model_id end
      left join app_public.artifacts a on a.submission_id = s.id
    where m.id = ballot.match_id;
  perform app_private.mint_handle(v_submission_id, k.kind, ballot.expires_at, ballot_page.at, ballot.id, ballot_page.side)
    from unnest(v_kinds) k (kind);
end;
$$;
comment on function app_private.ballot_page(app_public.ballots, text, timestamptz) is
  'Gives the page on one side, left or right, of a ballot its addresses: new random names, of which nothing of whose page it is can be told. Errors: TB061, TB062.';
revoke all on function app_private.ballot_page(app_public.ballots, text, timestamptz) from public;
--! EndIncluded arena/app_private.ballot_page.sql
--! Included arena/app_private.draw_ballot.sql
-- app_public.draw_ballot() -> [app_private.draw_ballot()] -> app_private.matches, app_public.ballots
create or replace function app_private.draw_ballot(
  voter_id bigint,
  network_hash bytea,
  task_id uuid default null,
  at timestamptz default now()
) returns app_public.ballots
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings app_private.arena_settings;
  v_ballot app_public.ballots;
  v_current uuid;
  v_tasks uuid[];
  v_draw float8 := random();
begin
  -- One draw of a voter at a time.
  select v.current_ballot_id into strict v_current from app_private.voters v where v.id = draw_ballot.voter_id for no key update;
  select b.* into v_ballot
    from app_public.ballots b
      inner join app_public.tasks t on t.id = b.task_id
    where b.id = v_current and b.expires_at > draw_ballot.at
      and (b.stratum = 'revealed' or t.closes_at > draw_ballot.at)
      and not exists (select from app_public.votes c where c.ballot_id = b.id);
  if found and (draw_ballot.task_id is null or v_ballot.task_id = draw_ballot.task_id) then
    return v_ballot; -- still open: the same one again
  elsif found then
    update app_public.ballots b set expires_at = greatest(draw_ballot.at, b.served_at) where b.id = v_ballot.id;
  end if;

  select * into strict v_settings from app_private.arena_settings;
  perform app_private.take_draws('network', encode(draw_ballot.network_hash, 'hex'), v_settings.draws_per_network_hour, draw_ballot.at);
  perform app_private.take_draws('voter', draw_ballot.voter_id::text, v_settings.draws_per_voter_hour, draw_ballot.at);

  -- Looked up first: only their matches are then read, however many days there were before.
  if draw_ballot.task_id is null then
    select array_agg(t.id) into v_tasks from app_public.tasks t where t.closes_at > draw_ballot.at and not t.is_showcase;
  else
    select array_agg(t.id) into v_tasks from app_public.tasks t where t.id = draw_ballot.task_id and t.expires_at > draw_ballot.at;
  end if;
  -- By what a vote would tell, and a share of them uniformly: so every pair has its chance, and every chance is known.
  select c.id, c.task_id, c.chance / 2,
      case when c.is_sealed then 'sealed' else 'revealed' end,
      case when c.is_sealed then least(c.closes_at, draw_ballot.at + v_settings.ballot_time)
        else least(c.expires_at, draw_ballot.at + v_settings.ballot_time) end
    into v_ballot.match_id, v_ballot.task_id, v_ballot.propensity, v_ballot.stratum, v_ballot.expires_at
    from (
      select w.*, sum(w.chance) over (order by w.id) as until
        from (
          select m.id, m.task_id, t.closes_at, t.expires_at, not t.is_showcase and t.closes_at > draw_ballot.at as is_sealed,
              case when sum(m.gain) over () > 0
                then v_settings.explore_share / count(*) over () + (1 - v_settings.explore_share) * m.gain / sum(m.gain) over ()
                else 1.0 / count(*) over () end as chance
            from app_private.matches m
              inner join app_public.tasks t on t.id = m.task_id
            where m.task_id = any (v_tasks) and m.opened_at <= draw_ballot.at
              and not exists (
                select from app_public.ballots b where b.voter_id = draw_ballot.voter_id and b.match_id = m.id
              )
        ) w
    ) c
    -- The chances add up to one, save for rounding: the last pair takes what is left.
    order by c.until <= v_draw, case when c.until <= v_draw then -c.until else c.until end
    limit 1;
  if not found then
    raise exception 'There is nothing for you to vote on just now.'
      using errcode = 'TB073', hint = 'Come back when the next tasks have been answered, or look at today''s showcase.';
  end if;

  v_ballot.id := gen_random_uuid();
  v_ballot.voter_id := draw_ballot.voter_id;
  v_ballot.is_first_left := random() < 0.5;
  v_ballot.served_at := draw_ballot.at;
  insert into app_public.ballots select v_ballot.*;
  perform app_private.ballot_page(v_ballot, s.side, draw_ballot.at) from (values ('left'), ('right')) s (side);
  update app_private.voters v set current_ballot_id = v_ballot.id where v.id = draw_ballot.voter_id;
  return v_ballot;
end;
$$;
comment on function app_private.draw_ballot(bigint, bytea, uuid, timestamptz) is
  'The voter''s open ballot, or a new one on a pair that they have not seen: of all sealed tasks, or of one task. Errors: TB071, TB073.';
revoke all on function app_private.draw_ballot(bigint, bytea, uuid, timestamptz) from public;
--! EndIncluded arena/app_private.draw_ballot.sql
--! Included arena/app_public.draw_ballot.sql
-- drawBallot (GraphQL) -> [app_public.draw_ballot()] -> app_private.draw_ballot(), app_private.ballot_side()
-- Definer: nobody may write ballots, nor see what they are drawn from.
create or replace function app_public.draw_ballot(task_id uuid default null) returns app_public.drawn_ballot
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ballot app_public.ballots;
begin
  if app_public.current_user_id() is not null then
    perform app_private.require_member();
  end if;
  v_ballot := app_private.draw_ballot(
    app_private.ensure_voter(),
    app_private.network_hash(current_setting('app.network', true)),
    draw_ballot.task_id
  );
  return (
    v_ballot.id, v_ballot.task_id, v_ballot.stratum, v_ballot.served_at, v_ballot.expires_at,
    app_private.ballot_side(v_ballot.id, 'left'), app_private.ballot_side(v_ballot.id, 'right')
  )::app_public.drawn_ballot;
end;
$$;
comment on function app_public.draw_ballot(uuid) is
  E'@resultFieldName ballot\nGives the voter one open ballot, the same until it is used or expires: of a sealed task, or of the given one. Errors: TB001, TB002, TB071, TB073, TB078.';
revoke all on function app_public.draw_ballot(uuid) from public;
grant execute on function app_public.draw_ballot(uuid) to autobench_anon, autobench_member;
--! EndIncluded arena/app_public.draw_ballot.sql
--! Included arena/app_private.cast_vote.sql
-- app_public.cast_vote() -> [app_private.cast_vote()] -> app_public.votes, app_private.pair_counts
create or replace function app_private.cast_vote(
  voter_id bigint,
  network_hash bytea,
  ballot_id uuid,
  verdict app_public.verdict,
  dwell_ms integer default null,
  at timestamptz default null
) returns app_public.vote_result
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ballot app_public.ballots;
  v_match app_private.matches;
  v_now record;
  v_at timestamptz;
  v_network text := encode(cast_vote.network_hash, 'hex');
  v_used record;
  v_failed text[] := '{}';
  v_left app_private.outcome; -- what a vote for the left side says
  v_right app_private.outcome;
  v_outcome app_private.outcome;
  v_is_revealed boolean;
  v_result app_public.vote_result;
begin
  -- The locks come first and the clock is read after them: whoever closes the task, or excludes the voter, has then either
  -- waited for this vote or is seen by it.
  select b.* into v_ballot from app_public.ballots b where b.id = cast_vote.ballot_id;
  if not found or v_ballot.voter_id is distinct from cast_vote.voter_id then
    raise exception 'This is not a ballot of yours.' using errcode = 'TB074', hint = 'Draw a ballot first.';
  end if;
  perform pg_advisory_xact_lock_shared(hashtextextended('voter:' || v_ballot.voter_id, 0)),
    pg_advisory_xact_lock_shared(hashtextextended('network:' || v_network, 0)),
    pg_advisory_xact_lock_shared(app_private.task_lock(v_ballot.task_id));
  v_at := coalesce(cast_vote.at, clock_timestamp());
  select * into strict v_match from app_private.matches m where m.id = v_ballot.match_id;
  select s.votes_per_voter_day, s.votes_per_network_day, s.votes_per_network_model_day, t.closes_at, t.is_showcase, v.excluded_at,
      coalesce((
        select e.is_excluded from app_private.exclusions e
          where e.network_hash = cast_vote.network_hash
          order by e.id desc limit 1
      ), false) as is_network_excluded
    into strict v_now
    from app_private.arena_settings s
      cross join app_public.tasks t
      cross join app_private.voters v
    where t.id = v_ballot.task_id and v.id = v_ballot.voter_id;
  if v_ballot.expires_at <= v_at or (v_ballot.stratum = 'sealed' and v_now.closes_at <= v_at) then
    if exists (select from app_public.votes c where c.ballot_id = v_ballot.id) then
      raise exception 'This ballot has been used.' using errcode = 'TB075', hint = 'A vote is final. Draw another ballot.';
    elsif v_ballot.stratum = 'sealed' and v_now.closes_at <= v_at then
      raise exception 'This task has closed, and its models are revealed.'
        using errcode = 'TB077', hint = 'Draw another ballot: it will be on a task that is open.';
    end if;
    raise exception 'This ballot has expired.' using errcode = 'TB076', hint = 'Draw another ballot.';
  end if;

  -- What is above the day's share is taken and not counted; the rows in one order, so that two votes never wait for each other.
  for v_used in
    insert into app_private.vote_allowances as a (kind, caller, starts_at, used)
      select c.kind, c.caller, date_bin('1 day', v_at, timestamptz '2000-01-01 00:00:00+00'), 1
        from (values
          ('model:' || v_ballot.stratum, v_network || ':' || v_match.first_model_id),
          ('model:' || v_ballot.stratum, v_network || ':' || v_match.second_model_id),
          ('network:' || v_ballot.stratum, v_network),
          ('voter:' || v_ballot.stratum, v_ballot.voter_id::text)
        ) c (kind, caller)
        where c.caller is not null
      on conflict on constraint vote_allowances_pkey do update set used = a.used + 1
      returning a.kind, a.used
  loop
    if v_used.kind like 'voter:%' and v_used.used > v_now.votes_per_voter_day then
      v_failed := v_failed || 'voter_cap'::text;
    elsif v_used.kind like 'network:%' and v_used.used > v_now.votes_per_network_day then
      v_failed := v_failed || 'network_cap'::text;
    elsif v_used.kind like 'model:%' and v_used.used > v_now.votes_per_network_model_day and 'model_cap' <> all (v_failed) then
      v_failed := v_failed || 'model_cap'::text;
    end if;
  end loop;
  if v_now.excluded_at is not null then
    v_failed := v_failed || 'voter'::text;
  end if;
  if v_now.is_network_excluded then
    v_failed := v_failed || 'network'::text;
  end if;

  insert into app_public.votes (ballot_id, verdict, dwell_ms, created_at, is_counted, network_hash)
    values (v_ballot.id, cast_vote.verdict, cast_vote.dwell_ms, v_at, v_failed = '{}', cast_vote.network_hash)
    on conflict on constraint votes_one_per_ballot do nothing;
  if not found then
    raise exception 'This ballot has been used.' using errcode = 'TB075', hint = 'A vote is final. Draw another ballot.';
  end if;
  if v_failed <> '{}' or v_network is null then
    insert into app_private.vote_checks (ballot_id, kind, state, at)
      select v_ballot.id, f.kind, 'fail', v_at from unnest(v_failed) f (kind)
      union all
      select v_ballot.id, n.kind, 'unknown', v_at from unnest(array['network_cap', 'model_cap']) n (kind) where v_network is null;
  end if;

  v_left := app_private.turn_verdict('left', v_ballot.is_first_left);
  v_right := app_private.turn_verdict('right', v_ballot.is_first_left);
  v_is_revealed := v_now.is_showcase or v_now.closes_at <= v_at;
  v_outcome := app_private.turn_verdict(cast_vote.verdict, v_ballot.is_first_left);
  -- Read before this vote is added: the tally is of others, whether or not this vote counts.
  select v_ballot.id, cast_vote.verdict,
      coalesce(sum(c.votes) filter (where c.outcome = v_left), 0),
      coalesce(sum(c.votes) filter (where c.outcome = v_right), 0),
      coalesce(sum(c.votes) filter (where c.outcome = 'tie'), 0),
      coalesce(sum(c.votes) filter (where c.outcome = 'both_bad'), 0),
      case when v_is_revealed then case v_left when 'first' then v_match.first_model_id else v_match.second_model_id end end,
      case when v_is_revealed then case v_left when 'first' then v_match.second_model_id else v_match.first_model_id end end
    into v_result
    from app_private.pair_counts c
    where c.task_id = v_match.task_id and c.first_model_id = v_match.first_model_id
      and c.second_model_id = v_match.second_model_id and c.stratum = v_ballot.stratum;
  if v_failed = '{}' then
    -- One upsert, and last: whoever else votes on this pair waits for no more than our commit.
    insert into app_private.pair_counts as c (task_id, first_model_id, second_model_id, stratum, outcome, votes)
      values (v_match.task_id, v_match.first_model_id, v_match.second_model_id, v_ballot.stratum, v_outcome, 1)
      on conflict on constraint pair_counts_pkey do update set votes = c.votes + 1;
  end if;
  return v_result;
end;
$$;
comment on function app_private.cast_vote(bigint, bytea, uuid, app_public.verdict, integer, timestamptz) is
  'Uses a ballot up, once; counts the vote unless a check fails; says how others voted. Errors: TB074, TB075, TB076, TB077.';
revoke all on function app_private.cast_vote(bigint, bytea, uuid, app_public.verdict, integer, timestamptz) from public;
--! EndIncluded arena/app_private.cast_vote.sql
--! Included arena/app_public.cast_vote.sql
-- castVote (GraphQL) -> [app_public.cast_vote()] -> app_private.cast_vote()
-- Definer: nobody may write votes, nor see the counts of a task that is open.
create or replace function app_public.cast_vote(ballot_id uuid, verdict app_public.verdict, dwell_ms integer default null)
returns app_public.vote_result
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_public.current_user_id() is not null then
    perform app_private.require_member();
  end if;
  return app_private.cast_vote(
    app_public.current_voter_id(),
    app_private.network_hash(current_setting('app.network', true)),
    cast_vote.ballot_id,
    cast_vote.verdict,
    greatest(cast_vote.dwell_ms, 0)
  );
end;
$$;
comment on function app_public.cast_vote(uuid, app_public.verdict, integer) is
  E'@resultFieldName vote\nUses up the voter''s ballot and says how others voted on that pair. Errors: TB001, TB002, TB074, TB075, TB076, TB077.';
revoke all on function app_public.cast_vote(uuid, app_public.verdict, integer) from public;
grant execute on function app_public.cast_vote(uuid, app_public.verdict, integer) to autobench_anon, autobench_member;
--! EndIncluded arena/app_public.cast_vote.sql
--! Included arena/app_private.refresh_pairing.sql
-- refresh_leaderboards, open_matches() -> [app_private.refresh_pairing()] -> app_private.pairing_strengths, app_private.matches.gain
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.refresh_pairing(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_models uuid[];
  v_wins float8[];
  v_ties float8[];
  v_prior float8;
  v_weighed integer := 0;
  v_changed integer;
  f record;
  c record;
begin
  -- One at a time; whoever comes second has nothing to add.
  if not pg_try_advisory_xact_lock(hashtextextended('refresh_pairing', 0)) then
    return 0;
  end if;
  select s.prior_votes into strict v_prior from app_private.arena_settings s;
  for v_models in
    select array_agg(m.id order by m.id)
      from app_public.models m
      where exists (select from app_public.submissions s where s.model_id = m.id)
      group by m.is_rehearsal
  loop
    v_wins := array_fill(0::float8, array[cardinality(v_models), cardinality(v_models)]);
    v_ties := v_wins;
    for c in
      select array_position(v_models, p.first_model_id) as i, array_position(v_models, p.second_model_id) as j, p.outcome, sum(p.votes) as votes
        from app_private.pair_counts p
        where p.first_model_id = any (v_models) and p.stratum = 'sealed' and p.outcome <> 'both_bad'
        group by p.first_model_id, p.second_model_id, p.outcome
    loop
      if c.outcome = 'first' then
        v_wins[c.i][c.j] := c.votes;
      elsif c.outcome = 'second' then
        v_wins[c.j][c.i] := c.votes;
      else
        v_ties[c.i][c.j] := c.votes;
        v_ties[c.j][c.i] := c.votes;
      end if;
    end loop;
    select * into strict f from app_private.fit_strengths(v_wins, v_ties, v_prior);
    insert into app_private.pairing_strengths as s (model_id, theta, fitted_at)
      select u.model_id, u.theta, refresh_pairing.at from unnest(v_models, f.theta) u (model_id, theta)
      on conflict on constraint pairing_strengths_pkey do update set theta = excluded.theta, fitted_at = excluded.fitted_at;
    update app_private.matches m
      set gain = g.gain
      from app_private.pair_gains(f.theta, f.inverse) g, app_public.tasks t
      where m.first_model_id = v_models[g.first] and m.second_model_id = v_models[g.second]
        and t.id = m.task_id and t.expires_at > refresh_pairing.at;
    get diagnostics v_changed = row_count;
    v_weighed := v_weighed + v_changed;
  end loop;
  return v_weighed;
end;
$$;
comment on function app_private.refresh_pairing(timestamptz) is
  'Fits all sealed votes, of open tasks too, and weighs open matches by what a vote on them would tell; nothing of it is published. Returns how many it weighed.';
revoke all on function app_private.refresh_pairing(timestamptz) from public;
grant execute on function app_private.refresh_pairing(timestamptz) to autobench_worker;
--! EndIncluded arena/app_private.refresh_pairing.sql
--! Included arena/app_private.open_matches.sql
-- pair_generator, open_matches -> [app_private.open_matches()] -> app_private.matches, app_private.refresh_pairing()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.open_matches(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_opened integer;
begin
  insert into app_private.matches (task_id, first_model_id, second_model_id, opened_at)
    select a.task_id, a.model_id, b.model_id, open_matches.at
      from app_private.pairable_submissions a
        inner join app_private.pairable_submissions b
          on b.task_id = a.task_id and b.model_id > a.model_id and b.is_rehearsal = a.is_rehearsal
      where a.expires_at > open_matches.at
      order by a.task_id, a.model_id, b.model_id
    on conflict on constraint matches_one_per_pair do nothing;
  get diagnostics v_opened = row_count;
  if v_opened > 0 then
    perform app_private.refresh_pairing(open_matches.at);
  end if;
  return v_opened;
end;
$$;
comment on function app_private.open_matches(timestamptz) is
  'Opens a match for each pair of submissions that can be voted on, once; returns how many were opened.';
revoke all on function app_private.open_matches(timestamptz) from public;
grant execute on function app_private.open_matches(timestamptz) to autobench_worker;
--! EndIncluded arena/app_private.open_matches.sql
--! Included arena/app_private.judge_votes.sql
-- exclude_voter(), exclude_network() -> [app_private.judge_votes()] -> app_private.vote_checks, app_private.pair_counts
create or replace function app_private.judge_votes(
  ballot_ids uuid[],
  kind text,
  state text,
  at timestamptz default now()
) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changed integer;
begin
  -- In one order, as every other writer of several votes or counts.
  perform from app_public.votes v where v.ballot_id = any (ballot_ids) order by v.ballot_id for no key update;
  insert into app_private.vote_checks (ballot_id, kind, state, at)
    select u.id, judge_votes.kind, judge_votes.state, judge_votes.at
      from unnest(ballot_ids) u (id)
      order by u.id
    on conflict on constraint vote_checks_pkey do update set state = excluded.state, at = excluded.at;
  with changed as (
    update app_public.votes v
      set is_counted = not v.is_counted
      where v.ballot_id = any (ballot_ids)
        and v.is_counted = exists (select from app_private.vote_checks c where c.ballot_id = v.ballot_id and c.state = 'fail')
      returning v.ballot_id, v.verdict, v.is_counted
  ), moved as (
    select m.task_id, m.first_model_id, m.second_model_id, b.stratum,
        app_private.turn_verdict(c.verdict, b.is_first_left) as outcome,
        sum(case when c.is_counted then 1 else -1 end)::integer as votes, count(*)::integer as changed
      from changed c
        inner join app_public.ballots b on b.id = c.ballot_id
        inner join app_private.matches m on m.id = b.match_id
      group by 1, 2, 3, 4, 5
  ), added as (
    insert into app_private.pair_counts as p (task_id, first_model_id, second_model_id, stratum, outcome, votes)
      select m.task_id, m.first_model_id, m.second_model_id, m.stratum, m.outcome, greatest(m.votes, 0)
        from moved m
        order by m.task_id, m.first_model_id, m.second_model_id, m.stratum, m.outcome
      on conflict on constraint pair_counts_pkey do update
        set votes = p.votes + (
          select m.votes from moved m
            where (m.task_id, m.first_model_id, m.second_model_id, m.stratum, m.outcome)
              = (p.task_id, p.first_model_id, p.second_model_id, p.stratum, p.outcome)
        )
  )
  select coalesce(sum(m.changed), 0) into v_changed from moved m;
  return v_changed;
end;
$$;
comment on function app_private.judge_votes(uuid[], text, text, timestamptz) is
  'Records a check of votes, and moves those that count no longer, or again, out of or into the counts; returns how many moved.';
revoke all on function app_private.judge_votes(uuid[], text, text, timestamptz) from public;
--! EndIncluded arena/app_private.judge_votes.sql
--! Included arena/app_private.exclude_voter.sql
-- app_operations.exclude_voter() -> [app_private.exclude_voter()] -> app_private.judge_votes(), app_private.exclusions
create or replace function app_private.exclude_voter(
  voter_id bigint,
  reason text,
  is_excluded boolean default true,
  at timestamptz default now()
) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ballots uuid[];
  v_moved integer;
begin
  -- Votes of theirs that are under way are waited for; later ones see how the voter stands.
  perform pg_advisory_xact_lock(hashtextextended('voter:' || exclude_voter.voter_id, 0));
  update app_private.voters v
    set excluded_at = case when exclude_voter.is_excluded then exclude_voter.at end
    where v.id = exclude_voter.voter_id and (v.excluded_at is null) = exclude_voter.is_excluded;
  if not found then
    raise exception 'There is no such voter to be excluded or restored.'
      using errcode = 'TB079', hint = 'Check the id, and how the voter stands already.';
  end if;
  select coalesce(array_agg(b.id), '{}') into v_ballots
    from app_public.ballots b
      inner join app_public.votes v on v.ballot_id = b.id
    where b.voter_id = exclude_voter.voter_id;
  v_moved := app_private.judge_votes(
    v_ballots, 'voter', case when exclude_voter.is_excluded then 'fail' else 'pass' end, exclude_voter.at
  );
  insert into app_private.exclusions (voter_id, is_excluded, reason, votes, operator_id, at)
    values (
      exclude_voter.voter_id, exclude_voter.is_excluded, exclude_voter.reason, v_moved, app_public.current_user_id(), exclude_voter.at
    );
  return v_moved;
end;
$$;
comment on function app_private.exclude_voter(bigint, text, boolean, timestamptz) is
  'Takes all votes of a voter out of the count, or puts them back, and writes it down; returns how many moved. Errors: TB017, TB079.';
revoke all on function app_private.exclude_voter(bigint, text, boolean, timestamptz) from public;
--! EndIncluded arena/app_private.exclude_voter.sql
--! Included arena/app_private.exclude_network.sql
-- app_operations.exclude_network() -> [app_private.exclude_network()] -> app_private.judge_votes(), app_private.exclusions
create or replace function app_private.exclude_network(
  network_hash bytea,
  reason text,
  is_excluded boolean default true,
  at timestamptz default now()
) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ballots uuid[];
  v_moved integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('network:' || encode(exclude_network.network_hash, 'hex'), 0));
  select array_agg(v.ballot_id) into v_ballots from app_public.votes v where v.network_hash = exclude_network.network_hash;
  if v_ballots is null or exclude_network.is_excluded = coalesce((
    select e.is_excluded from app_private.exclusions e
      where e.network_hash = exclude_network.network_hash
      order by e.id desc limit 1
  ), false) then
    raise exception 'There is no such network to be excluded or restored.'
      using errcode = 'TB079', hint = 'Check the hash, and how the network stands already.';
  end if;
  v_moved := app_private.judge_votes(
    v_ballots, 'network', case when exclude_network.is_excluded then 'fail' else 'pass' end, exclude_network.at
  );
  insert into app_private.exclusions (network_hash, is_excluded, reason, votes, operator_id, at)
    values (
      exclude_network.network_hash, exclude_network.is_excluded, exclude_network.reason, v_moved, app_public.current_user_id(),
      exclude_network.at
    );
  return v_moved;
end;
$$;
comment on function app_private.exclude_network(bytea, text, boolean, timestamptz) is
  'Takes all votes from a network of one day out of the count, or puts them back, and writes it down; returns how many moved. Errors: TB017, TB079.';
revoke all on function app_private.exclude_network(bytea, text, boolean, timestamptz) from public;
--! EndIncluded arena/app_private.exclude_network.sql
--! Included arena/app_private.recount_votes.sql
-- a DBA -> [app_private.recount_votes()] -> app_private.pair_counts
create or replace function app_private.recount_votes() returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changed integer;
begin
  lock table app_private.pair_counts in share row exclusive mode; -- votes wait until this is done
  select count(*) into v_changed from app_private.count_faults f where f.fault = 'counts differ from votes';
  delete from app_private.pair_counts;
  insert into app_private.pair_counts select * from app_private.counts_of_votes;
  return v_changed;
end;
$$;
comment on function app_private.recount_votes() is 'Makes the counts anew from the votes; returns how many were wrong.';
revoke all on function app_private.recount_votes() from public;
--! EndIncluded arena/app_private.recount_votes.sql
--! Included arena/app_private.vote_anomalies.sql
-- scan_votes() -> [app_private.vote_anomalies()] -> app_private.e_value()
-- What was to be expected of a vote is taken from others' votes on the same pair of pages, and from the models' strengths as far
-- as those are few: a page that fell short of its model makes nobody suspect.
create or replace function app_private.vote_anomalies(since timestamptz, at timestamptz default now())
returns table (voter_id bigint, network_hash bytea, model_id uuid, votes integer, e_value float8, is_flagged boolean)
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  with cast_votes as materialized (
    select b.voter_id, v.network_hash, b.match_id, b.stratum, m.first_model_id, m.second_model_id, v.is_counted,
        case app_private.turn_verdict(v.verdict, b.is_first_left) when 'first' then 1.0 when 'tie' then 0.5 else 0 end::float8 as score
      from app_public.votes v
        inner join app_public.ballots b on b.id = v.ballot_id
        inner join app_private.matches m on m.id = b.match_id
      where v.created_at >= since and v.created_at <= vote_anomalies.at and v.verdict <> 'both_bad'
  ), pairs as (
    select m.id as match_id, c.stratum,
        sum(c.votes)::float8 as votes,
        sum(case c.outcome when 'first' then c.votes when 'tie' then c.votes / 2.0 else 0 end)::float8 as score
      from app_private.pair_counts c
        inner join app_private.matches m using (task_id, first_model_id, second_model_id)
      where c.outcome <> 'both_bad' and m.id in (select v.match_id from cast_votes v)
      group by m.id, c.stratum
  ), groups as (
    select v.voter_id, null::bytea as network_hash, v.match_id, v.stratum, v.first_model_id, v.second_model_id, v.score, v.is_counted
      from cast_votes v
    union all
    select null, v.network_hash, v.match_id, v.stratum, v.first_model_id, v.second_model_id, v.score, v.is_counted
      from cast_votes v
      where v.network_hash is not null
  ), owned as (
    select g.*,
        count(*) filter (where g.is_counted) over own as own_votes,
        coalesce(sum(g.score) filter (where g.is_counted) over own, 0) as own_score
      from groups g
      window own as (partition by g.voter_id, g.network_hash, g.match_id, g.stratum)
  ), expected as (
    select o.voter_id, o.network_hash, o.first_model_id, o.second_model_id, o.score,
        -- Two votes' worth of the models' strengths; never quite 0 nor 1.
        (2 / (1 + exp(greatest(least(coalesce(b.theta, 0) - coalesce(a.theta, 0), 20), -20)))
          + greatest(coalesce(p.score, 0) - o.own_score, 0))
          / (2 + greatest(coalesce(p.votes, 0) - o.own_votes, 0)) as chance
      from owned o
        left join pairs p on p.match_id = o.match_id and p.stratum = o.stratum
        left join app_private.pairing_strengths a on a.model_id = o.first_model_id
        left join app_private.pairing_strengths b on b.model_id = o.second_model_id
  ), sides as (
    select e.voter_id, e.network_hash, e.first_model_id as model_id, e.score - e.chance as surprise from expected e
    union all
    select e.voter_id, e.network_hash, e.second_model_id, e.chance - e.score from expected e
  ), evidence as (
    select s.voter_id, s.network_hash, s.model_id, count(*)::integer as votes,
        app_private.e_value(sum(ln(1 + s.surprise)), sum(ln(1 - s.surprise))) as e_value
      from sides s
      group by s.voter_id, s.network_hash, s.model_id
  )
  select e.voter_id, e.network_hash, e.model_id, e.votes, e.e_value,
      e.e_value >= (select count(distinct s.model_id) from sides s) / (select t.flag_level from app_private.arena_settings t)
    from evidence e;
$$;
comment on function app_private.vote_anomalies(timestamptz, timestamptz) is
  'How surprising the votes of each voter, and of each network, on each model are. Of the honest, a share of flag_level at most is flagged, whenever and however often one looks.';
revoke all on function app_private.vote_anomalies(timestamptz, timestamptz) from public;
--! EndIncluded arena/app_private.vote_anomalies.sql
--! Included arena/app_private.scan_votes.sql
-- scan_votes -> [app_private.scan_votes()] -> app_private.vote_anomalies(), app_private.vote_flags
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.scan_votes(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_flagged integer;
begin
  with found as (
    insert into app_private.vote_flags as f (voter_id, network_hash, model_id, votes, e_value, flagged_at, seen_at)
      select a.voter_id, a.network_hash, a.model_id, a.votes, a.e_value, scan_votes.at, scan_votes.at
        from app_private.vote_anomalies(scan_votes.at - interval '7 days', scan_votes.at) a
        where a.is_flagged
      on conflict on constraint vote_flags_once do update
        set votes = excluded.votes, e_value = greatest(f.e_value, excluded.e_value), seen_at = excluded.seen_at
      returning f.xmax = 0 as is_new -- a row that was there before bears the lock of its update
  )
  select count(*) filter (where f.is_new) into v_flagged from found f;
  return v_flagged;
end;
$$;
comment on function app_private.scan_votes(timestamptz) is
  'Flags voters and networks of the last seven days whose votes are hardly honest; returns how many are new.';
revoke all on function app_private.scan_votes(timestamptz) from public;
grant execute on function app_private.scan_votes(timestamptz) to autobench_worker;
--! EndIncluded arena/app_private.scan_votes.sql
--! Included arena/app_private.vote_health.sql
-- app_public.votes -> [app_private.vote_health()] -> app_operations.vote_health, scan_votes
-- Definer: the server and the worker hold execute grants alone.
create or replace function app_private.vote_health(since timestamptz default now() - interval '2 days')
returns table (hour_at timestamptz, received integer, counted integer, share float8, is_alarm boolean)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select h.hour_at, h.received, h.counted, h.counted / h.received::float8, h.received >= 20 and h.counted < 0.7 * h.received
    from (
      select date_bin('1 hour', v.created_at, timestamptz '2000-01-01 00:00:00+00') as hour_at,
          count(*)::integer as received, count(*) filter (where v.is_counted)::integer as counted
        from app_public.votes v
        where v.created_at >= since
        group by 1
    ) h
    order by h.hour_at;
$$;
comment on function app_private.vote_health(timestamptz) is
  'How many votes came in each hour and how many of them count: less than 70 of 100 is an alarm, since a broken check throws honest votes away.';
revoke all on function app_private.vote_health(timestamptz) from public;
grant execute on function app_private.vote_health(timestamptz) to autobench_server, autobench_worker, autobench_operator;
--! EndIncluded arena/app_private.vote_health.sql
--! Included arena/app_operations.vote_health.sql
-- app_private.vote_health() -> [app_operations.vote_health] -> voteHealth (operators' GraphQL)
create or replace view app_operations.vote_health with (security_invoker, security_barrier) as
  select h.hour_at, h.received, h.counted, h.share, h.is_alarm
    from app_private.vote_health() h;

revoke all on app_operations.vote_health from public, autobench_operator;
grant select on app_operations.vote_health to autobench_operator;

comment on view app_operations.vote_health is E'@primaryKey hour_at\nVotes of the last two days by the hour, and how many of them count.';
comment on column app_operations.vote_health.hour_at is E'@notNull\nWhen the hour began.';
comment on column app_operations.vote_health.received is E'@notNull\nVotes that came.';
comment on column app_operations.vote_health.counted is E'@notNull\nThose that count.';
comment on column app_operations.vote_health.share is E'@notNull\nTheir share.';
comment on column app_operations.vote_health.is_alarm is E'@notNull\nWhether it is so low that a check may be broken.';
--! EndIncluded arena/app_operations.vote_health.sql
--! Included arena/app_operations.vote_flags.sql
-- app_private.vote_flags -> [app_operations.vote_flags] -> voteFlags (operators' GraphQL)
create or replace view app_operations.vote_flags with (security_invoker, security_barrier) as
  select f.id, f.voter_id, encode(f.network_hash, 'hex') as network, f.model_id, f.votes, f.e_value, f.flagged_at, f.seen_at
    from app_private.vote_flags f;

revoke all on app_operations.vote_flags from public, autobench_operator;
grant select on app_operations.vote_flags to autobench_operator;

comment on view app_operations.vote_flags is
  E'@primaryKey id\n@foreignKey (model_id) references app_public.models (id)|@fieldName model\nVoters and networks that vote on a model as hardly anybody honest would.';
comment on column app_operations.vote_flags.id is E'@notNull\nIdentity of the flag.';
comment on column app_operations.vote_flags.voter_id is 'The voter, for exclude_voter().';
comment on column app_operations.vote_flags.network is 'Or the network of a day, for exclude_network().';
comment on column app_operations.vote_flags.model_id is E'@notNull\nThe model.';
comment on column app_operations.vote_flags.votes is E'@notNull\nVotes on it.';
comment on column app_operations.vote_flags.e_value is E'@notNull\nThe evidence: of the honest, one in so many gets as far.';
comment on column app_operations.vote_flags.flagged_at is E'@notNull\nWhen it first was enough.';
comment on column app_operations.vote_flags.seen_at is E'@notNull\nWhen it was last found to be.';
--! EndIncluded arena/app_operations.vote_flags.sql
--! Included arena/app_operations.exclusions.sql
-- app_private.exclusions -> [app_operations.exclusions] -> exclusions (operators' GraphQL)
create or replace view app_operations.exclusions with (security_invoker, security_barrier) as
  select e.id, e.voter_id, encode(e.network_hash, 'hex') as network, e.is_excluded, e.reason, e.votes, e.operator_id, e.at
    from app_private.exclusions e;

revoke all on app_operations.exclusions from public, autobench_operator;
grant select on app_operations.exclusions to autobench_operator;

comment on view app_operations.exclusions is
  E'@primaryKey id\n@foreignKey (operator_id) references app_public.users (id)|@fieldName operator\nWhose votes were taken out of the count or put back, and why.';
comment on column app_operations.exclusions.id is E'@notNull\nIdentity of the entry.';
comment on column app_operations.exclusions.voter_id is 'The voter.';
comment on column app_operations.exclusions.network is 'Or the network of a day.';
comment on column app_operations.exclusions.is_excluded is E'@notNull\nWhether the votes were taken out, or put back.';
comment on column app_operations.exclusions.reason is E'@notNull\nWhy.';
comment on column app_operations.exclusions.votes is E'@notNull\nHow many votes moved.';
comment on column app_operations.exclusions.operator_id is 'Who did it, unless it was done in SQL.';
comment on column app_operations.exclusions.at is E'@notNull\nWhen.';
--! EndIncluded arena/app_operations.exclusions.sql
--! Included arena/app_operations.exclude_voter.sql
-- excludeVoter (operators' GraphQL) -> [app_operations.exclude_voter()] -> app_private.exclude_voter()
-- Definer: operators may judge votes without being able to write them.
create or replace function app_operations.exclude_voter(voter_id bigint, reason text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('exclude_voter', exclude_voter.voter_id::text, exclude_voter.reason);
  return app_private.exclude_voter(exclude_voter.voter_id, exclude_voter.reason, true);
end;
$$;
comment on function app_operations.exclude_voter(bigint, text) is
  E'@resultFieldName votes\nTakes the votes of a voter out of the count, and says how many moved; boards follow within a minute. Errors: TB001, TB002, TB004, TB017, TB079.';
revoke all on function app_operations.exclude_voter(bigint, text) from public;
grant execute on function app_operations.exclude_voter(bigint, text) to autobench_operator;
--! EndIncluded arena/app_operations.exclude_voter.sql
--! Included arena/app_operations.restore_voter.sql
-- restoreVoter (operators' GraphQL) -> [app_operations.restore_voter()] -> app_private.exclude_voter()
-- Definer: operators may judge votes without being able to write them.
create or replace function app_operations.restore_voter(voter_id bigint, reason text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('restore_voter', restore_voter.voter_id::text, restore_voter.reason);
  return app_private.exclude_voter(restore_voter.voter_id, restore_voter.reason, false);
end;
$$;
comment on function app_operations.restore_voter(bigint, text) is
  E'@resultFieldName votes\nPuts the votes of a voter back into the count, and says how many moved; boards follow within a minute. Errors: TB001, TB002, TB004, TB017, TB079.';
revoke all on function app_operations.restore_voter(bigint, text) from public;
grant execute on function app_operations.restore_voter(bigint, text) to autobench_operator;
--! EndIncluded arena/app_operations.restore_voter.sql
--! Included arena/app_operations.exclude_network.sql
-- excludeNetwork (operators' GraphQL) -> [app_operations.exclude_network()] -> app_private.exclude_network()
-- Definer: operators may judge votes without being able to write them.
create or replace function app_operations.exclude_network(network text, reason text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('exclude_network', exclude_network.network, exclude_network.reason);
  return app_private.exclude_network(decode(exclude_network.network, 'hex'), exclude_network.reason, true);
end;
$$;
comment on function app_operations.exclude_network(text, text) is
  E'@resultFieldName votes\nTakes the votes from a network of one day out of the count, and says how many moved; boards follow within a minute. Errors: TB001, TB002, TB004, TB017, TB079.';
revoke all on function app_operations.exclude_network(text, text) from public;
grant execute on function app_operations.exclude_network(text, text) to autobench_operator;
--! EndIncluded arena/app_operations.exclude_network.sql
--! Included arena/app_operations.restore_network.sql
-- restoreNetwork (operators' GraphQL) -> [app_operations.restore_network()] -> app_private.exclude_network()
-- Definer: operators may judge votes without being able to write them.
create or replace function app_operations.restore_network(network text, reason text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('restore_network', restore_network.network, restore_network.reason);
  return app_private.exclude_network(decode(restore_network.network, 'hex'), restore_network.reason, false);
end;
$$;
comment on function app_operations.restore_network(text, text) is
  E'@resultFieldName votes\nPuts the votes from a network of one day back into the count, and says how many moved; boards follow within a minute. Errors: TB001, TB002, TB004, TB017, TB079.';
revoke all on function app_operations.restore_network(text, text) from public;
grant execute on function app_operations.restore_network(text, text) to autobench_operator;
--! EndIncluded arena/app_operations.restore_network.sql

--! Included ratings/app_public.rating_status.sql
-- [app_public.rating_status] -> app_public.ratings
do $$
begin
  create type app_public.rating_status as enum ('disconnected', 'provisional', 'usable', 'established');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.rating_status is
  'How much a rating can be trusted. Disconnected: the board has parts that never met. Provisional: below 100 votes or 10 tasks, steered by the prior, or wider than 60 points to either side. Established: within 30.';
revoke all on type app_public.rating_status from public;
grant usage on type app_public.rating_status to autobench_anon, autobench_member;
--! EndIncluded ratings/app_public.rating_status.sql
--! Included ratings/app_private.folded_tasks.sql
-- app_private.fold_tasks() -> [app_private.folded_tasks] -> every board, app_private.exported_votes
create table if not exists app_private.folded_tasks (
  task_id       uuid constraint folded_tasks_pkey primary key,
  position      bigint not null,
  closes_at     timestamptz not null,
  votes         integer not null,
  folded_at     timestamptz not null default now(),
  exclusion_id  bigint not null,
  constraint folded_tasks_position_unique unique (position),
  constraint folded_tasks_task foreign key (task_id) references app_public.tasks
);

call app_private.reset_access('app_private.folded_tasks');
create policy select_all on app_private.folded_tasks for select to autobench_operator
  using (true);
grant select on app_private.folded_tasks to autobench_operator;
-- No write: fold_tasks() is the door.

comment on table app_private.folded_tasks is 'Sealed tasks that have closed and are in what is published, in the order of their closing.';
comment on column app_private.folded_tasks.task_id is 'The task.';
comment on column app_private.folded_tasks.position is 'Its place in the order.';
comment on column app_private.folded_tasks.closes_at is 'When it closed.';
comment on column app_private.folded_tasks.votes is 'Counted votes that moved a rating.';
comment on column app_private.folded_tasks.folded_at is 'When it was folded.';
comment on column app_private.folded_tasks.exclusion_id is 'The last exclusion that was known then: a later one means that all is folded anew.';
--! EndIncluded ratings/app_private.folded_tasks.sql
--! Included ratings/app_private.elo_ratings.sql
-- app_private.fold_tasks() -> [app_private.elo_ratings] -> app_private.publish_board()
create table if not exists app_private.elo_ratings (
  model_id  uuid constraint elo_ratings_pkey primary key,
  elo       float8 not null,
  constraint elo_ratings_model foreign key (model_id) references app_public.models
);

call app_private.reset_access('app_private.elo_ratings');
create policy select_all on app_private.elo_ratings for select to autobench_operator
  using (true);
grant select on app_private.elo_ratings to autobench_operator;
-- No write: fold_tasks() is the door. Visitors see it on the leaderboard.

comment on table app_private.elo_ratings is 'Every model''s online Elo after the votes of all folded tasks; the sum never moves.';
comment on column app_private.elo_ratings.model_id is 'The model.';
comment on column app_private.elo_ratings.elo is 'Its Elo.';
--! EndIncluded ratings/app_private.elo_ratings.sql
--! Included ratings/app_private.elo_of_tasks.sql
-- fold_tasks(), rating_faults() -> [app_private.elo_of_tasks()] -> app_private.elo_fold()
create or replace function app_private.elo_of_tasks(models uuid[], ratings float8[], task_ids uuid[]) returns float8[]
language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_k float8;
  v_task_id uuid;
  v_firsts integer[];
  v_seconds integer[];
  v_scores float8[];
begin
  select s.elo_k into strict v_k from app_private.arena_settings s;
  foreach v_task_id in array task_ids loop
    select array_agg(f.n order by v.created_at, v.ballot_id), array_agg(s.n order by v.created_at, v.ballot_id),
        array_agg(
          case app_private.turn_verdict(v.verdict, b.is_first_left) when 'first' then 1 when 'second' then 0 else 0.5 end::float8
          order by v.created_at, v.ballot_id
        )
      into v_firsts, v_seconds, v_scores
      from app_public.ballots b
        inner join app_public.votes v on v.ballot_id = b.id
        inner join app_private.matches m on m.id = b.match_id
        inner join unnest(elo_of_tasks.models) with ordinality f (id, n) on f.id = m.first_model_id
        inner join unnest(elo_of_tasks.models) with ordinality s (id, n) on s.id = m.second_model_id
      where b.task_id = v_task_id and b.stratum = 'sealed' and v.is_counted and v.verdict <> 'both_bad';
    if v_firsts is not null then
      ratings := app_private.elo_fold(ratings, v_firsts, v_seconds, v_scores, v_k);
    end if;
  end loop;
  return ratings;
end;
$$;
comment on function app_private.elo_of_tasks(uuid[], float8[], uuid[]) is
  'Elo ratings after the counted votes of some tasks, each task''s in the order in which they were cast.';
revoke all on function app_private.elo_of_tasks(uuid[], float8[], uuid[]) from public;
--! EndIncluded ratings/app_private.elo_of_tasks.sql
--! Included ratings/app_private.fold_tasks.sql
-- refresh_leaderboards() -> [app_private.fold_tasks()] -> app_private.folded_tasks, app_private.elo_ratings
create or replace function app_private.fold_tasks(at timestamptz default now()) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_exclusion_id constant bigint := coalesce((select max(e.id) from app_private.exclusions e), 0);
  v_last app_private.folded_tasks;
  v_tasks uuid[];
  v_models uuid[];
  v_ratings float8[];
begin
  select f.* into v_last from app_private.folded_tasks f order by f.position desc limit 1;
  -- Votes are folded in the order of the tasks' closing. What would have to go in between, or has been judged anew, means all of it.
  if v_last.exclusion_id <> v_exclusion_id or exists (
    select from app_public.tasks t
      where not t.is_showcase and t.status = 'dispatched' and (t.closes_at, t.id) < (v_last.closes_at, v_last.task_id)
        and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
        and exists (select from app_private.matches m where m.task_id = t.id)
  ) then
    delete from app_private.folded_tasks;
    delete from app_private.elo_ratings;
    v_last := null;
  end if;

  select array_agg(t.id order by t.closes_at, t.id) into v_tasks
    from app_public.tasks t
    where not t.is_showcase and t.status = 'dispatched' and t.closes_at <= fold_tasks.at
      and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
      and exists (select from app_private.matches m where m.task_id = t.id);
  if v_tasks is null then
    return 0;
  end if;
  for i in 1..cardinality(v_tasks) loop
    perform pg_advisory_xact_lock(app_private.task_lock(v_tasks[i])); -- votes that are under way are waited for
  end loop;

  select array_agg(m.id order by m.id), array_agg(coalesce(e.elo, s.elo_start) order by m.id)
    into v_models, v_ratings
    from app_public.models m
      cross join app_private.arena_settings s
      left join app_private.elo_ratings e on e.model_id = m.id;
  v_ratings := app_private.elo_of_tasks(v_models, v_ratings, v_tasks);
  insert into app_private.elo_ratings as e (model_id, elo)
    select u.id, u.elo from unnest(v_models, v_ratings) u (id, elo)
    on conflict on constraint elo_ratings_pkey do update set elo = excluded.elo where e.elo <> excluded.elo;
  insert into app_private.folded_tasks (task_id, position, closes_at, votes, folded_at, exclusion_id)
    select u.id, coalesce(v_last.position, 0) + u.n, t.closes_at,
        coalesce((
          select sum(c.votes) from app_private.pair_counts c
            where c.task_id = u.id and c.stratum = 'sealed' and c.outcome <> 'both_bad'
        ), 0),
        fold_tasks.at, v_exclusion_id
      from unnest(v_tasks) with ordinality u (id, n)
        inner join app_public.tasks t on t.id = u.id;
  return cardinality(v_tasks);
end;
$$;
comment on function app_private.fold_tasks(timestamptz) is
  'Takes the sealed tasks that have closed into what is published: their Elo, in order, and from then on every board. Returns how many.';
revoke all on function app_private.fold_tasks(timestamptz) from public;
--! EndIncluded ratings/app_private.fold_tasks.sql
--! Included ratings/app_public.rating_snapshots.sql
-- app_private.publish_board() -> [app_public.rating_snapshots] -> app_public.ratings, ratingSnapshots (GraphQL)
create table if not exists app_public.rating_snapshots (
  id               bigint generated always as identity constraint rating_snapshots_pkey primary key,
  theme            text,
  has_ties         boolean not null,
  is_rehearsal     boolean not null,
  method_version   integer not null,
  prior_votes      float8 not null,
  votes            integer not null,
  tasks            integer not null,
  last_position    bigint not null,
  is_disconnected  boolean not null,
  counts_hash      bytea not null,
  exclusions_hash  bytea not null,
  ratings_hash     bytea,
  published_at     timestamptz not null default now(),
  constraint rating_snapshots_hashes_form check (
    octet_length(counts_hash) = 32 and octet_length(exclusions_hash) = 32 and octet_length(ratings_hash) = 32
  )
);
create index if not exists rating_snapshots_board_idx on app_public.rating_snapshots (is_rehearsal, theme, has_ties, id desc);
create index if not exists rating_snapshots_published_at_idx on app_public.rating_snapshots (published_at);

call app_private.reset_access('app_public.rating_snapshots');
create policy select_all on app_public.rating_snapshots for select to autobench_anon, autobench_member
  using (true);
grant select on app_public.rating_snapshots to autobench_anon, autobench_member;
-- No write: publish_board() is the door; what was published stays.

comment on table app_public.rating_snapshots is 'Every board that was ever published. It holds closed tasks only.';
comment on column app_public.rating_snapshots.id is 'Identity of the snapshot; a later one has a greater id.';
comment on column app_public.rating_snapshots.theme is 'The theme of the tasks; null for all of them.';
comment on column app_public.rating_snapshots.has_ties is 'Whether a tie counts as half a win for either, or not at all.';
comment on column app_public.rating_snapshots.is_rehearsal is 'Whether it is the board of canned models.';
comment on column app_public.rating_snapshots.method_version is
  'How it was made. 1: Bradley-Terry with prior votes, interval clustered by task and floored by dispersion, ranks by the variance of differences.';
comment on column app_public.rating_snapshots.prior_votes is 'Votes that each model has drawn against a virtual one.';
comment on column app_public.rating_snapshots.votes is 'Votes that it is made of.';
comment on column app_public.rating_snapshots.tasks is 'Tasks that they were cast on.';
comment on column app_public.rating_snapshots.last_position is 'The last folded task that it holds.';
comment on column app_public.rating_snapshots.is_disconnected is 'Whether some models have not met the others even by a third: then no order between them is known.';
comment on column app_public.rating_snapshots.counts_hash is 'SHA-256 of the counts that it is made of.';
comment on column app_public.rating_snapshots.exclusions_hash is 'SHA-256 of the votes that were left out.';
comment on column app_public.rating_snapshots.ratings_hash is 'SHA-256 of its ratings.';
comment on column app_public.rating_snapshots.published_at is 'When it was published.';
--! EndIncluded ratings/app_public.rating_snapshots.sql
--! Included ratings/app_public.ratings.sql
-- app_private.publish_board() -> [app_public.ratings] -> app_public.published_ratings
create table if not exists app_public.ratings (
  snapshot_id        bigint not null,
  model_id           uuid not null,
  rank               integer not null,
  rank_low           integer not null,
  rank_high          integer not null,
  theta              float8 not null,
  rating             float8 not null,
  se                 float8 not null,
  ci_low             float8 not null,
  ci_high            float8 not null,
  elo                float8 not null,
  votes              integer not null,
  win_rate           float8,
  ties               integer not null,
  quality_floor      float8,
  tasks              integer not null,
  success_rate       float8,
  median_latency_ms  integer,
  cost_per_answer    numeric(14, 8),
  status             app_public.rating_status not null,
  constraint ratings_pkey primary key (snapshot_id, model_id),
  constraint ratings_snapshot foreign key (snapshot_id) references app_public.rating_snapshots,
  constraint ratings_model foreign key (model_id) references app_public.models,
  constraint ratings_ranks_ordered check (1 <= rank_low and rank_low <= rank_high),
  constraint ratings_interval_finite check (ci_low > '-infinity' and ci_low <= rating and rating <= ci_high and ci_high < 'infinity')
);
create index if not exists ratings_model_id_idx on app_public.ratings (model_id, snapshot_id);

call app_private.reset_access('app_public.ratings');
create policy select_all on app_public.ratings for select to autobench_anon, autobench_member
  using (true);
grant select on app_public.ratings to autobench_anon, autobench_member;
-- No write: publish_board() is the door; what was published stays.

comment on table app_public.ratings is 'A model''s line on a published board.';
comment on column app_public.ratings.snapshot_id is 'The board.';
comment on column app_public.ratings.model_id is 'The model.';
comment on column app_public.ratings.rank is 'One more than the models that are better beyond doubt: by the variance of the difference.';
comment on column app_public.ratings.rank_low is 'The best rank that the intervals leave open.';
comment on column app_public.ratings.rank_high is 'The worst rank that the intervals leave open.';
comment on column app_public.ratings.theta is 'Bradley-Terry strength, in natural units.';
comment on column app_public.ratings.rating is 'The rating: 1000 is the mean of the board, 400 more is ten to one.';
comment on column app_public.ratings.se is 'Its standard error, clustered by task.';
comment on column app_public.ratings.ci_low is 'Where the 95 % interval begins.';
comment on column app_public.ratings.ci_high is 'Where it ends.';
comment on column app_public.ratings.elo is 'Online Elo, for those used to it: over all themes, and with ties.';
comment on column app_public.ratings.votes is 'Votes on the model''s pages, without those that found both bad.';
comment on column app_public.ratings.win_rate is 'Share of them that it won; a tie is half a win where ties count.';
comment on column app_public.ratings.ties is 'Ties among them.';
comment on column app_public.ratings.quality_floor is 'Share of its showings that were voted both bad.';
comment on column app_public.ratings.tasks is 'Tasks on which its pages were voted on.';
comment on column app_public.ratings.success_rate is 'Share of closed tasks to which it gave a page.';
comment on column app_public.ratings.median_latency_ms is 'Median time that it took for one.';
comment on column app_public.ratings.cost_per_answer is 'What one cost on average, in dollars.';
comment on column app_public.ratings.status is 'How much the rating can be trusted.';
comment on constraint ratings_snapshot on app_public.ratings is '@foreignFieldName ratings';
--! EndIncluded ratings/app_public.ratings.sql
--! Included ratings/app_private.board_counts.sql
-- app_private.folded_tasks, app_private.pair_counts -> [app_private.board_counts()] -> publish_board(), hash_counts(), board_fragility()
create or replace function app_private.board_counts(theme text, is_rehearsal boolean)
returns table (
  task_id uuid, first_model_id uuid, second_model_id uuid, first_wins integer, second_wins integer, ties integer, both_bad integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select c.task_id, c.first_model_id, c.second_model_id,
      coalesce(sum(c.votes) filter (where c.outcome = 'first'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'second'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'tie'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'both_bad'), 0)::integer
    from app_private.folded_tasks f
      inner join app_public.tasks t on t.id = f.task_id
      inner join app_private.pair_counts c on c.task_id = f.task_id
      inner join app_public.models m on m.id = c.first_model_id -- canned models meet only one another
    where c.stratum = 'sealed' and c.votes > 0 and m.is_rehearsal = board_counts.is_rehearsal
      and (board_counts.theme is null or t.theme = board_counts.theme)
    group by c.task_id, c.first_model_id, c.second_model_id;
$$;
comment on function app_private.board_counts(text, boolean) is
  'What a board is made of: how each pair of each folded task ended; of one theme, or of all.';
revoke all on function app_private.board_counts(text, boolean) from public;
--! EndIncluded ratings/app_private.board_counts.sql
--! Included ratings/app_private.hash_counts.sql
-- publish_board(), rating_faults() -> [app_private.hash_counts()] -> app_public.rating_snapshots.counts_hash
create or replace function app_private.hash_counts(theme text, is_rehearsal boolean) returns bytea
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(coalesce(
      string_agg(
        concat_ws(' ', c.task_id, c.first_model_id, c.second_model_id, c.first_wins, c.second_wins, c.ties, c.both_bad),
        E'\n' order by c.task_id, c.first_model_id, c.second_model_id
      ),
      ''
    ), 'UTF8'))
    from app_private.board_counts(theme, is_rehearsal) c;
$$;
comment on function app_private.hash_counts(text, boolean) is
  'SHA-256 of a board''s counts: a line for each task and pair, ordered, with task, models, wins of either, ties and both bad.';
revoke all on function app_private.hash_counts(text, boolean) from public;
--! EndIncluded ratings/app_private.hash_counts.sql
--! Included ratings/app_private.hash_exclusions.sql
-- publish_board() -> [app_private.hash_exclusions()] -> app_public.rating_snapshots.exclusions_hash
create or replace function app_private.hash_exclusions() returns bytea
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(coalesce(string_agg(v.ballot_id::text, E'\n' order by v.ballot_id), ''), 'UTF8'))
    from app_public.votes v
      inner join app_public.ballots b on b.id = v.ballot_id
      inner join app_private.folded_tasks f on f.task_id = b.task_id
    where not v.is_counted and b.stratum = 'sealed';
$$;
comment on function app_private.hash_exclusions() is 'SHA-256 of the votes on folded tasks that do not count: a line for each ballot, ordered.';
revoke all on function app_private.hash_exclusions() from public;
--! EndIncluded ratings/app_private.hash_exclusions.sql
--! Included ratings/app_private.hash_ratings.sql
-- publish_board(), rating_faults() -> [app_private.hash_ratings()] -> app_public.rating_snapshots.ratings_hash
create or replace function app_private.hash_ratings(snapshot_id bigint) returns bytea
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(coalesce(
      string_agg(
        concat_ws(' ', r.model_id, r.rank, r.rank_low, r.rank_high, r.rating, r.ci_low, r.ci_high, r.elo, r.votes, r.ties, r.tasks, r.status),
        E'\n' order by r.model_id
      ),
      ''
    ), 'UTF8'))
    from app_public.ratings r
    where r.snapshot_id = hash_ratings.snapshot_id;
$$;
comment on function app_private.hash_ratings(bigint) is
  'SHA-256 of a snapshot''s ratings: a line for each model, ordered, with model, ranks, rating, interval, Elo, votes, ties, tasks and status.';
revoke all on function app_private.hash_ratings(bigint) from public;
--! EndIncluded ratings/app_private.hash_ratings.sql
--! Included ratings/app_private.submission_figures.sql
-- publish_board() -> [app_private.submission_figures()]
create or replace function app_private.submission_figures(theme text, at timestamptz)
returns table (model_id uuid, success_rate float8, median_latency_ms integer, cost_per_answer numeric)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.model_id,
      (count(*) filter (where s.status = 'succeeded'))::float8 / count(*),
      (percentile_cont(0.5) within group (order by s.latency_ms) filter (where s.status = 'succeeded'))::integer,
      sum(s.cost_usd) / nullif(count(*) filter (where s.status = 'succeeded'), 0)
    from app_public.submissions s
      inner join app_public.tasks t on t.id = s.task_id
    where t.closes_at <= submission_figures.at and (submission_figures.theme is null or t.theme = submission_figures.theme)
    group by s.model_id;
$$;
comment on function app_private.submission_figures(text, timestamptz) is
  'How often each model gave a page on closed tasks, how long it took and what it cost.';
revoke all on function app_private.submission_figures(text, timestamptz) from public;
--! EndIncluded ratings/app_private.submission_figures.sql
--! Included ratings/app_private.publish_board.sql
-- refresh_leaderboards() -> [app_private.publish_board()] -> app_private.fit_board(), app_public.rating_snapshots, app_public.ratings
create or replace function app_private.publish_board(theme text, is_rehearsal boolean, at timestamptz default now()) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  c_method constant integer := 1;
  z constant float8 := 1.959963984540054;
  v_prior float8;
  v_counts_hash constant bytea := app_private.hash_counts(publish_board.theme, publish_board.is_rehearsal);
  v_exclusions_hash constant bytea := app_private.hash_exclusions();
  v_models uuid[];
  v_task_ids uuid[];
  v_first_ids uuid[];
  v_second_ids uuid[];
  v_both_bad integer[];
  v_tasks integer[];
  v_firsts integer[];
  v_seconds integer[];
  v_first_wins float8[];
  v_second_wins float8[];
  v_ties float8[];
  v_snapshot_id bigint;
  v_has_ties boolean;
begin
  select s.prior_votes into strict v_prior from app_private.arena_settings s;
  if exists (
    select from (
      select s.* from app_public.rating_snapshots s
        where s.is_rehearsal = publish_board.is_rehearsal and s.theme is not distinct from publish_board.theme
        order by s.id desc limit 1
    ) l
    where (l.counts_hash, l.exclusions_hash, l.method_version, l.prior_votes) = (v_counts_hash, v_exclusions_hash, c_method, v_prior)
  ) then
    return 0; -- nothing that it is made of has changed
  end if;

  -- Read once; all that follows is made of these.
  select array_agg(c.task_id), array_agg(c.first_model_id), array_agg(c.second_model_id), array_agg(c.first_wins::float8),
      array_agg(c.second_wins::float8), array_agg(c.ties::float8), array_agg(c.both_bad)
    into v_task_ids, v_first_ids, v_second_ids, v_first_wins, v_second_wins, v_ties, v_both_bad
    from app_private.board_counts(publish_board.theme, publish_board.is_rehearsal) c;
  select array_agg(distinct m.id order by m.id) into v_models
    from unnest(v_first_ids, v_second_ids, v_first_wins, v_second_wins, v_ties) c (first_id, second_id, w, l, t)
      cross join lateral (values (c.first_id), (c.second_id)) m (id)
    where c.w + c.l + c.t > 0;
  if v_models is null and not exists (
    select from app_public.rating_snapshots s
      where s.is_rehearsal = publish_board.is_rehearsal and s.theme is not distinct from publish_board.theme
  ) then
    return 0; -- nobody has voted yet
  end if;
  select array_agg(e.task order by e.n), array_agg(e.first order by e.n), array_agg(e.second order by e.n)
    into v_tasks, v_firsts, v_seconds
    from (
      select c.n, (dense_rank() over (order by c.task_id))::integer as task, coalesce(array_position(v_models, c.first_id), 0) as first,
          coalesce(array_position(v_models, c.second_id), 0) as second
        from unnest(v_task_ids, v_first_ids, v_second_ids) with ordinality c (task_id, first_id, second_id, n)
    ) e;

  foreach v_has_ties in array array[true, false] loop
    insert into app_public.rating_snapshots
        (theme, has_ties, is_rehearsal, method_version, prior_votes, votes, tasks, last_position, is_disconnected, counts_hash, exclusions_hash, published_at)
      values (
        publish_board.theme, v_has_ties, publish_board.is_rehearsal, c_method, v_prior,
        coalesce((select sum(n) from unnest(v_first_wins || v_second_wins || case when v_has_ties then v_ties end) n), 0),
        (
          select count(distinct c.task)
            from unnest(v_tasks, v_first_wins, v_second_wins, v_ties) c (task, w, l, t)
            where c.w + c.l + case when v_has_ties then c.t else 0 end > 0
        ),
        coalesce((select max(f.position) from app_private.folded_tasks f), 0),
        false, v_counts_hash, v_exclusions_hash, publish_board.at
      )
      returning id into v_snapshot_id;
    with fitted as materialized (
      select v_models[f.position] as model_id, f.*, max(f.component) over () > 1 as is_disconnected, z * f.se as half
        from app_private.fit_board(
          coalesce(cardinality(v_models), 0), coalesce(v_tasks, '{}'), coalesce(v_firsts, '{}'), coalesce(v_seconds, '{}'),
          coalesce(v_first_wins, '{}'),
          case when v_has_ties then coalesce(v_ties, '{}') else array_fill(0::float8, array[coalesce(cardinality(v_ties), 0)]) end,
          coalesce(v_second_wins, '{}'), v_prior
        ) f
    ), tallied as (
      select m.model_id, sum(m.wins) as wins, sum(m.losses) as losses, sum(c.t) as ties, sum(c.b) as both_bad
        from unnest(v_first_ids, v_second_ids, v_first_wins, v_second_wins, v_ties, v_both_bad) c (first_id, second_id, w, l, t, b)
          cross join lateral (values (c.first_id, c.w, c.l), (c.second_id, c.l, c.w)) m (model_id, wins, losses)
        group by m.model_id
    )
    insert into app_public.ratings (
        snapshot_id, model_id, rank, rank_low, rank_high, theta, rating, se, ci_low, ci_high, elo, votes, win_rate, ties,
        quality_floor, tasks, success_rate, median_latency_ms, cost_per_answer, status
      )
      select v_snapshot_id, f.model_id, f.rank, f.rank_low, f.rank_high, f.theta, f.rating, f.se, f.rating - f.half, f.rating + f.half,
          coalesce(e.elo, s.elo_start), f.votes,
          case when v_has_ties then (t.wins + t.ties / 2.0) / nullif(t.wins + t.losses + t.ties, 0)
            else t.wins / nullif(t.wins + t.losses, 0) end,
          t.ties, t.both_bad / nullif(t.wins + t.losses + t.ties + t.both_bad, 0),
          f.tasks_met, g.success_rate, g.median_latency_ms, g.cost_per_answer,
          case
            when f.is_disconnected then 'disconnected'
            when f.votes < 100 or f.tasks_met < 10 or f.prior_share > 0.02 or f.half > 60 then 'provisional'
            when f.half > 30 then 'usable'
            else 'established'
          end::app_public.rating_status
        from fitted f
          cross join app_private.arena_settings s
          inner join tallied t on t.model_id = f.model_id
          left join app_private.elo_ratings e on e.model_id = f.model_id
          left join app_private.submission_figures(publish_board.theme, publish_board.at) g on g.model_id = f.model_id;
    update app_public.rating_snapshots s
      set ratings_hash = app_private.hash_ratings(s.id),
        is_disconnected = exists (select from app_public.ratings r where r.snapshot_id = s.id and r.status = 'disconnected')
      where s.id = v_snapshot_id;
  end loop;
  return 2;
end;
$$;
comment on function app_private.publish_board(text, boolean, timestamptz) is
  'Publishes a board anew, with ties and without, if what it is made of has changed; returns how many snapshots it made. Errors: TB072.';
revoke all on function app_private.publish_board(text, boolean, timestamptz) from public;
--! EndIncluded ratings/app_private.publish_board.sql
--! Included ratings/app_public.published_ratings.sql
-- app_public.ratings, app_public.rating_snapshots -> [app_public.published_ratings] -> app_private.leaderboard, ratingHistory (GraphQL)
create or replace view app_public.published_ratings with (security_invoker, security_barrier) as
  select r.snapshot_id, s.theme, s.has_ties, s.is_rehearsal, s.published_at, r.rank, r.rank_low, r.rank_high,
      r.model_id, m.slug, m.display_name, r.rating, r.ci_low, r.ci_high, r.elo, r.votes, r.win_rate, r.ties, r.quality_floor, r.tasks,
      r.success_rate, r.median_latency_ms, r.cost_per_answer, r.status
    from app_public.rating_snapshots s
      inner join app_public.ratings r on r.snapshot_id = s.id
      inner join app_public.models m on m.id = r.model_id;

revoke all on app_public.published_ratings from public, autobench_anon, autobench_member;
grant select on app_public.published_ratings to autobench_anon, autobench_member;

comment on view app_public.published_ratings is
  E'@primaryKey snapshot_id,model_id\n@behavior -query:resource:list -query:resource:connection -query:resource:single\nEvery line of every board that was ever published, in the shape of the leaderboard.';
comment on column app_public.published_ratings.snapshot_id is E'@notNull\nThe snapshot that the line is of.';
comment on column app_public.published_ratings.theme is 'The theme of the tasks; null for all of them.';
comment on column app_public.published_ratings.has_ties is E'@notNull\nWhether a tie counts as half a win for either, or not at all.';
comment on column app_public.published_ratings.is_rehearsal is E'@notNull\nWhether it is the board of canned models.';
comment on column app_public.published_ratings.published_at is E'@notNull\nWhen the board was published.';
comment on column app_public.published_ratings.rank is E'@notNull\nOne more than the models that are better beyond doubt.';
comment on column app_public.published_ratings.rank_low is E'@notNull\nThe best rank that the intervals leave open.';
comment on column app_public.published_ratings.rank_high is E'@notNull\nThe worst rank that the intervals leave open.';
comment on column app_public.published_ratings.model_id is E'@notNull\nThe model.';
comment on column app_public.published_ratings.slug is E'@notNull\nIts short name.';
comment on column app_public.published_ratings.display_name is E'@notNull\nIts name.';
comment on column app_public.published_ratings.rating is E'@notNull\nBradley-Terry rating: 1000 is the mean of the board.';
comment on column app_public.published_ratings.ci_low is E'@notNull\nWhere the 95 % interval, clustered by task, begins.';
comment on column app_public.published_ratings.ci_high is E'@notNull\nWhere it ends.';
comment on column app_public.published_ratings.elo is E'@notNull\nOnline Elo, over all themes and with ties.';
comment on column app_public.published_ratings.votes is E'@notNull\nVotes on its pages, without those that found both bad.';
comment on column app_public.published_ratings.win_rate is 'Share of them that it won.';
comment on column app_public.published_ratings.ties is E'@notNull\nTies among them.';
comment on column app_public.published_ratings.quality_floor is 'Share of its showings that were voted both bad.';
comment on column app_public.published_ratings.tasks is E'@notNull\nTasks on which its pages were voted on.';
comment on column app_public.published_ratings.success_rate is 'Share of closed tasks to which it gave a page.';
comment on column app_public.published_ratings.median_latency_ms is 'Median time that it took for one, in milliseconds.';
comment on column app_public.published_ratings.cost_per_answer is 'What one cost on average, in dollars.';
comment on column app_public.published_ratings.status is E'@notNull\nHow much the rating can be trusted.';
--! EndIncluded ratings/app_public.published_ratings.sql
--! Included ratings/app_private.leaderboard.sql
-- app_public.published_ratings -> [app_private.leaderboard] -> app_public.leaderboard
-- Made once: a change of its columns is a migration, since views and functions stand on it.
create materialized view if not exists app_private.leaderboard as
  select p.*
    from app_public.published_ratings p
    where p.snapshot_id in (
      select max(s.id) from app_public.rating_snapshots s group by s.is_rehearsal, s.theme, s.has_ties
    );
-- squawk-ignore require-concurrent-index-creation -- the view has just been made
create unique index if not exists leaderboard_one_line_per_model on app_private.leaderboard (snapshot_id, model_id);
revoke all on app_private.leaderboard from public;

comment on materialized view app_private.leaderboard is 'The latest snapshot of every board; app_public.leaderboard shows it.';
comment on column app_private.leaderboard.snapshot_id is 'The snapshot that the line is of.';
comment on column app_private.leaderboard.theme is 'The theme of the tasks; null for all of them.';
comment on column app_private.leaderboard.has_ties is 'Whether a tie counts as half a win for either, or not at all.';
comment on column app_private.leaderboard.is_rehearsal is 'Whether it is the board of canned models.';
comment on column app_private.leaderboard.published_at is 'When the board was published.';
comment on column app_private.leaderboard.rank is 'One more than the models that are better beyond doubt.';
comment on column app_private.leaderboard.rank_low is 'The best rank that the intervals leave open.';
comment on column app_private.leaderboard.rank_high is 'The worst rank that the intervals leave open.';
comment on column app_private.leaderboard.model_id is 'The model.';
comment on column app_private.leaderboard.slug is 'Its short name.';
comment on column app_private.leaderboard.display_name is 'Its name.';
comment on column app_private.leaderboard.rating is 'Bradley-Terry rating: 1000 is the mean of the board.';
comment on column app_private.leaderboard.ci_low is 'Where the 95 % interval, clustered by task, begins.';
comment on column app_private.leaderboard.ci_high is 'Where it ends.';
comment on column app_private.leaderboard.elo is 'Online Elo, over all themes and with ties.';
comment on column app_private.leaderboard.votes is 'Votes on its pages, without those that found both bad.';
comment on column app_private.leaderboard.win_rate is 'Share of them that it won.';
comment on column app_private.leaderboard.ties is 'Ties among them.';
comment on column app_private.leaderboard.quality_floor is 'Share of its showings that were voted both bad.';
comment on column app_private.leaderboard.tasks is 'Tasks on which its pages were voted on.';
comment on column app_private.leaderboard.success_rate is 'Share of closed tasks to which it gave a page.';
comment on column app_private.leaderboard.median_latency_ms is 'Median time that it took for one, in milliseconds.';
comment on column app_private.leaderboard.cost_per_answer is 'What one cost on average, in dollars.';
comment on column app_private.leaderboard.status is 'How much the rating can be trusted.';
--! EndIncluded ratings/app_private.leaderboard.sql
--! Included ratings/app_public.leaderboard.sql
-- refresh_leaderboards -> app_private.leaderboard -> [app_public.leaderboard] -> leaderboard (GraphQL)
-- With its owner's rights, since a materialized view has no row-level security: what is in it has been published.
create or replace view app_public.leaderboard with (security_barrier) as
  select * from app_private.leaderboard;

revoke all on app_public.leaderboard from public, autobench_anon, autobench_member;
grant select on app_public.leaderboard to autobench_anon, autobench_member;

comment on view app_public.leaderboard is
  E'@name standing\n@primaryKey snapshot_id,model_id\n@behavior -query:resource:connection -query:resource:list -query:resource:single\n@foreignKey (model_id) references app_public.models (id)|@fieldName model|@foreignFieldName standings\n@foreignKey (snapshot_id) references app_public.rating_snapshots (id)|@fieldName snapshot|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nThe boards as they stand: all themes (theme is null) and each theme, with ties and without, canned models apart. Closed tasks only.';
comment on column app_public.leaderboard.snapshot_id is E'@notNull\nThe snapshot that the line is of.';
comment on column app_public.leaderboard.theme is 'The theme of the tasks; null for all of them.';
comment on column app_public.leaderboard.has_ties is E'@notNull\nWhether a tie counts as half a win for either, or not at all.';
comment on column app_public.leaderboard.is_rehearsal is E'@notNull\nWhether it is the board of canned models.';
comment on column app_public.leaderboard.published_at is E'@notNull\nWhen the board was published.';
comment on column app_public.leaderboard.rank is E'@notNull\nOne more than the models that are better beyond doubt.';
comment on column app_public.leaderboard.rank_low is E'@notNull\nThe best rank that the intervals leave open.';
comment on column app_public.leaderboard.rank_high is E'@notNull\nThe worst rank that the intervals leave open.';
comment on column app_public.leaderboard.model_id is E'@notNull\nThe model.';
comment on column app_public.leaderboard.slug is E'@notNull\nIts short name.';
comment on column app_public.leaderboard.display_name is E'@notNull\nIts name.';
comment on column app_public.leaderboard.rating is E'@notNull\nBradley-Terry rating: 1000 is the mean of the board.';
comment on column app_public.leaderboard.ci_low is E'@notNull\nWhere the 95 % interval, clustered by task, begins.';
comment on column app_public.leaderboard.ci_high is E'@notNull\nWhere it ends.';
comment on column app_public.leaderboard.elo is E'@notNull\nOnline Elo, over all themes and with ties.';
comment on column app_public.leaderboard.votes is E'@notNull\nVotes on its pages, without those that found both bad.';
comment on column app_public.leaderboard.win_rate is 'Share of them that it won.';
comment on column app_public.leaderboard.ties is E'@notNull\nTies among them.';
comment on column app_public.leaderboard.quality_floor is 'Share of its showings that were voted both bad.';
comment on column app_public.leaderboard.tasks is E'@notNull\nTasks on which its pages were voted on.';
comment on column app_public.leaderboard.success_rate is 'Share of closed tasks to which it gave a page.';
comment on column app_public.leaderboard.median_latency_ms is 'Median time that it took for one, in milliseconds.';
comment on column app_public.leaderboard.cost_per_answer is 'What one cost on average, in dollars.';
comment on column app_public.leaderboard.status is E'@notNull\nHow much the rating can be trusted.';

create or replace function app_public.leaderboard(theme text default null, has_ties boolean default true, is_rehearsal boolean default null)
returns setof app_public.leaderboard
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select b.*
    from app_public.leaderboard b
    where b.theme is not distinct from leaderboard.theme and b.has_ties = leaderboard.has_ties
      and b.is_rehearsal = coalesce(leaderboard.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
    order by b.rating desc, b.model_id;
$$;
comment on function app_public.leaderboard(text, boolean, boolean) is
  'A board as it stands: of one theme, or of all; with ties, or without; of canned models when asked for, or when there is no other.';
revoke all on function app_public.leaderboard(text, boolean, boolean) from public;
grant execute on function app_public.leaderboard(text, boolean, boolean) to autobench_anon, autobench_member;
--! EndIncluded ratings/app_public.leaderboard.sql
--! Included ratings/app_private.head_to_head.sql
-- app_private.folded_tasks, app_private.pair_counts -> [app_private.head_to_head] -> app_public.head_to_head
-- Made once: a change of its columns is a migration.
create materialized view if not exists app_private.head_to_head as
  select s.model_id, s.opponent_id, s.theme, s.wins, s.losses, s.ties, s.both_bad, s.tasks,
      case when s.votes > 0 then (s.wins + s.ties / 2.0) / s.votes end::float8 as win_rate,
      case when s.votes > 0 then
        ((s.wins + s.ties / 2.0) / s.votes + z.q / (2 * s.votes)
          - sqrt(z.q * ((s.wins + s.ties / 2.0) * (s.losses + s.ties / 2.0) / s.votes + z.q / 4)) / s.votes) / (1 + z.q / s.votes)
      end::float8 as win_rate_low,
      case when s.votes > 0 then
        ((s.wins + s.ties / 2.0) / s.votes + z.q / (2 * s.votes)
          + sqrt(z.q * ((s.wins + s.ties / 2.0) * (s.losses + s.ties / 2.0) / s.votes + z.q / 4)) / s.votes) / (1 + z.q / s.votes)
      end::float8 as win_rate_high
    from (
      select d.model_id, d.opponent_id, a.theme, sum(d.wins)::integer as wins, sum(d.losses)::integer as losses,
          sum(p.ties)::integer as ties, sum(p.both_bad)::integer as both_bad, sum(p.tasks)::integer as tasks,
          sum(d.wins + d.losses + p.ties)::integer as votes
        from (
          select t.theme, c.first_model_id, c.second_model_id, count(distinct c.task_id) as tasks,
              coalesce(sum(c.votes) filter (where c.outcome = 'first'), 0) as first_wins,
              coalesce(sum(c.votes) filter (where c.outcome = 'second'), 0) as second_wins,
              coalesce(sum(c.votes) filter (where c.outcome = 'tie'), 0) as ties,
              coalesce(sum(c.votes) filter (where c.outcome = 'both_bad'), 0) as both_bad
            from app_private.folded_tasks f
              inner join app_public.tasks t on t.id = f.task_id
              inner join app_private.pair_counts c on c.task_id = f.task_id and c.stratum = 'sealed' and c.votes > 0
            group by t.theme, c.first_model_id, c.second_model_id
        ) p
          cross join lateral (values
            (p.first_model_id, p.second_model_id, p.first_wins, p.second_wins),
            (p.second_model_id, p.first_model_id, p.second_wins, p.first_wins)
          ) d (model_id, opponent_id, wins, losses)
          cross join lateral (values (null), (p.theme)) a (theme)
        group by d.model_id, d.opponent_id, a.theme
    ) s
    cross join (values (1.959963984540054 ^ 2)) z (q);
-- squawk-ignore require-concurrent-index-creation -- the view has just been made
create unique index if not exists head_to_head_one_per_pair
  on app_private.head_to_head (model_id, opponent_id, theme) nulls not distinct;
revoke all on app_private.head_to_head from public;

comment on materialized view app_private.head_to_head is 'How each model fared against each other on folded tasks; app_public.head_to_head shows it.';
comment on column app_private.head_to_head.model_id is 'The model.';
comment on column app_private.head_to_head.opponent_id is 'The model that it met.';
comment on column app_private.head_to_head.theme is 'The theme of the tasks; null for all of them.';
comment on column app_private.head_to_head.wins is 'Votes for the model.';
comment on column app_private.head_to_head.losses is 'Votes for its opponent.';
comment on column app_private.head_to_head.ties is 'Votes that found them as good.';
comment on column app_private.head_to_head.both_bad is 'Votes that found both bad.';
comment on column app_private.head_to_head.tasks is 'Tasks that these were cast on.';
comment on column app_private.head_to_head.win_rate is 'Share of the votes that the model won, a tie being half; null when all found both bad.';
comment on column app_private.head_to_head.win_rate_low is 'Where Wilson''s 95 % interval of it begins.';
comment on column app_private.head_to_head.win_rate_high is 'Where it ends.';
--! EndIncluded ratings/app_private.head_to_head.sql
--! Included ratings/app_public.head_to_head.sql
-- refresh_leaderboards -> app_private.head_to_head -> [app_public.head_to_head] -> headToHead (GraphQL)
-- With its owner's rights, since a materialized view has no row-level security: what is in it has been published.
create or replace view app_public.head_to_head with (security_barrier) as
  select * from app_private.head_to_head;

revoke all on app_public.head_to_head from public, autobench_anon, autobench_member;
grant select on app_public.head_to_head to autobench_anon, autobench_member;

comment on view app_public.head_to_head is
  E'@name meeting\n@behavior -query:resource:connection -query:resource:list\n@foreignKey (model_id) references app_public.models (id)|@fieldName model|@foreignFieldName meetings\n@foreignKey (opponent_id) references app_public.models (id)|@fieldName opponent|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nHow each model fared against each other, over all themes (theme is null) and in each: sealed votes on closed tasks.';
comment on column app_public.head_to_head.model_id is E'@notNull\nThe model.';
comment on column app_public.head_to_head.opponent_id is E'@notNull\nThe model that it met.';
comment on column app_public.head_to_head.theme is 'The theme of the tasks; null for all of them.';
comment on column app_public.head_to_head.wins is E'@notNull\nVotes for the model.';
comment on column app_public.head_to_head.losses is E'@notNull\nVotes for its opponent.';
comment on column app_public.head_to_head.ties is E'@notNull\nVotes that found them as good.';
comment on column app_public.head_to_head.both_bad is E'@notNull\nVotes that found both bad.';
comment on column app_public.head_to_head.tasks is E'@notNull\nTasks that these were cast on.';
comment on column app_public.head_to_head.win_rate is 'Share of the votes that the model won, a tie being half; null when all found both bad.';
comment on column app_public.head_to_head.win_rate_low is 'Where Wilson''s 95 % interval of it begins.';
comment on column app_public.head_to_head.win_rate_high is 'Where it ends.';

create or replace function app_public.head_to_head(theme text default null, is_rehearsal boolean default null)
returns setof app_public.head_to_head
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select h.*
    from app_public.head_to_head h
      inner join app_public.models m on m.id = h.model_id
      inner join app_public.models o on o.id = h.opponent_id
    where h.theme is not distinct from head_to_head.theme
      and m.is_rehearsal = coalesce(head_to_head.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
    order by m.slug, o.slug;
$$;
comment on function app_public.head_to_head(text, boolean) is
  'How each model fared against each other: on tasks of one theme, or on all; canned models when asked for, or when there are no others.';
revoke all on function app_public.head_to_head(text, boolean) from public;
grant execute on function app_public.head_to_head(text, boolean) to autobench_anon, autobench_member;
--! EndIncluded ratings/app_public.head_to_head.sql
--! Included ratings/app_public.leaderboard_as_of.sql
-- app_public.published_ratings -> [app_public.leaderboard_as_of()] -> leaderboardAsOf (GraphQL)
create or replace function app_public.leaderboard_as_of(
  day date,
  theme text default null,
  has_ties boolean default true,
  is_rehearsal boolean default null
) returns setof app_public.leaderboard
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p.*
    from app_public.published_ratings p
    where p.snapshot_id = (
      select max(s.id)
        from app_public.rating_snapshots s
        where s.published_at < (leaderboard_as_of.day + 1)::timestamp at time zone 'utc'
          and s.theme is not distinct from leaderboard_as_of.theme
          and s.has_ties = leaderboard_as_of.has_ties
          and s.is_rehearsal = coalesce(leaderboard_as_of.is_rehearsal, not exists (select from app_public.rating_snapshots o where not o.is_rehearsal))
    )
    order by p.rating desc, p.model_id;
$$;
comment on function app_public.leaderboard_as_of(date, text, boolean, boolean) is
  'A board as it stood at the end of a UTC day: of one theme, or of all; with ties, or without; of canned models when asked for, or when there is no other.';
revoke all on function app_public.leaderboard_as_of(date, text, boolean, boolean) from public;
grant execute on function app_public.leaderboard_as_of(date, text, boolean, boolean) to autobench_anon, autobench_member;
--! EndIncluded ratings/app_public.leaderboard_as_of.sql
--! Included ratings/app_public.rating_history.sql
-- app_public.published_ratings -> [app_public.rating_history()] -> ratingHistory (GraphQL)
create or replace function app_public.rating_history(model_id uuid, theme text default null, has_ties boolean default true)
returns setof app_public.leaderboard
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p.*
    from app_public.published_ratings p
    where p.model_id = rating_history.model_id and p.theme is not distinct from rating_history.theme
      and p.has_ties = rating_history.has_ties
    order by p.snapshot_id;
$$;
comment on function app_public.rating_history(uuid, text, boolean) is
  'A model''s line on every board that was published, the oldest first: of one theme, or of all; with ties, or without.';
revoke all on function app_public.rating_history(uuid, text, boolean) from public;
grant execute on function app_public.rating_history(uuid, text, boolean) to autobench_anon, autobench_member;
--! EndIncluded ratings/app_public.rating_history.sql
--! Included ratings/app_private.refresh_leaderboards.sql
-- refresh_leaderboards, publish_boards -> [app_private.refresh_leaderboards()] -> app_private.fold_tasks(), app_private.publish_board()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.refresh_leaderboards(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_published integer := 0;
  v_board record;
begin
  -- One at a time: two refreshes would publish the same board twice. Whoever comes second waits, since the first may have
  -- begun before the task closed that this one was called for.
  perform pg_advisory_xact_lock(hashtextextended('refresh_leaderboards', 0));
  if app_private.fold_tasks(refresh_leaderboards.at) = 0 then
    return 0; -- no task has closed, and no vote was judged anew
  end if;

  for v_board in
    select distinct b.theme, m.is_rehearsal
      from app_private.folded_tasks f
        inner join app_public.tasks t on t.id = f.task_id
        inner join app_private.matches c on c.task_id = f.task_id
        inner join app_public.models m on m.id = c.first_model_id
        cross join lateral (values (null), (t.theme)) b (theme)
      order by m.is_rehearsal, b.theme nulls first
  loop
    v_published := v_published + app_private.publish_board(v_board.theme, v_board.is_rehearsal, refresh_leaderboards.at);
  end loop;
  if v_published > 0 then
    refresh materialized view concurrently app_private.leaderboard;
    refresh materialized view concurrently app_private.head_to_head;
    -- One for all boards, never one for a vote; whoever hears it reads the boards themselves.
    perform pg_notify('leaderboard', json_build_object('id', (
        select max(s.id)::text from app_public.rating_snapshots s where s.theme is null and s.has_ties
      ))::text);
  end if;
  return v_published;
end;
$$;
comment on function app_private.refresh_leaderboards(timestamptz) is
  'Takes in the tasks that have closed, and publishes the boards that this changes; a second run finds nothing to do. Returns how many snapshots it made.';
revoke all on function app_private.refresh_leaderboards(timestamptz) from public;
grant execute on function app_private.refresh_leaderboards(timestamptz) to autobench_worker;
--! EndIncluded ratings/app_private.refresh_leaderboards.sql
--! Included ratings/app_private.board_work.sql
-- refresh_leaderboards -> [app_private.board_work()] -> app_private.refresh_leaderboards(), app_private.refresh_pairing()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.board_work(at timestamptz default now(), out has_closed boolean, out has_voted boolean)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
      select from app_public.tasks t
        where not t.is_showcase and t.status = 'dispatched' and t.closes_at <= board_work.at
          and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
          and exists (select from app_private.matches m where m.task_id = t.id)
    ) or exists (
      select from app_private.exclusions e
        where e.id > (select f.exclusion_id from app_private.folded_tasks f order by f.position desc limit 1)
    ),
    exists (
      select from app_public.votes v
        where v.created_at > coalesce((select min(s.fitted_at) from app_private.pairing_strengths s), '-infinity') - interval '1 minute'
    );
$$;
comment on function app_private.board_work(timestamptz) is
  'Whether a task has closed, or votes were judged anew, since boards were last published; and whether somebody has voted since pairs were last weighed.';
revoke all on function app_private.board_work(timestamptz) from public;
grant execute on function app_private.board_work(timestamptz) to autobench_worker;
--! EndIncluded ratings/app_private.board_work.sql
--! Included ratings/app_private.exported_votes.sql
-- app_public.votes -> [app_private.exported_votes] -> votes_csv(), votes_json()
create or replace view app_private.exported_votes with (security_invoker, security_barrier) as
  select t.challenge_date, t.slot, t.id as task_id, t.theme, b.stratum,
      l.slug as left_model, r.slug as right_model, v.verdict, b.propensity, v.dwell_ms, v.created_at, l.is_rehearsal,
      encode(substr(extensions.hmac(convert_to(b.voter_id::text, 'UTF8'), uuid_send(s.export_salt), 'sha256'), 1, 8), 'hex') as voter,
      t.closes_at, v.ballot_id
    from app_public.votes v
      inner join app_public.ballots b on b.id = v.ballot_id
      inner join app_private.matches m on m.id = b.match_id
      inner join app_public.tasks t on t.id = b.task_id
      inner join app_public.models l on l.id = case when b.is_first_left then m.first_model_id else m.second_model_id end
      inner join app_public.models r on r.id = case when b.is_first_left then m.second_model_id else m.first_model_id end
      cross join app_private.arena_settings s
      left join app_private.folded_tasks f on f.task_id = t.id
    where v.is_counted and (f.task_id is not null or (t.is_showcase and t.closes_at <= now()));

revoke all on app_private.exported_votes from public;

comment on view app_private.exported_votes is
  'Every counted vote on tasks that have closed, without a word of who cast it: the boards can be made anew from it.';
comment on column app_private.exported_votes.challenge_date is 'The UTC day of the task.';
comment on column app_private.exported_votes.slot is 'Which of the day''s tasks it is.';
comment on column app_private.exported_votes.task_id is 'The task.';
comment on column app_private.exported_votes.theme is 'Its theme.';
comment on column app_private.exported_votes.stratum is 'Whether the models were unknown; only sealed votes count for the boards.';
comment on column app_private.exported_votes.left_model is 'Whose page was on the left.';
comment on column app_private.exported_votes.right_model is 'Whose page was on the right.';
comment on column app_private.exported_votes.verdict is 'What the voter said.';
comment on column app_private.exported_votes.propensity is 'The probability with which this pair and these sides were drawn.';
comment on column app_private.exported_votes.dwell_ms is 'How long both pages were looked at, as the voter''s browser tells it.';
comment on column app_private.exported_votes.created_at is 'When it was cast.';
comment on column app_private.exported_votes.is_rehearsal is 'Whether the models are canned.';
comment on column app_private.exported_votes.voter is 'The same for all votes of a voter, and nothing else.';
comment on column app_private.exported_votes.closes_at is 'When the task closed: votes are folded in the order of this, task_id, created_at and ballot_id.';
comment on column app_private.exported_votes.ballot_id is 'The ballot.';
--! EndIncluded ratings/app_private.exported_votes.sql
--! Included ratings/app_private.votes_csv.sql
-- GET /api/votes.csv, autobench export -> [app_private.votes_csv()] -> app_private.exported_votes
-- Definer: the server and the worker hold execute grants alone.
create or replace function app_private.votes_csv(
  first_day date default '-infinity',
  last_day date default 'infinity',
  is_rehearsal boolean default null
) returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'day,slot,task,theme,stratum,left,right,verdict,propensity,dwell_ms,created_at,voter,ballot'
  union all
  (
    select concat_ws(',', e.challenge_date, e.slot, e.task_id, e.theme, e.stratum, e.left_model, e.right_model, e.verdict, e.propensity,
        coalesce(e.dwell_ms::text, ''), to_char(e.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.voter, e.ballot_id)
      from app_private.exported_votes e
      where e.challenge_date between first_day and last_day and e.is_rehearsal = coalesce(votes_csv.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
      order by e.closes_at, e.task_id, e.created_at, e.ballot_id
  );
$$;
comment on function app_private.votes_csv(date, date, boolean) is
  'Every counted vote on closed tasks of some days as lines of CSV, the first of them the header. No value holds a comma or a quote.';
revoke all on function app_private.votes_csv(date, date, boolean) from public;
grant execute on function app_private.votes_csv(date, date, boolean) to autobench_server, autobench_worker;
--! EndIncluded ratings/app_private.votes_csv.sql
--! Included ratings/app_private.votes_json.sql
-- GET /api/votes.jsonl, autobench export -> [app_private.votes_json()] -> app_private.exported_votes
-- Definer: the server and the worker hold execute grants alone.
create or replace function app_private.votes_json(
  first_day date default '-infinity',
  last_day date default 'infinity',
  is_rehearsal boolean default null
) returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select json_build_object(
      'day', e.challenge_date, 'slot', e.slot, 'task', e.task_id, 'theme', e.theme, 'stratum', e.stratum,
      'left', e.left_model, 'right', e.right_model, 'verdict', e.verdict, 'propensity', e.propensity, 'dwell_ms', e.dwell_ms,
      'created_at', to_char(e.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'voter', e.voter, 'ballot', e.ballot_id
    )::text
    from app_private.exported_votes e
    where e.challenge_date between first_day and last_day and e.is_rehearsal = coalesce(votes_json.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
    order by e.closes_at, e.task_id, e.created_at, e.ballot_id;
$$;
comment on function app_private.votes_json(date, date, boolean) is
  'Every counted vote on closed tasks of some days, one JSON object to a line.';
revoke all on function app_private.votes_json(date, date, boolean) from public;
grant execute on function app_private.votes_json(date, date, boolean) to autobench_server, autobench_worker;
--! EndIncluded ratings/app_private.votes_json.sql
--! Included ratings/app_private.leaderboard_csv.sql
-- GET /api/leaderboard.csv, autobench export -> [app_private.leaderboard_csv()] -> app_private.leaderboard
-- Definer: the server and the worker hold execute grants alone.
create or replace function app_private.leaderboard_csv(
  theme text default null,
  has_ties boolean default true,
  is_rehearsal boolean default null
) returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'rank,rank_low,rank_high,model,rating,ci_low,ci_high,elo,votes,win_rate,ties,quality_floor,tasks,success_rate,median_latency_ms,cost_per_answer,status,published_at'
  union all
  (
    select array_to_string(array[
        b.rank::text, b.rank_low::text, b.rank_high::text, b.slug, b.rating::text, b.ci_low::text, b.ci_high::text, b.elo::text, b.votes::text,
        b.win_rate::text, b.ties::text, b.quality_floor::text, b.tasks::text, b.success_rate::text, b.median_latency_ms::text,
        b.cost_per_answer::text, b.status::text, to_char(b.published_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      ], ',', '')
      from app_private.leaderboard b
      where b.theme is not distinct from leaderboard_csv.theme and b.has_ties = leaderboard_csv.has_ties
        and b.is_rehearsal = coalesce(leaderboard_csv.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
      order by b.rating desc, b.slug
  );
$$;
comment on function app_private.leaderboard_csv(text, boolean, boolean) is
  'A board as lines of CSV, the first of them the header; what is not known is empty.';
revoke all on function app_private.leaderboard_csv(text, boolean, boolean) from public;
grant execute on function app_private.leaderboard_csv(text, boolean, boolean) to autobench_server, autobench_worker;
--! EndIncluded ratings/app_private.leaderboard_csv.sql
--! Included ratings/app_private.export_days.sql
-- GET /api/votes.csv, autobench export -> [app_private.export_days()] -> app_private.votes_csv(), app_private.votes_json()
-- Definer: the server and the worker hold execute grants alone.
create or replace function app_private.export_days(
  first_day date default '-infinity',
  last_day date default 'infinity',
  is_rehearsal boolean default null,
  at timestamptz default now()
) returns setof date
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.challenge_date
    from app_public.tasks t
    where t.challenge_date between first_day and last_day and t.closes_at <= export_days.at and t.status = 'dispatched'
      and exists (
        select from app_private.matches m
            inner join app_public.models f on f.id = m.first_model_id
          where m.task_id = t.id and f.is_rehearsal = coalesce(
            export_days.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal)
          )
      )
    group by t.challenge_date
    order by t.challenge_date;
$$;
comment on function app_private.export_days(date, date, boolean, timestamptz) is
  'The days of which there may be votes to be exported, in order: so that nobody has to hold more than one of them at a time.';
revoke all on function app_private.export_days(date, date, boolean, timestamptz) from public;
grant execute on function app_private.export_days(date, date, boolean, timestamptz) to autobench_server, autobench_worker;
--! EndIncluded ratings/app_private.export_days.sql
--! Included ratings/app_private.refit_faults.sql
-- autobench verify -> [app_private.refit_faults()] -> app_private.board_counts(), app_private.fit_board()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.refit_faults() returns table (fault text, subject text, stored text, found text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  z constant float8 := 1.959963984540054;
  s app_public.rating_snapshots;
  v_models uuid[];
begin
  for s in
    select l.*
      from app_public.rating_snapshots l
      where l.id in (select max(o.id) from app_public.rating_snapshots o group by o.theme, o.is_rehearsal, o.has_ties)
        -- What was counted anew since is published with the next refresh.
        and l.counts_hash = app_private.hash_counts(l.theme, l.is_rehearsal)
      order by l.id
  loop
    select array_agg(r.model_id order by r.model_id) into v_models from app_public.ratings r where r.snapshot_id = s.id;
    return query
      with counts as (
        select c.task_id, array_position(v_models, c.first_model_id) as first, array_position(v_models, c.second_model_id) as second,
            c.first_wins::float8 as first_wins, c.second_wins::float8 as second_wins,
            case when s.has_ties then c.ties else 0 end::float8 as ties,
            dense_rank() over (order by c.task_id)::integer as task
          from app_private.board_counts(s.theme, s.is_rehearsal) c
          where c.first_wins + c.second_wins + c.ties > 0
      ), columns as (
        select coalesce(array_agg(c.task), '{}') as tasks, coalesce(array_agg(c.first), '{}') as firsts,
            coalesce(array_agg(c.second), '{}') as seconds, coalesce(array_agg(c.first_wins), '{}') as first_wins,
            coalesce(array_agg(c.ties), '{}') as ties, coalesce(array_agg(c.second_wins), '{}') as second_wins
          from counts c
      ), fitted as (
        select v_models[f.position] as model_id, f.rating, f.rating - z * f.se as ci_low, f.rating + z * f.se as ci_high, f.rank
          from columns c
            cross join app_private.fit_board(
              coalesce(cardinality(v_models), 0), c.tasks, c.firsts, c.seconds, c.first_wins, c.ties, c.second_wins, s.prior_votes
            ) f
      )
      select 'the published board is not what its counts give', concat_ws(' ', s.id, model_id),
          concat_ws(' ', r.rating, r.ci_low, r.ci_high, r.rank), concat_ws(' ', f.rating, f.ci_low, f.ci_high, f.rank)
        from (select o.* from app_public.ratings o where o.snapshot_id = s.id) r
          full join fitted f using (model_id)
        where greatest(abs(r.rating - f.rating), abs(r.ci_low - f.ci_low), abs(r.ci_high - f.ci_high)) > 1e-9
          or r.rank is distinct from f.rank;
  end loop;
end;
$$;
comment on function app_private.refit_faults() is
  'Fits every board that stands anew from its counts and returns each line that differs by more than a billionth: none.';
revoke all on function app_private.refit_faults() from public;
grant execute on function app_private.refit_faults() to autobench_worker;
--! EndIncluded ratings/app_private.refit_faults.sql
--! Included tasks/app_private.rehearse_task.sql
-- autobench rehearse -> [app_private.rehearse_task()] -> app_public.tasks, app_public.submissions -> app_private.open_matches()
create or replace function app_private.rehearse_task(
  day date,
  slot integer,
  title text,
  theme text,
  prompt_text text,
  answers jsonb
) returns uuid
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at constant timestamptz := rehearse_task.day::timestamp at time zone 'utc';
  v_task app_public.tasks;
begin
  if exists (
    select from jsonb_array_elements(answers) a
        left join app_public.models m on m.slug = a ->> 'model'
      where m.is_rehearsal is not true
  ) then
    raise exception 'Only canned models rehearse.' using errcode = 'TB065', hint = 'Real models are asked, once, on the day itself.';
  end if;
  insert into app_public.tasks
      (challenge_date, slot, title, theme, prompt_text, prompt_metadata, status, created_at, generated_at, dispatched_at, closes_at, expires_at)
    values (
      rehearse_task.day, rehearse_task.slot, rehearse_task.title, rehearse_task.theme, rehearse_task.prompt_text, '{"source": "rehearsal"}',
      'dispatched', v_at, v_at + interval '30 seconds', v_at + interval '5 minutes', v_at + interval '1 day', v_at + interval '2 days'
    )
    returning * into v_task;
  insert into app_public.submissions (
      task_id, model_id, status, created_at, started_at, finished_at, latency_ms, input_tokens, output_tokens, cost_usd, html_sha256,
      html_bytes, is_truncated, revealed_at
    )
    select v_task.id, m.id, 'succeeded', v_task.dispatched_at, v_task.dispatched_at,
        v_task.dispatched_at + make_interval(secs => a.latency_ms / 1000.0), a.latency_ms, a.input_tokens, a.output_tokens,
        (a.input_tokens * m.input_usd_per_million + a.output_tokens * m.output_usd_per_million) / 1e6,
        sha256(convert_to(a.html, 'UTF8')), octet_length(a.html), false,
        case when v_task.is_showcase then v_task.dispatched_at else v_task.closes_at end
      from jsonb_to_recordset(answers) a (model text, html text, latency_ms integer, input_tokens integer, output_tokens integer)
        inner join app_public.models m on m.slug = a.model
      order by m.slug;
  insert into app_public.submission_codes (submission_id, html, revealed_at, expires_at)
    select s.id, a.html, s.revealed_at, v_task.expires_at
      from jsonb_to_recordset(answers) a (model text, html text)
        inner join app_public.models m on m.slug = a.model
        inner join app_public.submissions s on s.model_id = m.id and s.task_id = v_task.id;
  return v_task.id;
end;
$$;
comment on function app_private.rehearse_task(date, integer, text, text, text, jsonb) is
  'A task of a past day as it would have been, answered by canned models alone, and marked as rehearsed. Errors: TB065.';
revoke all on function app_private.rehearse_task(date, integer, text, text, text, jsonb) from public;
--! EndIncluded tasks/app_private.rehearse_task.sql
--! Included arena/app_private.rehearse_votes.sql
-- autobench rehearse -> [app_private.rehearse_votes()] -> app_private.draw_ballot(), app_private.cast_vote()
create or replace function app_private.rehearse_votes(day date, votes integer, strengths jsonb) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  c_each constant integer := 12; -- votes of one voter, so that no cap is met
  v_begin constant timestamptz := rehearse_votes.day::timestamp at time zone 'utc' + interval '15 minutes';
  v_at timestamptz;
  v_cast integer := 0;
  v_voters bigint[];
  v_ballot app_public.ballots;
  v_chance float8;
  v_luck float8;
begin
  insert into app_private.voters (visitor_hash, created_at)
    select sha256(convert_to('rehearsal:' || n, 'UTF8')), v_begin
      from generate_series(1, greatest(1, (rehearse_votes.votes + c_each - 1) / c_each)) n
    on conflict on constraint voters_one_per_visitor do nothing;
  select array_agg(v.id order by v.id) into v_voters
    from app_private.voters v
      inner join generate_series(1, greatest(1, (rehearse_votes.votes + c_each - 1) / c_each)) n
        on v.visitor_hash = sha256(convert_to('rehearsal:' || n, 'UTF8'));

  for k in 1..rehearse_votes.votes loop
    v_at := v_begin + (k::float8 / rehearse_votes.votes) * interval '23 hours 30 minutes';
    begin
      v_ballot := app_private.draw_ballot(v_voters[1 + k % cardinality(v_voters)], null, null, v_at);
    exception when sqlstate 'TB073' then
      continue; -- this voter has seen every pair
    end;
    -- A page may be better or worse than its model is good for, by a hundred points at most.
    select 1 / (1 + exp(-sum(
        case when (m.first_model_id = f.id) = v_ballot.is_first_left then 1 else -1 end
          * ((strengths ->> f.slug)::float8 + 0.6 * (2 * get_byte(sha256(convert_to(v_ballot.task_id::text || f.slug, 'UTF8')), 0) / 255.0 - 1))
      )))
      into strict v_chance
      from app_private.matches m
        inner join app_public.models f on f.id in (m.first_model_id, m.second_model_id)
      where m.id = v_ballot.match_id;
    v_luck := random();
    perform app_private.cast_vote(
      v_ballot.voter_id, null, v_ballot.id,
      case
        when v_luck < 0.05 then 'both_bad'
        when v_luck < 0.22 then 'tie'
        when random() < v_chance then 'left'
        else 'right'
      end::app_public.verdict,
      (4000 + 40000 * random())::integer, v_at + interval '20 seconds'
    );
    v_cast := v_cast + 1;
  end loop;
  return v_cast;
end;
$$;
comment on function app_private.rehearse_votes(date, integer, jsonb) is
  'Votes on the sealed tasks of a rehearsed day, drawn and cast as all are, by voters who exist for that alone; returns how many.';
revoke all on function app_private.rehearse_votes(date, integer, jsonb) from public;
--! EndIncluded arena/app_private.rehearse_votes.sql
--! Included ratings/app_private.rating_faults.sql
-- autobench verify -> [app_private.rating_faults()] -> app_private.count_faults, app_private.elo_of_tasks(), app_private.hash_ratings()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.rating_faults() returns table (fault text, subject text, stored text, found text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_models uuid[];
  v_ratings float8[];
begin
  return query select f.fault, f.subject, f.stored::text, f.found::text from app_private.count_faults f;

  select array_agg(m.id order by m.id), array_agg(s.elo_start order by m.id)
    into v_models, v_ratings
    from app_public.models m cross join app_private.arena_settings s;
  if v_models is not null then
    v_ratings := app_private.elo_of_tasks(
      v_models, v_ratings, coalesce((select array_agg(f.task_id order by f.position) from app_private.folded_tasks f), '{}')
    );
    return query
      select 'the fold of Elo differs from a replay', e.model_id::text, e.elo::text, r.elo::text
        from app_private.elo_ratings e
          inner join unnest(v_models, v_ratings) r (model_id, elo) on r.model_id = e.model_id
        where abs(e.elo - r.elo) > 1e-9;
  end if;

  return query
    select 'a snapshot''s ratings were changed', s.id::text, encode(s.ratings_hash, 'hex'), encode(app_private.hash_ratings(s.id), 'hex')
      from app_public.rating_snapshots s
      where s.ratings_hash is distinct from app_private.hash_ratings(s.id);
  return query
    select 'the published board is not of these counts', s.id::text, encode(s.counts_hash, 'hex'), encode(h.counts_hash, 'hex')
      from app_public.rating_snapshots s
        cross join lateral (select app_private.hash_counts(s.theme, s.is_rehearsal)) h (counts_hash)
      where s.id in (select max(l.id) from app_public.rating_snapshots l group by l.theme, l.is_rehearsal)
        and s.counts_hash <> h.counts_hash
        -- Votes judged anew are published with the next refresh.
        and not exists (select from app_private.exclusions e where e.at > s.published_at);
end;
$$;
comment on function app_private.rating_faults() is
  'Makes counts, Elo and the hashes of snapshots anew and returns every difference from what is stored: none.';
revoke all on function app_private.rating_faults() from public;
grant execute on function app_private.rating_faults() to autobench_worker;
--! EndIncluded ratings/app_private.rating_faults.sql
--! Included ratings/app_private.board_fragility.sql
-- autobench verify -> [app_private.board_fragility()] -> app_private.fragility()
-- Definer: the worker and the server hold execute grants alone.
create or replace function app_private.board_fragility(
  theme text default null,
  is_rehearsal boolean default false,
  most integer default 200
) returns table (ahead_id uuid, behind_id uuid, gap float8, votes integer, one_step integer)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_models uuid[];
  v_wins float8[];
  v_ties float8[];
  v_prior float8;
  c record;
begin
  select s.prior_votes into strict v_prior from app_private.arena_settings s;
  select array_agg(b.model_id order by b.rating desc, b.model_id) into v_models
    from app_private.leaderboard b
    where b.theme is not distinct from board_fragility.theme and b.has_ties and b.is_rehearsal = board_fragility.is_rehearsal;
  if v_models is null then
    return;
  end if;
  v_wins := array_fill(0::float8, array[cardinality(v_models), cardinality(v_models)]);
  v_ties := v_wins;
  for c in
    select array_position(v_models, p.first_model_id) as i, array_position(v_models, p.second_model_id) as j,
        sum(p.first_wins) as first_wins, sum(p.second_wins) as second_wins, sum(p.ties) as ties
      from app_private.board_counts(board_fragility.theme, board_fragility.is_rehearsal) p
      group by p.first_model_id, p.second_model_id
  loop
    v_wins[c.i][c.j] := c.first_wins;
    v_wins[c.j][c.i] := c.second_wins;
    v_ties[c.i][c.j] := c.ties;
    v_ties[c.j][c.i] := c.ties;
  end loop;
  return query
    select v_models[k], v_models[k + 1], a.rating - b.rating, f.votes, f.one_step
      from generate_series(1, cardinality(v_models) - 1) k
        inner join app_private.leaderboard a on a.model_id = v_models[k]
        inner join app_private.leaderboard b on b.model_id = v_models[k + 1] and b.snapshot_id = a.snapshot_id
        cross join app_private.fragility(v_wins, v_ties, k, k + 1, v_prior, most) f
      where a.theme is not distinct from board_fragility.theme and a.has_ties and a.is_rehearsal = board_fragility.is_rehearsal
      order by k;
end;
$$;
comment on function app_private.board_fragility(text, boolean, integer) is
  'How few votes hold each model above the next one on a published board; null when they are more than `most`.';
revoke all on function app_private.board_fragility(text, boolean, integer) from public;
grant execute on function app_private.board_fragility(text, boolean, integer) to autobench_worker, autobench_server;
--! EndIncluded ratings/app_private.board_fragility.sql
--! EndIncluded manifest.sql
