-- GET /share/<token>, app_public.shared_progress() -> [app_private.read_share()] -> app_private.shareable_progress
-- Definer: whoever has the token sees the card, and nobody else.
create or replace function app_private.read_share(token text, at timestamptz default now()) returns jsonb
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.snapshot || jsonb_build_object('shared_at', s.created_at, 'expires_at', s.expires_at)
    from app_private.shareable_progress s
      inner join app_private.accounts a on a.user_id = s.user_id and a.banned_at is null
    where s.token = read_share.token and s.expires_at > read_share.at;
$$;
comment on function app_private.read_share(text, timestamptz) is
  'The card behind a token; null where there is none, it has expired, or its member is suspended.';
revoke all on function app_private.read_share(text, timestamptz) from public;
grant execute on function app_private.read_share(text, timestamptz) to autobench_server;
