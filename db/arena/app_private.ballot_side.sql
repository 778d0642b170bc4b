-- app_private.handles -> [app_private.ballot_side()] -> app_public.draw_ballot()
create or replace function app_private.ballot_side(ballot_id uuid, side text, at timestamptz default now()) returns app_public.shown_page
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(current_setting('app.sandbox_url', true), '') || '/h/' || max(h.handle) filter (where h.kind = 'page'),
      '/images/h/' || max(h.handle) filter (where h.kind = 'image'),
      '/images/h/' || max(h.handle) filter (where h.kind = 'thumb')
    from app_private.handles h
    where h.ballot_id = ballot_side.ballot_id and h.side = ballot_side.side and h.expires_at > ballot_side.at;
$$;
comment on function app_private.ballot_side(uuid, text, timestamptz) is
  'Where the page on one side of a ballot is shown, as long as it can be used.';
revoke all on function app_private.ballot_side(uuid, text, timestamptz) from public;
