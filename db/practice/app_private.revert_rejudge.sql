-- app_operations.revert_rejudge(), a DBA -> [app_private.revert_rejudge()] -> app_public.verdicts, app_private.settle_problem()
create or replace function app_private.revert_rejudge(id bigint, reason text) returns app_private.judge_runs
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run app_private.judge_runs;
  v_due record;
begin
  perform app_private.log_operator('revert_rejudge', revert_rejudge.id::text, revert_rejudge.reason);
  update app_private.judge_runs r
    set state = 'reverted', reverted_at = now()
    where r.id = revert_rejudge.id and r.state = 'applied'
    returning * into v_run;
  if not found then
    raise exception 'This re-judging cannot be taken back.'
      using errcode = 'TB089', hint = 'It must have been applied, and not taken back before. Look at judgeRuns.';
  end if;

  perform from app_public.answers a
    where a.problem_id = v_run.problem_id
      and a.id in (select j.answer_id from app_private.judgings j where j.run_id = v_run.id)
    order by a.user_id, a.id
    for update;
  -- What counted before is said again, as a verdict of its own: the ledger has an entry for each cause, and none is undone.
  with due as (
    select j.id, j.answer_id, j.answered_at, j.prior_verdict_id
      from app_private.judgings j
        inner join app_public.answers a on a.id = j.answer_id and a.answered_at = j.answered_at
      where j.run_id = v_run.id and a.verdict_id = j.new_verdict_id
  ), said as (
    insert into app_public.verdicts as w
        (answer_id, answered_at, user_id, problem_id, source, judge_model_id, prompt_version, rubric_hash, pass_score, score, feedback)
      select v.answer_id, v.answered_at, v.user_id, v.problem_id, 'reversal', v.judge_model_id, v.prompt_version, v.rubric_hash,
          v.pass_score, v.score, v.feedback
        from due d
          inner join app_public.verdicts v on v.id = d.prior_verdict_id
      returning w.id, w.answer_id
  )
  update app_public.answers a
    set verdict_id = s.id, judged_at = now(),
      status = case when s.id is null then 'unscored' else 'judged' end::app_public.answer_status,
      reason = case when s.id is null then 'The judge could not say anything usable.' end
    from due d
      left join said s on s.answer_id = d.answer_id
    where a.id = d.answer_id and a.answered_at = d.answered_at;
  for v_due in
    select j.user_id, min(j.id::text)::uuid as cause
      from app_private.judgings j
      where j.run_id = v_run.id and j.new_verdict_id is not null
      group by j.user_id
      order by j.user_id
  loop
    perform app_private.settle_problem(v_due.user_id, v_run.problem_id, v_due.cause);
  end loop;
  return v_run;
end;
$$;
comment on function app_private.revert_rejudge(bigint, text) is
  'Takes an applied re-judging back: what counted before counts again, and so do its points. Errors: TB017, TB089, TB091.';
revoke all on function app_private.revert_rejudge(bigint, text) from public;
