-- app_public.ratings, app_public.rating_snapshots -> [app_public.published_ratings] -> app_private.leaderboard, ratingHistory (GraphQL)
create or replace view app_public.published_ratings with (security_invoker, security_barrier) as
  select r.snapshot_id, s.theme, s.has_ties, s.is_rehearsal, s.published_at, r.rank, r.rank_low, r.rank_high,
      r.model_id, m.slug, m.display_name, r.rating, r.ci_low, r.ci_high, r.elo, r.votes, r.win_rate, r.ties, r.quality_floor, r.tasks,
      r.success_rate, r.median_latency_ms, r.cost_per_answer, r.status
    from app_public.rating_snapshots s
      inner join app_public.ratings r on r.snapshot_id = s.id
      inner join app_public.models m on m.id = r.model_id;

revoke all on app_public.published_ratings from public, autobench_anon, autobench_member;
grant select on app_public.published_ratings to autobench_anon, autobench_member;

comment on view app_public.published_ratings is
  E'@primaryKey snapshot_id,model_id\n@behavior -query:resource:list -query:resource:connection -query:resource:single\nEvery line of every board that was ever published, in the shape of the leaderboard.';
comment on column app_public.published_ratings.snapshot_id is E'@notNull\nThe snapshot that the line is of.';
comment on column app_public.published_ratings.theme is 'The theme of the tasks; null for all of them.';
comment on column app_public.published_ratings.has_ties is E'@notNull\nWhether a tie counts as half a win for either, or not at all.';
comment on column app_public.published_ratings.is_rehearsal is E'@notNull\nWhether it is the board of canned models.';
comment on column app_public.published_ratings.published_at is E'@notNull\nWhen the board was published.';
comment on column app_public.published_ratings.rank is E'@notNull\nOne more than the models that are better beyond doubt.';
comment on column app_public.published_ratings.rank_low is E'@notNull\nThe best rank that the intervals leave open.';
comment on column app_public.published_ratings.rank_high is E'@notNull\nThe worst rank that the intervals leave open.';
comment on column app_public.published_ratings.model_id is E'@notNull\nThe model.';
comment on column app_public.published_ratings.slug is E'@notNull\nIts short name.';
comment on column app_public.published_ratings.display_name is E'@notNull\nIts name.';
comment on column app_public.published_ratings.rating is E'@notNull\nBradley-Terry rating: 1000 is the mean of the board.';
comment on column app_public.published_ratings.ci_low is E'@notNull\nWhere the 95 % interval, clustered by task, begins.';
comment on column app_public.published_ratings.ci_high is E'@notNull\nWhere it ends.';
comment on column app_public.published_ratings.elo is E'@notNull\nOnline Elo, over all themes and with ties, when the board was published.';
comment on column app_public.published_ratings.votes is E'@notNull\nVotes on its pages, without those that found both bad.';
comment on column app_public.published_ratings.win_rate is 'Share of them that it won.';
comment on column app_public.published_ratings.ties is E'@notNull\nTies among them.';
comment on column app_public.published_ratings.quality_floor is 'Share of its showings that were voted both bad.';
comment on column app_public.published_ratings.tasks is E'@notNull\nTasks on which its pages were voted on.';
comment on column app_public.published_ratings.success_rate is 'Share of closed tasks to which it gave a page.';
comment on column app_public.published_ratings.median_latency_ms is 'Median time that it took for one, in milliseconds.';
comment on column app_public.published_ratings.cost_per_answer is 'What one cost on average, in dollars.';
comment on column app_public.published_ratings.status is E'@notNull\nHow much the rating can be trusted.';
