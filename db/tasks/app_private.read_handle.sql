-- GET /h/<handle>, /images/h/<handle> -> [app_private.read_handle()] -> app_private.handles
-- Definer: the server's login may open what somebody was given a name for, and nothing else.
create or replace function app_private.read_handle(
  handle text,
  is_page boolean,
  at timestamptz default now(),
  out media_type text,
  out bytes bytea
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_handle app_private.handles;
begin
  select h.* into v_handle
    from app_private.handles h
    where h.handle = read_handle.handle and h.expires_at > read_handle.at and (h.kind = 'page') = read_handle.is_page;
  if not found then
    return;
  elsif v_handle.kind = 'page' then
    select 'text/html', convert_to(c.html, 'UTF8') into media_type, bytes
      from app_public.submission_codes c
      where c.submission_id = v_handle.submission_id;
  else
    select b.media_type, b.bytes into media_type, bytes
      from app_public.artifacts a
        inner join app_private.blobs b
          on b.sha256 = case v_handle.kind when 'thumb' then a.thumb_sha256 else a.image_sha256 end
      where a.submission_id = v_handle.submission_id;
  end if;
end;
$$;
comment on function app_private.read_handle(text, boolean, timestamptz) is
  'What a handle opens: a page for the second origin, or a picture for the site; nulls when it opens nothing.';
revoke all on function app_private.read_handle(text, boolean, timestamptz) from public;
grant execute on function app_private.read_handle(text, boolean, timestamptz) to autobench_server;
