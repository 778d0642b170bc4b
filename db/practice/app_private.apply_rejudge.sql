-- app_operations.apply_rejudge(), a DBA -> [app_private.apply_rejudge()] -> app_public.verdicts, app_private.settle_problem()
create or replace function app_private.apply_rejudge(id bigint, reason text) returns app_private.judge_runs
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run app_private.judge_runs;
  v_due record;
begin
  perform app_private.log_operator('apply_rejudge', apply_rejudge.id::text, apply_rejudge.reason);
  select r.* into v_run
    from app_private.judge_runs r
    where r.id = apply_rejudge.id and r.purpose = 'rejudge' and r.state = 'shadow'
    for update;
  if not found or exists (select from app_private.judgings j where j.run_id = v_run.id and j.state = 'waiting') then
    raise exception 'This re-judging cannot be applied.'
      using errcode = 'TB089', hint = 'It must have judged everything, and must not have been applied before. Look at judgeRuns.';
  end if;

  -- Each new verdict stands beside the old one. An answer that got another verdict meanwhile is left alone.
  perform from app_public.answers a
    where a.problem_id = v_run.problem_id
      and a.id in (select j.answer_id from app_private.judgings j where j.run_id = v_run.id)
    order by a.user_id, a.id
    for update;
  with due as (
    select j.id, gen_random_uuid() as verdict_id
      from app_private.judgings j
        inner join app_public.answers a on a.id = j.answer_id and a.answered_at = j.answered_at
      where j.run_id = v_run.id and j.state = 'scored' and a.verdict_id is not distinct from j.prior_verdict_id
  )
  update app_private.judgings j set new_verdict_id = d.verdict_id from due d where j.id = d.id;
  insert into app_public.verdicts
      (id, answer_id, answered_at, user_id, problem_id, source, judge_model_id, prompt_version, rubric_hash, pass_score, score, feedback)
    select j.new_verdict_id, j.answer_id, j.answered_at, j.user_id, j.problem_id, 'rejudge', j.judge_model_id, v_run.prompt_version,
        j.rubric_hash, p.pass_score, j.score, j.feedback
      from app_private.judgings j
        inner join app_public.problems p on p.id = j.problem_id
      where j.run_id = v_run.id and j.new_verdict_id is not null;
  update app_public.answers a
    set verdict_id = j.new_verdict_id, status = 'judged', judged_at = now(), reason = null
    from app_private.judgings j
    where j.run_id = v_run.id and j.new_verdict_id is not null and a.id = j.answer_id and a.answered_at = j.answered_at;
  -- In the order of members, as every batch that pays: two of them never wait for each other in a circle.
  for v_due in
    select j.user_id, min(j.new_verdict_id::text)::uuid as cause
      from app_private.judgings j
      where j.run_id = v_run.id and j.new_verdict_id is not null
      group by j.user_id
      order by j.user_id
  loop
    perform app_private.settle_problem(v_due.user_id, v_run.problem_id, v_due.cause);
  end loop;
  update app_private.judge_runs r set state = 'applied', applied_at = now() where r.id = v_run.id returning * into v_run;
  return v_run;
end;
$$;
comment on function app_private.apply_rejudge(bigint, text) is
  'Makes what a shadow run found count, for everybody at once. Errors: TB017, TB089, TB091.';
revoke all on function app_private.apply_rejudge(bigint, text) from public;
