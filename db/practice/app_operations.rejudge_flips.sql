-- app_private.judgings -> [app_operations.rejudge_flips] -> rejudgeFlips (operators' GraphQL)
create or replace view app_operations.rejudge_flips with (security_invoker, security_barrier) as
  select j.id, j.run_id, j.user_id, j.answer_id, v.score as score_before, j.score as score_after,
      v.is_correct as is_correct_before, j.is_correct as is_correct_after
    from app_private.judgings j
      left join app_public.verdicts v on v.id = j.prior_verdict_id
    where j.answer_id is not null and j.state = 'scored' and j.is_correct is distinct from coalesce(v.is_correct, false);

revoke all on app_operations.rejudge_flips from public, autobench_operator;
grant select on app_operations.rejudge_flips to autobench_operator;

comment on view app_operations.rejudge_flips is
  E'@primaryKey id\n@foreignKey (run_id) references app_operations.judge_runs (id)|@fieldName run|@foreignFieldName flips\n@foreignKey (user_id) references app_public.users (id)|@fieldName user\nThe answers whose outcome a re-judging turns around.';
comment on column app_operations.rejudge_flips.id is E'@notNull\nIdentity of the judging.';
comment on column app_operations.rejudge_flips.run_id is E'@notNull\nThe run.';
comment on column app_operations.rejudge_flips.user_id is E'@notNull\nWhose answer it is.';
comment on column app_operations.rejudge_flips.answer_id is E'@notNull\nThe answer.';
comment on column app_operations.rejudge_flips.score_before is 'The score that counted when the run was asked for.';
comment on column app_operations.rejudge_flips.score_after is E'@notNull\nThe new score.';
comment on column app_operations.rejudge_flips.is_correct_before is 'Whether it passed.';
comment on column app_operations.rejudge_flips.is_correct_after is E'@notNull\nWhether it passes.';
