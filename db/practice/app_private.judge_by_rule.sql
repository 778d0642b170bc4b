-- app_private.begin_judging() -> [app_private.judge_by_rule()] -> app_private.record_verdict(), app_private.judgings
create or replace function app_private.judge_by_rule(purpose text, id uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer app_public.answers;
  v_feedback constant text := 'There is too little here to be judged. Say what happened, how you can tell, and what you would do.';
begin
  if purpose = 'answer' then
    select a.* into strict v_answer from app_public.answers a where a.id = judge_by_rule.id;
    perform app_private.record_verdict(v_answer, 'rule', 0, v_feedback, null, null);
  else
    update app_private.judgings j
      set state = 'scored', score = 0, is_correct = false, feedback = v_feedback, finished_at = now()
      where j.id = judge_by_rule.id;
  end if;
end;
$$;
comment on function app_private.judge_by_rule(text, uuid) is 'Gives an answer that holds too little its score of 0, without asking anybody.';
revoke all on function app_private.judge_by_rule(text, uuid) from public;
