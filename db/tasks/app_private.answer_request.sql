-- dispatch_tasks() -> [app_private.answer_request()] -> app_private.llm_calls.request
create or replace function app_private.answer_request(
  model_id uuid,
  version text,
  system text,
  template text,
  prompt_text text
) returns jsonb
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
      'apiModel', m.api_model,
      'system', answer_request.system,
      'prompt', replace(answer_request.template, '{{prompt}}', answer_request.prompt_text),
      'maxOutputTokens', m.max_output_tokens,
      'params', m.params,
      'promptVersion', answer_request.version
    )
    from app_public.models m
    where m.id = answer_request.model_id;
$$;
comment on function app_private.answer_request(uuid, text, text, text, text) is
  'What a contestant is sent: fixed at dispatch, so that every model is asked the same whatever changes later.';
revoke all on function app_private.answer_request(uuid, text, text, text, text) from public;
