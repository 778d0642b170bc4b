-- app_private.draw_ballot() -> [app_private.open_ballots] -> app_private.settle_ballots(), app_private.unused_ballots
create table if not exists app_private.open_ballots (
  ballot_id  uuid constraint open_ballots_pkey primary key,
  constraint open_ballots_ballot foreign key (ballot_id) references app_public.ballots on delete cascade
);

call app_private.reset_access('app_private.open_ballots');
-- No policy and no grant: draw_ballot() and settle_ballots() are the doors.

comment on table app_private.open_ballots is
  'Ballots on which nobody had voted when it was last looked, within the hour: so that a purge need not look at every ballot that was ever used.';
comment on column app_private.open_ballots.ballot_id is 'The ballot.';
