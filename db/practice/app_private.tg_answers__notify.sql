-- app_public.answers -> [app_private.tg_answers__notify()] -> answerJudged (GraphQL subscription)
create or replace function app_private.tg_answers__notify() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The id alone: whoever receives it reads the row under their own rights.
  perform pg_notify('answers:' || new.user_id, json_build_object('id', new.id)::text);
  return null;
end;
$$;
comment on function app_private.tg_answers__notify() is 'Tells a member''s own subscribers that an answer of theirs was judged, or judged anew.';
revoke all on function app_private.tg_answers__notify() from public;

create or replace trigger _900_notify after update on app_public.answers
  for each row when (new.status <> 'judging' and (old.status, old.verdict_id) is distinct from (new.status, new.verdict_id))
  execute function app_private.tg_answers__notify();
