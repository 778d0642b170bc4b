-- app_public.battles -> [app_public.battle_answers()] -> battleAnswers (GraphQL)
-- Definer: seats are nobody's to read while a battle goes on.
create or replace function app_public.battle_answers(battle_id uuid) returns table (user_id uuid, answer text, answered_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
begin
  return query
    select s.user_id, s.body, s.answered_at
      from app_public.battles b
        inner join app_private.battle_seats s on s.battle_id = b.id
      where b.id = battle_answers.battle_id and v_user_id in (b.challenger_id, b.opponent_id) and s.body is not null
        and (b.status = 'finished' or s.user_id = v_user_id)
      order by s.answered_at;
end;
$$;
comment on function app_public.battle_answers(uuid) is
  'The answers to a battle of one''s own: one''s own at any time, the other''s once it is decided. Errors: TB001, TB002.';
revoke all on function app_public.battle_answers(uuid) from public;
grant execute on function app_public.battle_answers(uuid) to autobench_member;
