-- POST /webhooks/clerk (signature checked) -> [app_private.accept_webhook()] -> sync_profile(), forget_subject()
-- Definer: the server's login passes messages on; the message and its effect are one transaction.
create or replace function app_private.accept_webhook(
  message_id text,
  issuer text,
  event jsonb,
  sent_at timestamptz
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_data jsonb := event -> 'data';
  v_subject text := v_data ->> 'id';
  v_changed_at timestamptz := coalesce(accept_webhook.sent_at, now());
begin
  -- A message that nobody could use is no error: its sender would only send it again.
  if coalesce(char_length(accept_webhook.message_id), 0) not between 1 and 200
    or coalesce(char_length(accept_webhook.issuer), 0) not between 1 and 500
    or jsonb_typeof(v_data -> 'id') is distinct from 'string' or char_length(v_subject) not between 1 and 255
  then
    return false;
  end if;
  insert into app_private.webhook_messages (id) values (accept_webhook.message_id)
    on conflict on constraint webhook_messages_pkey do nothing;
  if not found then
    return false;
  end if;
  -- Milliseconds. Nothing changed long after the message was sent: a far date would shut out all later ones.
  if jsonb_typeof(v_data -> 'updated_at') = 'number' and abs((v_data ->> 'updated_at')::numeric) < 1e14 then
    v_changed_at := least(
      to_timestamp((v_data ->> 'updated_at')::double precision / 1000),
      v_changed_at + interval '5 minutes'
    );
  end if;
  case event ->> 'type'
    when 'user.deleted' then
      return app_private.forget_subject(accept_webhook.issuer, v_subject);
    when 'user.created', 'user.updated' then
      return app_private.sync_profile(
        accept_webhook.issuer,
        v_subject,
        jsonb_build_object(
          'username', v_data -> 'username',
          'full_name', (
            select string_agg(n.name #>> '{}', ' ' order by n.place)
              from (values (1, v_data -> 'first_name'), (2, v_data -> 'last_name')) n (place, name)
              where jsonb_typeof(n.name) = 'string'
          ),
          'avatar_url', v_data -> 'image_url',
          'email', (
            select e.address -> 'email_address'
              from jsonb_array_elements(
                case jsonb_typeof(v_data -> 'email_addresses') when 'array' then v_data -> 'email_addresses' else '[]' end
              ) e (address)
              where e.address -> 'id' = v_data -> 'primary_email_address_id'
              limit 1
          )
        ),
        v_changed_at
      );
    else
      return false; -- a kind of message that does not concern us
  end case;
end;
$$;
comment on function app_private.accept_webhook(text, text, jsonb, timestamptz) is
  'Takes in one signed message of the identity provider, once; says whether it changed anything.';
revoke all on function app_private.accept_webhook(text, text, jsonb, timestamptz) from public;
grant execute on function app_private.accept_webhook(text, text, jsonb, timestamptz) to autobench_server;
