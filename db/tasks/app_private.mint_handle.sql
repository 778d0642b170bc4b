-- app_private.ballot_page() -> [app_private.mint_handle()] -> app_private.handles
create or replace function app_private.mint_handle(
  submission_id uuid,
  kind text,
  expires_at timestamptz,
  at timestamptz default now(),
  ballot_id uuid default null,
  side text default null
) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_submission app_public.submissions;
  -- Two random uuids, hashed: no digit is fixed, and nothing of the row is in it.
  v_handle text := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
begin
  select s.* into v_submission from app_public.submissions s where s.id = mint_handle.submission_id;
  if not found or v_submission.status <> 'succeeded' then
    raise exception 'There is no page to be shown.' using errcode = 'TB061', hint = 'Only an answer that came has one.';
  elsif v_submission.revealed_at > mint_handle.at and v_submission.names_maker is not null then
    raise exception 'This page names its maker, so it is not shown while its task is sealed.'
      using errcode = 'TB062', hint = 'Such a page is not paired.';
  end if;
  insert into app_private.handles (handle, submission_id, kind, created_at, expires_at, ballot_id, side)
    values (
      v_handle, mint_handle.submission_id, mint_handle.kind, mint_handle.at, mint_handle.expires_at, mint_handle.ballot_id, mint_handle.side
    );
  return v_handle;
end;
$$;
comment on function app_private.mint_handle(uuid, text, timestamptz, timestamptz, uuid, text) is
  'A new random name under which a page (or its image, or thumb) is shown until it expires, on a side of a ballot or by itself. Errors: TB061, TB062.';
revoke all on function app_private.mint_handle(uuid, text, timestamptz, timestamptz, uuid, text) from public;
