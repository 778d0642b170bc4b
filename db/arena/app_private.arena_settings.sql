-- [app_private.arena_settings] -> app_private.draw_ballot(), app_private.cast_vote(), app_private.publish_board()
create table if not exists app_private.arena_settings (
  is_only                      boolean constraint arena_settings_pkey primary key default true,
  ballot_time                  interval not null default '30 minutes',
  draws_per_voter_hour         integer not null default 240,
  draws_per_network_hour       integer not null default 3000,
  votes_per_voter_day          integer not null default 20,
  votes_per_network_day        integer not null default 40,
  votes_per_network_model_day  integer not null default 6,
  explore_share                float8 not null default 0.2,
  flag_level                   float8 not null default 0.001,
  prior_votes                  float8 not null default 1,
  elo_k                        float8 not null default 4,
  elo_start                    float8 not null default 1000,
  export_salt                  uuid not null default gen_random_uuid(),
  constraint arena_settings_one_row check (is_only),
  constraint arena_settings_ballot_time_sane check (ballot_time between '1 minute' and '1 day'),
  constraint arena_settings_limits_positive check (
    least(
      draws_per_voter_hour, draws_per_network_hour, votes_per_voter_day, votes_per_network_day, votes_per_network_model_day
    ) > 0
  ),
  constraint arena_settings_shares_sane check (explore_share between 0 and 1 and flag_level > 0 and flag_level < 1),
  constraint arena_settings_ratings_sane check (prior_votes > 0 and elo_k > 0)
);

call app_private.reset_access('app_private.arena_settings');
create policy select_all on app_private.arena_settings for select to autobench_operator
  using (true);
grant select (
  is_only, ballot_time, draws_per_voter_hour, draws_per_network_hour, votes_per_voter_day, votes_per_network_day,
  votes_per_network_model_day, explore_share, flag_level, prior_votes, elo_k, elo_start
) on app_private.arena_settings to autobench_operator;
-- No grant on export_salt: with it, the voters of an export could be told from one another's cookies.
-- No write through the API: how votes are weighed is a decision made in SQL.

insert into app_private.arena_settings default values on conflict on constraint arena_settings_pkey do nothing;

comment on table app_private.arena_settings is 'How ballots are drawn, votes limited and ratings made: one row.';
comment on column app_private.arena_settings.is_only is 'Always true: there is one row.';
comment on column app_private.arena_settings.ballot_time is 'How long a ballot can be used.';
comment on column app_private.arena_settings.draws_per_voter_hour is 'Ballots that one voter may draw in an hour.';
comment on column app_private.arena_settings.draws_per_network_hour is 'Ballots that may be drawn from one network in an hour.';
comment on column app_private.arena_settings.votes_per_voter_day is 'Votes of one voter that count in a day; more are taken, and the voter is not told.';
comment on column app_private.arena_settings.votes_per_network_day is
  'Votes from one network that count in a day. Raise it where all voters sit behind one address.';
comment on column app_private.arena_settings.votes_per_network_model_day is
  'Votes from one network on one model that count in a day. In simulations 300 votes for one model from three networks gain a rank at most among 3000 honest votes, and none among 100000; without limits four to five, and up to three.';
comment on column app_private.arena_settings.explore_share is 'Share of ballots that are drawn uniformly, whatever they would tell.';
comment on column app_private.arena_settings.flag_level is 'How many of the honest may be flagged by chance.';
comment on column app_private.arena_settings.prior_votes is 'Votes that each model has drawn against a virtual one of mean strength.';
comment on column app_private.arena_settings.elo_k is 'By how much a vote moves the Elo of both models at most.';
comment on column app_private.arena_settings.elo_start is 'The Elo that a model begins with.';
comment on column app_private.arena_settings.export_salt is 'What voters are hashed with in an export; random.';
