-- [app_public.answer_status] -> app_public.answers
do $$
begin
  create type app_public.answer_status as enum ('judging', 'judged', 'unscored');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.answer_status is
  'How far an answer is: with the judge, judged, or without a score because the judge could not say anything usable.';
revoke all on type app_public.answer_status from public;
grant usage on type app_public.answer_status to autobench_anon, autobench_member;
