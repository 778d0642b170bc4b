-- challengeMember (GraphQL) -> [app_public.challenge_member()] -> app_public.battles
-- Definer: members may challenge each other without being able to write battles.
create or replace function app_public.challenge_member(username text, problem_slug text) returns app_public.battles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles;
  v_problem app_public.problems;
begin
  perform app_private.take_rate('challenge', v_user_id::text, 20, '1 day');
  select b.* into v_battle
    from app_public.battles b
      inner join app_public.users u on u.id = b.opponent_id
    where b.challenger_id = v_user_id and b.status = 'open' and u.username = challenge_member.username collate app_public.ci;
  if found then
    return v_battle; -- asked already, and not answered yet
  end if;
  v_problem := app_private.require_problem(challenge_member.problem_slug, v_user_id);
  insert into app_public.battles (challenger_id, opponent_id, problem_id)
    select v_user_id, u.id, v_problem.id
      from app_public.users u
      where u.username = challenge_member.username collate app_public.ci and u.is_listed and u.id <> v_user_id
    returning * into v_battle;
  if not found then
    raise exception 'There is no such other member.'
      using errcode = 'TB092', hint = 'Name a listed member other than yourself.';
  end if;
  return v_battle;
end;
$$;
comment on function app_public.challenge_member(text, text) is
  E'@resultFieldName battle\nChallenges another member to a problem. Errors: TB001, TB002, TB006, TB080, TB081, TB092.';
revoke all on function app_public.challenge_member(text, text) from public;
grant execute on function app_public.challenge_member(text, text) to autobench_member;
