-- generate_daily_tasks -> [app_private.call_of()] -> app_private.llm_calls
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.call_of(role text, subject_type text, subject_id uuid, round integer)
returns table (id bigint, state text, prompt_version text)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.id, c.state, c.request ->> 'promptVersion'
    from app_private.llm_calls c
    where c.role = call_of.role and c.subject_type = call_of.subject_type
      and c.subject_id = call_of.subject_id and c.round = call_of.round
    order by c.id
    limit 1;
$$;
comment on function app_private.call_of(text, text, uuid, integer) is 'The call that was made for a subject, role and round, if one was.';
revoke all on function app_private.call_of(text, text, uuid, integer) from public;
grant execute on function app_private.call_of(text, text, uuid, integer) to autobench_worker;
