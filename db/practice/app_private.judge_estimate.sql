-- app_public.submit_answer() -> [app_private.judge_estimate()] -> app_private.reserve_tokens()
create or replace function app_private.judge_estimate(problem_id uuid, answer text) returns integer
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  -- As for money: at worst a character is a third of a token (a byte, where letters are not Latin), and the reply whole.
  select ceil((
      coalesce(max(octet_length(t.system) + octet_length(t.template)), 0)
      + octet_length(p.statement) + octet_length(k.rubric) + octet_length(judge_estimate.answer)
    ) / 3.0)::integer + (select s.judge_output_tokens from app_private.practice_settings s)
    from app_public.problems p
      inner join app_private.problem_keys k on k.problem_id = p.id
      left join app_private.prompts t on t.role = 'judge' and t.weight > 0
    where p.id = judge_estimate.problem_id
    group by p.id, k.problem_id;
$$;
comment on function app_private.judge_estimate(uuid, text) is 'The most tokens that one judging of an answer may take.';
revoke all on function app_private.judge_estimate(uuid, text) from public;
