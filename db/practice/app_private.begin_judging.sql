-- judge_answer -> [app_private.begin_judging()] -> app_private.llm_calls, app_private.finish_judging()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.begin_judging(
  purpose text,
  id uuid,
  keys text[],
  has_rehearsal boolean,
  out step text,
  out wait_ms integer,
  out call_id bigint,
  out round integer,
  out model_id uuid,
  out request jsonb,
  out parts jsonb
)
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer app_public.answers;
  v_problem_id uuid;
  v_problem app_public.problems;
  v_body text;
  v_version text;
  v_call app_private.llm_calls;
  v_has_reply boolean;
  v_until timestamptz;
begin
  step := 'over';
  if purpose = 'answer' then
    select a.* into v_answer from app_public.answers a where a.id = begin_judging.id and a.status = 'judging' for update;
    v_body := v_answer.body;
    v_problem_id := v_answer.problem_id;
  else
    select coalesce(a.body, e.answer), r.prompt_version, j.problem_id
      into v_body, v_version, v_problem_id
      from app_private.judgings j
        inner join app_private.judge_runs r on r.id = j.run_id
        left join app_public.answers a on a.id = j.answer_id and a.answered_at = j.answered_at
        left join app_private.problem_examples e on e.problem_id = j.problem_id and e.name = j.example
      where j.id = begin_judging.id and j.state = 'waiting'
      for update of j;
  end if;
  if v_body is null then
    return; -- judged before, erased, or an example that is gone
  end if;
  select p.* into strict v_problem from app_public.problems p where p.id = v_problem_id;

  if app_private.content_length(v_body) < v_problem.minimum_length then
    perform app_private.judge_by_rule(begin_judging.purpose, begin_judging.id);
    return;
  end if;

  loop
    select count(*) + 1 into round from app_private.judge_replies r where r.subject_id = begin_judging.id;
    if round > 3 then
      perform app_private.finish_judging(begin_judging.purpose, begin_judging.id);
      return;
    end if;
    select c.* into v_call
      from app_private.llm_calls c
      where c.subject_id = begin_judging.id and c.subject_type = begin_judging.purpose and c.round = begin_judging.round
      order by c.id
      limit 1;
    exit when not found;
    call_id := v_call.id;
    v_has_reply := exists (select from app_private.stored_reply(v_call.id) r where r.status between 200 and 299);
    -- A reply that is stored only has to be read, even when its call was given up for in doubt.
    if v_call.state in ('pending', 'active') or (v_call.state in ('done', 'in_doubt') and v_has_reply) then
      step := 'ask';
      return;
    elsif v_call.state in ('done', 'in_doubt') then
      -- Whether it was answered, nobody knows. A judgement may be asked for once more, after a day; an arena's answer never.
      -- What was answered and is not here may wait on a worker's disk, for an hour; then it is gone.
      select max(a.finished_at) + case v_call.state when 'done' then interval '1 hour' else interval '1 day' end
        into v_until
        from app_private.llm_attempts a
        where a.call_id = v_call.id;
      if v_until > clock_timestamp() then
        step := 'wait';
        wait_ms := ceil(extract(epoch from v_until - clock_timestamp()) * 1000)::integer;
        return;
      end if;
    end if;
    perform app_private.keep_judge_reply(
      begin_judging.purpose, begin_judging.id, v_call.id,
      jsonb_build_object('why', case v_call.state
        when 'in_doubt' then 'Nobody knows whether the judge answered.'
        when 'done' then 'The reply is gone.'
        else coalesce(v_call.reason, 'The judge could not be asked.')
      end)
    );
    if v_call.state = 'in_doubt' and (
      select count(*) > 1 from app_private.judge_replies r where r.subject_id = begin_judging.id and r.state = 'in_doubt'
    ) then
      perform app_private.finish_judging(begin_judging.purpose, begin_judging.id);
      return;
    end if;
    call_id := null;
  end loop;

  -- A new round. What the judge is told stays what it was in the first one, whatever the weights are now.
  v_version := coalesce(
    v_version,
    (select r.prompt_version from app_private.judge_replies r where r.subject_id = begin_judging.id order by r.round limit 1),
    (select p.version from app_private.pick_prompt('judge', begin_judging.id) p)
  );
  model_id := app_private.pick_judge(keys, has_rehearsal, (
    select r.model_id from app_private.judge_replies r where r.subject_id = begin_judging.id and r.state = 'scored' limit 1
  ));
  if model_id is null then
    step := 'nobody';
    return;
  end if;
  step := 'make';
  select jsonb_build_object('apiModel', m.api_model, 'params', m.params, 'maxOutputTokens', s.judge_output_tokens, 'promptVersion', p.version),
      jsonb_build_object('system', p.system, 'template', p.template, 'problem', v_problem.statement, 'rubric', k.rubric, 'answer', v_body)
    into strict request, parts
    from app_private.prompts p
      cross join app_private.practice_settings s
      cross join app_public.models m
      cross join app_private.problem_keys k
    where p.role = 'judge' and p.version = v_version and m.id = begin_judging.model_id and k.problem_id = v_problem.id;
end;
$$;
comment on function app_private.begin_judging(text, uuid, text[], boolean) is
  'What is to be done next for a judging: over (nothing), wait, nobody (no judge can be asked), ask (the call that there is) or make (a call of these parts).';
revoke all on function app_private.begin_judging(text, uuid, text[], boolean) from public;
grant execute on function app_private.begin_judging(text, uuid, text[], boolean) to autobench_worker;
