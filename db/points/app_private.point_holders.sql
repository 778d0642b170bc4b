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
