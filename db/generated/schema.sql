-- The whole schema as pg_dump writes it. Made by "npm run db:generate"; the source is db/.

CREATE SCHEMA app_operations;

COMMENT ON SCHEMA app_operations IS 'What operators may see and do, through their own endpoint.';

CREATE SCHEMA app_private;

COMMENT ON SCHEMA app_private IS 'Everything that no caller of the API may see.';

CREATE SCHEMA app_public;

COMMENT ON SCHEMA app_public IS 'The API: what visitors and members may see and do.';

CREATE COLLATION app_public.ci (provider = icu, deterministic = false, locale = 'und-u-ks-level2');

COMMENT ON COLLATION app_public.ci IS 'Compares text without regard to case: Ada equals ada.';

CREATE TABLE app_public.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    username text NOT NULL COLLATE app_public.ci,
    full_name text,
    avatar_url text,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    is_listed boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_avatar_url_form CHECK (((char_length(avatar_url) <= 500) AND (avatar_url ~ '^https://[^[:space:]"''<>]+$'::text))),
    CONSTRAINT users_full_name_form CHECK ((((char_length(full_name) >= 1) AND (char_length(full_name) <= 80)) AND (full_name !~ '[[:cntrl:]]'::text))),
    CONSTRAINT users_username_form CHECK (((username COLLATE "C") ~ '^[A-Za-z][A-Za-z0-9_]{2,29}$'::text))
);

COMMENT ON TABLE app_public.users IS '@behavior +resource:update
The public profile of somebody who takes part.';

COMMENT ON COLUMN app_public.users.id IS 'Identity of the member.';

COMMENT ON COLUMN app_public.users.username IS 'Public name, unique whatever its case.';

COMMENT ON COLUMN app_public.users.full_name IS 'Name as the member writes it, if they give one.';

COMMENT ON COLUMN app_public.users.avatar_url IS 'Address of a picture, if they give one.';

COMMENT ON COLUMN app_public.users.time_zone IS 'Zone in which the member''s days begin and end, changed by setTimeZone.';

COMMENT ON COLUMN app_public.users.is_listed IS 'Whether others may see the profile and find it on leaderboards.';

COMMENT ON COLUMN app_public.users.created_at IS 'When the member joined.';

COMMENT ON COLUMN app_public.users.updated_at IS 'When the profile last changed.';

COMMENT ON CONSTRAINT users_avatar_url_form ON app_public.users IS '@error TB013
A picture is given by an https address of at most 500 characters.
Hint: Correct the address, or leave it out.';

COMMENT ON CONSTRAINT users_full_name_form ON app_public.users IS '@error TB012
A full name has 1 to 80 characters on one line.
Hint: Shorten it, or leave it out.';

COMMENT ON CONSTRAINT users_username_form ON app_public.users IS '@error TB011
A username begins with a letter and has 3 to 30 letters, digits or underscores.
Hint: Choose another one.';

CREATE FUNCTION app_operations.ban_user(user_id uuid, reason text) RETURNS app_public.users
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_operations.ban_user(user_id uuid, reason text) IS '@resultFieldName user
Suspends a member and hides their profile. Errors: TB001, TB002, TB004, TB017, TB018.';

CREATE FUNCTION app_operations.lift_ban(user_id uuid, reason text) RETURNS app_public.users
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_operations.lift_ban(user_id uuid, reason text) IS '@resultFieldName user
Lifts a suspension; the member decides whether to be listed again. Errors: TB001, TB002, TB004, TB017, TB018.';

CREATE FUNCTION app_private.accept_webhook(message_id text, issuer text, event jsonb, sent_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.accept_webhook(message_id text, issuer text, event jsonb, sent_at timestamp with time zone) IS 'Takes in one signed message of the identity provider, once; says whether it changed anything.';

CREATE TABLE app_private.accounts (
    user_id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    email text COLLATE app_public.ci,
    role text DEFAULT 'member'::text NOT NULL,
    provider_profile jsonb DEFAULT '{}'::jsonb NOT NULL,
    banned_at timestamp with time zone,
    ban_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT accounts_ban_has_reason CHECK (((banned_at IS NULL) = (ban_reason IS NULL))),
    CONSTRAINT accounts_email_form CHECK (((char_length(email) <= 320) AND ((email COLLATE "C") ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text))),
    CONSTRAINT accounts_issuer_form CHECK (((char_length(issuer) >= 1) AND (char_length(issuer) <= 500))),
    CONSTRAINT accounts_role_known CHECK ((role = ANY (ARRAY['member'::text, 'operator'::text]))),
    CONSTRAINT accounts_subject_form CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 255)))
);

COMMENT ON TABLE app_private.accounts IS 'Who a member is to their identity provider, and what they may do here.';

COMMENT ON COLUMN app_private.accounts.user_id IS 'The member.';

COMMENT ON COLUMN app_private.accounts.issuer IS 'Issuer of the tokens that sign this account in.';

COMMENT ON COLUMN app_private.accounts.subject IS 'The issuer''s name for the person: text, never a uuid.';

COMMENT ON COLUMN app_private.accounts.email IS 'Address as the provider tells it; it never leaves this table, save to its owner.';

COMMENT ON COLUMN app_private.accounts.role IS 'member or operator; set in SQL, never from a claim.';

COMMENT ON COLUMN app_private.accounts.provider_profile IS 'What the provider last said of the profile: a field that still equals it was never edited here.';

COMMENT ON COLUMN app_private.accounts.banned_at IS 'Since when the account is suspended, if it is.';

COMMENT ON COLUMN app_private.accounts.ban_reason IS 'Why it is suspended.';

COMMENT ON COLUMN app_private.accounts.created_at IS 'When the account was first seen.';

COMMENT ON COLUMN app_private.accounts.updated_at IS 'When the account last changed.';

CREATE FUNCTION app_private.ensure_account(issuer text, subject text, profile jsonb, known_since timestamp with time zone) RETURNS app_private.accounts
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.ensure_account(issuer text, subject text, profile jsonb, known_since timestamp with time zone) IS 'The account of a subject, made on first sight. Whoever was erased after `known_since` stays forgotten. Errors: TB003.';

CREATE FUNCTION app_private.erase_account(user_id uuid, at timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.erase_account(user_id uuid, at timestamp with time zone) IS 'Forgets a member: profile and account go, a hash stays so that an old token does not bring them back.';

CREATE FUNCTION app_private.forget_subject(issuer text, subject text, at timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(
    (
      select app_private.erase_account(a.user_id, forget_subject.at)
        from app_private.accounts a
        where a.issuer = forget_subject.issuer and a.subject = forget_subject.subject
    ),
    false
  );
$$;

COMMENT ON FUNCTION app_private.forget_subject(issuer text, subject text, at timestamp with time zone) IS 'Forgets the member whom the identity provider has deleted; says whether there was one.';

CREATE FUNCTION app_private.log_operator(action text, subject text, reason text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  insert into app_private.operator_log (operator_id, action, subject, reason)
    values (app_public.current_user_id(), log_operator.action, log_operator.subject, log_operator.reason);
$$;

COMMENT ON FUNCTION app_private.log_operator(action text, subject text, reason text) IS 'Writes down what an operator did, in the same transaction. Errors: TB017.';

CREATE FUNCTION app_private.provider_profile(claims jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
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
$_$;

COMMENT ON FUNCTION app_private.provider_profile(claims jsonb) IS 'The usable part of what a token or webhook says of a person: username, full_name, avatar_url, email.';

CREATE FUNCTION app_private.purge_batch(table_name text, at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
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
$_$;

COMMENT ON FUNCTION app_private.purge_batch(table_name text, at timestamp with time zone) IS 'Deletes one batch of what a rule no longer keeps; fewer rows than a batch means that the rest may stay. Errors: TB020.';

CREATE FUNCTION app_private.purge_rules() RETURNS TABLE(table_name text, batch integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select r.table_name, r.batch
    from app_private.retention_rules r
    where r.keep is not null
    order by r.table_name;
$$;

COMMENT ON FUNCTION app_private.purge_rules() IS 'The tables from which something is to be purged, and how much at a time.';

CREATE FUNCTION app_private.readiness(OUT migrations text[], OUT worker_seen_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if to_regclass('graphile_migrate.migrations') is not null then
    select array_agg(m.filename order by m.filename) into migrations from graphile_migrate.migrations m;
  end if;
  select max(w.seen_at) into worker_seen_at from app_private.workers w;
end;
$$;

COMMENT ON FUNCTION app_private.readiness(OUT migrations text[], OUT worker_seen_at timestamp with time zone) IS 'Which migrations have run and when a worker was last heard of, for the readiness check.';

CREATE FUNCTION app_private.require_member() RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.require_member() IS 'The caller''s id, for functions that only a member in good standing may call. Errors: TB001, TB002.';

CREATE FUNCTION app_private.require_operator() RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.require_operator() IS 'The caller''s id, for functions that only an operator may call. Errors: TB001, TB002, TB004.';

CREATE PROCEDURE app_private.reset_access(IN target regclass)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON PROCEDURE app_private.reset_access(IN target regclass) IS 'Turns row-level security on and drops every policy and grant of a table, so that its file can state them whole.';

CREATE FUNCTION app_private.sign_in(issuer text, subject text, claims jsonb DEFAULT '{}'::jsonb, at timestamp with time zone DEFAULT now(), OUT user_id uuid, OUT role text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.sign_in(issuer text, subject text, claims jsonb, at timestamp with time zone, OUT user_id uuid, OUT role text) IS 'Says who the subject of a verified token is here, making the account on first sight. Errors: TB002, TB003, TB005.';

CREATE FUNCTION app_private.subject_hash(issuer text, subject text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select sha256(convert_to(issuer || E'\n' || subject, 'UTF8'));
$$;

COMMENT ON FUNCTION app_private.subject_hash(issuer text, subject text) IS 'What is kept of a person who was forgotten.';

CREATE FUNCTION app_private.sync_profile(issuer text, subject text, claims jsonb, changed_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.sync_profile(issuer text, subject text, claims jsonb, changed_at timestamp with time zone) IS 'Takes over what the identity provider says of a person, save what the member edited here; says whether it did.';

CREATE FUNCTION app_private.take_rate(bucket text, caller text, most integer, per interval, at timestamp with time zone DEFAULT clock_timestamp()) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.take_rate(bucket text, caller text, most integer, per interval, at timestamp with time zone) IS 'Takes one from a caller''s allowance of `most` per window, or refuses. Errors: TB006.';

CREATE FUNCTION app_private.tg__timestamps() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if tg_op = 'UPDATE' then
    new.created_at := old.created_at;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION app_private.tg__timestamps() IS 'Keeps created_at as it was and moves updated_at forward.';

CREATE FUNCTION app_private.tg_users__limit_updates() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if app_public.current_user_id() is not null then
    perform app_private.require_member();
    perform app_private.take_rate('profile', new.id::text, 30, '1 hour');
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION app_private.tg_users__limit_updates() IS 'Lets a member in good standing change their profile 30 times an hour. Errors: TB002, TB006.';

CREATE FUNCTION app_private.tg_users__notify() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- The id alone: any session can send a notification, so its receiver reads the row under its own rights.
  perform pg_notify('user:' || new.id, json_build_object('id', new.id)::text);
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_users__notify() IS 'Tells a member''s own subscribers that the profile has changed.';

CREATE FUNCTION app_private.worker_arrives(id integer, pool_id text, host text, process_id integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.worker_arrives(id integer, pool_id text, host text, process_id integer) IS 'Registers a worker and takes its lock for as long as the calling session lives; returns its id.';

CREATE FUNCTION app_private.worker_beat(id integer, pool_id text, dead_after interval DEFAULT '00:00:30'::interval) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.worker_beat(id integer, pool_id text, dead_after interval) IS 'Says that a worker lives, and frees the jobs of those that do not; returns the names of the dead.';

CREATE FUNCTION app_private.worker_leaves(id integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  delete from app_private.workers w where w.id = worker_leaves.id;
$$;

COMMENT ON FUNCTION app_private.worker_leaves(id integer) IS 'Takes a worker that has stopped off the list.';

CREATE FUNCTION app_private.worker_lock() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select 29794; -- 'tb': the class of the workers' advisory locks
$$;

COMMENT ON FUNCTION app_private.worker_lock() IS 'The class of the advisory locks that say which worker lives.';

CREATE FUNCTION app_public.current_user_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select nullif(current_setting('app.user_id', true), '')::uuid;
$$;

COMMENT ON FUNCTION app_public.current_user_id() IS '@behavior -queryField
Who is asking: the signed-in member''s id, or null.';

CREATE FUNCTION app_public.erase_me(username text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_public.erase_me(username text) IS '@resultFieldName isErased
Forgets the signed-in member for good; their username, repeated, confirms it. Errors: TB001, TB002, TB014.';

CREATE FUNCTION app_public.export_my_data() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_public.export_my_data() IS 'Everything that is kept about the signed-in member, as JSON. Errors: TB001, TB002.';

CREATE FUNCTION app_public.me() RETURNS app_public.users
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select u.* from app_public.users u where u.id = (select app_public.current_user_id());
$$;

COMMENT ON FUNCTION app_public.me() IS 'The signed-in member, or null.';

CREATE FUNCTION app_public.set_time_zone(time_zone text) RETURNS app_public.users
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
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
$_$;

COMMENT ON FUNCTION app_public.set_time_zone(time_zone text) IS '@resultFieldName user
Changes the zone in which the signed-in member''s days are cut, once a week. Errors: TB001, TB002, TB015, TB016.';

CREATE VIEW app_operations.accounts WITH (security_invoker='true', security_barrier='true') AS
 SELECT user_id,
    role,
    banned_at,
    ban_reason,
    created_at
   FROM app_private.accounts a;

COMMENT ON VIEW app_operations.accounts IS '@primaryKey user_id
@foreignKey (user_id) references app_public.users (id)|@fieldName user|@foreignFieldName account|@foreignSimpleFieldName account
What members may do here, without who they are to their identity provider.';

COMMENT ON COLUMN app_operations.accounts.user_id IS '@notNull
The member.';

COMMENT ON COLUMN app_operations.accounts.role IS '@notNull
member or operator.';

COMMENT ON COLUMN app_operations.accounts.banned_at IS 'Since when the account is suspended, if it is.';

COMMENT ON COLUMN app_operations.accounts.ban_reason IS 'Why it is suspended.';

COMMENT ON COLUMN app_operations.accounts.created_at IS '@notNull
When the account was first seen.';

CREATE TABLE app_private.operator_log (
    id bigint NOT NULL,
    operator_id uuid,
    action text NOT NULL,
    subject text NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT operator_log_reason_given CHECK (((char_length(btrim(reason)) >= 3) AND (char_length(btrim(reason)) <= 1000)))
);

COMMENT ON TABLE app_private.operator_log IS 'What operators did by hand, and why.';

COMMENT ON COLUMN app_private.operator_log.id IS 'Identity of the entry.';

COMMENT ON COLUMN app_private.operator_log.operator_id IS 'Who did it; null when it was done in SQL, or the operator has gone.';

COMMENT ON COLUMN app_private.operator_log.action IS 'The function that was called.';

COMMENT ON COLUMN app_private.operator_log.subject IS 'What it was done to.';

COMMENT ON COLUMN app_private.operator_log.reason IS 'Why, in the operator''s words.';

COMMENT ON COLUMN app_private.operator_log.at IS 'When.';

COMMENT ON CONSTRAINT operator_log_reason_given ON app_private.operator_log IS '@error TB017
A reason of 3 to 1000 characters is needed.
Hint: Say why, for those who read the log later.';

CREATE VIEW app_operations.operator_log WITH (security_invoker='true', security_barrier='true') AS
 SELECT id,
    operator_id,
    action,
    subject,
    reason,
    at
   FROM app_private.operator_log l;

COMMENT ON VIEW app_operations.operator_log IS '@primaryKey id
@foreignKey (operator_id) references app_public.users (id)|@fieldName operator
What operators did by hand, and why.';

COMMENT ON COLUMN app_operations.operator_log.id IS '@notNull
Identity of the entry.';

COMMENT ON COLUMN app_operations.operator_log.operator_id IS 'Who did it, unless it was done in SQL.';

COMMENT ON COLUMN app_operations.operator_log.action IS '@notNull
The function that was called.';

COMMENT ON COLUMN app_operations.operator_log.subject IS '@notNull
What it was done to.';

COMMENT ON COLUMN app_operations.operator_log.reason IS '@notNull
Why, in the operator''s words.';

COMMENT ON COLUMN app_operations.operator_log.at IS '@notNull
When.';

CREATE TABLE app_private.workers (
    id integer NOT NULL,
    pool_id text,
    host text NOT NULL,
    process_id integer NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workers_host_form CHECK ((char_length(host) <= 255))
);

COMMENT ON TABLE app_private.workers IS 'The workers that are at work. Each holds an advisory lock on its id while its connection lives.';

COMMENT ON COLUMN app_private.workers.id IS 'Identity of the worker, and key of its advisory lock.';

COMMENT ON COLUMN app_private.workers.pool_id IS 'Name under which it locks jobs in the queue.';

COMMENT ON COLUMN app_private.workers.host IS 'Machine that it runs on.';

COMMENT ON COLUMN app_private.workers.process_id IS 'Process that it runs in.';

COMMENT ON COLUMN app_private.workers.started_at IS 'When it arrived.';

COMMENT ON COLUMN app_private.workers.seen_at IS 'When it was last heard of.';

CREATE VIEW app_operations.workers WITH (security_invoker='true', security_barrier='true') AS
 SELECT id,
    host,
    process_id,
    started_at,
    seen_at,
    (seen_at > (now() - '00:00:30'::interval)) AS is_alive
   FROM app_private.workers w;

COMMENT ON VIEW app_operations.workers IS '@primaryKey id
The workers that are at work.';

COMMENT ON COLUMN app_operations.workers.id IS '@notNull
Identity of the worker.';

COMMENT ON COLUMN app_operations.workers.host IS '@notNull
Machine that it runs on.';

COMMENT ON COLUMN app_operations.workers.process_id IS '@notNull
Process that it runs in.';

COMMENT ON COLUMN app_operations.workers.started_at IS '@notNull
When it arrived.';

COMMENT ON COLUMN app_operations.workers.seen_at IS '@notNull
When it was last heard of.';

COMMENT ON COLUMN app_operations.workers.is_alive IS '@notNull
Whether it was heard of within the last half minute.';

CREATE TABLE app_private.erased_subjects (
    subject_hash bytea NOT NULL,
    erased_at timestamp with time zone NOT NULL,
    CONSTRAINT erased_subjects_hash_form CHECK ((octet_length(subject_hash) = 32))
);

COMMENT ON TABLE app_private.erased_subjects IS 'People who were forgotten, as hashes: a token from before, or a late webhook, does not bring them back.';

COMMENT ON COLUMN app_private.erased_subjects.subject_hash IS 'SHA-256 of issuer and subject.';

COMMENT ON COLUMN app_private.erased_subjects.erased_at IS 'When they were forgotten.';

ALTER TABLE app_private.operator_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.operator_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE UNLOGGED TABLE app_private.rate_limits (
    bucket text NOT NULL,
    caller text NOT NULL,
    window_starts_at timestamp with time zone NOT NULL,
    used integer NOT NULL,
    CONSTRAINT rate_limits_used_positive CHECK ((used > 0))
);

COMMENT ON TABLE app_private.rate_limits IS 'How much each caller has used of each limited thing in the running window.';

COMMENT ON COLUMN app_private.rate_limits.bucket IS 'What is limited.';

COMMENT ON COLUMN app_private.rate_limits.caller IS 'Who is limited: a member''s id, or a keyed hash of a network.';

COMMENT ON COLUMN app_private.rate_limits.window_starts_at IS 'When the running window began.';

COMMENT ON COLUMN app_private.rate_limits.used IS 'How many were taken since then.';

CREATE TABLE app_private.retention_rules (
    table_name text NOT NULL,
    column_name text NOT NULL,
    keep interval,
    batch integer DEFAULT 1000 NOT NULL,
    why text NOT NULL,
    CONSTRAINT retention_rules_batch_sane CHECK (((batch >= 1) AND (batch <= 100000))),
    CONSTRAINT retention_rules_keep_positive CHECK ((keep > '00:00:00'::interval))
);

COMMENT ON TABLE app_private.retention_rules IS 'What is deleted when: a row of the table goes `keep` after its instant.';

COMMENT ON COLUMN app_private.retention_rules.table_name IS 'The table, with its schema.';

COMMENT ON COLUMN app_private.retention_rules.column_name IS 'The instant from which the time is counted; indexed.';

COMMENT ON COLUMN app_private.retention_rules.keep IS 'How long a row stays; null keeps for ever.';

COMMENT ON COLUMN app_private.retention_rules.batch IS 'How many rows go in one transaction.';

COMMENT ON COLUMN app_private.retention_rules.why IS 'Why the rule is as it is.';

CREATE TABLE app_private.time_zone_changes (
    user_id uuid NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    time_zone text NOT NULL
);

COMMENT ON TABLE app_private.time_zone_changes IS 'When a member changed the zone in which their days are cut; days before a change stay as they were.';

COMMENT ON COLUMN app_private.time_zone_changes.user_id IS 'The member.';

COMMENT ON COLUMN app_private.time_zone_changes.changed_at IS 'From when the zone counts.';

COMMENT ON COLUMN app_private.time_zone_changes.time_zone IS 'The zone.';

CREATE TABLE app_private.webhook_messages (
    id text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT webhook_messages_id_form CHECK (((char_length(id) >= 1) AND (char_length(id) <= 200)))
);

COMMENT ON TABLE app_private.webhook_messages IS 'Signed messages that were already taken in, so that none counts twice.';

COMMENT ON COLUMN app_private.webhook_messages.id IS 'The sender''s id of the message.';

COMMENT ON COLUMN app_private.webhook_messages.received_at IS 'When it was taken in.';

ALTER TABLE app_private.workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY app_private.accounts
    ADD CONSTRAINT accounts_one_per_subject UNIQUE (issuer, subject);

ALTER TABLE ONLY app_private.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY app_private.erased_subjects
    ADD CONSTRAINT erased_subjects_pkey PRIMARY KEY (subject_hash);

ALTER TABLE ONLY app_private.operator_log
    ADD CONSTRAINT operator_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (bucket, caller);

ALTER TABLE ONLY app_private.retention_rules
    ADD CONSTRAINT retention_rules_pkey PRIMARY KEY (table_name);

ALTER TABLE ONLY app_private.time_zone_changes
    ADD CONSTRAINT time_zone_changes_pkey PRIMARY KEY (user_id, changed_at);

ALTER TABLE ONLY app_private.webhook_messages
    ADD CONSTRAINT webhook_messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.workers
    ADD CONSTRAINT workers_one_per_pool UNIQUE (pool_id);

ALTER TABLE ONLY app_private.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.users
    ADD CONSTRAINT users_username_unique UNIQUE (username);

COMMENT ON CONSTRAINT users_username_unique ON app_public.users IS '@behavior -resource:update
@error TB010
This username is taken.
Hint: Choose another one.';

CREATE INDEX erased_subjects_erased_at_idx ON app_private.erased_subjects USING btree (erased_at);

CREATE INDEX operator_log_operator_id_idx ON app_private.operator_log USING btree (operator_id);

CREATE INDEX rate_limits_window_starts_at_idx ON app_private.rate_limits USING btree (window_starts_at);

CREATE INDEX webhook_messages_received_at_idx ON app_private.webhook_messages USING btree (received_at);

CREATE TRIGGER _100_timestamps BEFORE INSERT OR UPDATE ON app_private.accounts FOR EACH ROW EXECUTE FUNCTION app_private.tg__timestamps();

CREATE TRIGGER _100_timestamps BEFORE INSERT OR UPDATE ON app_public.users FOR EACH ROW EXECUTE FUNCTION app_private.tg__timestamps();

CREATE TRIGGER _200_limit_updates BEFORE UPDATE ON app_public.users FOR EACH ROW EXECUTE FUNCTION app_private.tg_users__limit_updates();

CREATE TRIGGER _900_notify AFTER UPDATE ON app_public.users FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION app_private.tg_users__notify();

ALTER TABLE ONLY app_private.accounts
    ADD CONSTRAINT accounts_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.operator_log
    ADD CONSTRAINT operator_log_operator FOREIGN KEY (operator_id) REFERENCES app_public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY app_private.time_zone_changes
    ADD CONSTRAINT time_zone_changes_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE app_private.accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.erased_subjects ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.operator_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.rate_limits ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.retention_rules ENABLE ROW LEVEL SECURITY;

CREATE POLICY select_all ON app_private.accounts FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.operator_log FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.retention_rules FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.workers FOR SELECT TO autobench_operator USING (true);

ALTER TABLE app_private.time_zone_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.webhook_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.workers ENABLE ROW LEVEL SECURITY;

CREATE POLICY select_all ON app_public.users FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_listed ON app_public.users FOR SELECT TO autobench_anon USING (is_listed);

CREATE POLICY select_listed_or_own ON app_public.users FOR SELECT TO autobench_member USING ((is_listed OR (id = ( SELECT app_public.current_user_id() AS current_user_id))));

CREATE POLICY update_own ON app_public.users FOR UPDATE TO autobench_member USING ((id = ( SELECT app_public.current_user_id() AS current_user_id))) WITH CHECK ((id = ( SELECT app_public.current_user_id() AS current_user_id)));

ALTER TABLE app_public.users ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA app_operations TO autobench_operator;

GRANT USAGE ON SCHEMA app_private TO autobench_operator;
GRANT USAGE ON SCHEMA app_private TO autobench_server;
GRANT USAGE ON SCHEMA app_private TO autobench_worker;

GRANT USAGE ON SCHEMA app_public TO autobench_anon;
GRANT USAGE ON SCHEMA app_public TO autobench_member;
GRANT USAGE ON SCHEMA app_public TO autobench_operator;

GRANT SELECT ON TABLE app_public.users TO autobench_anon;
GRANT SELECT ON TABLE app_public.users TO autobench_member;

GRANT UPDATE(username) ON TABLE app_public.users TO autobench_member;

GRANT UPDATE(full_name) ON TABLE app_public.users TO autobench_member;

GRANT UPDATE(avatar_url) ON TABLE app_public.users TO autobench_member;

GRANT UPDATE(is_listed) ON TABLE app_public.users TO autobench_member;

REVOKE ALL ON FUNCTION app_operations.ban_user(user_id uuid, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.ban_user(user_id uuid, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.lift_ban(user_id uuid, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.lift_ban(user_id uuid, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_private.accept_webhook(message_id text, issuer text, event jsonb, sent_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.accept_webhook(message_id text, issuer text, event jsonb, sent_at timestamp with time zone) TO autobench_server;

GRANT SELECT(user_id) ON TABLE app_private.accounts TO autobench_operator;

GRANT SELECT(role) ON TABLE app_private.accounts TO autobench_operator;

GRANT SELECT(banned_at) ON TABLE app_private.accounts TO autobench_operator;

GRANT SELECT(ban_reason) ON TABLE app_private.accounts TO autobench_operator;

GRANT SELECT(created_at) ON TABLE app_private.accounts TO autobench_operator;

REVOKE ALL ON FUNCTION app_private.ensure_account(issuer text, subject text, profile jsonb, known_since timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.erase_account(user_id uuid, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.forget_subject(issuer text, subject text, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.log_operator(action text, subject text, reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.provider_profile(claims jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.purge_batch(table_name text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.purge_batch(table_name text, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.purge_rules() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.purge_rules() TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.readiness(OUT migrations text[], OUT worker_seen_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.readiness(OUT migrations text[], OUT worker_seen_at timestamp with time zone) TO autobench_server;
GRANT ALL ON FUNCTION app_private.readiness(OUT migrations text[], OUT worker_seen_at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.require_member() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.require_operator() FROM PUBLIC;

REVOKE ALL ON PROCEDURE app_private.reset_access(IN target regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.sign_in(issuer text, subject text, claims jsonb, at timestamp with time zone, OUT user_id uuid, OUT role text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.sign_in(issuer text, subject text, claims jsonb, at timestamp with time zone, OUT user_id uuid, OUT role text) TO autobench_server;

REVOKE ALL ON FUNCTION app_private.subject_hash(issuer text, subject text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.sync_profile(issuer text, subject text, claims jsonb, changed_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.take_rate(bucket text, caller text, most integer, per interval, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg__timestamps() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_users__limit_updates() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_users__notify() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.worker_arrives(id integer, pool_id text, host text, process_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.worker_arrives(id integer, pool_id text, host text, process_id integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.worker_beat(id integer, pool_id text, dead_after interval) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.worker_beat(id integer, pool_id text, dead_after interval) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.worker_leaves(id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.worker_leaves(id integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.worker_lock() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_public.current_user_id() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.current_user_id() TO autobench_anon;
GRANT ALL ON FUNCTION app_public.current_user_id() TO autobench_member;

REVOKE ALL ON FUNCTION app_public.erase_me(username text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.erase_me(username text) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.export_my_data() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.export_my_data() TO autobench_member;

REVOKE ALL ON FUNCTION app_public.me() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.me() TO autobench_anon;
GRANT ALL ON FUNCTION app_public.me() TO autobench_member;

REVOKE ALL ON FUNCTION app_public.set_time_zone(time_zone text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.set_time_zone(time_zone text) TO autobench_member;

GRANT SELECT ON TABLE app_operations.accounts TO autobench_operator;

GRANT SELECT ON TABLE app_private.operator_log TO autobench_operator;

GRANT SELECT ON TABLE app_operations.operator_log TO autobench_operator;

GRANT SELECT ON TABLE app_private.workers TO autobench_operator;

GRANT SELECT ON TABLE app_operations.workers TO autobench_operator;

GRANT SELECT ON TABLE app_private.retention_rules TO autobench_operator;

ALTER DEFAULT PRIVILEGES FOR ROLE autobench_owner REVOKE ALL ON TYPES FROM PUBLIC;

ALTER DEFAULT PRIVILEGES FOR ROLE autobench_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;
