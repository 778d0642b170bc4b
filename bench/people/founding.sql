-- bench/people/run.ts -> [bench/people/founding.sql] -> the founding document's own tables, with the same people in them
-- Its statements as it gives them, in an order in which they run; in a schema of their own.
create schema founding;
set search_path = founding, pg_catalog, public;
create table badges (
  id serial primary key, name text unique not null, description text, icon_emoji text,
  required_points integer not null, required_exercises integer, rank_level integer unique not null, created_at timestamptz default now()
);
insert into badges (name, required_points, required_exercises, rank_level) values
  ('Beginner', 0, 0, 1), ('Apprentice', 1000, 10, 2), ('Intermediate', 2500, 25, 3), ('Advanced', 5000, 40, 4), ('Expert', 8000, 60, 5), ('Master', 12000, 80, 6);
create table users (
  id uuid primary key default gen_random_uuid(), clerk_id text unique not null, email text unique not null, username text unique,
  full_name text, avatar_url text, current_badge_id integer references badges (id), total_points integer default 0,
  current_streak integer default 0, longest_streak integer default 0, last_activity_date date,
  created_at timestamptz default now(), updated_at timestamptz default now()
);
create table problems (id serial primary key, slug text unique not null, base_points integer default 100);
create table submissions (
  id bigserial primary key, user_id uuid not null references users (id) on delete cascade,
  problem_id integer not null references problems (id) on delete cascade, user_answer text not null, ai_feedback text,
  similarity_score decimal(5, 2), is_correct boolean, judge_model text default 'gemini-1.5-flash', judge_prompt_version text default 'v1',
  submission_time_seconds integer, points_awarded integer default 0, submitted_at timestamptz default now(), submission_date date default current_date
);
create table user_progress (
  id bigserial primary key, user_id uuid not null references users (id) on delete cascade,
  problem_id integer not null references problems (id) on delete cascade, status text default 'not_started', attempts_count integer default 0,
  first_attempt_at timestamptz, completed_at timestamptz, time_spent_seconds integer default 0, points_earned integer default 0,
  best_submission_id bigint references submissions (id), created_at timestamptz default now(), updated_at timestamptz default now(),
  version integer default 1, unique (user_id, problem_id)
);
create table daily_streaks (
  id bigserial primary key, user_id uuid not null references users (id) on delete cascade, activity_date date not null,
  exercises_completed integer default 0, points_earned integer default 0, created_at timestamptz default now(), unique (user_id, activity_date)
);

insert into problems (slug, base_points) select p.slug, p.base_points from app_public.problems p order by p.slug;
insert into users (id, clerk_id, email, username, total_points, current_badge_id)
  select u.id, a.subject, a.subject || '@bench.test', u.username::text, coalesce(s.points, 0), 1
    from app_public.users u
      inner join app_private.accounts a on a.user_id = u.id
      left join app_private.period_scores s on s.user_id = u.id and s.kind = 'all';
insert into submissions
    (user_id, problem_id, user_answer, ai_feedback, similarity_score, is_correct, submission_time_seconds, points_awarded, submitted_at, submission_date)
  select j.user_id, f.id, 'Because of the leak.', 'Look again.', j.score, j.is_correct, j.seconds_taken, j.worth, j.answered_at, j.day
    from app_private.judged_answers j
      inner join app_public.problems p on p.id = j.problem_id
      inner join founding.problems f on f.slug = p.slug
    order by j.answered_at;
insert into user_progress (user_id, problem_id, status, attempts_count, completed_at, points_earned, best_submission_id)
  select g.user_id, f.id, g.status::text, g.attempts_count, g.completed_at, g.points_earned, b.id
    from app_public.user_progress g
      inner join app_public.problems p on p.id = g.problem_id
      inner join founding.problems f on f.slug = p.slug
      left join (
        select s.user_id, s.problem_id, min(s.id) as id from founding.submissions s where s.is_correct group by s.user_id, s.problem_id
      ) b on b.user_id = g.user_id and b.problem_id = f.id;
insert into daily_streaks (user_id, activity_date, exercises_completed, points_earned)
  select j.user_id, j.day, count(*), sum(j.worth) from app_private.judged_answers j where j.score > 0 group by j.user_id, j.day;

create index idx_users_clerk_id on users (clerk_id);
create index idx_users_email on users (email);
create index idx_users_username on users (username);
create index idx_users_total_points on users (total_points desc);
create index idx_user_progress_user_id on user_progress (user_id);
create index idx_user_progress_problem_id on user_progress (problem_id);
create index idx_user_progress_status on user_progress (status);
create index idx_user_progress_completed_at on user_progress (completed_at);
create index idx_submissions_user_id on submissions (user_id);
create index idx_submissions_problem_id on submissions (problem_id);
create index idx_submissions_submitted_at on submissions (submitted_at desc);
create index idx_submissions_is_correct on submissions (is_correct);
create index idx_submissions_user_problem on submissions (user_id, problem_id, submitted_at desc);
create index idx_daily_streaks_user_id on daily_streaks (user_id);
create index idx_daily_streaks_activity_date on daily_streaks (activity_date desc);
create index idx_daily_streaks_user_date on daily_streaks (user_id, activity_date desc);

create materialized view leaderboard_global as
select u.id as user_id, u.clerk_id, u.username, u.full_name, u.avatar_url, u.total_points, u.current_streak, u.longest_streak,
  b.name as badge_name, b.icon_emoji as badge_icon,
  count(distinct up.problem_id) filter (where up.status = 'completed') as exercises_completed,
  rank() over (order by u.total_points desc, u.longest_streak desc) as global_rank
from users u
left join user_progress up on u.id = up.user_id
left join badges b on u.current_badge_id = b.id
group by u.id, b.name, b.icon_emoji
order by u.total_points desc, u.longest_streak desc;
create unique index idx_leaderboard_global_user_id on leaderboard_global (user_id);
create index idx_leaderboard_global_rank on leaderboard_global (global_rank);
create index idx_leaderboard_global_points on leaderboard_global (total_points desc);

create materialized view leaderboard_monthly as
select u.id as user_id, u.clerk_id, u.username, u.full_name, u.avatar_url, b.name as badge_name, b.icon_emoji as badge_icon,
  count(distinct up.problem_id) as exercises_completed_this_month, sum(s.points_awarded) as points_this_month,
  rank() over (order by sum(s.points_awarded) desc) as monthly_rank, date_trunc('month', current_date) as leaderboard_month
from users u
left join submissions s on u.id = s.user_id and s.submitted_at >= date_trunc('month', current_date) and s.is_correct = true
left join user_progress up on u.id = up.user_id and up.completed_at >= date_trunc('month', current_date)
left join badges b on u.current_badge_id = b.id
group by u.id, b.name, b.icon_emoji
order by points_this_month desc nulls last;
create unique index idx_leaderboard_monthly_user_id on leaderboard_monthly (user_id);
create index idx_leaderboard_monthly_rank on leaderboard_monthly (monthly_rank);

create materialized view leaderboard_weekly as
select u.id as user_id, u.clerk_id, u.username, u.full_name, u.avatar_url, b.name as badge_name, b.icon_emoji as badge_icon,
  count(distinct up.problem_id) as exercises_completed_this_week, sum(s.points_awarded) as points_this_week,
  rank() over (order by sum(s.points_awarded) desc) as weekly_rank, date_trunc('week', current_date) as leaderboard_week
from users u
left join submissions s on u.id = s.user_id and s.submitted_at >= date_trunc('week', current_date) and s.is_correct = true
left join user_progress up on u.id = up.user_id and up.completed_at >= date_trunc('week', current_date)
left join badges b on u.current_badge_id = b.id
group by u.id, b.name, b.icon_emoji
order by points_this_week desc nulls last;
create unique index idx_leaderboard_weekly_user_id on leaderboard_weekly (user_id);
create index idx_leaderboard_weekly_rank on leaderboard_weekly (weekly_rank);

create function update_user_stats_after_submission() returns trigger as $$
begin
  if new.is_correct = true then
    update founding.users
      set total_points = total_points + new.points_awarded, last_activity_date = current_date, updated_at = now()
      where id = new.user_id;
    update founding.user_progress
      set status = 'completed', completed_at = new.submitted_at, points_earned = greatest(points_earned, new.points_awarded),
        best_submission_id = case when new.points_awarded > points_earned then new.id else best_submission_id end,
        attempts_count = attempts_count + 1, updated_at = now(), version = version + 1
      where user_id = new.user_id and problem_id = new.problem_id;
    insert into founding.daily_streaks (user_id, activity_date, exercises_completed, points_earned)
      values (new.user_id, current_date, 1, new.points_awarded)
      on conflict (user_id, activity_date) do update
        set exercises_completed = daily_streaks.exercises_completed + 1, points_earned = daily_streaks.points_earned + new.points_awarded;
  end if;
  return new;
end;
$$ language plpgsql;
create trigger trigger_update_user_stats_after_submission after insert on submissions
  for each row execute function update_user_stats_after_submission();
create function update_user_badge() returns trigger as $$
declare
  new_badge_id integer;
begin
  select id into new_badge_id from founding.badges where required_points <= new.total_points order by rank_level desc limit 1;
  if new_badge_id is not null and new_badge_id != coalesce(new.current_badge_id, 0) then
    new.current_badge_id = new_badge_id;
  end if;
  return new;
end;
$$ language plpgsql;
create trigger trigger_update_user_badge before update of total_points on users for each row execute function update_user_badge();
create function calculate_current_streak(p_user_id uuid) returns integer as $$
declare
  v_streak integer := 0;
  v_current_date date := current_date;
  v_exists boolean;
begin
  loop
    select exists (select 1 from founding.daily_streaks where user_id = p_user_id and activity_date = v_current_date) into v_exists;
    exit when not v_exists;
    v_streak := v_streak + 1;
    v_current_date := v_current_date - interval '1 day';
  end loop;
  return v_streak;
end;
$$ language plpgsql;
create function refresh_all_leaderboards() returns void as $$
begin
  refresh materialized view concurrently founding.leaderboard_global;
  refresh materialized view concurrently founding.leaderboard_monthly;
  refresh materialized view concurrently founding.leaderboard_weekly;
end;
$$ language plpgsql;
reset search_path;
