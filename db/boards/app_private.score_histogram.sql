-- app_private.fold_scores() -> [app_private.score_histogram] -> app_private.rank_of()
create table if not exists app_private.score_histogram (
  kind       app_public.period_kind not null,
  starts_on  date not null,
  level      integer not null,
  bucket     integer not null,
  n          integer not null,
  constraint score_histogram_pkey primary key (kind, starts_on, level, bucket) include (n),
  constraint score_histogram_level_known check (level in (0, 1, 2)),
  constraint score_histogram_not_negative check (n >= 0 and bucket >= 0)
);

call app_private.reset_access('app_private.score_histogram');
-- No policy and no grant: fold_scores() writes, rank_of() reads.

comment on table app_private.score_histogram is
  'How many listed members have which score, in three levels: every score, every 64 and every 4096 of them, so that a rank is a sum of few rows.';
comment on column app_private.score_histogram.kind is 'Kind of period.';
comment on column app_private.score_histogram.starts_on is 'First day of the period.';
comment on column app_private.score_histogram.level is '0: single scores. 1: 64 together. 2: 4096 together.';
comment on column app_private.score_histogram.bucket is 'The score, divided by 1, 64 or 4096.';
comment on column app_private.score_histogram.n is 'How many members are there.';
