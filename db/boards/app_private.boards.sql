-- app_private.fold_scores(), refresh_leaderboard() -> [app_private.boards] -> app_private.leaderboard_weekly, app_operations.boards
create table if not exists app_private.boards (
  kind          app_public.period_kind constraint boards_pkey primary key,
  starts_on     date not null,
  changed_at    timestamptz not null default '-infinity',
  refreshed_at  timestamptz not null default '-infinity',
  closed_on     date
);

call app_private.reset_access('app_private.boards');
create policy select_all on app_private.boards for select to autobench_operator
  using (true);
grant select on app_private.boards to autobench_operator;
-- No write: refresh_leaderboard() and close_periods() keep it.

comment on table app_private.boards is 'The three leaderboards: which period each shows, and whether it has changed since it was last refreshed.';
comment on column app_private.boards.kind is 'Which board.';
comment on column app_private.boards.starts_on is 'First day of the period that it shows.';
comment on column app_private.boards.changed_at is 'When a score of the period was last counted anew.';
comment on column app_private.boards.refreshed_at is 'When it was last refreshed.';
comment on column app_private.boards.closed_on is 'First day of the last period whose final standings are kept.';

insert into app_private.boards (kind, starts_on)
  select k.kind, app_private.score_period(k.kind, now()) from unnest(enum_range(null::app_public.period_kind)) k (kind)
on conflict on constraint boards_pkey do nothing;
