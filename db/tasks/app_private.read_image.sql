-- GET /images/<sha256>.webp -> [app_private.read_image()] -> app_private.blobs
-- Definer: the server's login may read a picture that is revealed without being able to read the table.
create or replace function app_private.read_image(
  sha256 bytea,
  at timestamptz default now(),
  out media_type text,
  out bytes bytea
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.media_type, b.bytes
    from app_private.blobs b
    where b.sha256 = read_image.sha256
      and exists (
        select from app_public.artifacts a
          where read_image.sha256 in (a.image_sha256, a.thumb_sha256) and a.revealed_at <= read_image.at
      );
$$;
comment on function app_private.read_image(bytea, timestamptz) is
  'A picture by its hash, if it belongs to something that is revealed; nulls when it does not.';
revoke all on function app_private.read_image(bytea, timestamptz) from public;
grant execute on function app_private.read_image(bytea, timestamptz) to autobench_server;
