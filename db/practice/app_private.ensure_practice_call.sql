-- judge_answer, judge_battle, batch_ai_processor -> [app_private.ensure_practice_call()] -> app_private.ensure_call()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.ensure_practice_call(
  subject_type text,
  subject_id uuid,
  model_id uuid,
  request jsonb,
  round integer default 1
) returns bigint
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Held until the call is stored: who erases a member waits, and then finds the call with the member's words in it.
  case ensure_practice_call.subject_type
    when 'answer' then
      perform from app_public.answers a
        where a.id = ensure_practice_call.subject_id and a.status = 'judging'
        for key share;
    when 'check', 'rejudge' then
      perform from app_private.judgings j
        where j.id = ensure_practice_call.subject_id and j.state = 'waiting'
        for key share;
    when 'battle' then -- a battle outlives its members: it is its end that has to wait
      perform from app_public.battles b
        where b.id = ensure_practice_call.subject_id and b.status = 'active'
        for share;
    when 'batch' then
      perform from app_public.queue_jobs j
        where j.batch_id = ensure_practice_call.subject_id and j.status = 'running'
        order by j.id
        for share;
  end case;
  if not found then
    return null;
  end if;
  return app_private.ensure_call(
    case ensure_practice_call.subject_type when 'batch' then 'coach' else 'judge' end,
    ensure_practice_call.subject_type, ensure_practice_call.subject_id, ensure_practice_call.model_id,
    ensure_practice_call.request, ensure_practice_call.round
  );
end;
$$;
comment on function app_private.ensure_practice_call(text, uuid, uuid, jsonb, integer) is
  'The call about an answer, a judging, a battle or a batch of the coach, made if there is none; null when nobody waits for it any more. Errors: TB041.';
revoke all on function app_private.ensure_practice_call(text, uuid, uuid, jsonb, integer) from public;
grant execute on function app_private.ensure_practice_call(text, uuid, uuid, jsonb, integer) to autobench_worker;
