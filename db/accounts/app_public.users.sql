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
