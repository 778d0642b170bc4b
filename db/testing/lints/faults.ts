// db/testing/lints.test.ts -> [db/testing/lints/faults.ts] -> db/testing/lints/*.sql
// For each lint the faults that it must find: SQL that the owner runs and that is rolled back, and what the lint says.
// `reset role;` first makes it the superuser's doing.

type Fault = [sql: string, offender: string];

const makeTable = "create table app_public.things (id integer constraint things_pkey primary key, at timestamptz);";
const makeFunction = (body: string): string =>
  `create function app_public.one(at timestamptz default now()) returns text language plpgsql
     as $$ begin ${body}; end; $$;`;
const makePolicy = (rest: string): string => `create policy wrong on app_public.users ${rest}`;
const wrongPolicy = "app_public.users wrong";

export const faults: Record<string, Fault[]> = {
  current_date_used: [
    [`${makeTable} alter table app_public.things alter at set default now()::date`, "app_public.things.at"],
    [makeFunction("return date_trunc('day', now())"), "app_public.one(timestamp with time zone)"],
    [makeFunction("return cast(now() as date)"), "app_public.one(timestamp with time zone)"],
    ["create view app_public.today as select current_date as day", "app_public.today"],
    [makePolicy("for delete to autobench_operator using (created_at < localtimestamp)"), wrongPolicy],
  ],
  default_privileges_grant: [
    [
      "alter default privileges in schema app_public grant select on tables to autobench_anon",
      "defaults of autobench_owner: autobench_anon select",
    ],
    ["alter default privileges grant execute on functions to public", "defaults of autobench_owner: public execute"],
    ["alter default privileges grant usage on types to public", "defaults of autobench_owner: public usage"],
  ],
  definer_without_search_path: [
    ["alter function app_public.erase_me(text) reset search_path", "app_public.erase_me(text)"],
    ["alter function app_public.erase_me(text) set search_path = app_public", "app_public.erase_me(text)"],
  ],
  executable_by_public: [
    ["grant execute on function app_private.subject_hash(text, text) to public", "app_private.subject_hash(text,text)"],
    [
      "reset role; create function app_public.one() returns integer language sql as 'select 1'; ",
      "app_public.one()", // the owner's default privileges take this right away, not everybody's
    ],
  ],
  grant_option: [
    ["grant select on app_public.users to autobench_anon with grant option", "app_public.users: autobench_anon"],
    [
      "grant execute on function app_public.me() to autobench_anon with grant option",
      "app_public.me(): autobench_anon",
    ],
  ],
  grant_without_policy: [
    [
      "grant insert (username) on app_public.users to autobench_member",
      "app_public.users: autobench_member may insert",
    ],
    ["grant delete on app_public.users to autobench_anon", "app_public.users: autobench_anon may delete"],
    [
      "grant select on app_private.webhook_messages to autobench_worker",
      "app_private.webhook_messages: autobench_worker may select",
    ],
  ],
  granted_to_public: [
    ["grant select (username) on app_public.users to public", "app_public.users.username: select"],
    ["grant select on app_operations.accounts to public", "app_operations.accounts: select"],
    ["grant usage on schema app_private to public", "app_private: usage"],
  ],
  matview_exposed: [
    [
      `create materialized view app_private.names as select 1 as one;
       grant select on app_private.names to autobench_operator`,
      "app_private.names",
    ],
    ["create materialized view app_public.names as select 1 as one", "app_public.names"],
  ],
  misnamed_column: [
    ["alter table app_public.users add listed boolean", "app_public.users.listed: boolean"],
    ["alter table app_public.users add born date", "app_public.users.born: date"],
    ["alter table app_public.users add seen_at timestamp", "app_public.users.seen_at: timestamp without time zone"],
  ],
  misnamed_trigger: [
    ["alter trigger _100_timestamps on app_public.users rename to timestamps", "app_public.users timestamps"],
    ["alter function app_private.tg_users__notify() rename to notify", "app_private.notify()"],
  ],
  object_in_public_schema: [
    ["reset role; create table public.things (id integer)", "things"],
    ["reset role; create type public.mood as enum ('good')", "mood"],
    ["reset role; create function public.one() returns integer language sql as 'select 1'", "one()"],
  ],
  owned_by_another: [
    [`reset role; ${makeTable}`, "app_public.things: postgres"],
    ["reset role; alter function app_public.me() owner to autobench_worker", "app_public.me(): autobench_worker"],
  ],
  plpgsql_without_search_path: [[makeFunction("return 1"), "app_public.one(timestamp with time zone)"]],
  policy_always_true_on_writes: [
    [makePolicy("for delete to autobench_operator using (true)"), wrongPolicy],
    [makePolicy("for update to autobench_operator using (is_listed) with check (true)"), wrongPolicy],
  ],
  policy_call_per_row: [
    [makePolicy("for delete to autobench_operator using (id = app_public.current_user_id())"), wrongPolicy],
    [
      makePolicy("for delete to autobench_operator using (app_private.subject_hash(username, '') is null)"),
      wrongPolicy,
    ],
    [
      makePolicy("for delete to autobench_operator using (id::text = (select current_setting('app.user_id')))"),
      wrongPolicy,
    ],
  ],
  policy_for_public: [[makePolicy("for delete using (is_listed)"), wrongPolicy]],
  policy_open_to_nobody: [
    [
      makePolicy("for delete to autobench_operator using ((select app_public.current_user_id()) is null or is_listed)"),
      wrongPolicy,
    ],
    [
      makePolicy(
        "for update to autobench_operator using (is_listed) with check (app_public.current_user_id() is null)",
      ),
      wrongPolicy,
    ],
  ],
  policy_without_grant: [
    ["revoke select on app_public.users from autobench_anon", "app_public.users select_listed: autobench_anon"],
    [makePolicy("for delete to autobench_member using (is_listed)"), "app_public.users wrong: autobench_member"],
  ],
  public_can_create_or_temp: [
    ["grant create on schema app_public to autobench_member", "app_public: autobench_member create"],
    ["reset role; grant create on schema public to public", "public: - create"],
    [
      "do $$ begin execute format('grant temporary on database %I to autobench_server', current_database()); end $$",
      "database: autobench_server temporary",
    ],
    [
      "do $$ begin execute format('grant connect on database %I to public', current_database()); end $$",
      "database: - connect",
    ],
  ],
  rls_off: [["alter table app_private.accounts disable row level security", "app_private.accounts"]],
  role_attributes: [
    ["reset role; alter role autobench_server inherit", "autobench_server inherits"],
    ["reset role; alter role autobench_member login", "autobench_member logs in"],
    ["reset role; alter role autobench_owner bypassrls", "autobench_owner bypasses row-level security"],
    ["reset role; create role somebody superuser", "somebody is a superuser"],
  ],
  role_memberships: [
    ["reset role; grant autobench_owner to autobench_server", "autobench_server is autobench_owner"],
    ["reset role; grant autobench_anon to autobench_server with inherit true", "autobench_server is autobench_anon"],
    ["reset role; grant pg_read_all_data to autobench_worker", "autobench_worker is pg_read_all_data"],
  ],
  secret_named_column_readable: [
    [
      "grant select (email) on app_private.accounts to autobench_operator",
      "app_private.accounts.email: autobench_operator",
    ],
    ["alter table app_public.users add api_key text", "app_public.users.api_key: autobench_anon"],
  ],
  sequence_usable_by_seats: [
    [
      "grant usage on sequence app_private.operator_log_id_seq to autobench_operator",
      "app_private.operator_log_id_seq: autobench_operator",
    ],
  ],
  several_permissive_policies: [
    [makePolicy("to autobench_anon using (username = 'ada')"), "app_public.users select_listed, wrong"],
    [
      makePolicy("for update to autobench_member, autobench_operator using (username = 'ada')"),
      "app_public.users update_own, wrong",
    ],
  ],
  table_wide_write_grant: [
    ["grant update on app_public.users to autobench_member", "app_public.users: autobench_member update"],
    ["grant truncate on app_public.users to autobench_worker", "app_public.users: autobench_worker truncate"],
    ["grant references (id) on app_public.users to autobench_anon", "app_public.users: autobench_anon references"],
  ],
  table_without_primary_key: [
    ["alter table app_private.retention_rules drop constraint retention_rules_pkey", "app_private.retention_rules"],
  ],
  uncommented_object: [
    ["comment on function app_public.me() is E'@name myself\\n@omit'", "app_public.me()"],
    ["comment on schema app_public is null", "app_public"],
    ["comment on collation app_public.ci is null", "app_public.ci"],
    ["comment on view app_operations.accounts is null", "app_operations.accounts"],
    ["comment on column app_operations.accounts.role is E'@notNull'", "app_operations.accounts.role"],
    ["create type app_public.mood as enum ('good')", "app_public.mood"],
    ["create type app_public.pair as (a integer)", "app_public.pair.a"],
  ],
  unindexed_foreign_key: [
    ["drop index app_private.operator_log_operator_id_idx", "app_private.operator_log operator_log_operator"],
    [
      `drop index app_private.operator_log_operator_id_idx;
       create index on app_private.operator_log (action, operator_id)`,
      "app_private.operator_log operator_log_operator",
    ],
  ],
  unnamed_constraint: [
    ["alter table app_public.users add check (username <> 'root')", "app_public.users users_username_check"],
    ["alter table app_public.users add unique (full_name)", "app_public.users users_full_name_key"],
  ],
  view_not_invoker: [
    ["create view app_public.people as select username from app_public.users", "app_public.people security_invoker"],
    [
      "create view app_public.people with (security_invoker) as select username from app_public.users",
      "app_public.people security_barrier",
    ],
  ],
};
