-- record_artifact() -> [app_private.put_blob()] -> app_private.blobs
create or replace function app_private.put_blob(bytes bytea) returns bytea
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sha256 bytea := sha256(put_blob.bytes);
begin
  -- What the bytes are is read from themselves: they come from a browser that a hostile page was in.
  if substr(put_blob.bytes, 1, 4) <> 'RIFF'::bytea or substr(put_blob.bytes, 9, 4) <> 'WEBP'::bytea
    or octet_length(put_blob.bytes) > 4194304
  then
    raise exception 'These bytes are not a picture that is kept here.'
      using errcode = 'TB060', hint = 'WebP, at most 4 MiB.';
  end if;
  insert into app_private.blobs (sha256, media_type, bytes)
    values (v_sha256, 'image/webp', put_blob.bytes)
    on conflict on constraint blobs_pkey do nothing;
  return v_sha256;
end;
$$;
comment on function app_private.put_blob(bytea) is 'Keeps a picture, once, and returns the hash that names it. Errors: TB060.';
revoke all on function app_private.put_blob(bytea) from public;
