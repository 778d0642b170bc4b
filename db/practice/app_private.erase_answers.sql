-- app_private.erase_account() -> [app_private.erase_answers()] -> app_public.answers, app_private.llm_calls, app_private.llm_replies
create or replace function app_private.erase_answers(user_id uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subjects uuid[];
  v_call_ids bigint[];
begin
  -- Locked first: whoever is just having a call made for one of them is waited for, and that call is seen below.
  with own_answers as materialized (
    select a.id from app_public.answers a where a.user_id = erase_answers.user_id for update
  ), own_judgings as materialized (
    select j.id from app_private.judgings j where j.user_id = erase_answers.user_id for update
  )
  select array_agg(s.id) into v_subjects
    from (select a.id from own_answers a union all select j.id from own_judgings j) s (id);
  -- What a call cost stays; what was asked and answered goes, and what was still to be asked is not asked any more.
  with blanked as (
    update app_private.llm_calls c
      set request = jsonb_build_object('erased', true),
        state = case c.state when 'pending' then 'failed' else c.state end,
        reason = case c.state when 'pending' then 'The member was erased.' else c.reason end
      where c.subject_id = any (v_subjects) and c.subject_type in ('answer', 'rejudge')
      returning c.id
  )
  select array_agg(b.id) into v_call_ids from blanked b;
  delete from app_private.llm_replies r
    using app_private.llm_attempts t
    where t.id = r.attempt_id and t.call_id = any (v_call_ids);
  delete from app_private.judge_replies r where r.user_id = erase_answers.user_id;
  delete from app_private.judgings j where j.user_id = erase_answers.user_id;
  delete from app_public.answers a where a.user_id = erase_answers.user_id;
  delete from app_public.verdicts v where v.user_id = erase_answers.user_id;
  perform graphile_worker.remove_job(k.key) from graphile_worker.jobs k where k.key = any (select 'judging:' || s from unnest(v_subjects) s);
end;
$$;
comment on function app_private.erase_answers(uuid) is
  'Forgets what a member has answered: the answers, what was said of them, and their text wherever it was sent.';
revoke all on function app_private.erase_answers(uuid) from public;
