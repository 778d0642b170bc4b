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
  v_subject text := event #>> '{data,id}';
  v_changed_at timestamptz := coalesce(
    to_timestamp((event #>> '{data,updated_at}')::double precision / 1000),
    accept_webhook.sent_at
  );
begin
  insert into app_private.webhook_messages (id) values (accept_webhook.message_id)
    on conflict on constraint webhook_messages_pkey do nothing;
  if not found or coalesce(v_subject, '') = '' then
    return false;
  end if;
  case event ->> 'type'
    when 'user.deleted' then
      return app_private.forget_subject(accept_webhook.issuer, v_subject);
    when 'user.created', 'user.updated' then
      return app_private.sync_profile(
        accept_webhook.issuer,
        v_subject,
        jsonb_build_object(
          'username', event #> '{data,username}',
          'full_name', nullif(concat_ws(' ', event #>> '{data,first_name}', event #>> '{data,last_name}'), ''),
          'avatar_url', event #> '{data,image_url}',
          'email', (
            select a ->> 'email_address'
              from jsonb_array_elements(
                case jsonb_typeof(event #> '{data,email_addresses}') when 'array' then event #> '{data,email_addresses}' else '[]' end
              ) a
              where a ->> 'id' = event #>> '{data,primary_email_address_id}'
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
