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
