-- saveDraft (GraphQL) -> [app_public.save_draft()] -> app_public.attempts
-- Definer: a member may keep a draft without being able to move the clock or the version.
create or replace function app_public.save_draft(attempt uuid, text text, version integer) returns app_public.attempts
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_attempt app_public.attempts;
begin
  -- Compare and set: of two tabs that saw the same version one saves, and the other is shown what came of it.
  update app_public.attempts a
    set draft = coalesce(save_draft.text, ''), version = a.version + 1, draft_saved_at = now()
    where a.id = save_draft.attempt and a.user_id = v_user_id and a.version = save_draft.version
    returning * into v_attempt;
  if found then
    return v_attempt;
  end if;
  select a.* into v_attempt from app_public.attempts a where a.id = save_draft.attempt and a.user_id = v_user_id;
  if not found then
    raise exception 'There is no such attempt.' using errcode = 'TB007', hint = 'Check the id.';
  end if;
  raise exception 'The draft was changed elsewhere.'
    using errcode = 'TB082',
      detail = jsonb_build_object('current', jsonb_build_object(
        'id', v_attempt.id, 'draft', v_attempt.draft, 'version', v_attempt.version, 'draftSavedAt', v_attempt.draft_saved_at
      )),
      hint = format('Put the two together, and save with version %s.', v_attempt.version);
end;
$$;
comment on function app_public.save_draft(uuid, text, integer) is
  E'@resultFieldName attempt\nSaves what has been written so far, if nobody did since `version`; otherwise the error''s `details.current` is what stands there now. Errors: TB001, TB002, TB007, TB082, TB083.';
revoke all on function app_public.save_draft(uuid, text, integer) from public;
grant execute on function app_public.save_draft(uuid, text, integer) to autobench_member;
