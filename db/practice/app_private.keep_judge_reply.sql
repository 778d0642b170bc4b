-- app_private.begin_judging(), app_private.record_judging() -> [app_private.keep_judge_reply()] -> app_private.judge_replies
create or replace function app_private.keep_judge_reply(purpose text, id uuid, call_id bigint, reading jsonb)
returns app_private.judge_replies
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call app_private.llm_calls;
  v_attempt app_private.llm_attempts;
  v_answer_id uuid := keep_judge_reply.id;
  v_example text;
  v_problem_id uuid;
  v_user_id uuid;
  v_known text;
  v_secrets text;
  v_rubric_hash bytea;
  v_reply app_private.judge_replies;
  -- Whole numbers from 0 to 100, as a number: anything else is no score, and becomes none by being cut or rounded.
  v_score numeric := case jsonb_typeof(reading -> 'score') when 'number' then (reading ->> 'score')::numeric end;
  v_is_scored boolean := coalesce(
    v_score between 0 and 100 and v_score % 1 = 0
      and jsonb_typeof(reading -> 'feedback') = 'string' and char_length(btrim(reading ->> 'feedback')) between 1 and 4000,
    false
  );
begin
  select c.* into strict v_call from app_private.llm_calls c where c.id = keep_judge_reply.call_id;
  select a.* into v_attempt from app_private.llm_attempts a where a.call_id = v_call.id order by a.n desc limit 1;
  if purpose <> 'answer' then
    select j.answer_id, j.example, j.problem_id into v_answer_id, v_example, v_problem_id
      from app_private.judgings j where j.id = keep_judge_reply.id;
  end if;
  if v_answer_id is null then
    select e.answer into v_known from app_private.problem_examples e where e.problem_id = v_problem_id and e.name = v_example;
  else
    select a.user_id, a.problem_id, a.body into v_user_id, v_problem_id, v_known from app_public.answers a where a.id = v_answer_id;
  end if;
  select concat_ws(E'\n', v_known, p.statement), concat_ws(E'\n', k.reference, k.rubric), k.rubric_hash
    into strict v_known, v_secrets, v_rubric_hash
    from app_public.problems p
      inner join app_private.problem_keys k on k.problem_id = p.id
    where p.id = v_problem_id;

  insert into app_private.judge_replies (
      call_id, subject_id, purpose, user_id, round, model_id, prompt_version, rubric_hash, state, score, reasoning, feedback,
      has_leaked, raw, reason, tokens, cost_usd, latency_ms
    )
    values (
      v_call.id, keep_judge_reply.id, keep_judge_reply.purpose, v_user_id, v_call.round, v_call.model_id,
      v_call.request ->> 'promptVersion', v_rubric_hash,
      case when v_is_scored then 'scored' when v_call.state = 'in_doubt' then 'in_doubt' else 'unscored' end,
      case when v_is_scored then v_score::integer end,
      left(reading ->> 'reasoning', 20000),
      left(btrim(reading ->> 'feedback'), 4000),
      v_is_scored and app_private.says_too_much(reading ->> 'feedback', v_secrets, v_known),
      left(reading ->> 'raw', 40000),
      case when not v_is_scored then left(coalesce(reading ->> 'why', 'The reply holds no score from 0 to 100 with its feedback.'), 500) end,
      coalesce(v_attempt.input_tokens, 0) + coalesce(v_attempt.output_tokens, 0),
      coalesce(v_attempt.cost_usd, 0),
      (v_attempt.evidence ->> 'durationMs')::integer
    )
    returning * into v_reply;
  return v_reply;
end;
$$;
comment on function app_private.keep_judge_reply(text, uuid, bigint, jsonb) is
  'Writes down what the judge said in one round, and whether that is a score.';
revoke all on function app_private.keep_judge_reply(text, uuid, bigint, jsonb) from public;
