-- POST /webhooks/clerk -> [app_private.webhook_messages] -> app_private.purge_batch()
create table if not exists app_private.webhook_messages (
  id           text constraint webhook_messages_pkey primary key,
  received_at  timestamptz not null default now(),
  constraint webhook_messages_id_form check (char_length(id) between 1 and 200)
);
create index if not exists webhook_messages_received_at_idx on app_private.webhook_messages (received_at);

call app_private.reset_access('app_private.webhook_messages');
-- No policy and no grant: accept_webhook() is the only door.

comment on table app_private.webhook_messages is 'Signed messages that were already taken in, so that none counts twice.';
comment on column app_private.webhook_messages.id is 'The sender''s id of the message.';
comment on column app_private.webhook_messages.received_at is 'When it was taken in.';
