-- autobench judge-check -> [app_private.open_judge_check()] -> app_private.judge_runs, judge_answer
-- Definer: the worker's login, as which the command line asks, holds execute grants alone.
create or replace function app_private.open_judge_check(version text default null) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version text;
  v_run_id bigint;
begin
  select p.version into v_version
    from app_private.prompts p
    where p.role = 'judge' and (p.version = open_judge_check.version or (open_judge_check.version is null and p.weight > 0))
    order by substr(p.version, 2)::integer desc
    limit 1;
  if not found then
    raise exception 'The judge has no such prompt.'
      using errcode = 'TB08A', hint = 'See content/prompts/judge, and "autobench sync".';
  end if;
  insert into app_private.judge_runs (purpose, prompt_version) values ('check', v_version) returning id into v_run_id;
  insert into app_private.judgings (run_id, problem_id, example)
    select v_run_id, e.problem_id, e.name
      from app_private.problem_examples e
        inner join app_public.problems p on p.id = e.problem_id
      where p.is_published;
  perform app_private.queue_judging('check', j.id) from app_private.judgings j where j.run_id = v_run_id;
  return v_run_id;
end;
$$;
comment on function app_private.open_judge_check(text) is
  'Has the registry''s examples judged by the live judge, with one prompt version (the newest that is drawn); returns the run. Errors: TB08A.';
revoke all on function app_private.open_judge_check(text) from public;
grant execute on function app_private.open_judge_check(text) to autobench_worker;
