-- tg_users__leave_battles(), tg_users__leave_coach() -> [app_private.blank_calls()] -> app_private.llm_calls, app_private.llm_replies
create or replace function app_private.blank_calls(subject_type text, subject_ids uuid[]) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call_ids bigint[];
begin
  with blanked as (
    update app_private.llm_calls c
      set request = jsonb_build_object('erased', true),
        state = case c.state when 'pending' then 'failed' else c.state end,
        reason = case c.state when 'pending' then 'The member was erased.' else c.reason end
      where c.subject_id = any (blank_calls.subject_ids) and c.subject_type = blank_calls.subject_type
      returning c.id
  )
  select array_agg(b.id) into v_call_ids from blanked b;
  -- A statement of its own: it sees what was just being stored while the one before waited.
  delete from app_private.llm_replies r
    using app_private.llm_attempts t
    where t.id = r.attempt_id and t.call_id = any (v_call_ids);
end;
$$;
comment on function app_private.blank_calls(text, uuid[]) is
  'Forgets what models were told and said of things that an erased member had a part in. What it cost stays.';
revoke all on function app_private.blank_calls(text, uuid[]) from public;
