-- app_public.answers, app_public.verdicts -> [app_private.judged_answers] -> app_private.settle_problem(), open_modules()
create or replace view app_private.judged_answers with (security_invoker, security_barrier) as
  select a.user_id, a.problem_id, a.id as answer_id, a.answered_at, a.day, a.seconds_taken, v.score, v.is_correct,
      case when v.is_correct then a.base_points + a.time_bonus_points else 0 end as worth,
      v.id as verdict_id
    from app_public.answers a
      inner join app_public.verdicts v on v.id = a.verdict_id;

revoke all on app_private.judged_answers from public;

comment on view app_private.judged_answers is 'Every answer with the verdict that counts, and what it is worth by it: all that points are derived from.';
comment on column app_private.judged_answers.user_id is 'The member.';
comment on column app_private.judged_answers.problem_id is 'The problem.';
comment on column app_private.judged_answers.answer_id is 'The answer.';
comment on column app_private.judged_answers.answered_at is 'When it was handed in.';
comment on column app_private.judged_answers.day is 'The member''s own day at that moment.';
comment on column app_private.judged_answers.seconds_taken is 'How long it took.';
comment on column app_private.judged_answers.score is '0 to 100.';
comment on column app_private.judged_answers.is_correct is 'Whether it passed.';
comment on column app_private.judged_answers.worth is 'Base points and frozen time bonus of a correct answer; 0 of any other.';
comment on column app_private.judged_answers.verdict_id is 'The verdict that counts.';
