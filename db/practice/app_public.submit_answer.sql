-- submitAnswer (GraphQL) -> [app_public.submit_answer()] -> app_public.answers, judge_answer
-- Definer: it is the only door to answers; a member can write none of its columns.
create or replace function app_public.submit_answer(slug text, answer text, idempotency_key text) returns app_public.answers
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_id uuid := gen_random_uuid();
  v_key app_private.answer_keys;
  v_problem app_public.problems;
  v_started_at timestamptz;
  v_seconds integer;
  v_answer app_public.answers;
begin
  -- The key first: whoever asks again, at once or later, gets what was stored, and it costs them nothing.
  insert into app_private.answer_keys (user_id, key, answer_id, answered_at)
    values (v_user_id, coalesce(submit_answer.idempotency_key, ''), v_id, now())
    on conflict on constraint answer_keys_pkey do nothing;
  if not found then
    select k.* into strict v_key from app_private.answer_keys k where k.user_id = v_user_id and k.key = submit_answer.idempotency_key;
    select a.* into strict v_answer from app_public.answers a where a.id = v_key.answer_id and a.answered_at = v_key.answered_at;
    return v_answer;
  end if;

  v_problem := app_private.require_problem(submit_answer.slug, v_user_id);
  select a.started_at into v_started_at from app_public.attempts a where a.user_id = v_user_id and a.problem_id = v_problem.id;
  if not found then
    raise exception 'You have not started this problem.'
      using errcode = 'TB084', hint = 'Call startProblem first: its clock runs from there.';
  elsif coalesce(submit_answer.answer, '') !~ '[^[:space:]]' or char_length(submit_answer.answer) > 20000 then
    raise exception 'An answer has 1 to 20,000 characters.'
      using errcode = 'TB083', hint = 'Write something, or shorten it.';
  end if;
  perform app_private.take_rate(
    'answers', v_user_id::text, (select s.answers_per_hour from app_private.practice_settings s), '1 hour'
  );
  -- What is too little to be judged asks no model, and costs no tokens.
  if app_private.content_length(submit_answer.answer) >= v_problem.minimum_length then
    perform app_private.reserve_tokens(
      v_user_id, 'judge', v_id, app_private.judge_estimate(v_problem.id, submit_answer.answer)
    );
  end if;

  v_seconds := greatest(0, extract(epoch from now() - v_started_at))::integer;
  insert into app_public.answers (id, answered_at, user_id, problem_id, body, day, seconds_taken, base_points, time_bonus_points)
    select v_id, now(), v_user_id, v_problem.id, submit_answer.answer, app_private.member_day(u.id, now()), v_seconds,
        v_problem.base_points,
        app_private.time_bonus(v_problem.time_bonus_points, v_problem.expected_seconds, v_seconds)
      from app_public.users u
      where u.id = v_user_id
    returning * into v_answer;
  perform app_private.queue_judging('answer', v_id);
  return v_answer;
end;
$$;
comment on function app_public.submit_answer(text, text, text) is
  E'@resultFieldName answer\nHands in an answer, which is stored and then judged; the same key again returns the same answer. Errors: TB001, TB002, TB006, TB080, TB081, TB083, TB084, TB085, TB086, TB08B.';
revoke all on function app_public.submit_answer(text, text, text) from public;
grant execute on function app_public.submit_answer(text, text, text) to autobench_member;
