-- app_public.published_ratings -> [app_private.leaderboard] -> app_public.leaderboard
-- Made once: a change of its columns is a migration, since views and functions stand on it.
create materialized view if not exists app_private.leaderboard as
  with latest as (
    select max(s.id) as id, s.is_rehearsal, s.theme, s.has_ties
      from app_public.rating_snapshots s
      group by s.is_rehearsal, s.theme, s.has_ties
  )
  select p.snapshot_id, p.theme, p.has_ties, p.is_rehearsal, p.published_at, p.rank, p.rank_low, p.rank_high, p.model_id, p.slug,
      p.display_name, p.rating, p.ci_low, p.ci_high, coalesce(a.elo, p.elo) as elo, p.votes, p.win_rate, p.ties, p.quality_floor,
      p.tasks, p.success_rate, p.median_latency_ms, p.cost_per_answer, p.status
    from latest l
      inner join app_public.published_ratings p on p.snapshot_id = l.id
      -- Elo is of all themes: a theme's board that has not changed shows it as the board of all does.
      left join latest h on h.theme is null and (h.is_rehearsal, h.has_ties) = (l.is_rehearsal, l.has_ties)
      left join app_public.ratings a on a.snapshot_id = h.id and a.model_id = p.model_id;
-- squawk-ignore require-concurrent-index-creation -- the view has just been made
create unique index if not exists leaderboard_one_line_per_model on app_private.leaderboard (snapshot_id, model_id);
revoke all on app_private.leaderboard from public;

comment on materialized view app_private.leaderboard is 'The latest snapshot of every board; app_public.leaderboard shows it.';
comment on column app_private.leaderboard.snapshot_id is 'The snapshot that the line is of.';
comment on column app_private.leaderboard.theme is 'The theme of the tasks; null for all of them.';
comment on column app_private.leaderboard.has_ties is 'Whether a tie counts as half a win for either, or not at all.';
comment on column app_private.leaderboard.is_rehearsal is 'Whether it is the board of canned models.';
comment on column app_private.leaderboard.published_at is 'When the board was published.';
comment on column app_private.leaderboard.rank is 'One more than the models that are better beyond doubt.';
comment on column app_private.leaderboard.rank_low is 'The best rank that the intervals leave open.';
comment on column app_private.leaderboard.rank_high is 'The worst rank that the intervals leave open.';
comment on column app_private.leaderboard.model_id is 'The model.';
comment on column app_private.leaderboard.slug is 'Its short name.';
comment on column app_private.leaderboard.display_name is 'Its name.';
comment on column app_private.leaderboard.rating is 'Bradley-Terry rating: 1000 is the mean of the board.';
comment on column app_private.leaderboard.ci_low is 'Where the 95 % interval, clustered by task, begins.';
comment on column app_private.leaderboard.ci_high is 'Where it ends.';
comment on column app_private.leaderboard.elo is 'Online Elo, over all themes and with ties.';
comment on column app_private.leaderboard.votes is 'Votes on its pages, without those that found both bad.';
comment on column app_private.leaderboard.win_rate is 'Share of them that it won.';
comment on column app_private.leaderboard.ties is 'Ties among them.';
comment on column app_private.leaderboard.quality_floor is 'Share of its showings that were voted both bad.';
comment on column app_private.leaderboard.tasks is 'Tasks on which its pages were voted on.';
comment on column app_private.leaderboard.success_rate is 'Share of closed tasks to which it gave a page.';
comment on column app_private.leaderboard.median_latency_ms is 'Median time that it took for one, in milliseconds.';
comment on column app_private.leaderboard.cost_per_answer is 'What one cost on average, in dollars.';
comment on column app_private.leaderboard.status is 'How much the rating can be trusted.';
