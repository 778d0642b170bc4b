-- app_public.answer_battle() -> [app_private.battle_estimate()] -> app_private.reserve_tokens()
create or replace function app_private.battle_estimate(problem_id uuid, answer text) returns integer
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  -- Two calls read both answers, and each member bears a half: one call's reply, what it is told, and their own answer twice.
  select ceil((
      coalesce(max(octet_length(t.system) + octet_length(t.template)), 0)
      + octet_length(p.statement) + coalesce(octet_length(k.rubric), 0) + 2 * octet_length(battle_estimate.answer)
    ) / 3.0)::integer + 2048 -- as long as judge_battle lets a reply be
    from app_public.problems p
      left join app_private.problem_keys k on k.problem_id = p.id
      left join app_private.prompts t on t.role = 'battle' and t.weight > 0
    where p.id = battle_estimate.problem_id
    group by p.id, k.problem_id;
$$;
comment on function app_private.battle_estimate(uuid, text) is 'The most tokens that a member''s half of judging a battle may take.';
revoke all on function app_private.battle_estimate(uuid, text) from public;
