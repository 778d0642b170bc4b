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
