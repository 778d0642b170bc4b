-- app_operations.rejudge(), a DBA -> [app_private.open_rejudge()] -> app_private.judge_runs, judge_answer
create or replace function app_private.open_rejudge(problem text, version text, reason text) returns app_private.judge_runs
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run app_private.judge_runs;
begin
  perform app_private.log_operator('rejudge', concat_ws(' ', open_rejudge.problem, open_rejudge.version), open_rejudge.reason);
  insert into app_private.judge_runs (purpose, problem_id, prompt_version)
    select 'rejudge', p.id, open_rejudge.version from app_public.problems p where p.slug = open_rejudge.problem
    returning * into v_run;
  if not found then
    raise exception 'There is no such problem.' using errcode = 'TB080', hint = 'See problems.';
  elsif not exists (select from app_private.prompts p where p.role = 'judge' and p.version = open_rejudge.version) then
    raise exception 'The judge has no such prompt.'
      using errcode = 'TB08A', hint = 'See content/prompts/judge, and "autobench sync".';
  end if;
  -- All that a judge has judged, and what it left without a score. What a rule has judged needs no judge.
  insert into app_private.judgings (run_id, problem_id, user_id, answer_id, answered_at, prior_verdict_id)
    select v_run.id, a.problem_id, a.user_id, a.id, a.answered_at, a.verdict_id
      from app_public.answers a
        left join app_public.verdicts v on v.id = a.verdict_id
      where a.problem_id = v_run.problem_id and a.status <> 'judging' and (v.id is null or v.judge_model_id is not null);
  perform app_private.queue_judging('rejudge', j.id) from app_private.judgings j where j.run_id = v_run.id;
  return v_run;
end;
$$;
comment on function app_private.open_rejudge(text, text, text) is
  'Has the answers to a problem judged once more, in shadow: nothing changes before the run is applied. Errors: TB017, TB080, TB08A.';
revoke all on function app_private.open_rejudge(text, text, text) from public;
