-- app_private.judge_check_results -> [app_private.judge_agreement()] -> app_operations.judge_versions
-- Definer: operators may see how well the judge agrees with the examples without reading those.
create or replace function app_private.judge_agreement()
returns table (prompt_version text, examples integer, agreement double precision)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.prompt_version, count(*)::integer, avg(c.is_as_expected::integer)::double precision
    from app_private.judge_check_results c
    where c.state <> 'waiting'
    group by c.prompt_version;
$$;
comment on function app_private.judge_agreement() is 'How many examples each prompt version was checked with, and which part came out as expected.';
revoke all on function app_private.judge_agreement() from public;
grant execute on function app_private.judge_agreement() to autobench_operator;
