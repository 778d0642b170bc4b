-- app_public.draw_ballot() -> [app_public.drawn_ballot] -> drawBallot (GraphQL)
do $$
begin
  create type app_public.drawn_ballot as (
    id          uuid,
    task_id     uuid,
    stratum     app_public.stratum,
    served_at   timestamptz,
    expires_at  timestamptz,
    left_page   app_public.shown_page,
    right_page  app_public.shown_page
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.drawn_ballot is 'A ballot as its voter is shown it.';
comment on column app_public.drawn_ballot.id is E'@notNull\nIdentity of the ballot: what castVote() is given.';
comment on column app_public.drawn_ballot.task_id is E'@notNull\nThe task that both pages answer.';
comment on column app_public.drawn_ballot.stratum is E'@notNull\nWhether the models are unknown.';
comment on column app_public.drawn_ballot.served_at is E'@notNull\nWhen it was drawn.';
comment on column app_public.drawn_ballot.expires_at is E'@notNull\nUntil when it can be used.';
comment on column app_public.drawn_ballot.left_page is E'@notNull\nThe page on the left.';
comment on column app_public.drawn_ballot.right_page is E'@notNull\nThe page on the right.';
revoke all on type app_public.drawn_ballot from public;
grant usage on type app_public.drawn_ballot to autobench_anon, autobench_member;
