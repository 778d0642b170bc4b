-- app_private.record_verdict(), settle_problems() -> [app_private.settle_problem()] -> app_public.points_ledger, app_public.user_progress, app_private.streaks
create or replace function app_private.settle_problem(user_id uuid, problem_id uuid, cause uuid) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at timestamptz := now();
  v_was app_public.user_progress;
  v_now app_public.user_progress;
  v_solving app_private.judged_answers;
  v_worth integer;
  v_days datemultirange;
begin
  perform app_private.lock_points(array[settle_problem.user_id]);
  if not exists (select from app_private.point_holders h where h.id = settle_problem.user_id) then
    return; -- erased while the judge was at it
  end if;

  select p.* into v_was
    from app_public.user_progress p
    where p.user_id = settle_problem.user_id and p.problem_id = settle_problem.problem_id;
  v_now.solving_answer_id := v_was.solving_answer_id;
  v_now.expected_seconds := v_was.expected_seconds;
  v_now.is_fast := false;
  v_now.is_nightly := false;

  -- What the judged answers say.
  select coalesce(max(j.worth), 0), count(*), max(j.seconds_taken), max(j.score), min(j.answered_at),
      (array_agg(j.answer_id order by j.worth desc, j.score desc, j.answered_at))[1],
      range_agg(daterange(j.day, j.day, '[]')) filter (where j.score > 0)
    into v_worth, v_now.attempts_count, v_now.time_spent_seconds, v_now.best_score, v_now.first_attempt_at,
      v_now.best_answer_id, v_days
    from app_private.judged_answers j
    where j.user_id = settle_problem.user_id and j.problem_id = settle_problem.problem_id;
  -- The answer that solved it, while it is correct; else the first that is.
  select j.* into v_solving
    from app_private.judged_answers j
    where j.user_id = settle_problem.user_id and j.problem_id = settle_problem.problem_id and j.is_correct
    order by (j.answer_id = v_was.solving_answer_id) is true desc, j.answered_at, j.answer_id
    limit 1;
  if found then
    -- The moment of the solve does not move while there is one.
    if v_was.completed_at is not null then
      v_now.completed_at := v_was.completed_at;
      v_now.completed_on := v_was.completed_on;
    else
      v_now.completed_at := v_solving.answered_at;
      v_now.completed_on := v_solving.day;
      v_now.solving_answer_id := v_solving.answer_id;
    end if;
    v_now.expected_seconds := coalesce(
      v_was.expected_seconds,
      (select p.expected_seconds from app_public.problems p where p.id = settle_problem.problem_id)
    );
    v_now.is_fast := v_solving.seconds_taken * 4 <= v_now.expected_seconds;
    v_now.is_nightly := extract(
      hour from v_solving.answered_at at time zone app_private.member_zone(settle_problem.user_id, v_solving.answered_at)
    ) < 5;
  end if;
  v_now.status := case when v_now.completed_at is null then 'in_progress' else 'completed' end::app_public.progress_status;

  -- Each answer has earned by how much it is worth more than all before it; the ledger is given the difference to that.
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at, problem_id)
    select settle_problem.user_id, d.reason, settle_problem.cause || case when d.n > 0 then '/' || d.n else '' end,
        d.points, d.day, d.at, settle_problem.problem_id
      from (
        select r.*,
            row_number() over (partition by r.reason order by r.at) - 1
              + (
                select count(*)
                  from app_public.points_ledger l
                  where l.user_id = settle_problem.user_id and l.reason = r.reason
                    and (l.ref = settle_problem.cause::text or l.ref like settle_problem.cause || '/%')
              ) as n
          from (
            select s.day, s.at, sum(s.points)::integer as points,
                case
                  when sum(s.points) < 0 then 'reversal'
                  when s.at = v_now.completed_at then 'solve'
                  else 'improvement'
                end as reason
              from (
                select j.day, j.answered_at as at,
                    greatest(j.worth - coalesce(max(j.worth) over before, 0), 0) as points
                  from app_private.judged_answers j
                  where j.user_id = settle_problem.user_id and j.problem_id = settle_problem.problem_id
                  window before as (order by j.answered_at, j.answer_id rows between unbounded preceding and 1 preceding)
                union all
                select l.day, l.at, -l.points
                  from app_public.points_ledger l
                  where l.user_id = settle_problem.user_id and l.problem_id = settle_problem.problem_id
              ) s
              group by s.day, s.at
              having sum(s.points) <> 0
          ) r
      ) d
      order by d.at;

  insert into app_public.user_progress as p (
      user_id, problem_id, status, attempts_count, first_attempt_at, completed_at, completed_on, solving_answer_id,
      expected_seconds, time_spent_seconds, points_earned, best_answer_id, best_score, is_fast, is_nightly
    )
    values (
      settle_problem.user_id, settle_problem.problem_id, v_now.status, v_now.attempts_count, v_now.first_attempt_at,
      v_now.completed_at, v_now.completed_on, v_now.solving_answer_id, v_now.expected_seconds,
      coalesce(v_now.time_spent_seconds, 0), v_worth, v_now.best_answer_id, v_now.best_score, v_now.is_fast, v_now.is_nightly
    )
    on conflict on constraint user_progress_pkey do update
      set status = excluded.status, attempts_count = excluded.attempts_count,
          first_attempt_at = least(p.first_attempt_at, excluded.first_attempt_at), completed_at = excluded.completed_at,
          completed_on = excluded.completed_on, solving_answer_id = excluded.solving_answer_id,
          expected_seconds = excluded.expected_seconds, time_spent_seconds = excluded.time_spent_seconds,
          points_earned = excluded.points_earned, best_answer_id = excluded.best_answer_id,
          best_score = excluded.best_score, is_fast = excluded.is_fast, is_nightly = excluded.is_nightly,
          version = p.version + 1
      where (p.status, p.attempts_count, p.completed_at, p.solving_answer_id, p.time_spent_seconds, p.points_earned, p.best_answer_id,
          p.best_score, p.is_fast, p.is_nightly)
        is distinct from (excluded.status, excluded.attempts_count, excluded.completed_at, excluded.solving_answer_id,
          excluded.time_spent_seconds, excluded.points_earned, excluded.best_answer_id, excluded.best_score, excluded.is_fast,
          excluded.is_nightly);

  perform app_private.settle_days(settle_problem.user_id, settle_problem.problem_id, v_days);
  perform app_private.award_achievements(settle_problem.user_id, v_at);
  perform app_private.award_badges(settle_problem.user_id, v_at);
end;
$$;
comment on function app_private.settle_problem(uuid, uuid, uuid) is
  'Makes points, progress, days and awards of a member on a problem what their judged answers say, and posts the difference with its cause. Doing it again changes nothing. Errors: TB091.';
revoke all on function app_private.settle_problem(uuid, uuid, uuid) from public;
