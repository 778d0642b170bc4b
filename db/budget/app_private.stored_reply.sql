-- answer_task -> [app_private.stored_reply()] -> app_private.llm_replies -> worker/llm/read-reply.ts
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.stored_reply(call_id bigint)
returns table (attempt_id bigint, lease_token uuid, attempt_state text, protocol text, is_overload_free boolean, status integer, headers jsonb, body bytea)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.id, a.lease_token, a.state, p.protocol, p.is_overload_free, r.status, r.headers, r.body
    from app_private.llm_attempts a
      inner join app_private.llm_replies r on r.attempt_id = a.id
      inner join app_private.providers p on p.name = a.provider
    where a.call_id = stored_reply.call_id and a.state in ('sending', 'in_doubt', 'succeeded', 'unusable')
    order by a.n desc
    limit 1;
$$;
comment on function app_private.stored_reply(bigint) is
  'The reply to a call''s attempt that counts, as it came: enough to go on after a crash without asking again.';
revoke all on function app_private.stored_reply(bigint) from public;
grant execute on function app_private.stored_reply(bigint) to autobench_worker;
