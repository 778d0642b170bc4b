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
