-- answer_task -> [app_private.maker_names()] -> app_public.models -> worker/llm/names-its-maker.ts
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.maker_names(call_id bigint)
returns text[]
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select array[m.provider, m.display_name, m.family, m.api_model, m.slug]
    from app_private.llm_calls c
      inner join app_public.models m on m.id = c.model_id
    where c.id = maker_names.call_id;
$$;
comment on function app_private.maker_names(bigint) is
  'The names under which the model that a call asks is registered: a page that bears one of them is no blind one.';
revoke all on function app_private.maker_names(bigint) from public;
grant execute on function app_private.maker_names(bigint) to autobench_worker;
