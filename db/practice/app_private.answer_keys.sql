-- app_public.submit_answer() -> [app_private.answer_keys] -> app_private.retention_rules
create table if not exists app_private.answer_keys (
  user_id      uuid not null,
  key          text not null,
  answer_id    uuid not null,
  answered_at  timestamptz not null,
  created_at   timestamptz not null default now(),
  constraint answer_keys_pkey primary key (user_id, key),
  constraint answer_keys_user foreign key (user_id) references app_public.users on delete cascade,
  constraint answer_keys_form check (key ~ '^[A-Za-z0-9_.:-]{8,100}$')
);
create index if not exists answer_keys_created_at_idx on app_private.answer_keys (created_at);

call app_private.reset_access('app_private.answer_keys');
-- No policy and no grant: submit_answer() alone looks here.

comment on table app_private.answer_keys is 'Keys under which answers were handed in: the same key again gives the same answer. A table of its own, since answers are cut by month.';
comment on column app_private.answer_keys.user_id is 'The member.';
comment on column app_private.answer_keys.key is 'The key, made up by the caller.';
comment on column app_private.answer_keys.answer_id is 'The answer.';
comment on column app_private.answer_keys.answered_at is 'When the answer came.';
comment on column app_private.answer_keys.created_at is 'When the key was first used.';
comment on constraint answer_keys_form on app_private.answer_keys is
  E'@error TB086\nA key has 8 to 100 letters, digits, dots, colons, dashes or underscores.\nHint: Make one up for each answer, such as a random uuid.';
