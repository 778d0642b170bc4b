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
