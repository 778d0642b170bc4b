-- bench/people/run.ts -> [bench/people/load.sql] -> the practice ground's tables, full of people
-- :members members (their ids and names count up), :answers answers over 180 days up to yesterday. A few are loyal: they answer
-- every day. Everything that is kept of the ledger is built from it here in sets, and the audit says whether it is right.
set session_replication_role = replica; -- no trigger: millions of rows are folded at once below
set synchronous_commit = off;
set work_mem = '256MB';
set maintenance_work_mem = '1GB';
select setseed(0.42);

insert into app_public.modules (id, slug, name, description, display_order, is_published, created_at, updated_at)
  select gen_random_uuid(), 'module-' || n, 'Module ' || n, 'For the bench.', n, true, now(), now() from generate_series(1, 20) n;
create temp table problem_ids as
  select n, gen_random_uuid() as id from generate_series(1, 500) n;
insert into app_public.problems
    (id, slug, module_id, title, statement, difficulty, base_points, time_bonus_points, expected_seconds, pass_score, minimum_length, is_published, content_hash)
  select i.id, 'problem-' || i.n, (select m.id from app_public.modules m where m.slug = 'module-' || 1 + i.n % 20), 'Problem ' || i.n,
      'What went wrong here?', 'beginner', 60 + 10 * (i.n % 5), 40, 600, 70, 20, true, sha256('x')
    from problem_ids i;

insert into app_private.problem_keys (problem_id, rubric, reference, rubric_hash)
  select i.id, '- (100) Names the leak: leak', 'The target leaked.', sha256(convert_to('- (100) Names the leak: leak', 'UTF8')) from problem_ids i;

create temp table member_ids as
  select n, gen_random_uuid() as id from generate_series(1, :members) n;
insert into app_public.users (id, username, created_at, updated_at)
  select i.id, 'member' || i.n, now() - interval '200 days', now() from member_ids i;
insert into app_private.accounts (user_id, issuer, subject) select i.id, 'https://bench.test', 'member' || i.n from member_ids i;
insert into app_private.point_holders (id) select i.id from member_ids i;
insert into app_public.user_badges (user_id, badge_name, earned_at) select i.id, 'Beginner', now() from member_ids i;

-- One in 200 is loyal, on every day; member 1 has 500 answers more; the others come as they like, some of them often.
create temp table drawn as
  select row_number() over (order by d.at) as k, d.*
    from (
      select m.n as member, 1 + (m.n * 7 + day * 3) % 500 as problem, 20 + (random() * 80)::integer as score,
          date_trunc('day', now(), 'UTC') - make_interval(days => day) + random() * interval '20 hours' as at
        from generate_series(1, :members / 200) m (n) cross join generate_series(1, 179) day
      union all
      select 1, 1 + n % 500, 20 + (random() * 80)::integer, date_trunc('day', now(), 'UTC') - random() * interval '179 days'
        from generate_series(1, 500) n
      union all
      select 1 + (:members * random() ^ 2)::bigint % :members, 1 + (random() * 499)::integer, (random() * 100)::integer,
          date_trunc('day', now(), 'UTC') - (random() ^ 1.5) * interval '179 days'
        from generate_series(1, greatest(0, :answers - 500 - :members / 200 * 179))
    ) d;
create temp table answer_ids as
  select d.k, gen_random_uuid() as answer_id, gen_random_uuid() as verdict_id, m.id as user_id, p.id as problem_id, d.at, d.score
    from drawn d
      inner join member_ids m on m.n = d.member
      inner join problem_ids p on p.n = d.problem
    order by d.at;
insert into app_public.verdicts
    (id, answer_id, answered_at, user_id, problem_id, source, rubric_hash, pass_score, score, feedback)
  select a.verdict_id, a.answer_id, a.at, a.user_id, a.problem_id, 'rule', sha256('x'), 70, a.score, 'Look again.' from answer_ids a;
insert into app_public.answers
    (id, answered_at, user_id, problem_id, body, day, seconds_taken, base_points, time_bonus_points, status, verdict_id, judged_at)
  select a.answer_id, a.at, a.user_id, a.problem_id, 'Because of the leak.', (a.at at time zone 'utc')::date, 300, p.base_points, 0, 'judged',
      a.verdict_id, a.at
    from answer_ids a inner join app_public.problems p on p.id = a.problem_id;

insert into app_public.points_ledger (user_id, reason, ref, points, day, at, posted_at, problem_id)
  select f.user_id, 'solve', f.verdict_id, f.worth, f.day, f.answered_at, f.answered_at, f.problem_id
    from (
      select distinct on (j.user_id, j.problem_id) j.*
        from app_private.judged_answers j
        where j.is_correct
        order by j.user_id, j.problem_id, j.answered_at
    ) f
    order by f.answered_at;
insert into app_public.user_progress
    (user_id, problem_id, status, attempts_count, first_attempt_at, completed_at, completed_on, solving_answer_id, expected_seconds,
     time_spent_seconds, points_earned, best_answer_id, best_score)
  select j.user_id, j.problem_id,
      (case when bool_or(j.is_correct) then 'completed' else 'in_progress' end)::app_public.progress_status, count(*), min(j.answered_at),
      min(j.answered_at) filter (where j.is_correct), min(j.day) filter (where j.is_correct),
      (array_agg(j.answer_id order by j.answered_at) filter (where j.is_correct))[1], 600, max(j.seconds_taken), max(j.worth),
      (array_agg(j.answer_id order by j.worth desc, j.score desc, j.answered_at))[1], max(j.score)
    from app_private.judged_answers j
    group by j.user_id, j.problem_id;
insert into app_public.daily_activity (user_id, day, exercises_completed, points_earned)
  select l.user_id, l.day, count(*), sum(l.points) from app_public.points_ledger l group by l.user_id, l.day;
insert into app_private.period_scores (kind, starts_on, user_id, points, solved, reached_at, is_listed)
  select k.kind, app_private.score_period(k.kind, l.at), l.user_id, sum(l.points), count(*), max(l.at), true
    from app_public.points_ledger l cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
    group by 1, 2, 3;
insert into app_private.score_histogram (kind, starts_on, level, bucket, n)
  select s.kind, s.starts_on, l.level, s.points >> (6 * l.level), count(*)
    from app_private.period_scores s cross join (values (0), (1), (2)) l (level)
    group by 1, 2, 3, 4;
update app_private.boards set changed_at = now();
set session_replication_role = origin;
insert into app_private.streaks (user_id, days, through_day)
  select j.user_id, range_agg(daterange(j.day, j.day, '[]')), max(j.day)
    from app_private.judged_answers j
    where j.score > 0
    group by j.user_id;
update app_private.boards b set starts_on = app_private.score_period(b.kind, now());
-- The rules of achievements, applied to all in one set-based run, and their points through the ledger and its triggers.
select app_private.award_all_achievements(now() - interval '1 hour');
select app_private.fold_scores();
