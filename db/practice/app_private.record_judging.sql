-- judge_answer -> [app_private.record_judging()] -> app_private.keep_judge_reply(), app_private.finish_judging()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_judging(purpose text, id uuid, call_id bigint, reading jsonb) returns text
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reply app_private.judge_replies;
  v_is_first boolean;
  v_is_near boolean;
begin
  -- Locked: of two runs that read the same reply one records it, and the other finds that it is over.
  if purpose = 'answer' then
    perform from app_public.answers a where a.id = record_judging.id and a.status = 'judging' for update;
  else
    perform from app_private.judgings j where j.id = record_judging.id and j.state = 'waiting' for update;
  end if;
  if not found
    or exists (select from app_private.judge_replies r where r.call_id = record_judging.call_id)
    or not exists (
      select from app_private.llm_calls c
        where c.id = record_judging.call_id and c.subject_id = record_judging.id and c.subject_type = record_judging.purpose and c.state = 'done'
    )
  then
    return 'over';
  end if;

  v_reply := app_private.keep_judge_reply(record_judging.purpose, record_judging.id, record_judging.call_id, record_judging.reading);
  v_is_first := 1 >= (
    select count(*) from app_private.judge_replies r where r.subject_id = record_judging.id and r.state = 'scored'
  );
  -- Near the threshold one judge's whim would decide: a second judgement does.
  select abs(v_reply.score - p.pass_score) <= s.second_opinion_within and s.second_opinion_within > 0 into v_is_near
    from app_private.practice_settings s
      cross join app_public.problems p
    where p.id = coalesce(
      (select a.problem_id from app_public.answers a where a.id = record_judging.id),
      (select j.problem_id from app_private.judgings j where j.id = record_judging.id)
    );
  if v_reply.round < 3 and (v_reply.state <> 'scored' or (v_is_first and v_is_near)) then
    perform app_private.queue_judging(record_judging.purpose, record_judging.id);
    return 'again';
  end if;
  perform app_private.finish_judging(record_judging.purpose, record_judging.id);
  return 'done';
end;
$$;
comment on function app_private.record_judging(text, uuid, bigint, jsonb) is
  'Takes in what was read from a judge''s reply: done, again (a new round is queued), or over (there was nothing left to be judged).';
revoke all on function app_private.record_judging(text, uuid, bigint, jsonb) from public;
grant execute on function app_private.record_judging(text, uuid, bigint, jsonb) to autobench_worker;
