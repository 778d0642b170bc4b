-- app_private.cast_vote() -> [app_public.vote_result] -> castVote (GraphQL)
do $$
begin
  create type app_public.vote_result as (
    ballot_id       uuid,
    verdict         app_public.verdict,
    left_votes      integer,
    right_votes     integer,
    tie_votes       integer,
    both_bad_votes  integer,
    left_model_id   uuid,
    right_model_id  uuid
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.vote_result is 'A vote, with how others voted on the same pair.';
comment on column app_public.vote_result.ballot_id is E'@notNull\nThe ballot that was used up.';
comment on column app_public.vote_result.verdict is E'@notNull\nWhat the voter said.';
comment on column app_public.vote_result.left_votes is E'@notNull\nOthers who preferred the page that was on the left here.';
comment on column app_public.vote_result.right_votes is E'@notNull\nOthers who preferred the page that was on the right here.';
comment on column app_public.vote_result.tie_votes is E'@notNull\nOthers who found them as good.';
comment on column app_public.vote_result.both_bad_votes is E'@notNull\nOthers who found both bad.';
comment on column app_public.vote_result.left_model_id is 'Whose page was on the left; null as long as the task is sealed.';
comment on column app_public.vote_result.right_model_id is 'Whose page was on the right; null as long as the task is sealed.';
revoke all on type app_public.vote_result from public;
grant usage on type app_public.vote_result to autobench_anon, autobench_member;
