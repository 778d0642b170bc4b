-- app_private.fold_tasks() -> [app_private.elo_ratings] -> app_private.publish_board()
create table if not exists app_private.elo_ratings (
  model_id  uuid constraint elo_ratings_pkey primary key,
  elo       float8 not null,
  constraint elo_ratings_model foreign key (model_id) references app_public.models
);

call app_private.reset_access('app_private.elo_ratings');
create policy select_all on app_private.elo_ratings for select to autobench_operator
  using (true);
grant select on app_private.elo_ratings to autobench_operator;
-- No write: fold_tasks() is the door. Visitors see it on the leaderboard.

comment on table app_private.elo_ratings is 'Every model''s online Elo after the votes of all folded tasks; the sum never moves.';
comment on column app_private.elo_ratings.model_id is 'The model.';
comment on column app_private.elo_ratings.elo is 'Its Elo.';
