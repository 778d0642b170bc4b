-- app_private.begin_judging(), app_private.finish_judging() -> [app_private.record_verdict()] -> app_public.verdicts, app_private.settle_problem()
create or replace function app_private.record_verdict(
  answer app_public.answers,
  source text,
  score integer,
  feedback text,
  judge_model_id uuid,
  prompt_version text
) returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  insert into app_public.verdicts
      (answer_id, answered_at, user_id, problem_id, source, judge_model_id, prompt_version, rubric_hash, pass_score, score, feedback)
    select answer.id, answer.answered_at, answer.user_id, answer.problem_id, record_verdict.source, record_verdict.judge_model_id,
        record_verdict.prompt_version, k.rubric_hash, p.pass_score, record_verdict.score, record_verdict.feedback
      from app_public.problems p
        inner join app_private.problem_keys k on k.problem_id = p.id
      where p.id = answer.problem_id
    returning id into strict v_id;
  update app_public.answers a
    set status = 'judged', verdict_id = v_id, judged_at = now(), reason = null
    where a.id = answer.id and a.answered_at = answer.answered_at;
  perform app_private.settle_tokens('judge', answer.id, coalesce((
    select sum(r.tokens)::integer from app_private.judge_replies r where r.subject_id = answer.id
  ), 0));
  perform app_private.settle_problem(answer.user_id, answer.problem_id, v_id);
  return v_id;
end;
$$;
comment on function app_private.record_verdict(app_public.answers, text, integer, text, uuid, text) is
  'Writes down what was found of an answer, makes it count, and pays for it, in one transaction.';
revoke all on function app_private.record_verdict(app_public.answers, text, integer, text, uuid, text) from public;
