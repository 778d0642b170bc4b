-- worker/ledger.ts (onRaw) -> [app_private.record_reply()] -> app_private.llm_replies
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_reply(
  attempt_id bigint,
  lease_token uuid,
  status integer,
  headers jsonb,
  body bytea
) returns boolean
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The attempt before its call, as everywhere.
  perform from app_private.llm_attempts a
    where a.id = record_reply.attempt_id and a.lease_token = record_reply.lease_token
    for key share;
  if not found then
    return false;
  end if;
  insert into app_private.llm_replies (attempt_id, status, headers, body)
    select a.id, record_reply.status, record_reply.headers, record_reply.body
      from app_private.llm_attempts a
        inner join app_private.llm_calls c on c.id = a.call_id
      where a.id = record_reply.attempt_id and not c.request ? 'erased' -- what was forgotten does not come back
      for share of c
    on conflict on constraint llm_replies_pkey do nothing;
  return found;
end;
$$;
comment on function app_private.record_reply(bigint, uuid, integer, jsonb, bytea) is
  'Stores a reply as it came, before anything reads it; a reply that comes late is stored as well, unless its member was erased.';
revoke all on function app_private.record_reply(bigint, uuid, integer, jsonb, bytea) from public;
grant execute on function app_private.record_reply(bigint, uuid, integer, jsonb, bytea) to autobench_worker;
