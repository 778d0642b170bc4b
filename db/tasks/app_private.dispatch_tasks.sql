-- dispatch_and_collect -> [app_private.dispatch_tasks()] -> app_public.submissions, app_private.llm_calls -> answer_task
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.dispatch_tasks(
  day date,
  keys text[],
  has_rehearsal boolean,
  at timestamptz default now()
) returns table (task_id uuid, submissions integer, is_waiting boolean)
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task app_public.tasks;
  v_prompt record;
begin
  perform app_private.require_open_gate(dispatch_tasks.day);
  insert into app_private.skipped_models (challenge_date, model_id, reason)
    select dispatch_tasks.day, u.model_id, u.reason
      from app_private.usable_models(keys, has_rehearsal) u
        inner join app_public.models m on m.id = u.model_id
      where not u.is_usable and m.is_active and m.is_contestant and m.is_rehearsal = has_rehearsal
    on conflict on constraint skipped_models_pkey do nothing;

  -- Locked in the order of slots: a second run waits, and then finds them dispatched.
  for v_task in
    select t.* from app_public.tasks t where t.challenge_date = dispatch_tasks.day order by t.slot for update
  loop
    task_id := v_task.id;
    is_waiting := v_task.status = 'pending' and v_task.closes_at > dispatch_tasks.at;
    submissions := 0;
    if v_task.status = 'generated' and v_task.closes_at > dispatch_tasks.at then
      select * into strict v_prompt from app_private.pick_prompt('answer', v_task.id);
      with made as (
        insert into app_public.submissions (task_id, model_id, revealed_at)
          select v_task.id, u.model_id, case when v_task.is_showcase then dispatch_tasks.at else v_task.closes_at end
            from app_private.usable_models(keys, has_rehearsal) u
              inner join app_public.models m on m.id = u.model_id
            where u.is_usable and m.is_contestant
            order by m.slug
          on conflict on constraint submissions_once_per_model do nothing
          returning id, model_id
      )
      select count(app_private.ensure_call('answer', 'submission', m.id, m.model_id, app_private.answer_request(
          m.model_id, v_prompt.version, v_prompt.system, v_prompt.template, v_task.prompt_text
        )))::integer
        into submissions
        from made m;
      update app_public.tasks t set status = 'dispatched', dispatched_at = dispatch_tasks.at where t.id = v_task.id;
    end if;
    return next;
  end loop;
end;
$$;
comment on function app_private.dispatch_tasks(date, text[], boolean, timestamptz) is
  'Makes one submission and one call for each written task of a day and each usable model, once. Errors: TB043.';
revoke all on function app_private.dispatch_tasks(date, text[], boolean, timestamptz) from public;
grant execute on function app_private.dispatch_tasks(date, text[], boolean, timestamptz) to autobench_worker;
