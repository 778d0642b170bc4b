-- app_private.publish_board() -> [app_public.ratings] -> app_public.published_ratings
create table if not exists app_public.ratings (
  snapshot_id        bigint not null,
  model_id           uuid not null,
  rank               integer not null,
  rank_low           integer not null,
  rank_high          integer not null,
  theta              float8 not null,
  rating             float8 not null,
  se                 float8 not null,
  ci_low             float8 not null,
  ci_high            float8 not null,
  elo                float8 not null,
  votes              integer not null,
  win_rate           float8,
  ties               integer not null,
  quality_floor      float8,
  tasks              integer not null,
  success_rate       float8,
  median_latency_ms  integer,
  cost_per_answer    numeric(14, 8),
  status             app_public.rating_status not null,
  constraint ratings_pkey primary key (snapshot_id, model_id),
  constraint ratings_snapshot foreign key (snapshot_id) references app_public.rating_snapshots,
  constraint ratings_model foreign key (model_id) references app_public.models,
  constraint ratings_ranks_ordered check (1 <= rank_low and rank_low <= rank_high),
  constraint ratings_interval_finite check (ci_low > '-infinity' and ci_low <= rating and rating <= ci_high and ci_high < 'infinity')
);
create index if not exists ratings_model_id_idx on app_public.ratings (model_id, snapshot_id);

call app_private.reset_access('app_public.ratings');
create policy select_all on app_public.ratings for select to autobench_anon, autobench_member
  using (true);
grant select on app_public.ratings to autobench_anon, autobench_member;
-- No write: publish_board() is the door; what was published stays.

comment on table app_public.ratings is 'A model''s line on a published board.';
comment on column app_public.ratings.snapshot_id is 'The board.';
comment on column app_public.ratings.model_id is 'The model.';
comment on column app_public.ratings.rank is 'One more than the models that are better beyond doubt: by the variance of the difference.';
comment on column app_public.ratings.rank_low is 'The best rank that the intervals leave open.';
comment on column app_public.ratings.rank_high is 'The worst rank that the intervals leave open.';
comment on column app_public.ratings.theta is 'Bradley-Terry strength, in natural units.';
comment on column app_public.ratings.rating is 'The rating: 1000 is the mean of the board, 400 more is ten to one.';
comment on column app_public.ratings.se is 'Its standard error, clustered by task.';
comment on column app_public.ratings.ci_low is 'Where the 95 % interval begins.';
comment on column app_public.ratings.ci_high is 'Where it ends.';
comment on column app_public.ratings.elo is 'Online Elo, for those used to it: over all themes, and with ties.';
comment on column app_public.ratings.votes is 'Votes on the model''s pages, without those that found both bad.';
comment on column app_public.ratings.win_rate is 'Share of them that it won; a tie is half a win where ties count.';
comment on column app_public.ratings.ties is 'Ties among them.';
comment on column app_public.ratings.quality_floor is 'Share of its showings that were voted both bad.';
comment on column app_public.ratings.tasks is 'Tasks on which its pages were voted on.';
comment on column app_public.ratings.success_rate is 'Share of closed tasks to which it gave a page.';
comment on column app_public.ratings.median_latency_ms is 'Median time that it took for one.';
comment on column app_public.ratings.cost_per_answer is 'What one cost on average, in dollars.';
comment on column app_public.ratings.status is 'How much the rating can be trusted.';
comment on constraint ratings_snapshot on app_public.ratings is '@foreignFieldName ratings';
