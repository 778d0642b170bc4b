-- app_private.tg_points_ledger__fold() -> [app_private.score_changes] -> app_private.fold_scores(), rank_of()
create table if not exists app_private.score_changes (
  id         bigint generated always as identity constraint score_changes_pkey primary key,
  kind       app_public.period_kind not null,
  starts_on  date not null,
  was        integer not null,
  now_has    integer not null,
  constraint score_changes_change check (was <> now_has and was >= 0 and now_has >= 0)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000); -- its rows live for a second
create index if not exists score_changes_period_idx on app_private.score_changes (kind, starts_on) include (was, now_has);

call app_private.reset_access('app_private.score_changes');
-- No policy and no grant: fold_scores() takes the rows away within seconds.

comment on table app_private.score_changes is
  'Changes of listed scores that the histogram does not count yet: it has few rows that everybody would wait for, so one at a time folds them in.';
comment on column app_private.score_changes.id is 'Identity of the change.';
comment on column app_private.score_changes.kind is 'Kind of period.';
comment on column app_private.score_changes.starts_on is 'First day of the period.';
comment on column app_private.score_changes.was is 'Listed points before; 0 is off the boards.';
comment on column app_private.score_changes.now_has is 'Listed points after.';
