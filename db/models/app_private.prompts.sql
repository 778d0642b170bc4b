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
