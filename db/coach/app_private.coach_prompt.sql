-- batch_ai_processor -> [app_private.coach_prompt()] -> app_private.pick_prompt(), app_public.models
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.coach_prompt(batch_id uuid, model_id uuid)
returns table (version text, system text, template text, api_model text, params jsonb)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.version, p.system, p.template, m.api_model, m.params
    from app_private.pick_prompt('coach', coach_prompt.batch_id) p
      cross join app_public.models m
    where m.id = coach_prompt.model_id;
$$;
comment on function app_private.coach_prompt(uuid, uuid) is 'What a model needs to be told to coach a batch.';
revoke all on function app_private.coach_prompt(uuid, uuid) from public;
grant execute on function app_private.coach_prompt(uuid, uuid) to autobench_worker;
