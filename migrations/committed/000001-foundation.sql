--! Previous: -
--! Hash: sha1:7ac0ffacebff34911567488b3515c1a9e509edfd
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
-- db/roles.sql -> [extensions] -> app_private.known_task(), app_private.similar_task(), app_private.network_hash(), app_private.battle_seats
-- In a schema of their own, so that no name of theirs mixes with ours.
create schema if not exists extensions;
comment on schema extensions is 'Extensions of Postgres that this schema uses.';
create extension if not exists btree_gist with schema extensions;
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
    ),
    'attempts', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.started_at), '[]')
        from app_public.attempts x
        where x.user_id = v_user_id
    ),
    'answers', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.answered_at), '[]')
        from app_public.answers x
        where x.user_id = v_user_id
    ),
    'verdicts', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.created_at, x.id), '[]')
        from app_public.verdicts x
        where x.user_id = v_user_id
    ),
    'judge_replies', (
      select coalesce(jsonb_agg(jsonb_build_object('subject_id', x.subject_id, 'state', x.state, 'score', x.score, 'feedback', case when not x.has_leaked then x.feedback end, 'tokens', x.tokens, 'created_at', x.created_at) order by x.created_at, x.call_id), '[]')
        from app_private.judge_replies x
        where x.user_id = v_user_id and x.purpose = 'answer' -- not what is kept back from them, and no run in shadow
    ),
    'judgings', (
      select coalesce(jsonb_agg(jsonb_build_object('answer_id', x.answer_id, 'state', x.state, 'finished_at', x.finished_at) order by x.id), '[]')
        from app_private.judgings x
        where x.user_id = v_user_id
    ),
    'answer_keys', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.created_at, x.key), '[]')
        from app_private.answer_keys x
        where x.user_id = v_user_id
    ),
    'token_days', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.day), '[]')
        from app_private.token_days x
        where x.user_id = v_user_id
    ),
    'token_reservations', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.id), '[]')
        from app_private.token_reservations x
        where x.user_id = v_user_id
    ),
    'ai_usage_metrics', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.day, x.purpose), '[]')
        from app_private.ai_usage_metrics x
        where x.user_id = v_user_id
    ),
    'points', (
      select coalesce(jsonb_agg(to_jsonb(l) - 'user_id' order by l.id), '[]') from app_public.points_ledger l where l.user_id = v_user_id
    ),
    'progress', (
      select coalesce(jsonb_agg(to_jsonb(p) - 'user_id' order by p.first_attempt_at), '[]')
        from app_public.user_progress p
        where p.user_id = v_user_id
    ),
    'daily_activity', (
      select coalesce(jsonb_agg(to_jsonb(d) - 'user_id' order by d.day), '[]') from app_public.daily_activity d where d.user_id = v_user_id
    ),
    'streak', (select to_jsonb(s) - 'user_id' from app_private.streaks s where s.user_id = v_user_id),
    'badges', (
      select coalesce(jsonb_agg(to_jsonb(b) - 'user_id' order by b.earned_at), '[]') from app_public.user_badges b where b.user_id = v_user_id
    ),
    'achievements', (
      select coalesce(jsonb_agg(to_jsonb(a) - 'user_id' order by a.earned_at), '[]')
        from app_public.user_achievements a
        where a.user_id = v_user_id
    ),
    'scores', (
      select coalesce(jsonb_agg(to_jsonb(s) - 'user_id' order by s.kind, s.starts_on), '[]')
        from app_private.period_scores s
        where s.user_id = v_user_id
    ),
    'final_standings', (
      select coalesce(jsonb_agg(to_jsonb(f) - 'user_id' order by f.kind, f.starts_on), '[]')
        from app_public.final_standings f
        where f.user_id = v_user_id
    ),
    'battles', (
      select coalesce(jsonb_agg(to_jsonb(b) order by b.created_at), '[]')
        from app_public.battles b
        where b.challenger_id = v_user_id or b.opponent_id = v_user_id
    ),
    'battle_answers', (
      select coalesce(jsonb_agg(to_jsonb(s) - 'user_id' - 'live' - 'id' order by s.answered_at), '[]')
        from app_private.battle_seats s
        where s.user_id = v_user_id
    ),
    'shared_cards', (
      select coalesce(jsonb_agg(to_jsonb(c) - 'user_id' - 'token' order by c.created_at), '[]')
        from app_private.shareable_progress c
        where c.user_id = v_user_id
    ),
    'coaching', (
      select coalesce(jsonb_agg(to_jsonb(j) - 'user_id' - 'input_hash' order by j.created_at), '[]')
        from app_public.queue_jobs j
        where j.user_id = v_user_id
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
  E'@resultFieldName isErased\nForgets the signed-in member for good; their username, repeated, confirms it. Errors: TB001, TB002, TB014, TB091.';
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
  constraint task_registry_period_known check (period in ('minute', 'five_minutes', 'ten_minutes', 'hour', 'day')),
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
  ('refresh_leaderboards', 'minute', 3, null, 'Publishes the arena''s boards when a task has closed, weighs which pairs to vote on next, and refreshes people''s boards that have changed.'),
  ('scan_votes', 'hour', 3, null, 'Flags voters and networks whose votes are hardly honest, and tells when few votes count.'),
  ('batch_ai_processor', 'ten_minutes', 3, null, 'Has the coach write to the members who wished for it, ten with one call.'),
  ('cleanup_expired', 'day', 8, null, 'Deletes what the retention rules no longer keep.'),
  ('daily_token_reset', 'day', 8, null, 'Closes the members'' finished days of tokens, and frees what was still reserved.'),
  ('dispatch_and_collect', 'day', 8, '24 hours', 'Asks every active model for its answer to each of the day''s tasks, once.'),
  ('generate_daily_tasks', 'day', 4, '24 hours', 'Opens the day: has its coding tasks written, or takes them from the library.'),
  ('prepare_partitions', 'day', 8, null, 'Makes the partitions of the coming months.'),
  ('streak_updater', 'hour', 6, null, 'Bridges missed days with freezes where they have ended, and pays what streaks have reached.')
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
  ('batch-ai-processor', 'batch_ai_processor'),
  ('cleanup-expired-challenges', 'cleanup_expired'),
  ('cleanup-expired-tokens', 'cleanup_expired'),
  ('daily-token-reset', 'daily_token_reset'),
  ('evaluate-models', 'dispatch_and_collect'),
  ('generate-daily-challenge', 'generate_daily_tasks'),
  ('refresh-leaderboards', 'refresh_leaderboards'),
  ('streak-updater', 'streak_updater')
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
      when 'five_minutes' then interval '5 minutes'
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
comment on column app_operations.job_runs.period is 'How often it runs: minute, five_minutes, ten_minutes, hour or day.';
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
comment on column app_private.prompts.role is 'Who is told: writer, answer, judge, battle or coach.';
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
  constraint llm_calls_subject_type_known check (subject_type in ('submission', 'task', 'answer', 'rejudge', 'batch', 'battle', 'check')),
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
--! Included budget/app_private.blank_calls.sql
-- tg_users__leave_battles(), tg_users__leave_coach() -> [app_private.blank_calls()] -> app_private.llm_calls, app_private.llm_replies
create or replace function app_private.blank_calls(subject_type text, subject_ids uuid[]) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call_ids bigint[];
begin
  with blanked as (
    update app_private.llm_calls c
      set request = jsonb_build_object('erased', true),
        state = case c.state when 'pending' then 'failed' else c.state end,
        reason = case c.state when 'pending' then 'The member was erased.' else c.reason end
      where c.subject_id = any (blank_calls.subject_ids) and c.subject_type = blank_calls.subject_type
      returning c.id
  )
  select array_agg(b.id) into v_call_ids from blanked b;
  -- A statement of its own: it sees what was just being stored while the one before waited.
  delete from app_private.llm_replies r
    using app_private.llm_attempts t
    where t.id = r.attempt_id and t.call_id = any (v_call_ids);
end;
$$;
comment on function app_private.blank_calls(text, uuid[]) is
  'Forgets what models were told and said of things that an erased member had a part in. What it cost stays.';
revoke all on function app_private.blank_calls(text, uuid[]) from public;
--! EndIncluded budget/app_private.blank_calls.sql
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
--! Included budget/app_private.maker_names.sql
-- answer_task -> [app_private.maker_names()] -> app_public.models -> worker/llm/names-its-maker.ts
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.maker_names(call_id bigint)
returns text[]
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select array[m.provider, m.display_name, m.family, m.api_model, m.slug]
    from app_private.llm_calls c
      inner join app_public.models m on m.id = c.model_id
    where c.id = maker_names.call_id;
$$;
comment on function app_private.maker_names(bigint) is
  'The names under which the model that a call asks is registered: a page that bears one of them is no blind one.';
revoke all on function app_private.maker_names(bigint) from public;
grant execute on function app_private.maker_names(bigint) to autobench_worker;
--! EndIncluded budget/app_private.maker_names.sql
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
  -- The attempt before its call, as everywhere.
  perform from app_private.llm_attempts a
    where a.id = record_reply.attempt_id and a.lease_token = record_reply.lease_token
    for key share;
  if not found then
    return false;
  end if;
  insert into app_private.llm_replies (attempt_id, status, headers, body)
    select a.id, record_reply.status, record_reply.headers, record_reply.body
      from app_private.llm_attempts a
        inner join app_private.llm_calls c on c.id = a.call_id
      where a.id = record_reply.attempt_id and not c.request ? 'erased' -- what was forgotten does not come back
      for share of c
    on conflict on constraint llm_replies_pkey do nothing;
  return found;
end;
$$;
comment on function app_private.record_reply(bigint, uuid, integer, jsonb, bytea) is
  'Stores a reply as it came, before anything reads it; a reply that comes late is stored as well, unless its member was erased.';
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

--! Included practice/app_public.problem_difficulty.sql
-- [app_public.problem_difficulty] -> app_public.problems
do $$
begin
  create type app_public.problem_difficulty as enum ('beginner', 'intermediate', 'advanced', 'expert');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.problem_difficulty is 'How hard a problem is, from the easiest to the hardest.';
revoke all on type app_public.problem_difficulty from public;
grant usage on type app_public.problem_difficulty to autobench_anon, autobench_member;
--! EndIncluded practice/app_public.problem_difficulty.sql
--! Included practice/app_public.answer_status.sql
-- [app_public.answer_status] -> app_public.answers
do $$
begin
  create type app_public.answer_status as enum ('judging', 'judged', 'unscored');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.answer_status is
  'How far an answer is: with the judge, judged, or without a score because the judge could not say anything usable.';
revoke all on type app_public.answer_status from public;
grant usage on type app_public.answer_status to autobench_anon, autobench_member;
--! EndIncluded practice/app_public.answer_status.sql
--! Included practice/app_public.modules.sql
-- content/problems/modules.json -> app_private.apply_problems() -> [app_public.modules] -> app_public.problems, modules (GraphQL)
create table if not exists app_public.modules (
  id             uuid constraint modules_pkey primary key default gen_random_uuid(),
  slug           text not null,
  name           text not null,
  description    text not null,
  display_order  integer not null,
  is_published   boolean not null default false,
  retired_at     timestamptz,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  constraint modules_slug_unique unique (slug),
  constraint modules_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 60),
  constraint modules_name_form check (char_length(name) between 1 and 120 and name !~ '[[:cntrl:]]'),
  constraint modules_description_form check (char_length(description) <= 2000),
  constraint modules_display_order_sane check (display_order between 0 and 100000),
  constraint modules_retired_is_not_published check (retired_at is null or not is_published)
);

call app_private.reset_access('app_public.modules');
create policy select_published on app_public.modules for select to autobench_anon, autobench_member
  using (is_published);
create policy select_all on app_public.modules for select to autobench_operator
  using (true);
grant select on app_public.modules to autobench_anon, autobench_member;
-- No write: apply_problems() takes what content/problems says.

create or replace trigger _100_timestamps before insert or update on app_public.modules
  for each row execute function app_private.tg__timestamps();

comment on table app_public.modules is 'A part of the path through the practice ground: problems on one subject.';
comment on column app_public.modules.id is 'Identity of the module.';
comment on column app_public.modules.slug is 'Name in addresses.';
comment on column app_public.modules.name is 'Name as people read it.';
comment on column app_public.modules.description is 'What it is about.';
comment on column app_public.modules.display_order is E'@behavior +orderBy\nIts place on the path.';
comment on column app_public.modules.is_published is 'Whether it can be seen.';
comment on column app_public.modules.retired_at is 'Since when content/ does not hold it any more.';
comment on column app_public.modules.created_at is 'When it was first taken in.';
comment on column app_public.modules.updated_at is 'When it last changed.';
--! EndIncluded practice/app_public.modules.sql
--! Included practice/app_public.module_prerequisites.sql
-- app_private.apply_problems() -> [app_public.module_prerequisites] -> app_private.open_modules(), module (GraphQL)
create table if not exists app_public.module_prerequisites (
  module_id        uuid not null,
  prerequisite_id  uuid not null,
  constraint module_prerequisites_pkey primary key (module_id, prerequisite_id),
  constraint module_prerequisites_module foreign key (module_id) references app_public.modules on delete cascade,
  constraint module_prerequisites_prerequisite foreign key (prerequisite_id) references app_public.modules on delete cascade,
  constraint module_prerequisites_not_itself check (module_id <> prerequisite_id)
);
create index if not exists module_prerequisites_prerequisite_id_idx on app_public.module_prerequisites (prerequisite_id);

call app_private.reset_access('app_public.module_prerequisites');
create policy select_all on app_public.module_prerequisites for select to autobench_anon, autobench_member
  using (true);
grant select on app_public.module_prerequisites to autobench_anon, autobench_member;
-- No write: apply_problems() takes what content/problems says.

comment on table app_public.module_prerequisites is 'Which module comes before which; nobody is led in a circle.';
comment on column app_public.module_prerequisites.module_id is 'The module that opens later.';
comment on column app_public.module_prerequisites.prerequisite_id is 'The module that has to be worked through before.';
comment on constraint module_prerequisites_module on app_public.module_prerequisites is
  E'@fieldName module\n@foreignFieldName prerequisites';
comment on constraint module_prerequisites_prerequisite on app_public.module_prerequisites is
  E'@fieldName prerequisite\n@foreignFieldName opens';
--! EndIncluded practice/app_public.module_prerequisites.sql
--! Included practice/app_public.problems.sql
-- content/problems/<slug>/ -> app_private.apply_problems() -> [app_public.problems] -> app_public.start_problem(), problems (GraphQL)
create table if not exists app_public.problems (
  id                 uuid constraint problems_pkey primary key default gen_random_uuid(),
  slug               text not null,
  module_id          uuid not null,
  title              text not null,
  statement          text not null,
  difficulty         app_public.problem_difficulty not null,
  display_order      integer not null default 0,
  base_points        integer not null,
  time_bonus_points  integer not null,
  expected_seconds   integer not null,
  pass_score         integer not null,
  minimum_length     integer not null,
  is_published       boolean not null default false,
  retired_at         timestamptz,
  content_hash       bytea not null,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  constraint problems_slug_unique unique (slug) deferrable, -- at a statement's end: two may exchange their names
  constraint problems_module foreign key (module_id) references app_public.modules,
  constraint problems_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 80),
  constraint problems_title_form check (char_length(title) between 1 and 160 and title !~ '[[:cntrl:]]'),
  constraint problems_statement_form check (char_length(statement) between 1 and 20000),
  constraint problems_display_order_sane check (display_order between 0 and 100000),
  constraint problems_points_sane check (base_points between 0 and 10000 and time_bonus_points between 0 and 10000),
  constraint problems_expected_seconds_sane check (expected_seconds between 60 and 86400),
  constraint problems_pass_score_in_range check (pass_score between 1 and 100),
  constraint problems_minimum_length_sane check (minimum_length between 1 and 2000),
  constraint problems_retired_is_not_published check (retired_at is null or not is_published),
  constraint problems_content_hash_form check (octet_length(content_hash) = 32)
);
create index if not exists problems_module_id_idx on app_public.problems (module_id, display_order);

call app_private.reset_access('app_public.problems');
-- One that has retired stays to be seen by its name in what people did; new answers are refused by its `retired_at`.
create policy select_published on app_public.problems for select to autobench_anon, autobench_member
  using (is_published or retired_at is not null);
create policy select_all on app_public.problems for select to autobench_operator
  using (true);
grant select on app_public.problems to autobench_anon, autobench_member;
-- No write: apply_problems() takes what content/problems says. Rubric, reference and examples stand in tables of their own.

create or replace trigger _100_timestamps before insert or update on app_public.problems
  for each row execute function app_private.tg__timestamps();

comment on table app_public.problems is 'A problem to be answered in words; its identity is the uuid in its file, so that its name may change.';
comment on column app_public.problems.id is 'Identity of the problem.';
comment on column app_public.problems.slug is 'Name in addresses: the name of its folder.';
comment on column app_public.problems.module_id is 'The module that it belongs to.';
comment on column app_public.problems.title is 'Title.';
comment on column app_public.problems.statement is 'What is to be answered, in Markdown.';
comment on column app_public.problems.difficulty is 'How hard it is.';
comment on column app_public.problems.display_order is E'@behavior +orderBy\nIts place within the module.';
comment on column app_public.problems.base_points is 'What a correct answer is worth.';
comment on column app_public.problems.time_bonus_points is 'What a quick correct answer is worth beside it.';
comment on column app_public.problems.expected_seconds is
  'The expected time: the bonus is whole within a quarter of it, and gone at its end.';
comment on column app_public.problems.pass_score is 'The score from which an answer is correct.';
comment on column app_public.problems.minimum_length is 'How much an answer has to hold for it to be given to the judge, in characters that are not repetition.';
comment on column app_public.problems.is_published is 'Whether it can be answered.';
comment on column app_public.problems.retired_at is 'Since when content/ does not hold it any more.';
comment on column app_public.problems.content_hash is 'SHA-256 of its files as they were taken in.';
comment on column app_public.problems.created_at is 'When it was first taken in.';
comment on column app_public.problems.updated_at is 'When it last changed.';
--! EndIncluded practice/app_public.problems.sql
--! Included practice/app_private.problem_keys.sql
-- content/problems/<slug>/{rubric,reference}.md -> app_private.apply_problems() -> [app_private.problem_keys] -> app_private.begin_judging()
create table if not exists app_private.problem_keys (
  problem_id   uuid constraint problem_keys_pkey primary key,
  rubric       text not null,
  reference    text not null,
  rubric_hash  bytea not null,
  constraint problem_keys_problem foreign key (problem_id) references app_public.problems,
  constraint problem_keys_rubric_hash_true check (rubric_hash = sha256(convert_to(rubric, 'UTF8'))),
  constraint problem_keys_rubric_form check (char_length(rubric) between 1 and 20000),
  constraint problem_keys_reference_form check (char_length(reference) between 1 and 20000)
);

call app_private.reset_access('app_private.problem_keys');
-- No policy and no grant: who may answer a problem must not read what a good answer is.

comment on table app_private.problem_keys is 'What the judge is given to grade a problem, and the reference that nobody is shown.';
comment on column app_private.problem_keys.problem_id is 'The problem.';
comment on column app_private.problem_keys.rubric is 'What is looked for, for the judge alone.';
comment on column app_private.problem_keys.reference is 'A whole answer. No judge is told it, and feedback is checked against it.';
comment on column app_private.problem_keys.rubric_hash is 'SHA-256 of the rubric: verdicts say by which one they were found.';
--! EndIncluded practice/app_private.problem_keys.sql
--! Included practice/app_private.problem_examples.sql
-- content/problems/<slug>/examples/*.md -> app_private.apply_problems() -> [app_private.problem_examples] -> autobench judge-check
create table if not exists app_private.problem_examples (
  problem_id  uuid not null,
  name        text not null,
  answer      text not null,
  is_correct  boolean not null,
  score_min   integer not null,
  score_max   integer not null,
  constraint problem_examples_pkey primary key (problem_id, name),
  constraint problem_examples_problem foreign key (problem_id) references app_public.problems,
  constraint problem_examples_name_form check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(name) <= 60),
  constraint problem_examples_answer_bounded check (char_length(answer) <= 20000),
  constraint problem_examples_scores_in_range check (score_min between 0 and score_max and score_max <= 100)
);

call app_private.reset_access('app_private.problem_examples');
-- No policy and no grant: they are answers.

comment on table app_private.problem_examples is 'Answers of which it is known what the judge must say: good, wrong, empty, an injection, a master key.';
comment on column app_private.problem_examples.problem_id is 'The problem.';
comment on column app_private.problem_examples.name is 'Which one it is: the name of its file.';
comment on column app_private.problem_examples.answer is 'The answer.';
comment on column app_private.problem_examples.is_correct is 'Whether it has to pass.';
comment on column app_private.problem_examples.score_min is 'The least score that it may get.';
comment on column app_private.problem_examples.score_max is 'The most.';
--! EndIncluded practice/app_private.problem_examples.sql
--! Included practice/app_public.attempts.sql
-- startProblem (GraphQL) -> app_public.start_problem() -> [app_public.attempts] -> app_public.save_draft(), submit_answer()
create table if not exists app_public.attempts (
  id              uuid constraint attempts_pkey primary key default gen_random_uuid(),
  user_id         uuid not null,
  problem_id      uuid not null,
  started_at      timestamptz not null default now(),
  draft           text not null default '',
  version         integer not null default 1,
  draft_saved_at  timestamptz,
  constraint attempts_one_per_problem unique (user_id, problem_id),
  constraint attempts_user foreign key (user_id) references app_public.users on delete cascade,
  constraint attempts_problem foreign key (problem_id) references app_public.problems,
  constraint attempts_draft_bounded check (char_length(draft) <= 20000),
  constraint attempts_version_positive check (version >= 1)
);
create index if not exists attempts_problem_id_idx on app_public.attempts (problem_id);

call app_private.reset_access('app_public.attempts');
create policy select_own on app_public.attempts for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
grant select on app_public.attempts to autobench_member;
-- No write: start_problem() starts the clock, save_draft() keeps two tabs from overwriting each other.

comment on table app_public.attempts is
  'A member at work on a problem. There is one for each, so that the clock of the time bonus starts once.';
comment on column app_public.attempts.id is 'Identity of the attempt.';
comment on column app_public.attempts.user_id is 'The member.';
comment on column app_public.attempts.problem_id is 'The problem.';
comment on column app_public.attempts.started_at is 'When it was begun, by the server''s clock.';
comment on column app_public.attempts.draft is 'What has been written so far.';
comment on column app_public.attempts.version is 'Counts the changes of the draft: whoever saves says which one they saw.';
comment on column app_public.attempts.draft_saved_at is 'When the draft was last saved.';
comment on constraint attempts_draft_bounded on app_public.attempts is
  E'@error TB083\nAn answer has at most 20,000 characters.\nHint: Shorten it.';
--! EndIncluded practice/app_public.attempts.sql
--! Included practice/app_public.verdicts.sql
-- judge_answer -> app_private.record_verdict() -> [app_public.verdicts] -> app_private.judged_answers, answer.verdict (GraphQL)
create table if not exists app_public.verdicts (
  id              uuid constraint verdicts_pkey primary key default gen_random_uuid(),
  answer_id       uuid not null,
  answered_at     timestamptz not null,
  user_id         uuid not null,
  problem_id      uuid not null,
  source          text not null,
  judge_model_id  uuid,
  prompt_version  text,
  rubric_hash     bytea not null,
  pass_score      integer not null,
  score           integer not null,
  is_correct      boolean not null generated always as (score >= pass_score) stored,
  feedback        text not null,
  created_at      timestamptz not null default now(),
  constraint verdicts_user foreign key (user_id) references app_public.users on delete cascade,
  constraint verdicts_problem foreign key (problem_id) references app_public.problems,
  constraint verdicts_judge_model foreign key (judge_model_id) references app_public.models,
  constraint verdicts_source_known check (source in ('judge', 'rule', 'rejudge', 'reversal')),
  constraint verdicts_judged_by_somebody check (source in ('rule', 'reversal') or (judge_model_id is not null and prompt_version is not null)),
  constraint verdicts_score_in_range check (score between 0 and 100),
  constraint verdicts_pass_score_in_range check (pass_score between 1 and 100),
  constraint verdicts_feedback_bounded check (char_length(feedback) between 1 and 4000),
  constraint verdicts_rubric_hash_form check (octet_length(rubric_hash) = 32)
);
create index if not exists verdicts_answer_id_idx on app_public.verdicts (answer_id);
create index if not exists verdicts_user_id_idx on app_public.verdicts (user_id);
create index if not exists verdicts_problem_id_idx on app_public.verdicts (problem_id, prompt_version);
create index if not exists verdicts_judge_model_id_idx on app_public.verdicts (judge_model_id);

call app_private.reset_access('app_public.verdicts');
create policy select_own on app_public.verdicts for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.verdicts for select to autobench_operator
  using (true);
grant select on app_public.verdicts to autobench_member;
-- No write: record_verdict() and the applied re-judgings are the doors. No update at all: a verdict is never rewritten.

comment on table app_public.verdicts is
  'What was found of an answer. Never rewritten: a later one takes its place, and answers.verdict_id says which counts.';
comment on column app_public.verdicts.id is 'Identity of the verdict; the ledger of points names it as the cause.';
comment on column app_public.verdicts.answer_id is 'The answer.';
comment on column app_public.verdicts.answered_at is 'When the answer came: it says in which partition it is.';
comment on column app_public.verdicts.user_id is 'The member.';
comment on column app_public.verdicts.problem_id is 'The problem.';
comment on column app_public.verdicts.source is
  'By whom: the judge or, where there was too little, a rule; else a later re-judging, or what stood before one that was taken back.';
comment on column app_public.verdicts.judge_model_id is 'The model that judged; none when a rule did.';
comment on column app_public.verdicts.prompt_version is 'What the judge was told.';
comment on column app_public.verdicts.rubric_hash is 'SHA-256 of the rubric that it was given.';
comment on column app_public.verdicts.pass_score is 'The score from which an answer counted as correct.';
comment on column app_public.verdicts.score is '0 to 100.';
comment on column app_public.verdicts.is_correct is 'Whether the score reaches the pass score.';
comment on column app_public.verdicts.feedback is 'What the member is told.';
comment on column app_public.verdicts.created_at is 'When it was found.';
comment on constraint verdicts_judge_model on app_public.verdicts is
  E'@behavior -manyRelation:resource:list -manyRelation:resource:connection\nA model that has judged stays. Nobody looks up verdicts by their judge.';
--! EndIncluded practice/app_public.verdicts.sql
--! Included practice/app_public.answers.sql
-- submitAnswer (GraphQL) -> app_public.submit_answer() -> [app_public.answers] -> judge_answer, answerJudged (GraphQL subscription)
create table if not exists app_public.answers (
  id                 uuid not null default gen_random_uuid(),
  answered_at        timestamptz not null default now(),
  user_id            uuid not null,
  problem_id         uuid not null,
  body               text not null,
  day                date not null,
  seconds_taken      integer not null,
  base_points        integer not null,
  time_bonus_points  integer not null,
  status             app_public.answer_status not null default 'judging',
  verdict_id         uuid,
  judged_at          timestamptz,
  reason             text,
  constraint answers_pkey primary key (id, answered_at),
  constraint answers_user foreign key (user_id) references app_public.users on delete cascade,
  constraint answers_problem foreign key (problem_id) references app_public.problems,
  constraint answers_body_bounded check (char_length(body) between 1 and 20000),
  constraint answers_seconds_taken_not_negative check (seconds_taken >= 0),
  constraint answers_points_not_negative check (base_points >= 0 and time_bonus_points >= 0),
  constraint answers_judged_whole check ((status = 'judged') = (verdict_id is not null) and (status = 'judging') = (judged_at is null)),
  constraint answers_unscored_for_a_reason check (status <> 'unscored' or reason is not null)
) partition by range (answered_at);
create index if not exists answers_user_id_idx on app_public.answers (user_id, problem_id, answered_at);
create index if not exists answers_problem_id_idx on app_public.answers (problem_id, answered_at);
create index if not exists answers_unjudged_idx on app_public.answers (answered_at) where status = 'judging';

call app_private.reset_access('app_public.answers');
create policy select_own on app_public.answers for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.answers for select to autobench_operator
  using (true);
grant select on app_public.answers to autobench_member;
-- No write: submit_answer() is the only door. No foreign key points at it: its months can be detached. Nor is verdict_id one: each
-- verdict that goes with its member would be looked for in every month. Verdicts go with nobody else, and after the answers.

comment on table app_public.answers is
  E'@unique id|@fieldName answer\n@foreignKey (verdict_id) references app_public.verdicts (id)|@fieldName verdict\nWhat a member has handed in, by month. It is stored before anything judges or pays it, and never rewritten.';
comment on column app_public.answers.id is 'Identity of the answer.';
comment on column app_public.answers.answered_at is 'When it was handed in.';
comment on column app_public.answers.user_id is 'The member.';
comment on column app_public.answers.problem_id is 'The problem.';
comment on column app_public.answers.body is 'What was handed in.';
comment on column app_public.answers.day is 'The day on which it was, in the member''s own zone at that moment.';
comment on column app_public.answers.seconds_taken is 'From the start of the attempt to here, by the server''s clock.';
comment on column app_public.answers.base_points is 'What it is worth if it is correct, as it stood when it was handed in.';
comment on column app_public.answers.time_bonus_points is 'What it is worth beside that for having been quick, frozen when it was handed in.';
comment on column app_public.answers.status is 'How far it is.';
comment on column app_public.answers.verdict_id is 'The verdict that counts.';
comment on column app_public.answers.judged_at is 'When that came to be, or when the judge was given up.';
comment on column app_public.answers.reason is 'Why it has no score, if it has none.';
comment on constraint answers_pkey on app_public.answers is E'@behavior -query:resource:single\nThe month is part of the key.';
--! EndIncluded practice/app_public.answers.sql
--! Included practice/app_private.answers_rest.sql
-- app_public.submit_answer() -> app_public.answers -> [app_private.answers_rest] -> app_private.ensure_answer_partitions()
-- The months' partitions are made ahead of time. This one takes what comes should that ever fail: no answer is refused for it.
create table if not exists app_private.answers_rest partition of app_public.answers default;

call app_private.reset_access('app_private.answers_rest');
-- No policy and no grant: answers are read and written by way of app_public.answers.

comment on table app_private.answers_rest is 'Answers of months that have no partition: empty, unless something keeps them from being made.';
do $$
declare
  v_column record;
begin
  -- A partition's columns are its parent's, and so is what is said of them.
  for v_column in
    select a.attname, col_description(a.attrelid, a.attnum) as said
      from pg_attribute a
      where a.attrelid = 'app_public.answers'::regclass and a.attnum > 0 and not a.attisdropped
  loop
    execute format('comment on column app_private.answers_rest.%I is %L', v_column.attname, v_column.said);
  end loop;
end;
$$;
--! EndIncluded practice/app_private.answers_rest.sql
--! Included practice/app_private.judged_answers.sql
-- app_public.answers, app_public.verdicts -> [app_private.judged_answers] -> app_private.settle_problem(), open_modules()
create or replace view app_private.judged_answers with (security_invoker, security_barrier) as
  select a.user_id, a.problem_id, a.id as answer_id, a.answered_at, a.day, a.seconds_taken, v.score, v.is_correct,
      case when v.is_correct then a.base_points + a.time_bonus_points else 0 end as worth,
      v.id as verdict_id
    from app_public.answers a
      inner join app_public.verdicts v on v.id = a.verdict_id;

revoke all on app_private.judged_answers from public;

comment on view app_private.judged_answers is 'Every answer with the verdict that counts, and what it is worth by it: all that points are derived from.';
comment on column app_private.judged_answers.user_id is 'The member.';
comment on column app_private.judged_answers.problem_id is 'The problem.';
comment on column app_private.judged_answers.answer_id is 'The answer.';
comment on column app_private.judged_answers.answered_at is 'When it was handed in.';
comment on column app_private.judged_answers.day is 'The member''s own day at that moment.';
comment on column app_private.judged_answers.seconds_taken is 'How long it took.';
comment on column app_private.judged_answers.score is '0 to 100.';
comment on column app_private.judged_answers.is_correct is 'Whether it passed.';
comment on column app_private.judged_answers.worth is 'Base points and frozen time bonus of a correct answer; 0 of any other.';
comment on column app_private.judged_answers.verdict_id is 'The verdict that counts.';
--! EndIncluded practice/app_private.judged_answers.sql
--! Included practice/app_private.tg_module_prerequisites__acyclic.sql
-- insert, update -> app_public.module_prerequisites -> [app_private.tg_module_prerequisites__acyclic()]
create or replace function app_private.tg_module_prerequisites__acyclic() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_circle text;
begin
  with recursive led (module_id, prerequisite_id) as (
    select e.module_id, e.prerequisite_id from app_public.module_prerequisites e
    union all
    select l.module_id, e.prerequisite_id
      from led l
        inner join app_public.module_prerequisites e on e.module_id = l.prerequisite_id
  ) cycle module_id, prerequisite_id set is_again using path
  select string_agg(distinct m.slug, ', ' order by m.slug) into v_circle
    from led l
      inner join app_public.modules m on m.id = l.module_id
    where l.module_id = l.prerequisite_id;
  if v_circle is not null then
    raise exception 'Modules lead in a circle: %.', v_circle
      using errcode = 'TB087', hint = 'Take one of them out of "requires" in content/problems/modules.json.';
  end if;
  return null;
end;
$$;
comment on function app_private.tg_module_prerequisites__acyclic() is
  'Refuses prerequisites by which a module would wait for itself. Errors: TB087.';
revoke all on function app_private.tg_module_prerequisites__acyclic() from public;

create or replace trigger _200_acyclic_insert after insert on app_public.module_prerequisites
  for each statement execute function app_private.tg_module_prerequisites__acyclic();
create or replace trigger _200_acyclic_update after update on app_public.module_prerequisites
  for each statement execute function app_private.tg_module_prerequisites__acyclic();
--! EndIncluded practice/app_private.tg_module_prerequisites__acyclic.sql
--! Included practice/app_private.apply_problems.sql
-- autobench sync problems -> [app_private.apply_problems()] -> app_public.modules, app_public.problems, app_private.problem_keys
create or replace function app_private.apply_problems(content jsonb, is_forced boolean default false)
returns table (kind text, name text, change text)
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_retiring text[];
  v_standing integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('apply_problems', 0));

  select array_agg(p.slug order by p.slug) filter (where not g.is_given), count(*) into v_retiring, v_standing
    from app_public.problems p
      cross join lateral (
        select exists (select from jsonb_array_elements(content -> 'problems') g where (g ->> 'id')::uuid = p.id)
      ) g (is_given)
    where p.retired_at is null;
  if cardinality(v_retiring) > 0.2 * v_standing and not is_forced then
    raise exception '% of % problems would be retired: %.', cardinality(v_retiring), v_standing, array_to_string(v_retiring, ', ')
      using errcode = 'TB088', hint = 'Bring their folders back, or say --force.';
  end if;

  return query
  with given as (
    select m.slug, m.name, m.description, m.display_order, coalesce(m.is_published, true) as is_published
      from jsonb_populate_recordset(null::app_public.modules, content -> 'modules') m
  ), merged as (
    merge into app_public.modules as k
    using given as g on k.slug = g.slug
    when not matched then
      insert (slug, name, description, display_order, is_published) values (g.slug, g.name, g.description, g.display_order, g.is_published)
    when matched and (k.name, k.description, k.display_order, k.is_published, k.retired_at)
      is distinct from (g.name, g.description, g.display_order, g.is_published, null::timestamptz)
    then
      update set name = g.name, description = g.description, display_order = g.display_order, is_published = g.is_published, retired_at = null
    when not matched by source and k.retired_at is null then
      update set retired_at = now(), is_published = false
    returning k.slug, case when merge_action() = 'INSERT' then 'added' when k.retired_at is not null then 'retired' else 'changed' end as action
  )
  select 'module', m.slug, m.action from merged m order by m.slug;

  return query
  with given as (
    select m.id as module_id, r.id as prerequisite_id
      from jsonb_array_elements(content -> 'modules') g
        inner join app_public.modules m on m.slug = g ->> 'slug'
        cross join lateral jsonb_array_elements_text(coalesce(g -> 'requires', '[]')) e (slug)
        inner join app_public.modules r on r.slug = e.slug
  ), merged as (
    merge into app_public.module_prerequisites as k
    using given as g on k.module_id = g.module_id and k.prerequisite_id = g.prerequisite_id
    when not matched then insert (module_id, prerequisite_id) values (g.module_id, g.prerequisite_id)
    when not matched by source then delete
    returning k.module_id, k.prerequisite_id, merge_action() as action
  )
  select 'prerequisite', m.slug || ' after ' || r.slug, case e.action when 'INSERT' then 'added' else 'retired' end
    from merged e
      inner join app_public.modules m on m.id = e.module_id
      inner join app_public.modules r on r.id = e.prerequisite_id
    order by m.slug, r.slug;

  return query
  with given as (
    select p.*, m.id as of_module_id, coalesce(p.is_published, true) as is_open, g.value ->> 'hash' as hash
      from jsonb_array_elements(content -> 'problems') g
        cross join lateral jsonb_populate_record(null::app_public.problems, g.value - 'content_hash') p
        inner join app_public.modules m on m.slug = g.value ->> 'module'
  ), before as (
    select p.id, p.slug, p.module_id from app_public.problems p
  ), merged as (
    merge into app_public.problems as k
    using given as g on k.id = g.id
    when not matched then
      insert (id, slug, module_id, title, statement, difficulty, display_order, base_points, time_bonus_points, expected_seconds,
        pass_score, minimum_length, is_published, content_hash)
      values (g.id, g.slug, g.of_module_id, g.title, g.statement, g.difficulty, coalesce(g.display_order, 0), g.base_points,
        g.time_bonus_points, g.expected_seconds, g.pass_score, g.minimum_length, g.is_open, decode(g.hash, 'hex'))
    when matched and (k.content_hash, k.slug, k.module_id, k.retired_at)
      is distinct from (decode(g.hash, 'hex'), g.slug, g.of_module_id, null::timestamptz)
    then
      update set slug = g.slug, module_id = g.of_module_id, title = g.title, statement = g.statement, difficulty = g.difficulty,
        display_order = coalesce(g.display_order, 0), base_points = g.base_points, time_bonus_points = g.time_bonus_points,
        expected_seconds = g.expected_seconds, pass_score = g.pass_score, minimum_length = g.minimum_length,
        is_published = g.is_open, content_hash = decode(g.hash, 'hex'), retired_at = null
    when not matched by source and k.retired_at is null then
      update set retired_at = now(), is_published = false
    returning k.id, k.slug, k.module_id, k.retired_at, merge_action() as action
  )
  select 'problem', m.slug,
      case
        when m.action = 'INSERT' then 'added'
        when m.retired_at is not null then 'retired'
        when (b.slug, b.module_id) is distinct from (m.slug, m.module_id) then 'moved'
        else 'changed'
      end
    from merged m
      left join before b on b.id = m.id
    order by m.slug;

  -- A retired problem keeps its key and examples: what was judged by them can still be looked at.
  merge into app_private.problem_keys as k
    using (
      select (g ->> 'id')::uuid as id, g ->> 'rubric' as rubric, g ->> 'reference' as reference
        from jsonb_array_elements(content -> 'problems') g
    ) as g on k.problem_id = g.id
    when not matched then
      insert (problem_id, rubric, reference, rubric_hash) values (g.id, g.rubric, g.reference, sha256(convert_to(g.rubric, 'UTF8')))
    when matched and (k.rubric, k.reference) is distinct from (g.rubric, g.reference) then
      update set rubric = g.rubric, reference = g.reference, rubric_hash = sha256(convert_to(g.rubric, 'UTF8'));
  merge into app_private.problem_examples as k
    using (
      select (g ->> 'id')::uuid as problem_id, e.*
        from jsonb_array_elements(content -> 'problems') g
          cross join lateral jsonb_to_recordset(g -> 'examples')
            as e (name text, answer text, is_correct boolean, score_min integer, score_max integer)
    ) as g on k.problem_id = g.problem_id and k.name = g.name
    when not matched then
      insert (problem_id, name, answer, is_correct, score_min, score_max)
      values (g.problem_id, g.name, g.answer, g.is_correct, g.score_min, g.score_max)
    when matched and (k.answer, k.is_correct, k.score_min, k.score_max) is distinct from (g.answer, g.is_correct, g.score_min, g.score_max) then
      update set answer = g.answer, is_correct = g.is_correct, score_min = g.score_min, score_max = g.score_max
    when not matched by source
      and exists (select from app_public.problems p where p.id = k.problem_id and p.retired_at is null)
    then delete;
end;
$$;
comment on function app_private.apply_problems(jsonb, boolean) is
  'Makes modules and problems what content/problems says, and returns what changed; what is gone is retired, never deleted. Errors: TB087, TB088.';
revoke all on function app_private.apply_problems(jsonb, boolean) from public;
--! EndIncluded practice/app_private.apply_problems.sql
--! Included practice/app_private.practice_settings.sql
-- a DBA -> [app_private.practice_settings] -> app_public.submit_answer(), app_private.reserve_tokens(), app_private.record_judging()
create table if not exists app_private.practice_settings (
  is_only                boolean constraint practice_settings_pkey primary key default true,
  daily_tokens           integer not null default 25000,
  answers_per_hour       integer not null default 30,
  unlock_share           numeric(3, 2) not null default 0.5,
  second_opinion_within  integer not null default 5,
  judge_output_tokens    integer not null default 1500,
  reserve_for            interval not null default '6 hours',
  constraint practice_settings_is_only_one check (is_only),
  constraint practice_settings_not_negative check (daily_tokens >= 0 and answers_per_hour >= 0 and second_opinion_within >= 0),
  constraint practice_settings_unlock_share_in_range check (unlock_share between 0 and 1),
  constraint practice_settings_judge_output_sane check (judge_output_tokens between 100 and 100000),
  constraint practice_settings_reserve_for_positive check (reserve_for > interval '0')
);
insert into app_private.practice_settings (is_only) values (true) on conflict on constraint practice_settings_pkey do nothing;

call app_private.reset_access('app_private.practice_settings');
create policy select_all on app_private.practice_settings for select to autobench_operator
  using (true);
grant select on app_private.practice_settings to autobench_operator;
-- No write through the API: these are decisions made in SQL, and migrations leave them alone.

comment on table app_private.practice_settings is 'What an installation may set for its practice ground.';
comment on column app_private.practice_settings.is_only is 'There is one row.';
comment on column app_private.practice_settings.daily_tokens is 'What the models may use for one member in a UTC day.';
comment on column app_private.practice_settings.answers_per_hour is 'How many answers a member may hand in within an hour.';
comment on column app_private.practice_settings.unlock_share is 'The part of a module''s problems that has to be solved before the next module opens.';
comment on column app_private.practice_settings.second_opinion_within is 'How near to the pass score a judgement has to be for a second one to decide.';
comment on column app_private.practice_settings.judge_output_tokens is 'How long a judge''s reply may be.';
comment on column app_private.practice_settings.reserve_for is 'How long tokens stay reserved for a call that does not come.';
--! EndIncluded practice/app_private.practice_settings.sql
--! Included practice/app_private.token_days.sql
-- app_private.reserve_tokens() -> [app_private.token_days] -> app_public.my_allowance(), daily_token_reset
create table if not exists app_private.token_days (
  user_id    uuid not null,
  day        date not null,
  reserved   integer not null default 0,
  used       integer not null default 0,
  closed_at  timestamptz,
  constraint token_days_pkey primary key (user_id, day),
  constraint token_days_user foreign key (user_id) references app_public.users on delete cascade,
  constraint token_days_not_negative check (reserved >= 0 and used >= 0)
);
create index if not exists token_days_closed_at_idx on app_private.token_days (closed_at);
create index if not exists token_days_open_idx on app_private.token_days (day) where closed_at is null;

call app_private.reset_access('app_private.token_days');
-- No policy and no grant: reserve_tokens() and settle_tokens() are the doors, my_allowance() the window.

comment on table app_private.token_days is 'What a member has used of a UTC day''s tokens, and what is reserved: a new day is new because its key is.';
comment on column app_private.token_days.user_id is 'The member.';
comment on column app_private.token_days.day is 'The UTC day: no change of zone buys a second allowance.';
comment on column app_private.token_days.reserved is 'Reserved for calls that are not over.';
comment on column app_private.token_days.used is 'Used.';
comment on column app_private.token_days.closed_at is 'When the day was closed into the usage metrics.';
--! EndIncluded practice/app_private.token_days.sql
--! Included practice/app_private.token_reservations.sql
-- app_private.reserve_tokens() -> [app_private.token_reservations] -> app_private.settle_tokens(), app_private.ai_usage_metrics
create table if not exists app_private.token_reservations (
  id             bigint generated always as identity constraint token_reservations_pkey primary key,
  user_id        uuid not null,
  day            date not null,
  purpose        text not null,
  subject_id     uuid not null,
  estimate       integer not null,
  actual         integer,
  state          text not null default 'reserved',
  created_at     timestamptz not null default now(),
  expires_at     timestamptz not null,
  aggregated_at  timestamptz,
  constraint token_reservations_user foreign key (user_id) references app_public.users on delete cascade,
  constraint token_reservations_once unique (purpose, subject_id),
  constraint token_reservations_purpose_known check (purpose in ('judge', 'coach', 'battle')),
  constraint token_reservations_state_known check (state in ('reserved', 'settled', 'expired')),
  constraint token_reservations_settled_whole check ((state = 'settled') = (actual is not null)),
  constraint token_reservations_within_estimate check (estimate >= 0 and actual between 0 and estimate)
);
create index if not exists token_reservations_user_id_idx on app_private.token_reservations (user_id, day);
create index if not exists token_reservations_open_idx on app_private.token_reservations (expires_at) where state = 'reserved';
create index if not exists token_reservations_aggregated_at_idx on app_private.token_reservations (aggregated_at);

call app_private.reset_access('app_private.token_reservations');
-- No policy and no grant: reserve_tokens() and settle_tokens() are the doors.

comment on table app_private.token_reservations is 'What was reserved for a model''s work for a member, and what it came to.';
comment on column app_private.token_reservations.id is 'Identity of the reservation.';
comment on column app_private.token_reservations.user_id is 'The member.';
comment on column app_private.token_reservations.day is 'The UTC day from whose allowance it is.';
comment on column app_private.token_reservations.purpose is 'What for: judge, coach or battle.';
comment on column app_private.token_reservations.subject_id is 'The answer, the coach''s job, or the seat in a battle.';
comment on column app_private.token_reservations.estimate is 'What was reserved: the most that a member pays for it.';
comment on column app_private.token_reservations.actual is 'What they paid.';
comment on column app_private.token_reservations.state is 'reserved, settled, or expired: then it went back, and what comes later costs the member nothing.';
comment on column app_private.token_reservations.created_at is 'When it was made.';
comment on column app_private.token_reservations.expires_at is 'Until when it waits.';
comment on column app_private.token_reservations.aggregated_at is 'When its day was closed.';
--! EndIncluded practice/app_private.token_reservations.sql
--! Included practice/app_private.ai_usage_metrics.sql
-- daily_token_reset -> app_private.close_token_days() -> [app_private.ai_usage_metrics] -> app_operations.member_usage
create table if not exists app_private.ai_usage_metrics (
  user_id    uuid not null,
  day        date not null,
  purpose    text not null,
  calls      integer not null,
  tokens     integer not null,
  closed_at  timestamptz not null default now(),
  constraint ai_usage_metrics_pkey primary key (user_id, day, purpose),
  constraint ai_usage_metrics_user foreign key (user_id) references app_public.users on delete cascade,
  constraint ai_usage_metrics_not_negative check (calls >= 0 and tokens >= 0)
);
create index if not exists ai_usage_metrics_closed_at_idx on app_private.ai_usage_metrics (closed_at);

call app_private.reset_access('app_private.ai_usage_metrics');
create policy select_all on app_private.ai_usage_metrics for select to autobench_operator
  using (true);
grant select on app_private.ai_usage_metrics to autobench_operator;
-- No write: close_token_days() is the door.

comment on table app_private.ai_usage_metrics is 'What models did for a member on a finished day. What it cost stands in the ledger of calls, and stays there.';
comment on column app_private.ai_usage_metrics.user_id is 'The member.';
comment on column app_private.ai_usage_metrics.day is 'The UTC day.';
comment on column app_private.ai_usage_metrics.purpose is 'What for.';
comment on column app_private.ai_usage_metrics.calls is 'How often.';
comment on column app_private.ai_usage_metrics.tokens is 'What the member paid of their allowance.';
comment on column app_private.ai_usage_metrics.closed_at is 'When the day was closed.';
--! EndIncluded practice/app_private.ai_usage_metrics.sql
--! Included practice/app_private.release_tokens.sql
-- app_private.reserve_tokens(), daily_token_reset -> [app_private.release_tokens()] -> app_private.token_reservations, app_private.token_days
create or replace function app_private.release_tokens(user_id uuid, at timestamptz default now()) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_released integer;
begin
  with over as (
    update app_private.token_reservations r
      set state = 'expired'
      where r.user_id = release_tokens.user_id and r.state = 'reserved' and r.expires_at <= release_tokens.at
      returning r.day, r.estimate
  ), sums as (
    select o.day, sum(o.estimate)::integer as estimate from over o group by o.day
  ), freed as (
    update app_private.token_days t
      set reserved = t.reserved - s.estimate
      from sums s
      where t.user_id = release_tokens.user_id and t.day = s.day
      returning s.estimate
  )
  select coalesce(sum(f.estimate), 0)::integer into v_released from freed f;
  return v_released;
end;
$$;
comment on function app_private.release_tokens(uuid, timestamptz) is
  'Gives a member back what was reserved for calls that did not come in time; returns how much.';
revoke all on function app_private.release_tokens(uuid, timestamptz) from public;
--! EndIncluded practice/app_private.release_tokens.sql
--! Included practice/app_private.reserve_tokens.sql
-- app_public.submit_answer(), batch_ai_processor -> [app_private.reserve_tokens()] -> app_private.token_days, app_private.token_reservations
create or replace function app_private.reserve_tokens(
  user_id uuid,
  purpose text,
  subject_id uuid,
  estimate integer,
  at timestamptz default now()
) returns bigint
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_day date := (reserve_tokens.at at time zone 'utc')::date;
  v_settings app_private.practice_settings;
  v_id bigint;
begin
  select * into strict v_settings from app_private.practice_settings s;
  if reserve_tokens.estimate > v_settings.daily_tokens then
    raise exception 'This is too long for a day''s tokens.'
      using errcode = 'TB08B', hint = 'Shorten it: no day has more of them.';
  end if;
  perform app_private.release_tokens(reserve_tokens.user_id, reserve_tokens.at);
  -- One statement decides and takes: requests at once cannot all read the same sum and pass together.
  insert into app_private.token_days as t (user_id, day, reserved)
    values (reserve_tokens.user_id, v_day, reserve_tokens.estimate)
    on conflict on constraint token_days_pkey do update
      set reserved = t.reserved + excluded.reserved
      where t.used + t.reserved + excluded.reserved <= v_settings.daily_tokens;
  if not found then
    raise exception 'Your tokens for today do not suffice for this.'
      using errcode = 'TB085',
        detail = jsonb_build_object('resetsAt', to_char(v_day + 1, 'YYYY-MM-DD"T"00:00:00"Z"')),
        hint = format('Try again after %s 00:00 UTC.', v_day + 1);
  end if;
  -- What had expired, or came to nothing, may be reserved anew; what is reserved already is not.
  insert into app_private.token_reservations as r (user_id, day, purpose, subject_id, estimate, created_at, expires_at)
    values (
      reserve_tokens.user_id, v_day, reserve_tokens.purpose, reserve_tokens.subject_id, reserve_tokens.estimate,
      reserve_tokens.at, reserve_tokens.at + v_settings.reserve_for
    )
    on conflict on constraint token_reservations_once do update
      set day = excluded.day, estimate = excluded.estimate, actual = null, state = 'reserved', created_at = excluded.created_at,
        expires_at = excluded.expires_at, aggregated_at = null
      where r.user_id = excluded.user_id and (r.state = 'expired' or (r.state = 'settled' and r.actual = 0))
    returning r.id into strict v_id;
  return v_id;
end;
$$;
comment on function app_private.reserve_tokens(uuid, text, uuid, integer, timestamptz) is
  'Reserves tokens of a member''s UTC day, or refuses; never more than the day allows, however many ask at once. Errors: TB085, TB08B.';
revoke all on function app_private.reserve_tokens(uuid, text, uuid, integer, timestamptz) from public;
--! EndIncluded practice/app_private.reserve_tokens.sql
--! Included practice/app_private.settle_tokens.sql
-- app_private.record_verdict(), batch_ai_processor -> [app_private.settle_tokens()] -> app_private.token_reservations, app_private.token_days
create or replace function app_private.settle_tokens(purpose text, subject_id uuid, actual integer) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reservation app_private.token_reservations;
begin
  -- A member pays what was reserved at most: what an installation spends beyond that is its own affair.
  update app_private.token_reservations r
    set state = 'settled', actual = least(greatest(settle_tokens.actual, 0), r.estimate)
    where r.purpose = settle_tokens.purpose and r.subject_id = settle_tokens.subject_id and r.state = 'reserved'
    returning * into v_reservation;
  if not found then
    return 0;
  end if;
  update app_private.token_days t
    set reserved = t.reserved - v_reservation.estimate, used = t.used + v_reservation.actual
    where t.user_id = v_reservation.user_id and t.day = v_reservation.day;
  return v_reservation.actual;
end;
$$;
comment on function app_private.settle_tokens(text, uuid, integer) is
  'Corrects a reservation to what was used; one that has expired or was settled before costs nothing more. Returns what was paid.';
revoke all on function app_private.settle_tokens(text, uuid, integer) from public;
--! EndIncluded practice/app_private.settle_tokens.sql
--! Included practice/app_private.close_token_days.sql
-- daily_token_reset -> [app_private.close_token_days()] -> app_private.ai_usage_metrics
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.close_token_days(
  at timestamptz default now(),
  batch integer default 1000,
  out days integer,
  out tokens bigint,
  out seen integer
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today date := (close_token_days.at at time zone 'utc')::date;
begin
  -- It waits for nobody: what a settling holds at this moment is left to the next run, so no two ever wait in a ring.
  with due as materialized (
    select t.user_id, t.day
      from app_private.token_days t
      where t.closed_at is null and t.day < v_today
      order by t.day, t.user_id
      limit close_token_days.batch
      for update skip locked
  ), held as materialized (
    select r.id, r.user_id, r.day, r.purpose, r.state, r.actual
      from due d
        inner join app_private.token_reservations r on r.user_id = d.user_id and r.day = d.day
      where r.aggregated_at is null
      for update of r skip locked
  ), whole as materialized (
    select d.user_id, d.day
      from due d
      where not exists (
        select from app_private.token_reservations r
          where r.user_id = d.user_id and r.day = d.day and r.aggregated_at is null
            and r.id not in (select h.id from held h)
      )
  ), aggregated as (
    update app_private.token_reservations r
      set state = case r.state when 'reserved' then 'expired' else r.state end, aggregated_at = close_token_days.at
      from held h
        inner join whole w on w.user_id = h.user_id and w.day = h.day
      where r.id = h.id
  ), summed as (
    insert into app_private.ai_usage_metrics (user_id, day, purpose, calls, tokens, closed_at)
      select h.user_id, h.day, h.purpose, count(*), coalesce(sum(h.actual), 0), close_token_days.at
        from held h
          inner join whole w on w.user_id = h.user_id and w.day = h.day
        where h.state = 'settled'
        group by h.user_id, h.day, h.purpose
      on conflict on constraint ai_usage_metrics_pkey do nothing
  ), closed as (
    update app_private.token_days t
      set reserved = 0, closed_at = close_token_days.at
      from whole w
      where t.user_id = w.user_id and t.day = w.day
      returning t.used
  )
  select (select count(*) from closed), (select coalesce(sum(c.used), 0) from closed c), (select count(*) from due)
    into days, tokens, seen;
end;
$$;
comment on function app_private.close_token_days(timestamptz, integer) is
  'Closes a batch of finished days into the usage metrics, and frees what was still reserved; fewer seen than a batch means that none is left.';
revoke all on function app_private.close_token_days(timestamptz, integer) from public;
grant execute on function app_private.close_token_days(timestamptz, integer) to autobench_worker;
--! EndIncluded practice/app_private.close_token_days.sql
--! Included practice/app_public.allowance.sql
-- [app_public.allowance] -> app_public.my_allowance()
do $$
begin
  create type app_public.allowance as (
    daily_tokens  integer,
    used          integer,
    reserved      integer,
    resets_at     timestamptz
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.allowance is 'What a member may have done by models in a UTC day, in tokens.';
comment on column app_public.allowance.daily_tokens is 'What a day holds.';
comment on column app_public.allowance.used is 'What was used of today.';
comment on column app_public.allowance.reserved is 'What is reserved for answers that wait for the judge.';
comment on column app_public.allowance.resets_at is 'When the next day begins.';
revoke all on type app_public.allowance from public;
grant usage on type app_public.allowance to autobench_anon, autobench_member;
--! EndIncluded practice/app_public.allowance.sql
--! Included practice/app_public.my_allowance.sql
-- myAllowance (GraphQL) -> [app_public.my_allowance()] -> app_private.token_days
-- Definer: the sums stand in a table that no caller reads; the caller is shown their own.
create or replace function app_public.my_allowance() returns app_public.allowance
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.daily_tokens, coalesce(t.used, 0),
      -- Less what waited too long: it goes back before anything is reserved again.
      coalesce(t.reserved, 0) - coalesce((
        select sum(r.estimate)::integer
          from app_private.token_reservations r
          where r.user_id = t.user_id and r.day = t.day and r.state = 'reserved' and r.expires_at <= now()
      ), 0),
      (d.day + 1)::timestamp at time zone 'utc'
    from app_private.practice_settings s
      cross join (select (now() at time zone 'utc')::date as day) d
      left join app_private.token_days t on t.user_id = app_public.current_user_id() and t.day = d.day;
$$;
comment on function app_public.my_allowance() is
  'What the signed-in member may still have done by models today, in tokens, and when a new day begins.';
revoke all on function app_public.my_allowance() from public;
grant execute on function app_public.my_allowance() to autobench_member;
--! EndIncluded practice/app_public.my_allowance.sql
--! Included practice/app_private.answer_keys.sql
-- app_public.submit_answer() -> [app_private.answer_keys] -> app_private.retention_rules
create table if not exists app_private.answer_keys (
  user_id      uuid not null,
  key          text not null,
  answer_id    uuid not null,
  answered_at  timestamptz not null,
  created_at   timestamptz not null default now(),
  constraint answer_keys_pkey primary key (user_id, key),
  constraint answer_keys_user foreign key (user_id) references app_public.users on delete cascade,
  constraint answer_keys_form check (key ~ '^[A-Za-z0-9_.:-]{8,100}$')
);
create index if not exists answer_keys_created_at_idx on app_private.answer_keys (created_at);

call app_private.reset_access('app_private.answer_keys');
-- No policy and no grant: submit_answer() alone looks here.

comment on table app_private.answer_keys is 'Keys under which answers were handed in: the same key again gives the same answer. A table of its own, since answers are cut by month.';
comment on column app_private.answer_keys.user_id is 'The member.';
comment on column app_private.answer_keys.key is 'The key, made up by the caller.';
comment on column app_private.answer_keys.answer_id is 'The answer.';
comment on column app_private.answer_keys.answered_at is 'When the answer came.';
comment on column app_private.answer_keys.created_at is 'When the key was first used.';
comment on constraint answer_keys_form on app_private.answer_keys is
  E'@error TB086\nA key has 8 to 100 letters, digits, dots, colons, dashes or underscores.\nHint: Make one up for each answer, such as a random uuid.';
--! EndIncluded practice/app_private.answer_keys.sql
--! Included practice/app_private.content_length.sql
-- app_public.submit_answer(), app_private.begin_judging() -> [app_private.content_length()]
create or replace function app_private.content_length(answer text) returns integer
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- Each different word once: neither dots and blanks nor one word a hundred times are content. Scripts that are written
  -- without blanks come out as long words, which is right.
  select coalesce(sum(char_length(w.word) + 1), 0)::integer
    from (
      select distinct lower(m[1]) as word
        from regexp_matches(normalize(content_length.answer, nfkc), '[[:alnum:]]+', 'g') m
    ) w;
$$;
comment on function app_private.content_length(text) is 'How much an answer holds, in characters, with every word counted once.';
revoke all on function app_private.content_length(text) from public;
--! EndIncluded practice/app_private.content_length.sql
--! Included practice/app_private.time_bonus.sql
-- app_public.submit_answer() -> [app_private.time_bonus()] -> app_public.answers.time_bonus_points
create or replace function app_private.time_bonus(points integer, expected_seconds integer, seconds_taken integer) returns integer
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- Whole within a quarter of the expected time, then a straight line down to nothing at its end.
  select round(
    points * least(1, greatest(0, (expected_seconds - seconds_taken) / (expected_seconds * 0.75)))
  )::integer;
$$;
comment on function app_private.time_bonus(integer, integer, integer) is 'What is left of a time bonus after so many seconds.';
revoke all on function app_private.time_bonus(integer, integer, integer) from public;
--! EndIncluded practice/app_private.time_bonus.sql
--! Included practice/app_private.open_modules.sql
-- app_public.submit_answer(), app_public.modules_is_open() -> [app_private.open_modules()] -> app_private.judged_answers
create or replace function app_private.open_modules(user_id uuid)
returns table (module_id uuid, is_open boolean, waits_for text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with solved as (
    select distinct j.problem_id from app_private.judged_answers j where j.user_id = open_modules.user_id and j.is_correct
  ), done as (
    -- What has retired needs no solving, and counts where it was solved.
    select m.id, m.name,
        count(*) filter (where s.problem_id is not null) >= ceil(
          count(*) filter (where p.is_published) * (select g.unlock_share from app_private.practice_settings g)
        ) as is_done
      from app_public.modules m
        left join app_public.problems p on p.module_id = m.id
        left join solved s on s.problem_id = p.id
      group by m.id
  )
  select m.id, coalesce(bool_and(d.is_done), true), string_agg(d.name, ', ' order by d.name) filter (where not d.is_done)
    from app_public.modules m
      left join app_public.module_prerequisites e on e.module_id = m.id
      left join done d on d.id = e.prerequisite_id
    where m.is_published
    group by m.id;
$$;
comment on function app_private.open_modules(uuid) is
  'Which modules are open to a member, and for which others they wait; to nobody (null) only those that need nothing before.';
revoke all on function app_private.open_modules(uuid) from public;
--! EndIncluded practice/app_private.open_modules.sql
--! Included practice/app_public.modules_is_open.sql
-- module.isOpen (GraphQL) -> [app_public.modules_is_open()] -> app_private.open_modules()
-- Definer: what a member has solved is found by way of tables that no caller reads; it is asked for the caller alone.
create or replace function app_public.modules_is_open(module app_public.modules) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(bool_or(o.is_open), false)
    from app_private.open_modules(app_public.current_user_id()) o
    where o.module_id = module.id;
$$;
comment on function app_public.modules_is_open(app_public.modules) is
  'Whether the module''s problems can be answered by whoever asks: enough of the modules before it has been solved.';
revoke all on function app_public.modules_is_open(app_public.modules) from public;
grant execute on function app_public.modules_is_open(app_public.modules) to autobench_anon, autobench_member;
--! EndIncluded practice/app_public.modules_is_open.sql
--! Included practice/app_private.require_problem.sql
-- app_public.start_problem(), app_public.submit_answer() -> [app_private.require_problem()] -> app_public.problems, app_private.open_modules()
create or replace function app_private.require_problem(slug text, user_id uuid) returns app_public.problems
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem app_public.problems;
  v_module_id uuid;
  v_is_open boolean;
  v_waits_for text;
begin
  select p.* into v_problem from app_public.problems p where p.slug = require_problem.slug and p.is_published;
  if found then
    select o.module_id, o.is_open, o.waits_for into v_module_id, v_is_open, v_waits_for
      from app_private.open_modules(require_problem.user_id) o
      where o.module_id = v_problem.module_id;
  end if;
  if v_module_id is null then -- also one whose module is not published
    raise exception 'There is no such problem.' using errcode = 'TB080', hint = 'See problems for those that can be answered.';
  elsif not v_is_open then
    raise exception 'This problem is not open to you yet.'
      using errcode = 'TB081', hint = format('Solve more of: %s.', v_waits_for);
  end if;
  return v_problem;
end;
$$;
comment on function app_private.require_problem(text, uuid) is
  'A problem that a member may answer now. Errors: TB080, TB081.';
revoke all on function app_private.require_problem(text, uuid) from public;
--! EndIncluded practice/app_private.require_problem.sql
--! Included practice/app_public.start_problem.sql
-- startProblem (GraphQL) -> [app_public.start_problem()] -> app_public.attempts
-- Definer: a member may start a clock without being able to set it.
create or replace function app_public.start_problem(slug text) returns app_public.attempts
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_problem app_public.problems := app_private.require_problem(start_problem.slug, v_user_id);
  v_attempt app_public.attempts;
begin
  insert into app_public.attempts (user_id, problem_id) values (v_user_id, v_problem.id)
    on conflict on constraint attempts_one_per_problem do nothing;
  select a.* into strict v_attempt from app_public.attempts a where a.user_id = v_user_id and a.problem_id = v_problem.id;
  return v_attempt;
end;
$$;
comment on function app_public.start_problem(text) is
  E'@resultFieldName attempt\nBegins a problem: from here the server''s clock runs. A second time it returns the same attempt. Errors: TB001, TB002, TB080, TB081.';
revoke all on function app_public.start_problem(text) from public;
grant execute on function app_public.start_problem(text) to autobench_member;
--! EndIncluded practice/app_public.start_problem.sql
--! Included practice/app_public.save_draft.sql
-- saveDraft (GraphQL) -> [app_public.save_draft()] -> app_public.attempts
-- Definer: a member may keep a draft without being able to move the clock or the version.
create or replace function app_public.save_draft(attempt uuid, text text, version integer) returns app_public.attempts
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_attempt app_public.attempts;
begin
  -- Compare and set: of two tabs that saw the same version one saves, and the other is shown what came of it.
  update app_public.attempts a
    set draft = coalesce(save_draft.text, ''), version = a.version + 1, draft_saved_at = now()
    where a.id = save_draft.attempt and a.user_id = v_user_id and a.version = save_draft.version
    returning * into v_attempt;
  if found then
    return v_attempt;
  end if;
  select a.* into v_attempt from app_public.attempts a where a.id = save_draft.attempt and a.user_id = v_user_id;
  if not found then
    raise exception 'There is no such attempt.' using errcode = 'TB007', hint = 'Check the id.';
  end if;
  raise exception 'The draft was changed elsewhere.'
    using errcode = 'TB082',
      detail = jsonb_build_object('current', jsonb_build_object(
        'id', v_attempt.id, 'draft', v_attempt.draft, 'version', v_attempt.version, 'draftSavedAt', v_attempt.draft_saved_at
      )),
      hint = format('Put the two together, and save with version %s.', v_attempt.version);
end;
$$;
comment on function app_public.save_draft(uuid, text, integer) is
  E'@resultFieldName attempt\nSaves what has been written so far, if nobody did since `version`; otherwise the error''s `details.current` is what stands there now. Errors: TB001, TB002, TB007, TB082, TB083.';
revoke all on function app_public.save_draft(uuid, text, integer) from public;
grant execute on function app_public.save_draft(uuid, text, integer) to autobench_member;
--! EndIncluded practice/app_public.save_draft.sql
--! Included practice/app_private.judge_estimate.sql
-- app_public.submit_answer() -> [app_private.judge_estimate()] -> app_private.reserve_tokens()
create or replace function app_private.judge_estimate(problem_id uuid, answer text) returns integer
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  -- As for money: at worst a character is a third of a token (a byte, where letters are not Latin), and the reply whole.
  select ceil((
      coalesce(max(octet_length(t.system) + octet_length(t.template)), 0)
      + octet_length(p.statement) + octet_length(k.rubric) + octet_length(judge_estimate.answer)
    ) / 3.0)::integer + (select s.judge_output_tokens from app_private.practice_settings s)
    from app_public.problems p
      inner join app_private.problem_keys k on k.problem_id = p.id
      left join app_private.prompts t on t.role = 'judge' and t.weight > 0
    where p.id = judge_estimate.problem_id
    group by p.id, k.problem_id;
$$;
comment on function app_private.judge_estimate(uuid, text) is 'The most tokens that one judging of an answer may take.';
revoke all on function app_private.judge_estimate(uuid, text) from public;
--! EndIncluded practice/app_private.judge_estimate.sql
--! Included practice/app_private.queue_judging.sql
-- app_public.submit_answer(), app_private.sweep_judgings() -> [app_private.queue_judging()] -> judge_answer
create or replace function app_private.queue_judging(purpose text, id uuid, run_at timestamptz default now()) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
begin
  perform graphile_worker.add_job(
    'judge_answer',
    json_build_object('purpose', queue_judging.purpose, 'id', queue_judging.id),
    run_at => queue_judging.run_at,
    max_attempts => 25,
    job_key => 'judging:' || queue_judging.id,
    priority => case queue_judging.purpose when 'answer' then 0 else 10 end
  );
end;
$$;
comment on function app_private.queue_judging(text, uuid, timestamptz) is
  'Queues a judging, once however often it is asked for; somebody who waits goes before checks and re-judgings.';
revoke all on function app_private.queue_judging(text, uuid, timestamptz) from public;
--! EndIncluded practice/app_private.queue_judging.sql
--! Included practice/app_public.submit_answer.sql
-- submitAnswer (GraphQL) -> [app_public.submit_answer()] -> app_public.answers, judge_answer
-- Definer: it is the only door to answers; a member can write none of its columns.
create or replace function app_public.submit_answer(slug text, answer text, idempotency_key text) returns app_public.answers
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_id uuid := gen_random_uuid();
  v_key app_private.answer_keys;
  v_problem app_public.problems;
  v_started_at timestamptz;
  v_seconds integer;
  v_answer app_public.answers;
begin
  -- The key first: whoever asks again, at once or later, gets what was stored, and it costs them nothing.
  insert into app_private.answer_keys (user_id, key, answer_id, answered_at)
    values (v_user_id, coalesce(submit_answer.idempotency_key, ''), v_id, now())
    on conflict on constraint answer_keys_pkey do nothing;
  if not found then
    select k.* into strict v_key from app_private.answer_keys k where k.user_id = v_user_id and k.key = submit_answer.idempotency_key;
    select a.* into strict v_answer from app_public.answers a where a.id = v_key.answer_id and a.answered_at = v_key.answered_at;
    return v_answer;
  end if;

  v_problem := app_private.require_problem(submit_answer.slug, v_user_id);
  select a.started_at into v_started_at from app_public.attempts a where a.user_id = v_user_id and a.problem_id = v_problem.id;
  if not found then
    raise exception 'You have not started this problem.'
      using errcode = 'TB084', hint = 'Call startProblem first: its clock runs from there.';
  elsif coalesce(submit_answer.answer, '') !~ '[^[:space:]]' or char_length(submit_answer.answer) > 20000 then
    raise exception 'An answer has 1 to 20,000 characters.'
      using errcode = 'TB083', hint = 'Write something, or shorten it.';
  end if;
  perform app_private.take_rate(
    'answers', v_user_id::text, (select s.answers_per_hour from app_private.practice_settings s), '1 hour'
  );
  -- What is too little to be judged asks no model, and costs no tokens.
  if app_private.content_length(submit_answer.answer) >= v_problem.minimum_length then
    perform app_private.reserve_tokens(
      v_user_id, 'judge', v_id, app_private.judge_estimate(v_problem.id, submit_answer.answer)
    );
  end if;

  v_seconds := greatest(0, extract(epoch from now() - v_started_at))::integer;
  insert into app_public.answers (id, answered_at, user_id, problem_id, body, day, seconds_taken, base_points, time_bonus_points)
    select v_id, now(), v_user_id, v_problem.id, submit_answer.answer, app_private.member_day(u.id, now()), v_seconds,
        v_problem.base_points,
        app_private.time_bonus(v_problem.time_bonus_points, v_problem.expected_seconds, v_seconds)
      from app_public.users u
      where u.id = v_user_id
    returning * into v_answer;
  perform app_private.queue_judging('answer', v_id);
  return v_answer;
end;
$$;
comment on function app_public.submit_answer(text, text, text) is
  E'@resultFieldName answer\nHands in an answer, which is stored and then judged; the same key again returns the same answer. Errors: TB001, TB002, TB006, TB080, TB081, TB083, TB084, TB085, TB086, TB08B.';
revoke all on function app_public.submit_answer(text, text, text) from public;
grant execute on function app_public.submit_answer(text, text, text) to autobench_member;
--! EndIncluded practice/app_public.submit_answer.sql
--! Included practice/app_private.judge_runs.sql
-- autobench judge-check, app_operations.rejudge() -> [app_private.judge_runs] -> app_private.judgings, app_operations.judge_runs
create table if not exists app_private.judge_runs (
  id              bigint generated always as identity constraint judge_runs_pkey primary key,
  purpose         text not null,
  problem_id      uuid,
  prompt_version  text not null,
  state           text not null default 'shadow',
  created_at      timestamptz not null default now(),
  applied_at      timestamptz,
  reverted_at     timestamptz,
  constraint judge_runs_problem foreign key (problem_id) references app_public.problems,
  constraint judge_runs_purpose_known check (purpose in ('check', 'rejudge')),
  constraint judge_runs_state_known check (state in ('shadow', 'applied', 'reverted')),
  constraint judge_runs_about_a_problem check (purpose = 'check' or problem_id is not null),
  constraint judge_runs_checks_change_nothing check (purpose = 'rejudge' or state = 'shadow'),
  constraint judge_runs_states_are_dated check ((state = 'shadow') = (applied_at is null) and (state = 'reverted') = (reverted_at is not null))
);
create index if not exists judge_runs_problem_id_idx on app_private.judge_runs (problem_id);

call app_private.reset_access('app_private.judge_runs');
create policy select_all on app_private.judge_runs for select to autobench_operator
  using (true);
grant select on app_private.judge_runs to autobench_operator;
-- No write: rejudge(), apply_rejudge() and revert_rejudge() are the doors.

comment on table app_private.judge_runs is 'Many judgings at once: the registry''s examples, or the answers to a problem once more.';
comment on column app_private.judge_runs.id is 'Identity of the run.';
comment on column app_private.judge_runs.purpose is 'check: the examples. rejudge: answers.';
comment on column app_private.judge_runs.problem_id is 'The problem, if it is about one.';
comment on column app_private.judge_runs.prompt_version is 'What the judge is told.';
comment on column app_private.judge_runs.state is 'shadow: nothing has changed by it. applied: its verdicts count. reverted: those before it count again.';
comment on column app_private.judge_runs.created_at is 'When it was asked for.';
comment on column app_private.judge_runs.applied_at is 'When it was applied.';
comment on column app_private.judge_runs.reverted_at is 'When it was taken back.';
--! EndIncluded practice/app_private.judge_runs.sql
--! Included practice/app_private.judgings.sql
-- app_private.judge_runs -> [app_private.judgings] -> judge_answer, app_operations.rejudge_flips
create table if not exists app_private.judgings (
  id                uuid constraint judgings_pkey primary key default gen_random_uuid(),
  run_id            bigint not null,
  problem_id        uuid not null,
  example           text,
  user_id           uuid,
  answer_id         uuid,
  answered_at       timestamptz,
  prior_verdict_id  uuid,
  new_verdict_id    uuid,
  state             text not null default 'waiting',
  score             integer,
  is_correct        boolean,
  feedback          text,
  judge_model_id    uuid,
  rubric_hash       bytea,
  reason            text,
  finished_at       timestamptz,
  constraint judgings_run foreign key (run_id) references app_private.judge_runs on delete cascade,
  constraint judgings_problem foreign key (problem_id) references app_public.problems,
  constraint judgings_user foreign key (user_id) references app_public.users on delete cascade,
  constraint judgings_judge_model foreign key (judge_model_id) references app_public.models,
  constraint judgings_one_subject check (
    (example is null) <> (answer_id is null) and (answer_id is null) = (user_id is null) and (answer_id is null) = (answered_at is null)
  ),
  constraint judgings_state_known check (state in ('waiting', 'scored', 'unscored')),
  constraint judgings_score_in_range check (score between 0 and 100),
  constraint judgings_scored_whole check ((state = 'scored') = (score is not null and is_correct is not null and feedback is not null)),
  constraint judgings_end_is_dated check ((state = 'waiting') = (finished_at is null))
);
create index if not exists judgings_run_id_idx on app_private.judgings (run_id, state);
create index if not exists judgings_problem_id_idx on app_private.judgings (problem_id);
create index if not exists judgings_user_id_idx on app_private.judgings (user_id);
create index if not exists judgings_judge_model_id_idx on app_private.judgings (judge_model_id);
create unique index if not exists judgings_one_per_answer on app_private.judgings (run_id, answer_id) where answer_id is not null;

call app_private.reset_access('app_private.judgings');
create policy select_all on app_private.judgings for select to autobench_operator
  using (true);
grant select on app_private.judgings to autobench_operator;
-- No write: record_judging() is the door. What they find counts for nobody before a run is applied.

comment on table app_private.judgings is 'One judging of a run: an example, or an answer once more. An answer''s first judging stands on the answer itself.';
comment on column app_private.judgings.id is 'Identity of the judging; its calls are about it.';
comment on column app_private.judgings.run_id is 'The run.';
comment on column app_private.judgings.problem_id is 'The problem.';
comment on column app_private.judgings.example is 'The example, if it is one.';
comment on column app_private.judgings.user_id is 'Whose answer it is, if it is one.';
comment on column app_private.judgings.answer_id is 'The answer.';
comment on column app_private.judgings.answered_at is 'When the answer came.';
comment on column app_private.judgings.prior_verdict_id is 'The verdict that counted when the run was asked for; none if the answer had no score.';
comment on column app_private.judgings.new_verdict_id is 'The verdict that the applied run made of it.';
comment on column app_private.judgings.state is 'waiting, scored or unscored.';
comment on column app_private.judgings.score is '0 to 100.';
comment on column app_private.judgings.is_correct is 'Whether it passes.';
comment on column app_private.judgings.feedback is 'What the member would be told.';
comment on column app_private.judgings.judge_model_id is 'The model that judged.';
comment on column app_private.judgings.rubric_hash is 'SHA-256 of the rubric that it was given.';
comment on column app_private.judgings.reason is 'Why there is no score.';
comment on column app_private.judgings.finished_at is 'When it was over.';
--! EndIncluded practice/app_private.judgings.sql
--! Included practice/app_private.judge_replies.sql
-- judge_answer -> app_private.record_judging() -> [app_private.judge_replies] -> app_public.verdicts, app_operations.judge_versions
create table if not exists app_private.judge_replies (
  call_id         bigint constraint judge_replies_pkey primary key,
  subject_id      uuid not null,
  purpose         text not null,
  user_id         uuid,
  verdict_id      uuid,
  round           integer not null,
  model_id        uuid not null,
  prompt_version  text not null,
  rubric_hash     bytea not null,
  state           text not null,
  score           integer,
  reasoning       text,
  feedback        text,
  has_leaked      boolean not null default false,
  raw             text,
  reason          text,
  tokens          integer not null default 0,
  cost_usd        numeric(14, 8) not null default 0,
  latency_ms      integer,
  created_at      timestamptz not null default now(),
  constraint judge_replies_call foreign key (call_id) references app_private.llm_calls,
  constraint judge_replies_user foreign key (user_id) references app_public.users on delete cascade,
  constraint judge_replies_verdict foreign key (verdict_id) references app_public.verdicts on delete cascade,
  constraint judge_replies_model foreign key (model_id) references app_public.models,
  constraint judge_replies_once unique (subject_id, round),
  constraint judge_replies_purpose_known check (purpose in ('answer', 'check', 'rejudge')),
  constraint judge_replies_round_in_range check (round between 1 and 3),
  constraint judge_replies_state_known check (state in ('scored', 'unscored', 'in_doubt')),
  constraint judge_replies_score_in_range check (score between 0 and 100),
  constraint judge_replies_scored_whole check ((state = 'scored') = (score is not null) and (state = 'scored') = (reason is null)),
  constraint judge_replies_texts_bounded check (
    char_length(reasoning) <= 20000 and char_length(feedback) <= 4000 and char_length(raw) <= 40000 and char_length(reason) <= 500
  ),
  constraint judge_replies_figures_not_negative check (tokens >= 0 and cost_usd >= 0 and latency_ms >= 0)
);
create index if not exists judge_replies_user_id_idx on app_private.judge_replies (user_id);
create index if not exists judge_replies_verdict_id_idx on app_private.judge_replies (verdict_id);
create index if not exists judge_replies_model_id_idx on app_private.judge_replies (model_id);
create index if not exists judge_replies_prompt_version_idx on app_private.judge_replies (prompt_version, purpose);

call app_private.reset_access('app_private.judge_replies');
create policy select_all on app_private.judge_replies for select to autobench_operator
  using (true);
grant select on app_private.judge_replies to autobench_operator;
-- No write: record_judging() is the door. No member reads it: the reasoning goes through the rubric line by line.

comment on table app_private.judge_replies is 'What the judge said in each round, as it came and as it was read: the evidence behind a verdict.';
comment on column app_private.judge_replies.call_id is 'The call.';
comment on column app_private.judge_replies.subject_id is 'The answer, or the judging of a run.';
comment on column app_private.judge_replies.purpose is 'answer: the first judging. check: an example. rejudge: an answer once more.';
comment on column app_private.judge_replies.user_id is 'Whose answer it is.';
comment on column app_private.judge_replies.verdict_id is 'The verdict that was made of it, if it decided.';
comment on column app_private.judge_replies.round is 'Which round it was.';
comment on column app_private.judge_replies.model_id is 'The model.';
comment on column app_private.judge_replies.prompt_version is 'What the model was told.';
comment on column app_private.judge_replies.rubric_hash is 'SHA-256 of the rubric that it was given.';
comment on column app_private.judge_replies.state is 'scored, unscored, or in_doubt: it was asked, and nobody knows what came of it.';
comment on column app_private.judge_replies.score is '0 to 100.';
comment on column app_private.judge_replies.reasoning is 'What it said before the score.';
comment on column app_private.judge_replies.feedback is 'What it would have the member told.';
comment on column app_private.judge_replies.has_leaked is 'Whether its feedback was kept back for saying too much.';
comment on column app_private.judge_replies.raw is 'The reply as it came.';
comment on column app_private.judge_replies.reason is 'Why it has no score.';
comment on column app_private.judge_replies.tokens is 'Tokens read and written.';
comment on column app_private.judge_replies.cost_usd is 'What it cost.';
comment on column app_private.judge_replies.latency_ms is 'How long it took.';
comment on column app_private.judge_replies.created_at is 'When it was recorded.';
--! EndIncluded practice/app_private.judge_replies.sql
--! Included practice/app_private.pick_judge.sql
-- app_private.begin_judging() -> [app_private.pick_judge()] -> app_private.llm_roles, app_private.usable_models()
create or replace function app_private.pick_judge(keys text[], has_rehearsal boolean, other_than uuid) returns uuid
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  -- A second opinion is somebody else's, where there is somebody else.
  select r.model_id
    from app_private.llm_roles r
      inner join app_private.usable_models(pick_judge.keys, pick_judge.has_rehearsal) u on u.model_id = r.model_id
    where r.role = 'judge' and u.is_usable
    order by coalesce(r.model_id = pick_judge.other_than, false), r.priority
    limit 1;
$$;
comment on function app_private.pick_judge(text[], boolean, uuid) is
  'The first usable judge that is not the one named, or else that one; null if nobody can be asked.';
revoke all on function app_private.pick_judge(text[], boolean, uuid) from public;
--! EndIncluded practice/app_private.pick_judge.sql
--! Included practice/app_private.says_too_much.sql
-- app_private.record_judging() -> [app_private.says_too_much()] -> app_private.judge_replies.has_leaked
create or replace function app_private.says_too_much(feedback text, secrets text, known text, run_length integer default 7)
returns boolean
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- Runs of words, so that another layout or other punctuation hides nothing; what the member wrote or was asked is no secret.
  with texts as materialized (
    select t.name, array(select lower(m[1]) from regexp_matches(normalize(t.body, nfkc), '[[:alnum:]]+', 'g') m) as words
      from (values ('feedback', says_too_much.feedback), ('secrets', says_too_much.secrets), ('known', says_too_much.known)) t (name, body)
  ), runs as materialized (
    select t.name, array_to_string(t.words[n : n + run_length - 1], ' ') as run
      from texts t
        cross join generate_series(1, cardinality(t.words) - run_length + 1) n
  )
  select exists (
    select r.run from runs r where r.name = 'feedback'
    intersect
    select r.run from runs r where r.name = 'secrets'
    except
    select r.run from runs r where r.name = 'known'
  );
$$;
comment on function app_private.says_too_much(text, text, text, integer) is
  'Whether feedback repeats a run of words of the reference or the rubric that neither the answer nor the statement holds.';
revoke all on function app_private.says_too_much(text, text, text, integer) from public;
--! EndIncluded practice/app_private.says_too_much.sql
--! Included practice/app_private.tg_answers__notify.sql
-- app_public.answers -> [app_private.tg_answers__notify()] -> answerJudged (GraphQL subscription)
create or replace function app_private.tg_answers__notify() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The id alone: whoever receives it reads the row under their own rights.
  perform pg_notify('answers:' || new.user_id, json_build_object('id', new.id)::text);
  return null;
end;
$$;
comment on function app_private.tg_answers__notify() is 'Tells a member''s own subscribers that an answer of theirs was judged, or judged anew.';
revoke all on function app_private.tg_answers__notify() from public;

create or replace trigger _900_notify after update on app_public.answers
  for each row when (new.status <> 'judging' and (old.status, old.verdict_id) is distinct from (new.status, new.verdict_id))
  execute function app_private.tg_answers__notify();
--! EndIncluded practice/app_private.tg_answers__notify.sql
--! Included practice/app_private.record_verdict.sql
-- app_private.begin_judging(), app_private.finish_judging() -> [app_private.record_verdict()] -> app_public.verdicts, app_private.settle_problem()
create or replace function app_private.record_verdict(
  answer app_public.answers,
  source text,
  score integer,
  feedback text,
  judge_model_id uuid,
  prompt_version text
) returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  insert into app_public.verdicts
      (answer_id, answered_at, user_id, problem_id, source, judge_model_id, prompt_version, rubric_hash, pass_score, score, feedback)
    select answer.id, answer.answered_at, answer.user_id, answer.problem_id, record_verdict.source, record_verdict.judge_model_id,
        record_verdict.prompt_version, k.rubric_hash, p.pass_score, record_verdict.score, record_verdict.feedback
      from app_public.problems p
        inner join app_private.problem_keys k on k.problem_id = p.id
      where p.id = answer.problem_id
    returning id into strict v_id;
  update app_public.answers a
    set status = 'judged', verdict_id = v_id, judged_at = now(), reason = null
    where a.id = answer.id and a.answered_at = answer.answered_at;
  perform app_private.settle_tokens('judge', answer.id, coalesce((
    select sum(r.tokens)::integer from app_private.judge_replies r where r.subject_id = answer.id
  ), 0));
  perform app_private.settle_problem(answer.user_id, answer.problem_id, v_id);
  return v_id;
end;
$$;
comment on function app_private.record_verdict(app_public.answers, text, integer, text, uuid, text) is
  'Writes down what was found of an answer, makes it count, and pays for it, in one transaction.';
revoke all on function app_private.record_verdict(app_public.answers, text, integer, text, uuid, text) from public;
--! EndIncluded practice/app_private.record_verdict.sql
--! Included practice/app_private.finish_judging.sql
-- app_private.begin_judging(), app_private.record_judging() -> [app_private.finish_judging()] -> app_private.record_verdict(), app_private.judgings
create or replace function app_private.finish_judging(purpose text, id uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reply app_private.judge_replies;
  v_reason text;
  v_answer app_public.answers;
  v_feedback text;
  v_verdict_id uuid;
begin
  -- The last that was scored decides: that of a second opinion, or the only one there is.
  select r.* into v_reply
    from app_private.judge_replies r
    where r.subject_id = finish_judging.id and r.state = 'scored'
    order by r.round desc
    limit 1;
  if not found then
    select r.reason into v_reason from app_private.judge_replies r where r.subject_id = finish_judging.id order by r.round desc limit 1;
  end if;
  v_feedback := case
    when v_reply.has_leaked then 'Your answer was judged. What the judge had to say of it gives too much away, and is kept back.'
    else v_reply.feedback
  end;

  if finish_judging.purpose <> 'answer' then
    update app_private.judgings j
      set state = case when v_reply.call_id is null then 'unscored' else 'scored' end,
        score = v_reply.score, is_correct = v_reply.score >= p.pass_score, feedback = v_feedback,
        judge_model_id = v_reply.model_id, rubric_hash = v_reply.rubric_hash, reason = v_reason, finished_at = now()
      from app_public.problems p
      where j.id = finish_judging.id and p.id = j.problem_id;
    return;
  end if;
  select a.* into strict v_answer from app_public.answers a where a.id = finish_judging.id;
  if v_reply.call_id is null then
    update app_public.answers a
      set status = 'unscored', judged_at = now(), reason = 'The judge could not say anything usable.'
      where a.id = v_answer.id and a.answered_at = v_answer.answered_at;
    perform app_private.settle_tokens('judge', v_answer.id, 0); -- a judge that says nothing costs the member nothing
    return;
  end if;
  v_verdict_id := app_private.record_verdict(v_answer, 'judge', v_reply.score, v_feedback, v_reply.model_id, v_reply.prompt_version);
  update app_private.judge_replies r set verdict_id = v_verdict_id where r.call_id = v_reply.call_id;
end;
$$;
comment on function app_private.finish_judging(text, uuid) is
  'Ends a judging with the score that decides, or without one: never wrong and never passed for want of a reply.';
revoke all on function app_private.finish_judging(text, uuid) from public;
--! EndIncluded practice/app_private.finish_judging.sql
--! Included practice/app_private.judge_by_rule.sql
-- app_private.begin_judging() -> [app_private.judge_by_rule()] -> app_private.record_verdict(), app_private.judgings
create or replace function app_private.judge_by_rule(purpose text, id uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer app_public.answers;
  v_feedback constant text := 'There is too little here to be judged. Say what happened, how you can tell, and what you would do.';
begin
  if purpose = 'answer' then
    select a.* into strict v_answer from app_public.answers a where a.id = judge_by_rule.id;
    perform app_private.record_verdict(v_answer, 'rule', 0, v_feedback, null, null);
  else
    update app_private.judgings j
      set state = 'scored', score = 0, is_correct = false, feedback = v_feedback, finished_at = now()
      where j.id = judge_by_rule.id;
  end if;
end;
$$;
comment on function app_private.judge_by_rule(text, uuid) is 'Gives an answer that holds too little its score of 0, without asking anybody.';
revoke all on function app_private.judge_by_rule(text, uuid) from public;
--! EndIncluded practice/app_private.judge_by_rule.sql
--! Included practice/app_private.keep_judge_reply.sql
-- app_private.begin_judging(), app_private.record_judging() -> [app_private.keep_judge_reply()] -> app_private.judge_replies
create or replace function app_private.keep_judge_reply(purpose text, id uuid, call_id bigint, reading jsonb)
returns app_private.judge_replies
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call app_private.llm_calls;
  v_attempt app_private.llm_attempts;
  v_answer_id uuid := keep_judge_reply.id;
  v_example text;
  v_problem_id uuid;
  v_user_id uuid;
  v_known text;
  v_secrets text;
  v_rubric_hash bytea;
  v_reply app_private.judge_replies;
  -- Whole numbers from 0 to 100, as a number: anything else is no score, and becomes none by being cut or rounded.
  v_score numeric := case jsonb_typeof(reading -> 'score') when 'number' then (reading ->> 'score')::numeric end;
  v_is_scored boolean := coalesce(
    v_score between 0 and 100 and v_score % 1 = 0
      and jsonb_typeof(reading -> 'feedback') = 'string' and char_length(btrim(reading ->> 'feedback')) between 1 and 4000,
    false
  );
begin
  select c.* into strict v_call from app_private.llm_calls c where c.id = keep_judge_reply.call_id;
  select a.* into v_attempt from app_private.llm_attempts a where a.call_id = v_call.id order by a.n desc limit 1;
  if purpose <> 'answer' then
    select j.answer_id, j.example, j.problem_id into v_answer_id, v_example, v_problem_id
      from app_private.judgings j where j.id = keep_judge_reply.id;
  end if;
  if v_answer_id is null then
    select e.answer into v_known from app_private.problem_examples e where e.problem_id = v_problem_id and e.name = v_example;
  else
    select a.user_id, a.problem_id, a.body into v_user_id, v_problem_id, v_known from app_public.answers a where a.id = v_answer_id;
  end if;
  select concat_ws(E'\n', v_known, p.statement), concat_ws(E'\n', k.reference, k.rubric), k.rubric_hash
    into strict v_known, v_secrets, v_rubric_hash
    from app_public.problems p
      inner join app_private.problem_keys k on k.problem_id = p.id
    where p.id = v_problem_id;

  insert into app_private.judge_replies (
      call_id, subject_id, purpose, user_id, round, model_id, prompt_version, rubric_hash, state, score, reasoning, feedback,
      has_leaked, raw, reason, tokens, cost_usd, latency_ms
    )
    values (
      v_call.id, keep_judge_reply.id, keep_judge_reply.purpose, v_user_id, v_call.round, v_call.model_id,
      v_call.request ->> 'promptVersion', v_rubric_hash,
      case when v_is_scored then 'scored' when v_call.state = 'in_doubt' then 'in_doubt' else 'unscored' end,
      case when v_is_scored then v_score::integer end,
      left(reading ->> 'reasoning', 20000),
      left(btrim(reading ->> 'feedback'), 4000),
      v_is_scored and app_private.says_too_much(reading ->> 'feedback', v_secrets, v_known),
      left(reading ->> 'raw', 40000),
      case when not v_is_scored then left(coalesce(reading ->> 'why', 'The reply holds no score from 0 to 100 with its feedback.'), 500) end,
      coalesce(v_attempt.input_tokens, 0) + coalesce(v_attempt.output_tokens, 0),
      coalesce(v_attempt.cost_usd, 0),
      (v_attempt.evidence ->> 'durationMs')::integer
    )
    returning * into v_reply;
  return v_reply;
end;
$$;
comment on function app_private.keep_judge_reply(text, uuid, bigint, jsonb) is
  'Writes down what the judge said in one round, and whether that is a score.';
revoke all on function app_private.keep_judge_reply(text, uuid, bigint, jsonb) from public;
--! EndIncluded practice/app_private.keep_judge_reply.sql
--! Included practice/app_private.begin_judging.sql
-- judge_answer -> [app_private.begin_judging()] -> app_private.llm_calls, app_private.finish_judging()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.begin_judging(
  purpose text,
  id uuid,
  keys text[],
  has_rehearsal boolean,
  out step text,
  out wait_ms integer,
  out call_id bigint,
  out round integer,
  out model_id uuid,
  out request jsonb,
  out parts jsonb
)
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer app_public.answers;
  v_problem_id uuid;
  v_problem app_public.problems;
  v_body text;
  v_version text;
  v_call app_private.llm_calls;
  v_has_reply boolean;
  v_until timestamptz;
begin
  step := 'over';
  if purpose = 'answer' then
    select a.* into v_answer from app_public.answers a where a.id = begin_judging.id and a.status = 'judging' for update;
    v_body := v_answer.body;
    v_problem_id := v_answer.problem_id;
  else
    select coalesce(a.body, e.answer), r.prompt_version, j.problem_id
      into v_body, v_version, v_problem_id
      from app_private.judgings j
        inner join app_private.judge_runs r on r.id = j.run_id
        left join app_public.answers a on a.id = j.answer_id and a.answered_at = j.answered_at
        left join app_private.problem_examples e on e.problem_id = j.problem_id and e.name = j.example
      where j.id = begin_judging.id and j.state = 'waiting'
      for update of j;
  end if;
  if v_body is null then
    return; -- judged before, erased, or an example that is gone
  end if;
  select p.* into strict v_problem from app_public.problems p where p.id = v_problem_id;

  if app_private.content_length(v_body) < v_problem.minimum_length then
    perform app_private.judge_by_rule(begin_judging.purpose, begin_judging.id);
    return;
  end if;

  loop
    select count(*) + 1 into round from app_private.judge_replies r where r.subject_id = begin_judging.id;
    if round > 3 then
      perform app_private.finish_judging(begin_judging.purpose, begin_judging.id);
      return;
    end if;
    select c.* into v_call
      from app_private.llm_calls c
      where c.subject_id = begin_judging.id and c.subject_type = begin_judging.purpose and c.round = begin_judging.round
      order by c.id
      limit 1;
    exit when not found;
    call_id := v_call.id;
    v_has_reply := exists (select from app_private.stored_reply(v_call.id) r where r.status between 200 and 299);
    -- A reply that is stored only has to be read, even when its call was given up for in doubt.
    if v_call.state in ('pending', 'active') or (v_call.state in ('done', 'in_doubt') and v_has_reply) then
      step := 'ask';
      return;
    elsif v_call.state in ('done', 'in_doubt') then
      -- Whether it was answered, nobody knows. A judgement may be asked for once more, after a day; an arena's answer never.
      -- What was answered and is not here may wait on a worker's disk, for an hour; then it is gone.
      select max(a.finished_at) + case v_call.state when 'done' then interval '1 hour' else interval '1 day' end
        into v_until
        from app_private.llm_attempts a
        where a.call_id = v_call.id;
      if v_until > clock_timestamp() then
        step := 'wait';
        wait_ms := ceil(extract(epoch from v_until - clock_timestamp()) * 1000)::integer;
        return;
      end if;
    end if;
    perform app_private.keep_judge_reply(
      begin_judging.purpose, begin_judging.id, v_call.id,
      jsonb_build_object('why', case v_call.state
        when 'in_doubt' then 'Nobody knows whether the judge answered.'
        when 'done' then 'The reply is gone.'
        else coalesce(v_call.reason, 'The judge could not be asked.')
      end)
    );
    if v_call.state = 'in_doubt' and (
      select count(*) > 1 from app_private.judge_replies r where r.subject_id = begin_judging.id and r.state = 'in_doubt'
    ) then
      perform app_private.finish_judging(begin_judging.purpose, begin_judging.id);
      return;
    end if;
    call_id := null;
  end loop;

  -- A new round. What the judge is told stays what it was in the first one, whatever the weights are now.
  v_version := coalesce(
    v_version,
    (select r.prompt_version from app_private.judge_replies r where r.subject_id = begin_judging.id order by r.round limit 1),
    (select p.version from app_private.pick_prompt('judge', begin_judging.id) p)
  );
  model_id := app_private.pick_judge(keys, has_rehearsal, (
    select r.model_id from app_private.judge_replies r where r.subject_id = begin_judging.id and r.state = 'scored' limit 1
  ));
  if model_id is null then
    step := 'nobody';
    return;
  end if;
  step := 'make';
  select jsonb_build_object('apiModel', m.api_model, 'params', m.params, 'maxOutputTokens', s.judge_output_tokens, 'promptVersion', p.version),
      jsonb_build_object('system', p.system, 'template', p.template, 'problem', v_problem.statement, 'rubric', k.rubric, 'answer', v_body)
    into strict request, parts
    from app_private.prompts p
      cross join app_private.practice_settings s
      cross join app_public.models m
      cross join app_private.problem_keys k
    where p.role = 'judge' and p.version = v_version and m.id = begin_judging.model_id and k.problem_id = v_problem.id;
end;
$$;
comment on function app_private.begin_judging(text, uuid, text[], boolean) is
  'What is to be done next for a judging: over (nothing), wait, nobody (no judge can be asked), ask (the call that there is) or make (a call of these parts).';
revoke all on function app_private.begin_judging(text, uuid, text[], boolean) from public;
grant execute on function app_private.begin_judging(text, uuid, text[], boolean) to autobench_worker;
--! EndIncluded practice/app_private.begin_judging.sql
--! Included practice/app_private.record_judging.sql
-- judge_answer -> [app_private.record_judging()] -> app_private.keep_judge_reply(), app_private.finish_judging()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_judging(purpose text, id uuid, call_id bigint, reading jsonb) returns text
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reply app_private.judge_replies;
  v_is_first boolean;
  v_is_near boolean;
begin
  -- Locked: of two runs that read the same reply one records it, and the other finds that it is over.
  if purpose = 'answer' then
    perform from app_public.answers a where a.id = record_judging.id and a.status = 'judging' for update;
  else
    perform from app_private.judgings j where j.id = record_judging.id and j.state = 'waiting' for update;
  end if;
  if not found
    or exists (select from app_private.judge_replies r where r.call_id = record_judging.call_id)
    or not exists (
      select from app_private.llm_calls c
        where c.id = record_judging.call_id and c.subject_id = record_judging.id and c.subject_type = record_judging.purpose and c.state = 'done'
    )
  then
    return 'over';
  end if;

  v_reply := app_private.keep_judge_reply(record_judging.purpose, record_judging.id, record_judging.call_id, record_judging.reading);
  v_is_first := 1 >= (
    select count(*) from app_private.judge_replies r where r.subject_id = record_judging.id and r.state = 'scored'
  );
  -- Near the threshold one judge's whim would decide: a second judgement does.
  select abs(v_reply.score - p.pass_score) <= s.second_opinion_within and s.second_opinion_within > 0 into v_is_near
    from app_private.practice_settings s
      cross join app_public.problems p
    where p.id = coalesce(
      (select a.problem_id from app_public.answers a where a.id = record_judging.id),
      (select j.problem_id from app_private.judgings j where j.id = record_judging.id)
    );
  if v_reply.round < 3 and (v_reply.state <> 'scored' or (v_is_first and v_is_near)) then
    perform app_private.queue_judging(record_judging.purpose, record_judging.id);
    return 'again';
  end if;
  perform app_private.finish_judging(record_judging.purpose, record_judging.id);
  return 'done';
end;
$$;
comment on function app_private.record_judging(text, uuid, bigint, jsonb) is
  'Takes in what was read from a judge''s reply: done, again (a new round is queued), or over (there was nothing left to be judged).';
revoke all on function app_private.record_judging(text, uuid, bigint, jsonb) from public;
grant execute on function app_private.record_judging(text, uuid, bigint, jsonb) to autobench_worker;
--! EndIncluded practice/app_private.record_judging.sql
--! Included practice/app_private.judge_later.sql
-- judge_answer -> [app_private.judge_later()] -> app_private.queue_judging()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.judge_later(purpose text, id uuid, wait_ms double precision) returns void
language sql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
  -- By the database's clock: a worker's may be wrong by an hour.
  select app_private.queue_judging(judge_later.purpose, judge_later.id, now() + make_interval(secs => judge_later.wait_ms / 1000));
$$;
comment on function app_private.judge_later(text, uuid, double precision) is 'Puts a judging off.';
revoke all on function app_private.judge_later(text, uuid, double precision) from public;
grant execute on function app_private.judge_later(text, uuid, double precision) to autobench_worker;
--! EndIncluded practice/app_private.judge_later.sql
--! Included practice/app_private.sweep_judgings.sql
-- crontab -> sweep_calls -> [app_private.sweep_judgings()] -> app_private.queue_judging()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.sweep_judgings(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lost record;
  v_count integer := 0;
begin
  for v_lost in
    select w.purpose, w.id
      from (
        select 'answer' as purpose, a.id
          from app_public.answers a
          where a.status = 'judging' and a.answered_at < sweep_judgings.at - interval '5 minutes'
        union all
        select r.purpose, j.id
          from app_private.judgings j
            inner join app_private.judge_runs r on r.id = j.run_id
          where j.state = 'waiting' and r.created_at < sweep_judgings.at - interval '5 minutes'
      ) w
      where not exists (select from graphile_worker.jobs k where k.key = 'judging:' || w.id and k.attempts < k.max_attempts)
        -- A reply has come after all: nobody needs to wait any longer.
        or exists (
          select from graphile_worker.jobs k
              inner join app_private.llm_calls c on c.subject_id = w.id and c.subject_type = w.purpose
              cross join app_private.stored_reply(c.id) r
            where k.key = 'judging:' || w.id and k.locked_at is null and k.run_at > sweep_judgings.at + interval '1 minute'
              and c.state in ('done', 'in_doubt') and r.status between 200 and 299
              and not exists (select from app_private.judge_replies j where j.call_id = c.id)
        )
      limit 1000
  loop
    perform app_private.queue_judging(v_lost.purpose, v_lost.id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
comment on function app_private.sweep_judgings(timestamptz) is 'Queues what waits for the judge and has lost its job, or has its reply already; returns how many.';
revoke all on function app_private.sweep_judgings(timestamptz) from public;
grant execute on function app_private.sweep_judgings(timestamptz) to autobench_worker;
--! EndIncluded practice/app_private.sweep_judgings.sql
--! Included practice/app_private.erase_answers.sql
-- app_private.erase_account() -> [app_private.erase_answers()] -> app_public.answers, app_private.llm_calls, app_private.llm_replies
create or replace function app_private.erase_answers(user_id uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subjects uuid[];
  v_call_ids bigint[];
begin
  -- Locked first: whoever is just having a call made for one of them is waited for, and that call is seen below.
  with own_answers as materialized (
    select a.id from app_public.answers a where a.user_id = erase_answers.user_id for update
  ), own_judgings as materialized (
    select j.id from app_private.judgings j where j.user_id = erase_answers.user_id for update
  )
  select array_agg(s.id) into v_subjects
    from (select a.id from own_answers a union all select j.id from own_judgings j) s (id);
  -- What a call cost stays; what was asked and answered goes, and what was still to be asked is not asked any more.
  with blanked as (
    update app_private.llm_calls c
      set request = jsonb_build_object('erased', true),
        state = case c.state when 'pending' then 'failed' else c.state end,
        reason = case c.state when 'pending' then 'The member was erased.' else c.reason end
      where c.subject_id = any (v_subjects) and c.subject_type in ('answer', 'rejudge')
      returning c.id
  )
  select array_agg(b.id) into v_call_ids from blanked b;
  delete from app_private.llm_replies r
    using app_private.llm_attempts t
    where t.id = r.attempt_id and t.call_id = any (v_call_ids);
  delete from app_private.judge_replies r where r.user_id = erase_answers.user_id;
  delete from app_private.judgings j where j.user_id = erase_answers.user_id;
  delete from app_public.answers a where a.user_id = erase_answers.user_id;
  delete from app_public.verdicts v where v.user_id = erase_answers.user_id;
  perform graphile_worker.remove_job(k.key) from graphile_worker.jobs k where k.key = any (select 'judging:' || s from unnest(v_subjects) s);
end;
$$;
comment on function app_private.erase_answers(uuid) is
  'Forgets what a member has answered: the answers, what was said of them, and their text wherever it was sent.';
revoke all on function app_private.erase_answers(uuid) from public;
--! EndIncluded practice/app_private.erase_answers.sql
--! Included practice/app_private.open_judge_check.sql
-- autobench judge-check -> [app_private.open_judge_check()] -> app_private.judge_runs, judge_answer
-- Definer: the worker's login, as which the command line asks, holds execute grants alone.
create or replace function app_private.open_judge_check(version text default null) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version text;
  v_run_id bigint;
begin
  select p.version into v_version
    from app_private.prompts p
    where p.role = 'judge' and (p.version = open_judge_check.version or (open_judge_check.version is null and p.weight > 0))
    order by substr(p.version, 2)::integer desc
    limit 1;
  if not found then
    raise exception 'The judge has no such prompt.'
      using errcode = 'TB08A', hint = 'See content/prompts/judge, and "autobench sync".';
  end if;
  insert into app_private.judge_runs (purpose, prompt_version) values ('check', v_version) returning id into v_run_id;
  insert into app_private.judgings (run_id, problem_id, example)
    select v_run_id, e.problem_id, e.name
      from app_private.problem_examples e
        inner join app_public.problems p on p.id = e.problem_id
      where p.is_published;
  perform app_private.queue_judging('check', j.id) from app_private.judgings j where j.run_id = v_run_id;
  return v_run_id;
end;
$$;
comment on function app_private.open_judge_check(text) is
  'Has the registry''s examples judged by the live judge, with one prompt version (the newest that is drawn); returns the run. Errors: TB08A.';
revoke all on function app_private.open_judge_check(text) from public;
grant execute on function app_private.open_judge_check(text) to autobench_worker;
--! EndIncluded practice/app_private.open_judge_check.sql
--! Included practice/app_private.judge_check_results.sql
-- app_private.judgings -> [app_private.judge_check_results] -> app_private.judge_check_report(), app_private.judge_agreement()
create or replace view app_private.judge_check_results with (security_invoker, security_barrier) as
  select r.id as run_id, r.prompt_version, p.slug, j.example, e.is_correct as is_expected_correct, e.score_min, e.score_max,
      j.state, j.score, j.is_correct, j.reason,
      coalesce(j.is_correct = e.is_correct and j.score between e.score_min and e.score_max, false) as is_as_expected
    from app_private.judge_runs r
      inner join app_private.judgings j on j.run_id = r.id
      inner join app_public.problems p on p.id = j.problem_id
      inner join app_private.problem_examples e on e.problem_id = j.problem_id and e.name = j.example
    where r.purpose = 'check';

revoke all on app_private.judge_check_results from public;

comment on view app_private.judge_check_results is 'What the judge said of the registry''s examples, beside what it should have said.';
comment on column app_private.judge_check_results.run_id is 'The run.';
comment on column app_private.judge_check_results.prompt_version is 'What the judge was told.';
comment on column app_private.judge_check_results.slug is 'The problem.';
comment on column app_private.judge_check_results.example is 'The example.';
comment on column app_private.judge_check_results.is_expected_correct is 'Whether it should pass.';
comment on column app_private.judge_check_results.score_min is 'The least score that it may get.';
comment on column app_private.judge_check_results.score_max is 'The most.';
comment on column app_private.judge_check_results.state is 'waiting, scored or unscored.';
comment on column app_private.judge_check_results.score is 'What it got.';
comment on column app_private.judge_check_results.is_correct is 'Whether it passed.';
comment on column app_private.judge_check_results.reason is 'Why it has no score.';
comment on column app_private.judge_check_results.is_as_expected is 'Whether verdict and score are as they should be; a missing score is not.';
--! EndIncluded practice/app_private.judge_check_results.sql
--! Included practice/app_private.judge_check_report.sql
-- autobench judge-check -> [app_private.judge_check_report()] -> app_private.judge_check_results
-- Definer: the worker's login, as which the command line asks, holds execute grants alone.
create or replace function app_private.judge_check_report(run_id bigint) returns setof app_private.judge_check_results
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.* from app_private.judge_check_results c where c.run_id = judge_check_report.run_id order by c.slug, c.example;
$$;
comment on function app_private.judge_check_report(bigint) is 'How far a check of the judge is, and what it found.';
revoke all on function app_private.judge_check_report(bigint) from public;
grant execute on function app_private.judge_check_report(bigint) to autobench_worker;
--! EndIncluded practice/app_private.judge_check_report.sql
--! Included practice/app_private.judge_agreement.sql
-- app_private.judge_check_results -> [app_private.judge_agreement()] -> app_operations.judge_versions
-- Definer: operators may see how well the judge agrees with the examples without reading those.
create or replace function app_private.judge_agreement()
returns table (prompt_version text, examples integer, agreement double precision)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.prompt_version, count(*)::integer, avg(c.is_as_expected::integer)::double precision
    from app_private.judge_check_results c
    where c.state <> 'waiting'
    group by c.prompt_version;
$$;
comment on function app_private.judge_agreement() is 'How many examples each prompt version was checked with, and which part came out as expected.';
revoke all on function app_private.judge_agreement() from public;
grant execute on function app_private.judge_agreement() to autobench_operator;
--! EndIncluded practice/app_private.judge_agreement.sql
--! Included practice/app_private.open_rejudge.sql
-- app_operations.rejudge(), a DBA -> [app_private.open_rejudge()] -> app_private.judge_runs, judge_answer
create or replace function app_private.open_rejudge(problem text, version text, reason text) returns app_private.judge_runs
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run app_private.judge_runs;
begin
  perform app_private.log_operator('rejudge', concat_ws(' ', open_rejudge.problem, open_rejudge.version), open_rejudge.reason);
  insert into app_private.judge_runs (purpose, problem_id, prompt_version)
    select 'rejudge', p.id, open_rejudge.version from app_public.problems p where p.slug = open_rejudge.problem
    returning * into v_run;
  if not found then
    raise exception 'There is no such problem.' using errcode = 'TB080', hint = 'See problems.';
  elsif not exists (select from app_private.prompts p where p.role = 'judge' and p.version = open_rejudge.version) then
    raise exception 'The judge has no such prompt.'
      using errcode = 'TB08A', hint = 'See content/prompts/judge, and "autobench sync".';
  end if;
  -- All that a judge has judged, and what it left without a score. What a rule has judged needs no judge.
  insert into app_private.judgings (run_id, problem_id, user_id, answer_id, answered_at, prior_verdict_id)
    select v_run.id, a.problem_id, a.user_id, a.id, a.answered_at, a.verdict_id
      from app_public.answers a
        left join app_public.verdicts v on v.id = a.verdict_id
      where a.problem_id = v_run.problem_id and a.status <> 'judging' and (v.id is null or v.judge_model_id is not null);
  perform app_private.queue_judging('rejudge', j.id) from app_private.judgings j where j.run_id = v_run.id;
  return v_run;
end;
$$;
comment on function app_private.open_rejudge(text, text, text) is
  'Has the answers to a problem judged once more, in shadow: nothing changes before the run is applied. Errors: TB017, TB080, TB08A.';
revoke all on function app_private.open_rejudge(text, text, text) from public;
--! EndIncluded practice/app_private.open_rejudge.sql
--! Included practice/app_private.apply_rejudge.sql
-- app_operations.apply_rejudge(), a DBA -> [app_private.apply_rejudge()] -> app_public.verdicts, app_private.settle_problem()
create or replace function app_private.apply_rejudge(id bigint, reason text) returns app_private.judge_runs
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run app_private.judge_runs;
  v_due record;
begin
  perform app_private.log_operator('apply_rejudge', apply_rejudge.id::text, apply_rejudge.reason);
  select r.* into v_run
    from app_private.judge_runs r
    where r.id = apply_rejudge.id and r.purpose = 'rejudge' and r.state = 'shadow'
    for update;
  if not found or exists (select from app_private.judgings j where j.run_id = v_run.id and j.state = 'waiting') then
    raise exception 'This re-judging cannot be applied.'
      using errcode = 'TB089', hint = 'It must have judged everything, and must not have been applied before. Look at judgeRuns.';
  end if;

  -- Each new verdict stands beside the old one. An answer that got another verdict meanwhile is left alone.
  perform from app_public.answers a
    where a.problem_id = v_run.problem_id
      and a.id in (select j.answer_id from app_private.judgings j where j.run_id = v_run.id)
    order by a.user_id, a.id
    for update;
  with due as (
    select j.id, gen_random_uuid() as verdict_id
      from app_private.judgings j
        inner join app_public.answers a on a.id = j.answer_id and a.answered_at = j.answered_at
      where j.run_id = v_run.id and j.state = 'scored' and a.verdict_id is not distinct from j.prior_verdict_id
  )
  update app_private.judgings j set new_verdict_id = d.verdict_id from due d where j.id = d.id;
  insert into app_public.verdicts
      (id, answer_id, answered_at, user_id, problem_id, source, judge_model_id, prompt_version, rubric_hash, pass_score, score, feedback)
    select j.new_verdict_id, j.answer_id, j.answered_at, j.user_id, j.problem_id, 'rejudge', j.judge_model_id, v_run.prompt_version,
        j.rubric_hash, p.pass_score, j.score, j.feedback
      from app_private.judgings j
        inner join app_public.problems p on p.id = j.problem_id
      where j.run_id = v_run.id and j.new_verdict_id is not null;
  update app_public.answers a
    set verdict_id = j.new_verdict_id, status = 'judged', judged_at = now(), reason = null
    from app_private.judgings j
    where j.run_id = v_run.id and j.new_verdict_id is not null and a.id = j.answer_id and a.answered_at = j.answered_at;
  -- In the order of members, as every batch that pays: two of them never wait for each other in a circle.
  for v_due in
    select j.user_id, min(j.new_verdict_id::text)::uuid as cause
      from app_private.judgings j
      where j.run_id = v_run.id and j.new_verdict_id is not null
      group by j.user_id
      order by j.user_id
  loop
    perform app_private.settle_problem(v_due.user_id, v_run.problem_id, v_due.cause);
  end loop;
  update app_private.judge_runs r set state = 'applied', applied_at = now() where r.id = v_run.id returning * into v_run;
  return v_run;
end;
$$;
comment on function app_private.apply_rejudge(bigint, text) is
  'Makes what a shadow run found count, for everybody at once. Errors: TB017, TB089, TB091.';
revoke all on function app_private.apply_rejudge(bigint, text) from public;
--! EndIncluded practice/app_private.apply_rejudge.sql
--! Included practice/app_private.revert_rejudge.sql
-- app_operations.revert_rejudge(), a DBA -> [app_private.revert_rejudge()] -> app_public.verdicts, app_private.settle_problem()
create or replace function app_private.revert_rejudge(id bigint, reason text) returns app_private.judge_runs
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run app_private.judge_runs;
  v_due record;
begin
  perform app_private.log_operator('revert_rejudge', revert_rejudge.id::text, revert_rejudge.reason);
  update app_private.judge_runs r
    set state = 'reverted', reverted_at = now()
    where r.id = revert_rejudge.id and r.state = 'applied'
    returning * into v_run;
  if not found then
    raise exception 'This re-judging cannot be taken back.'
      using errcode = 'TB089', hint = 'It must have been applied, and not taken back before. Look at judgeRuns.';
  end if;

  perform from app_public.answers a
    where a.problem_id = v_run.problem_id
      and a.id in (select j.answer_id from app_private.judgings j where j.run_id = v_run.id)
    order by a.user_id, a.id
    for update;
  -- What counted before is said again, as a verdict of its own: the ledger has an entry for each cause, and none is undone.
  with due as (
    select j.id, j.answer_id, j.answered_at, j.prior_verdict_id
      from app_private.judgings j
        inner join app_public.answers a on a.id = j.answer_id and a.answered_at = j.answered_at
      where j.run_id = v_run.id and a.verdict_id = j.new_verdict_id
  ), said as (
    insert into app_public.verdicts as w
        (answer_id, answered_at, user_id, problem_id, source, judge_model_id, prompt_version, rubric_hash, pass_score, score, feedback)
      select v.answer_id, v.answered_at, v.user_id, v.problem_id, 'reversal', v.judge_model_id, v.prompt_version, v.rubric_hash,
          v.pass_score, v.score, v.feedback
        from due d
          inner join app_public.verdicts v on v.id = d.prior_verdict_id
      returning w.id, w.answer_id
  )
  update app_public.answers a
    set verdict_id = s.id, judged_at = now(),
      status = case when s.id is null then 'unscored' else 'judged' end::app_public.answer_status,
      reason = case when s.id is null then 'The judge could not say anything usable.' end
    from due d
      left join said s on s.answer_id = d.answer_id
    where a.id = d.answer_id and a.answered_at = d.answered_at;
  for v_due in
    select j.user_id, min(j.id::text)::uuid as cause
      from app_private.judgings j
      where j.run_id = v_run.id and j.new_verdict_id is not null
      group by j.user_id
      order by j.user_id
  loop
    perform app_private.settle_problem(v_due.user_id, v_run.problem_id, v_due.cause);
  end loop;
  return v_run;
end;
$$;
comment on function app_private.revert_rejudge(bigint, text) is
  'Takes an applied re-judging back: what counted before counts again, and so do its points. Errors: TB017, TB089, TB091.';
revoke all on function app_private.revert_rejudge(bigint, text) from public;
--! EndIncluded practice/app_private.revert_rejudge.sql
--! Included practice/app_private.ensure_answer_partitions.sql
-- prepare_partitions, npm start -> [app_private.ensure_answer_partitions()] -> app_public.answers
-- Definer: the worker's login may have months made without being able to make tables.
create or replace function app_private.ensure_answer_partitions(at timestamptz default now(), months_ahead integer default 3)
returns setof text
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_month date;
  v_name text;
begin
  perform pg_advisory_xact_lock(hashtextextended('ensure_answer_partitions', 0));
  for v_month in
    select (date_trunc('month', at at time zone 'utc') + make_interval(months => n))::date
      from generate_series(0, least(months_ahead, 24)) n
    union
    -- And months that went by without one.
    select date_trunc('month', r.answered_at at time zone 'utc')::date
      from app_private.answers_rest r
      where r.answered_at < date_trunc('month', at at time zone 'utc') at time zone 'utc'
    order by 1
  loop
    v_name := 'answers_' || to_char(v_month, 'YYYY_MM');
    continue when to_regclass('app_private.' || v_name) is not null;
    execute format('create table app_private.%I (like app_public.answers including defaults including constraints)', v_name);
    execute format('alter table app_private.%I enable row level security', v_name);
    execute format('comment on table app_private.%I is %L', v_name, format('Answers of %s.', to_char(v_month, 'YYYY-MM')));
    -- What came while the month had no partition moves in before it is attached.
    execute format(
      'with moved as (delete from app_private.answers_rest where answered_at >= %L and answered_at < %L returning *)
         insert into app_private.%I select * from moved',
      v_month::timestamp at time zone 'utc', (v_month + interval '1 month') at time zone 'utc', v_name
    );
    execute format(
      'alter table app_public.answers attach partition app_private.%I for values from (%L) to (%L)',
      v_name, v_month::timestamp at time zone 'utc', (v_month + interval '1 month') at time zone 'utc'
    );
    return next v_name;
  end loop;
end;
$$;
comment on function app_private.ensure_answer_partitions(timestamptz, integer) is
  'Makes the partitions of answers for this month and the next ones, and for past ones whose answers have none; returns the names of those that were missing.';
revoke all on function app_private.ensure_answer_partitions(timestamptz, integer) from public;
grant execute on function app_private.ensure_answer_partitions(timestamptz, integer) to autobench_worker;
--! EndIncluded practice/app_private.ensure_answer_partitions.sql
--! Included practice/app_private.answer_partitions.sql
-- prepare_partitions, pg_class -> [app_private.answer_partitions()] -> app_operations.answer_partitions
-- Definer: operators may see which months there are without reading the catalogue's sizes or the answers.
create or replace function app_private.answer_partitions(at timestamptz default now())
returns table (month_on date, is_there boolean, misplaced bigint)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  with months as (
    select (date_trunc('month', answer_partitions.at at time zone 'utc') + make_interval(months => n))::date as month_on
      from generate_series(0, 2) n
    union
    select date_trunc('month', r.answered_at at time zone 'utc')::date
      from app_private.answers_rest r
      where r.answered_at < date_trunc('month', answer_partitions.at at time zone 'utc') at time zone 'utc'
  )
  select m.month_on,
      exists (
        select from pg_inherits i
          where i.inhparent = 'app_public.answers'::regclass
            and i.inhrelid = to_regclass('app_private.answers_' || to_char(m.month_on, 'YYYY_MM'))
      ),
      (
        select count(*) from app_private.answers_rest r
          where r.answered_at >= m.month_on::timestamp at time zone 'utc'
            and r.answered_at < (m.month_on + interval '1 month') at time zone 'utc'
      )
    from months m
    order by m.month_on;
$$;
comment on function app_private.answer_partitions(timestamptz) is
  'This month and the next two, and past ones whose answers are misplaced: whether answers have their partition, and how many had to be put elsewhere.';
revoke all on function app_private.answer_partitions(timestamptz) from public;
grant execute on function app_private.answer_partitions(timestamptz) to autobench_operator, autobench_worker;
--! EndIncluded practice/app_private.answer_partitions.sql
--! Included practice/app_operations.answer_partitions.sql
-- app_private.answer_partitions() -> [app_operations.answer_partitions] -> answerPartitions (operators' GraphQL)
create or replace view app_operations.answer_partitions with (security_invoker, security_barrier) as
  select p.month_on, p.is_there, p.misplaced
    from app_private.answer_partitions() p;

revoke all on app_operations.answer_partitions from public, autobench_operator;
grant select on app_operations.answer_partitions to autobench_operator;

comment on view app_operations.answer_partitions is
  E'@primaryKey month_on\nThe health of the answers'' partitions: every month is there and nothing is misplaced, or somebody looks.';
comment on column app_operations.answer_partitions.month_on is E'@notNull\nThe first day of the month.';
comment on column app_operations.answer_partitions.is_there is E'@notNull\nWhether the month has its partition.';
comment on column app_operations.answer_partitions.misplaced is E'@notNull\nAnswers of the month that are kept elsewhere until it has one.';
--! EndIncluded practice/app_operations.answer_partitions.sql
--! Included practice/app_operations.member_usage.sql
-- app_private.ai_usage_metrics -> [app_operations.member_usage] -> memberUsages (operators' GraphQL)
create or replace view app_operations.member_usage with (security_invoker, security_barrier) as
  select u.day, u.purpose, count(*)::integer as members, sum(u.calls)::integer as calls, sum(u.tokens) as tokens, max(u.tokens) as most
    from app_private.ai_usage_metrics u
    group by u.day, u.purpose;

revoke all on app_operations.member_usage from public, autobench_operator;
grant select on app_operations.member_usage to autobench_operator;

comment on view app_operations.member_usage is
  E'@primaryKey day,purpose\nWhat models did for members on each finished day.';
comment on column app_operations.member_usage.day is E'@notNull\nThe UTC day.';
comment on column app_operations.member_usage.purpose is E'@notNull\njudge or coach.';
comment on column app_operations.member_usage.members is E'@notNull\nHow many members.';
comment on column app_operations.member_usage.calls is E'@notNull\nHow many calls.';
comment on column app_operations.member_usage.tokens is E'@notNull\nTokens of their allowances.';
comment on column app_operations.member_usage.most is E'@notNull\nThe most that one member used.';
--! EndIncluded practice/app_operations.member_usage.sql
--! Included practice/app_operations.judge_runs.sql
-- app_private.judge_runs, app_private.judgings -> [app_operations.judge_runs] -> judgeRuns (operators' GraphQL)
create or replace view app_operations.judge_runs with (security_invoker, security_barrier) as
  select r.id, r.purpose, r.problem_id, r.prompt_version, r.state, r.created_at, r.applied_at, r.reverted_at,
      count(j.id)::integer as judgings,
      count(j.id) filter (where j.state = 'waiting')::integer as waiting,
      count(j.id) filter (where j.state = 'unscored')::integer as unscored,
      count(distinct j.user_id)::integer as members,
      count(j.id) filter (where j.is_correct and not coalesce(v.is_correct, false) and j.answer_id is not null)::integer as now_correct,
      count(j.id) filter (where not j.is_correct and v.is_correct)::integer as no_longer_correct,
      avg(j.score - v.score)::double precision as mean_change
    from app_private.judge_runs r
      left join app_private.judgings j on j.run_id = r.id
      left join app_public.verdicts v on v.id = j.prior_verdict_id
    group by r.id;

revoke all on app_operations.judge_runs from public, autobench_operator;
grant select on app_operations.judge_runs to autobench_operator;

comment on view app_operations.judge_runs is
  E'@primaryKey id\n@foreignKey (problem_id) references app_public.problems (id)|@fieldName problem\nChecks of the judge and re-judgings: how far they are, and what a re-judging would flip or has flipped.';
comment on column app_operations.judge_runs.id is E'@notNull\nIdentity of the run.';
comment on column app_operations.judge_runs.purpose is E'@notNull\ncheck or rejudge.';
comment on column app_operations.judge_runs.problem_id is 'The problem, of a re-judging.';
comment on column app_operations.judge_runs.prompt_version is E'@notNull\nWhat the judge is told.';
comment on column app_operations.judge_runs.state is E'@notNull\nshadow: nothing has changed by it. applied. reverted.';
comment on column app_operations.judge_runs.created_at is E'@notNull\nWhen it was asked for.';
comment on column app_operations.judge_runs.applied_at is 'When it was applied.';
comment on column app_operations.judge_runs.reverted_at is 'When it was taken back.';
comment on column app_operations.judge_runs.judgings is E'@notNull\nHow many there are.';
comment on column app_operations.judge_runs.waiting is E'@notNull\nHow many wait.';
comment on column app_operations.judge_runs.unscored is E'@notNull\nHow many came without a score: those answers stay as they are.';
comment on column app_operations.judge_runs.members is E'@notNull\nHow many members it concerns.';
comment on column app_operations.judge_runs.now_correct is E'@notNull\nAnswers that would pass and did not.';
comment on column app_operations.judge_runs.no_longer_correct is E'@notNull\nAnswers that passed and would not.';
comment on column app_operations.judge_runs.mean_change is 'By how much scores change in the mean.';
--! EndIncluded practice/app_operations.judge_runs.sql
--! Included practice/app_operations.rejudge_flips.sql
-- app_private.judgings -> [app_operations.rejudge_flips] -> rejudgeFlips (operators' GraphQL)
create or replace view app_operations.rejudge_flips with (security_invoker, security_barrier) as
  select j.id, j.run_id, j.user_id, j.answer_id, v.score as score_before, j.score as score_after,
      v.is_correct as is_correct_before, j.is_correct as is_correct_after
    from app_private.judgings j
      left join app_public.verdicts v on v.id = j.prior_verdict_id
    where j.answer_id is not null and j.state = 'scored' and j.is_correct is distinct from coalesce(v.is_correct, false);

revoke all on app_operations.rejudge_flips from public, autobench_operator;
grant select on app_operations.rejudge_flips to autobench_operator;

comment on view app_operations.rejudge_flips is
  E'@primaryKey id\n@foreignKey (run_id) references app_operations.judge_runs (id)|@fieldName run|@foreignFieldName flips\n@foreignKey (user_id) references app_public.users (id)|@fieldName user\nThe answers whose outcome a re-judging turns around.';
comment on column app_operations.rejudge_flips.id is E'@notNull\nIdentity of the judging.';
comment on column app_operations.rejudge_flips.run_id is E'@notNull\nThe run.';
comment on column app_operations.rejudge_flips.user_id is E'@notNull\nWhose answer it is.';
comment on column app_operations.rejudge_flips.answer_id is E'@notNull\nThe answer.';
comment on column app_operations.rejudge_flips.score_before is 'The score that counted when the run was asked for.';
comment on column app_operations.rejudge_flips.score_after is E'@notNull\nThe new score.';
comment on column app_operations.rejudge_flips.is_correct_before is 'Whether it passed.';
comment on column app_operations.rejudge_flips.is_correct_after is E'@notNull\nWhether it passes.';
--! EndIncluded practice/app_operations.rejudge_flips.sql
--! Included practice/app_operations.judge_versions.sql
-- app_private.prompts, app_private.judge_replies, app_private.judge_agreement() -> [app_operations.judge_versions] -> judgeVersions
create or replace view app_operations.judge_versions with (security_invoker, security_barrier) as
  select p.version, p.weight, coalesce(r.answers, 0) as answers, r.pass_rate, r.mean_score, coalesce(r.unscored, 0) as unscored,
      coalesce(r.cost_usd, 0) as cost_usd, r.mean_tokens, coalesce(e.examples, 0) as examples, e.agreement
    from app_private.prompts p
      left join (
        select r.prompt_version, count(v.id)::integer as answers, avg(v.is_correct::integer)::double precision as pass_rate,
            avg(v.score)::double precision as mean_score, count(*) filter (where r.state <> 'scored')::integer as unscored,
            sum(r.cost_usd) as cost_usd, avg(r.tokens)::double precision as mean_tokens
          from app_private.judge_replies r
            left join app_public.verdicts v on v.id = r.verdict_id
          where r.purpose = 'answer'
          group by r.prompt_version
      ) r on r.prompt_version = p.version
      left join (
        select a.prompt_version, a.examples, a.agreement from app_private.judge_agreement() a
      ) e on e.prompt_version = p.version
    where p.role = 'judge';

revoke all on app_operations.judge_versions from public, autobench_operator;
grant select on app_operations.judge_versions to autobench_operator;

comment on view app_operations.judge_versions is
  E'@primaryKey version\nThe judge''s prompt versions side by side: how often each serves, what it finds, what it costs, and how well it agrees with the registry''s examples.';
comment on column app_operations.judge_versions.version is E'@notNull\nThe version.';
comment on column app_operations.judge_versions.weight is E'@notNull\nHow often it is drawn among the versions.';
comment on column app_operations.judge_versions.answers is E'@notNull\nAnswers that it decided.';
comment on column app_operations.judge_versions.pass_rate is 'The part of them that passed.';
comment on column app_operations.judge_versions.mean_score is 'Their mean score.';
comment on column app_operations.judge_versions.unscored is E'@notNull\nReplies that were of no use.';
comment on column app_operations.judge_versions.cost_usd is E'@notNull\nWhat it has cost.';
comment on column app_operations.judge_versions.mean_tokens is 'Tokens of one reply, in the mean.';
comment on column app_operations.judge_versions.examples is E'@notNull\nExamples that were judged by it in checks.';
comment on column app_operations.judge_versions.agreement is 'The part of them that came out as expected.';
--! EndIncluded practice/app_operations.judge_versions.sql
--! Included practice/app_operations.rejudge.sql
-- rejudge (operators' GraphQL) -> [app_operations.rejudge()] -> app_private.open_rejudge()
-- Definer: operators may ask for a re-judging without being able to write one.
create or replace function app_operations.rejudge(problem text, version text, reason text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return (app_private.open_rejudge(rejudge.problem, rejudge.version, rejudge.reason)).id;
end;
$$;
comment on function app_operations.rejudge(text, text, text) is
  E'@resultFieldName runId\nHas the answers to a problem judged once more with a prompt version, in shadow: rejudgeFlips shows what would change. Errors: TB001, TB002, TB004, TB017, TB080, TB08A.';
revoke all on function app_operations.rejudge(text, text, text) from public;
grant execute on function app_operations.rejudge(text, text, text) to autobench_operator;
--! EndIncluded practice/app_operations.rejudge.sql
--! Included practice/app_operations.apply_rejudge.sql
-- applyRejudge (operators' GraphQL) -> [app_operations.apply_rejudge()] -> app_private.apply_rejudge()
-- Definer: operators may apply a re-judging without being able to write a verdict.
create or replace function app_operations.apply_rejudge(id bigint, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return (app_private.apply_rejudge(apply_rejudge.id, apply_rejudge.reason)).state;
end;
$$;
comment on function app_operations.apply_rejudge(bigint, text) is
  E'@resultFieldName state\nMakes what a shadow run found count, for everybody at once. Errors: TB001, TB002, TB004, TB017, TB089, TB091.';
revoke all on function app_operations.apply_rejudge(bigint, text) from public;
grant execute on function app_operations.apply_rejudge(bigint, text) to autobench_operator;
--! EndIncluded practice/app_operations.apply_rejudge.sql
--! Included practice/app_operations.revert_rejudge.sql
-- revertRejudge (operators' GraphQL) -> [app_operations.revert_rejudge()] -> app_private.revert_rejudge()
-- Definer: operators may take a re-judging back without being able to write a verdict.
create or replace function app_operations.revert_rejudge(id bigint, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return (app_private.revert_rejudge(revert_rejudge.id, revert_rejudge.reason)).state;
end;
$$;
comment on function app_operations.revert_rejudge(bigint, text) is
  E'@resultFieldName state\nTakes an applied re-judging back, and its points with it. Errors: TB001, TB002, TB004, TB017, TB089, TB091.';
revoke all on function app_operations.revert_rejudge(bigint, text) from public;
grant execute on function app_operations.revert_rejudge(bigint, text) to autobench_operator;
--! EndIncluded practice/app_operations.revert_rejudge.sql

--! Included points/app_public.period_kind.sql
-- [app_public.period_kind] -> app_private.period_scores, myRank (GraphQL)
do $$
begin
  create type app_public.period_kind as enum ('all', 'month', 'week');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.period_kind is 'Over which time points are counted: ever, a calendar month, a week from Monday; in UTC.';
revoke all on type app_public.period_kind from public;
grant usage on type app_public.period_kind to autobench_anon, autobench_member;
--! EndIncluded points/app_public.period_kind.sql
--! Included points/app_private.score_period.sql
-- app_private.tg_points_ledger__fold(), refresh_leaderboard() -> [app_private.score_period()]
create or replace function app_private.score_period(kind app_public.period_kind, at timestamptz) returns date
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case score_period.kind
      when 'all' then date '2000-01-01'
      when 'month' then date_trunc('month', score_period.at at time zone 'utc')::date
      when 'week' then date_trunc('week', score_period.at at time zone 'utc')::date
    end;
$$;
comment on function app_private.score_period(app_public.period_kind, timestamptz) is
  'The first day of the period that holds an instant, in UTC: all time is one that began in 2000.';
revoke all on function app_private.score_period(app_public.period_kind, timestamptz) from public;
--! EndIncluded points/app_private.score_period.sql
--! Included points/app_private.member_zone.sql
-- settle_problem() -> [app_private.member_zone()] -> app_private.time_zone_changes
create or replace function app_private.member_zone(user_id uuid, at timestamptz) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (
      select c.time_zone
        from app_private.time_zone_changes c
        where c.user_id = member_zone.user_id and c.changed_at <= member_zone.at
        order by c.changed_at desc
        limit 1
    ),
    'UTC'
  );
$$;
comment on function app_private.member_zone(uuid, timestamptz) is 'The zone in which a member was at an instant, as they said it.';
revoke all on function app_private.member_zone(uuid, timestamptz) from public;
--! EndIncluded points/app_private.member_zone.sql
--! Included points/app_private.member_day.sql
-- app_public.submit_answer(), app_private.streak_now() -> [app_private.member_day()] -> app_private.time_zone_changes
create or replace function app_private.member_day(user_id uuid, at timestamptz) returns date
language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new record;
  v_old_zone text;
  v_old_day date;
begin
  select c.changed_at, c.time_zone into v_new
    from app_private.time_zone_changes c
    where c.user_id = member_day.user_id and c.changed_at <= member_day.at
    order by c.changed_at desc
    limit 1;
  if not found then
    return (member_day.at at time zone 'utc')::date;
  end if;
  select c.time_zone into v_old_zone
    from app_private.time_zone_changes c
    where c.user_id = member_day.user_id and c.changed_at < v_new.changed_at
    order by c.changed_at desc
    limit 1;
  v_old_zone := coalesce(v_old_zone, 'UTC');
  v_old_day := (v_new.changed_at at time zone v_old_zone)::date;
  -- The day under way ends where it began: going east begins no second day on the same day. And no day comes twice:
  -- going west wakes no streak that has ended.
  if member_day.at < (v_old_day + 1)::timestamp at time zone v_old_zone then
    return v_old_day;
  end if;
  return greatest((member_day.at at time zone v_new.time_zone)::date, v_old_day);
end;
$$;
comment on function app_private.member_day(uuid, timestamptz) is
  'A member''s own day at an instant. A change of zone counts from the end of the day in which it was made, and days never go back.';
revoke all on function app_private.member_day(uuid, timestamptz) from public;
--! EndIncluded points/app_private.member_day.sql
--! Included points/app_private.point_holders.sql
-- app_private.tg_users__begin_points() -> [app_private.point_holders] -> app_public.points_ledger, app_private.lock_points()
create table if not exists app_private.point_holders (
  id         uuid constraint point_holders_pkey primary key,
  erased_at  timestamptz
);

call app_private.reset_access('app_private.point_holders');
-- No policy and no grant: a row is made with a member, and becomes a tombstone's when they are erased.

comment on table app_private.point_holders is
  'Whose points the ledger counts: a member, or the tombstone of one who was erased. Whoever changes a member''s points locks the row first.';
comment on column app_private.point_holders.id is 'The member''s id, or one that was made up for a tombstone and says nothing.';
comment on column app_private.point_holders.erased_at is 'When the member was erased; null for a member.';
--! EndIncluded points/app_private.point_holders.sql
--! Included points/app_private.lock_points.sql
-- settle_problems(), award_achievements(), spend_freezes() -> [app_private.lock_points()] -> app_private.point_holders
create or replace function app_private.lock_points(user_ids uuid[]) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  -- The highest id that this transaction has waited for; a rollback to a savepoint takes it back with the locks.
  v_highest uuid := coalesce(
    nullif(current_setting('app.points_locked', true), '')::uuid,
    '00000000-0000-0000-0000-000000000000'
  );
  v_id uuid;
begin
  -- Two transactions never wait for each other in a ring: they wait for ever higher ids only, all those of one call in order.
  perform h.id
    from app_private.point_holders h
    where h.id = any (lock_points.user_ids) and h.id > v_highest
    order by h.id
    for no key update;
  for v_id in select distinct i from unnest(lock_points.user_ids) i where i <= v_highest loop
    perform from app_private.point_holders h where h.id = v_id for no key update skip locked;
    if not found and exists (select from app_private.point_holders h where h.id = v_id) then
      raise exception 'Points are being changed in two orders at once.'
        using errcode = 'TB091', hint = 'Try again; name all members of a batch in one call of settle_problems().';
    end if;
  end loop;
  select i into v_highest from unnest(lock_points.user_ids || v_highest) i order by i desc nulls last limit 1;
  perform set_config('app.points_locked', v_highest::text, true);
end;
$$;
comment on function app_private.lock_points(uuid[]) is
  'Takes the locks of members whose points are about to change, until the transaction ends, in the one order that all keep. Errors: TB091.';
revoke all on function app_private.lock_points(uuid[]) from public;
--! EndIncluded points/app_private.lock_points.sql
--! Included points/app_public.points_ledger.sql
-- app_private.settle_problems(), award_achievements(), pay_milestones(), finish_battle() -> [app_public.points_ledger] -> app_private.tg_points_ledger__fold()
create table if not exists app_public.points_ledger (
  id          bigint generated always as identity constraint points_ledger_pkey primary key,
  user_id     uuid not null,
  reason      text not null,
  ref         text not null,
  points      integer not null,
  day         date not null,
  at          timestamptz not null,
  posted_at   timestamptz not null default now(),
  problem_id  uuid,
  constraint points_ledger_once unique (user_id, reason, ref),
  constraint points_ledger_holder foreign key (user_id) references app_private.point_holders,
  constraint points_ledger_problem foreign key (problem_id) references app_public.problems,
  constraint points_ledger_reason_known check (reason in ('solve', 'improvement', 'reversal', 'streak', 'achievement', 'battle')),
  constraint points_ledger_ref_form check (char_length(ref) between 1 and 100),
  constraint points_ledger_points_sane check (points <> 0 and points between -1000000 and 1000000),
  constraint points_ledger_payments_positive check (points > 0 or reason = 'reversal'),
  constraint points_ledger_problem_where_due check (problem_id is not null or reason not in ('solve', 'improvement'))
);
create index if not exists points_ledger_problem_id_idx on app_public.points_ledger (problem_id, user_id);
-- Rows come about in the order of time: a few pages say where a period begins.
create index if not exists points_ledger_at_idx on app_public.points_ledger using brin (at, posted_at);

call app_private.reset_access('app_public.points_ledger');
create policy select_own on app_public.points_ledger for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.points_ledger for select to autobench_operator
  using (true);
grant select on app_public.points_ledger to autobench_member;
-- No write: settle_problems() and its kin post, and nothing is ever rewritten.

comment on table app_public.points_ledger is
  E'@name points_entry\nThe truth about points: one row for each time that some were given or taken back. All totals are sums of it.';
comment on column app_public.points_ledger.id is 'Place in the ledger.';
comment on column app_public.points_ledger.user_id is 'Whose points they are.';
comment on column app_public.points_ledger.reason is
  'solve: the first correct answer. improvement: what a better one adds. reversal: taken back. streak, achievement, battle: what those pay.';
comment on column app_public.points_ledger.ref is
  'What the reason is about: of a problem the verdict or re-judging that caused the row, of an achievement its type, of a streak its length and day, of a battle its id.';
comment on column app_public.points_ledger.points is 'How many; less than nothing where they are taken back.';
comment on column app_public.points_ledger.day is 'The member''s own day for which they count.';
comment on column app_public.points_ledger.at is 'When they were earned: of an answer when it was handed in, however late it was judged.';
comment on column app_public.points_ledger.posted_at is 'When the row was written.';
comment on column app_public.points_ledger.problem_id is 'The problem, where they are about one.';
comment on constraint points_ledger_once on app_public.points_ledger is E'@behavior -query:resource:single\nOne row for each of these.';
--! EndIncluded points/app_public.points_ledger.sql
--! Included points/app_private.tg_points_ledger__keep.sql
-- app_public.points_ledger -> [app_private.tg_points_ledger__keep()] -> TB090
create or replace function app_private.tg_points_ledger__keep() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row app_public.points_ledger;
begin
  -- The one change that there is: an erased member's rows pass to their tombstone, and are otherwise what they were.
  if tg_op = 'UPDATE' then
    v_row := new;
    v_row.user_id := old.user_id;
    if v_row is not distinct from old
      and exists (select from app_private.point_holders h where h.id = new.user_id and h.erased_at is not null)
    then
      return new;
    end if;
  end if;
  raise exception 'The ledger of points is only ever added to.'
    using errcode = 'TB090', hint = 'Post a row that takes back what was wrong.';
end;
$$;
comment on function app_private.tg_points_ledger__keep() is
  'Refuses every change of the ledger but an added row, or the passing of an erased member''s rows to a tombstone. Errors: TB090.';
revoke all on function app_private.tg_points_ledger__keep() from public;

create or replace trigger _100_keep before update or delete on app_public.points_ledger
  for each row execute function app_private.tg_points_ledger__keep();
create or replace trigger _100_keep_all before truncate on app_public.points_ledger
  for each statement execute function app_private.tg_points_ledger__keep();
--! EndIncluded points/app_private.tg_points_ledger__keep.sql
--! Included points/app_public.daily_activity.sql
-- app_private.tg_points_ledger__fold(), tg_user_progress__fold() -> [app_public.daily_activity] -> dailyActivities (GraphQL)
create table if not exists app_public.daily_activity (
  user_id              uuid not null,
  day                  date not null,
  exercises_completed  integer not null default 0,
  points_earned        integer not null default 0,
  constraint daily_activity_pkey primary key (user_id, day),
  constraint daily_activity_user foreign key (user_id) references app_public.users on delete cascade,
  constraint daily_activity_not_negative check (exercises_completed >= 0 and points_earned >= 0)
);

call app_private.reset_access('app_public.daily_activity');
create policy select_own on app_public.daily_activity for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.daily_activity for select to autobench_operator
  using (true);
grant select on app_public.daily_activity to autobench_member;
-- No write: the ledger and the progress are folded into it.

comment on table app_public.daily_activity is 'What a member did on a day of their own: a fold of the ledger and of their progress.';
comment on column app_public.daily_activity.user_id is 'The member.';
comment on column app_public.daily_activity.day is 'The day, in their own zone.';
comment on column app_public.daily_activity.exercises_completed is 'Problems that they solved for the first time.';
comment on column app_public.daily_activity.points_earned is 'Points that count for the day.';
--! EndIncluded points/app_public.daily_activity.sql
--! Included points/app_public.progress_status.sql
-- [app_public.progress_status] -> app_public.user_progress
do $$
begin
  create type app_public.progress_status as enum ('not_started', 'in_progress', 'completed');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.progress_status is 'How far a member is with a problem.';
revoke all on type app_public.progress_status from public;
grant usage on type app_public.progress_status to autobench_anon, autobench_member;
--! EndIncluded points/app_public.progress_status.sql
--! Included points/app_public.user_progress.sql
-- app_private.settle_problems(), tg_attempts__begin_progress() -> [app_public.user_progress] -> app_private.tg_user_progress__fold(), userProgresses (GraphQL)
create table if not exists app_public.user_progress (
  user_id             uuid not null,
  problem_id          uuid not null,
  status              app_public.progress_status not null default 'not_started',
  attempts_count      integer not null default 0,
  first_attempt_at    timestamptz,
  completed_at        timestamptz,
  completed_on        date,
  solving_answer_id   uuid,
  expected_seconds    integer,
  time_spent_seconds  integer not null default 0,
  points_earned       integer not null default 0,
  best_answer_id      uuid,
  best_score          integer,
  is_fast             boolean not null default false,
  is_nightly          boolean not null default false,
  version             integer not null default 1,
  constraint user_progress_pkey primary key (user_id, problem_id),
  constraint user_progress_user foreign key (user_id) references app_public.users on delete cascade,
  constraint user_progress_problem foreign key (problem_id) references app_public.problems,
  constraint user_progress_not_negative check (attempts_count >= 0 and time_spent_seconds >= 0 and points_earned >= 0 and version > 0),
  constraint user_progress_completed_whole check (
    (status = 'completed') = (completed_at is not null) and (completed_at is null) = (completed_on is null)
  ),
  constraint user_progress_points_for_solved check (points_earned = 0 or status = 'completed'),
  constraint user_progress_score_in_range check (best_score between 0 and 100)
);
create index if not exists user_progress_problem_id_idx on app_public.user_progress (problem_id);

call app_private.reset_access('app_public.user_progress');
create policy select_own on app_public.user_progress for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.user_progress for select to autobench_operator
  using (true);
grant select on app_public.user_progress to autobench_member;
-- No write: settle_problems() derives it from the judged answers. No foreign key to answers: their months can be detached.

comment on table app_public.user_progress is 'How far a member is with a problem, as their judged answers say.';
comment on column app_public.user_progress.user_id is 'The member.';
comment on column app_public.user_progress.problem_id is 'The problem.';
comment on column app_public.user_progress.status is 'How far they are.';
comment on column app_public.user_progress.attempts_count is 'Answers of theirs that were judged.';
comment on column app_public.user_progress.first_attempt_at is 'When they began.';
comment on column app_public.user_progress.completed_at is 
  'When they handed in the answer that first counted as correct. It stays while any answer is correct, even if an earlier one is judged later, or that one is taken back: points go to the days of the answers that are worth them, the solve stays where it was. If all are taken back it is empty, and it returns with that answer.';
comment on column app_public.user_progress.completed_on is 'Their own day of that moment.';
comment on column app_public.user_progress.solving_answer_id is
  'The answer whose moment that is; kept while the problem is not solved any more, so that nothing moves when it is again.';
comment on column app_public.user_progress.expected_seconds is
  'Expected time of the problem as it was when they first solved it: a change of the problem makes nobody slower.';
comment on column app_public.user_progress.time_spent_seconds is 'From the beginning to their last judged answer.';
comment on column app_public.user_progress.points_earned is 'Points that the problem has brought them.';
comment on column app_public.user_progress.best_answer_id is 'The answer that was worth most, of those the best judged, of those the first.';
comment on column app_public.user_progress.best_score is 'The best score that they had.';
comment on column app_public.user_progress.is_fast is 'Whether the answer that solved it came within a quarter of that time.';
comment on column app_public.user_progress.is_nightly is 'Whether it came between midnight and five in the morning, where they were.';
comment on column app_public.user_progress.version is 'Goes up with every change.';
--! EndIncluded points/app_public.user_progress.sql

--! Included streaks/app_private.streak_state.sql
-- app_private.tg_streaks__derive() -> [app_private.streak_state()] -> app_private.streaks
create or replace function app_private.streak_state(
  days datemultirange,
  through_day date,
  out frozen datemultirange,
  out freezes integer,
  out run_length integer,
  out longest integer,
  out ends_on date
)
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run daterange;
  v_length integer;
  v_active integer := 0;
  v_missed integer;
begin
  -- All of it follows from the set of days, from the first day to the last: whatever order they came to be known in,
  -- however late or often, the outcome is the same.
  frozen := '{}';
  freezes := 0;
  run_length := 0;
  longest := 0;
  for v_run in select r from unnest(days) r order by r loop
    if ends_on is not null then
      v_missed := lower(v_run) - ends_on - 1;
      if v_missed > freezes then
        run_length := 0;
      end if;
      frozen := frozen + datemultirange(daterange(ends_on + 1, ends_on + 1 + least(v_missed, freezes)));
      freezes := freezes - least(v_missed, freezes);
    end if;
    v_length := upper(v_run) - lower(v_run);
    freezes := least(2, freezes + (v_active + v_length) / 7 - v_active / 7);
    v_active := v_active + v_length;
    run_length := run_length + v_length;
    longest := greatest(longest, run_length);
    ends_on := upper(v_run) - 1;
  end loop;
  v_missed := through_day - ends_on;
  if v_missed > 0 then
    frozen := frozen + datemultirange(daterange(ends_on + 1, ends_on + 1 + least(v_missed, freezes)));
    ends_on := ends_on + least(v_missed, freezes);
    freezes := freezes - (ends_on - upper(days) + 1);
  end if;
end;
$$;
comment on function app_private.streak_state(datemultirange, date) is
  'What follows from the days on which somebody was active, with no day after through_day known: which missed days a freeze bridges, freezes left, the length of the last run and of the longest in active days, and the last day that the run reaches.';
revoke all on function app_private.streak_state(datemultirange, date) from public;
--! EndIncluded streaks/app_private.streak_state.sql
--! Included streaks/app_private.streaks.sql
-- app_private.settle_days(), spend_freezes() -> [app_private.streaks] -> app_private.streak_now()
create table if not exists app_private.streaks (
  user_id          uuid constraint streaks_pkey primary key,
  days             datemultirange not null,
  through_day  date not null,
  frozen           datemultirange not null,
  freezes          integer not null,
  run_length       integer not null,
  longest          integer not null,
  last_day         date,
  ends_on          date,
  is_paid          boolean not null default false,
  constraint streaks_user foreign key (user_id) references app_public.users on delete cascade,
  constraint streaks_freezes_bounded check (freezes between 0 and 2),
  constraint streaks_frozen_days_were_missed check (not frozen && days),
  constraint streaks_longest_is_longest check (longest >= run_length and run_length >= 0)
);
create index if not exists streaks_spending_idx on app_private.streaks (ends_on) where freezes > 0;
create index if not exists streaks_milestones_idx on app_private.streaks (user_id) where longest >= 7 and not is_paid;

call app_private.reset_access('app_private.streaks');
-- No policy and no grant: settle_days() and spend_freezes() write two columns and pay_milestones() a third, the trigger derives the others.

comment on table app_private.streaks is
  'The days on which a member was active, as a set: adjacent days merge, and adding one that is there already changes nothing.';
comment on column app_private.streaks.user_id is 'The member.';
comment on column app_private.streaks.days is 'Their own days on which an answer of theirs was worth something.';
comment on column app_private.streaks.through_day is 'Days up to this one have ended, and were missed if they are not among the days.';
comment on column app_private.streaks.frozen is 'Missed days that a freeze bridges.';
comment on column app_private.streaks.freezes is 'Freezes that are left: one is earned every seven active days, two can be held.';
comment on column app_private.streaks.run_length is 'Active days of the last run, frozen ones not counted.';
comment on column app_private.streaks.longest is 'Active days of the longest run.';
comment on column app_private.streaks.last_day is 'The last active day.';
comment on column app_private.streaks.ends_on is 'The last day that the last run reaches, active or frozen.';
comment on column app_private.streaks.is_paid is 'Whether milestones were looked at since the days last changed; every change takes it back.';
--! EndIncluded streaks/app_private.streaks.sql
--! Included streaks/app_private.tg_streaks__derive.sql
-- app_private.streaks -> [app_private.tg_streaks__derive()] -> app_private.streak_state()
create or replace function app_private.tg_streaks__derive() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  new.last_day := upper(new.days) - 1;
  new.through_day := greatest(new.through_day, new.last_day);
  select s.frozen, s.freezes, s.run_length, s.longest, s.ends_on
    into new.frozen, new.freezes, new.run_length, new.longest, new.ends_on
    from app_private.streak_state(new.days, new.through_day) s;
  if tg_op = 'INSERT' or (old.days, old.frozen) is distinct from (new.days, new.frozen) then
    new.is_paid := false;
  end if;
  return new;
end;
$$;
comment on function app_private.tg_streaks__derive() is
  'Derives everything of a streak from its days: no other value can be written, and none can be wrong.';
revoke all on function app_private.tg_streaks__derive() from public;

create or replace trigger _300_derive before insert or update on app_private.streaks
  for each row execute function app_private.tg_streaks__derive();
--! EndIncluded streaks/app_private.tg_streaks__derive.sql
--! Included streaks/app_public.streak.sql
-- app_private.streak_now() -> [app_public.streak] -> user.streak (GraphQL)
do $$
begin
  create type app_public.streak as (
    current     integer,
    longest     integer,
    last_day    date,
    is_at_risk  boolean,
    freezes     integer
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.streak is 'Days in a row on which a member answered something of worth.';
comment on column app_public.streak.current is E'@notNull\nActive days of the run that is alive; before today''s first answer those up to yesterday.';
comment on column app_public.streak.longest is E'@notNull\nActive days of the longest run.';
comment on column app_public.streak.last_day is 'The last active day.';
comment on column app_public.streak.is_at_risk is E'@notNull\nWhether the run ends, or costs a freeze, unless something is answered today.';
comment on column app_public.streak.freezes is E'@notNull\nMissed days that can still be bridged.';
revoke all on type app_public.streak from public;
grant usage on type app_public.streak to autobench_anon, autobench_member;
--! EndIncluded streaks/app_public.streak.sql
--! Included streaks/app_private.streak_now.sql
-- app_public.users_streak(), app_public.leaderboard_global -> [app_private.streak_now()] -> app_private.streaks
create or replace function app_private.streak_now(user_id uuid, at timestamptz default now()) returns app_public.streak
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today date := app_private.member_day(streak_now.user_id, streak_now.at);
  v_streak app_private.streaks;
  v_is_alive boolean;
begin
  select s.* into v_streak from app_private.streaks s where s.user_id = streak_now.user_id;
  if not found then
    return row(0, 0, null, false, 0)::app_public.streak;
  end if;
  -- Today is not over: it counts when it comes, and until then the run is what it was yesterday. Freezes that the hourly
  -- updater has not spent yet bridge as they will.
  v_is_alive := v_streak.ends_on >= v_today - 1 - v_streak.freezes;
  return row(
    case when v_is_alive then v_streak.run_length else 0 end,
    v_streak.longest,
    v_streak.last_day,
    v_is_alive and v_streak.last_day < v_today,
    case when v_is_alive then v_streak.freezes - greatest(v_today - 1 - v_streak.ends_on, 0) else 0 end
  )::app_public.streak;
end;
$$;
comment on function app_private.streak_now(uuid, timestamptz) is 'A member''s streak as it stands at an instant, on their own day.';
revoke all on function app_private.streak_now(uuid, timestamptz) from public;
--! EndIncluded streaks/app_private.streak_now.sql
--! Included streaks/app_private.spend_freezes.sql
-- streak_updater -> [app_private.spend_freezes()] -> app_private.streaks
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.spend_freezes(at timestamptz default now(), batch integer default 1000) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_today date := (spend_freezes.at at time zone 'utc')::date;
  v_due uuid[];
  v_spent integer;
begin
  -- Whoever missed a day that has ended where they are. A run that had no freeze left has ended by itself.
  select array_agg(d.user_id) into v_due
    from (
      select s.user_id
        from app_private.streaks s
        where s.freezes > 0 and s.ends_on < v_today and s.ends_on < app_private.member_day(s.user_id, spend_freezes.at) - 1
        limit spend_freezes.batch
    ) d;
  perform app_private.lock_points(coalesce(v_due, '{}'));
  update app_private.streaks s
    set through_day = app_private.member_day(s.user_id, spend_freezes.at) - 1
    where s.user_id = any (v_due) and s.freezes > 0
      and s.through_day < app_private.member_day(s.user_id, spend_freezes.at) - 1;
  get diagnostics v_spent = row_count;
  return v_spent;
end;
$$;
comment on function app_private.spend_freezes(timestamptz, integer) is
  'Bridges days that were missed where they have ended, for one batch of members; fewer than a batch means that none is left. Errors: TB091.';
revoke all on function app_private.spend_freezes(timestamptz, integer) from public;
grant execute on function app_private.spend_freezes(timestamptz, integer) to autobench_worker;
--! EndIncluded streaks/app_private.spend_freezes.sql
--! Included streaks/app_private.streak_milestones.sql
-- [app_private.streak_milestones] -> app_private.pay_milestones()
create table if not exists app_private.streak_milestones (
  days    integer constraint streak_milestones_pkey primary key,
  points  integer not null,
  constraint streak_milestones_sane check (days between 7 and 10000 and points between 1 and 100000)
);

call app_private.reset_access('app_private.streak_milestones');
create policy select_all on app_private.streak_milestones for select to autobench_operator
  using (true);
grant select on app_private.streak_milestones to autobench_operator;
-- No write through the API: what a streak pays is decided in SQL.

comment on table app_private.streak_milestones is 'What streaks pay: points for a run that has reached so many active days, once for each run.';
comment on column app_private.streak_milestones.days is 'Active days of the run.';
comment on column app_private.streak_milestones.points is 'Points that it pays.';

insert into app_private.streak_milestones (days, points) values (7, 50), (30, 200), (100, 750), (365, 3000)
on conflict on constraint streak_milestones_pkey do nothing;
--! EndIncluded streaks/app_private.streak_milestones.sql
--! Included streaks/app_private.tg_streak_milestones__reopen.sql
-- app_private.streak_milestones -> [app_private.tg_streak_milestones__reopen()] -> app_private.pay_milestones()
create or replace function app_private.tg_streak_milestones__reopen() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due uuid[];
begin
  select array_agg(s.user_id) into v_due
    from app_private.streaks s
    where s.is_paid and s.longest >= (select min(c.days) from changed c);
  perform app_private.lock_points(coalesce(v_due, '{}'));
  update app_private.streaks s set is_paid = false where s.user_id = any (v_due);
  return null;
end;
$$;
comment on function app_private.tg_streak_milestones__reopen() is
  'Has the runs that reach a new or changed milestone looked at again.';
revoke all on function app_private.tg_streak_milestones__reopen() from public;

create or replace trigger _500_reopen_insert after insert on app_private.streak_milestones
  referencing new table as changed
  for each statement execute function app_private.tg_streak_milestones__reopen();
create or replace trigger _500_reopen_update after update on app_private.streak_milestones
  referencing new table as changed
  for each statement execute function app_private.tg_streak_milestones__reopen();
--! EndIncluded streaks/app_private.tg_streak_milestones__reopen.sql
--! Included streaks/app_private.active_runs.sql
-- app_private.unpaid_milestones(), settle_milestones() -> [app_private.active_runs()] -> app_private.streaks
create or replace function app_private.active_runs(streak app_private.streaks)
returns table (run daterange, active integer)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  -- Active and frozen days together are runs without gaps.
  select r, (select sum(upper(d) - lower(d)) from unnest((streak).days * datemultirange(r)) d)::integer
    from unnest((streak).days + (streak).frozen) r;
$$;
comment on function app_private.active_runs(app_private.streaks) is
  'A member''s runs, frozen days among them, and how many active days each has.';
revoke all on function app_private.active_runs(app_private.streaks) from public;
--! EndIncluded streaks/app_private.active_runs.sql
--! Included streaks/app_private.milestone_payments.sql
-- app_private.unpaid_milestones(), settle_milestones() -> [app_private.milestone_payments()] -> app_public.points_ledger
create or replace function app_private.milestone_payments(user_id uuid)
returns table (ref text, days integer, day date, at timestamptz, points integer, rows integer, is_standing boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  -- The first row has the plain ref; what is taken back and given again follows it as /0, /1 and so on.
  select f.ref, split_part(f.ref, '/', 1)::integer, f.day, f.at, f.points, n.rows, f.points + n.points > 0
    from app_public.points_ledger f
      cross join lateral (
        select count(*)::integer as rows, coalesce(sum(l.points), 0) as points
          from app_public.points_ledger l
          where l.user_id = milestone_payments.user_id and l.reason in ('streak', 'reversal') and l.ref like f.ref || '/%'
      ) n
    where f.user_id = milestone_payments.user_id and f.reason = 'streak' and f.ref not like '%/%/%';
$$;
comment on function app_private.milestone_payments(uuid) is
  'What a member''s runs were paid, with the day on which each milestone was reached, and whether it was taken back since.';
revoke all on function app_private.milestone_payments(uuid) from public;
--! EndIncluded streaks/app_private.milestone_payments.sql
--! Included streaks/app_private.settle_milestones.sql
-- app_private.settle_days() -> [app_private.settle_milestones()] -> app_public.points_ledger
create or replace function app_private.settle_milestones(user_id uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_streak app_private.streaks;
begin
  select s.* into v_streak from app_private.streaks s where s.user_id = settle_milestones.user_id;
  -- What is taken back, or given again, counts for the day on which it was first given.
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
    select settle_milestones.user_id, case when p.is_standing then 'reversal' else 'streak' end, p.ref || '/' || p.rows,
        case when p.is_standing then - p.points else p.points end, p.day, p.at
      from (
        select p.*, r.active is not null as is_met,
            row_number() over (partition by p.days, r.run order by p.is_standing desc, p.day) as place
          from app_private.milestone_payments(settle_milestones.user_id) p
            left join app_private.active_runs(v_streak) r on r.run @> p.day and r.active >= p.days
      ) p
      where (p.is_standing and not p.is_met) or (not p.is_standing and p.is_met and p.place = 1);
end;
$$;
comment on function app_private.settle_milestones(uuid) is
  'Takes back what was paid for runs that were never so long, as verdicts say now, and gives it again where they are. The caller holds the member''s lock.';
revoke all on function app_private.settle_milestones(uuid) from public;
--! EndIncluded streaks/app_private.settle_milestones.sql
--! Included streaks/app_private.settle_days.sql
-- app_private.settle_problem() -> [app_private.settle_days()] -> app_private.streaks, app_private.settle_milestones()
create or replace function app_private.settle_days(user_id uuid, problem_id uuid, active datemultirange) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_active datemultirange := coalesce(settle_days.active, '{}');
  v_gone datemultirange;
begin
  -- Days on which answers to this problem were worth something once, and no answer is any more.
  select range_agg(daterange(d.day, d.day, '[]')) into v_gone
    from (
      select distinct a.day
        from app_public.answers a
        where a.user_id = settle_days.user_id and a.problem_id = settle_days.problem_id and not v_active @> a.day
    ) d
      inner join app_private.streaks s on s.user_id = settle_days.user_id and s.days @> d.day
    where not exists (
      select from app_private.judged_answers j
        where j.user_id = settle_days.user_id and j.day = d.day and j.score > 0
          and j.answered_at between ((d.day - 2)::timestamp at time zone 'utc') and ((d.day + 3)::timestamp at time zone 'utc')
    );
  if v_gone is not null then
    update app_private.streaks s set days = (s.days - v_gone) + v_active where s.user_id = settle_days.user_id;
    delete from app_private.streaks s where s.user_id = settle_days.user_id and isempty(s.days);
    perform app_private.settle_milestones(settle_days.user_id);
  elsif not isempty(v_active) then
    insert into app_private.streaks as s (user_id, days, through_day)
      values (settle_days.user_id, v_active, upper(v_active) - 1)
      on conflict on constraint streaks_pkey do update set days = s.days + excluded.days where not s.days @> excluded.days;
    -- A day that comes back brings back what went with it. None that was paid ever goes because a day is added.
    if found and exists (
      select from app_private.milestone_payments(settle_days.user_id) p where not p.is_standing
    ) then
      perform app_private.settle_milestones(settle_days.user_id);
    end if;
  end if;
end;
$$;
comment on function app_private.settle_days(uuid, uuid, datemultirange) is
  'Adds the days on which answers to a problem were worth something to the member''s set of days, and takes out those on which none is any more.';
revoke all on function app_private.settle_days(uuid, uuid, datemultirange) from public;
--! EndIncluded streaks/app_private.settle_days.sql
--! Included streaks/app_private.unpaid_milestones.sql
-- app_private.pay_milestones() -> [app_private.unpaid_milestones()] -> app_private.streak_milestones, app_private.milestone_payments()
create or replace function app_private.unpaid_milestones(streak app_private.streaks)
returns table (days integer, points integer, day date)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  -- Once for each run: the ledger remembers the day, and a run that has grown at its other end is the same run.
  select m.days, m.points, d.day
    from app_private.active_runs(streak) r
      inner join app_private.streak_milestones m on m.days <= r.active
      cross join lateral (
        select lower(a.part) + n as day
          from unnest((streak).days * datemultirange(r.run)) a (part)
            cross join lateral generate_series(0, upper(a.part) - lower(a.part) - 1) n
          order by 1
          offset m.days - 1
          limit 1
      ) d
    where not exists (
      select from app_private.milestone_payments((streak).user_id) p where p.days = m.days and r.run @> p.day
    );
$$;
comment on function app_private.unpaid_milestones(app_private.streaks) is
  'The milestones that a member''s runs have reached and were never paid for, with the day on which each was reached.';
revoke all on function app_private.unpaid_milestones(app_private.streaks) from public;
--! EndIncluded streaks/app_private.unpaid_milestones.sql
--! Included streaks/app_private.pay_milestones.sql
-- streak_updater -> [app_private.pay_milestones()] -> app_public.points_ledger
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.pay_milestones(
  at timestamptz default now(),
  batch integer default 1000,
  out paid integer,
  out seen integer
)
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due uuid[];
begin
  -- Whose days have changed since they were looked at last, however long ago that is.
  select coalesce(array_agg(d.user_id), '{}') into v_due
    from (
      select s.user_id
        from app_private.streaks s
        where s.longest >= 7 and not s.is_paid
        order by s.user_id
        limit pay_milestones.batch
    ) d;
  seen := cardinality(v_due);
  perform app_private.lock_points(v_due);
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
    select s.user_id, 'streak', m.days || '/' || m.day, m.points, m.day, pay_milestones.at
      from app_private.streaks s
        cross join app_private.unpaid_milestones(s) m
      where s.user_id = any (v_due)
      order by s.user_id, m.days
    on conflict on constraint points_ledger_once do nothing;
  get diagnostics paid = row_count;
  update app_private.streaks s set is_paid = true where s.user_id = any (v_due);
end;
$$;
comment on function app_private.pay_milestones(timestamptz, integer) is
  'Pays what runs have reached and were not paid for yet, for one batch of members; fewer seen than a batch means that none is left. Errors: TB091.';
revoke all on function app_private.pay_milestones(timestamptz, integer) from public;
grant execute on function app_private.pay_milestones(timestamptz, integer) to autobench_worker;
--! EndIncluded streaks/app_private.pay_milestones.sql
--! Included streaks/app_public.users_streak.sql
-- app_public.users -> [app_public.users_streak()] -> user.streak (GraphQL)
-- Definer: the days behind a streak are nobody's to read; what comes of them belongs to the profile.
create or replace function app_public.users_streak("user" app_public.users) returns app_public.streak
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.streak_now(("user").id);
$$;
comment on function app_public.users_streak(app_public.users) is E'@notNull\nDays in a row, as they stand now.';
revoke all on function app_public.users_streak(app_public.users) from public;
grant execute on function app_public.users_streak(app_public.users) to autobench_anon, autobench_member;
--! EndIncluded streaks/app_public.users_streak.sql
--! Included streaks/app_public.users_current_streak.sql
-- app_public.users -> [app_public.users_current_streak()] -> user.currentStreak (GraphQL)
-- Definer: the days behind a streak are nobody's to read; what comes of them belongs to the profile.
create or replace function app_public.users_current_streak("user" app_public.users) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (app_private.streak_now(("user").id)).current;
$$;
comment on function app_public.users_current_streak(app_public.users) is E'@notNull\nActive days in a row up to today, or up to yesterday while today is not over.';
revoke all on function app_public.users_current_streak(app_public.users) from public;
grant execute on function app_public.users_current_streak(app_public.users) to autobench_anon, autobench_member;
--! EndIncluded streaks/app_public.users_current_streak.sql
--! Included streaks/app_public.users_longest_streak.sql
-- app_public.users -> [app_public.users_longest_streak()] -> user.longestStreak (GraphQL)
-- Definer: the days behind a streak are nobody's to read; what comes of them belongs to the profile.
create or replace function app_public.users_longest_streak("user" app_public.users) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (app_private.streak_now(("user").id)).longest;
$$;
comment on function app_public.users_longest_streak(app_public.users) is E'@notNull\nActive days of the longest run.';
revoke all on function app_public.users_longest_streak(app_public.users) from public;
grant execute on function app_public.users_longest_streak(app_public.users) to autobench_anon, autobench_member;
--! EndIncluded streaks/app_public.users_longest_streak.sql
--! Included streaks/app_public.users_last_activity_date.sql
-- app_public.users -> [app_public.users_last_activity_date()] -> user.lastActivityDate (GraphQL)
-- Definer: the days behind a streak are nobody's to read; what comes of them belongs to the profile.
create or replace function app_public.users_last_activity_date("user" app_public.users) returns date
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (app_private.streak_now(("user").id)).last_day;
$$;
comment on function app_public.users_last_activity_date(app_public.users) is E'The last of the member''s own days on which they answered something of worth.';
revoke all on function app_public.users_last_activity_date(app_public.users) from public;
grant execute on function app_public.users_last_activity_date(app_public.users) to autobench_anon, autobench_member;
--! EndIncluded streaks/app_public.users_last_activity_date.sql

--! Included boards/app_private.period_scores.sql
-- app_private.tg_points_ledger__fold(), tg_user_progress__fold() -> [app_private.period_scores] -> app_private.first_places(), app_public.my_rank()
create table if not exists app_private.period_scores (
  kind        app_public.period_kind not null,
  starts_on   date not null,
  user_id     uuid not null,
  points      integer not null default 0,
  solved      integer not null default 0,
  reached_at  timestamptz,
  is_listed   boolean not null,
  constraint period_scores_pkey primary key (user_id, kind, starts_on),
  constraint period_scores_holder foreign key (user_id) references app_private.point_holders,
  constraint period_scores_not_negative check (points >= 0 and solved >= 0)
);
-- The order of every board: most points first, of equals whoever had them first.
create index if not exists period_scores_board_idx on app_private.period_scores (kind, starts_on, (- points), reached_at, user_id)
  where is_listed and points > 0;

call app_private.reset_access('app_private.period_scores');
-- No policy and no grant: the ledger is folded into it, boards and ranks are read from it.

comment on table app_private.period_scores is 'What each member, or tombstone, has in each period: a fold of the ledger and of their progress.';
comment on column app_private.period_scores.kind is 'Kind of period.';
comment on column app_private.period_scores.starts_on is 'First day of the period, in UTC.';
comment on column app_private.period_scores.user_id is 'Whose score it is.';
comment on column app_private.period_scores.points is 'Points earned in the period.';
comment on column app_private.period_scores.solved is 'Problems solved for the first time in it.';
comment on column app_private.period_scores.reached_at is 'When points were last earned in it.';
comment on column app_private.period_scores.is_listed is 'Whether it counts on leaderboards: the member is neither hidden nor suspended nor erased.';
--! EndIncluded boards/app_private.period_scores.sql
--! Included boards/app_private.score_changes.sql
-- app_private.tg_points_ledger__fold() -> [app_private.score_changes] -> app_private.fold_scores(), rank_of()
create table if not exists app_private.score_changes (
  id         bigint generated always as identity constraint score_changes_pkey primary key,
  kind       app_public.period_kind not null,
  starts_on  date not null,
  was        integer not null,
  now_has    integer not null,
  constraint score_changes_change check (was <> now_has and was >= 0 and now_has >= 0)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000); -- its rows live for a second
create index if not exists score_changes_period_idx on app_private.score_changes (kind, starts_on) include (was, now_has);

call app_private.reset_access('app_private.score_changes');
-- No policy and no grant: fold_scores() takes the rows away within seconds.

comment on table app_private.score_changes is
  'Changes of listed scores that the histogram does not count yet: it has few rows that everybody would wait for, so one at a time folds them in.';
comment on column app_private.score_changes.id is 'Identity of the change.';
comment on column app_private.score_changes.kind is 'Kind of period.';
comment on column app_private.score_changes.starts_on is 'First day of the period.';
comment on column app_private.score_changes.was is 'Listed points before; 0 is off the boards.';
comment on column app_private.score_changes.now_has is 'Listed points after.';
--! EndIncluded boards/app_private.score_changes.sql
--! Included boards/app_private.score_histogram.sql
-- app_private.fold_scores() -> [app_private.score_histogram] -> app_private.rank_of()
create table if not exists app_private.score_histogram (
  kind       app_public.period_kind not null,
  starts_on  date not null,
  level      integer not null,
  bucket     integer not null,
  n          integer not null,
  constraint score_histogram_pkey primary key (kind, starts_on, level, bucket) include (n),
  constraint score_histogram_level_known check (level in (0, 1, 2)),
  constraint score_histogram_not_negative check (n >= 0 and bucket >= 0)
);

call app_private.reset_access('app_private.score_histogram');
-- No policy and no grant: fold_scores() writes, rank_of() reads.

comment on table app_private.score_histogram is
  'How many listed members have which score, in three levels: every score, every 64 and every 4096 of them, so that a rank is a sum of few rows.';
comment on column app_private.score_histogram.kind is 'Kind of period.';
comment on column app_private.score_histogram.starts_on is 'First day of the period.';
comment on column app_private.score_histogram.level is '0: single scores. 1: 64 together. 2: 4096 together.';
comment on column app_private.score_histogram.bucket is 'The score, divided by 1, 64 or 4096.';
comment on column app_private.score_histogram.n is 'How many members are there.';
--! EndIncluded boards/app_private.score_histogram.sql
--! Included boards/app_private.boards.sql
-- app_private.fold_scores(), refresh_leaderboard() -> [app_private.boards] -> app_private.leaderboard_weekly, app_operations.boards
create table if not exists app_private.boards (
  kind          app_public.period_kind constraint boards_pkey primary key,
  starts_on     date not null,
  changed_at    timestamptz not null default '-infinity',
  refreshed_at  timestamptz not null default '-infinity',
  closed_on     date
);

call app_private.reset_access('app_private.boards');
create policy select_all on app_private.boards for select to autobench_operator
  using (true);
grant select on app_private.boards to autobench_operator;
-- No write: refresh_leaderboard() and close_periods() keep it.

comment on table app_private.boards is 'The three leaderboards: which period each shows, and whether it has changed since it was last refreshed.';
comment on column app_private.boards.kind is 'Which board.';
comment on column app_private.boards.starts_on is 'First day of the period that it shows.';
comment on column app_private.boards.changed_at is 'When a score of the period was last counted anew.';
comment on column app_private.boards.refreshed_at is 'When it was last refreshed.';
comment on column app_private.boards.closed_on is 'First day of the last period whose final standings are kept.';

insert into app_private.boards (kind, starts_on)
  select k.kind, app_private.score_period(k.kind, now()) from unnest(enum_range(null::app_public.period_kind)) k (kind)
on conflict on constraint boards_pkey do nothing;
--! EndIncluded boards/app_private.boards.sql
--! Included boards/app_private.fold_scores.sql
-- worker/folding.ts, refresh_leaderboards -> [app_private.fold_scores()] -> app_private.score_histogram, app_private.boards
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.fold_scores() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_folded integer;
begin
  -- One at a time: whoever comes second has nothing to do.
  if not pg_try_advisory_xact_lock(hashtextextended('app_private.fold_scores', 0)) then
    return 0;
  end if;
  with taken as (
    delete from app_private.score_changes c returning c.kind, c.starts_on, c.was, c.now_has
  ), moved as (
    select t.kind, t.starts_on, m.points, sum(m.n)::integer as n
      from taken t
        cross join lateral (values (t.was, -1), (t.now_has, 1)) m (points, n)
      where m.points > 0
      group by t.kind, t.starts_on, m.points
      having sum(m.n) <> 0
  ), counted as (
    merge into app_private.score_histogram h
      using (
        select m.kind, m.starts_on, l.level, m.points >> (6 * l.level) as bucket, sum(m.n)::integer as n
          from moved m
            cross join (values (0), (1), (2)) l (level)
          group by m.kind, m.starts_on, l.level, m.points >> (6 * l.level)
          having sum(m.n) <> 0
      ) a
      on h.kind = a.kind and h.starts_on = a.starts_on and h.level = a.level and h.bucket = a.bucket
      when matched and h.n + a.n = 0 then delete
      when matched then update set n = h.n + a.n
      when not matched then insert (kind, starts_on, level, bucket, n) values (a.kind, a.starts_on, a.level, a.bucket, a.n)
  ), marked as (
    update app_private.boards b
      set changed_at = clock_timestamp()
      from (select distinct t.kind, t.starts_on from taken t) t
      where t.kind = b.kind and t.starts_on >= b.starts_on
  )
  select count(*) into v_folded from taken;
  return v_folded;
end;
$$;
comment on function app_private.fold_scores() is
  'Counts into the histogram what has changed since the last time, and notes which boards are out of date; says how many changes there were.';
revoke all on function app_private.fold_scores() from public;
grant execute on function app_private.fold_scores() to autobench_worker;
--! EndIncluded boards/app_private.fold_scores.sql
--! Included boards/app_private.rank_of.sql
-- app_public.my_rank() -> [app_private.rank_of()] -> app_private.score_histogram, app_private.score_changes
-- No search_path: so it becomes part of the statement that asks, which is what makes it cheap. Every name has its schema.
create or replace function app_private.rank_of(kind app_public.period_kind, starts_on date, points integer)
returns table (rank bigint)
language sql stable parallel safe
as $$
  -- Whole blocks above, then the rest of the own block, then of the own smaller one; and what is not counted yet.
  select 1
      + (select coalesce(sum(h.n), 0) from app_private.score_histogram h
          where h.kind = $1 and h.starts_on = $2 and h.level = 2 and h.bucket > $3 >> 12)
      + (select coalesce(sum(h.n), 0) from app_private.score_histogram h
          where h.kind = $1 and h.starts_on = $2 and h.level = 1 and h.bucket > $3 >> 6 and h.bucket < (($3 >> 12) + 1) << 6)
      + (select coalesce(sum(h.n), 0) from app_private.score_histogram h
          where h.kind = $1 and h.starts_on = $2 and h.level = 0 and h.bucket > $3 and h.bucket < (($3 >> 6) + 1) << 6)
      + (select coalesce(sum((c.now_has > $3)::integer - (c.was > $3)::integer), 0) from app_private.score_changes c
          where c.kind = $1 and c.starts_on = $2);
$$;
comment on function app_private.rank_of(app_public.period_kind, date, integer) is
  'One more than the listed members who have more points in a period: exact at this very moment, whatever is folded already.';
revoke all on function app_private.rank_of(app_public.period_kind, date, integer) from public;
--! EndIncluded boards/app_private.rank_of.sql

--! Included battles/app_public.battle_status.sql
-- [app_public.battle_status] -> app_public.battles
do $$
begin
  create type app_public.battle_status as enum ('open', 'active', 'finished', 'cancelled');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.battle_status is 'How far a battle is: challenged, accepted, over, or called off.';
revoke all on type app_public.battle_status from public;
grant usage on type app_public.battle_status to autobench_anon, autobench_member;
--! EndIncluded battles/app_public.battle_status.sql
--! Included battles/app_public.battles.sql
-- challengeMember (GraphQL) -> app_public.challenge_member() -> [app_public.battles] -> app_public.accept_battle(), judge_battle
create table if not exists app_public.battles (
  id             uuid constraint battles_pkey primary key default gen_random_uuid(),
  challenger_id  uuid,
  opponent_id    uuid,
  problem_id     uuid not null,
  status         app_public.battle_status not null default 'open',
  points         integer not null default 50,
  created_at     timestamptz not null default now(),
  accepted_at    timestamptz,
  due_at         timestamptz not null default now() + interval '7 days',
  finished_at    timestamptz,
  cancelled_at   timestamptz,
  winner_id      uuid,
  reason         text,
  constraint battles_challenger foreign key (challenger_id) references app_public.users on delete set null,
  constraint battles_opponent foreign key (opponent_id) references app_public.users on delete set null,
  constraint battles_winner foreign key (winner_id) references app_public.users on delete set null,
  constraint battles_problem foreign key (problem_id) references app_public.problems,
  constraint battles_between_two check (challenger_id <> opponent_id),
  constraint battles_winner_took_part check (winner_id in (challenger_id, opponent_id)),
  constraint battles_points_sane check (points between 1 and 10000),
  constraint battles_accepted_before_it_ends check (status in ('open', 'cancelled') or accepted_at is not null),
  constraint battles_end_is_dated check (
    (status = 'finished') = (finished_at is not null) and (status = 'cancelled') = (cancelled_at is not null)
      and (status in ('finished', 'cancelled')) = (reason is not null) and (winner_id is null or status = 'finished')
  )
);
create unique index if not exists battles_one_challenge on app_public.battles (challenger_id, opponent_id) where status = 'open';
create index if not exists battles_challenger_id_idx on app_public.battles (challenger_id);
create index if not exists battles_opponent_id_idx on app_public.battles (opponent_id);
create index if not exists battles_winner_id_idx on app_public.battles (winner_id);
create index if not exists battles_problem_id_idx on app_public.battles (problem_id);
create index if not exists battles_due_idx on app_public.battles (due_at) where status in ('open', 'active');
create index if not exists battles_cancelled_at_idx on app_public.battles (cancelled_at);

call app_private.reset_access('app_public.battles');
create policy select_own on app_public.battles for select to autobench_member
  using ((select app_public.current_user_id()) in (challenger_id, opponent_id));
create policy select_all on app_public.battles for select to autobench_operator
  using (true);
grant select on app_public.battles to autobench_member;
-- No write: challenge_member(), accept_battle(), answer_battle() and cancel_battle() are the doors.

comment on table app_public.battles is 'Two members answer the same problem, and the better answer wins.';
comment on column app_public.battles.id is 'Identity of the battle.';
comment on column app_public.battles.challenger_id is 'Who asked for it; nobody where they were erased since.';
comment on column app_public.battles.opponent_id is 'Who was asked.';
comment on column app_public.battles.problem_id is 'The problem that both answer.';
comment on column app_public.battles.status is 'How far it is.';
comment on column app_public.battles.points is 'Points that the winner gains.';
comment on column app_public.battles.created_at is 'When it was asked for.';
comment on column app_public.battles.accepted_at is 'When it was accepted.';
comment on column app_public.battles.due_at is 'Until when it may be accepted, and then until when both have to have answered.';
comment on column app_public.battles.finished_at is 'When it was decided.';
comment on column app_public.battles.cancelled_at is 'When it was called off.';
comment on column app_public.battles.winner_id is 'Who won; nobody in a draw.';
comment on column app_public.battles.reason is 'How it came to its end.';
--! EndIncluded battles/app_public.battles.sql
--! Included battles/app_private.battle_seats.sql
-- app_public.accept_battle() -> [app_private.battle_seats] -> app_public.answer_battle(), judge_battle
create table if not exists app_private.battle_seats (
  battle_id    uuid not null,
  user_id      uuid not null,
  live         tstzrange not null,
  body         text,
  answered_at  timestamptz,
  id           uuid not null default gen_random_uuid(),
  constraint battle_seats_pkey primary key (battle_id, user_id),
  constraint battle_seats_id unique (id),
  constraint battle_seats_battle foreign key (battle_id) references app_public.battles on delete cascade,
  constraint battle_seats_user foreign key (user_id) references app_public.users on delete cascade,
  constraint battle_seats_one_live_battle exclude using gist (user_id with =, live with &&),
  constraint battle_seats_body_bounded check (char_length(body) between 1 and 20000),
  constraint battle_seats_answer_whole check ((body is null) = (answered_at is null))
);
create index if not exists battle_seats_user_id_idx on app_private.battle_seats (user_id);

call app_private.reset_access('app_private.battle_seats');
-- No policy and no grant: nobody sees the other's answer before the battle is over, and afterwards through battle_answers().

comment on table app_private.battle_seats is 'Who takes part in an accepted battle, from when to when, and with which answer.';
comment on column app_private.battle_seats.battle_id is 'The battle.';
comment on column app_private.battle_seats.user_id is 'The member.';
comment on column app_private.battle_seats.live is 'From when to when it goes on: no member is in two at once.';
comment on column app_private.battle_seats.body is 'What they handed in.';
comment on column app_private.battle_seats.answered_at is 'When they did.';
comment on column app_private.battle_seats.id is 'Identity of the seat, under which its tokens are reserved.';
comment on constraint battle_seats_one_live_battle on app_private.battle_seats is
  E'@error TB094\nOne of the two is in another battle.\nHint: Finish that one first.';
comment on constraint battle_seats_body_bounded on app_private.battle_seats is
  E'@error TB097\nAn answer has 1 to 20,000 characters.\nHint: Shorten it, or write one.';
--! EndIncluded battles/app_private.battle_seats.sql
--! Included battles/app_private.battle_judgements.sql
-- judge_battle -> app_private.record_battle_judgement() -> [app_private.battle_judgements] -> app_private.finish_battle()
create table if not exists app_private.battle_judgements (
  battle_id   uuid not null,
  round       integer not null,
  pick        text not null,
  reasoning   text not null,
  created_at  timestamptz not null default now(),
  constraint battle_judgements_pkey primary key (battle_id, round),
  constraint battle_judgements_battle foreign key (battle_id) references app_public.battles on delete cascade,
  constraint battle_judgements_two_rounds check (round in (1, 2)),
  constraint battle_judgements_pick_known check (pick in ('challenger', 'opponent', 'draw')),
  constraint battle_judgements_reasoning_bounded check (char_length(reasoning) <= 20000)
);

call app_private.reset_access('app_private.battle_judgements');
create policy select_all on app_private.battle_judgements for select to autobench_operator
  using (true);
grant select on app_private.battle_judgements to autobench_operator;
-- No write: record_battle_judgement() is the door.

comment on table app_private.battle_judgements is 'What the judge said of a battle: once with the challenger''s answer first, once with the opponent''s.';
comment on column app_private.battle_judgements.battle_id is 'The battle.';
comment on column app_private.battle_judgements.round is '1: the challenger''s answer came first. 2: the opponent''s.';
comment on column app_private.battle_judgements.pick is 'Whose answer was the better one.';
comment on column app_private.battle_judgements.reasoning is 'Why, in the judge''s words.';
comment on column app_private.battle_judgements.created_at is 'When it was said.';
--! EndIncluded battles/app_private.battle_judgements.sql
--! Included battles/app_private.own_battle.sql
-- accept_battle(), answer_battle(), cancel_battle() -> [app_private.own_battle()] -> app_public.battles
create or replace function app_private.own_battle(battle_id uuid, user_id uuid) returns app_public.battles
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_battle app_public.battles;
begin
  select b.* into v_battle
    from app_public.battles b
    where b.id = own_battle.battle_id and own_battle.user_id in (b.challenger_id, b.opponent_id)
    for update;
  if not found then
    raise exception 'There is no such battle of yours.' using errcode = 'TB095', hint = 'Check the id.';
  end if;
  return v_battle;
end;
$$;
comment on function app_private.own_battle(uuid, uuid) is 'A battle in which a member takes part, locked. Errors: TB095.';
revoke all on function app_private.own_battle(uuid, uuid) from public;
--! EndIncluded battles/app_private.own_battle.sql
--! Included battles/app_private.end_battle.sql
-- cancel_battle(), cancel_late_battles(), finish_battle() -> [app_private.end_battle()] -> app_public.battles, app_private.battle_seats
create or replace function app_private.end_battle(
  battle_id uuid,
  status app_public.battle_status,
  reason text,
  winner_id uuid default null,
  at timestamptz default now()
) returns app_public.battles
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_battle app_public.battles;
  v_tokens integer;
begin
  update app_private.battle_seats s
    set live = tstzrange(lower(s.live), greatest(lower(s.live), least(end_battle.at, now())))
    where s.battle_id = end_battle.battle_id;
  update app_public.battles b
    set status = end_battle.status, reason = end_battle.reason, winner_id = end_battle.winner_id,
        finished_at = case end_battle.status when 'finished' then end_battle.at end,
        cancelled_at = case end_battle.status when 'cancelled' then end_battle.at end
    where b.id = end_battle.battle_id and b.status in ('open', 'active')
    returning * into v_battle;
  -- Each bears a half of what its judging took; one that is called off costs nobody anything.
  select coalesce(sum(t.input_tokens) + sum(t.output_tokens), 0)::integer
    into v_tokens
    from app_private.llm_calls c
      inner join app_private.llm_attempts t on t.call_id = c.id
    where c.subject_type = 'battle' and c.subject_id = end_battle.battle_id and end_battle.status = 'finished';
  perform app_private.settle_tokens('battle', s.id, v_tokens / 2)
    from (select s.id from app_private.battle_seats s where s.battle_id = end_battle.battle_id order by s.user_id) s;
  return v_battle;
end;
$$;
comment on function app_private.end_battle(uuid, app_public.battle_status, text, uuid, timestamptz) is
  'Brings a battle to its end, settles what was reserved for it, and frees both for another one.';
revoke all on function app_private.end_battle(uuid, app_public.battle_status, text, uuid, timestamptz) from public;
--! EndIncluded battles/app_private.end_battle.sql
--! Included battles/app_private.tg_users__leave_battles.sql
-- app_public.users -> [app_private.tg_users__leave_battles()] -> app_private.end_battle(), app_private.blank_calls()
create or replace function app_private.tg_users__leave_battles() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Locked first, as everywhere: whoever is just having a call made is waited for, and that call is seen below.
  perform app_private.end_battle(l.id, 'cancelled', 'Somebody has left.')
    from (
      select b.id from app_public.battles b
        where (b.challenger_id = old.id or b.opponent_id = old.id) and b.status in ('open', 'active')
        order by b.id
        for update
    ) l;
  delete from app_private.battle_judgements j
    using app_public.battles b
    where b.id = j.battle_id and (b.challenger_id = old.id or b.opponent_id = old.id);
  perform app_private.blank_calls(
    'battle',
    array(select b.id from app_public.battles b where b.challenger_id = old.id or b.opponent_id = old.id)
  );
  return old;
end;
$$;
comment on function app_private.tg_users__leave_battles() is 'Calls off the battles of a member who is erased, so that nobody waits for them, and forgets what they wrote in any and what was said of it.';
revoke all on function app_private.tg_users__leave_battles() from public;

create or replace trigger _400_leave_battles before delete on app_public.users
  for each row execute function app_private.tg_users__leave_battles();
--! EndIncluded battles/app_private.tg_users__leave_battles.sql
--! Included battles/app_public.challenge_member.sql
-- challengeMember (GraphQL) -> [app_public.challenge_member()] -> app_public.battles
-- Definer: members may challenge each other without being able to write battles.
create or replace function app_public.challenge_member(username text, problem_slug text) returns app_public.battles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles;
  v_problem app_public.problems;
begin
  perform app_private.take_rate('challenge', v_user_id::text, 20, '1 day');
  select b.* into v_battle
    from app_public.battles b
      inner join app_public.users u on u.id = b.opponent_id
    where b.challenger_id = v_user_id and b.status = 'open' and u.username = challenge_member.username collate app_public.ci;
  if found then
    return v_battle; -- asked already, and not answered yet
  end if;
  v_problem := app_private.require_problem(challenge_member.problem_slug, v_user_id);
  insert into app_public.battles (challenger_id, opponent_id, problem_id)
    select v_user_id, u.id, v_problem.id
      from app_public.users u
      where u.username = challenge_member.username collate app_public.ci and u.is_listed and u.id <> v_user_id
    returning * into v_battle;
  if not found then
    raise exception 'There is no such other member.'
      using errcode = 'TB092', hint = 'Name a listed member other than yourself.';
  end if;
  return v_battle;
end;
$$;
comment on function app_public.challenge_member(text, text) is
  E'@resultFieldName battle\nChallenges another member to a problem. Errors: TB001, TB002, TB006, TB080, TB081, TB092.';
revoke all on function app_public.challenge_member(text, text) from public;
grant execute on function app_public.challenge_member(text, text) to autobench_member;
--! EndIncluded battles/app_public.challenge_member.sql
--! Included battles/app_public.accept_battle.sql
-- acceptBattle (GraphQL) -> [app_public.accept_battle()] -> app_public.battles, app_private.battle_seats
-- Definer: members may accept a challenge without being able to write battles.
create or replace function app_public.accept_battle(battle_id uuid) returns app_public.battles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles := app_private.own_battle(accept_battle.battle_id, v_user_id);
begin
  if v_battle.status <> 'open' or v_battle.opponent_id <> v_user_id or v_battle.challenger_id is null or v_battle.due_at <= now() then
    raise exception 'This battle is not yours to accept.'
      using errcode = 'TB093', hint = 'The one who was challenged accepts, within a week.';
  end if;
  perform app_private.require_problem(p.slug, v_user_id) from app_public.problems p where p.id = v_battle.problem_id;
  -- The seats in one order, so that two who accept at once do not wait for each other in a ring.
  insert into app_private.battle_seats (battle_id, user_id, live)
    select v_battle.id, i.user_id, tstzrange(now(), null)
      from unnest(array[v_battle.challenger_id, v_battle.opponent_id]) i (user_id)
      order by i.user_id;
  update app_public.battles b
    set status = 'active', accepted_at = now(), due_at = now() + interval '1 day'
    where b.id = v_battle.id
    returning * into v_battle;
  return v_battle;
end;
$$;
comment on function app_public.accept_battle(uuid) is
  E'@resultFieldName battle\nAccepts a challenge: both have a day to answer. Errors: TB001, TB002, TB080, TB081, TB093, TB094, TB095.';
revoke all on function app_public.accept_battle(uuid) from public;
grant execute on function app_public.accept_battle(uuid) to autobench_member;
--! EndIncluded battles/app_public.accept_battle.sql
--! Included battles/app_private.battle_estimate.sql
-- app_public.answer_battle() -> [app_private.battle_estimate()] -> app_private.reserve_tokens()
create or replace function app_private.battle_estimate(problem_id uuid, answer text) returns integer
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  -- Two calls read both answers, and each member bears a half: one call's reply, what it is told, and their own answer twice.
  select ceil((
      coalesce(max(octet_length(t.system) + octet_length(t.template)), 0)
      + octet_length(p.statement) + coalesce(octet_length(k.rubric), 0) + 2 * octet_length(battle_estimate.answer)
    ) / 3.0)::integer + 2048 -- as long as judge_battle lets a reply be
    from app_public.problems p
      left join app_private.problem_keys k on k.problem_id = p.id
      left join app_private.prompts t on t.role = 'battle' and t.weight > 0
    where p.id = battle_estimate.problem_id
    group by p.id, k.problem_id;
$$;
comment on function app_private.battle_estimate(uuid, text) is 'The most tokens that a member''s half of judging a battle may take.';
revoke all on function app_private.battle_estimate(uuid, text) from public;
--! EndIncluded battles/app_private.battle_estimate.sql
--! Included battles/app_public.answer_battle.sql
-- answerBattle (GraphQL) -> [app_public.answer_battle()] -> app_private.battle_seats, judge_battle
-- Definer: members may answer without being able to write seats.
create or replace function app_public.answer_battle(battle_id uuid, answer text) returns app_public.battles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles := app_private.own_battle(answer_battle.battle_id, v_user_id);
  v_seat_id uuid;
  v_minimum_length integer;
begin
  update app_private.battle_seats s
    set body = answer_battle.answer, answered_at = now()
    where s.battle_id = v_battle.id and s.user_id = v_user_id and s.body is null
      and v_battle.status = 'active' and v_battle.due_at > now()
    returning s.id into v_seat_id;
  if not found then
    raise exception 'This battle takes no answer of yours.'
      using errcode = 'TB096', hint = 'It is accepted first, and takes one answer of each within a day.';
  end if;
  select p.minimum_length into strict v_minimum_length from app_public.problems p where p.id = v_battle.problem_id;
  -- What is too little to be judged asks no model, and costs no tokens: it loses.
  if app_private.content_length(answer_battle.answer) >= v_minimum_length then
    perform app_private.reserve_tokens(
      v_user_id, 'battle', v_seat_id, app_private.battle_estimate(v_battle.problem_id, answer_battle.answer)
    );
  end if;
  if exists (select from app_private.battle_seats s where s.battle_id = v_battle.id and s.body is null) then
    return v_battle;
  end if;
  if app_private.judge_battle_by_rule(v_battle.id) then
    select b.* into strict v_battle from app_public.battles b where b.id = v_battle.id;
  else
    perform graphile_worker.add_job(
      'judge_battle',
      json_build_object('battleId', v_battle.id),
      max_attempts => 8,
      job_key => 'battle:' || v_battle.id
    );
  end if;
  return v_battle;
end;
$$;
comment on function app_public.answer_battle(uuid, text) is
  E'@resultFieldName battle\nHands in the answer to a battle, once; when both are in they are judged. Errors: TB001, TB002, TB085, TB08B, TB091, TB095, TB096, TB097.';
revoke all on function app_public.answer_battle(uuid, text) from public;
grant execute on function app_public.answer_battle(uuid, text) to autobench_member;
--! EndIncluded battles/app_public.answer_battle.sql
--! Included battles/app_public.cancel_battle.sql
-- cancelBattle (GraphQL) -> [app_public.cancel_battle()] -> app_private.end_battle()
-- Definer: members may call a battle off without being able to write battles.
create or replace function app_public.cancel_battle(battle_id uuid) returns app_public.battles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles := app_private.own_battle(cancel_battle.battle_id, v_user_id);
begin
  if v_battle.status not in ('open', 'active')
    or exists (select from app_private.battle_seats s where s.battle_id = v_battle.id and s.body is not null)
  then
    raise exception 'This battle can not be called off any more.'
      using errcode = 'TB098', hint = 'Somebody has answered, or it is over.';
  end if;
  return app_private.end_battle(
    v_battle.id,
    'cancelled',
    case when v_battle.status = 'open' and v_battle.opponent_id = v_user_id then 'The challenge was declined.' else 'It was called off.' end
  );
end;
$$;
comment on function app_public.cancel_battle(uuid) is
  E'@resultFieldName battle\nDeclines a challenge, or takes back a battle that nobody has answered yet. Errors: TB001, TB002, TB095, TB098.';
revoke all on function app_public.cancel_battle(uuid) from public;
grant execute on function app_public.cancel_battle(uuid) to autobench_member;
--! EndIncluded battles/app_public.cancel_battle.sql
--! Included battles/app_public.battle_answers.sql
-- app_public.battles -> [app_public.battle_answers()] -> battleAnswers (GraphQL)
-- Definer: seats are nobody's to read while a battle goes on.
create or replace function app_public.battle_answers(battle_id uuid) returns table (user_id uuid, answer text, answered_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
begin
  return query
    select s.user_id, s.body, s.answered_at
      from app_public.battles b
        inner join app_private.battle_seats s on s.battle_id = b.id
      where b.id = battle_answers.battle_id and v_user_id in (b.challenger_id, b.opponent_id) and s.body is not null
        and (b.status = 'finished' or s.user_id = v_user_id)
      order by s.answered_at;
end;
$$;
comment on function app_public.battle_answers(uuid) is
  'The answers to a battle of one''s own: one''s own at any time, the other''s once it is decided. Errors: TB001, TB002.';
revoke all on function app_public.battle_answers(uuid) from public;
grant execute on function app_public.battle_answers(uuid) to autobench_member;
--! EndIncluded battles/app_public.battle_answers.sql
--! Included battles/app_private.cancel_late_battles.sql
-- streak_updater -> [app_private.cancel_late_battles()] -> app_private.end_battle()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.cancel_late_battles(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
  v_cancelled integer := 0;
begin
  for v_id in
    select b.id
      from app_public.battles b
      where b.status in ('open', 'active') and b.due_at <= cancel_late_battles.at
        -- One that both have answered waits for the judge, however late it is.
        and not (b.status = 'active' and not exists (
          select from app_private.battle_seats s where s.battle_id = b.id and s.body is null
        ))
      order by b.id
      for update skip locked
  loop
    perform app_private.end_battle(v_id, 'cancelled', 'The time was over.', null, cancel_late_battles.at);
    v_cancelled := v_cancelled + 1;
  end loop;
  return v_cancelled;
end;
$$;
comment on function app_private.cancel_late_battles(timestamptz) is
  'Calls off challenges that nobody accepted and battles that somebody did not answer in time; says how many.';
revoke all on function app_private.cancel_late_battles(timestamptz) from public;
grant execute on function app_private.cancel_late_battles(timestamptz) to autobench_worker;
--! EndIncluded battles/app_private.cancel_late_battles.sql
--! Included battles/app_private.battle_to_judge.sql
-- judge_battle -> [app_private.battle_to_judge()] -> app_private.battle_seats, app_private.pick_prompt()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.battle_to_judge(battle_id uuid, model_id uuid)
returns table (statement text, rubric text, challenger text, opponent text, version text, system text, template text, api_model text, params jsonb)
language plpgsql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select p.title || E'\n\n' || p.statement, r.rubric, c.body, o.body, t.version, t.system, t.template, m.api_model, m.params
    from app_public.battles b
      inner join app_public.problems p on p.id = b.problem_id
      inner join app_private.problem_keys r on r.problem_id = b.problem_id
      inner join app_private.battle_seats c on c.battle_id = b.id and c.user_id = b.challenger_id
      inner join app_private.battle_seats o on o.battle_id = b.id and o.user_id = b.opponent_id
      cross join app_private.pick_prompt('battle', b.id) t
      inner join app_public.models m on m.id = battle_to_judge.model_id
    where b.id = battle_to_judge.battle_id and b.status = 'active' and c.body is not null and o.body is not null;
end;
$$;
comment on function app_private.battle_to_judge(uuid, uuid) is
  'What the judge of a battle is told, once both have answered; no row when there is nothing to judge.';
revoke all on function app_private.battle_to_judge(uuid, uuid) from public;
grant execute on function app_private.battle_to_judge(uuid, uuid) to autobench_worker;
--! EndIncluded battles/app_private.battle_to_judge.sql
--! Included battles/app_private.finish_battle.sql
-- record_battle_judgement(), judge_battle_by_rule() -> [app_private.finish_battle()] -> app_private.end_battle(), app_public.points_ledger
create or replace function app_private.finish_battle(battle_id uuid, at timestamptz default now(), reason text default null) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_battle app_public.battles;
  v_rounds integer;
  v_winner_id uuid;
begin
  select b.* into v_battle from app_public.battles b where b.id = finish_battle.battle_id for update;
  -- The winner is whom the judge prefers whichever answer comes first; anything else is a draw.
  select count(*),
      case
        when bool_and(j.pick = 'challenger') then v_battle.challenger_id
        when bool_and(j.pick = 'opponent') then v_battle.opponent_id
      end
    into v_rounds, v_winner_id
    from app_private.battle_judgements j
    where j.battle_id = v_battle.id;
  if v_rounds < 2 or v_battle.status <> 'active' then
    return;
  end if;
  perform app_private.end_battle(
    v_battle.id, 'finished',
    coalesce(finish_battle.reason, case when v_winner_id is null then 'A draw.' else 'Judged the same in both orders.' end),
    v_winner_id, finish_battle.at
  );
  -- Two who fight over one problem again and again are paid for it once.
  if v_winner_id is not null and not exists (
    select from app_public.battles o
      where o.id <> v_battle.id and o.problem_id = v_battle.problem_id and o.winner_id is not null
        and o.challenger_id in (v_battle.challenger_id, v_battle.opponent_id)
        and o.opponent_id in (v_battle.challenger_id, v_battle.opponent_id)
  ) then
    perform app_private.lock_points(array[v_winner_id]);
    insert into app_public.points_ledger (user_id, reason, ref, points, day, at, problem_id)
      values (
        v_winner_id, 'battle', v_battle.id::text, v_battle.points, app_private.member_day(v_winner_id, finish_battle.at),
        finish_battle.at, null
      )
      on conflict on constraint points_ledger_once do nothing;
    perform app_private.award_achievements(v_winner_id, finish_battle.at);
    perform app_private.award_badges(v_winner_id, finish_battle.at);
  end if;
end;
$$;
comment on function app_private.finish_battle(uuid, timestamptz, text) is
  'Decides a battle that was judged in both orders, or by rule for a reason, and pays the winner, once for each pair and problem. Errors: TB091.';
revoke all on function app_private.finish_battle(uuid, timestamptz, text) from public;
--! EndIncluded battles/app_private.finish_battle.sql
--! Included battles/app_private.record_battle_judgement.sql
-- judge_battle -> [app_private.record_battle_judgement()] -> app_private.battle_judgements, app_private.finish_battle()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_battle_judgement(battle_id uuid, round integer, pick text, reasoning text)
returns app_public.battle_status
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_battle app_public.battles;
begin
  select b.* into v_battle from app_public.battles b where b.id = record_battle_judgement.battle_id for update;
  if v_battle.status = 'active' then
    insert into app_private.battle_judgements (battle_id, round, pick, reasoning)
      values (v_battle.id, record_battle_judgement.round, record_battle_judgement.pick, left(record_battle_judgement.reasoning, 20000))
      on conflict on constraint battle_judgements_pkey do nothing;
    perform app_private.finish_battle(v_battle.id);
  end if;
  return (select b.status from app_public.battles b where b.id = v_battle.id);
end;
$$;
comment on function app_private.record_battle_judgement(uuid, integer, text, text) is
  'Writes down what the judge said of one order of a battle, once, and ends the battle when both are there.';
revoke all on function app_private.record_battle_judgement(uuid, integer, text, text) from public;
grant execute on function app_private.record_battle_judgement(uuid, integer, text, text) to autobench_worker;
--! EndIncluded battles/app_private.record_battle_judgement.sql
--! Included battles/app_private.judge_battle_by_rule.sql
-- app_public.answer_battle() -> [app_private.judge_battle_by_rule()] -> app_private.battle_judgements, app_private.finish_battle()
create or replace function app_private.judge_battle_by_rule(battle_id uuid) returns boolean
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pick text;
  v_reason text;
begin
  select case
        when count(*) filter (where not l.is_long) = 2 then 'draw'
        when bool_or(l.user_id = b.challenger_id and l.is_long) then 'challenger'
        else 'opponent'
      end,
      case when count(*) filter (where not l.is_long) = 2 then 'Both answers hold too little to be judged.'
        else 'An answer holds too little to be judged: it loses.' end
    into v_pick, v_reason
    from app_public.battles b
      inner join app_public.problems p on p.id = b.problem_id
      cross join lateral (
        select s.user_id, app_private.content_length(s.body) >= p.minimum_length as is_long
          from app_private.battle_seats s
          where s.battle_id = b.id
      ) l
    where b.id = judge_battle_by_rule.battle_id
    having not bool_and(l.is_long);
  if not found then
    return false;
  end if;
  insert into app_private.battle_judgements (battle_id, round, pick, reasoning)
    select judge_battle_by_rule.battle_id, n, v_pick, v_reason from generate_series(1, 2) n
    on conflict on constraint battle_judgements_pkey do nothing;
  perform app_private.finish_battle(judge_battle_by_rule.battle_id, reason => v_reason);
  return true;
end;
$$;
comment on function app_private.judge_battle_by_rule(uuid) is
  'Decides a battle in which an answer holds too little, without asking anybody: that answer loses. Says whether it did.';
revoke all on function app_private.judge_battle_by_rule(uuid) from public;
--! EndIncluded battles/app_private.judge_battle_by_rule.sql

--! Included points/app_public.badges.sql
-- the founding document's badges -> [app_public.badges] -> app_private.award_badges(), badges (GraphQL)
create table if not exists app_public.badges (
  name                text constraint badges_pkey primary key,
  description         text not null,
  icon                text not null,
  required_points     integer not null,
  required_exercises  integer not null default 0,
  rank_level          integer not null,
  constraint badges_rank_level_unique unique (rank_level),
  constraint badges_name_form check (char_length(name) between 1 and 40),
  constraint badges_requirements_not_negative check (required_points >= 0 and required_exercises >= 0)
);

call app_private.reset_access('app_public.badges');
create policy select_all on app_public.badges for select to autobench_anon, autobench_member, autobench_operator
  using (true);
grant select on app_public.badges to autobench_anon, autobench_member;
-- No write through the API: what a badge asks for is decided in SQL, and a change is applied at once.

comment on table app_public.badges is 'The badges, from the first to the highest.';
comment on column app_public.badges.name is 'Name of the badge.';
comment on column app_public.badges.description is 'What it stands for.';
comment on column app_public.badges.icon is 'Its sign.';
comment on column app_public.badges.required_points is 'Points that it asks for.';
comment on column app_public.badges.required_exercises is 'Solved problems that it asks for as well.';
comment on column app_public.badges.rank_level is 'Its place: higher is better.';
--! EndIncluded points/app_public.badges.sql
--! Included points/app_public.user_badges.sql
-- app_private.award_badges() -> [app_public.user_badges] -> user.badge (GraphQL)
create table if not exists app_public.user_badges (
  user_id     uuid not null,
  badge_name  text not null,
  earned_at   timestamptz not null default now(),
  constraint user_badges_pkey primary key (user_id, badge_name),
  constraint user_badges_user foreign key (user_id) references app_public.users on delete cascade,
  constraint user_badges_badge foreign key (badge_name) references app_public.badges on update cascade
);
create index if not exists user_badges_badge_name_idx on app_public.user_badges (badge_name);

call app_private.reset_access('app_public.user_badges');
-- Whoever's profile one may see, their badges too: the policies of users decide.
create policy select_visible on app_public.user_badges for select to autobench_anon, autobench_member, autobench_operator
  using (exists (select from app_public.users u where u.id = user_id));
grant select on app_public.user_badges to autobench_anon, autobench_member;
-- No write: award_badges() gives them, and nothing takes one away.

comment on table app_public.user_badges is 'Badges that members have earned. One that was earned is kept, whatever becomes of the points or of the rule.';
comment on column app_public.user_badges.user_id is 'The member.';
comment on column app_public.user_badges.badge_name is 'The badge.';
comment on column app_public.user_badges.earned_at is 'When they earned it.';
--! EndIncluded points/app_public.user_badges.sql
--! Included points/app_private.award_badges.sql
-- settle_problem(), tg_badges__award() -> [app_private.award_badges()] -> app_public.user_badges
create or replace function app_private.award_badges(user_id uuid default null, at timestamptz default now()) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_given integer;
begin
  if award_badges.user_id is null then
    insert into app_public.user_badges (user_id, badge_name, earned_at)
      select u.id, b.name, award_badges.at
        from app_public.badges b
          cross join app_public.users u
          left join app_private.period_scores s on s.kind = 'all' and s.starts_on = date '2000-01-01' and s.user_id = u.id
        where coalesce(s.points, 0) >= b.required_points and coalesce(s.solved, 0) >= b.required_exercises
        order by u.id, b.name
      on conflict on constraint user_badges_pkey do nothing;
  else
    insert into app_public.user_badges (user_id, badge_name, earned_at)
      select s.user_id, b.name, award_badges.at
        from app_private.period_scores s
          inner join app_public.badges b on s.points >= b.required_points and s.solved >= b.required_exercises
        where s.kind = 'all' and s.starts_on = date '2000-01-01' and s.user_id = award_badges.user_id
          and not exists (
            select from app_public.user_badges e where e.user_id = s.user_id and e.badge_name = b.name
          )
      on conflict on constraint user_badges_pkey do nothing;
  end if;
  get diagnostics v_given = row_count;
  return v_given;
end;
$$;
comment on function app_private.award_badges(uuid, timestamptz) is
  'Gives a member, or everybody, the badges whose points and exercises they have both reached; says how many were given.';
revoke all on function app_private.award_badges(uuid, timestamptz) from public;
--! EndIncluded points/app_private.award_badges.sql
--! Included points/app_private.tg_badges__award.sql
-- app_public.badges -> [app_private.tg_badges__award()] -> app_private.award_badges()
create or replace function app_private.tg_badges__award() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.award_badges();
  return null;
end;
$$;
comment on function app_private.tg_badges__award() is 'Gives a new or changed badge at once to all who qualify for it already.';
revoke all on function app_private.tg_badges__award() from public;

create or replace trigger _500_award after insert or update on app_public.badges
  for each statement execute function app_private.tg_badges__award();

-- The founding document's six. A DBA's change of a row stays.
insert into app_public.badges (name, description, icon, required_points, required_exercises, rank_level) values
  ('Beginner', 'Just getting started', U&'\+01F331', 0, 0, 1),
  ('Apprentice', 'Learning the ropes', U&'\+01F4DA', 1000, 10, 2),
  ('Intermediate', 'Building expertise', U&'\2699\FE0F', 2500, 25, 3),
  ('Advanced', 'Strong understanding', U&'\+01F393', 5000, 40, 4),
  ('Expert', 'Mastered the fundamentals', U&'\+01F947', 8000, 60, 5),
  ('Master', 'Elite data scientist', U&'\+01F3C6', 12000, 80, 6)
on conflict on constraint badges_pkey do nothing;
--! EndIncluded points/app_private.tg_badges__award.sql
--! Included points/app_public.achievements.sql
-- [app_public.achievements] -> app_private.award_achievements(), achievements (GraphQL)
create table if not exists app_public.achievements (
  type         text constraint achievements_pkey primary key,
  name         text not null,
  description  text not null,
  criteria     jsonb not null,
  points       integer not null default 0,
  constraint achievements_type_form check (type ~ '^[a-z][a-z0-9_]{2,39}$'),
  constraint achievements_name_form check (char_length(name) between 1 and 60),
  constraint achievements_points_sane check (points between 0 and 100000),
  constraint achievements_criteria_form check (
    criteria = jsonb_build_object('metric', criteria -> 'metric', 'at_least', criteria -> 'at_least')
      and jsonb_typeof(criteria -> 'at_least') = 'number' and (criteria ->> 'at_least')::integer > 0
      and criteria ->> 'metric' in (
        'answers', 'solved', 'best_score', 'streak', 'modules', 'fast_solves', 'nightly_solves', 'solved_in_a_day', 'battles_won'
      )
  )
);

call app_private.reset_access('app_public.achievements');
create policy select_all on app_public.achievements for select to autobench_anon, autobench_member, autobench_operator
  using (true);
grant select on app_public.achievements to autobench_anon, autobench_member;
-- No write through the API: the rules are decided in SQL, and a new one is applied at once.

comment on table app_public.achievements is 'What can be achieved: each rule is a row, and names what is counted and how much of it is asked for.';
comment on column app_public.achievements.type is 'Name of the rule.';
comment on column app_public.achievements.name is 'Name that people see.';
comment on column app_public.achievements.description is 'What it takes, in words.';
comment on column app_public.achievements.criteria is 'What is counted (metric), and how much of it is asked for (at_least).';
comment on column app_public.achievements.points is 'Points that it pays.';
--! EndIncluded points/app_public.achievements.sql
--! Included points/app_public.user_achievements.sql
-- app_private.award_achievements() -> [app_public.user_achievements] -> user.userAchievements (GraphQL)
create table if not exists app_public.user_achievements (
  user_id           uuid not null,
  achievement_type  text not null,
  data              jsonb not null default '{}',
  earned_at         timestamptz not null default now(),
  is_standing       boolean not null default true,
  constraint user_achievements_pkey primary key (user_id, achievement_type),
  constraint user_achievements_user foreign key (user_id) references app_public.users on delete cascade,
  constraint user_achievements_achievement foreign key (achievement_type) references app_public.achievements on update cascade
);
create index if not exists user_achievements_achievement_type_idx on app_public.user_achievements (achievement_type);

call app_private.reset_access('app_public.user_achievements');
create policy select_visible on app_public.user_achievements for select to autobench_anon, autobench_member, autobench_operator
  using (exists (select from app_public.users u where u.id = user_id));
grant select on app_public.user_achievements to autobench_anon, autobench_member;
-- No write: award_achievements() gives them, and nothing takes one away.

comment on table app_public.user_achievements is 'What members have achieved, each rule once.';
comment on column app_public.user_achievements.user_id is 'The member.';
comment on column app_public.user_achievements.achievement_type is 'The rule.';
comment on column app_public.user_achievements.data is 'The rule as it was, the value that met it, the points that it pays, and for modules the problems that made each complete.';
comment on column app_public.user_achievements.earned_at is 'When it was met.';
comment on column app_public.user_achievements.is_standing is
  'Whether that still stands. Verdicts alone may take back what met it: then the achievement stays, and its points do not.';
--! EndIncluded points/app_public.user_achievements.sql
--! Included points/app_private.member_metrics.sql
-- app_public.user_progress, app_public.daily_activity, app_private.streaks, app_public.battles -> [app_private.member_metrics] -> app_private.award_achievements()
create or replace view app_private.member_metrics with (security_invoker, security_barrier) as
  select p.user_id, m.metric, m.value
    from (
      select p.user_id, sum(p.attempts_count) as answers, count(p.completed_at) as solved, max(p.best_score) as best_score,
          count(*) filter (where p.is_fast) as fast_solves, count(*) filter (where p.is_nightly) as nightly_solves
        from app_public.user_progress p
        group by p.user_id
    ) p
      cross join lateral (
        values ('answers', p.answers), ('solved', p.solved), ('best_score', p.best_score), ('fast_solves', p.fast_solves),
          ('nightly_solves', p.nightly_solves)
      ) m (metric, value)
  union all
  select d.user_id, 'solved_in_a_day', max(d.exercises_completed)
    from app_public.daily_activity d
    group by d.user_id
  union all
  select s.user_id, 'streak', s.longest
    from app_private.streaks s
  union all
  select d.user_id, 'modules', count(*)
    from (
      select p.user_id, q.module_id, count(*) as solved
        from app_public.user_progress p
          inner join app_public.problems q on q.id = p.problem_id and q.is_published
        where p.completed_at is not null
        group by p.user_id, q.module_id
    ) d
      inner join (
        select q.module_id, count(*) as problems from app_public.problems q where q.is_published group by q.module_id
      ) w on w.module_id = d.module_id and w.problems = d.solved
    group by d.user_id
  union all
  select b.winner_id, 'battles_won', count(*)
    from app_public.battles b
    where b.winner_id is not null
    group by b.winner_id;

revoke all on app_private.member_metrics from public;

comment on view app_private.member_metrics is 'What achievements count, for each member: one row for each of it that is known.';
comment on column app_private.member_metrics.user_id is 'The member.';
comment on column app_private.member_metrics.metric is 'What is counted.';
comment on column app_private.member_metrics.value is 'How much of it there is.';
--! EndIncluded points/app_private.member_metrics.sql
--! Included points/app_private.complete_modules.sql
-- award_achievements() -> [app_private.complete_modules()] -> app_public.user_progress, app_public.problems
create or replace function app_private.complete_modules(user_id uuid, kept jsonb, out modules jsonb, out n integer)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  -- What was complete once is so for as long as those problems are solved, whatever was published or retired since.
  select coalesce(jsonb_object_agg(m.id, m.problems), '{}'), (count(*) filter (where m.is_complete))::integer
    from (
      select distinct on (c.id) c.id, c.problems, c.is_complete
        from (
          select k.id, k.problems, 1 as place,
              not exists (
                select from jsonb_array_elements_text(k.problems) q (id)
                  where not exists (
                    select from app_public.user_progress p
                      where p.user_id = complete_modules.user_id and p.problem_id = q.id::uuid and p.completed_at is not null
                  )
              ) as is_complete
            from jsonb_each(coalesce(complete_modules.kept, '{}')) k (id, problems)
          union all
          select q.module_id::text, jsonb_agg(q.id order by q.id), 2, true
            from app_public.problems q
              left join app_public.user_progress p on p.user_id = complete_modules.user_id and p.problem_id = q.id
            where q.is_published
            group by q.module_id
            having bool_and(p.completed_at is not null)
        ) c
        order by c.id, c.is_complete desc, c.place
    ) m;
$$;
comment on function app_private.complete_modules(uuid, jsonb) is
  'The modules that a member has worked through with the problems that made each complete, those kept from before among them, and how many still stand.';
revoke all on function app_private.complete_modules(uuid, jsonb) from public;
--! EndIncluded points/app_private.complete_modules.sql
--! Included points/app_private.achievement_grounds.sql
-- award_achievements(), award_all_achievements() -> [app_private.achievement_grounds()] -> app_private.complete_modules()
create or replace function app_private.achievement_grounds(user_id uuid, metric text) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case achievement_grounds.metric
      when 'modules' then jsonb_build_object(
        'modules',
        (select c.modules from app_private.complete_modules(achievement_grounds.user_id, '{}') c)
      )
      else '{}'
    end;
$$;
comment on function app_private.achievement_grounds(uuid, text) is
  'What is kept of an achievement beside its rule: of one for modules, the problems that made each of them complete.';
revoke all on function app_private.achievement_grounds(uuid, text) from public;
--! EndIncluded points/app_private.achievement_grounds.sql
--! Included points/app_private.award_achievements.sql
-- settle_problem(), finish_battle() -> [app_private.award_achievements()] -> app_public.user_achievements, app_public.points_ledger
create or replace function app_private.award_achievements(user_id uuid, at timestamptz default now()) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  with counted as materialized (
    select m.metric, m.value from app_private.member_metrics m where m.user_id = award_achievements.user_id
  ), given as (
    insert into app_public.user_achievements as e (user_id, achievement_type, data, earned_at)
      select award_achievements.user_id, a.type,
          a.criteria || jsonb_build_object('value', c.value, 'points', a.points)
            || app_private.achievement_grounds(award_achievements.user_id, c.metric),
          award_achievements.at
        from app_public.achievements a
          inner join counted c on c.metric = a.criteria ->> 'metric' and c.value >= (a.criteria ->> 'at_least')::integer
        where not exists (
          select from app_public.user_achievements o
            where o.user_id = award_achievements.user_id and o.achievement_type = a.type
        )
      returning e.achievement_type, (e.data ->> 'points')::integer as points
  ), held as materialized (
    -- By the rule as it was when it was met, and by the problems that there were: what an operator edits, adds or retires
    -- takes nothing from those who have it. Only verdicts do.
    select e.achievement_type, coalesce(k.modules, '{}') as modules,
        coalesce(k.n, c.value, 0) >= (e.data ->> 'at_least')::integer as is_met
      from app_public.user_achievements e
        left join counted c on c.metric = e.data ->> 'metric'
        left join lateral app_private.complete_modules(award_achievements.user_id, e.data -> 'modules') k
          on e.data ->> 'metric' = 'modules'
      where e.user_id = award_achievements.user_id
  ), kept as (
    update app_public.user_achievements e
      set is_standing = h.is_met,
        data = e.data || case when h.modules = '{}' then '{}' else jsonb_build_object('modules', h.modules) end
      from held h
      where e.user_id = award_achievements.user_id and e.achievement_type = h.achievement_type
        and (e.is_standing <> h.is_met or (h.modules <> '{}' and e.data -> 'modules' is distinct from h.modules))
      returning with (old as o) e.achievement_type, e.is_standing, o.is_standing as was_standing,
        (e.data ->> 'points')::integer as points
  ), turned as (
    select k.* from kept k where k.is_standing <> k.was_standing
  )
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
    select award_achievements.user_id, 'achievement', g.achievement_type, g.points,
        app_private.member_day(award_achievements.user_id, award_achievements.at), award_achievements.at
      from given g
      where g.points > 0
    union all
    -- What is taken back, or given again, counts for the day on which it was first given.
    select award_achievements.user_id, case when t.is_standing then 'achievement' else 'reversal' end,
        t.achievement_type || '/' || n.rows, case when t.is_standing then t.points else - t.points end, f.day, f.at
      from turned t
        inner join app_public.points_ledger f
          on f.user_id = award_achievements.user_id and f.reason = 'achievement' and f.ref = t.achievement_type
        cross join lateral (
          select count(*) as rows
            from app_public.points_ledger l
            where l.user_id = award_achievements.user_id
              and l.reason = case when t.is_standing then 'achievement' else 'reversal' end
              and (l.ref = t.achievement_type or l.ref like t.achievement_type || '/%')
        ) n;
end;
$$;
comment on function app_private.award_achievements(uuid, timestamptz) is
  'Gives a member what they have achieved and its points; takes the points back where verdicts took back what met the rule. The caller holds the member''s lock.';
revoke all on function app_private.award_achievements(uuid, timestamptz) from public;
--! EndIncluded points/app_private.award_achievements.sql
--! Included points/app_private.award_all_achievements.sql
-- tg_achievements__award() -> [app_private.award_all_achievements()] -> app_public.user_achievements, app_public.points_ledger
create or replace function app_private.award_all_achievements(at timestamptz default now()) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due uuid[];
  v_given integer;
begin
  select array_agg(distinct m.user_id) into v_due
    from app_public.achievements a
      inner join app_private.member_metrics m
        on m.metric = a.criteria ->> 'metric' and m.value >= (a.criteria ->> 'at_least')::integer
      left join app_public.user_achievements e on e.user_id = m.user_id and e.achievement_type = a.type
    where e.user_id is null;
  perform app_private.lock_points(coalesce(v_due, '{}'));
  with given as (
    insert into app_public.user_achievements as e (user_id, achievement_type, data, earned_at)
      select m.user_id, a.type,
          a.criteria || jsonb_build_object('value', m.value, 'points', a.points)
            || app_private.achievement_grounds(m.user_id, m.metric),
          award_all_achievements.at
        from app_public.achievements a
          inner join app_private.member_metrics m
            on m.metric = a.criteria ->> 'metric' and m.value >= (a.criteria ->> 'at_least')::integer
          inner join unnest(v_due) d (user_id) on d.user_id = m.user_id
        order by m.user_id, a.type
      on conflict on constraint user_achievements_pkey do nothing
      returning e.user_id, e.achievement_type, (e.data ->> 'points')::integer as points
  ), paid as (
    insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
      select g.user_id, 'achievement', g.achievement_type, g.points,
          app_private.member_day(g.user_id, award_all_achievements.at), award_all_achievements.at
        from given g
        where g.points > 0
        order by g.user_id, g.achievement_type
  )
  select count(*) into v_given from given;
  perform app_private.award_badges();
  return v_given;
end;
$$;
comment on function app_private.award_all_achievements(timestamptz) is
  'Gives everybody at once what they have achieved and do not have yet; says how much was given. Errors: TB091.';
revoke all on function app_private.award_all_achievements(timestamptz) from public;
--! EndIncluded points/app_private.award_all_achievements.sql
--! Included points/app_private.tg_achievements__award.sql
-- app_public.achievements -> [app_private.tg_achievements__award()] -> app_private.award_all_achievements()
create or replace function app_private.tg_achievements__award() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.award_all_achievements();
  return null;
end;
$$;
comment on function app_private.tg_achievements__award() is 'Gives a new or changed achievement at once to all who have met it already.';
revoke all on function app_private.tg_achievements__award() from public;

create or replace trigger _500_award after insert or update on app_public.achievements
  for each statement execute function app_private.tg_achievements__award();

-- A DBA's change of a row stays.
insert into app_public.achievements (type, name, description, criteria, points) values
  ('first_answer', 'First answer', 'Had a first answer judged.', '{"metric": "answers", "at_least": 1}', 10),
  ('first_solve', 'First solve', 'Solved a first problem.', '{"metric": "solved", "at_least": 1}', 20),
  ('perfect_score', 'Nothing to add', 'Wrote an answer that scored 100.', '{"metric": "best_score", "at_least": 100}', 30),
  ('ten_solved', 'Ten solved', 'Solved ten problems.', '{"metric": "solved", "at_least": 10}', 50),
  ('fifty_solved', 'Fifty solved', 'Solved fifty problems.', '{"metric": "solved", "at_least": 50}', 200),
  ('streak_7', 'A week', 'Seven active days in a row.', '{"metric": "streak", "at_least": 7}', 0),
  ('streak_30', 'A month', 'Thirty active days in a row.', '{"metric": "streak", "at_least": 30}', 0),
  ('streak_100', 'A hundred days', 'A hundred active days in a row.', '{"metric": "streak", "at_least": 100}', 0),
  ('module_complete', 'A whole module', 'Solved every problem of a module.', '{"metric": "modules", "at_least": 1}', 100),
  ('speedster', 'Speedster', 'Solved five problems within a quarter of their time.', '{"metric": "fast_solves", "at_least": 5}', 50),
  ('night_owl', 'Night owl', 'Solved three problems between midnight and five.', '{"metric": "nightly_solves", "at_least": 3}', 25),
  ('ten_in_a_day', 'Ten in a day', 'Solved ten problems on one day.', '{"metric": "solved_in_a_day", "at_least": 10}', 50),
  ('first_battle_won', 'First victory', 'Won a battle.', '{"metric": "battles_won", "at_least": 1}', 20)
on conflict on constraint achievements_pkey do nothing;
--! EndIncluded points/app_private.tg_achievements__award.sql
--! Included points/app_private.tg_points_ledger__fold.sql
-- app_public.points_ledger -> [app_private.tg_points_ledger__fold()] -> app_public.daily_activity, app_private.period_scores, app_private.score_changes
create or replace function app_private.tg_points_ledger__fold() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Merged, not inserted: what is added may be less than nothing, which no total ever is. The locks keep others away.
  merge into app_public.daily_activity d
    using (
      select p.user_id, p.day, sum(p.points)::integer as points
        from posted p
          inner join app_public.users u on u.id = p.user_id
        group by p.user_id, p.day
    ) a
    on d.user_id = a.user_id and d.day = a.day
    when matched then update set points_earned = d.points_earned + a.points
    when not matched then insert (user_id, day, points_earned) values (a.user_id, a.day, a.points);
  with moved as (
    merge into app_private.period_scores s
      using (
        select k.kind, app_private.score_period(k.kind, p.at) as starts_on, p.user_id, sum(p.points)::integer as points,
            max(p.at) filter (where p.points > 0) as reached_at, bool_or(p.points < 0) as has_reversal,
            bool_and(u.is_listed) as is_listed
          from posted p
            inner join app_public.users u on u.id = p.user_id
            cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
          group by k.kind, app_private.score_period(k.kind, p.at), p.user_id
      ) a
      on s.kind = a.kind and s.starts_on = a.starts_on and s.user_id = a.user_id
      when matched then update
        set points = s.points + a.points,
            -- What was taken back reached nothing: then the ledger is asked when what is left was earned last.
            reached_at = case when a.has_reversal then (
              select max(e.at)
                from (
                  select l.at
                    from app_public.points_ledger l
                    where l.user_id = a.user_id and app_private.score_period(a.kind, l.at) = a.starts_on
                    group by l.at
                    having sum(l.points) > 0
                ) e
            ) else greatest(s.reached_at, a.reached_at) end
      when not matched then
        insert (kind, starts_on, user_id, points, reached_at, is_listed)
          values (a.kind, a.starts_on, a.user_id, a.points, a.reached_at, a.is_listed)
      returning with (old as o, new as n) n.kind, n.starts_on, n.is_listed, coalesce(o.points, 0) as was, n.points as now_has
  )
  insert into app_private.score_changes (kind, starts_on, was, now_has)
    select m.kind, m.starts_on, m.was, m.now_has from moved m where m.is_listed and m.was <> m.now_has;
  return null;
end;
$$;
comment on function app_private.tg_points_ledger__fold() is 'Adds what was posted to the totals of days and periods, in the same transaction.';
revoke all on function app_private.tg_points_ledger__fold() from public;

create or replace trigger _500_fold after insert on app_public.points_ledger
  referencing new table as posted
  for each statement execute function app_private.tg_points_ledger__fold();
--! EndIncluded points/app_private.tg_points_ledger__fold.sql
--! Included points/app_private.tg_user_progress__fold.sql
-- app_public.user_progress -> [app_private.tg_user_progress__fold()] -> app_public.daily_activity, app_private.period_scores
create or replace function app_private.tg_user_progress__fold() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    if (old.completed_at, old.completed_on) is not distinct from (new.completed_at, new.completed_on) then
      return null;
    elsif old.completed_at is not null then
      update app_public.daily_activity d
        set exercises_completed = d.exercises_completed - 1
        where d.user_id = old.user_id and d.day = old.completed_on;
      update app_private.period_scores s
        set solved = s.solved - 1
        from unnest(enum_range(null::app_public.period_kind)) k (kind)
        where s.kind = k.kind and s.starts_on = app_private.score_period(k.kind, old.completed_at) and s.user_id = old.user_id;
    end if;
  end if;
  if new.completed_at is not null then
    insert into app_public.daily_activity as d (user_id, day, exercises_completed)
      values (new.user_id, new.completed_on, 1)
      on conflict on constraint daily_activity_pkey do update set exercises_completed = d.exercises_completed + 1;
    insert into app_private.period_scores as s (kind, starts_on, user_id, solved, is_listed)
      select k.kind, app_private.score_period(k.kind, new.completed_at), new.user_id, 1, u.is_listed
        from app_public.users u
          cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
        where u.id = new.user_id
      on conflict on constraint period_scores_pkey do update set solved = s.solved + 1;
  end if;
  return null;
end;
$$;
comment on function app_private.tg_user_progress__fold() is 'Counts a first solve in the totals of its day and its periods, and takes it out when it is none any more.';
revoke all on function app_private.tg_user_progress__fold() from public;

create or replace trigger _500_fold_insert after insert on app_public.user_progress
  for each row when (new.completed_at is not null) execute function app_private.tg_user_progress__fold();
create or replace trigger _500_fold_update after update on app_public.user_progress
  for each row execute function app_private.tg_user_progress__fold();
--! EndIncluded points/app_private.tg_user_progress__fold.sql
--! Included points/app_private.tg_attempts__begin_progress.sql
-- app_public.attempts -> [app_private.tg_attempts__begin_progress()] -> app_public.user_progress
create or replace function app_private.tg_attempts__begin_progress() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_public.user_progress (user_id, problem_id, status, first_attempt_at)
    values (new.user_id, new.problem_id, 'in_progress', new.started_at)
    on conflict on constraint user_progress_pkey do nothing;
  return null;
end;
$$;
comment on function app_private.tg_attempts__begin_progress() is 'Notes that a member has begun with a problem.';
revoke all on function app_private.tg_attempts__begin_progress() from public;

create or replace trigger _500_begin_progress after insert on app_public.attempts
  for each row execute function app_private.tg_attempts__begin_progress();
--! EndIncluded points/app_private.tg_attempts__begin_progress.sql
--! Included points/app_private.tg_users__begin_points.sql
-- app_public.users -> [app_private.tg_users__begin_points()] -> app_private.point_holders, app_public.user_badges
create or replace function app_private.tg_users__begin_points() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_private.point_holders (id) values (new.id) on conflict on constraint point_holders_pkey do nothing;
  insert into app_public.user_badges (user_id, badge_name, earned_at)
    select new.id, b.name, new.created_at
      from app_public.badges b
      where b.required_points = 0 and b.required_exercises = 0
    on conflict on constraint user_badges_pkey do nothing;
  return null;
end;
$$;
comment on function app_private.tg_users__begin_points() is 'Makes room for a new member''s points, and gives them the badge that asks for nothing.';
revoke all on function app_private.tg_users__begin_points() from public;

create or replace trigger _500_begin_points after insert on app_public.users
  for each row execute function app_private.tg_users__begin_points();
--! EndIncluded points/app_private.tg_users__begin_points.sql
--! Included points/app_private.tg_users__list_points.sql
-- app_public.users.is_listed -> [app_private.tg_users__list_points()] -> app_private.period_scores, app_private.score_changes
-- Definer: a member may not touch scores themselves.
create or replace function app_private.tg_users__list_points() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.lock_points(array[new.id]);
  with turned as (
    update app_private.period_scores s
      set is_listed = new.is_listed
      where s.user_id = new.id and s.is_listed <> new.is_listed
      returning s.kind, s.starts_on, s.points
  )
  insert into app_private.score_changes (kind, starts_on, was, now_has)
    select t.kind, t.starts_on, case when new.is_listed then 0 else t.points end, case when new.is_listed then t.points else 0 end
      from turned t
      where t.points > 0;
  return null;
end;
$$;
comment on function app_private.tg_users__list_points() is
  'Takes a member who hides, or is suspended, off every leaderboard, and puts one who shows themselves back.';
revoke all on function app_private.tg_users__list_points() from public;

create or replace trigger _500_list_points after update of is_listed on app_public.users
  for each row when (old.is_listed is distinct from new.is_listed) execute function app_private.tg_users__list_points();
--! EndIncluded points/app_private.tg_users__list_points.sql
--! Included points/app_private.tg_users__entomb_points.sql
-- app_private.erase_account() -> app_public.users -> [app_private.tg_users__entomb_points()] -> app_private.point_holders, app_public.points_ledger, app_private.period_scores
create or replace function app_private.tg_users__entomb_points() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tombstone uuid := gen_random_uuid();
begin
  perform app_private.lock_points(array[old.id]);
  insert into app_private.point_holders (id, erased_at) values (v_tombstone, now());
  update app_public.points_ledger l set user_id = v_tombstone where l.user_id = old.id;
  -- What stays is sums; nobody's place depends on them any more.
  with left_behind as (
    update app_private.period_scores s
      set user_id = v_tombstone, is_listed = false
      from unnest(enum_range(null::app_public.period_kind)) k (kind)
      where s.kind = k.kind and s.user_id = old.id
      returning with (old as o) s.kind, s.starts_on, o.is_listed as was_listed, s.points
  )
  insert into app_private.score_changes (kind, starts_on, was, now_has)
    select b.kind, b.starts_on, b.points, 0 from left_behind b where b.was_listed and b.points > 0;
  delete from app_private.point_holders h where h.id = old.id;
  return old;
end;
$$;
comment on function app_private.tg_users__entomb_points() is
  'Passes an erased member''s points to a tombstone, so that the ledger and all sums of it still add up.';
revoke all on function app_private.tg_users__entomb_points() from public;

create or replace trigger _500_entomb_points before delete on app_public.users
  for each row execute function app_private.tg_users__entomb_points();
--! EndIncluded points/app_private.tg_users__entomb_points.sql
--! Included points/app_private.settle_problem.sql
-- app_private.record_verdict(), settle_problems() -> [app_private.settle_problem()] -> app_public.points_ledger, app_public.user_progress, app_private.streaks
create or replace function app_private.settle_problem(user_id uuid, problem_id uuid, cause uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at timestamptz := now();
  v_was app_public.user_progress;
  v_now app_public.user_progress;
  v_solving app_private.judged_answers;
  v_worth integer;
  v_days datemultirange;
begin
  perform app_private.lock_points(array[settle_problem.user_id]);
  if not exists (select from app_private.point_holders h where h.id = settle_problem.user_id) then
    return; -- erased while the judge was at it
  end if;

  select p.* into v_was
    from app_public.user_progress p
    where p.user_id = settle_problem.user_id and p.problem_id = settle_problem.problem_id;
  v_now.solving_answer_id := v_was.solving_answer_id;
  v_now.expected_seconds := v_was.expected_seconds;
  v_now.is_fast := false;
  v_now.is_nightly := false;

  -- What the judged answers say.
  select coalesce(max(j.worth), 0), count(*), max(j.seconds_taken), max(j.score), min(j.answered_at),
      (array_agg(j.answer_id order by j.worth desc, j.score desc, j.answered_at))[1],
      range_agg(daterange(j.day, j.day, '[]')) filter (where j.score > 0)
    into v_worth, v_now.attempts_count, v_now.time_spent_seconds, v_now.best_score, v_now.first_attempt_at,
      v_now.best_answer_id, v_days
    from app_private.judged_answers j
    where j.user_id = settle_problem.user_id and j.problem_id = settle_problem.problem_id;
  -- The answer that solved it, while it is correct; else the first that is.
  select j.* into v_solving
    from app_private.judged_answers j
    where j.user_id = settle_problem.user_id and j.problem_id = settle_problem.problem_id and j.is_correct
    order by (j.answer_id = v_was.solving_answer_id) is true desc, j.answered_at, j.answer_id
    limit 1;
  if found then
    -- The moment of the solve does not move while there is one.
    if v_was.completed_at is not null then
      v_now.completed_at := v_was.completed_at;
      v_now.completed_on := v_was.completed_on;
    else
      v_now.completed_at := v_solving.answered_at;
      v_now.completed_on := v_solving.day;
      v_now.solving_answer_id := v_solving.answer_id;
    end if;
    v_now.expected_seconds := coalesce(
      v_was.expected_seconds,
      (select p.expected_seconds from app_public.problems p where p.id = settle_problem.problem_id)
    );
    v_now.is_fast := v_solving.seconds_taken * 4 <= v_now.expected_seconds;
    v_now.is_nightly := extract(
      hour from v_solving.answered_at at time zone app_private.member_zone(settle_problem.user_id, v_solving.answered_at)
    ) < 5;
  end if;
  v_now.status := case when v_now.completed_at is null then 'in_progress' else 'completed' end::app_public.progress_status;

  -- Each answer has earned by how much it is worth more than all before it; the ledger is given the difference to that.
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at, problem_id)
    select settle_problem.user_id, d.reason, settle_problem.cause || case when d.n > 0 then '/' || d.n else '' end,
        d.points, d.day, d.at, settle_problem.problem_id
      from (
        select r.*,
            row_number() over (partition by r.reason order by r.at) - 1
              + (
                select count(*)
                  from app_public.points_ledger l
                  where l.user_id = settle_problem.user_id and l.reason = r.reason
                    and (l.ref = settle_problem.cause::text or l.ref like settle_problem.cause || '/%')
              ) as n
          from (
            select s.day, s.at, sum(s.points)::integer as points,
                case
                  when sum(s.points) < 0 then 'reversal'
                  when s.at = v_now.completed_at then 'solve'
                  else 'improvement'
                end as reason
              from (
                select j.day, j.answered_at as at,
                    greatest(j.worth - coalesce(max(j.worth) over before, 0), 0) as points
                  from app_private.judged_answers j
                  where j.user_id = settle_problem.user_id and j.problem_id = settle_problem.problem_id
                  window before as (order by j.answered_at, j.answer_id rows between unbounded preceding and 1 preceding)
                union all
                select l.day, l.at, -l.points
                  from app_public.points_ledger l
                  where l.user_id = settle_problem.user_id and l.problem_id = settle_problem.problem_id
              ) s
              group by s.day, s.at
              having sum(s.points) <> 0
          ) r
      ) d
      order by d.at;

  insert into app_public.user_progress as p (
      user_id, problem_id, status, attempts_count, first_attempt_at, completed_at, completed_on, solving_answer_id,
      expected_seconds, time_spent_seconds, points_earned, best_answer_id, best_score, is_fast, is_nightly
    )
    values (
      settle_problem.user_id, settle_problem.problem_id, v_now.status, v_now.attempts_count, v_now.first_attempt_at,
      v_now.completed_at, v_now.completed_on, v_now.solving_answer_id, v_now.expected_seconds,
      coalesce(v_now.time_spent_seconds, 0), v_worth, v_now.best_answer_id, v_now.best_score, v_now.is_fast, v_now.is_nightly
    )
    on conflict on constraint user_progress_pkey do update
      set status = excluded.status, attempts_count = excluded.attempts_count,
          first_attempt_at = least(p.first_attempt_at, excluded.first_attempt_at), completed_at = excluded.completed_at,
          completed_on = excluded.completed_on, solving_answer_id = excluded.solving_answer_id,
          expected_seconds = excluded.expected_seconds, time_spent_seconds = excluded.time_spent_seconds,
          points_earned = excluded.points_earned, best_answer_id = excluded.best_answer_id,
          best_score = excluded.best_score, is_fast = excluded.is_fast, is_nightly = excluded.is_nightly,
          version = p.version + 1
      where (p.status, p.attempts_count, p.completed_at, p.solving_answer_id, p.time_spent_seconds, p.points_earned, p.best_answer_id,
          p.best_score, p.is_fast, p.is_nightly)
        is distinct from (excluded.status, excluded.attempts_count, excluded.completed_at, excluded.solving_answer_id,
          excluded.time_spent_seconds, excluded.points_earned, excluded.best_answer_id, excluded.best_score, excluded.is_fast,
          excluded.is_nightly);

  perform app_private.settle_days(settle_problem.user_id, settle_problem.problem_id, v_days);
  perform app_private.award_achievements(settle_problem.user_id, v_at);
  perform app_private.award_badges(settle_problem.user_id, v_at);
end;
$$;
comment on function app_private.settle_problem(uuid, uuid, uuid) is
  'Makes points, progress, days and awards of a member on a problem what their judged answers say, and posts the difference with its cause. Doing it again changes nothing. Errors: TB091.';
revoke all on function app_private.settle_problem(uuid, uuid, uuid) from public;
--! EndIncluded points/app_private.settle_problem.sql
--! Included points/app_private.settle_problems.sql
-- re-judgings of many answers -> [app_private.settle_problems()] -> app_private.settle_problem()
create or replace function app_private.settle_problems(user_ids uuid[], problem_ids uuid[], cause uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item record;
begin
  perform app_private.lock_points(settle_problems.user_ids);
  for v_item in
    select distinct i.user_id, i.problem_id
      from unnest(settle_problems.user_ids, settle_problems.problem_ids) i (user_id, problem_id)
      order by i.user_id, i.problem_id
  loop
    perform app_private.settle_problem(v_item.user_id, v_item.problem_id, settle_problems.cause);
  end loop;
end;
$$;
comment on function app_private.settle_problems(uuid[], uuid[], uuid) is
  'Settles a batch of members and problems, pair by pair, with one cause; two batches never wait for each other in a ring. Errors: TB091.';
revoke all on function app_private.settle_problems(uuid[], uuid[], uuid) from public;
--! EndIncluded points/app_private.settle_problems.sql
--! Included points/app_public.users_total_points.sql
-- app_public.users -> [app_public.users_total_points()] -> user.totalPoints (GraphQL)
-- Definer: scores are nobody's to read whole; one's sum belongs to the profile.
create or replace function app_public.users_total_points("user" app_public.users) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (
      select s.points
        from app_private.period_scores s
        where s.kind = 'all' and s.starts_on = date '2000-01-01' and s.user_id = ("user").id
    ),
    0
  );
$$;
comment on function app_public.users_total_points(app_public.users) is E'@notNull\nAll points that the member has.';
revoke all on function app_public.users_total_points(app_public.users) from public;
grant execute on function app_public.users_total_points(app_public.users) to autobench_anon, autobench_member;
--! EndIncluded points/app_public.users_total_points.sql
--! Included points/app_public.users_badge.sql
-- app_public.users -> [app_public.users_badge()] -> user.badge (GraphQL)
create or replace function app_public.users_badge("user" app_public.users) returns app_public.badges
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select b.*
    from app_public.user_badges e
      inner join app_public.badges b on b.name = e.badge_name
    where e.user_id = ("user").id
    order by b.rank_level desc
    limit 1;
$$;
comment on function app_public.users_badge(app_public.users) is 'The highest badge that the member has earned.';
revoke all on function app_public.users_badge(app_public.users) from public;
grant execute on function app_public.users_badge(app_public.users) to autobench_anon, autobench_member;
--! EndIncluded points/app_public.users_badge.sql
--! Included points/app_private.points_faults.sql
-- app_public.points_ledger and its folds -> [app_private.points_faults] -> app_operations.points_faults()
create or replace view app_private.points_faults with (security_invoker, security_barrier) as
  select 'period total' as fault, coalesce(s.user_id, l.user_id) as user_id,
      format('%s from %s: %s kept, %s in the ledger', coalesce(s.kind, l.kind), coalesce(s.starts_on, l.starts_on), s.points, l.points) as detail
    from app_private.period_scores s
      full join (
        select k.kind, app_private.score_period(k.kind, e.at) as starts_on, e.user_id, sum(e.points) as points,
            max(e.at) filter (where e.points > 0) as reached_at
          from (
            select l.user_id, l.at, sum(l.points) as points from app_public.points_ledger l group by l.user_id, l.at
          ) e
            cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
          group by k.kind, app_private.score_period(k.kind, e.at), e.user_id
      ) l on l.kind = s.kind and l.starts_on = s.starts_on and l.user_id = s.user_id
    where coalesce(s.points, 0) <> coalesce(l.points, 0) or s.reached_at is distinct from l.reached_at
  union all
  select 'solved in a period', coalesce(s.user_id, p.user_id),
      format('%s from %s: %s kept, %s in the progress', coalesce(s.kind, p.kind), coalesce(s.starts_on, p.starts_on), s.solved, p.solved)
    from (
        select s.* from app_private.period_scores s inner join app_public.users u on u.id = s.user_id
      ) s
      full join (
        select k.kind, app_private.score_period(k.kind, p.completed_at) as starts_on, p.user_id, count(*) as solved
          from app_public.user_progress p
            cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
          where p.completed_at is not null
          group by k.kind, app_private.score_period(k.kind, p.completed_at), p.user_id
      ) p on p.kind = s.kind and p.starts_on = s.starts_on and p.user_id = s.user_id
    where coalesce(s.solved, 0) <> coalesce(p.solved, 0)
  union all
  select 'listing', s.user_id, format('%s from %s', s.kind, s.starts_on)
    from app_private.period_scores s
      left join app_public.users u on u.id = s.user_id
    where s.is_listed <> coalesce(u.is_listed, false)
  union all
  select 'day total', coalesce(d.user_id, l.user_id),
      format('%s: %s kept, %s in the ledger', coalesce(d.day, l.day), d.points_earned, l.points)
    from app_public.daily_activity d
      full join (
        select e.user_id, e.day, sum(e.points) as points
          from app_public.points_ledger e
            inner join app_public.users u on u.id = e.user_id
          group by e.user_id, e.day
      ) l on l.user_id = d.user_id and l.day = d.day
    where coalesce(d.points_earned, 0) <> coalesce(l.points, 0)
  union all
  select 'solved on a day', coalesce(d.user_id, p.user_id),
      format('%s: %s kept, %s in the progress', coalesce(d.day, p.day), d.exercises_completed, p.solved)
    from app_public.daily_activity d
      full join (
        select p.user_id, p.completed_on as day, count(*) as solved
          from app_public.user_progress p
          where p.completed_on is not null
          group by p.user_id, p.completed_on
      ) p on p.user_id = d.user_id and p.day = d.day
    where coalesce(d.exercises_completed, 0) <> coalesce(p.solved, 0)
  union all
  select 'problem total', coalesce(p.user_id, l.user_id),
      format('%s: %s kept, %s in the ledger, %s by the answers', coalesce(p.problem_id, l.problem_id), p.points_earned, l.points, j.worth)
    from app_public.user_progress p
      full join (
        select e.user_id, e.problem_id, sum(e.points) as points
          from app_public.points_ledger e
            inner join app_public.users u on u.id = e.user_id
          where e.problem_id is not null
          group by e.user_id, e.problem_id
      ) l on l.user_id = p.user_id and l.problem_id = p.problem_id
      full join (
        select a.user_id, a.problem_id, max(a.worth) as worth, count(*) as answers,
            bool_or(a.is_correct) as is_solved
          from app_private.judged_answers a
          group by a.user_id, a.problem_id
      ) j on j.user_id = coalesce(p.user_id, l.user_id) and j.problem_id = coalesce(p.problem_id, l.problem_id)
    where (coalesce(p.points_earned, 0), coalesce(p.points_earned, 0), p.completed_at is not null, coalesce(p.attempts_count, 0))
      is distinct from (coalesce(l.points, 0), coalesce(j.worth, 0), coalesce(j.is_solved, false), coalesce(j.answers, 0))
  union all
  select 'solve', p.user_id, format('%s: at %s, which is not when its answer was handed in', p.problem_id, p.completed_at)
    from app_public.user_progress p
      left join app_public.answers a on a.id = p.solving_answer_id and a.answered_at = p.completed_at and a.day = p.completed_on
    where p.completed_at is not null and a.id is null
  union all
  select 'streak', coalesce(s.user_id, j.user_id), format('%s kept, %s by the answers', s.days, j.days)
    from app_private.streaks s
      full join (
        select a.user_id, range_agg(daterange(a.day, a.day, '[]')) as days
          from app_private.judged_answers a
          where a.score > 0
          group by a.user_id
      ) j on j.user_id = s.user_id
    where s.days is distinct from j.days
  union all
  select 'histogram', null, format('%s from %s, %s points: %s kept, %s scored', k.kind, k.starts_on, k.points, k.n, k.scored)
    from (
      select n.kind, n.starts_on, n.points, sum(n.n) as n, sum(n.scored) as scored
        from (
          select h.kind, h.starts_on, h.bucket as points, h.n, 0 as scored from app_private.score_histogram h where h.level = 0
          union all
          select c.kind, c.starts_on, c.was, -1, 0 from app_private.score_changes c where c.was > 0
          union all
          select c.kind, c.starts_on, c.now_has, 1, 0 from app_private.score_changes c where c.now_has > 0
          union all
          select s.kind, s.starts_on, s.points, 0, 1 from app_private.period_scores s where s.is_listed and s.points > 0
        ) n
        group by n.kind, n.starts_on, n.points
    ) k
    where k.n <> k.scored;

revoke all on app_private.points_faults from public;

comment on view app_private.points_faults is
  'Every difference between the ledger, the judged answers and what is kept of them: always empty.';
comment on column app_private.points_faults.fault is 'What does not add up.';
comment on column app_private.points_faults.user_id is 'Whose it is, if it is somebody''s.';
comment on column app_private.points_faults.detail is 'The particulars.';
--! EndIncluded points/app_private.points_faults.sql
--! Included points/app_operations.points_faults.sql
-- app_private.points_faults -> [app_operations.points_faults()] -> pointsFaults (operators' GraphQL)
-- Definer: it looks at everything that is kept of points.
create or replace function app_operations.points_faults() returns table (fault text, user_id uuid, detail text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return query select f.fault, f.user_id, f.detail from app_private.points_faults f limit 100;
end;
$$;
comment on function app_operations.points_faults() is
  'What does not add up between the ledger of points and all that is kept of it: always empty. Errors: TB001, TB002, TB004.';
revoke all on function app_operations.points_faults() from public;
grant execute on function app_operations.points_faults() to autobench_operator;
--! EndIncluded points/app_operations.points_faults.sql

--! Included boards/app_private.first_places.sql
-- app_private.period_scores -> [app_private.first_places()] -> app_private.leaderboard_global, leaderboard_monthly, leaderboard_weekly
create or replace function app_private.first_places(kind app_public.period_kind)
returns table (
  "position" integer,
  rank integer,
  user_id uuid,
  starts_on date,
  points integer,
  solved integer,
  reached_at timestamptz,
  current_streak integer,
  longest_streak integer,
  badge_name text,
  badge_icon text
)
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select row_number() over (order by - s.points, s.reached_at, s.user_id)::integer,
      rank() over (order by - s.points)::integer, s.user_id, b.starts_on, s.points, s.solved, s.reached_at,
      case when k.ends_on >= app_private.member_day(s.user_id, now()) - 1 - k.freezes then k.run_length else 0 end,
      coalesce(k.longest, 0), g.name, g.icon
    from app_private.boards b
      cross join lateral (
        select s.user_id, s.points, s.solved, s.reached_at
          from app_private.period_scores s
          where s.kind = first_places.kind and s.starts_on = b.starts_on and s.is_listed and s.points > 0
          order by - s.points, s.reached_at, s.user_id
          limit 1000
      ) s
      left join app_private.streaks k on k.user_id = s.user_id
      left join lateral (
        select d.name, d.icon
          from app_public.user_badges e
            inner join app_public.badges d on d.name = e.badge_name
          where e.user_id = s.user_id
          order by d.rank_level desc
          limit 1
      ) g on true
    where b.kind = first_places.kind;
$$;
comment on function app_private.first_places(app_public.period_kind) is
  'The first 1,000 places of a board in its current period, with each member''s streak and highest badge.';
revoke all on function app_private.first_places(app_public.period_kind) from public;
--! EndIncluded boards/app_private.first_places.sql
--! Included boards/app_private.leaderboard_global.sql
-- app_private.first_places() -> [app_private.leaderboard_global] -> app_public.leaderboard_global
create materialized view if not exists app_private.leaderboard_global as
  select p.* from app_private.first_places('all') p;
-- squawk-ignore require-concurrent-index-creation
create unique index if not exists leaderboard_global_user_id_idx on app_private.leaderboard_global (user_id);
-- squawk-ignore require-concurrent-index-creation
create index if not exists leaderboard_global_position_idx on app_private.leaderboard_global (position);

revoke all on app_private.leaderboard_global from public;

comment on materialized view app_private.leaderboard_global is 'The first 1,000 places of all time, as of the last refresh.';
comment on column app_private.leaderboard_global.position is 'Place in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_private.leaderboard_global.rank is 'Rank: equal points share one.';
comment on column app_private.leaderboard_global.user_id is 'The member.';
comment on column app_private.leaderboard_global.starts_on is 'First day of the period.';
comment on column app_private.leaderboard_global.points is 'Points in the period.';
comment on column app_private.leaderboard_global.solved is 'Problems solved in it.';
comment on column app_private.leaderboard_global.reached_at is 'When points were last earned in it.';
comment on column app_private.leaderboard_global.current_streak is 'Active days in a row.';
comment on column app_private.leaderboard_global.longest_streak is 'Active days of the longest run.';
comment on column app_private.leaderboard_global.badge_name is 'The highest badge.';
comment on column app_private.leaderboard_global.badge_icon is 'Its sign.';
--! EndIncluded boards/app_private.leaderboard_global.sql
--! Included boards/app_private.leaderboard_monthly.sql
-- app_private.first_places() -> [app_private.leaderboard_monthly] -> app_public.leaderboard_monthly
create materialized view if not exists app_private.leaderboard_monthly as
  select p.* from app_private.first_places('month') p;
-- squawk-ignore require-concurrent-index-creation
create unique index if not exists leaderboard_monthly_user_id_idx on app_private.leaderboard_monthly (user_id);
-- squawk-ignore require-concurrent-index-creation
create index if not exists leaderboard_monthly_position_idx on app_private.leaderboard_monthly (position);

revoke all on app_private.leaderboard_monthly from public;

comment on materialized view app_private.leaderboard_monthly is 'The first 1,000 places of the month, as of the last refresh.';
comment on column app_private.leaderboard_monthly.position is 'Place in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_private.leaderboard_monthly.rank is 'Rank: equal points share one.';
comment on column app_private.leaderboard_monthly.user_id is 'The member.';
comment on column app_private.leaderboard_monthly.starts_on is 'First day of the period.';
comment on column app_private.leaderboard_monthly.points is 'Points in the period.';
comment on column app_private.leaderboard_monthly.solved is 'Problems solved in it.';
comment on column app_private.leaderboard_monthly.reached_at is 'When points were last earned in it.';
comment on column app_private.leaderboard_monthly.current_streak is 'Active days in a row.';
comment on column app_private.leaderboard_monthly.longest_streak is 'Active days of the longest run.';
comment on column app_private.leaderboard_monthly.badge_name is 'The highest badge.';
comment on column app_private.leaderboard_monthly.badge_icon is 'Its sign.';
--! EndIncluded boards/app_private.leaderboard_monthly.sql
--! Included boards/app_private.leaderboard_weekly.sql
-- app_private.first_places() -> [app_private.leaderboard_weekly] -> app_public.leaderboard_weekly
create materialized view if not exists app_private.leaderboard_weekly as
  select p.* from app_private.first_places('week') p;
-- squawk-ignore require-concurrent-index-creation
create unique index if not exists leaderboard_weekly_user_id_idx on app_private.leaderboard_weekly (user_id);
-- squawk-ignore require-concurrent-index-creation
create index if not exists leaderboard_weekly_position_idx on app_private.leaderboard_weekly (position);

revoke all on app_private.leaderboard_weekly from public;

comment on materialized view app_private.leaderboard_weekly is 'The first 1,000 places of the week, as of the last refresh.';
comment on column app_private.leaderboard_weekly.position is 'Place in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_private.leaderboard_weekly.rank is 'Rank: equal points share one.';
comment on column app_private.leaderboard_weekly.user_id is 'The member.';
comment on column app_private.leaderboard_weekly.starts_on is 'First day of the period.';
comment on column app_private.leaderboard_weekly.points is 'Points in the period.';
comment on column app_private.leaderboard_weekly.solved is 'Problems solved in it.';
comment on column app_private.leaderboard_weekly.reached_at is 'When points were last earned in it.';
comment on column app_private.leaderboard_weekly.current_streak is 'Active days in a row.';
comment on column app_private.leaderboard_weekly.longest_streak is 'Active days of the longest run.';
comment on column app_private.leaderboard_weekly.badge_name is 'The highest badge.';
comment on column app_private.leaderboard_weekly.badge_icon is 'Its sign.';
--! EndIncluded boards/app_private.leaderboard_weekly.sql
--! Included boards/app_public.leaderboard_global.sql
-- app_private.leaderboard_global -> [app_public.leaderboard_global] -> leaderboardGlobal (GraphQL)
-- With its owner's rights, since a materialized view has no policies: it shows nobody who is hidden, suspended or erased,
-- even before the next refresh, and no period but the one that runs.
create or replace view app_public.leaderboard_global with (security_barrier) as
  select l.position, l.rank, l.user_id, u.username, u.full_name, u.avatar_url, l.points, l.current_streak,
      l.longest_streak, l.badge_name, l.badge_icon, l.solved as exercises_completed, l.starts_on
    from app_private.leaderboard_global l
      inner join app_public.users u on u.id = l.user_id and u.is_listed
    where l.starts_on = date '2000-01-01';

revoke all on app_public.leaderboard_global from public, autobench_anon, autobench_member;
grant select on app_public.leaderboard_global to autobench_anon, autobench_member;

comment on view app_public.leaderboard_global is
  E'@primaryKey position\n@behavior -query:resource:single\n@foreignKey (user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nThe first 1,000 places of all time, refreshed every five minutes.';
comment on column app_public.leaderboard_global.position is E'@notNull\nPlace in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_public.leaderboard_global.rank is E'@notNull\nRank: equal points share one.';
comment on column app_public.leaderboard_global.user_id is E'@notNull\nThe member.';
comment on column app_public.leaderboard_global.username is E'@notNull\nPublic name.';
comment on column app_public.leaderboard_global.full_name is 'Name as the member writes it.';
comment on column app_public.leaderboard_global.avatar_url is 'Address of a picture.';
comment on column app_public.leaderboard_global.points is E'@notNull\nPoints in the period.';
comment on column app_public.leaderboard_global.current_streak is E'@notNull\nActive days in a row.';
comment on column app_public.leaderboard_global.longest_streak is E'@notNull\nActive days of the longest run.';
comment on column app_public.leaderboard_global.badge_name is 'The highest badge.';
comment on column app_public.leaderboard_global.badge_icon is 'Its sign.';
comment on column app_public.leaderboard_global.exercises_completed is E'@notNull\nProblems solved in the period.';
comment on column app_public.leaderboard_global.starts_on is E'@notNull\nFirst day of the period, in UTC.';
--! EndIncluded boards/app_public.leaderboard_global.sql
--! Included boards/app_public.leaderboard_monthly.sql
-- app_private.leaderboard_monthly -> [app_public.leaderboard_monthly] -> leaderboardMonthly (GraphQL)
-- With its owner's rights, since a materialized view has no policies: it shows nobody who is hidden, suspended or erased,
-- even before the next refresh, and no period but the one that runs.
create or replace view app_public.leaderboard_monthly with (security_barrier) as
  select l.position, l.rank, l.user_id, u.username, u.full_name, u.avatar_url, l.points, l.current_streak,
      l.longest_streak, l.badge_name, l.badge_icon, l.solved as exercises_completed, l.starts_on
    from app_private.leaderboard_monthly l
      inner join app_public.users u on u.id = l.user_id and u.is_listed
    where l.starts_on = date_trunc('month', now() at time zone 'utc')::date;

revoke all on app_public.leaderboard_monthly from public, autobench_anon, autobench_member;
grant select on app_public.leaderboard_monthly to autobench_anon, autobench_member;

comment on view app_public.leaderboard_monthly is
  E'@primaryKey position\n@behavior -query:resource:single\n@foreignKey (user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nThe first 1,000 places of the month, refreshed every five minutes.';
comment on column app_public.leaderboard_monthly.position is E'@notNull\nPlace in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_public.leaderboard_monthly.rank is E'@notNull\nRank: equal points share one.';
comment on column app_public.leaderboard_monthly.user_id is E'@notNull\nThe member.';
comment on column app_public.leaderboard_monthly.username is E'@notNull\nPublic name.';
comment on column app_public.leaderboard_monthly.full_name is 'Name as the member writes it.';
comment on column app_public.leaderboard_monthly.avatar_url is 'Address of a picture.';
comment on column app_public.leaderboard_monthly.points is E'@notNull\nPoints in the period.';
comment on column app_public.leaderboard_monthly.current_streak is E'@notNull\nActive days in a row.';
comment on column app_public.leaderboard_monthly.longest_streak is E'@notNull\nActive days of the longest run.';
comment on column app_public.leaderboard_monthly.badge_name is 'The highest badge.';
comment on column app_public.leaderboard_monthly.badge_icon is 'Its sign.';
comment on column app_public.leaderboard_monthly.exercises_completed is E'@notNull\nProblems solved in the period.';
comment on column app_public.leaderboard_monthly.starts_on is E'@notNull\nFirst day of the period, in UTC.';
--! EndIncluded boards/app_public.leaderboard_monthly.sql
--! Included boards/app_public.leaderboard_weekly.sql
-- app_private.leaderboard_weekly -> [app_public.leaderboard_weekly] -> leaderboardWeekly (GraphQL)
-- With its owner's rights, since a materialized view has no policies: it shows nobody who is hidden, suspended or erased,
-- even before the next refresh, and no period but the one that runs.
create or replace view app_public.leaderboard_weekly with (security_barrier) as
  select l.position, l.rank, l.user_id, u.username, u.full_name, u.avatar_url, l.points, l.current_streak,
      l.longest_streak, l.badge_name, l.badge_icon, l.solved as exercises_completed, l.starts_on
    from app_private.leaderboard_weekly l
      inner join app_public.users u on u.id = l.user_id and u.is_listed
    where l.starts_on = date_trunc('week', now() at time zone 'utc')::date;

revoke all on app_public.leaderboard_weekly from public, autobench_anon, autobench_member;
grant select on app_public.leaderboard_weekly to autobench_anon, autobench_member;

comment on view app_public.leaderboard_weekly is
  E'@primaryKey position\n@behavior -query:resource:single\n@foreignKey (user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nThe first 1,000 places of the week, refreshed every five minutes.';
comment on column app_public.leaderboard_weekly.position is E'@notNull\nPlace in the list, no two the same: of equals whoever had the points first comes first.';
comment on column app_public.leaderboard_weekly.rank is E'@notNull\nRank: equal points share one.';
comment on column app_public.leaderboard_weekly.user_id is E'@notNull\nThe member.';
comment on column app_public.leaderboard_weekly.username is E'@notNull\nPublic name.';
comment on column app_public.leaderboard_weekly.full_name is 'Name as the member writes it.';
comment on column app_public.leaderboard_weekly.avatar_url is 'Address of a picture.';
comment on column app_public.leaderboard_weekly.points is E'@notNull\nPoints in the period.';
comment on column app_public.leaderboard_weekly.current_streak is E'@notNull\nActive days in a row.';
comment on column app_public.leaderboard_weekly.longest_streak is E'@notNull\nActive days of the longest run.';
comment on column app_public.leaderboard_weekly.badge_name is 'The highest badge.';
comment on column app_public.leaderboard_weekly.badge_icon is 'Its sign.';
comment on column app_public.leaderboard_weekly.exercises_completed is E'@notNull\nProblems solved in the period.';
comment on column app_public.leaderboard_weekly.starts_on is E'@notNull\nFirst day of the period, in UTC.';
--! EndIncluded boards/app_public.leaderboard_weekly.sql
--! Included boards/app_private.refresh_leaderboard.sql
-- refresh_leaderboards -> [app_private.refresh_leaderboard()] -> app_private.leaderboard_global, app_private.leaderboard_monthly, app_private.leaderboard_weekly
-- Definer: only its owner may refresh a materialized view.
create or replace function app_private.refresh_leaderboard(kind app_public.period_kind, at timestamptz default now()) returns boolean
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_starts_on date := app_private.score_period(refresh_leaderboard.kind, refresh_leaderboard.at);
begin
  if not pg_try_advisory_xact_lock(hashtextextended('app_private.refresh_leaderboard:' || refresh_leaderboard.kind, 0)) then
    return false; -- somebody else is at it
  end if;
  -- The period moves on by itself, and never back: a run that comes late shows the one that runs now.
  update app_private.boards b
    set starts_on = greatest(b.starts_on, v_starts_on), refreshed_at = clock_timestamp()
    where b.kind = refresh_leaderboard.kind and (
      b.starts_on < v_starts_on or b.changed_at >= b.refreshed_at
        -- Streaks end by themselves: each day is a new board.
        or b.refreshed_at < date_trunc('day', refresh_leaderboard.at, 'UTC')
    );
  if not found then
    return false;
  end if;
  case refresh_leaderboard.kind
    when 'all' then refresh materialized view concurrently app_private.leaderboard_global;
    when 'month' then refresh materialized view concurrently app_private.leaderboard_monthly;
    when 'week' then refresh materialized view concurrently app_private.leaderboard_weekly;
  end case;
  return true;
end;
$$;
comment on function app_private.refresh_leaderboard(app_public.period_kind, timestamptz) is
  'Refreshes a leaderboard if anything has changed since the last time, or its period is another; says whether it did.';
revoke all on function app_private.refresh_leaderboard(app_public.period_kind, timestamptz) from public;
grant execute on function app_private.refresh_leaderboard(app_public.period_kind, timestamptz) to autobench_worker;
--! EndIncluded boards/app_private.refresh_leaderboard.sql
--! Included boards/app_public.final_standings.sql
-- app_private.close_periods() -> [app_public.final_standings] -> finalStandings, peopleAsOf (GraphQL)
create table if not exists app_public.final_standings (
  kind        app_public.period_kind not null,
  starts_on   date not null,
  position    integer not null,
  rank        integer not null,
  user_id     uuid,
  points      integer not null,
  solved      integer not null,
  reached_at  timestamptz not null,
  constraint final_standings_pkey primary key (kind, starts_on, position),
  constraint final_standings_user foreign key (user_id) references app_public.users on delete set null,
  constraint final_standings_sane check (position > 0 and rank between 1 and position and points > 0 and solved >= 0)
);
create index if not exists final_standings_user_id_idx on app_public.final_standings (user_id);

call app_private.reset_access('app_public.final_standings');
create policy select_all on app_public.final_standings for select to autobench_anon, autobench_member, autobench_operator
  using (true);
grant select on app_public.final_standings to autobench_anon, autobench_member;
-- No write: close_periods() writes them once.

comment on table app_public.final_standings is
  'Who came where in a period that is over, from the first to the last; nothing that comes later changes it.';
comment on column app_public.final_standings.kind is 'Kind of period.';
comment on column app_public.final_standings.starts_on is 'First day of the period, in UTC.';
comment on column app_public.final_standings.position is 'Place in the list, no two the same.';
comment on column app_public.final_standings.rank is 'Rank: equal points share one.';
comment on column app_public.final_standings.user_id is 'The member; nobody where they were erased since.';
comment on column app_public.final_standings.points is 'Points in the period.';
comment on column app_public.final_standings.solved is 'Problems solved in it.';
comment on column app_public.final_standings.reached_at is 'When points were last earned in it.';
--! EndIncluded boards/app_public.final_standings.sql
--! Included boards/app_private.close_periods.sql
-- refresh_leaderboards -> [app_private.close_periods()] -> app_public.final_standings
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.close_periods(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_board app_private.boards;
  v_step interval;
  v_starts_on date;
  v_closed integer := 0;
begin
  for v_board in select b.* from app_private.boards b where b.kind <> 'all' order by b.kind for update loop
    v_step := case v_board.kind when 'month' then interval '1 month' else interval '1 week' end;
    v_starts_on := coalesce(
      (v_board.closed_on + v_step)::date,
      (select min(s.starts_on) from app_private.period_scores s where s.kind = v_board.kind)
    );
    -- Two days after its end: what was handed in within the period has been judged by then.
    while ((v_starts_on + v_step) at time zone 'utc') + interval '2 days' <= close_periods.at loop
      insert into app_public.final_standings (kind, starts_on, position, rank, user_id, points, solved, reached_at)
        select s.kind, s.starts_on, row_number() over (order by - s.points, s.reached_at, s.user_id),
            rank() over (order by - s.points), s.user_id, s.points, s.solved, s.reached_at
          from app_private.period_scores s
          where s.kind = v_board.kind and s.starts_on = v_starts_on and s.is_listed and s.points > 0;
      update app_private.boards b set closed_on = v_starts_on where b.kind = v_board.kind;
      v_closed := v_closed + 1;
      v_starts_on := (v_starts_on + v_step)::date;
    end loop;
  end loop;
  return v_closed;
end;
$$;
comment on function app_private.close_periods(timestamptz) is
  'Keeps the final standings of every period that has been over for two days, whole and once; says how many periods there were.';
revoke all on function app_private.close_periods(timestamptz) from public;
grant execute on function app_private.close_periods(timestamptz) to autobench_worker;
--! EndIncluded boards/app_private.close_periods.sql
--! Included boards/app_private.boards_due.sql
-- refresh_leaderboards -> [app_private.boards_due()] -> app_private.boards, app_private.score_changes
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.boards_due(at timestamptz default now()) returns boolean
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_private.boards b
      where b.starts_on < app_private.score_period(b.kind, boards_due.at)
        or b.refreshed_at < date_trunc('day', boards_due.at, 'UTC')
        -- What has changed shows after five minutes at the latest, and costs one refresh in five minutes at the most.
        or (
          b.refreshed_at <= boards_due.at - interval '5 minutes'
          and (b.changed_at >= b.refreshed_at or exists (select from app_private.score_changes))
        )
  );
$$;
comment on function app_private.boards_due(timestamptz) is
  'Whether a leaderboard has changed since it was refreshed five minutes ago or more, or shows a period that is over.';
revoke all on function app_private.boards_due(timestamptz) from public;
grant execute on function app_private.boards_due(timestamptz) to autobench_worker;
--! EndIncluded boards/app_private.boards_due.sql
--! Included boards/app_public.neighbour.sql
-- app_public.my_rank_neighbours() -> [app_public.neighbour] -> myRank.neighbours (GraphQL)
do $$
begin
  create type app_public.neighbour as (
    rank        bigint,
    user_id     uuid,
    username    text collate app_public.ci,
    avatar_url  text,
    points      integer,
    solved      integer,
    reached_at  timestamptz
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.neighbour is 'Somebody who stands next to the signed-in member.';
comment on column app_public.neighbour.rank is E'@notNull\nTheir rank.';
comment on column app_public.neighbour.user_id is E'@notNull\nThe member.';
comment on column app_public.neighbour.username is E'@notNull\nPublic name.';
comment on column app_public.neighbour.avatar_url is 'Address of a picture.';
comment on column app_public.neighbour.points is E'@notNull\nPoints in the period.';
comment on column app_public.neighbour.solved is E'@notNull\nProblems solved in it.';
comment on column app_public.neighbour.reached_at is 'When points were last earned in it.';
revoke all on type app_public.neighbour from public;
grant usage on type app_public.neighbour to autobench_member;
--! EndIncluded boards/app_public.neighbour.sql
--! Included boards/app_public.my_rank.sql
-- myRank (GraphQL) -> [app_public.my_rank()] -> app_private.rank_of(), app_public.my_rank_neighbours()
do $$
begin
  create type app_public.my_rank as (
    kind        app_public.period_kind,
    starts_on   date,
    rank        bigint,
    points      integer,
    solved      integer,
    reached_at  timestamptz,
    members     bigint,
    is_listed   boolean
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.my_rank is 'Where the signed-in member stands in a period, at this very moment.';
comment on column app_public.my_rank.kind is E'@notNull\nKind of period.';
comment on column app_public.my_rank.starts_on is E'@notNull\nFirst day of the period, in UTC.';
comment on column app_public.my_rank.rank is 'One more than the listed members who have more points; null without points.';
comment on column app_public.my_rank.points is E'@notNull\nPoints in the period.';
comment on column app_public.my_rank.solved is E'@notNull\nProblems solved in it.';
comment on column app_public.my_rank.reached_at is 'When points were last earned in it.';
comment on column app_public.my_rank.members is E'@notNull\nListed members who have points in it.';
comment on column app_public.my_rank.is_listed is E'@notNull\nWhether others see it: a member who hides has a rank, and no place on a board.';
revoke all on type app_public.my_rank from public;
grant usage on type app_public.my_rank to autobench_member;

-- Definer: scores are nobody's to read whole.
create or replace function app_public.my_rank(kind app_public.period_kind default 'all') returns app_public.my_rank
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_mine app_public.my_rank;
begin
  v_mine.kind := my_rank.kind;
  v_mine.starts_on := app_private.score_period(my_rank.kind, now());
  select s.points, s.solved, s.reached_at, s.is_listed into v_mine.points, v_mine.solved, v_mine.reached_at, v_mine.is_listed
    from app_private.period_scores s
    where s.kind = v_mine.kind and s.starts_on = v_mine.starts_on and s.user_id = v_user_id;
  if v_mine.points > 0 then
    select r.rank into v_mine.rank from app_private.rank_of(v_mine.kind, v_mine.starts_on, v_mine.points) r;
  end if;
  select r.rank - 1 into v_mine.members from app_private.rank_of(v_mine.kind, v_mine.starts_on, 0) r;
  v_mine.points := coalesce(v_mine.points, 0);
  v_mine.solved := coalesce(v_mine.solved, 0);
  v_mine.is_listed := coalesce(v_mine.is_listed, (select u.is_listed from app_public.users u where u.id = v_user_id));
  return v_mine;
end;
$$;
comment on function app_public.my_rank(app_public.period_kind) is
  'Where the signed-in member stands among all, exactly and at this very moment. Errors: TB001, TB002.';
revoke all on function app_public.my_rank(app_public.period_kind) from public;
grant execute on function app_public.my_rank(app_public.period_kind) to autobench_member;
--! EndIncluded boards/app_public.my_rank.sql
--! Included boards/app_public.my_rank_neighbours.sql
-- app_public.my_rank() -> [app_public.my_rank_neighbours()] -> myRank.neighbours (GraphQL)
-- Definer: scores are nobody's to read whole; these few are on every leaderboard that is long enough.
create or replace function app_public.my_rank_neighbours(mine app_public.my_rank) returns setof app_public.neighbour
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_here app_private.period_scores;
begin
  select s.* into v_here
    from app_private.period_scores s
    where s.kind = (mine).kind and s.starts_on = (mine).starts_on and s.user_id = v_user_id and s.points > 0;
  if not found then
    return;
  end if;
  return query
    select r.rank, n.user_id, u.username, u.avatar_url, n.points, n.solved, n.reached_at
      from (
        (
          select s.* from app_private.period_scores s
            where s.kind = v_here.kind and s.starts_on = v_here.starts_on and s.is_listed and s.points > 0
              and (- s.points, s.reached_at, s.user_id) < (- v_here.points, v_here.reached_at, v_here.user_id)
            order by - s.points desc, s.reached_at desc, s.user_id desc
            limit 3
        )
        union all
        (
          select s.* from app_private.period_scores s
            where s.kind = v_here.kind and s.starts_on = v_here.starts_on and s.is_listed and s.points > 0
              and (- s.points, s.reached_at, s.user_id) > (- v_here.points, v_here.reached_at, v_here.user_id)
            order by - s.points, s.reached_at, s.user_id
            limit 3
        )
      ) n
        inner join app_public.users u on u.id = n.user_id
        cross join lateral app_private.rank_of(n.kind, n.starts_on, n.points) r
      order by - n.points, n.reached_at, n.user_id;
end;
$$;
comment on function app_public.my_rank_neighbours(app_public.my_rank) is
  E'@behavior -queryField\nThe three members above and the three below, first to last. Errors: TB001, TB002.';
revoke all on function app_public.my_rank_neighbours(app_public.my_rank) from public;
grant execute on function app_public.my_rank_neighbours(app_public.my_rank) to autobench_member;
--! EndIncluded boards/app_public.my_rank_neighbours.sql
--! Included boards/app_public.people_as_of.sql
-- peopleAsOf (GraphQL) -> [app_public.people_as_of()] -> app_private.period_scores, app_public.points_ledger
-- Definer: the ledger is its members' own; a board of it is public.
create or replace function app_public.people_as_of(kind app_public.period_kind, at timestamptz)
returns setof app_public.final_standings
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan -- how much came since decides how to read it
as $$
declare
  v_starts_on date := app_private.score_period(people_as_of.kind, people_as_of.at);
  v_from timestamptz := v_starts_on::timestamp at time zone 'utc';
  v_until timestamptz := case people_as_of.kind
    when 'all' then 'infinity'
    when 'month' then (v_starts_on + interval '1 month') at time zone 'utc'
    when 'week' then (v_starts_on + interval '1 week') at time zone 'utc'
  end;
  v_changed uuid[];
  v_gained integer[];
  v_most integer;
begin
  -- Whoever asks, asks for no more than so much of the ledger.
  if people_as_of.kind = 'all' and people_as_of.at < now() - interval '31 days' then
    raise exception 'That is too long ago.'
      using errcode = 'TB099', hint = 'All time is shown as of the last 31 days; months and weeks as of any day.';
  end if;
  -- What the period has now, less what came since: only what came since is read from the ledger.
  select coalesce(array_agg(c.user_id), '{}'), array_agg(c.points) into v_changed, v_gained
    from (
      select l.user_id, sum(l.points)::integer as points
        from app_public.points_ledger l
        where (l.posted_at > people_as_of.at or l.at > people_as_of.at) and l.at >= v_from and l.at < v_until
        group by l.user_id
    ) c;
  -- Among so many of the first there are a hundred that have not changed, or all that there are.
  v_most := 100 + cardinality(v_changed);
  return query
    with since as materialized (
      select c.user_id, c.points from unnest(v_changed, v_gained) c (user_id, points)
    ), known as (
      select f.user_id, f.points, f.reached_at, false as has_changed
        from (
          select s.user_id, s.points, s.reached_at
            from app_private.period_scores s
            where s.kind = people_as_of.kind and s.starts_on = v_starts_on and s.is_listed and s.points > 0
            order by - s.points, s.reached_at, s.user_id
            limit v_most
        ) f
        where not exists (select from since c where c.user_id = f.user_id)
      union all
      (
        select s.user_id, s.points - c.points, null, true
          from since c
            inner join app_private.period_scores s
              on s.user_id = c.user_id and s.kind = people_as_of.kind and s.starts_on = v_starts_on
          where s.is_listed and s.points > c.points
          order by - (s.points - c.points)
          fetch first 100 rows with ties
      )
    ), placed as (
      select k.user_id, k.points, r.reached_at
        from known k
          cross join lateral (
            select case when k.has_changed then (
                select max(e.at)
                  from (
                    select l.at
                      from app_public.points_ledger l
                      where l.user_id = k.user_id and l.posted_at <= people_as_of.at and l.at <= people_as_of.at and l.at >= v_from
                      group by l.at
                      having sum(l.points) > 0
                  ) e
              ) else k.reached_at end as reached_at
          ) r
        order by - k.points, r.reached_at, k.user_id
        limit 100
    )
    select people_as_of.kind, v_starts_on, row_number() over (order by - t.points, t.reached_at, t.user_id)::integer,
        rank() over (order by - t.points)::integer, t.user_id, t.points, p.solved::integer, t.reached_at
      from placed t
        cross join lateral (
          -- A solve is one however often it was paid, taken back and paid again, and one that is worth nothing is one too.
          select count(*) as solved
            from app_public.user_progress p
            where p.user_id = t.user_id and p.completed_at >= v_from and p.completed_at <= people_as_of.at
              and exists (
                select from app_public.verdicts v
                  where v.answer_id = p.solving_answer_id and v.is_correct and v.created_at <= people_as_of.at
              )
        ) p;
end;
$$;
comment on function app_public.people_as_of(app_public.period_kind, timestamptz) is
  'The first 100 places of a period as they stood at an instant, all time as of the last 31 days. Solves that were taken back since are left out. Errors: TB099.';
revoke all on function app_public.people_as_of(app_public.period_kind, timestamptz) from public;
grant execute on function app_public.people_as_of(app_public.period_kind, timestamptz) to autobench_anon, autobench_member;
--! EndIncluded boards/app_public.people_as_of.sql
--! Included boards/app_operations.boards.sql
-- app_private.boards -> [app_operations.boards] -> boards (operators' GraphQL)
create or replace view app_operations.boards with (security_invoker, security_barrier) as
  select b.kind, b.starts_on, b.changed_at, b.refreshed_at, b.changed_at >= b.refreshed_at as is_out_of_date, b.closed_on
    from app_private.boards b;

revoke all on app_operations.boards from public, autobench_operator;
grant select on app_operations.boards to autobench_operator;

comment on view app_operations.boards is E'@primaryKey kind\nThe people''s leaderboards, and whether they wait to be refreshed.';
comment on column app_operations.boards.kind is E'@notNull\nWhich board.';
comment on column app_operations.boards.starts_on is E'@notNull\nFirst day of the period that it shows.';
comment on column app_operations.boards.changed_at is E'@notNull\nWhen a score of the period was last counted anew.';
comment on column app_operations.boards.refreshed_at is E'@notNull\nWhen it was last refreshed.';
comment on column app_operations.boards.is_out_of_date is E'@notNull\nWhether it has changed since.';
comment on column app_operations.boards.closed_on is 'First day of the last period whose final standings are kept.';
--! EndIncluded boards/app_operations.boards.sql

--! Included sharing/app_private.shareable_progress.sql
-- shareProgress (GraphQL) -> app_public.share_progress() -> [app_private.shareable_progress] -> GET /share/<token>, sharedProgress (GraphQL)
create table if not exists app_private.shareable_progress (
  token       text constraint shareable_progress_pkey primary key default encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'hex'),
  user_id     uuid not null,
  snapshot    jsonb not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  constraint shareable_progress_user foreign key (user_id) references app_public.users on delete cascade,
  constraint shareable_progress_token_form check (token ~ '^[0-9a-f]{64}$'),
  constraint shareable_progress_expires_later check (expires_at > created_at)
);
create index if not exists shareable_progress_user_id_idx on app_private.shareable_progress (user_id);
create index if not exists shareable_progress_expires_at_idx on app_private.shareable_progress (expires_at);

call app_private.reset_access('app_private.shareable_progress');
-- No policy and no grant: whoever has the token sees the card, by read_share().

comment on table app_private.shareable_progress is 'Cards of a member''s progress, as it was, for whoever has the link.';
comment on column app_private.shareable_progress.token is 'What the link holds: 244 random bits.';
comment on column app_private.shareable_progress.user_id is 'Whose card it is.';
comment on column app_private.shareable_progress.snapshot is 'What it shows.';
comment on column app_private.shareable_progress.created_at is 'When it was made.';
comment on column app_private.shareable_progress.expires_at is 'From then on there is no such card, cleaned up or not.';
--! EndIncluded sharing/app_private.shareable_progress.sql
--! Included sharing/app_public.share_progress.sql
-- shareProgress (GraphQL) -> [app_public.share_progress()] -> app_private.shareable_progress
-- Definer: members may make a card without being able to write one.
create or replace function app_public.share_progress(days integer default 7) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_user app_public.users;
  v_token text;
begin
  perform app_private.take_rate('share', v_user_id::text, 20, '1 day');
  select u.* into strict v_user from app_public.users u where u.id = v_user_id;
  insert into app_private.shareable_progress (user_id, expires_at, snapshot)
    select v_user_id, now() + make_interval(days => least(greatest(coalesce(share_progress.days, 7), 1), 90)),
        jsonb_build_object(
          'username', v_user.username,
          'points', app_public.users_total_points(v_user),
          'solved', (select count(*) from app_public.user_progress p where p.user_id = v_user_id and p.completed_at is not null),
          'streak', s.current,
          'longest_streak', s.longest,
          'badge', (select b.icon || ' ' || b.name from app_public.users_badge(v_user) b),
          'achievements', (
            select coalesce(jsonb_agg(a.name order by e.earned_at, a.name), '[]')
              from app_public.user_achievements e
                inner join app_public.achievements a on a.type = e.achievement_type
              where e.user_id = v_user_id
          )
        )
      from app_private.streak_now(v_user_id) s
    returning token into v_token;
  return v_token;
end;
$$;
comment on function app_public.share_progress(integer) is
  E'@resultFieldName token\nMakes a public card of the member''s progress as it is now, for up to 90 days; it is shown at /share/<token>. Errors: TB001, TB002, TB006.';
revoke all on function app_public.share_progress(integer) from public;
grant execute on function app_public.share_progress(integer) to autobench_member;
--! EndIncluded sharing/app_public.share_progress.sql
--! Included sharing/app_private.read_share.sql
-- GET /share/<token>, app_public.shared_progress() -> [app_private.read_share()] -> app_private.shareable_progress
-- Definer: whoever has the token sees the card, and nobody else.
create or replace function app_private.read_share(token text, at timestamptz default now()) returns jsonb
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.snapshot || jsonb_build_object('shared_at', s.created_at, 'expires_at', s.expires_at)
    from app_private.shareable_progress s
      inner join app_private.accounts a on a.user_id = s.user_id and a.banned_at is null
    where s.token = read_share.token and s.expires_at > read_share.at;
$$;
comment on function app_private.read_share(text, timestamptz) is
  'The card behind a token; null where there is none, it has expired, or its member is suspended.';
revoke all on function app_private.read_share(text, timestamptz) from public;
grant execute on function app_private.read_share(text, timestamptz) to autobench_server;
--! EndIncluded sharing/app_private.read_share.sql
--! Included sharing/app_public.shared_progress.sql
-- sharedProgress (GraphQL) -> [app_public.shared_progress()] -> app_private.read_share()
-- Definer: whoever has the token sees the card, and nobody else.
create or replace function app_public.shared_progress(token text) returns jsonb
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.read_share(shared_progress.token);
$$;
comment on function app_public.shared_progress(text) is
  'The card behind a link: username, points, solved, streak, longest_streak, badge, achievements, shared_at, expires_at. Null once it has expired.';
revoke all on function app_public.shared_progress(text) from public;
grant execute on function app_public.shared_progress(text) to autobench_anon, autobench_member;
--! EndIncluded sharing/app_public.shared_progress.sql
--! Included sharing/app_public.unshare_progress.sql
-- unshareProgress (GraphQL) -> [app_public.unshare_progress()] -> app_private.shareable_progress
-- Definer: members may take their cards back without being able to see tokens.
create or replace function app_public.unshare_progress() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_taken integer;
begin
  delete from app_private.shareable_progress s where s.user_id = v_user_id;
  get diagnostics v_taken = row_count;
  return v_taken;
end;
$$;
comment on function app_public.unshare_progress() is
  E'@resultFieldName cards\nTakes back every card of the signed-in member; says how many there were. Errors: TB001, TB002.';
revoke all on function app_public.unshare_progress() from public;
grant execute on function app_public.unshare_progress() to autobench_member;
--! EndIncluded sharing/app_public.unshare_progress.sql

--! Included coach/app_public.job_status.sql
-- [app_public.job_status] -> app_public.queue_jobs
do $$
begin
  create type app_public.job_status as enum ('pending', 'running', 'done', 'failed');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.job_status is 'How far a wish to the coach is.';
revoke all on type app_public.job_status from public;
grant usage on type app_public.job_status to autobench_anon, autobench_member;
--! EndIncluded coach/app_public.job_status.sql
--! Included coach/app_public.queue_jobs.sql
-- requestCoaching (GraphQL) -> app_public.request_coaching() -> [app_public.queue_jobs] -> batch_ai_processor
create table if not exists app_public.queue_jobs (
  id               uuid constraint queue_jobs_pkey primary key default gen_random_uuid(),
  user_id          uuid not null,
  kind             text not null default 'coach_note',
  status           app_public.job_status not null default 'pending',
  input            jsonb not null,
  input_hash       bytea not null generated always as (app_private.request_hash(input)) stored,
  result           jsonb,
  note             text,
  next_problem_id  uuid,
  attempts         integer not null default 0,
  error            text,
  batch_id         uuid,
  run_at           timestamptz not null default now(),
  created_at       timestamptz not null default now(),
  finished_at      timestamptz,
  constraint queue_jobs_paid_once unique (user_id, kind, input_hash),
  constraint queue_jobs_user foreign key (user_id) references app_public.users on delete cascade,
  constraint queue_jobs_next_problem foreign key (next_problem_id) references app_public.problems,
  constraint queue_jobs_kind_known check (kind = 'coach_note'),
  constraint queue_jobs_attempts_bounded check (attempts between 0 and 3),
  constraint queue_jobs_running_in_a_batch check (status <> 'running' or batch_id is not null),
  constraint queue_jobs_done_whole check (
    (status = 'done') = (note is not null) and (status in ('done', 'failed')) = (finished_at is not null)
      and (status <> 'failed' or error is not null)
  ),
  constraint queue_jobs_note_bounded check (char_length(note) between 1 and 1000)
);
create index if not exists queue_jobs_due_idx on app_public.queue_jobs (run_at, id) where status = 'pending';
create index if not exists queue_jobs_running_idx on app_public.queue_jobs (batch_id) where status = 'running';
create index if not exists queue_jobs_next_problem_id_idx on app_public.queue_jobs (next_problem_id);

call app_private.reset_access('app_public.queue_jobs');
create policy select_own on app_public.queue_jobs for select to autobench_member
  using (user_id = (select app_public.current_user_id()));
create policy select_all on app_public.queue_jobs for select to autobench_operator
  using (true);
grant select (id, user_id, kind, status, note, next_problem_id, created_at, finished_at) on app_public.queue_jobs to autobench_member;
grant select (attempts, error, run_at, batch_id) on app_public.queue_jobs to autobench_operator;
-- No grant on input and result: they are what was said to and by the model. No write: request_coaching() is the door.

comment on table app_public.queue_jobs is
  E'@name coaching\nA member''s wish for a note from the coach. Ten are answered with one call, and the same input is never paid for twice.';
comment on column app_public.queue_jobs.id is 'Identity of the wish.';
comment on column app_public.queue_jobs.user_id is 'The member.';
comment on column app_public.queue_jobs.kind is 'What is wished for.';
comment on column app_public.queue_jobs.status is 'How far it is.';
comment on column app_public.queue_jobs.input is 'What the coach is told of the member.';
comment on column app_public.queue_jobs.input_hash is 'SHA-256 of that: nothing new has happened while it is the same.';
comment on column app_public.queue_jobs.result is 'The entry of the reply that is about the member.';
comment on column app_public.queue_jobs.note is 'What the coach says.';
comment on column app_public.queue_jobs.next_problem_id is 'The problem that the coach suggests.';
comment on column app_public.queue_jobs.attempts is 'How often it was put into a batch.';
comment on column app_public.queue_jobs.error is 'Why the last attempt came to nothing.';
comment on column app_public.queue_jobs.batch_id is 'The batch with which it was last asked.';
comment on column app_public.queue_jobs.run_at is 'Not before this instant.';
comment on column app_public.queue_jobs.created_at is 'When it was wished for.';
comment on column app_public.queue_jobs.finished_at is 'When it came to its end.';
comment on constraint queue_jobs_paid_once on app_public.queue_jobs is E'@behavior -query:resource:single\nOne row for each of these.';
--! EndIncluded coach/app_public.queue_jobs.sql
--! Included coach/app_private.tg_users__leave_coach.sql
-- app_public.users -> [app_private.tg_users__leave_coach()] -> app_private.blank_calls()
create or replace function app_private.tg_users__leave_coach() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_batches constant uuid[] := array(
    select j.batch_id from app_public.queue_jobs j where j.user_id = old.id and j.batch_id is not null
  );
begin
  -- The wishes first: whoever is just having the call of such a batch made is waited for, and that call is seen below.
  perform from app_public.queue_jobs j where j.batch_id = any (v_batches) and j.status = 'running' order by j.id for update;
  -- The other members of a batch that is under way wait for another one, without the one who leaves: it was not their fault.
  update app_public.queue_jobs j
    set status = 'pending', batch_id = null, attempts = greatest(j.attempts - 1, 0), run_at = now(), error = null
    where j.batch_id = any (v_batches) and j.status = 'running' and j.user_id <> old.id;
  perform app_private.blank_calls('batch', v_batches);
  return old;
end;
$$;
comment on function app_private.tg_users__leave_coach() is 'Forgets what the coach was told of a member who is erased; who was in the same batch waits for another one.';
revoke all on function app_private.tg_users__leave_coach() from public;

create or replace trigger _400_leave_coach before delete on app_public.users
  for each row execute function app_private.tg_users__leave_coach();
--! EndIncluded coach/app_private.tg_users__leave_coach.sql
--! Included coach/app_private.coach_summary.sql
-- app_public.request_coaching() -> [app_private.coach_summary()] -> app_public.queue_jobs
create or replace function app_private.coach_summary(user_id uuid, at timestamptz default now()) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with tried as (
    select p.slug, p.title, m.slug as module, g.best_score as score, g.attempts_count as attempts, g.status,
        row_number() over (partition by g.status order by g.first_attempt_at desc) as n
      from app_public.user_progress g
        inner join app_public.problems p on p.id = g.problem_id
        inner join app_public.modules m on m.id = p.module_id
      where g.user_id = coach_summary.user_id and g.attempts_count > 0
  )
  select jsonb_build_object(
    'solved', coalesce((
      select jsonb_agg(to_jsonb(t) - 'n' - 'status' order by t.n) from tried t where t.status = 'completed' and t.n <= 5
    ), '[]'),
    'attempted', coalesce((
      select jsonb_agg(to_jsonb(t) - 'n' - 'status' order by t.n) from tried t where t.status <> 'completed' and t.n <= 5
    ), '[]'),
    'feedback', coalesce((
      select jsonb_agg(left(f.feedback, 400) order by f.created_at desc)
        from (
          select v.feedback, v.created_at
            from app_public.verdicts v
            where v.user_id = coach_summary.user_id
            order by v.created_at desc
            limit 3
        ) f
    ), '[]'),
    'streak', (
      select jsonb_build_object('days', s.current, 'atRisk', s.is_at_risk)
        from app_private.streak_now(coach_summary.user_id, coach_summary.at) s
    ),
    'candidates', coalesce((
      select jsonb_agg(jsonb_build_object('slug', c.slug, 'module', c.module) order by c.difficulty, c.display_order, c.slug)
        from (
          select p.slug, m.slug as module, p.difficulty, m.display_order
            from app_public.problems p
              inner join app_public.modules m on m.id = p.module_id
              inner join app_private.open_modules(coach_summary.user_id) o on o.module_id = m.id and o.is_open
            where p.is_published
              and not exists (
                select from app_public.user_progress g
                  where g.user_id = coach_summary.user_id and g.problem_id = p.id and g.status = 'completed'
              )
            order by p.difficulty, m.display_order, p.slug
            limit 10
        ) c
    ), '[]')
  );
$$;
comment on function app_private.coach_summary(uuid, timestamptz) is 'What the coach is told of a member''s recent practice, and of nobody else''s.';
revoke all on function app_private.coach_summary(uuid, timestamptz) from public;
--! EndIncluded coach/app_private.coach_summary.sql
--! Included coach/app_public.request_coaching.sql
-- requestCoaching (GraphQL) -> [app_public.request_coaching()] -> app_public.queue_jobs
-- Definer: members may ask for a note without being able to write jobs.
create or replace function app_public.request_coaching() returns app_public.queue_jobs
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_job app_public.queue_jobs;
begin
  perform app_private.take_rate('coach', v_user_id::text, 10, '1 hour');
  insert into app_public.queue_jobs as j (user_id, input)
    values (v_user_id, app_private.coach_summary(v_user_id))
    -- The same summary again: what was answered, or waits, is what there is to say. What had failed is tried once more.
    on conflict on constraint queue_jobs_paid_once do update
      set status = case j.status when 'failed' then 'pending' else j.status end,
          finished_at = case j.status when 'failed' then null else j.finished_at end,
          attempts = case j.status when 'failed' then 0 else j.attempts end
    returning * into v_job;
  if v_job.status = 'pending' then
    perform app_private.reserve_tokens(v_user_id, 'coach', v_job.id, 1000 + octet_length(v_job.input::text) / 3)
      where not exists (
        select from app_private.token_reservations r
          where r.purpose = 'coach' and r.subject_id = v_job.id and r.state = 'reserved' and r.expires_at > now()
      );
  end if;
  return v_job;
end;
$$;
comment on function app_public.request_coaching() is
  E'@resultFieldName coaching\nAsks the coach for a note on the member''s recent practice; while nothing has changed the answer is the one that is there. Errors: TB001, TB002, TB006, TB085, TB08B.';
revoke all on function app_public.request_coaching() from public;
grant execute on function app_public.request_coaching() to autobench_member;
--! EndIncluded coach/app_public.request_coaching.sql
--! Included coach/app_private.coach_has_work.sql
-- batch_ai_processor -> [app_private.coach_has_work()] -> app_public.queue_jobs
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.coach_has_work(at timestamptz default now()) returns boolean
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_public.queue_jobs j
      where j.status = 'running' or (j.status = 'pending' and j.run_at <= coach_has_work.at)
  );
$$;
comment on function app_private.coach_has_work(timestamptz) is 'Whether somebody waits for the coach.';
revoke all on function app_private.coach_has_work(timestamptz) from public;
grant execute on function app_private.coach_has_work(timestamptz) to autobench_worker;
--! EndIncluded coach/app_private.coach_has_work.sql
--! Included coach/app_private.claim_coach_batch.sql
-- batch_ai_processor -> [app_private.claim_coach_batch()] -> app_public.queue_jobs
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.claim_coach_batch(at timestamptz default now(), size integer default 10)
returns table (batch_id uuid, job_id uuid, input jsonb)
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_batch_id uuid := gen_random_uuid();
begin
  return query
    update app_public.queue_jobs j
      set status = 'running', batch_id = v_batch_id, attempts = j.attempts + 1, error = null
      where j.id in (
        select d.id
          from app_public.queue_jobs d
          where d.status = 'pending' and d.run_at <= claim_coach_batch.at
          order by d.run_at, d.id
          limit claim_coach_batch.size
          for update skip locked
      )
      returning j.batch_id, j.id, j.input;
end;
$$;
comment on function app_private.claim_coach_batch(timestamptz, integer) is
  'Takes the next ten wishes that are due, past those that another worker is taking, as a batch of their own.';
revoke all on function app_private.claim_coach_batch(timestamptz, integer) from public;
grant execute on function app_private.claim_coach_batch(timestamptz, integer) to autobench_worker;
--! EndIncluded coach/app_private.claim_coach_batch.sql
--! Included coach/app_private.open_coach_batches.sql
-- batch_ai_processor -> [app_private.open_coach_batches()] -> app_public.queue_jobs
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.open_coach_batches() returns table (batch_id uuid, job_id uuid, input jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select j.batch_id, j.id, j.input
    from app_public.queue_jobs j
    where j.status = 'running'
    order by j.batch_id, j.id;
$$;
comment on function app_private.open_coach_batches() is 'The batches that a worker took and has not finished, or did not live to finish.';
revoke all on function app_private.open_coach_batches() from public;
grant execute on function app_private.open_coach_batches() to autobench_worker;
--! EndIncluded coach/app_private.open_coach_batches.sql
--! Included coach/app_private.coach_prompt.sql
-- batch_ai_processor -> [app_private.coach_prompt()] -> app_private.pick_prompt(), app_public.models
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.coach_prompt(batch_id uuid, model_id uuid)
returns table (version text, system text, template text, api_model text, params jsonb)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.version, p.system, p.template, m.api_model, m.params
    from app_private.pick_prompt('coach', coach_prompt.batch_id) p
      cross join app_public.models m
    where m.id = coach_prompt.model_id;
$$;
comment on function app_private.coach_prompt(uuid, uuid) is 'What a model needs to be told to coach a batch.';
revoke all on function app_private.coach_prompt(uuid, uuid) from public;
grant execute on function app_private.coach_prompt(uuid, uuid) to autobench_worker;
--! EndIncluded coach/app_private.coach_prompt.sql
--! Included coach/app_private.give_up_coach_batch.sql
-- batch_ai_processor, record_coach_notes() -> [app_private.give_up_coach_batch()] -> app_public.queue_jobs
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.give_up_coach_batch(batch_id uuid, reason text, may_retry boolean) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job app_public.queue_jobs;
  v_jobs integer := 0;
begin
  for v_job in
    select j.* from app_public.queue_jobs j
      where j.batch_id = give_up_coach_batch.batch_id and j.status = 'running'
      order by j.user_id, j.id
      for update
  loop
    update app_public.queue_jobs j
      set status = case when give_up_coach_batch.may_retry and j.attempts < 3 then 'pending' else 'failed' end::app_public.job_status,
          finished_at = case when give_up_coach_batch.may_retry and j.attempts < 3 then null else now() end,
          run_at = now() + interval '10 minutes' * j.attempts, error = left(give_up_coach_batch.reason, 500)
      where j.id = v_job.id
      returning * into v_job;
    if v_job.status = 'failed' then
      perform app_private.settle_tokens('coach', v_job.id, 0); -- what came to nothing costs nothing
    end if;
    v_jobs := v_jobs + 1;
  end loop;
  return v_jobs;
end;
$$;
comment on function app_private.give_up_coach_batch(uuid, text, boolean) is
  'Ends a batch that came to nothing: its wishes wait for another one, at most three times, or fail.';
revoke all on function app_private.give_up_coach_batch(uuid, text, boolean) from public;
grant execute on function app_private.give_up_coach_batch(uuid, text, boolean) to autobench_worker;
--! EndIncluded coach/app_private.give_up_coach_batch.sql
--! Included coach/app_private.record_coach_notes.sql
-- batch_ai_processor -> [app_private.record_coach_notes()] -> app_public.queue_jobs
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_coach_notes(batch_id uuid, notes jsonb, tokens integer) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids uuid[];
  v_done uuid[];
begin
  -- Locked: whoever is just being erased takes the others out of the batch first, or waits.
  select array_agg(l.id) into v_ids
    from (
      select j.id from app_public.queue_jobs j
        where j.batch_id = record_coach_notes.batch_id and j.status = 'running'
        order by j.id
        for update
    ) l;
  -- An entry counts for the one member whose key it bears, and a suggestion only if it was theirs to be suggested.
  with entries as (
    select distinct on (n.entry ->> 'member') n.entry ->> 'member' as member, n.entry, btrim(n.entry ->> 'note') as note
      from jsonb_array_elements(record_coach_notes.notes) with ordinality n (entry, place)
      where jsonb_typeof(n.entry) = 'object'
      order by n.entry ->> 'member', n.place
  ), noted as (
    update app_public.queue_jobs j
      set status = 'done', result = e.entry, note = e.note, finished_at = now(), error = null,
          next_problem_id = (
            select p.id
              from app_public.problems p
              where p.slug = e.entry ->> 'nextProblem'
                and jsonb_path_exists(j.input, '$.candidates[*].slug ? (@ == $slug)', jsonb_build_object('slug', p.slug))
          )
      from entries e
      where j.id = any (v_ids) and e.member = j.id::text and char_length(e.note) between 1 and 1000
      returning j.id
  )
  select array_agg(n.id) into v_done from noted n;
  -- Who has a note bears their share of what the one call took; who was left out waits, or fails and pays nothing.
  perform app_private.settle_tokens('coach', d.id, record_coach_notes.tokens / cardinality(v_ids))
    from (select j.id from app_public.queue_jobs j where j.id = any (v_done) order by j.user_id, j.id) d;
  perform app_private.give_up_coach_batch(record_coach_notes.batch_id, 'The reply had no note for this member.', true);
  return coalesce(cardinality(v_done), 0);
end;
$$;
comment on function app_private.record_coach_notes(uuid, jsonb, integer) is
  'Gives each member of a batch their note, and lets those whom the reply left out wait for another batch; says how many have one.';
revoke all on function app_private.record_coach_notes(uuid, jsonb, integer) from public;
grant execute on function app_private.record_coach_notes(uuid, jsonb, integer) to autobench_worker;
--! EndIncluded coach/app_private.record_coach_notes.sql
--! Included practice/app_private.ensure_practice_call.sql
-- judge_answer, judge_battle, batch_ai_processor -> [app_private.ensure_practice_call()] -> app_private.ensure_call()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.ensure_practice_call(
  subject_type text,
  subject_id uuid,
  model_id uuid,
  request jsonb,
  round integer default 1
) returns bigint
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Held until the call is stored: who erases a member waits, and then finds the call with the member's words in it.
  case ensure_practice_call.subject_type
    when 'answer' then
      perform from app_public.answers a
        where a.id = ensure_practice_call.subject_id and a.status = 'judging'
        for key share;
    when 'check', 'rejudge' then
      perform from app_private.judgings j
        where j.id = ensure_practice_call.subject_id and j.state = 'waiting'
        for key share;
    when 'battle' then -- a battle outlives its members: it is its end that has to wait
      perform from app_public.battles b
        where b.id = ensure_practice_call.subject_id and b.status = 'active'
        for share;
    when 'batch' then
      perform from app_public.queue_jobs j
        where j.batch_id = ensure_practice_call.subject_id and j.status = 'running'
        order by j.id
        for share;
  end case;
  if not found then
    return null;
  end if;
  return app_private.ensure_call(
    case ensure_practice_call.subject_type when 'batch' then 'coach' else 'judge' end,
    ensure_practice_call.subject_type, ensure_practice_call.subject_id, ensure_practice_call.model_id,
    ensure_practice_call.request, ensure_practice_call.round
  );
end;
$$;
comment on function app_private.ensure_practice_call(text, uuid, uuid, jsonb, integer) is
  'The call about an answer, a judging, a battle or a batch of the coach, made if there is none; null when nobody waits for it any more. Errors: TB041.';
revoke all on function app_private.ensure_practice_call(text, uuid, uuid, jsonb, integer) from public;
grant execute on function app_private.ensure_practice_call(text, uuid, uuid, jsonb, integer) to autobench_worker;
--! EndIncluded practice/app_private.ensure_practice_call.sql

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
  ('app_private.network_salts', 'created_at', '24 hours', 'By a daily run it goes within 48 hours, and not before its day is over: then nobody can tell which network a hash was.'),
  ('app_private.draw_allowances', 'starts_at', '2 days', 'No window is longer than a day.'),
  ('app_private.network_votes', 'starts_at', '2 days', 'A share is a day''s.'),
  ('app_private.unused_ballots', 'served_at', '2 days', 'A ballot that was not used says nothing.'),
  ('app_private.idle_voters', 'created_at', '7 days', 'A visitor who never voted has left nothing that needs them.'),
  ('app_private.answer_keys', 'created_at', '30 days', 'Nobody repeats a request after a month.'),
  ('app_private.token_reservations', 'aggregated_at', '7 days', 'By then they are summed up in the usage metrics.'),
  ('app_private.token_days', 'closed_at', '7 days', 'By then they are summed up in the usage metrics.'),
  ('app_private.ai_usage_metrics', 'closed_at', '90 days', 'A quarter of a year shows every habit; what was paid stays in the ledger of calls.'),
  ('app_private.shareable_progress', 'expires_at', '1 minute', 'A card that has expired is shown to nobody; what is left of it is tidied away.'),
  ('app_public.battles', 'cancelled_at', '7 days', 'Nothing came of it; a week is enough to see why.'),
  ('app_private.blobs', 'created_at', null, 'The pictures of revealed tasks stay: a model''s gallery is pictures.')
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
        -- It has the same floor: one vote is no certainty.
        v_variance := greatest(
          v_sampling[(i - 1) * v_stride + i] + v_sampling[(j - 1) * v_stride + j] - 2 * v_sampling[(i - 1) * v_stride + j],
          v_floor * (inverse[(i - 1) * v_stride + i] + inverse[(j - 1) * v_stride + j] - 2 * inverse[(i - 1) * v_stride + j])
        );
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
  v_least float8; -- an effect below it is rounding
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
      v_least := 1e-9 * v_best;
      -- The row is chosen first and reckoned with after: of the others the number may be beyond all integers.
      select greatest(1, least(ceil(r.before_count + (v_left - r.before) / r.effect), 2147483647))::integer into one_step
        from (
          select c.*
            from (
              select e.effect,
                  sum(e.effect * e.n) over w as until,
                  sum(e.effect * e.n) over w - e.effect * e.n as before,
                  sum(e.n) over w - e.n as before_count
                from unnest(v_cells, v_counts) e (effect, n)
                where e.effect > v_least
                window w as (order by e.effect desc, e.n rows unbounded preceding)
            ) c
            where c.until >= v_left
            order by c.until
            limit 1
        ) r;
    end if;
    exit when v_best <= v_least or (votes = 0 and one_step > 2 * most);
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
comment on type app_public.verdict is E'@name ballot_verdict\nWhat a voter says of two pages: which one is better, that they are as good, or that neither is any good.';
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
  votes_per_network_model_day  integer not null default 6,
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
  'Votes from one network on one model that count in a day. In simulations 300 votes for one model from three networks gain a rank at most among 3000 honest votes, and none among 100000; without limits four to five, and up to three.';
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
  has_voted          boolean not null default false,
  voted_on           date,
  sealed_votes       integer not null default 0,
  revealed_votes     integer not null default 0,
  constraint voters_one_per_member unique (user_id),
  constraint voters_one_per_visitor unique (visitor_hash),
  constraint voters_user foreign key (user_id) references app_public.users on delete set null,
  constraint voters_member_or_visitor check (user_id is null or visitor_hash is null),
  constraint voters_visitor_hash_form check (octet_length(visitor_hash) = 32)
) with (fillfactor = 80);
create index if not exists voters_without_votes_idx on app_private.voters (created_at) where not has_voted;

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
comment on column app_private.voters.voted_on is 'The UTC day of which the votes are counted here: the last on which the voter had voted when they drew a ballot.';
comment on column app_private.voters.sealed_votes is 'How many votes on sealed tasks the voter had cast that day, when they drew their current ballot.';
comment on column app_private.voters.revealed_votes is 'How many on revealed ones.';
comment on column app_private.voters.has_voted is 'Whether the voter has ever voted, as of the last hour: a visitor who has not is forgotten.';
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
create index if not exists votes_network_hash_idx on app_public.votes (network_hash);

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
create index if not exists vote_checks_failed_idx on app_private.vote_checks (ballot_id) where state = 'fail';

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
  uncounted        integer not null default 0,
  constraint pair_counts_pkey primary key (task_id, first_model_id, second_model_id, stratum, outcome),
  constraint pair_counts_match foreign key (task_id, first_model_id, second_model_id)
    references app_private.matches (task_id, first_model_id, second_model_id),
  constraint pair_counts_not_negative check (votes >= 0 and uncounted >= 0)
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
comment on column app_private.pair_counts.uncounted is 'How many more votes said so and do not count.';
--! EndIncluded arena/app_private.pair_counts.sql
--! Included arena/app_public.tasks_vote_count.sql
-- app_private.pair_counts -> [app_public.tasks_vote_count()] -> voteCount (GraphQL)
-- Definer: nobody sees others' votes; how many there are gives nothing away, since also those that do not count are among them.
create or replace function app_public.tasks_vote_count(task app_public.tasks) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(sum(c.votes + c.uncounted), 0)::integer
    from app_private.pair_counts c
    where c.task_id = task.id;
$$;
comment on function app_public.tasks_vote_count(app_public.tasks) is
  'How many votes were cast on it: all that can be known of them until it closes.';
revoke all on function app_public.tasks_vote_count(app_public.tasks) from public;
grant execute on function app_public.tasks_vote_count(app_public.tasks) to autobench_anon, autobench_member;
--! EndIncluded arena/app_public.tasks_vote_count.sql
--! Included arena/app_private.draw_allowances.sql
-- take_draws() -> [app_private.draw_allowances] -> cleanup_expired
-- Unlogged: after a crash everybody starts the hour anew, which is little harm and saves the log's writes.
create unlogged table if not exists app_private.draw_allowances (
  kind       text not null,
  caller     text not null,
  starts_at  timestamptz not null,
  used       integer not null,
  constraint draw_allowances_pkey primary key (kind, caller, starts_at)
) with (fillfactor = 70);
create index if not exists draw_allowances_starts_at_idx on app_private.draw_allowances (starts_at);

call app_private.reset_access('app_private.draw_allowances');
-- No policy and no grant: take_draws() is the door.

comment on table app_private.draw_allowances is 'How many ballots a voter or a network drew in an hour.';
comment on column app_private.draw_allowances.kind is 'What is counted.';
comment on column app_private.draw_allowances.caller is 'Whose it is: a voter''s id, or a network''s hash.';
comment on column app_private.draw_allowances.starts_at is 'When the hour began.';
comment on column app_private.draw_allowances.used is 'How many so far.';
--! EndIncluded arena/app_private.draw_allowances.sql
--! Included arena/app_private.network_votes.sql
-- cast_vote() -> [app_private.network_votes] -> cleanup_expired
-- Unlogged: after a crash every network starts its day anew, which is little harm and saves the log's writes.
-- One row and not a counter for each model: one write instead of three with every vote.
create unlogged table if not exists app_private.network_votes (
  network_hash  bytea not null,
  starts_at     timestamptz not null,
  stratum       app_public.stratum not null,
  votes         integer not null,
  by_model      jsonb not null,
  constraint network_votes_pkey primary key (network_hash, starts_at, stratum)
) with (fillfactor = 50);
create index if not exists network_votes_starts_at_idx on app_private.network_votes (starts_at);

call app_private.reset_access('app_private.network_votes');
-- No policy and no grant: cast_vote() is the door.

comment on table app_private.network_votes is 'How much of its share of a day''s votes each network has used up.';
comment on column app_private.network_votes.network_hash is 'The network, hashed under the salt of the day.';
comment on column app_private.network_votes.starts_at is 'When the UTC day began.';
comment on column app_private.network_votes.stratum is 'Whether the models were unknown: each has a share of its own.';
comment on column app_private.network_votes.votes is 'Votes within the share.';
comment on column app_private.network_votes.by_model is 'Of these, how many were on each model, by its id: each vote is on two.';
--! EndIncluded arena/app_private.network_votes.sql
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
-- Not strict, and null of null all the same: so it is part of the query that calls it.
create or replace function app_private.turn_verdict(verdict app_public.verdict, is_first_left boolean) returns app_private.outcome
language sql immutable parallel safe
return case
  when verdict = 'tie' then 'tie'::app_private.outcome
  when verdict = 'both_bad' then 'both_bad'::app_private.outcome
  when (verdict = 'left') = is_first_left then 'first'::app_private.outcome
  when (verdict = 'right') = is_first_left then 'second'::app_private.outcome
end;
comment on function app_private.turn_verdict(app_public.verdict, boolean) is
  'What a verdict on left and right says of a match''s first and second model.';
revoke all on function app_private.turn_verdict(app_public.verdict, boolean) from public;
--! EndIncluded arena/app_private.turn_verdict.sql
--! Included arena/app_private.counts_of_votes.sql
-- app_public.votes -> [app_private.counts_of_votes] -> recount_votes(), app_private.count_faults
create or replace view app_private.counts_of_votes with (security_invoker, security_barrier) as
  select m.task_id, m.first_model_id, m.second_model_id, b.stratum,
      app_private.turn_verdict(v.verdict, b.is_first_left) as outcome,
      (count(*) filter (where v.is_counted))::integer as votes, (count(*) filter (where not v.is_counted))::integer as uncounted
    from app_public.votes v
      inner join app_public.ballots b on b.id = v.ballot_id
      inner join app_private.matches m on m.id = b.match_id
    group by 1, 2, 3, 4, 5;

revoke all on app_private.counts_of_votes from public;

comment on view app_private.counts_of_votes is 'The counts, made anew from the votes.';
comment on column app_private.counts_of_votes.task_id is 'The task.';
comment on column app_private.counts_of_votes.first_model_id is 'The model with the lesser id.';
comment on column app_private.counts_of_votes.second_model_id is 'The other model.';
comment on column app_private.counts_of_votes.stratum is 'Whether the models were unknown when the ballots were drawn.';
comment on column app_private.counts_of_votes.outcome is 'How it ended.';
comment on column app_private.counts_of_votes.votes is 'How often.';
comment on column app_private.counts_of_votes.uncounted is 'How many more votes said so and do not count.';
--! EndIncluded arena/app_private.counts_of_votes.sql
--! Included arena/app_private.count_faults.sql
-- app_private.counts_of_votes, app_private.pair_counts -> [app_private.count_faults] -> autobench verify
create or replace view app_private.count_faults with (security_invoker, security_barrier) as
  select 'counts differ from votes' as fault,
      concat_ws(' ', task_id, first_model_id, second_model_id, stratum, outcome) as subject,
      format('%s, %s uncounted', coalesce(p.votes, 0), coalesce(p.uncounted, 0)) as stored,
      format('%s, %s uncounted', coalesce(c.votes, 0), coalesce(c.uncounted, 0)) as found
    from app_private.pair_counts p
      full join app_private.counts_of_votes c using (task_id, first_model_id, second_model_id, stratum, outcome)
    where (coalesce(p.votes, 0), coalesce(p.uncounted, 0)) <> (coalesce(c.votes, 0), coalesce(c.uncounted, 0))
  union all
  select 'a vote counts against its checks', v.ballot_id::text, v.is_counted::text, (not v.is_counted)::text
    from app_public.votes v
    where v.is_counted = exists (select from app_private.vote_checks k where k.ballot_id = v.ballot_id and k.state = 'fail');

revoke all on app_private.count_faults from public;

comment on view app_private.count_faults is 'Where counts and votes disagree: always empty.';
comment on column app_private.count_faults.fault is 'What is wrong.';
comment on column app_private.count_faults.subject is 'Where.';
comment on column app_private.count_faults.stored is 'What is stored.';
comment on column app_private.count_faults.found is 'What the votes say.';
--! EndIncluded arena/app_private.count_faults.sql
--! Included arena/app_private.open_ballots.sql
-- app_private.draw_ballot() -> [app_private.open_ballots] -> app_private.settle_ballots(), app_private.unused_ballots
create table if not exists app_private.open_ballots (
  ballot_id  uuid constraint open_ballots_pkey primary key,
  constraint open_ballots_ballot foreign key (ballot_id) references app_public.ballots on delete cascade
);

call app_private.reset_access('app_private.open_ballots');
-- No policy and no grant: draw_ballot() and settle_ballots() are the doors.

comment on table app_private.open_ballots is
  'Ballots on which nobody had voted when it was last looked, within the hour: so that a purge need not look at every ballot that was ever used.';
comment on column app_private.open_ballots.ballot_id is 'The ballot.';
--! EndIncluded arena/app_private.open_ballots.sql
--! Included arena/app_private.unused_ballots.sql
-- app_public.ballots, app_private.open_ballots -> [app_private.unused_ballots] -> app_private.purge_batch()
create or replace view app_private.unused_ballots with (security_invoker, security_barrier) as
  select b.ctid, b.id, b.served_at
    from app_public.ballots b
    where exists (select from app_private.open_ballots o where o.ballot_id = b.id)
      and not exists (select from app_public.votes v where v.ballot_id = b.id);

revoke all on app_private.unused_ballots from public;

comment on view app_private.unused_ballots is 'Ballots on which nobody voted, to be purged: the pair can then be drawn again.';
comment on column app_private.unused_ballots.ctid is 'Where the row stands: what a purge goes by.';
comment on column app_private.unused_ballots.id is 'The ballot.';
comment on column app_private.unused_ballots.served_at is 'When it was drawn.';
--! EndIncluded arena/app_private.unused_ballots.sql
--! Included arena/app_private.idle_voters.sql
-- app_private.voters -> [app_private.idle_voters] -> app_private.purge_batch()
create or replace view app_private.idle_voters with (security_invoker, security_barrier) as
  select v.ctid, v.id, v.created_at
    from app_private.voters v
    where not v.has_voted and v.user_id is null
      and not exists (select from app_public.ballots b where b.voter_id = v.id)
      and not exists (select from app_private.exclusions e where e.voter_id = v.id)
      and not exists (select from app_private.vote_flags f where f.voter_id = v.id);

revoke all on app_private.idle_voters from public;

comment on view app_private.idle_voters is 'Visitors who never voted and hold no ballot, to be purged: should they come back, they are new.';
comment on column app_private.idle_voters.ctid is 'Where the row stands: what a purge goes by.';
comment on column app_private.idle_voters.id is 'The visitor.';
comment on column app_private.idle_voters.created_at is 'When they first drew a ballot.';
--! EndIncluded arena/app_private.idle_voters.sql
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
--! Included arena/app_private.voter_lock.sql
-- [app_private.voter_lock()] -> cast_vote(), draw_ballot(), exclude_voter()
create or replace function app_private.voter_lock(voter_id bigint) returns bigint
language sql immutable strict parallel safe
return hashtextextended('voter:' || voter_id::text, 0);
comment on function app_private.voter_lock(bigint) is
  'The advisory lock of a voter: votes share it until they are committed; whoever draws for the voter or excludes them takes it alone.';
revoke all on function app_private.voter_lock(bigint) from public;
--! EndIncluded arena/app_private.voter_lock.sql
--! Included arena/app_private.network_lock.sql
-- [app_private.network_lock()] -> cast_vote(), exclude_network()
create or replace function app_private.network_lock(network_hash bytea) returns bigint
language sql immutable strict parallel safe
return hashtextextended('network:' || encode(network_hash, 'hex'), 0);
comment on function app_private.network_lock(bytea) is
  'The advisory lock of a network: votes share it until they are committed, and whoever excludes the network takes it alone.';
revoke all on function app_private.network_lock(bytea) from public;
--! EndIncluded arena/app_private.network_lock.sql
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
      on conflict on constraint voters_one_per_member do nothing
      returning id into v_voter_id;
  elsif current_setting('app.visitor', true) <> '' then
    insert into app_private.voters (visitor_hash) values (sha256(convert_to(current_setting('app.visitor'), 'UTF8')))
      on conflict on constraint voters_one_per_visitor do nothing
      returning id into v_voter_id;
  else
    raise exception 'Nobody knows who is voting.'
      using errcode = 'TB078', hint = 'Allow this site''s cookie, or sign in.';
  end if;
  -- Who was made by another request meanwhile is only looked up: a row that is locked here, before the voter's advisory lock, would
  -- be waited for by a draw or an exclusion that holds that lock and is waited for here.
  return coalesce(v_voter_id, app_public.current_voter_id());
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
-- draw_ballot() -> [app_private.take_draws()] -> app_private.draw_allowances
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
  insert into app_private.draw_allowances as a (kind, caller, starts_at, used)
    values (take_draws.kind, take_draws.caller, v_hour, 1)
    on conflict on constraint draw_allowances_pkey do update set used = a.used + 1
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
  v_voter app_private.voters;
  v_ballot app_public.ballots;
  v_voted_on date;
  v_tasks uuid[];
  v_draw float8 := random();
begin
  -- One draw of a voter at a time, and none while a vote of theirs is under way.
  perform pg_advisory_xact_lock(app_private.voter_lock(draw_ballot.voter_id));
  -- Their row as well: a purge of idle visitors passes over who is drawing. The advisory lock comes first, as in exclude_voter().
  select v.* into v_voter from app_private.voters v where v.id = draw_ballot.voter_id for no key update;
  if not found then
    return null; -- the purge was faster
  end if;
  select b.* into v_ballot from app_public.ballots b where b.id = v_voter.current_ballot_id;
  if found then
    select (c.created_at at time zone 'utc')::date into v_voted_on from app_public.votes c where c.ballot_id = v_ballot.id;
    if found then
      -- Counted here, once for each ballot, and not with every vote: a voter has no other ballot that can be used.
      if v_voter.voted_on is distinct from v_voted_on then
        v_voter.voted_on := v_voted_on;
        v_voter.sealed_votes := 0;
        v_voter.revealed_votes := 0;
      end if;
      v_voter.sealed_votes := v_voter.sealed_votes + (v_ballot.stratum = 'sealed')::integer;
      v_voter.revealed_votes := v_voter.revealed_votes + (v_ballot.stratum = 'revealed')::integer;
    elsif v_ballot.expires_at > draw_ballot.at and (v_ballot.stratum = 'revealed' or exists (
      select from app_public.tasks t where t.id = v_ballot.task_id and t.closes_at > draw_ballot.at
    )) then
      -- Still open: the same one again, whatever task is asked for. Else one could draw until a page is known again.
      return v_ballot;
    end if;
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
  insert into app_private.open_ballots (ballot_id) values (v_ballot.id);
  perform app_private.ballot_page(v_ballot, s.side, draw_ballot.at) from (values ('left'), ('right')) s (side);
  update app_private.voters v
    set current_ballot_id = v_ballot.id, voted_on = v_voter.voted_on,
      sealed_votes = v_voter.sealed_votes, revealed_votes = v_voter.revealed_votes
    where v.id = draw_ballot.voter_id;
  return v_ballot;
end;
$$;
comment on function app_private.draw_ballot(bigint, bytea, uuid, timestamptz) is
  'The voter''s open ballot, or a new one on a pair that they have not seen: of all sealed tasks, or of one task; null when there is no such voter any more. Errors: TB071, TB073.';
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
  -- A visitor who is forgotten just before the draw has hold of them is made anew: nobody else can forget that one yet.
  loop
    v_ballot := app_private.draw_ballot(
      app_private.ensure_voter(),
      app_private.network_hash(current_setting('app.network', true)),
      draw_ballot.task_id
    );
    exit when v_ballot.id is not null;
  end loop;
  return (
    v_ballot.id, v_ballot.task_id, v_ballot.stratum, v_ballot.served_at, v_ballot.expires_at,
    app_private.ballot_side(v_ballot.id, 'left'), app_private.ballot_side(v_ballot.id, 'right')
  )::app_public.drawn_ballot;
end;
$$;
comment on function app_public.draw_ballot(uuid) is
  E'@resultFieldName ballot\nGives the voter one open ballot, the same until it is used or expires, whatever task is asked for; else a new one, of a sealed task or of the given one. Errors: TB001, TB002, TB071, TB073, TB078.';
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
  v_now record;
  v_at timestamptz;
  v_day timestamptz;
  v_failed text[]; -- the checks
  v_left app_private.outcome; -- what a vote for the left side says
  v_right app_private.outcome;
  v_outcome app_private.outcome;
  v_is_revealed boolean;
  v_result app_public.vote_result;
begin
  -- The locks come before what they guard is read: whoever draws for the voter, excludes them or their network, or closes the
  -- task, has then either waited for this vote or is seen by it.
  if not (
    pg_try_advisory_xact_lock_shared(app_private.voter_lock(coalesce(cast_vote.voter_id, 0)))
    and pg_try_advisory_xact_lock_shared(app_private.network_lock(coalesce(cast_vote.network_hash, '')))
  ) then
    perform pg_advisory_xact_lock_shared(app_private.voter_lock(coalesce(cast_vote.voter_id, 0))),
      pg_advisory_xact_lock_shared(app_private.network_lock(coalesce(cast_vote.network_hash, '')));
  end if;
  select b.* into v_ballot from app_public.ballots b where b.id = cast_vote.ballot_id;
  if not found or v_ballot.voter_id is distinct from cast_vote.voter_id then
    raise exception 'This is not a ballot of yours.' using errcode = 'TB074', hint = 'Draw a ballot first.';
  end if;
  if not pg_try_advisory_xact_lock_shared(app_private.task_lock(v_ballot.task_id)) then
    -- That a task has closed is told of at once: whoever publishes it may hold its lock for long.
    if v_ballot.stratum = 'sealed' and exists (
      select from app_public.tasks t where t.id = v_ballot.task_id and t.closes_at <= coalesce(cast_vote.at, clock_timestamp())
    ) and not exists (select from app_public.votes c where c.ballot_id = v_ballot.id) then
      raise exception 'This task has closed, and its models are revealed.'
        using errcode = 'TB077', hint = 'Draw another ballot: it will be on a task that is open.';
    end if;
    perform pg_advisory_xact_lock_shared(app_private.task_lock(v_ballot.task_id));
  end if;
  v_at := coalesce(cast_vote.at, clock_timestamp());
  v_day := date_trunc('day', v_at, 'utc');
  select m.first_model_id, m.second_model_id, t.closes_at, t.is_showcase, v.excluded_at, v.voted_on,
      case v_ballot.stratum when 'sealed' then v.sealed_votes else v.revealed_votes end as votes,
      s.votes_per_voter_day, s.votes_per_network_day, s.votes_per_network_model_day,
      coalesce((
        select e.is_excluded from app_private.exclusions e
          where e.network_hash = cast_vote.network_hash
          order by e.id desc limit 1
      ), false) as is_network_excluded
    into strict v_now
    from app_private.arena_settings s
      cross join app_private.matches m
      cross join app_public.tasks t
      cross join app_private.voters v
    where m.id = v_ballot.match_id and t.id = v_ballot.task_id and v.id = v_ballot.voter_id;
  if v_ballot.expires_at <= v_at or (v_ballot.stratum = 'sealed' and v_now.closes_at <= v_at) then
    if exists (select from app_public.votes c where c.ballot_id = v_ballot.id) then
      raise exception 'This ballot has been used.' using errcode = 'TB075', hint = 'A vote is final. Draw another ballot.';
    elsif v_ballot.stratum = 'sealed' and v_now.closes_at <= v_at then
      raise exception 'This task has closed, and its models are revealed.'
        using errcode = 'TB077', hint = 'Draw another ballot: it will be on a task that is open.';
    end if;
    raise exception 'This ballot has expired.' using errcode = 'TB076', hint = 'Draw another ballot.';
  end if;

  -- What is above the day's share is taken and not counted. What does not count anyway uses up nothing of the network's share.
  v_failed := array_remove(array[
    case when v_now.voted_on = (v_at at time zone 'utc')::date and v_now.votes >= v_now.votes_per_voter_day then 'voter_cap' end,
    case when v_now.excluded_at is not null then 'voter' end,
    case when v_now.is_network_excluded then 'network' end
  ], null);
  if cast_vote.network_hash is not null and v_failed = '{}' then
    insert into app_private.network_votes as n (network_hash, starts_at, stratum, votes, by_model)
      values (
        cast_vote.network_hash, v_day, v_ballot.stratum, 1, jsonb_build_object(v_now.first_model_id, 1, v_now.second_model_id, 1)
      )
      on conflict on constraint network_votes_pkey do update
        set votes = n.votes + 1,
          by_model = n.by_model || jsonb_build_object(
            v_now.first_model_id, coalesce((n.by_model ->> v_now.first_model_id::text)::integer, 0) + 1,
            v_now.second_model_id, coalesce((n.by_model ->> v_now.second_model_id::text)::integer, 0) + 1
          )
        where n.votes < v_now.votes_per_network_day
          and coalesce((n.by_model ->> v_now.first_model_id::text)::integer, 0) < v_now.votes_per_network_model_day
          and coalesce((n.by_model ->> v_now.second_model_id::text)::integer, 0) < v_now.votes_per_network_model_day;
    if not found then
      select array[case when n.votes < v_now.votes_per_network_day then 'model_cap' else 'network_cap' end]
        into strict v_failed
        from app_private.network_votes n
        where n.network_hash = cast_vote.network_hash and n.starts_at = v_day and n.stratum = v_ballot.stratum;
    end if;
  end if;

  insert into app_public.votes (ballot_id, verdict, dwell_ms, created_at, is_counted, network_hash)
    values (v_ballot.id, cast_vote.verdict, cast_vote.dwell_ms, v_at, v_failed = '{}', cast_vote.network_hash)
    on conflict on constraint votes_one_per_ballot do nothing;
  if not found then
    raise exception 'This ballot has been used.' using errcode = 'TB075', hint = 'A vote is final. Draw another ballot.';
  end if;
  if v_failed <> '{}' or cast_vote.network_hash is null then
    insert into app_private.vote_checks (ballot_id, kind, state, at)
      select v_ballot.id, f.kind, 'fail', v_at from unnest(v_failed) f (kind)
      union all
      select v_ballot.id, n.kind, 'unknown', v_at
        from unnest(array['network_cap', 'model_cap']) n (kind)
        where cast_vote.network_hash is null;
  end if;

  v_left := app_private.turn_verdict('left', v_ballot.is_first_left);
  v_right := app_private.turn_verdict('right', v_ballot.is_first_left);
  v_is_revealed := v_now.is_showcase or v_now.closes_at <= v_at;
  v_outcome := app_private.turn_verdict(cast_vote.verdict, v_ballot.is_first_left);
  -- Read before this vote is added: the tally is of others, and of all of them, or it would tell whose votes do not count.
  select v_ballot.id, cast_vote.verdict,
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = v_left), 0),
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = v_right), 0),
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = 'tie'), 0),
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = 'both_bad'), 0),
      case when v_is_revealed then case v_left when 'first' then v_now.first_model_id else v_now.second_model_id end end,
      case when v_is_revealed then case v_left when 'first' then v_now.second_model_id else v_now.first_model_id end end
    into v_result
    from app_private.pair_counts c
    where c.task_id = v_ballot.task_id and c.first_model_id = v_now.first_model_id
      and c.second_model_id = v_now.second_model_id and c.stratum = v_ballot.stratum;
  -- One upsert, and last: whoever else votes on this pair waits for no more than our commit.
  insert into app_private.pair_counts as c (task_id, first_model_id, second_model_id, stratum, outcome, votes, uncounted)
    values (
      v_ballot.task_id, v_now.first_model_id, v_now.second_model_id, v_ballot.stratum, v_outcome,
      (v_failed = '{}')::integer, (v_failed <> '{}')::integer
    )
    on conflict on constraint pair_counts_pkey do update
      set votes = c.votes + excluded.votes, uncounted = c.uncounted + excluded.uncounted;
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
    insert into app_private.pair_counts as p (task_id, first_model_id, second_model_id, stratum, outcome, votes, uncounted)
      select m.task_id, m.first_model_id, m.second_model_id, m.stratum, m.outcome, greatest(m.votes, 0), greatest(-m.votes, 0)
        from moved m
        order by m.task_id, m.first_model_id, m.second_model_id, m.stratum, m.outcome
      on conflict on constraint pair_counts_pkey do update
        set votes = p.votes + excluded.votes - excluded.uncounted, uncounted = p.uncounted + excluded.uncounted - excluded.votes
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
  -- One at a time, from before the id is drawn until it is committed: who has seen one exclusion has seen all of lesser id.
  perform pg_advisory_xact_lock(hashtextextended('exclusions', 0));
  -- Votes of theirs that are under way are waited for; later ones see how the voter stands.
  perform pg_advisory_xact_lock(app_private.voter_lock(exclude_voter.voter_id));
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
  -- One at a time, from before the id is drawn until it is committed: who has seen one exclusion has seen all of lesser id.
  perform pg_advisory_xact_lock(hashtextextended('exclusions', 0));
  perform pg_advisory_xact_lock(app_private.network_lock(exclude_network.network_hash));
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
  insert into app_private.pair_counts (task_id, first_model_id, second_model_id, stratum, outcome, votes, uncounted)
    select c.task_id, c.first_model_id, c.second_model_id, c.stratum, c.outcome, c.votes, c.uncounted
      from app_private.counts_of_votes c;
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
--! Included arena/app_private.settle_ballots.sql
-- scan_votes -> [app_private.settle_ballots()] -> app_private.open_ballots, app_private.voters
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.settle_ballots() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settled integer;
begin
  with used as (
    delete from app_private.open_ballots o
      where o.ballot_id = any (array(
        select u.ballot_id from app_private.open_ballots u
          where exists (select from app_public.votes v where v.ballot_id = u.ballot_id)
          for update skip locked
      ))
      returning o.ballot_id
  ), marked as (
    update app_private.voters v
      set has_voted = true
      where not v.has_voted
        and v.id in (select b.voter_id from used u inner join app_public.ballots b on b.id = u.ballot_id)
  )
  select count(*) into v_settled from used u;
  return v_settled;
end;
$$;
comment on function app_private.settle_ballots() is
  'Strikes used ballots off the list of open ones, and marks their voters as such who have voted: once an hour, so that no vote waits for it.';
revoke all on function app_private.settle_ballots() from public;
grant execute on function app_private.settle_ballots() to autobench_worker;
--! EndIncluded arena/app_private.settle_ballots.sql
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
  elo_k         float8 not null,
  elo_start     float8 not null,
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
comment on column app_private.folded_tasks.elo_k is 'How far a vote moved Elo: another setting means the same.';
comment on column app_private.folded_tasks.elo_start is 'Where Elo began: another setting means the same.';
--! EndIncluded ratings/app_private.folded_tasks.sql
--! Included ratings/app_private.past_foldings.sql
-- app_private.fold_tasks() -> [app_private.past_foldings] -> app_private.folded_as_of()
create table if not exists app_private.past_foldings (
  position      bigint constraint past_foldings_pkey primary key,
  folding       bigint not null,
  task_id       uuid not null,
  exclusion_id  bigint not null,
  constraint past_foldings_task foreign key (task_id) references app_public.tasks
);
create index if not exists past_foldings_folding_idx on app_private.past_foldings (folding, position);
create index if not exists past_foldings_task_id_idx on app_private.past_foldings (task_id);

call app_private.reset_access('app_private.past_foldings');
create policy select_all on app_private.past_foldings for select to autobench_operator
  using (true);
grant select on app_private.past_foldings to autobench_operator;
-- No write: fold_tasks() puts them aside, and what was published stays.

comment on table app_private.past_foldings is
  'Orders in which tasks were folded before all was folded anew: so that what was published of them can be made again.';
comment on column app_private.past_foldings.position is 'A place; none is ever given again.';
comment on column app_private.past_foldings.folding is 'The last place of the same order.';
comment on column app_private.past_foldings.task_id is 'The task that stood there.';
comment on column app_private.past_foldings.exclusion_id is 'The last exclusion that was known then.';
--! EndIncluded ratings/app_private.past_foldings.sql
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
--! Included ratings/app_private.is_refold_due.sql
-- app_private.folded_tasks, app_private.arena_settings -> [app_private.is_refold_due()] -> fold_tasks(), board_work(), rating_faults()
create or replace function app_private.is_refold_due() returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from (select f.* from app_private.folded_tasks f order by f.position desc limit 1) l
        cross join app_private.arena_settings s
      where l.exclusion_id <> coalesce((select max(e.id) from app_private.exclusions e), 0)
        or (l.elo_k, l.elo_start) <> (s.elo_k, s.elo_start)
  );
$$;
comment on function app_private.is_refold_due() is
  'Whether votes were judged anew, or Elo''s settings changed, since tasks were folded: then all of them are folded anew.';
revoke all on function app_private.is_refold_due() from public;
--! EndIncluded ratings/app_private.is_refold_due.sql
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
  v_position bigint;
  v_settled uuid[];
  v_tasks uuid[];
  v_models uuid[];
  v_ratings float8[];
begin
  select f.* into v_last from app_private.folded_tasks f order by f.position desc limit 1;
  -- A place is never given again: a snapshot whose last place is none of these was made of another folding.
  v_position := greatest(
    coalesce(v_last.position, 0), coalesce((select max(s.last_position) from app_public.rating_snapshots s), 0)
  );
  -- Votes are folded in the order of the tasks' closing. What would have to go in between, or has been judged anew, means all of it.
  if app_private.is_refold_due() or exists (
    select from app_public.tasks t
      where not t.is_showcase and t.status = 'dispatched' and (t.closes_at, t.id) < (v_last.closes_at, v_last.task_id)
        and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
        and exists (select from app_private.matches m where m.task_id = t.id)
  ) then
    select array_agg(f.task_id) into v_settled from app_private.folded_tasks f;
    insert into app_private.past_foldings (position, folding, task_id, exclusion_id)
      select f.position, v_last.position, f.task_id, f.exclusion_id from app_private.folded_tasks f;
    delete from app_private.folded_tasks;
    delete from app_private.elo_ratings;
  end if;

  select array_agg(t.id order by t.closes_at, t.id) into v_tasks
    from app_public.tasks t
    where not t.is_showcase and t.status = 'dispatched' and t.closes_at <= fold_tasks.at
      and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
      and exists (select from app_private.matches m where m.task_id = t.id);
  if v_tasks is null then
    return 0;
  end if;
  -- Votes that are under way are waited for; on what had been folded before there are none.
  for i in 1..cardinality(v_tasks) loop
    continue when v_tasks[i] = any (v_settled);
    perform pg_advisory_xact_lock(app_private.task_lock(v_tasks[i]));
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
  insert into app_private.folded_tasks (task_id, position, closes_at, votes, folded_at, exclusion_id, elo_k, elo_start)
    select u.id, v_position + u.n, t.closes_at,
        coalesce((
          select sum(c.votes) from app_private.pair_counts c
            where c.task_id = u.id and c.stratum = 'sealed' and c.outcome <> 'both_bad'
        ), 0),
        fold_tasks.at, v_exclusion_id, s.elo_k, s.elo_start
      from unnest(v_tasks) with ordinality u (id, n)
        inner join app_public.tasks t on t.id = u.id
        cross join app_private.arena_settings s;
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
  'How it was made. 1: Bradley-Terry with prior votes, interval clustered by task and floored by dispersion, ranks by the variance of differences, with the same floor.';
comment on column app_public.rating_snapshots.prior_votes is 'Votes that each model has drawn against a virtual one.';
comment on column app_public.rating_snapshots.votes is 'Votes that it is made of.';
comment on column app_public.rating_snapshots.tasks is 'Tasks that they were cast on.';
comment on column app_public.rating_snapshots.last_position is 'The last folded task that it holds.';
comment on column app_public.rating_snapshots.is_disconnected is 'Whether some models have not met the others even by a third: then no order between them is known.';
comment on column app_public.rating_snapshots.counts_hash is 'SHA-256 of the counts that it is made of.';
comment on column app_public.rating_snapshots.exclusions_hash is 'SHA-256 of the votes that were left out.';
comment on column app_public.rating_snapshots.ratings_hash is 'SHA-256 of its ratings, and of what it says of itself.';
comment on column app_public.rating_snapshots.published_at is 'When it was due: a run that came late says the instant that it is for, so this is no order in which snapshots were made.';
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
--! Included ratings/app_private.folded_as_of.sql
-- app_private.folded_tasks, app_private.past_foldings -> [app_private.folded_as_of()] -> board_counts(), hash_exclusions()
create or replace function app_private.folded_as_of(up_to_position bigint default null)
returns table (task_id uuid, exclusion_id bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select f.task_id, f.exclusion_id
    from app_private.folded_tasks f
    where up_to_position is null
      or (f.position <= up_to_position and up_to_position >= (select min(c.position) from app_private.folded_tasks c))
  union all
  select p.task_id, p.exclusion_id
    from app_private.past_foldings p
    where p.position <= up_to_position
      and p.folding = (select o.folding from app_private.past_foldings o where o.position = up_to_position);
$$;
comment on function app_private.folded_as_of(bigint) is
  'The tasks that were in what was published when the last of them had this place, of whatever folding it is, with the last exclusion known then; without a place, those that are in it now.';
revoke all on function app_private.folded_as_of(bigint) from public;
--! EndIncluded ratings/app_private.folded_as_of.sql
--! Included ratings/app_private.votes_judged_since.sql
-- app_private.exclusions -> [app_private.votes_judged_since()] -> board_counts(), hash_exclusions()
create or replace function app_private.votes_judged_since(exclusion_id bigint)
returns table (
  ballot_id uuid, was_counted boolean, task_id uuid, first_model_id uuid, second_model_id uuid, outcome app_private.outcome
)
language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Nearly always: then no vote is looked at, however many there are.
  if not exists (select from app_private.exclusions e where e.id > votes_judged_since.exclusion_id) then
    return;
  end if;
  return query
    with judged as (
      select e.voter_id, e.network_hash from app_private.exclusions e where e.id > votes_judged_since.exclusion_id
    ), votes as (
      select b.id
        from (select distinct j.voter_id from judged j) j
          cross join lateral (select o.id from app_public.ballots o where o.voter_id = j.voter_id offset 0) b
      union
      select v.ballot_id
        from (select distinct j.network_hash from judged j) j
          cross join lateral (select o.ballot_id from app_public.votes o where o.network_hash = j.network_hash offset 0) v
    ), stood as (
      select v.*, b.match_id, b.is_first_left,
          not exists (
            select from app_private.vote_checks c where c.ballot_id = v.ballot_id and c.state = 'fail' and c.kind not in ('voter', 'network')
          ) and not coalesce((
            select e.is_excluded from app_private.exclusions e
              where e.voter_id = b.voter_id and e.id <= votes_judged_since.exclusion_id
              order by e.id desc limit 1
          ), false) and not coalesce((
            select e.is_excluded from app_private.exclusions e
              where e.network_hash = v.network_hash and e.id <= votes_judged_since.exclusion_id
              order by e.id desc limit 1
          ), false) as was_counted
        from votes o
          inner join app_public.votes v on v.ballot_id = o.id
          inner join app_public.ballots b on b.id = v.ballot_id
        where b.stratum = 'sealed'
    )
    select s.ballot_id, s.was_counted, m.task_id, m.first_model_id, m.second_model_id, app_private.turn_verdict(s.verdict, s.is_first_left)
      from stood s
        inner join app_private.matches m on m.id = s.match_id
      where s.was_counted <> s.is_counted;
end;
$$;
comment on function app_private.votes_judged_since(bigint) is
  'Votes on sealed tasks that count otherwise now than when this exclusion was the last one: the log says who was excluded then.';
revoke all on function app_private.votes_judged_since(bigint) from public;
--! EndIncluded ratings/app_private.votes_judged_since.sql
--! Included ratings/app_private.board_counts.sql
-- app_private.folded_as_of(), app_private.pair_counts, app_private.votes_judged_since() -> [app_private.board_counts()] -> publish_board(), hash_counts(), board_fragility()
create or replace function app_private.board_counts(theme text, is_rehearsal boolean, up_to_position bigint default null)
returns table (
  task_id uuid, first_model_id uuid, second_model_id uuid, first_wins integer, second_wins integer, ties integer, both_bad integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with folded as (
    select f.task_id, f.exclusion_id from app_private.folded_as_of(up_to_position) f
  ), counted as (
    select c.task_id, c.first_model_id, c.second_model_id, c.outcome, c.votes
      from folded f
        inner join app_private.pair_counts c on c.task_id = f.task_id
      where c.stratum = 'sealed' and c.votes > 0
    union all
    select j.task_id, j.first_model_id, j.second_model_id, j.outcome, case when j.was_counted then 1 else -1 end
      from app_private.votes_judged_since((select max(f.exclusion_id) from folded f)) j
      where j.task_id in (select f.task_id from folded f)
  )
  select c.task_id, c.first_model_id, c.second_model_id,
      coalesce(sum(c.votes) filter (where c.outcome = 'first'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'second'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'tie'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'both_bad'), 0)::integer
    from counted c
      inner join app_public.tasks t on t.id = c.task_id
      inner join app_public.models m on m.id = c.first_model_id -- canned models meet only one another
    where m.is_rehearsal = board_counts.is_rehearsal and (board_counts.theme is null or t.theme = board_counts.theme)
    group by c.task_id, c.first_model_id, c.second_model_id
    having sum(c.votes) > 0;
$$;
comment on function app_private.board_counts(text, boolean, bigint) is
  'What a board is made of: how each pair of each folded task ended; of one theme, or of all; as it was when the last task had this place, or as it is.';
revoke all on function app_private.board_counts(text, boolean, bigint) from public;
--! EndIncluded ratings/app_private.board_counts.sql
--! Included ratings/app_private.hash_counts.sql
-- publish_board(), rating_faults() -> [app_private.hash_counts()] -> app_public.rating_snapshots.counts_hash
create or replace function app_private.hash_counts(theme text, is_rehearsal boolean, up_to_position bigint default null) returns bytea
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
    from app_private.board_counts(theme, is_rehearsal, up_to_position) c;
$$;
comment on function app_private.hash_counts(text, boolean, bigint) is
  'SHA-256 of a board''s counts, as they were when the last task had this place, or as they are: a line for each task and pair, ordered, with task, models, wins of either, ties and both bad.';
revoke all on function app_private.hash_counts(text, boolean, bigint) from public;
--! EndIncluded ratings/app_private.hash_counts.sql
--! Included ratings/app_private.hash_exclusions.sql
-- publish_board(), rating_faults() -> [app_private.hash_exclusions()] -> app_public.rating_snapshots.exclusions_hash
create or replace function app_private.hash_exclusions(up_to_position bigint default null) returns bytea
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with folded as (
    select f.task_id, f.exclusion_id from app_private.folded_as_of(up_to_position) f
  ), judged as (
    select j.ballot_id, j.was_counted from app_private.votes_judged_since((select max(f.exclusion_id) from folded f)) j
  ), uncounted as (
    (
      select v.ballot_id
        from (select distinct c.ballot_id from app_private.vote_checks c where c.state = 'fail') k -- these alone can be uncounted
          inner join app_public.votes v on v.ballot_id = k.ballot_id
        where not v.is_counted
      except
      select j.ballot_id from judged j where j.was_counted
    )
    union
    select j.ballot_id from judged j where not j.was_counted
  )
  select sha256(convert_to(coalesce(string_agg(u.ballot_id::text, E'\n' order by u.ballot_id), ''), 'UTF8'))
    from uncounted u
      inner join app_public.ballots b on b.id = u.ballot_id
    where b.stratum = 'sealed' and b.task_id in (select f.task_id from folded f);
$$;
comment on function app_private.hash_exclusions(bigint) is
  'SHA-256 of the votes on folded tasks that do not count, as it was when the last task had this place, or as it is: a line for each ballot, ordered.';
revoke all on function app_private.hash_exclusions(bigint) from public;
--! EndIncluded ratings/app_private.hash_exclusions.sql
--! Included ratings/app_private.hash_ratings.sql
-- publish_board(), rating_faults() -> [app_private.hash_ratings()] -> app_public.rating_snapshots.ratings_hash
create or replace function app_private.hash_ratings(snapshot_id bigint) returns bytea
language sql stable strict
set search_path = pg_catalog, pg_temp
set extra_float_digits = 1
as $$
  select sha256(convert_to(
      concat_ws(
        ' ', coalesce(s.theme, '-'), s.has_ties, s.is_rehearsal, s.method_version, s.prior_votes, s.votes, s.tasks, s.last_position,
        s.is_disconnected, encode(s.counts_hash, 'hex'), encode(s.exclusions_hash, 'hex'), extract(epoch from s.published_at)
      ) || coalesce((
        select string_agg(
            E'\n' || concat_ws(
              ' ', r.model_id, r.rank, r.rank_low, r.rank_high, r.theta, r.rating, r.se, r.ci_low, r.ci_high, r.elo, r.votes,
              coalesce(r.win_rate::text, '-'), r.ties, coalesce(r.quality_floor::text, '-'), r.tasks, coalesce(r.success_rate::text, '-'),
              coalesce(r.median_latency_ms::text, '-'), coalesce(r.cost_per_answer::text, '-'), r.status
            ),
            '' order by r.model_id
          )
          from app_public.ratings r
          where r.snapshot_id = s.id
      ), ''),
      'UTF8'
    ))
    from app_public.rating_snapshots s
    where s.id = hash_ratings.snapshot_id;
$$;
comment on function app_private.hash_ratings(bigint) is
  'SHA-256 of all that a snapshot publishes: a line for the board, and one for each model, ordered; what is null is a dash.';
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
      -- Figures are of tasks without votes as well; Elo is of all themes, and shown of the board of all.
      and not exists (
        select from app_public.ratings r
            cross join app_private.arena_settings s
            left join app_private.elo_ratings e on e.model_id = r.model_id
            left join app_private.submission_figures(publish_board.theme, publish_board.at) g on g.model_id = r.model_id
          where r.snapshot_id = l.id
            and (
              (r.success_rate, r.median_latency_ms, r.cost_per_answer)
                is distinct from (g.success_rate, g.median_latency_ms, g.cost_per_answer::numeric(14, 8))
              or (publish_board.theme is null and r.elo <> coalesce(e.elo, s.elo_start))
            )
      )
  ) then
    return 0; -- nothing that it shows has changed
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
      set is_disconnected = exists (select from app_public.ratings r where r.snapshot_id = s.id and r.status = 'disconnected')
      where s.id = v_snapshot_id;
    update app_public.rating_snapshots s set ratings_hash = app_private.hash_ratings(s.id) where s.id = v_snapshot_id;
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
comment on column app_public.published_ratings.elo is E'@notNull\nOnline Elo, over all themes and with ties, when the board was published.';
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
  with latest as (
    select max(s.id) as id, s.is_rehearsal, s.theme, s.has_ties
      from app_public.rating_snapshots s
      group by s.is_rehearsal, s.theme, s.has_ties
  )
  select p.snapshot_id, p.theme, p.has_ties, p.is_rehearsal, p.published_at, p.rank, p.rank_low, p.rank_high, p.model_id, p.slug,
      p.display_name, p.rating, p.ci_low, p.ci_high, coalesce(a.elo, p.elo) as elo, p.votes, p.win_rate, p.ties, p.quality_floor,
      p.tasks, p.success_rate, p.median_latency_ms, p.cost_per_answer, p.status
    from latest l
      inner join app_public.published_ratings p on p.snapshot_id = l.id
      -- Elo is of all themes: a theme's board that has not changed shows it as the board of all does.
      left join latest h on h.theme is null and (h.is_rehearsal, h.has_ties) = (l.is_rehearsal, l.has_ties)
      left join app_public.ratings a on a.snapshot_id = h.id and a.model_id = p.model_id;
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
  E'@name standing\n@primaryKey snapshot_id,model_id\n@behavior -query:resource:connection -query:resource:list -query:resource:single\n@foreignKey (model_id) references app_public.models (id)|@fieldName model|@foreignFieldName standings\n@foreignKey (snapshot_id) references app_public.rating_snapshots (id)|@fieldName snapshot|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nThe board as it stands: over all themes (theme is null) and each theme, with ties and without, canned models apart. Closed tasks only.';
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
      select s.id
        from app_public.rating_snapshots s
        where s.published_at < (leaderboard_as_of.day + 1)::timestamp at time zone 'utc'
          and s.theme is not distinct from leaderboard_as_of.theme
          and s.has_ties = leaderboard_as_of.has_ties
          and s.is_rehearsal = coalesce(leaderboard_as_of.is_rehearsal, not exists (select from app_public.rating_snapshots o where not o.is_rehearsal))
        order by s.published_at desc, s.id desc
        limit 1
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
    order by p.published_at, p.snapshot_id;
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
    ) or app_private.is_refold_due(),
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
-- No ballot, no instant and no dwell time: a voter could tell by them which of their votes count.
create or replace view app_private.exported_votes with (security_invoker, security_barrier) as
  select t.challenge_date, t.slot, t.id as task_id, t.theme, b.stratum,
      l.slug as left_model, r.slug as right_model, v.verdict, b.propensity, date_trunc('hour', v.created_at, 'UTC') as hour_at, l.is_rehearsal,
      encode(substr(extensions.hmac(convert_to(b.voter_id::text, 'UTF8'), uuid_send(s.export_salt), 'sha256'), 1, 8), 'hex') as voter,
      t.closes_at,
      -- By both, so that whoever asks for a day has that day's votes numbered and no others.
      row_number() over (partition by t.challenge_date, t.id order by v.created_at, v.ballot_id) as number
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
comment on column app_private.exported_votes.hour_at is 'The hour in which it was cast.';
comment on column app_private.exported_votes.is_rehearsal is 'Whether the models are canned.';
comment on column app_private.exported_votes.voter is 'The same for all votes of a voter, and nothing else.';
comment on column app_private.exported_votes.closes_at is 'When the task closed: votes are folded in the order of this, task_id and number.';
comment on column app_private.exported_votes.number is 'Its place among the task''s counted votes, in the order in which they were cast.';
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
  select 'day,slot,task,theme,stratum,left,right,verdict,propensity,hour_at,voter,number'
  union all
  (
    select concat_ws(',', e.challenge_date, e.slot, e.task_id, e.theme, e.stratum, e.left_model, e.right_model, e.verdict, e.propensity,
        to_char(e.hour_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI"Z"'), e.voter, e.number)
      from app_private.exported_votes e
      where e.challenge_date between first_day and last_day and e.is_rehearsal = coalesce(votes_csv.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
      order by e.closes_at, e.task_id, e.number
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
      'left', e.left_model, 'right', e.right_model, 'verdict', e.verdict, 'propensity', e.propensity,
      'hour_at', to_char(e.hour_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI"Z"'), 'voter', e.voter, 'number', e.number
    )::text
    from app_private.exported_votes e
    where e.challenge_date between first_day and last_day and e.is_rehearsal = coalesce(votes_json.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
    order by e.closes_at, e.task_id, e.number;
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
-- autobench verify -> [app_private.rating_faults()] -> app_private.count_faults, app_private.elo_of_tasks(), app_private.hash_counts()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.rating_faults() returns table (fault text, subject text, stored text, found text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_models uuid[];
  v_ratings float8[];
begin
  return query select f.fault, f.subject, f.stored, f.found from app_private.count_faults f;

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
        where abs(e.elo - r.elo) > 1e-9
          -- What is due is folded anew with the next refresh.
          and not app_private.is_refold_due();
  end if;

  return query
    select 'a snapshot''s ratings were changed', s.id::text, encode(s.ratings_hash, 'hex'), encode(app_private.hash_ratings(s.id), 'hex')
      from app_public.rating_snapshots s
      where s.ratings_hash is distinct from app_private.hash_ratings(s.id);
  -- The latest of a board holds all that has been folded, an earlier one what had been then.
  return query
    with hashed as (
      select s.*, case when s.id = max(s.id) over (partition by s.theme, s.is_rehearsal, s.has_ties) then null else s.last_position end as up_to
        from app_public.rating_snapshots s
    ), counts as materialized (
      select c.theme, c.is_rehearsal, c.up_to, app_private.hash_counts(c.theme, c.is_rehearsal, c.up_to) as hash
        from (select distinct c.theme, c.is_rehearsal, c.up_to from hashed c) c
    ), exclusions as materialized (
      select c.up_to, app_private.hash_exclusions(c.up_to) as hash from (select distinct c.up_to from hashed c) c
    )
    select 'the published board is not of these counts', c.id::text, encode(c.counts_hash, 'hex'), encode(n.hash, 'hex')
      from hashed c
        inner join counts n on (n.theme, n.is_rehearsal, n.up_to) is not distinct from (c.theme, c.is_rehearsal, c.up_to)
      where c.counts_hash <> n.hash
    union all
    select 'the published board left out other votes', c.id::text, encode(c.exclusions_hash, 'hex'), encode(x.hash, 'hex')
      from hashed c
        inner join exclusions x on x.up_to is not distinct from c.up_to
      where c.exclusions_hash <> x.hash;
end;
$$;
comment on function app_private.rating_faults() is
  'Makes counts, Elo and the hashes of every snapshot anew, as they were when it was published, and returns every difference from what is stored: none.';
revoke all on function app_private.rating_faults() from public;
grant execute on function app_private.rating_faults() to autobench_worker;
--! EndIncluded ratings/app_private.rating_faults.sql
--! Included ratings/app_private.board_fragility.sql
-- autobench verify, app_operations.fragility -> [app_private.board_fragility()] -> app_private.fragility()
-- Definer: whoever asks may see what is published, not the counts.
create or replace function app_private.board_fragility(
  theme text default null,
  is_rehearsal boolean default false,
  most integer default 200,
  pairs integer default null
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
      from generate_series(1, least(cardinality(v_models) - 1, board_fragility.pairs)) k
        inner join app_private.leaderboard a on a.model_id = v_models[k]
        inner join app_private.leaderboard b on b.model_id = v_models[k + 1] and b.snapshot_id = a.snapshot_id
        cross join app_private.fragility(v_wins, v_ties, k, k + 1, v_prior, most) f
      where a.theme is not distinct from board_fragility.theme and a.has_ties and a.is_rehearsal = board_fragility.is_rehearsal
      order by k;
end;
$$;
comment on function app_private.board_fragility(text, boolean, integer, integer) is
  'How few votes hold each model above the next one on a published board, of the first `pairs` or of all; null when they are more than `most`.';
revoke all on function app_private.board_fragility(text, boolean, integer, integer) from public;
grant execute on function app_private.board_fragility(text, boolean, integer, integer) to autobench_worker, autobench_operator;
--! EndIncluded ratings/app_private.board_fragility.sql
--! Included ratings/app_operations.fragility.sql
-- app_private.board_fragility() -> [app_operations.fragility] -> fragilities (operators' GraphQL)
create or replace view app_operations.fragility with (security_invoker, security_barrier) as
  select r.is_rehearsal, f.ahead_id, f.behind_id, f.gap, f.votes
    from (values (false), (true)) r (is_rehearsal)
      cross join lateral app_private.board_fragility(null, r.is_rehearsal, 200, 1) f;

revoke all on app_operations.fragility from public, autobench_operator;
grant select on app_operations.fragility to autobench_operator;

comment on view app_operations.fragility is
  E'@primaryKey is_rehearsal\n@foreignKey (ahead_id) references app_public.models (id)|@fieldName ahead|@behavior -manyRelation:resource:list -manyRelation:resource:connection\n@foreignKey (behind_id) references app_public.models (id)|@fieldName behind|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nHow many votes hold the first place of the published board.';
comment on column app_operations.fragility.is_rehearsal is E'@notNull\nWhether it is the board of canned models.';
comment on column app_operations.fragility.ahead_id is E'@notNull\nThe model in the first place.';
comment on column app_operations.fragility.behind_id is E'@notNull\nThe one behind it.';
comment on column app_operations.fragility.gap is E'@notNull\nHow many points are between them.';
comment on column app_operations.fragility.votes is 'At most so many votes would have to go to turn it round; null when it takes more than 200.';
--! EndIncluded ratings/app_operations.fragility.sql
--! EndIncluded manifest.sql
