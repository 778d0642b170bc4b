-- autobench judge-check -> [app_private.judge_check_report()] -> app_private.judge_check_results
-- Definer: the worker's login, as which the command line asks, holds execute grants alone.
create or replace function app_private.judge_check_report(run_id bigint) returns setof app_private.judge_check_results
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.* from app_private.judge_check_results c where c.run_id = judge_check_report.run_id order by c.slug, c.example;
$$;
comment on function app_private.judge_check_report(bigint) is 'How far a check of the judge is, and what it found.';
revoke all on function app_private.judge_check_report(bigint) from public;
grant execute on function app_private.judge_check_report(bigint) to autobench_worker;
