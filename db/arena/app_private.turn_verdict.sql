-- cast_vote(), judge_votes(), recount_votes() -> [app_private.turn_verdict()]
create or replace function app_private.turn_verdict(verdict app_public.verdict, is_first_left boolean) returns app_private.outcome
language sql immutable strict parallel safe
return case verdict
  when 'tie' then 'tie'::app_private.outcome
  when 'both_bad' then 'both_bad'::app_private.outcome
  else case when (verdict = 'left') = is_first_left then 'first'::app_private.outcome else 'second'::app_private.outcome end
end;
comment on function app_private.turn_verdict(app_public.verdict, boolean) is
  'What a verdict on left and right says of a match''s first and second model.';
revoke all on function app_private.turn_verdict(app_public.verdict, boolean) from public;
