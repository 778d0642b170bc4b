-- cast_vote(), judge_votes(), recount_votes() -> [app_private.turn_verdict()]
-- Not strict, and null of null all the same: so it is part of the query that calls it.
create or replace function app_private.turn_verdict(verdict app_public.verdict, is_first_left boolean) returns app_private.outcome
language sql immutable parallel safe
return case
  when verdict = 'tie' then 'tie'::app_private.outcome
  when verdict = 'both_bad' then 'both_bad'::app_private.outcome
  when (verdict = 'left') = is_first_left then 'first'::app_private.outcome
  when (verdict = 'right') = is_first_left then 'second'::app_private.outcome
end;
comment on function app_private.turn_verdict(app_public.verdict, boolean) is
  'What a verdict on left and right says of a match''s first and second model.';
revoke all on function app_private.turn_verdict(app_public.verdict, boolean) from public;
