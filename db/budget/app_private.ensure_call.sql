-- dispatch_tasks(), generate_daily_tasks -> [app_private.ensure_call()] -> app_private.llm_calls
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.ensure_call(
  role text,
  subject_type text,
  subject_id uuid,
  model_id uuid,
  request jsonb,
  round integer default 1
) returns bigint
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call app_private.llm_calls;
begin
  insert into app_private.llm_calls (role, subject_type, subject_id, model_id, round, request)
    values (
      ensure_call.role, ensure_call.subject_type, ensure_call.subject_id, ensure_call.model_id,
      ensure_call.round::integer, ensure_call.request
    )
    on conflict on constraint llm_calls_once do nothing
    returning * into v_call;
  if not found then
    select c.* into strict v_call
      from app_private.llm_calls c
      where c.role = ensure_call.role and c.subject_type = ensure_call.subject_type
        and c.subject_id = ensure_call.subject_id and c.model_id = ensure_call.model_id and c.round = ensure_call.round;
    if v_call.request <> ensure_call.request then
      raise exception 'This call exists with another request.'
        using errcode = 'TB041', hint = 'What was decided to be asked is not changed; a new round may be opened.';
    end if;
  end if;
  return v_call.id;
end;
$$;
comment on function app_private.ensure_call(text, text, uuid, uuid, jsonb, integer) is
  'The call of a role, subject, model and round, made if there is none. Errors: TB041.';
revoke all on function app_private.ensure_call(text, text, uuid, uuid, jsonb, integer) from public;
grant execute on function app_private.ensure_call(text, text, uuid, uuid, jsonb, integer) to autobench_worker;
