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
