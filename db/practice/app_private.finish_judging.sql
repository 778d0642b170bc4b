-- app_private.begin_judging(), app_private.record_judging() -> [app_private.finish_judging()] -> app_private.record_verdict(), app_private.judgings
create or replace function app_private.finish_judging(purpose text, id uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reply app_private.judge_replies;
  v_reason text;
  v_answer app_public.answers;
  v_feedback text;
  v_verdict_id uuid;
begin
  -- The last that was scored decides: that of a second opinion, or the only one there is.
  select r.* into v_reply
    from app_private.judge_replies r
    where r.subject_id = finish_judging.id and r.state = 'scored'
    order by r.round desc
    limit 1;
  if not found then
    select r.reason into v_reason from app_private.judge_replies r where r.subject_id = finish_judging.id order by r.round desc limit 1;
  end if;
  v_feedback := case
    when v_reply.has_leaked then 'Your answer was judged. What the judge had to say of it gives too much away, and is kept back.'
    else v_reply.feedback
  end;

  if finish_judging.purpose <> 'answer' then
    update app_private.judgings j
      set state = case when v_reply.call_id is null then 'unscored' else 'scored' end,
        score = v_reply.score, is_correct = v_reply.score >= p.pass_score, feedback = v_feedback,
        judge_model_id = v_reply.model_id, rubric_hash = v_reply.rubric_hash, reason = v_reason, finished_at = now()
      from app_public.problems p
      where j.id = finish_judging.id and p.id = j.problem_id;
    return;
  end if;
  select a.* into strict v_answer from app_public.answers a where a.id = finish_judging.id;
  if v_reply.call_id is null then
    update app_public.answers a
      set status = 'unscored', judged_at = now(), reason = 'The judge could not say anything usable.'
      where a.id = v_answer.id and a.answered_at = v_answer.answered_at;
    perform app_private.settle_tokens('judge', v_answer.id, 0); -- a judge that says nothing costs the member nothing
    return;
  end if;
  v_verdict_id := app_private.record_verdict(v_answer, 'judge', v_reply.score, v_feedback, v_reply.model_id, v_reply.prompt_version);
  update app_private.judge_replies r set verdict_id = v_verdict_id where r.call_id = v_reply.call_id;
end;
$$;
comment on function app_private.finish_judging(text, uuid) is
  'Ends a judging with the score that decides, or without one: never wrong and never passed for want of a reply.';
revoke all on function app_private.finish_judging(text, uuid) from public;
