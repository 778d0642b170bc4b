-- The whole schema as pg_dump writes it. Made by "npm run db:generate"; the source is db/.

CREATE SCHEMA app_operations;

COMMENT ON SCHEMA app_operations IS 'What operators may see and do, through their own endpoint.';

CREATE SCHEMA app_private;

COMMENT ON SCHEMA app_private IS 'Everything that no caller of the API may see.';

CREATE SCHEMA app_public;

COMMENT ON SCHEMA app_public IS 'The API: what visitors and members may see and do.';

CREATE SCHEMA extensions;

COMMENT ON SCHEMA extensions IS 'Extensions of Postgres that this schema uses.';

CREATE COLLATION app_public.ci (provider = icu, deterministic = false, locale = 'und-u-ks-level2');

COMMENT ON COLLATION app_public.ci IS 'Compares text without regard to case: Ada equals ada.';

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA extensions;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA extensions;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA extensions;

COMMENT ON EXTENSION pgcrypto IS 'cryptographic functions';

CREATE TYPE app_private.outcome AS ENUM (
    'first',
    'second',
    'tie',
    'both_bad'
);

COMMENT ON TYPE app_private.outcome IS 'A verdict, turned to the order in which a match holds its models.';

CREATE TYPE app_public.allowance AS (
	daily_tokens integer,
	used integer,
	reserved integer,
	resets_at timestamp with time zone
);

COMMENT ON TYPE app_public.allowance IS 'What a member may have done by models in a UTC day, in tokens.';

COMMENT ON COLUMN app_public.allowance.daily_tokens IS 'What a day holds.';

COMMENT ON COLUMN app_public.allowance.used IS 'What was used of today.';

COMMENT ON COLUMN app_public.allowance.reserved IS 'What is reserved for answers that wait for the judge.';

COMMENT ON COLUMN app_public.allowance.resets_at IS 'When the next day begins.';

CREATE TYPE app_public.answer_status AS ENUM (
    'judging',
    'judged',
    'unscored'
);

COMMENT ON TYPE app_public.answer_status IS 'How far an answer is: with the judge, judged, or without a score because the judge could not say anything usable.';

CREATE TYPE app_public.artifact_status AS ENUM (
    'queued',
    'running',
    'rendered',
    'skipped',
    'failed'
);

COMMENT ON TYPE app_public.artifact_status IS 'How far a picture is. Skipped: there was no browser, which says nothing about the page.';

CREATE TYPE app_public.battle_status AS ENUM (
    'open',
    'active',
    'finished',
    'cancelled'
);

COMMENT ON TYPE app_public.battle_status IS 'How far a battle is: challenged, accepted, over, or called off.';

CREATE TYPE app_public.shown_page AS (
	url text,
	image_url text,
	thumb_url text
);

COMMENT ON TYPE app_public.shown_page IS 'Where the page on one side of a ballot is, under names that say nothing of whose it is.';

COMMENT ON COLUMN app_public.shown_page.url IS 'Address of the live page on the second origin, for a frame with sandbox="allow-scripts" alone.';

COMMENT ON COLUMN app_public.shown_page.image_url IS 'Address of its picture; null where no browser took one.';

COMMENT ON COLUMN app_public.shown_page.thumb_url IS 'Address of its small picture; null where no browser took one.';

CREATE TYPE app_public.stratum AS ENUM (
    'sealed',
    'revealed'
);

COMMENT ON TYPE app_public.stratum IS 'Whether the models were unknown when the pair was drawn; only sealed votes count for the headline rating.';

CREATE TYPE app_public.drawn_ballot AS (
	id uuid,
	task_id uuid,
	stratum app_public.stratum,
	served_at timestamp with time zone,
	expires_at timestamp with time zone,
	left_page app_public.shown_page,
	right_page app_public.shown_page
);

COMMENT ON TYPE app_public.drawn_ballot IS 'A ballot as its voter is shown it.';

COMMENT ON COLUMN app_public.drawn_ballot.id IS '@notNull
Identity of the ballot: what castVote() is given.';

COMMENT ON COLUMN app_public.drawn_ballot.task_id IS '@notNull
The task that both pages answer.';

COMMENT ON COLUMN app_public.drawn_ballot.stratum IS '@notNull
Whether the models are unknown.';

COMMENT ON COLUMN app_public.drawn_ballot.served_at IS '@notNull
When it was drawn.';

COMMENT ON COLUMN app_public.drawn_ballot.expires_at IS '@notNull
Until when it can be used.';

COMMENT ON COLUMN app_public.drawn_ballot.left_page IS '@notNull
The page on the left.';

COMMENT ON COLUMN app_public.drawn_ballot.right_page IS '@notNull
The page on the right.';

CREATE TYPE app_public.job_status AS ENUM (
    'pending',
    'running',
    'done',
    'failed'
);

COMMENT ON TYPE app_public.job_status IS 'How far a wish to the coach is.';

CREATE TYPE app_public.period_kind AS ENUM (
    'all',
    'month',
    'week'
);

COMMENT ON TYPE app_public.period_kind IS 'Over which time points are counted: ever, a calendar month, a week from Monday; in UTC.';

CREATE TYPE app_public.my_rank AS (
	kind app_public.period_kind,
	starts_on date,
	rank bigint,
	points integer,
	solved integer,
	reached_at timestamp with time zone,
	members bigint,
	is_listed boolean
);

COMMENT ON TYPE app_public.my_rank IS 'Where the signed-in member stands in a period, at this very moment.';

COMMENT ON COLUMN app_public.my_rank.kind IS '@notNull
Kind of period.';

COMMENT ON COLUMN app_public.my_rank.starts_on IS '@notNull
First day of the period, in UTC.';

COMMENT ON COLUMN app_public.my_rank.rank IS 'One more than the listed members who have more points; null without points.';

COMMENT ON COLUMN app_public.my_rank.points IS '@notNull
Points in the period.';

COMMENT ON COLUMN app_public.my_rank.solved IS '@notNull
Problems solved in it.';

COMMENT ON COLUMN app_public.my_rank.reached_at IS 'When points were last earned in it.';

COMMENT ON COLUMN app_public.my_rank.members IS '@notNull
Listed members who have points in it.';

COMMENT ON COLUMN app_public.my_rank.is_listed IS '@notNull
Whether others see it: a member who hides has a rank, and no place on a board.';

CREATE TYPE app_public.neighbour AS (
	rank bigint,
	user_id uuid,
	username text COLLATE app_public.ci,
	avatar_url text,
	points integer,
	solved integer,
	reached_at timestamp with time zone
);

COMMENT ON TYPE app_public.neighbour IS 'Somebody who stands next to the signed-in member.';

COMMENT ON COLUMN app_public.neighbour.rank IS '@notNull
Their rank.';

COMMENT ON COLUMN app_public.neighbour.user_id IS '@notNull
The member.';

COMMENT ON COLUMN app_public.neighbour.username IS '@notNull
Public name.';

COMMENT ON COLUMN app_public.neighbour.avatar_url IS 'Address of a picture.';

COMMENT ON COLUMN app_public.neighbour.points IS '@notNull
Points in the period.';

COMMENT ON COLUMN app_public.neighbour.solved IS '@notNull
Problems solved in it.';

COMMENT ON COLUMN app_public.neighbour.reached_at IS 'When points were last earned in it.';

CREATE TYPE app_public.problem_difficulty AS ENUM (
    'beginner',
    'intermediate',
    'advanced',
    'expert'
);

COMMENT ON TYPE app_public.problem_difficulty IS 'How hard a problem is, from the easiest to the hardest.';

CREATE TYPE app_public.progress_status AS ENUM (
    'not_started',
    'in_progress',
    'completed'
);

COMMENT ON TYPE app_public.progress_status IS 'How far a member is with a problem.';

CREATE TYPE app_public.rating_status AS ENUM (
    'disconnected',
    'provisional',
    'usable',
    'established'
);

COMMENT ON TYPE app_public.rating_status IS 'How much a rating can be trusted. Disconnected: the board has parts that never met. Provisional: below 100 votes or 10 tasks, steered by the prior, or wider than 60 points to either side. Established: within 30.';

CREATE TYPE app_public.streak AS (
	current integer,
	longest integer,
	last_day date,
	is_at_risk boolean,
	freezes integer
);

COMMENT ON TYPE app_public.streak IS 'Days in a row on which a member answered something of worth.';

COMMENT ON COLUMN app_public.streak.current IS '@notNull
Active days of the run that is alive; before today''s first answer those up to yesterday.';

COMMENT ON COLUMN app_public.streak.longest IS '@notNull
Active days of the longest run.';

COMMENT ON COLUMN app_public.streak.last_day IS 'The last active day.';

COMMENT ON COLUMN app_public.streak.is_at_risk IS '@notNull
Whether the run ends, or costs a freeze, unless something is answered today.';

COMMENT ON COLUMN app_public.streak.freezes IS '@notNull
Missed days that can still be bridged.';

CREATE TYPE app_public.submission_status AS ENUM (
    'queued',
    'running',
    'succeeded',
    'failed',
    'in_doubt'
);

COMMENT ON TYPE app_public.submission_status IS 'How far an answer is. In doubt: the request left, and nobody knows whether it was answered; it is never sent again by itself.';

CREATE TYPE app_public.task_status AS ENUM (
    'pending',
    'generated',
    'dispatched'
);

COMMENT ON TYPE app_public.task_status IS 'How far a task is: waiting for its writer, written, handed to the models.';

CREATE TYPE app_public.verdict AS ENUM (
    'left',
    'right',
    'tie',
    'both_bad'
);

COMMENT ON TYPE app_public.verdict IS '@name ballot_verdict
What a voter says of two pages: which one is better, that they are as good, or that neither is any good.';

CREATE TYPE app_public.vote_result AS (
	ballot_id uuid,
	verdict app_public.verdict,
	left_votes integer,
	right_votes integer,
	tie_votes integer,
	both_bad_votes integer,
	left_model_id uuid,
	right_model_id uuid
);

COMMENT ON TYPE app_public.vote_result IS 'A vote, with how others voted on the same pair.';

COMMENT ON COLUMN app_public.vote_result.ballot_id IS '@notNull
The ballot that was used up.';

COMMENT ON COLUMN app_public.vote_result.verdict IS '@notNull
What the voter said.';

COMMENT ON COLUMN app_public.vote_result.left_votes IS '@notNull
Others who preferred the page that was on the left here.';

COMMENT ON COLUMN app_public.vote_result.right_votes IS '@notNull
Others who preferred the page that was on the right here.';

COMMENT ON COLUMN app_public.vote_result.tie_votes IS '@notNull
Others who found them as good.';

COMMENT ON COLUMN app_public.vote_result.both_bad_votes IS '@notNull
Others who found both bad.';

COMMENT ON COLUMN app_public.vote_result.left_model_id IS 'Whose page was on the left; null as long as the task is sealed.';

COMMENT ON COLUMN app_public.vote_result.right_model_id IS 'Whose page was on the right; null as long as the task is sealed.';

CREATE FUNCTION app_operations.abandon_call(id bigint, reason text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  return app_private.abandon_call(abandon_call.id, abandon_call.reason);
end;
$$;

COMMENT ON FUNCTION app_operations.abandon_call(id bigint, reason text) IS '@resultFieldName state
Gives a doubtful call up: its hold counts as spent, and it fails. Errors: TB001, TB002, TB004, TB017, TB045.';

CREATE FUNCTION app_operations.apply_rejudge(id bigint, reason text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  return (app_private.apply_rejudge(apply_rejudge.id, apply_rejudge.reason)).state;
end;
$$;

COMMENT ON FUNCTION app_operations.apply_rejudge(id bigint, reason text) IS '@resultFieldName state
Makes what a shadow run found count, for everybody at once. Errors: TB001, TB002, TB004, TB017, TB089, TB091.';

CREATE TABLE app_public.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    username text NOT NULL COLLATE app_public.ci,
    full_name text,
    avatar_url text,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    is_listed boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_avatar_url_form CHECK (((char_length(avatar_url) <= 500) AND (avatar_url ~ '^https://[^[:space:]"''<>]+$'::text))),
    CONSTRAINT users_full_name_form CHECK ((((char_length(full_name) >= 1) AND (char_length(full_name) <= 80)) AND (full_name ~ '[^[:space:]]'::text) AND (full_name !~ '[[:cntrl:]\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]'::text))),
    CONSTRAINT users_username_form CHECK (((username COLLATE "C") ~ '^[A-Za-z][A-Za-z0-9_]{2,29}$'::text))
);

COMMENT ON TABLE app_public.users IS '@behavior +resource:update
The public profile of somebody who takes part.';

COMMENT ON COLUMN app_public.users.id IS 'Identity of the member.';

COMMENT ON COLUMN app_public.users.username IS 'Public name, unique whatever its case.';

COMMENT ON COLUMN app_public.users.full_name IS 'Name as the member writes it, if they give one.';

COMMENT ON COLUMN app_public.users.avatar_url IS 'Address of a picture, if they give one.';

COMMENT ON COLUMN app_public.users.time_zone IS 'Zone in which the member''s days begin and end, changed by setTimeZone.';

COMMENT ON COLUMN app_public.users.is_listed IS 'Whether others may see the profile and find it on leaderboards.';

COMMENT ON COLUMN app_public.users.created_at IS 'When the member joined.';

COMMENT ON COLUMN app_public.users.updated_at IS 'When the profile last changed.';

COMMENT ON CONSTRAINT users_avatar_url_form ON app_public.users IS '@error TB013
A picture is given by an https address of at most 500 characters.
Hint: Correct the address, or leave it out.';

COMMENT ON CONSTRAINT users_full_name_form ON app_public.users IS '@error TB012
A full name has 1 to 80 visible characters on one line.
Hint: Shorten it, or leave it out.';

COMMENT ON CONSTRAINT users_username_form ON app_public.users IS '@error TB011
A username begins with a letter and has 3 to 30 letters, digits or underscores.
Hint: Choose another one.';

CREATE FUNCTION app_operations.ban_user(user_id uuid, reason text) RETURNS app_public.users
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_operator_id uuid := app_private.require_operator();
  v_user app_public.users;
begin
  perform app_private.log_operator('ban_user', ban_user.user_id::text, ban_user.reason);
  update app_private.accounts a
    set banned_at = coalesce(a.banned_at, now()), ban_reason = ban_user.reason
    where a.user_id = ban_user.user_id and a.user_id <> v_operator_id;
  if not found then
    raise exception 'There is no such other member.'
      using errcode = 'TB018', hint = 'Check the id. Nobody can suspend themselves.';
  end if;
  update app_public.users u set is_listed = false where u.id = ban_user.user_id returning * into v_user;
  return v_user;
end;
$$;

COMMENT ON FUNCTION app_operations.ban_user(user_id uuid, reason text) IS '@resultFieldName user
Suspends a member and hides their profile. Errors: TB001, TB002, TB004, TB017, TB018.';

CREATE TABLE app_public.tasks (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    challenge_date date NOT NULL,
    slot integer NOT NULL,
    is_showcase boolean GENERATED ALWAYS AS ((slot = 1)) STORED NOT NULL,
    title text,
    prompt_text text,
    theme text,
    spec jsonb DEFAULT '{}'::jsonb NOT NULL,
    prompt_metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    status app_public.task_status DEFAULT 'pending'::app_public.task_status NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    generated_at timestamp with time zone,
    dispatched_at timestamp with time zone,
    closes_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    purged_at timestamp with time zone,
    CONSTRAINT tasks_dispatched_whole CHECK (((status = 'dispatched'::app_public.task_status) = (dispatched_at IS NOT NULL))),
    CONSTRAINT tasks_expire_after_they_close CHECK ((expires_at >= closes_at)),
    CONSTRAINT tasks_generated_whole CHECK ((((status = 'pending'::app_public.task_status) = (generated_at IS NULL)) AND ((status = 'pending'::app_public.task_status) OR ((title IS NOT NULL) AND (prompt_text IS NOT NULL) AND (theme IS NOT NULL))))),
    CONSTRAINT tasks_prompt_text_form CHECK (((char_length(prompt_text) >= 40) AND (char_length(prompt_text) <= 4000))),
    CONSTRAINT tasks_purged_after_they_expire CHECK ((purged_at >= expires_at)),
    CONSTRAINT tasks_slot_sane CHECK (((slot >= 1) AND (slot <= 50))),
    CONSTRAINT tasks_theme_form CHECK ((theme ~ '^[a-z][a-z-]{1,39}$'::text)),
    CONSTRAINT tasks_title_form CHECK ((((char_length(title) >= 1) AND (char_length(title) <= 120)) AND (title !~ '[[:cntrl:]]'::text)))
);

COMMENT ON TABLE app_public.tasks IS 'A coding task of one day, given to every active model once.';

COMMENT ON COLUMN app_public.tasks.id IS 'Identity of the task.';

COMMENT ON COLUMN app_public.tasks.challenge_date IS 'The UTC day that it belongs to.';

COMMENT ON COLUMN app_public.tasks.slot IS 'Which of the day''s tasks it is; the first is the showcase.';

COMMENT ON COLUMN app_public.tasks.is_showcase IS 'Whether models are named from the moment their answers arrive; the other tasks are sealed until they close.';

COMMENT ON COLUMN app_public.tasks.title IS 'Title.';

COMMENT ON COLUMN app_public.tasks.prompt_text IS 'What the models are asked.';

COMMENT ON COLUMN app_public.tasks.theme IS 'What kind of task it is.';

COMMENT ON COLUMN app_public.tasks.spec IS 'Further requirements, if there are any.';

COMMENT ON COLUMN app_public.tasks.prompt_metadata IS 'Where the text comes from: the writer''s prompt version, or the built-in library and why.';

COMMENT ON COLUMN app_public.tasks.status IS 'How far it is; it only moves forward.';

COMMENT ON COLUMN app_public.tasks.created_at IS 'When the day was opened.';

COMMENT ON COLUMN app_public.tasks.generated_at IS 'When it was written.';

COMMENT ON COLUMN app_public.tasks.dispatched_at IS 'When the models were asked.';

COMMENT ON COLUMN app_public.tasks.closes_at IS 'Until when it is voted on; then the models are revealed.';

COMMENT ON COLUMN app_public.tasks.expires_at IS 'Until when code and live pages can be read.';

COMMENT ON COLUMN app_public.tasks.purged_at IS 'When code and pages were deleted.';

CREATE FUNCTION app_operations.close_task(id uuid, reason text) RETURNS app_public.tasks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('close_task', close_task.id::text, close_task.reason);
  return app_private.close_task(close_task.id);
end;
$$;

COMMENT ON FUNCTION app_operations.close_task(id uuid, reason text) IS '@resultFieldName task
Closes a task before its time and reveals its models. Errors: TB001, TB002, TB004, TB017, TB052.';

CREATE FUNCTION app_operations.exclude_network(network text, reason text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('exclude_network', exclude_network.network, exclude_network.reason);
  return app_private.exclude_network(decode(exclude_network.network, 'hex'), exclude_network.reason, true);
end;
$$;

COMMENT ON FUNCTION app_operations.exclude_network(network text, reason text) IS '@resultFieldName votes
Takes the votes from a network of one day out of the count, and says how many moved; boards follow within a minute. Errors: TB001, TB002, TB004, TB017, TB079.';

CREATE FUNCTION app_operations.exclude_voter(voter_id bigint, reason text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('exclude_voter', exclude_voter.voter_id::text, exclude_voter.reason);
  return app_private.exclude_voter(exclude_voter.voter_id, exclude_voter.reason, true);
end;
$$;

COMMENT ON FUNCTION app_operations.exclude_voter(voter_id bigint, reason text) IS '@resultFieldName votes
Takes the votes of a voter out of the count, and says how many moved; boards follow within a minute. Errors: TB001, TB002, TB004, TB017, TB079.';

CREATE FUNCTION app_operations.lift_ban(user_id uuid, reason text) RETURNS app_public.users
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user app_public.users;
begin
  perform app_private.require_operator();
  perform app_private.log_operator('lift_ban', lift_ban.user_id::text, lift_ban.reason);
  update app_private.accounts a set banned_at = null, ban_reason = null where a.user_id = lift_ban.user_id;
  if not found then
    raise exception 'There is no such member.' using errcode = 'TB018', hint = 'Check the id.';
  end if;
  select * into v_user from app_public.users u where u.id = lift_ban.user_id;
  return v_user;
end;
$$;

COMMENT ON FUNCTION app_operations.lift_ban(user_id uuid, reason text) IS '@resultFieldName user
Lifts a suspension; the member decides whether to be listed again. Errors: TB001, TB002, TB004, TB017, TB018.';

CREATE FUNCTION app_operations.points_faults() RETURNS TABLE(fault text, user_id uuid, detail text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  return query select f.fault, f.user_id, f.detail from app_private.points_faults f limit 100;
end;
$$;

COMMENT ON FUNCTION app_operations.points_faults() IS 'What does not add up between the ledger of points and all that is kept of it: always empty. Errors: TB001, TB002, TB004.';

CREATE FUNCTION app_operations.rejudge(problem text, version text, reason text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  return (app_private.open_rejudge(rejudge.problem, rejudge.version, rejudge.reason)).id;
end;
$$;

COMMENT ON FUNCTION app_operations.rejudge(problem text, version text, reason text) IS '@resultFieldName runId
Has the answers to a problem judged once more with a prompt version, in shadow: rejudgeFlips shows what would change. Errors: TB001, TB002, TB004, TB017, TB080, TB08A.';

CREATE FUNCTION app_operations.restore_network(network text, reason text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('restore_network', restore_network.network, restore_network.reason);
  return app_private.exclude_network(decode(restore_network.network, 'hex'), restore_network.reason, false);
end;
$$;

COMMENT ON FUNCTION app_operations.restore_network(network text, reason text) IS '@resultFieldName votes
Puts the votes from a network of one day back into the count, and says how many moved; boards follow within a minute. Errors: TB001, TB002, TB004, TB017, TB079.';

CREATE FUNCTION app_operations.restore_voter(voter_id bigint, reason text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  perform app_private.log_operator('restore_voter', restore_voter.voter_id::text, restore_voter.reason);
  return app_private.exclude_voter(restore_voter.voter_id, restore_voter.reason, false);
end;
$$;

COMMENT ON FUNCTION app_operations.restore_voter(voter_id bigint, reason text) IS '@resultFieldName votes
Puts the votes of a voter back into the count, and says how many moved; boards follow within a minute. Errors: TB001, TB002, TB004, TB017, TB079.';

CREATE FUNCTION app_operations.retry_job(id bigint, reason text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_key text;
begin
  perform app_private.require_operator();
  perform app_private.log_operator('retry_job', retry_job.id::text, retry_job.reason);
  -- Locked, so that of two operators at once only one sets it going.
  select j.key into v_key
    from graphile_worker._private_jobs j
    where j.id = retry_job.id and j.attempts >= j.max_attempts and j.locked_at is null
    for update;
  if not found then
    raise exception 'There is no such dead job.'
      using errcode = 'TB021', hint = 'Look at deadJobs: it may have been set going again, or have gone.';
  end if;
  update app_private.scheduled_tasks t
    set status = 'pending', finished_at = null, queued_at = now()
    where t.id = substring(v_key from '^scheduled_task:(\d{1,18})$')::bigint and t.status <> 'completed';
  perform graphile_worker.reschedule_jobs(array[retry_job.id], run_at := now(), attempts := 0);
  return true;
end;
$_$;

COMMENT ON FUNCTION app_operations.retry_job(id bigint, reason text) IS '@resultFieldName isQueued
Sets a dead job going again, with all its attempts. Errors: TB001, TB002, TB004, TB017, TB021.';

CREATE TABLE app_public.submissions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    task_id uuid NOT NULL,
    model_id uuid NOT NULL,
    status app_public.submission_status DEFAULT 'queued'::app_public.submission_status NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    latency_ms integer,
    input_tokens integer,
    output_tokens integer,
    cost_usd numeric(14,8),
    html_sha256 bytea,
    html_bytes integer,
    is_truncated boolean,
    names_maker text[],
    revealed_at timestamp with time zone NOT NULL,
    CONSTRAINT submissions_end_is_dated CHECK (((status = ANY (ARRAY['queued'::app_public.submission_status, 'running'::app_public.submission_status])) = (finished_at IS NULL))),
    CONSTRAINT submissions_failure_has_reason CHECK (((status <> ALL (ARRAY['failed'::app_public.submission_status, 'in_doubt'::app_public.submission_status])) OR (reason IS NOT NULL))),
    CONSTRAINT submissions_figures_not_negative CHECK (((latency_ms >= 0) AND (input_tokens >= 0) AND (output_tokens >= 0) AND (cost_usd >= (0)::numeric) AND (html_bytes > 0))),
    CONSTRAINT submissions_hash_form CHECK ((octet_length(html_sha256) = 32)),
    CONSTRAINT submissions_success_whole CHECK (((status <> 'succeeded'::app_public.submission_status) OR ((html_sha256 IS NOT NULL) AND (html_bytes IS NOT NULL) AND (latency_ms IS NOT NULL))))
);

COMMENT ON TABLE app_public.submissions IS 'What one model made of one task: asked for once, whatever came of it.';

COMMENT ON COLUMN app_public.submissions.id IS 'Identity of the submission.';

COMMENT ON COLUMN app_public.submissions.task_id IS 'The task.';

COMMENT ON COLUMN app_public.submissions.model_id IS 'The model.';

COMMENT ON COLUMN app_public.submissions.status IS 'How far it is.';

COMMENT ON COLUMN app_public.submissions.reason IS 'Why it failed or is in doubt.';

COMMENT ON COLUMN app_public.submissions.created_at IS 'When it was queued.';

COMMENT ON COLUMN app_public.submissions.started_at IS 'When the model was asked.';

COMMENT ON COLUMN app_public.submissions.finished_at IS 'When its end was known.';

COMMENT ON COLUMN app_public.submissions.latency_ms IS 'How long the model took, in milliseconds.';

COMMENT ON COLUMN app_public.submissions.input_tokens IS 'Tokens that it read.';

COMMENT ON COLUMN app_public.submissions.output_tokens IS 'Tokens that it wrote.';

COMMENT ON COLUMN app_public.submissions.cost_usd IS 'What the answer cost, at the price of the time.';

COMMENT ON COLUMN app_public.submissions.html_sha256 IS 'SHA-256 of the page; it stays when the page has gone.';

COMMENT ON COLUMN app_public.submissions.html_bytes IS 'Size of the page.';

COMMENT ON COLUMN app_public.submissions.is_truncated IS 'Whether the page breaks off.';

COMMENT ON COLUMN app_public.submissions.names_maker IS 'Words by which the page names its maker: such a page is not paired.';

COMMENT ON COLUMN app_public.submissions.revealed_at IS 'From when everybody may see whose it is.';

CREATE FUNCTION app_operations.retry_submission(id uuid, reason text) RETURNS app_public.submissions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  return app_private.retry_submission(retry_submission.id, retry_submission.reason);
end;
$$;

COMMENT ON FUNCTION app_operations.retry_submission(id uuid, reason text) IS '@resultFieldName submission
Asks for a failed or doubtful answer again; the model may have been paid once already. Errors: TB001, TB002, TB004, TB017, TB042.';

CREATE FUNCTION app_operations.revert_rejudge(id bigint, reason text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_operator();
  return (app_private.revert_rejudge(revert_rejudge.id, revert_rejudge.reason)).state;
end;
$$;

COMMENT ON FUNCTION app_operations.revert_rejudge(id bigint, reason text) IS '@resultFieldName state
Takes an applied re-judging back, and its points with it. Errors: TB001, TB002, TB004, TB017, TB089, TB091.';

CREATE TABLE app_private.scheduled_tasks (
    id bigint NOT NULL,
    function_name text NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    scheduled_time timestamp with time zone DEFAULT now() NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    period_key text,
    requested_by text NOT NULL,
    queued_at timestamp with time zone,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    duration_ms bigint GENERATED ALWAYS AS (((EXTRACT(epoch FROM (finished_at - started_at)) * (1000)::numeric))::bigint) STORED,
    result jsonb,
    error text,
    CONSTRAINT scheduled_tasks_attempts_counted CHECK (((attempts >= 0) AND ((attempts = 0) = (started_at IS NULL)))),
    CONSTRAINT scheduled_tasks_begun_unless_pending CHECK (((status = 'pending'::text) OR (started_at IS NOT NULL))),
    CONSTRAINT scheduled_tasks_error_form CHECK (((char_length(error) >= 1) AND (char_length(error) <= 2000))),
    CONSTRAINT scheduled_tasks_failure_says_why CHECK (((status <> 'failed'::text) OR (error IS NOT NULL))),
    CONSTRAINT scheduled_tasks_finished_after_start CHECK ((finished_at >= started_at)),
    CONSTRAINT scheduled_tasks_finished_when_over CHECK (((status = ANY (ARRAY['completed'::text, 'failed'::text])) = (finished_at IS NOT NULL))),
    CONSTRAINT scheduled_tasks_payload_object CHECK ((jsonb_typeof(payload) = 'object'::text)),
    CONSTRAINT scheduled_tasks_period_key_form CHECK (((char_length(period_key) >= 1) AND (char_length(period_key) <= 40))),
    CONSTRAINT scheduled_tasks_requested_by_known CHECK ((requested_by = ANY (ARRAY['cron'::text, 'http'::text, 'sql'::text, 'cli'::text, 'operator'::text, 'start'::text]))),
    CONSTRAINT scheduled_tasks_result_when_completed CHECK (((result IS NULL) OR ((status = 'completed'::text) AND (jsonb_typeof(result) = 'object'::text)))),
    CONSTRAINT scheduled_tasks_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'completed'::text, 'failed'::text]))),
    CONSTRAINT scheduled_tasks_success_has_no_error CHECK (((status <> 'completed'::text) OR (error IS NULL)))
);

COMMENT ON TABLE app_private.scheduled_tasks IS 'What was to run, when, at whose request, and how it ended: the single source of truth for scheduled work.';

COMMENT ON COLUMN app_private.scheduled_tasks.id IS 'Identity of the run; its job in the queue has the key scheduled_task:<id>.';

COMMENT ON COLUMN app_private.scheduled_tasks.function_name IS 'The task.';

COMMENT ON COLUMN app_private.scheduled_tasks.payload IS 'What the task is given besides the instant; backfilled marks a run that cron made up for.';

COMMENT ON COLUMN app_private.scheduled_tasks.scheduled_time IS 'When it is due: the instant for which the work is done.';

COMMENT ON COLUMN app_private.scheduled_tasks.status IS 'pending (also while a retry is due), running, completed or failed.';

COMMENT ON COLUMN app_private.scheduled_tasks.attempts IS 'How often it was begun.';

COMMENT ON COLUMN app_private.scheduled_tasks.period_key IS 'The period for which it is the only run; null for a run of its own.';

COMMENT ON COLUMN app_private.scheduled_tasks.requested_by IS 'Who asked: cron, http, sql, cli, operator or start.';

COMMENT ON COLUMN app_private.scheduled_tasks.queued_at IS 'When it was last handed to the queue.';

COMMENT ON COLUMN app_private.scheduled_tasks.started_at IS 'When the last attempt began.';

COMMENT ON COLUMN app_private.scheduled_tasks.finished_at IS 'When it completed, or failed for good.';

COMMENT ON COLUMN app_private.scheduled_tasks.duration_ms IS 'How long the last attempt took, in milliseconds.';

COMMENT ON COLUMN app_private.scheduled_tasks.result IS 'What the task says of its work; {"skipped": "..."} when it came too late to be of use.';

COMMENT ON COLUMN app_private.scheduled_tasks.error IS 'Why the last attempt failed.';

CREATE VIEW app_operations.scheduled_tasks WITH (security_invoker='true', security_barrier='true') AS
 SELECT id,
    function_name,
    payload,
    scheduled_time,
    status,
    attempts,
    period_key,
    requested_by,
    queued_at,
    started_at,
    finished_at,
    duration_ms,
    result,
    error
   FROM app_private.scheduled_tasks t;

COMMENT ON VIEW app_operations.scheduled_tasks IS '@primaryKey id
@foreignKey (function_name) references app_operations.job_runs (name)|@fieldName task|@foreignFieldName runs
Every run of scheduled work: what, when, at whose request, and how it ended.';

COMMENT ON COLUMN app_operations.scheduled_tasks.id IS '@notNull
Identity of the run.';

COMMENT ON COLUMN app_operations.scheduled_tasks.function_name IS '@notNull
The task.';

COMMENT ON COLUMN app_operations.scheduled_tasks.payload IS '@notNull
What the task is given besides the instant.';

COMMENT ON COLUMN app_operations.scheduled_tasks.scheduled_time IS '@notNull
When it is due.';

COMMENT ON COLUMN app_operations.scheduled_tasks.status IS '@notNull
pending (also while a retry is due), running, completed or failed.';

COMMENT ON COLUMN app_operations.scheduled_tasks.attempts IS '@notNull
How often it was begun.';

COMMENT ON COLUMN app_operations.scheduled_tasks.period_key IS 'The period for which it is the only run; null for a run of its own.';

COMMENT ON COLUMN app_operations.scheduled_tasks.requested_by IS '@notNull
Who asked: cron, http, sql, cli, operator or start.';

COMMENT ON COLUMN app_operations.scheduled_tasks.queued_at IS 'When it was last handed to the queue.';

COMMENT ON COLUMN app_operations.scheduled_tasks.started_at IS 'When the last attempt began.';

COMMENT ON COLUMN app_operations.scheduled_tasks.finished_at IS 'When it completed, or failed for good.';

COMMENT ON COLUMN app_operations.scheduled_tasks.duration_ms IS 'How long the last attempt took, in milliseconds.';

COMMENT ON COLUMN app_operations.scheduled_tasks.result IS 'What the task says of its work, or why it was skipped.';

COMMENT ON COLUMN app_operations.scheduled_tasks.error IS 'Why the last attempt failed.';

CREATE FUNCTION app_operations.trigger_task(name text, reason text) RETURNS app_operations.scheduled_tasks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_name text;
  v_id bigint;
  v_run app_operations.scheduled_tasks;
begin
  perform app_private.require_operator();
  v_name := app_private.known_task(trigger_task.name);
  perform app_private.log_operator('trigger_task', v_name, trigger_task.reason);
  select t.id into v_id from app_private.log_scheduled_task(v_name, requested_by => 'operator') t;
  select s.* into v_run from app_operations.scheduled_tasks s where s.id = v_id;
  return v_run;
end;
$$;

COMMENT ON FUNCTION app_operations.trigger_task(name text, reason text) IS '@resultFieldName run
Has a task run now, whatever ran in this period before. Errors: TB001, TB002, TB004, TB017, TB040.';

CREATE FUNCTION app_private.abandon_call(id bigint, reason text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_attempt_id bigint;
begin
  perform app_private.log_operator('abandon_call', abandon_call.id::text, abandon_call.reason);
  select a.id into v_attempt_id
    from app_private.llm_attempts a
    where a.call_id = abandon_call.id and a.state = 'in_doubt'
    for update;
  if found then
    perform app_private.end_attempt(v_attempt_id, 'abandoned', 'operator', 'Given up by an operator.', null);
    return 'failed';
  end if;
  -- Put in doubt by reconcile(): what may have been asked after the backup has no attempt here.
  update app_private.llm_calls c
    set state = 'failed', reason = 'Given up by an operator.'
    where c.id = abandon_call.id and c.state = 'in_doubt';
  if not found then
    raise exception 'This call is not in doubt.' using errcode = 'TB045', hint = 'Look at it in app_operations.calls.';
  end if;
  return 'failed';
end;
$$;

COMMENT ON FUNCTION app_private.abandon_call(id bigint, reason text) IS 'Gives a doubtful call up: its hold counts as spent, and it fails. Errors: TB017, TB045.';

CREATE FUNCTION app_private.accept_webhook(message_id text, issuer text, event jsonb, sent_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_data jsonb := event -> 'data';
  v_subject text := v_data ->> 'id';
  v_changed_at timestamptz := coalesce(accept_webhook.sent_at, now());
begin
  -- A message that nobody could use is no error: its sender would only send it again.
  if coalesce(char_length(accept_webhook.message_id), 0) not between 1 and 200
    or coalesce(char_length(accept_webhook.issuer), 0) not between 1 and 500
    or jsonb_typeof(v_data -> 'id') is distinct from 'string' or char_length(v_subject) not between 1 and 255
  then
    return false;
  end if;
  insert into app_private.webhook_messages (id) values (accept_webhook.message_id)
    on conflict on constraint webhook_messages_pkey do nothing;
  if not found then
    return false;
  end if;
  -- Milliseconds. Nothing changed long after the message was sent: a far date would shut out all later ones.
  if jsonb_typeof(v_data -> 'updated_at') = 'number' and abs((v_data ->> 'updated_at')::numeric) < 1e14 then
    v_changed_at := least(
      to_timestamp((v_data ->> 'updated_at')::double precision / 1000),
      v_changed_at + interval '5 minutes'
    );
  end if;
  case event ->> 'type'
    when 'user.deleted' then
      return app_private.forget_subject(accept_webhook.issuer, v_subject);
    when 'user.created', 'user.updated' then
      return app_private.sync_profile(
        accept_webhook.issuer,
        v_subject,
        jsonb_build_object(
          'username', v_data -> 'username',
          'full_name', (
            select string_agg(n.name #>> '{}', ' ' order by n.place)
              from (values (1, v_data -> 'first_name'), (2, v_data -> 'last_name')) n (place, name)
              where jsonb_typeof(n.name) = 'string'
          ),
          'avatar_url', v_data -> 'image_url',
          'email', (
            select e.address -> 'email_address'
              from jsonb_array_elements(
                case jsonb_typeof(v_data -> 'email_addresses') when 'array' then v_data -> 'email_addresses' else '[]' end
              ) e (address)
              where e.address -> 'id' = v_data -> 'primary_email_address_id'
              limit 1
          )
        ),
        v_changed_at
      );
    else
      return false; -- a kind of message that does not concern us
  end case;
end;
$$;

COMMENT ON FUNCTION app_private.accept_webhook(message_id text, issuer text, event jsonb, sent_at timestamp with time zone) IS 'Takes in one signed message of the identity provider, once; says whether it changed anything.';

CREATE FUNCTION app_private.achievement_grounds(user_id uuid, metric text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select case achievement_grounds.metric
      when 'modules' then jsonb_build_object(
        'modules',
        (select c.modules from app_private.complete_modules(achievement_grounds.user_id, '{}') c)
      )
      else '{}'
    end;
$$;

COMMENT ON FUNCTION app_private.achievement_grounds(user_id uuid, metric text) IS 'What is kept of an achievement beside its rule: of one for modules, the problems that made each of them complete.';

CREATE TABLE app_private.streaks (
    user_id uuid NOT NULL,
    days datemultirange NOT NULL,
    through_day date NOT NULL,
    frozen datemultirange NOT NULL,
    freezes integer NOT NULL,
    run_length integer NOT NULL,
    longest integer NOT NULL,
    last_day date,
    ends_on date,
    is_paid boolean DEFAULT false NOT NULL,
    CONSTRAINT streaks_freezes_bounded CHECK (((freezes >= 0) AND (freezes <= 2))),
    CONSTRAINT streaks_frozen_days_were_missed CHECK ((NOT (frozen && days))),
    CONSTRAINT streaks_longest_is_longest CHECK (((longest >= run_length) AND (run_length >= 0)))
);

COMMENT ON TABLE app_private.streaks IS 'The days on which a member was active, as a set: adjacent days merge, and adding one that is there already changes nothing.';

COMMENT ON COLUMN app_private.streaks.user_id IS 'The member.';

COMMENT ON COLUMN app_private.streaks.days IS 'Their own days on which an answer of theirs was worth something.';

COMMENT ON COLUMN app_private.streaks.through_day IS 'Days up to this one have ended, and were missed if they are not among the days.';

COMMENT ON COLUMN app_private.streaks.frozen IS 'Missed days that a freeze bridges.';

COMMENT ON COLUMN app_private.streaks.freezes IS 'Freezes that are left: one is earned every seven active days, two can be held.';

COMMENT ON COLUMN app_private.streaks.run_length IS 'Active days of the last run, frozen ones not counted.';

COMMENT ON COLUMN app_private.streaks.longest IS 'Active days of the longest run.';

COMMENT ON COLUMN app_private.streaks.last_day IS 'The last active day.';

COMMENT ON COLUMN app_private.streaks.ends_on IS 'The last day that the last run reaches, active or frozen.';

COMMENT ON COLUMN app_private.streaks.is_paid IS 'Whether milestones were looked at since the days last changed; every change takes it back.';

CREATE FUNCTION app_private.active_runs(streak app_private.streaks) RETURNS TABLE(run daterange, active integer)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Active and frozen days together are runs without gaps.
  select r, (select sum(upper(d) - lower(d)) from unnest((streak).days * datemultirange(r)) d)::integer
    from unnest((streak).days + (streak).frozen) r;
$$;

COMMENT ON FUNCTION app_private.active_runs(streak app_private.streaks) IS 'A member''s runs, frozen days among them, and how many active days each has.';

CREATE FUNCTION app_private.answer_partitions(at timestamp with time zone DEFAULT now()) RETURNS TABLE(month_on date, is_there boolean, misplaced bigint)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with months as (
    select (date_trunc('month', answer_partitions.at at time zone 'utc') + make_interval(months => n))::date as month_on
      from generate_series(0, 2) n
    union
    select date_trunc('month', r.answered_at at time zone 'utc')::date
      from app_private.answers_rest r
      where r.answered_at < date_trunc('month', answer_partitions.at at time zone 'utc') at time zone 'utc'
  )
  select m.month_on,
      exists (
        select from pg_inherits i
          where i.inhparent = 'app_public.answers'::regclass
            and i.inhrelid = to_regclass('app_private.answers_' || to_char(m.month_on, 'YYYY_MM'))
      ),
      (
        select count(*) from app_private.answers_rest r
          where r.answered_at >= m.month_on::timestamp at time zone 'utc'
            and r.answered_at < (m.month_on + interval '1 month') at time zone 'utc'
      )
    from months m
    order by m.month_on;
$$;

COMMENT ON FUNCTION app_private.answer_partitions(at timestamp with time zone) IS 'This month and the next two, and past ones whose answers are misplaced: whether answers have their partition, and how many had to be put elsewhere.';

CREATE FUNCTION app_private.answer_request(model_id uuid, version text, system text, template text, prompt_text text) RETURNS jsonb
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select jsonb_build_object(
      'apiModel', m.api_model,
      'system', answer_request.system,
      'prompt', replace(answer_request.template, '{{prompt}}', answer_request.prompt_text),
      'maxOutputTokens', m.max_output_tokens,
      'params', m.params,
      'promptVersion', answer_request.version
    )
    from app_public.models m
    where m.id = answer_request.model_id;
$$;

COMMENT ON FUNCTION app_private.answer_request(model_id uuid, version text, system text, template text, prompt_text text) IS 'What a contestant is sent: fixed at dispatch, so that every model is asked the same whatever changes later.';

CREATE FUNCTION app_private.apply_models(content jsonb) RETURNS TABLE(kind text, name text, change text)
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  -- Rehearsal roles stand in a range of their own, behind the real ones.
  v_from integer := coalesce((content ->> 'role_priority_from')::integer, 0);
begin
  perform pg_advisory_xact_lock(hashtextextended('apply_models', 0));

  return query
  with given as (
    select p.*
      from jsonb_populate_recordset(null::app_private.providers, apply_models.content -> 'providers') p
  ), merged as (
    merge into app_private.providers as k
    using given as g on k.name = g.name
    when not matched then
      insert (name, protocol, base_url, api_key_env, max_parallel, requests_per_minute, is_enabled, is_overload_free, is_rehearsal, traits)
      values (
        g.name, g.protocol, g.base_url, g.api_key_env, coalesce(g.max_parallel, 4), coalesce(g.requests_per_minute, 30),
        coalesce(g.is_enabled, true), coalesce(g.is_overload_free, false), coalesce(g.is_rehearsal, false), coalesce(g.traits, '{}')
      )
    -- What it bills and how it differs may have been corrected in SQL: that stays where the list says nothing.
    when matched and (k.protocol, k.base_url, k.api_key_env, k.max_parallel, k.requests_per_minute, k.is_enabled, k.is_overload_free, k.traits)
      is distinct from (g.protocol, g.base_url, g.api_key_env, coalesce(g.max_parallel, 4), coalesce(g.requests_per_minute, 30),
        coalesce(g.is_enabled, true), coalesce(g.is_overload_free, k.is_overload_free), coalesce(g.traits, k.traits))
    then
      update set protocol = g.protocol, base_url = g.base_url, api_key_env = g.api_key_env,
        max_parallel = coalesce(g.max_parallel, 4), requests_per_minute = coalesce(g.requests_per_minute, 30),
        is_enabled = coalesce(g.is_enabled, true), is_overload_free = coalesce(g.is_overload_free, k.is_overload_free),
        traits = coalesce(g.traits, k.traits)
    returning k.name, merge_action() as action
  )
  select 'provider', m.name, case m.action when 'INSERT' then 'added' else 'changed' end from merged m order by m.name;

  return query
  with given as (
    select m.*
      from jsonb_populate_recordset(null::app_public.models, apply_models.content -> 'models') m
  ), merged as (
    merge into app_public.models as k
    using given as g on k.slug = g.slug
    when not matched then
      insert (slug, display_name, provider, api_model, family, params, max_output_tokens, input_usd_per_million,
        cached_input_usd_per_million, output_usd_per_million, prices_as_of, is_active, is_contestant, is_rehearsal, note)
      values (g.slug, g.display_name, g.provider, g.api_model, g.family, coalesce(g.params, '{}'), coalesce(g.max_output_tokens, 16384),
        g.input_usd_per_million, g.cached_input_usd_per_million, g.output_usd_per_million, g.prices_as_of,
        coalesce(g.is_active, true), coalesce(g.is_contestant, true), coalesce(g.is_rehearsal, false), g.note)
    when matched and (k.display_name, k.provider, k.api_model, k.family, k.params, k.max_output_tokens, k.input_usd_per_million,
        k.cached_input_usd_per_million, k.output_usd_per_million, k.prices_as_of, k.is_active, k.is_contestant, k.note)
      is distinct from (g.display_name, g.provider, g.api_model, g.family, coalesce(g.params, '{}'), coalesce(g.max_output_tokens, 16384),
        g.input_usd_per_million, g.cached_input_usd_per_million, g.output_usd_per_million, g.prices_as_of,
        coalesce(g.is_active, true) and k.retired_at is null, coalesce(g.is_contestant, true), g.note)
    then
      update set display_name = g.display_name, provider = g.provider, api_model = g.api_model, family = g.family,
        params = coalesce(g.params, '{}'), max_output_tokens = coalesce(g.max_output_tokens, 16384),
        input_usd_per_million = g.input_usd_per_million, cached_input_usd_per_million = g.cached_input_usd_per_million,
        output_usd_per_million = g.output_usd_per_million, prices_as_of = g.prices_as_of,
        is_active = coalesce(g.is_active, true) and k.retired_at is null,
        is_contestant = coalesce(g.is_contestant, true), note = g.note
    returning k.slug, merge_action() as action
  )
  select 'model', m.slug, case m.action when 'INSERT' then 'added' else 'changed' end from merged m order by m.slug;

  -- A role is an ordered list of models: the first usable one does it.
  return query
  with given as (
    select r.role, v_from + (row_number() over (partition by r.role order by s.n))::integer as priority, m.id as model_id, m.slug
      from jsonb_each(coalesce(apply_models.content -> 'roles', '{}')) r (role, slugs)
        cross join lateral jsonb_array_elements_text(r.slugs) with ordinality s (slug, n)
        inner join app_public.models m on m.slug = s.slug
  ), merged as (
    merge into app_private.llm_roles as k
    using given as g on k.role = g.role and k.priority = g.priority
    when not matched then insert (role, priority, model_id) values (g.role, g.priority, g.model_id)
    when matched and k.model_id <> g.model_id then update set model_id = g.model_id
    when not matched by source and apply_models.content ? 'roles' and k.priority > v_from and k.priority <= v_from + 100 then delete
    returning k.role, k.priority, merge_action() as action
  )
  select 'role', m.role || ' ' || m.priority, case m.action when 'INSERT' then 'added' when 'DELETE' then 'removed' else 'changed' end
    from merged m order by m.role, m.priority;
end;
$$;

COMMENT ON FUNCTION app_private.apply_models(content jsonb) IS 'Takes in providers, models and roles from content/models.json; returns what changed. Nothing is deleted but a role.';

CREATE FUNCTION app_private.apply_problems(content jsonb, is_forced boolean DEFAULT false) RETURNS TABLE(kind text, name text, change text)
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_retiring text[];
  v_standing integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('apply_problems', 0));

  select array_agg(p.slug order by p.slug) filter (where not g.is_given), count(*) into v_retiring, v_standing
    from app_public.problems p
      cross join lateral (
        select exists (select from jsonb_array_elements(content -> 'problems') g where (g ->> 'id')::uuid = p.id)
      ) g (is_given)
    where p.retired_at is null;
  if cardinality(v_retiring) > 0.2 * v_standing and not is_forced then
    raise exception '% of % problems would be retired: %.', cardinality(v_retiring), v_standing, array_to_string(v_retiring, ', ')
      using errcode = 'TB088', hint = 'Bring their folders back, or say --force.';
  end if;

  return query
  with given as (
    select m.slug, m.name, m.description, m.display_order, coalesce(m.is_published, true) as is_published
      from jsonb_populate_recordset(null::app_public.modules, content -> 'modules') m
  ), merged as (
    merge into app_public.modules as k
    using given as g on k.slug = g.slug
    when not matched then
      insert (slug, name, description, display_order, is_published) values (g.slug, g.name, g.description, g.display_order, g.is_published)
    when matched and (k.name, k.description, k.display_order, k.is_published, k.retired_at)
      is distinct from (g.name, g.description, g.display_order, g.is_published, null::timestamptz)
    then
      update set name = g.name, description = g.description, display_order = g.display_order, is_published = g.is_published, retired_at = null
    when not matched by source and k.retired_at is null then
      update set retired_at = now(), is_published = false
    returning k.slug, case when merge_action() = 'INSERT' then 'added' when k.retired_at is not null then 'retired' else 'changed' end as action
  )
  select 'module', m.slug, m.action from merged m order by m.slug;

  return query
  with given as (
    select m.id as module_id, r.id as prerequisite_id
      from jsonb_array_elements(content -> 'modules') g
        inner join app_public.modules m on m.slug = g ->> 'slug'
        cross join lateral jsonb_array_elements_text(coalesce(g -> 'requires', '[]')) e (slug)
        inner join app_public.modules r on r.slug = e.slug
  ), merged as (
    merge into app_public.module_prerequisites as k
    using given as g on k.module_id = g.module_id and k.prerequisite_id = g.prerequisite_id
    when not matched then insert (module_id, prerequisite_id) values (g.module_id, g.prerequisite_id)
    when not matched by source then delete
    returning k.module_id, k.prerequisite_id, merge_action() as action
  )
  select 'prerequisite', m.slug || ' after ' || r.slug, case e.action when 'INSERT' then 'added' else 'retired' end
    from merged e
      inner join app_public.modules m on m.id = e.module_id
      inner join app_public.modules r on r.id = e.prerequisite_id
    order by m.slug, r.slug;

  return query
  with given as (
    select p.*, m.id as of_module_id, coalesce(p.is_published, true) as is_open, g.value ->> 'hash' as hash
      from jsonb_array_elements(content -> 'problems') g
        cross join lateral jsonb_populate_record(null::app_public.problems, g.value - 'content_hash') p
        inner join app_public.modules m on m.slug = g.value ->> 'module'
  ), before as (
    select p.id, p.slug, p.module_id from app_public.problems p
  ), merged as (
    merge into app_public.problems as k
    using given as g on k.id = g.id
    when not matched then
      insert (id, slug, module_id, title, statement, difficulty, display_order, base_points, time_bonus_points, expected_seconds,
        pass_score, minimum_length, is_published, content_hash)
      values (g.id, g.slug, g.of_module_id, g.title, g.statement, g.difficulty, coalesce(g.display_order, 0), g.base_points,
        g.time_bonus_points, g.expected_seconds, g.pass_score, g.minimum_length, g.is_open, decode(g.hash, 'hex'))
    when matched and (k.content_hash, k.slug, k.module_id, k.retired_at)
      is distinct from (decode(g.hash, 'hex'), g.slug, g.of_module_id, null::timestamptz)
    then
      update set slug = g.slug, module_id = g.of_module_id, title = g.title, statement = g.statement, difficulty = g.difficulty,
        display_order = coalesce(g.display_order, 0), base_points = g.base_points, time_bonus_points = g.time_bonus_points,
        expected_seconds = g.expected_seconds, pass_score = g.pass_score, minimum_length = g.minimum_length,
        is_published = g.is_open, content_hash = decode(g.hash, 'hex'), retired_at = null
    when not matched by source and k.retired_at is null then
      update set retired_at = now(), is_published = false
    returning k.id, k.slug, k.module_id, k.retired_at, merge_action() as action
  )
  select 'problem', m.slug,
      case
        when m.action = 'INSERT' then 'added'
        when m.retired_at is not null then 'retired'
        when (b.slug, b.module_id) is distinct from (m.slug, m.module_id) then 'moved'
        else 'changed'
      end
    from merged m
      left join before b on b.id = m.id
    order by m.slug;

  -- A retired problem keeps its key and examples: what was judged by them can still be looked at.
  merge into app_private.problem_keys as k
    using (
      select (g ->> 'id')::uuid as id, g ->> 'rubric' as rubric, g ->> 'reference' as reference
        from jsonb_array_elements(content -> 'problems') g
    ) as g on k.problem_id = g.id
    when not matched then
      insert (problem_id, rubric, reference, rubric_hash) values (g.id, g.rubric, g.reference, sha256(convert_to(g.rubric, 'UTF8')))
    when matched and (k.rubric, k.reference) is distinct from (g.rubric, g.reference) then
      update set rubric = g.rubric, reference = g.reference, rubric_hash = sha256(convert_to(g.rubric, 'UTF8'));
  merge into app_private.problem_examples as k
    using (
      select (g ->> 'id')::uuid as problem_id, e.*
        from jsonb_array_elements(content -> 'problems') g
          cross join lateral jsonb_to_recordset(g -> 'examples')
            as e (name text, answer text, is_correct boolean, score_min integer, score_max integer)
    ) as g on k.problem_id = g.problem_id and k.name = g.name
    when not matched then
      insert (problem_id, name, answer, is_correct, score_min, score_max)
      values (g.problem_id, g.name, g.answer, g.is_correct, g.score_min, g.score_max)
    when matched and (k.answer, k.is_correct, k.score_min, k.score_max) is distinct from (g.answer, g.is_correct, g.score_min, g.score_max) then
      update set answer = g.answer, is_correct = g.is_correct, score_min = g.score_min, score_max = g.score_max
    when not matched by source
      and exists (select from app_public.problems p where p.id = k.problem_id and p.retired_at is null)
    then delete;
end;
$$;

COMMENT ON FUNCTION app_private.apply_problems(content jsonb, is_forced boolean) IS 'Makes modules and problems what content/problems says, and returns what changed; what is gone is retired, never deleted. Errors: TB087, TB088.';

CREATE FUNCTION app_private.apply_prompts(prompts jsonb) RETURNS TABLE(role text, version text, change text)
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_prompt record;
  v_known app_private.prompts;
begin
  for v_prompt in
    select p.role, p.version, p.system, p.template
      from jsonb_to_recordset(apply_prompts.prompts) as p (role text, version text, system text, template text)
      order by p.role, p.version
  loop
    select * into v_known
      from app_private.prompts p
      where p.role = v_prompt.role and p.version = v_prompt.version;
    if not found then
      insert into app_private.prompts (role, version, system, template)
        values (v_prompt.role, v_prompt.version, v_prompt.system, v_prompt.template);
      apply_prompts.change := 'added';
    elsif v_known.system = v_prompt.system and v_known.template = v_prompt.template then
      continue;
    else
      raise exception 'The prompt %/% was changed.', v_prompt.role, v_prompt.version
        using errcode = 'TB050', hint = 'A version that was used is never rewritten: write it as a new version.';
    end if;
    apply_prompts.role := v_prompt.role;
    apply_prompts.version := v_prompt.version;
    return next;
  end loop;
end;
$$;

COMMENT ON FUNCTION app_private.apply_prompts(prompts jsonb) IS 'Takes in new prompt versions; returns what was added. Errors: TB050.';

CREATE TABLE app_private.judge_runs (
    id bigint NOT NULL,
    purpose text NOT NULL,
    problem_id uuid,
    prompt_version text NOT NULL,
    state text DEFAULT 'shadow'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_at timestamp with time zone,
    reverted_at timestamp with time zone,
    CONSTRAINT judge_runs_about_a_problem CHECK (((purpose = 'check'::text) OR (problem_id IS NOT NULL))),
    CONSTRAINT judge_runs_checks_change_nothing CHECK (((purpose = 'rejudge'::text) OR (state = 'shadow'::text))),
    CONSTRAINT judge_runs_purpose_known CHECK ((purpose = ANY (ARRAY['check'::text, 'rejudge'::text]))),
    CONSTRAINT judge_runs_state_known CHECK ((state = ANY (ARRAY['shadow'::text, 'applied'::text, 'reverted'::text]))),
    CONSTRAINT judge_runs_states_are_dated CHECK ((((state = 'shadow'::text) = (applied_at IS NULL)) AND ((state = 'reverted'::text) = (reverted_at IS NOT NULL))))
);

COMMENT ON TABLE app_private.judge_runs IS 'Many judgings at once: the registry''s examples, or the answers to a problem once more.';

COMMENT ON COLUMN app_private.judge_runs.id IS 'Identity of the run.';

COMMENT ON COLUMN app_private.judge_runs.purpose IS 'check: the examples. rejudge: answers.';

COMMENT ON COLUMN app_private.judge_runs.problem_id IS 'The problem, if it is about one.';

COMMENT ON COLUMN app_private.judge_runs.prompt_version IS 'What the judge is told.';

COMMENT ON COLUMN app_private.judge_runs.state IS 'shadow: nothing has changed by it. applied: its verdicts count. reverted: those before it count again.';

COMMENT ON COLUMN app_private.judge_runs.created_at IS 'When it was asked for.';

COMMENT ON COLUMN app_private.judge_runs.applied_at IS 'When it was applied.';

COMMENT ON COLUMN app_private.judge_runs.reverted_at IS 'When it was taken back.';

CREATE FUNCTION app_private.apply_rejudge(id bigint, reason text) RETURNS app_private.judge_runs
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_run app_private.judge_runs;
  v_due record;
begin
  perform app_private.log_operator('apply_rejudge', apply_rejudge.id::text, apply_rejudge.reason);
  select r.* into v_run
    from app_private.judge_runs r
    where r.id = apply_rejudge.id and r.purpose = 'rejudge' and r.state = 'shadow'
    for update;
  if not found or exists (select from app_private.judgings j where j.run_id = v_run.id and j.state = 'waiting') then
    raise exception 'This re-judging cannot be applied.'
      using errcode = 'TB089', hint = 'It must have judged everything, and must not have been applied before. Look at judgeRuns.';
  end if;

  -- Each new verdict stands beside the old one. An answer that got another verdict meanwhile is left alone.
  perform from app_public.answers a
    where a.problem_id = v_run.problem_id
      and a.id in (select j.answer_id from app_private.judgings j where j.run_id = v_run.id)
    order by a.user_id, a.id
    for update;
  with due as (
    select j.id, gen_random_uuid() as verdict_id
      from app_private.judgings j
        inner join app_public.answers a on a.id = j.answer_id and a.answered_at = j.answered_at
      where j.run_id = v_run.id and j.state = 'scored' and a.verdict_id is not distinct from j.prior_verdict_id
  )
  update app_private.judgings j set new_verdict_id = d.verdict_id from due d where j.id = d.id;
  insert into app_public.verdicts
      (id, answer_id, answered_at, user_id, problem_id, source, judge_model_id, prompt_version, rubric_hash, pass_score, score, feedback)
    select j.new_verdict_id, j.answer_id, j.answered_at, j.user_id, j.problem_id, 'rejudge', j.judge_model_id, v_run.prompt_version,
        j.rubric_hash, p.pass_score, j.score, j.feedback
      from app_private.judgings j
        inner join app_public.problems p on p.id = j.problem_id
      where j.run_id = v_run.id and j.new_verdict_id is not null;
  update app_public.answers a
    set verdict_id = j.new_verdict_id, status = 'judged', judged_at = now(), reason = null
    from app_private.judgings j
    where j.run_id = v_run.id and j.new_verdict_id is not null and a.id = j.answer_id and a.answered_at = j.answered_at;
  -- In the order of members, as every batch that pays: two of them never wait for each other in a circle.
  for v_due in
    select j.user_id, min(j.new_verdict_id::text)::uuid as cause
      from app_private.judgings j
      where j.run_id = v_run.id and j.new_verdict_id is not null
      group by j.user_id
      order by j.user_id
  loop
    perform app_private.settle_problem(v_due.user_id, v_run.problem_id, v_due.cause);
  end loop;
  update app_private.judge_runs r set state = 'applied', applied_at = now() where r.id = v_run.id returning * into v_run;
  return v_run;
end;
$$;

COMMENT ON FUNCTION app_private.apply_rejudge(id bigint, reason text) IS 'Makes what a shadow run found count, for everybody at once. Errors: TB017, TB089, TB091.';

CREATE FUNCTION app_private.award_achievements(user_id uuid, at timestamp with time zone DEFAULT now()) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  with counted as materialized (
    select m.metric, m.value from app_private.member_metrics m where m.user_id = award_achievements.user_id
  ), given as (
    insert into app_public.user_achievements as e (user_id, achievement_type, data, earned_at)
      select award_achievements.user_id, a.type,
          a.criteria || jsonb_build_object('value', c.value, 'points', a.points)
            || app_private.achievement_grounds(award_achievements.user_id, c.metric),
          award_achievements.at
        from app_public.achievements a
          inner join counted c on c.metric = a.criteria ->> 'metric' and c.value >= (a.criteria ->> 'at_least')::integer
        where not exists (
          select from app_public.user_achievements o
            where o.user_id = award_achievements.user_id and o.achievement_type = a.type
        )
      returning e.achievement_type, (e.data ->> 'points')::integer as points
  ), held as materialized (
    -- By the rule as it was when it was met, and by the problems that there were: what an operator edits, adds or retires
    -- takes nothing from those who have it. Only verdicts do.
    select e.achievement_type, coalesce(k.modules, '{}') as modules,
        coalesce(k.n, c.value, 0) >= (e.data ->> 'at_least')::integer as is_met
      from app_public.user_achievements e
        left join counted c on c.metric = e.data ->> 'metric'
        left join lateral app_private.complete_modules(award_achievements.user_id, e.data -> 'modules') k
          on e.data ->> 'metric' = 'modules'
      where e.user_id = award_achievements.user_id
  ), kept as (
    update app_public.user_achievements e
      set is_standing = h.is_met,
        data = e.data || case when h.modules = '{}' then '{}' else jsonb_build_object('modules', h.modules) end
      from held h
      where e.user_id = award_achievements.user_id and e.achievement_type = h.achievement_type
        and (e.is_standing <> h.is_met or (h.modules <> '{}' and e.data -> 'modules' is distinct from h.modules))
      returning with (old as o) e.achievement_type, e.is_standing, o.is_standing as was_standing,
        (e.data ->> 'points')::integer as points
  ), turned as (
    select k.* from kept k where k.is_standing <> k.was_standing
  )
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
    select award_achievements.user_id, 'achievement', g.achievement_type, g.points,
        app_private.member_day(award_achievements.user_id, award_achievements.at), award_achievements.at
      from given g
      where g.points > 0
    union all
    -- What is taken back, or given again, counts for the day on which it was first given.
    select award_achievements.user_id, case when t.is_standing then 'achievement' else 'reversal' end,
        t.achievement_type || '/' || n.rows, case when t.is_standing then t.points else - t.points end, f.day, f.at
      from turned t
        inner join app_public.points_ledger f
          on f.user_id = award_achievements.user_id and f.reason = 'achievement' and f.ref = t.achievement_type
        cross join lateral (
          select count(*) as rows
            from app_public.points_ledger l
            where l.user_id = award_achievements.user_id
              and l.reason = case when t.is_standing then 'achievement' else 'reversal' end
              and (l.ref = t.achievement_type or l.ref like t.achievement_type || '/%')
        ) n;
end;
$$;

COMMENT ON FUNCTION app_private.award_achievements(user_id uuid, at timestamp with time zone) IS 'Gives a member what they have achieved and its points; takes the points back where verdicts took back what met the rule. The caller holds the member''s lock.';

CREATE FUNCTION app_private.award_all_achievements(at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_due uuid[];
  v_given integer;
begin
  select array_agg(distinct m.user_id) into v_due
    from app_public.achievements a
      inner join app_private.member_metrics m
        on m.metric = a.criteria ->> 'metric' and m.value >= (a.criteria ->> 'at_least')::integer
      left join app_public.user_achievements e on e.user_id = m.user_id and e.achievement_type = a.type
    where e.user_id is null;
  perform app_private.lock_points(coalesce(v_due, '{}'));
  with given as (
    insert into app_public.user_achievements as e (user_id, achievement_type, data, earned_at)
      select m.user_id, a.type,
          a.criteria || jsonb_build_object('value', m.value, 'points', a.points)
            || app_private.achievement_grounds(m.user_id, m.metric),
          award_all_achievements.at
        from app_public.achievements a
          inner join app_private.member_metrics m
            on m.metric = a.criteria ->> 'metric' and m.value >= (a.criteria ->> 'at_least')::integer
          inner join unnest(v_due) d (user_id) on d.user_id = m.user_id
        order by m.user_id, a.type
      on conflict on constraint user_achievements_pkey do nothing
      returning e.user_id, e.achievement_type, (e.data ->> 'points')::integer as points
  ), paid as (
    insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
      select g.user_id, 'achievement', g.achievement_type, g.points,
          app_private.member_day(g.user_id, award_all_achievements.at), award_all_achievements.at
        from given g
        where g.points > 0
        order by g.user_id, g.achievement_type
  )
  select count(*) into v_given from given;
  perform app_private.award_badges();
  return v_given;
end;
$$;

COMMENT ON FUNCTION app_private.award_all_achievements(at timestamp with time zone) IS 'Gives everybody at once what they have achieved and do not have yet; says how much was given. Errors: TB091.';

CREATE FUNCTION app_private.award_badges(user_id uuid DEFAULT NULL::uuid, at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_given integer;
begin
  if award_badges.user_id is null then
    insert into app_public.user_badges (user_id, badge_name, earned_at)
      select u.id, b.name, award_badges.at
        from app_public.badges b
          cross join app_public.users u
          left join app_private.period_scores s on s.kind = 'all' and s.starts_on = date '2000-01-01' and s.user_id = u.id
        where coalesce(s.points, 0) >= b.required_points and coalesce(s.solved, 0) >= b.required_exercises
        order by u.id, b.name
      on conflict on constraint user_badges_pkey do nothing;
  else
    insert into app_public.user_badges (user_id, badge_name, earned_at)
      select s.user_id, b.name, award_badges.at
        from app_private.period_scores s
          inner join app_public.badges b on s.points >= b.required_points and s.solved >= b.required_exercises
        where s.kind = 'all' and s.starts_on = date '2000-01-01' and s.user_id = award_badges.user_id
          and not exists (
            select from app_public.user_badges e where e.user_id = s.user_id and e.badge_name = b.name
          )
      on conflict on constraint user_badges_pkey do nothing;
  end if;
  get diagnostics v_given = row_count;
  return v_given;
end;
$$;

COMMENT ON FUNCTION app_private.award_badges(user_id uuid, at timestamp with time zone) IS 'Gives a member, or everybody, the badges whose points and exercises they have both reached; says how many were given.';

CREATE TABLE app_public.ballots (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    match_id bigint NOT NULL,
    voter_id bigint NOT NULL,
    task_id uuid NOT NULL,
    stratum app_public.stratum NOT NULL,
    is_first_left boolean NOT NULL,
    propensity double precision NOT NULL,
    served_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT ballots_expire_after_they_are_served CHECK ((expires_at >= served_at)),
    CONSTRAINT ballots_propensity_is_chance CHECK (((propensity > (0)::double precision) AND (propensity <= (1)::double precision)))
);

COMMENT ON TABLE app_public.ballots IS 'Two pages shown to one voter, who may say once which is better.';

COMMENT ON COLUMN app_public.ballots.id IS 'Identity of the ballot.';

COMMENT ON COLUMN app_public.ballots.match_id IS 'The pair.';

COMMENT ON COLUMN app_public.ballots.voter_id IS 'Who it was given to.';

COMMENT ON COLUMN app_public.ballots.task_id IS 'The task that both pages answer.';

COMMENT ON COLUMN app_public.ballots.stratum IS 'Whether the models were unknown when it was drawn.';

COMMENT ON COLUMN app_public.ballots.is_first_left IS 'The coin: whether the match''s first model is shown on the left.';

COMMENT ON COLUMN app_public.ballots.propensity IS 'The probability with which this pair and these sides were drawn.';

COMMENT ON COLUMN app_public.ballots.served_at IS 'When it was drawn.';

COMMENT ON COLUMN app_public.ballots.expires_at IS 'Until when it can be used.';

CREATE FUNCTION app_private.ballot_page(ballot app_public.ballots, side text, at timestamp with time zone DEFAULT now()) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_submission_id uuid;
  v_kinds text[];
begin
  select s.id, case a.status when 'rendered' then array['page', 'image', 'thumb'] else array['page'] end
    into strict v_submission_id, v_kinds
    from app_private.matches m
      inner join app_public.submissions s
        on s.task_id = m.task_id
          and s.model_id = case when (ballot_page.side = 'left') = ballot.is_first_left then m.first_model_id else m.second_model_id end
      left join app_public.artifacts a on a.submission_id = s.id
    where m.id = ballot.match_id;
  perform app_private.mint_handle(v_submission_id, k.kind, ballot.expires_at, ballot_page.at, ballot.id, ballot_page.side)
    from unnest(v_kinds) k (kind);
end;
$$;

COMMENT ON FUNCTION app_private.ballot_page(ballot app_public.ballots, side text, at timestamp with time zone) IS 'Gives the page on one side, left or right, of a ballot its addresses: new random names, of which nothing of whose page it is can be told. Errors: TB061, TB062.';

CREATE FUNCTION app_private.ballot_side(ballot_id uuid, side text, at timestamp with time zone DEFAULT now()) RETURNS app_public.shown_page
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(current_setting('app.sandbox_url', true), '') || '/h/' || max(h.handle) filter (where h.kind = 'page'),
      '/images/h/' || max(h.handle) filter (where h.kind = 'image'),
      '/images/h/' || max(h.handle) filter (where h.kind = 'thumb')
    from app_private.handles h
    where h.ballot_id = ballot_side.ballot_id and h.side = ballot_side.side and h.expires_at > ballot_side.at;
$$;

COMMENT ON FUNCTION app_private.ballot_side(ballot_id uuid, side text, at timestamp with time zone) IS 'Where the page on one side of a ballot is shown, as long as it can be used.';

CREATE FUNCTION app_private.battle_estimate(problem_id uuid, answer text) RETURNS integer
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.battle_estimate(problem_id uuid, answer text) IS 'The most tokens that a member''s half of judging a battle may take.';

CREATE FUNCTION app_private.battle_to_judge(battle_id uuid, model_id uuid) RETURNS TABLE(statement text, rubric text, challenger text, opponent text, version text, system text, template text, api_model text, params jsonb)
    LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return query
  select p.title || E'\n\n' || p.statement, r.rubric, c.body, o.body, t.version, t.system, t.template, m.api_model, m.params
    from app_public.battles b
      inner join app_public.problems p on p.id = b.problem_id
      inner join app_private.problem_keys r on r.problem_id = b.problem_id
      inner join app_private.battle_seats c on c.battle_id = b.id and c.user_id = b.challenger_id
      inner join app_private.battle_seats o on o.battle_id = b.id and o.user_id = b.opponent_id
      cross join app_private.pick_prompt('battle', b.id) t
      inner join app_public.models m on m.id = battle_to_judge.model_id
    where b.id = battle_to_judge.battle_id and b.status = 'active' and c.body is not null and o.body is not null;
end;
$$;

COMMENT ON FUNCTION app_private.battle_to_judge(battle_id uuid, model_id uuid) IS 'What the judge of a battle is told, once both have answered; no row when there is nothing to judge.';

CREATE FUNCTION app_private.begin_judging(purpose text, id uuid, keys text[], has_rehearsal boolean, OUT step text, OUT wait_ms integer, OUT call_id bigint, OUT round integer, OUT model_id uuid, OUT request jsonb, OUT parts jsonb) RETURNS record
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_answer app_public.answers;
  v_problem_id uuid;
  v_problem app_public.problems;
  v_body text;
  v_version text;
  v_call app_private.llm_calls;
  v_has_reply boolean;
  v_until timestamptz;
begin
  step := 'over';
  if purpose = 'answer' then
    select a.* into v_answer from app_public.answers a where a.id = begin_judging.id and a.status = 'judging' for update;
    v_body := v_answer.body;
    v_problem_id := v_answer.problem_id;
  else
    select coalesce(a.body, e.answer), r.prompt_version, j.problem_id
      into v_body, v_version, v_problem_id
      from app_private.judgings j
        inner join app_private.judge_runs r on r.id = j.run_id
        left join app_public.answers a on a.id = j.answer_id and a.answered_at = j.answered_at
        left join app_private.problem_examples e on e.problem_id = j.problem_id and e.name = j.example
      where j.id = begin_judging.id and j.state = 'waiting'
      for update of j;
  end if;
  if v_body is null then
    return; -- judged before, erased, or an example that is gone
  end if;
  select p.* into strict v_problem from app_public.problems p where p.id = v_problem_id;

  if app_private.content_length(v_body) < v_problem.minimum_length then
    perform app_private.judge_by_rule(begin_judging.purpose, begin_judging.id);
    return;
  end if;

  loop
    select count(*) + 1 into round from app_private.judge_replies r where r.subject_id = begin_judging.id;
    if round > 3 then
      perform app_private.finish_judging(begin_judging.purpose, begin_judging.id);
      return;
    end if;
    select c.* into v_call
      from app_private.llm_calls c
      where c.subject_id = begin_judging.id and c.subject_type = begin_judging.purpose and c.round = begin_judging.round
      order by c.id
      limit 1;
    exit when not found;
    call_id := v_call.id;
    v_has_reply := exists (select from app_private.stored_reply(v_call.id) r where r.status between 200 and 299);
    -- A reply that is stored only has to be read, even when its call was given up for in doubt.
    if v_call.state in ('pending', 'active') or (v_call.state in ('done', 'in_doubt') and v_has_reply) then
      step := 'ask';
      return;
    elsif v_call.state in ('done', 'in_doubt') then
      -- Whether it was answered, nobody knows. A judgement may be asked for once more, after a day; an arena's answer never.
      -- What was answered and is not here may wait on a worker's disk, for an hour; then it is gone.
      select max(a.finished_at) + case v_call.state when 'done' then interval '1 hour' else interval '1 day' end
        into v_until
        from app_private.llm_attempts a
        where a.call_id = v_call.id;
      if v_until > clock_timestamp() then
        step := 'wait';
        wait_ms := ceil(extract(epoch from v_until - clock_timestamp()) * 1000)::integer;
        return;
      end if;
    end if;
    perform app_private.keep_judge_reply(
      begin_judging.purpose, begin_judging.id, v_call.id,
      jsonb_build_object('why', case v_call.state
        when 'in_doubt' then 'Nobody knows whether the judge answered.'
        when 'done' then 'The reply is gone.'
        else coalesce(v_call.reason, 'The judge could not be asked.')
      end)
    );
    if v_call.state = 'in_doubt' and (
      select count(*) > 1 from app_private.judge_replies r where r.subject_id = begin_judging.id and r.state = 'in_doubt'
    ) then
      perform app_private.finish_judging(begin_judging.purpose, begin_judging.id);
      return;
    end if;
    call_id := null;
  end loop;

  -- A new round. What the judge is told stays what it was in the first one, whatever the weights are now.
  v_version := coalesce(
    v_version,
    (select r.prompt_version from app_private.judge_replies r where r.subject_id = begin_judging.id order by r.round limit 1),
    (select p.version from app_private.pick_prompt('judge', begin_judging.id) p)
  );
  model_id := app_private.pick_judge(keys, has_rehearsal, (
    select r.model_id from app_private.judge_replies r where r.subject_id = begin_judging.id and r.state = 'scored' limit 1
  ));
  if model_id is null then
    step := 'nobody';
    return;
  end if;
  step := 'make';
  select jsonb_build_object('apiModel', m.api_model, 'params', m.params, 'maxOutputTokens', s.judge_output_tokens, 'promptVersion', p.version),
      jsonb_build_object('system', p.system, 'template', p.template, 'problem', v_problem.statement, 'rubric', k.rubric, 'answer', v_body)
    into strict request, parts
    from app_private.prompts p
      cross join app_private.practice_settings s
      cross join app_public.models m
      cross join app_private.problem_keys k
    where p.role = 'judge' and p.version = v_version and m.id = begin_judging.model_id and k.problem_id = v_problem.id;
end;
$$;

COMMENT ON FUNCTION app_private.begin_judging(purpose text, id uuid, keys text[], has_rehearsal boolean, OUT step text, OUT wait_ms integer, OUT call_id bigint, OUT round integer, OUT model_id uuid, OUT request jsonb, OUT parts jsonb) IS 'What is to be done next for a judging: over (nothing), wait, nobody (no judge can be asked), ask (the call that there is) or make (a call of these parts).';

CREATE FUNCTION app_private.begin_scheduled_task(id bigint, at timestamp with time zone DEFAULT clock_timestamp()) RETURNS SETOF app_private.scheduled_tasks
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_task app_private.scheduled_tasks;
  v_useful_until timestamptz;
begin
  select t.* into v_task
    from app_private.scheduled_tasks t
    where t.id = begin_scheduled_task.id and t.status in ('pending', 'running')
    for update;
  if not found then
    return; -- it is over: a second run does nothing
  end if;
  select coalesce(app_private.period_start(r.period, v_task.scheduled_time), v_task.scheduled_time) + r.useful_for
    into v_useful_until
    from app_private.task_registry r
    where r.name = v_task.function_name;
  if v_useful_until <= begin_scheduled_task.at then
    update app_private.scheduled_tasks t
      set status = 'completed', attempts = t.attempts + 1, started_at = begin_scheduled_task.at,
          finished_at = begin_scheduled_task.at, error = null,
          result = jsonb_build_object('skipped', format(
            'It was of use until %s.', to_char(v_useful_until at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"')
          ))
      where t.id = v_task.id;
    return;
  end if;
  -- Running already: its worker died, and the queue gives the job to another one.
  return query
    update app_private.scheduled_tasks t
      set status = 'running', attempts = t.attempts + 1, started_at = begin_scheduled_task.at
      where t.id = v_task.id
      returning t.*;
end;
$$;

COMMENT ON FUNCTION app_private.begin_scheduled_task(id bigint, at timestamp with time zone) IS 'Begins an attempt of a run and returns it; nothing when it is over, or comes too late to be of use, which the row then says.';

CREATE FUNCTION app_private.blank_calls(subject_type text, subject_ids uuid[]) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_call_ids bigint[];
begin
  with blanked as (
    update app_private.llm_calls c
      set request = jsonb_build_object('erased', true),
        state = case c.state when 'pending' then 'failed' else c.state end,
        reason = case c.state when 'pending' then 'The member was erased.' else c.reason end
      where c.subject_id = any (blank_calls.subject_ids) and c.subject_type = blank_calls.subject_type
      returning c.id
  )
  select array_agg(b.id) into v_call_ids from blanked b;
  -- A statement of its own: it sees what was just being stored while the one before waited.
  delete from app_private.llm_replies r
    using app_private.llm_attempts t
    where t.id = r.attempt_id and t.call_id = any (v_call_ids);
end;
$$;

COMMENT ON FUNCTION app_private.blank_calls(subject_type text, subject_ids uuid[]) IS 'Forgets what models were told and said of things that an erased member had a part in. What it cost stays.';

CREATE FUNCTION app_private.board_components(wins double precision[], ties double precision[], is_strong boolean DEFAULT false) RETURNS integer[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_size constant integer := coalesce(array_length(wins, 1), 0);
  v_component integer[] := array_fill(0, array[v_size]);
  v_forward boolean[];
  v_reached boolean[];
  v_queue integer[];
  v_at integer;
  v_count integer := 0;
begin
  for v_start in 1..v_size loop
    continue when v_component[v_start] > 0;
    v_count := v_count + 1;
    -- Who is reached by losses, then who is reached by wins; together when the direction is of no matter.
    for v_way in 1..case when is_strong then 2 else 1 end loop
      v_reached := array_fill(false, array[v_size]);
      v_reached[v_start] := true;
      v_queue := array[v_start];
      v_at := 1;
      while v_at <= cardinality(v_queue) loop
        for j in 1..v_size loop
          if not v_reached[j] and (
            ties[v_queue[v_at]][j] > 0
            or ((not is_strong or v_way = 1) and wins[v_queue[v_at]][j] > 0)
            or ((not is_strong or v_way = 2) and wins[j][v_queue[v_at]] > 0)
          ) then
            v_reached[j] := true;
            v_queue := v_queue || j;
          end if;
        end loop;
        v_at := v_at + 1;
      end loop;
      if v_way = 1 then
        v_forward := v_reached;
      end if;
    end loop;
    for j in 1..v_size loop
      if v_component[j] = 0 and v_forward[j] and v_reached[j] then
        v_component[j] := v_count;
      end if;
    end loop;
  end loop;
  return v_component;
end;
$$;

COMMENT ON FUNCTION app_private.board_components(wins double precision[], ties double precision[], is_strong boolean) IS 'Which part of a board each model belongs to: parts that never met or, if strong, of which one never lost to the other.';

CREATE FUNCTION app_private.board_counts(theme text, is_rehearsal boolean, up_to_position bigint DEFAULT NULL::bigint) RETURNS TABLE(task_id uuid, first_model_id uuid, second_model_id uuid, first_wins integer, second_wins integer, ties integer, both_bad integer)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with folded as (
    select f.task_id, f.exclusion_id from app_private.folded_as_of(up_to_position) f
  ), counted as (
    select c.task_id, c.first_model_id, c.second_model_id, c.outcome, c.votes
      from folded f
        inner join app_private.pair_counts c on c.task_id = f.task_id
      where c.stratum = 'sealed' and c.votes > 0
    union all
    select j.task_id, j.first_model_id, j.second_model_id, j.outcome, case when j.was_counted then 1 else -1 end
      from app_private.votes_judged_since((select max(f.exclusion_id) from folded f)) j
      where j.task_id in (select f.task_id from folded f)
  )
  select c.task_id, c.first_model_id, c.second_model_id,
      coalesce(sum(c.votes) filter (where c.outcome = 'first'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'second'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'tie'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'both_bad'), 0)::integer
    from counted c
      inner join app_public.tasks t on t.id = c.task_id
      inner join app_public.models m on m.id = c.first_model_id -- canned models meet only one another
    where m.is_rehearsal = board_counts.is_rehearsal and (board_counts.theme is null or t.theme = board_counts.theme)
    group by c.task_id, c.first_model_id, c.second_model_id
    having sum(c.votes) > 0;
$$;

COMMENT ON FUNCTION app_private.board_counts(theme text, is_rehearsal boolean, up_to_position bigint) IS 'What a board is made of: how each pair of each folded task ended; of one theme, or of all; as it was when the last task had this place, or as it is.';

CREATE FUNCTION app_private.board_fragility(theme text DEFAULT NULL::text, is_rehearsal boolean DEFAULT false, most integer DEFAULT 200, pairs integer DEFAULT NULL::integer) RETURNS TABLE(ahead_id uuid, behind_id uuid, gap double precision, votes integer, one_step integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_models uuid[];
  v_wins float8[];
  v_ties float8[];
  v_prior float8;
  c record;
begin
  select s.prior_votes into strict v_prior from app_private.arena_settings s;
  select array_agg(b.model_id order by b.rating desc, b.model_id) into v_models
    from app_private.leaderboard b
    where b.theme is not distinct from board_fragility.theme and b.has_ties and b.is_rehearsal = board_fragility.is_rehearsal;
  if v_models is null then
    return;
  end if;
  v_wins := array_fill(0::float8, array[cardinality(v_models), cardinality(v_models)]);
  v_ties := v_wins;
  for c in
    select array_position(v_models, p.first_model_id) as i, array_position(v_models, p.second_model_id) as j,
        sum(p.first_wins) as first_wins, sum(p.second_wins) as second_wins, sum(p.ties) as ties
      from app_private.board_counts(board_fragility.theme, board_fragility.is_rehearsal) p
      group by p.first_model_id, p.second_model_id
  loop
    v_wins[c.i][c.j] := c.first_wins;
    v_wins[c.j][c.i] := c.second_wins;
    v_ties[c.i][c.j] := c.ties;
    v_ties[c.j][c.i] := c.ties;
  end loop;
  return query
    select v_models[k], v_models[k + 1], a.rating - b.rating, f.votes, f.one_step
      from generate_series(1, least(cardinality(v_models) - 1, board_fragility.pairs)) k
        inner join app_private.leaderboard a on a.model_id = v_models[k]
        inner join app_private.leaderboard b on b.model_id = v_models[k + 1] and b.snapshot_id = a.snapshot_id
        cross join app_private.fragility(v_wins, v_ties, k, k + 1, v_prior, most) f
      where a.theme is not distinct from board_fragility.theme and a.has_ties and a.is_rehearsal = board_fragility.is_rehearsal
      order by k;
end;
$$;

COMMENT ON FUNCTION app_private.board_fragility(theme text, is_rehearsal boolean, most integer, pairs integer) IS 'How few votes hold each model above the next one on a published board, of the first `pairs` or of all; null when they are more than `most`.';

CREATE FUNCTION app_private.board_work(at timestamp with time zone DEFAULT now(), OUT has_closed boolean, OUT has_voted boolean) RETURNS record
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select exists (
      select from app_public.tasks t
        where not t.is_showcase and t.status = 'dispatched' and t.closes_at <= board_work.at
          and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
          and exists (select from app_private.matches m where m.task_id = t.id)
    ) or app_private.is_refold_due(),
    exists (
      select from app_public.votes v
        where v.created_at > coalesce((select min(s.fitted_at) from app_private.pairing_strengths s), '-infinity') - interval '1 minute'
    );
$$;

COMMENT ON FUNCTION app_private.board_work(at timestamp with time zone, OUT has_closed boolean, OUT has_voted boolean) IS 'Whether a task has closed, or votes were judged anew, since boards were last published; and whether somebody has voted since pairs were last weighed.';

CREATE FUNCTION app_private.boards_due(at timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select exists (
    select from app_private.boards b
      where b.starts_on < app_private.score_period(b.kind, boards_due.at)
        or b.refreshed_at < date_trunc('day', boards_due.at, 'UTC')
        -- What has changed shows after five minutes at the latest, and costs one refresh in five minutes at the most.
        or (
          b.refreshed_at <= boards_due.at - interval '5 minutes'
          and (b.changed_at >= b.refreshed_at or exists (select from app_private.score_changes))
        )
  );
$$;

COMMENT ON FUNCTION app_private.boards_due(at timestamp with time zone) IS 'Whether a leaderboard has changed since it was refreshed five minutes ago or more, or shows a period that is over.';

CREATE FUNCTION app_private.bradley_terry(wins double precision[], ties double precision[], prior_votes double precision DEFAULT 1) RETURNS TABLE("position" integer, theta double precision, rating double precision, se_fisher double precision, se_sandwich double precision, se double precision, rank integer, rank_low integer, rank_high integer)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select r.position, f.theta[r.position], r.rating, r.se_fisher, r.se_sandwich, r.se, r.rank, r.rank_low, r.rank_high
    from app_private.fit_strengths(wins, ties, prior_votes) f
      cross join app_private.rate_models(f.theta, f.inverse, wins, ties) r
    order by r.position;
$$;

COMMENT ON FUNCTION app_private.bradley_terry(wins double precision[], ties double precision[], prior_votes double precision) IS 'Ratings of models from their counts: wins[i][j] is how often i beat j, ties are the same both ways; both are square. Ratings and standard errors are Elo around 1000, theta is natural. Errors: TB070, TB072.';

CREATE FUNCTION app_private.call_of(role text, subject_type text, subject_id uuid, round integer) RETURNS TABLE(id bigint, state text, prompt_version text)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select c.id, c.state, c.request ->> 'promptVersion'
    from app_private.llm_calls c
    where c.role = call_of.role and c.subject_type = call_of.subject_type
      and c.subject_id = call_of.subject_id and c.round = call_of.round
    order by c.id
    limit 1;
$$;

COMMENT ON FUNCTION app_private.call_of(role text, subject_type text, subject_id uuid, round integer) IS 'The call that was made for a subject, role and round, if one was.';

CREATE FUNCTION app_private.cancel_late_battles(at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id uuid;
  v_cancelled integer := 0;
begin
  for v_id in
    select b.id
      from app_public.battles b
      where b.status in ('open', 'active') and b.due_at <= cancel_late_battles.at
        -- One that both have answered waits for the judge, however late it is.
        and not (b.status = 'active' and not exists (
          select from app_private.battle_seats s where s.battle_id = b.id and s.body is null
        ))
      order by b.id
      for update skip locked
  loop
    perform app_private.end_battle(v_id, 'cancelled', 'The time was over.', null, cancel_late_battles.at);
    v_cancelled := v_cancelled + 1;
  end loop;
  return v_cancelled;
end;
$$;

COMMENT ON FUNCTION app_private.cancel_late_battles(at timestamp with time zone) IS 'Calls off challenges that nobody accepted and battles that somebody did not answer in time; says how many.';

CREATE FUNCTION app_private.cast_vote(voter_id bigint, network_hash bytea, ballot_id uuid, verdict app_public.verdict, dwell_ms integer DEFAULT NULL::integer, at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS app_public.vote_result
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_ballot app_public.ballots;
  v_now record;
  v_at timestamptz;
  v_day timestamptz;
  v_failed text[]; -- the checks
  v_left app_private.outcome; -- what a vote for the left side says
  v_right app_private.outcome;
  v_outcome app_private.outcome;
  v_is_revealed boolean;
  v_result app_public.vote_result;
begin
  -- The locks come before what they guard is read: whoever draws for the voter, excludes them or their network, or closes the
  -- task, has then either waited for this vote or is seen by it.
  if not (
    pg_try_advisory_xact_lock_shared(app_private.voter_lock(coalesce(cast_vote.voter_id, 0)))
    and pg_try_advisory_xact_lock_shared(app_private.network_lock(coalesce(cast_vote.network_hash, '')))
  ) then
    perform pg_advisory_xact_lock_shared(app_private.voter_lock(coalesce(cast_vote.voter_id, 0))),
      pg_advisory_xact_lock_shared(app_private.network_lock(coalesce(cast_vote.network_hash, '')));
  end if;
  select b.* into v_ballot from app_public.ballots b where b.id = cast_vote.ballot_id;
  if not found or v_ballot.voter_id is distinct from cast_vote.voter_id then
    raise exception 'This is not a ballot of yours.' using errcode = 'TB074', hint = 'Draw a ballot first.';
  end if;
  if not pg_try_advisory_xact_lock_shared(app_private.task_lock(v_ballot.task_id)) then
    -- That a task has closed is told of at once: whoever publishes it may hold its lock for long.
    if v_ballot.stratum = 'sealed' and exists (
      select from app_public.tasks t where t.id = v_ballot.task_id and t.closes_at <= coalesce(cast_vote.at, clock_timestamp())
    ) and not exists (select from app_public.votes c where c.ballot_id = v_ballot.id) then
      raise exception 'This task has closed, and its models are revealed.'
        using errcode = 'TB077', hint = 'Draw another ballot: it will be on a task that is open.';
    end if;
    perform pg_advisory_xact_lock_shared(app_private.task_lock(v_ballot.task_id));
  end if;
  v_at := coalesce(cast_vote.at, clock_timestamp());
  v_day := date_trunc('day', v_at, 'utc');
  select m.first_model_id, m.second_model_id, t.closes_at, t.is_showcase, v.excluded_at, v.voted_on,
      case v_ballot.stratum when 'sealed' then v.sealed_votes else v.revealed_votes end as votes,
      s.votes_per_voter_day, s.votes_per_network_day, s.votes_per_network_model_day,
      coalesce((
        select e.is_excluded from app_private.exclusions e
          where e.network_hash = cast_vote.network_hash
          order by e.id desc limit 1
      ), false) as is_network_excluded
    into strict v_now
    from app_private.arena_settings s
      cross join app_private.matches m
      cross join app_public.tasks t
      cross join app_private.voters v
    where m.id = v_ballot.match_id and t.id = v_ballot.task_id and v.id = v_ballot.voter_id;
  if v_ballot.expires_at <= v_at or (v_ballot.stratum = 'sealed' and v_now.closes_at <= v_at) then
    if exists (select from app_public.votes c where c.ballot_id = v_ballot.id) then
      raise exception 'This ballot has been used.' using errcode = 'TB075', hint = 'A vote is final. Draw another ballot.';
    elsif v_ballot.stratum = 'sealed' and v_now.closes_at <= v_at then
      raise exception 'This task has closed, and its models are revealed.'
        using errcode = 'TB077', hint = 'Draw another ballot: it will be on a task that is open.';
    end if;
    raise exception 'This ballot has expired.' using errcode = 'TB076', hint = 'Draw another ballot.';
  end if;

  -- What is above the day's share is taken and not counted. What does not count anyway uses up nothing of the network's share.
  v_failed := array_remove(array[
    case when v_now.voted_on = (v_at at time zone 'utc')::date and v_now.votes >= v_now.votes_per_voter_day then 'voter_cap' end,
    case when v_now.excluded_at is not null then 'voter' end,
    case when v_now.is_network_excluded then 'network' end
  ], null);
  if cast_vote.network_hash is not null and v_failed = '{}' then
    insert into app_private.network_votes as n (network_hash, starts_at, stratum, votes, by_model)
      values (
        cast_vote.network_hash, v_day, v_ballot.stratum, 1, jsonb_build_object(v_now.first_model_id, 1, v_now.second_model_id, 1)
      )
      on conflict on constraint network_votes_pkey do update
        set votes = n.votes + 1,
          by_model = n.by_model || jsonb_build_object(
            v_now.first_model_id, coalesce((n.by_model ->> v_now.first_model_id::text)::integer, 0) + 1,
            v_now.second_model_id, coalesce((n.by_model ->> v_now.second_model_id::text)::integer, 0) + 1
          )
        where n.votes < v_now.votes_per_network_day
          and coalesce((n.by_model ->> v_now.first_model_id::text)::integer, 0) < v_now.votes_per_network_model_day
          and coalesce((n.by_model ->> v_now.second_model_id::text)::integer, 0) < v_now.votes_per_network_model_day;
    if not found then
      select array[case when n.votes < v_now.votes_per_network_day then 'model_cap' else 'network_cap' end]
        into strict v_failed
        from app_private.network_votes n
        where n.network_hash = cast_vote.network_hash and n.starts_at = v_day and n.stratum = v_ballot.stratum;
    end if;
  end if;

  insert into app_public.votes (ballot_id, verdict, dwell_ms, created_at, is_counted, network_hash)
    values (v_ballot.id, cast_vote.verdict, cast_vote.dwell_ms, v_at, v_failed = '{}', cast_vote.network_hash)
    on conflict on constraint votes_one_per_ballot do nothing;
  if not found then
    raise exception 'This ballot has been used.' using errcode = 'TB075', hint = 'A vote is final. Draw another ballot.';
  end if;
  if v_failed <> '{}' or cast_vote.network_hash is null then
    insert into app_private.vote_checks (ballot_id, kind, state, at)
      select v_ballot.id, f.kind, 'fail', v_at from unnest(v_failed) f (kind)
      union all
      select v_ballot.id, n.kind, 'unknown', v_at
        from unnest(array['network_cap', 'model_cap']) n (kind)
        where cast_vote.network_hash is null;
  end if;

  v_left := app_private.turn_verdict('left', v_ballot.is_first_left);
  v_right := app_private.turn_verdict('right', v_ballot.is_first_left);
  v_is_revealed := v_now.is_showcase or v_now.closes_at <= v_at;
  v_outcome := app_private.turn_verdict(cast_vote.verdict, v_ballot.is_first_left);
  -- Read before this vote is added: the tally is of others, and of all of them, or it would tell whose votes do not count.
  select v_ballot.id, cast_vote.verdict,
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = v_left), 0),
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = v_right), 0),
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = 'tie'), 0),
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = 'both_bad'), 0),
      case when v_is_revealed then case v_left when 'first' then v_now.first_model_id else v_now.second_model_id end end,
      case when v_is_revealed then case v_left when 'first' then v_now.second_model_id else v_now.first_model_id end end
    into v_result
    from app_private.pair_counts c
    where c.task_id = v_ballot.task_id and c.first_model_id = v_now.first_model_id
      and c.second_model_id = v_now.second_model_id and c.stratum = v_ballot.stratum;
  -- One upsert, and last: whoever else votes on this pair waits for no more than our commit.
  insert into app_private.pair_counts as c (task_id, first_model_id, second_model_id, stratum, outcome, votes, uncounted)
    values (
      v_ballot.task_id, v_now.first_model_id, v_now.second_model_id, v_ballot.stratum, v_outcome,
      (v_failed = '{}')::integer, (v_failed <> '{}')::integer
    )
    on conflict on constraint pair_counts_pkey do update
      set votes = c.votes + excluded.votes, uncounted = c.uncounted + excluded.uncounted;
  return v_result;
end;
$$;

COMMENT ON FUNCTION app_private.cast_vote(voter_id bigint, network_hash bytea, ballot_id uuid, verdict app_public.verdict, dwell_ms integer, at timestamp with time zone) IS 'Uses a ballot up, once; counts the vote unless a check fails; says how others voted. Errors: TB074, TB075, TB076, TB077.';

CREATE FUNCTION app_private.cholesky(matrix double precision[], size integer) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_stride constant integer := (size + 7) / 8 * 8;
  l float8[] := array_fill(0::float8, array[size * v_stride]);
  v_sum float8;
  x integer;
  y integer;
begin
  for i in 1..size loop
    for j in 1..i loop
      v_sum := matrix[(i - 1) * v_stride + j];
      x := (i - 1) * v_stride + 1;
      y := (j - 1) * v_stride + 1;
      -- What lies past column j is zero in row i as yet, so whole steps of eight are right.
      for k in 1..(j + 6) / 8 loop
        v_sum := v_sum - (l[x] * l[y] + l[x + 1] * l[y + 1] + l[x + 2] * l[y + 2] + l[x + 3] * l[y + 3]
          + l[x + 4] * l[y + 4] + l[x + 5] * l[y + 5] + l[x + 6] * l[y + 6] + l[x + 7] * l[y + 7]);
        x := x + 8;
        y := y + 8;
      end loop;
      if i = j then
        if v_sum <= 0 then
          return null;
        end if;
        l[(i - 1) * v_stride + i] := sqrt(v_sum);
      else
        l[(i - 1) * v_stride + j] := v_sum / l[(j - 1) * v_stride + j];
      end if;
    end loop;
  end loop;
  return l;
end;
$$;

COMMENT ON FUNCTION app_private.cholesky(matrix double precision[], size integer) IS 'The lower triangle L of a symmetric matrix L · Lᵀ; null when the matrix is not positive definite.';

CREATE FUNCTION app_private.cholesky_inverse(l double precision[], size integer) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_stride constant integer := (size + 7) / 8 * 8;
  u float8[] := array_fill(0::float8, array[size * v_stride]); -- the inverse of L, turned over
  v_sum float8;
  x integer;
  y integer;
begin
  for j in 1..size loop
    u[(j - 1) * v_stride + j] := 1 / l[(j - 1) * v_stride + j];
    for i in j + 1..size loop
      v_sum := 0;
      -- From the step of eight that holds column j; before it, and from i on, one of the factors is zero.
      x := (i - 1) * v_stride + (j - 1) / 8 * 8 + 1;
      y := (j - 1) * v_stride + (j - 1) / 8 * 8 + 1;
      for k in (j - 1) / 8..(i - 2) / 8 loop
        v_sum := v_sum + (l[x] * u[y] + l[x + 1] * u[y + 1] + l[x + 2] * u[y + 2] + l[x + 3] * u[y + 3]
          + l[x + 4] * u[y + 4] + l[x + 5] * u[y + 5] + l[x + 6] * u[y + 6] + l[x + 7] * u[y + 7]);
        x := x + 8;
        y := y + 8;
      end loop;
      u[(j - 1) * v_stride + i] := -v_sum / l[(i - 1) * v_stride + i];
    end loop;
  end loop;
  return app_private.row_products(u, u, size, v_stride, true, true);
end;
$$;

COMMENT ON FUNCTION app_private.cholesky_inverse(l double precision[], size integer) IS 'The inverse of L · Lᵀ, from L.';

CREATE FUNCTION app_private.claim_artifact(submission_id uuid, lease interval, at timestamp with time zone DEFAULT now(), OUT verdict text, OUT html text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_artifact app_public.artifacts;
begin
  select a.* into v_artifact
    from app_public.artifacts a
    where a.submission_id = claim_artifact.submission_id
    for update;
  if not found or v_artifact.status not in ('queued', 'running') then
    verdict := 'done';
    return;
  elsif v_artifact.status = 'running' and v_artifact.started_at + claim_artifact.lease > claim_artifact.at then
    verdict := 'wait'; -- another browser is at it, or its worker has gone: the lease decides
    return;
  end if;
  select c.html into html
    from app_public.submission_codes c
    where c.submission_id = claim_artifact.submission_id;
  if html is null then
    update app_public.artifacts a
      set status = 'failed', reason = 'The page has gone before it could be rendered.', rendered_at = claim_artifact.at
      where a.submission_id = claim_artifact.submission_id;
    verdict := 'done';
    return;
  end if;
  update app_public.artifacts a
    set status = 'running', started_at = claim_artifact.at
    where a.submission_id = claim_artifact.submission_id;
  verdict := 'render';
end;
$$;

COMMENT ON FUNCTION app_private.claim_artifact(submission_id uuid, lease interval, at timestamp with time zone, OUT verdict text, OUT html text) IS 'Takes an artifact to be rendered and returns its page. Verdicts: render, wait (somebody is at it), done.';

CREATE FUNCTION app_private.claim_coach_batch(at timestamp with time zone DEFAULT now(), size integer DEFAULT 10) RETURNS TABLE(batch_id uuid, job_id uuid, input jsonb)
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_batch_id uuid := gen_random_uuid();
begin
  return query
    update app_public.queue_jobs j
      set status = 'running', batch_id = v_batch_id, attempts = j.attempts + 1, error = null
      where j.id in (
        select d.id
          from app_public.queue_jobs d
          where d.status = 'pending' and d.run_at <= claim_coach_batch.at
          order by d.run_at, d.id
          limit claim_coach_batch.size
          for update skip locked
      )
      returning j.batch_id, j.id, j.input;
end;
$$;

COMMENT ON FUNCTION app_private.claim_coach_batch(at timestamp with time zone, size integer) IS 'Takes the next ten wishes that are due, past those that another worker is taking, as a batch of their own.';

CREATE FUNCTION app_private.close_periods(at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_board app_private.boards;
  v_step interval;
  v_starts_on date;
  v_closed integer := 0;
begin
  for v_board in select b.* from app_private.boards b where b.kind <> 'all' order by b.kind for update loop
    v_step := case v_board.kind when 'month' then interval '1 month' else interval '1 week' end;
    v_starts_on := coalesce(
      (v_board.closed_on + v_step)::date,
      (select min(s.starts_on) from app_private.period_scores s where s.kind = v_board.kind)
    );
    -- Two days after its end: what was handed in within the period has been judged by then.
    while ((v_starts_on + v_step) at time zone 'utc') + interval '2 days' <= close_periods.at loop
      insert into app_public.final_standings (kind, starts_on, position, rank, user_id, points, solved, reached_at)
        select s.kind, s.starts_on, row_number() over (order by - s.points, s.reached_at, s.user_id),
            rank() over (order by - s.points), s.user_id, s.points, s.solved, s.reached_at
          from app_private.period_scores s
          where s.kind = v_board.kind and s.starts_on = v_starts_on and s.is_listed and s.points > 0;
      update app_private.boards b set closed_on = v_starts_on where b.kind = v_board.kind;
      v_closed := v_closed + 1;
      v_starts_on := (v_starts_on + v_step)::date;
    end loop;
  end loop;
  return v_closed;
end;
$$;

COMMENT ON FUNCTION app_private.close_periods(at timestamp with time zone) IS 'Keeps the final standings of every period that has been over for two days, whole and once; says how many periods there were.';

CREATE FUNCTION app_private.close_task(id uuid, at timestamp with time zone DEFAULT now()) RETURNS app_public.tasks
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_task app_public.tasks;
begin
  perform pg_advisory_xact_lock(app_private.task_lock(close_task.id)); -- votes that are under way are waited for
  select t.* into v_task from app_public.tasks t where t.id = close_task.id for update;
  if not found or v_task.status <> 'dispatched' or v_task.closes_at <= close_task.at then
    raise exception 'There is no such open task.' using errcode = 'TB052', hint = 'Check the id, and whether it has closed already.';
  end if;
  update app_public.tasks t
    set closes_at = close_task.at, expires_at = close_task.at + (v_task.expires_at - v_task.closes_at)
    where t.id = v_task.id
    returning * into v_task;
  -- Identities are revealed together.
  update app_public.submissions s set revealed_at = least(s.revealed_at, close_task.at) where s.task_id = v_task.id;
  update app_public.submission_codes c
    set revealed_at = least(c.revealed_at, close_task.at), expires_at = v_task.expires_at
    from app_public.submissions s
    where s.id = c.submission_id and s.task_id = v_task.id;
  return v_task;
end;
$$;

COMMENT ON FUNCTION app_private.close_task(id uuid, at timestamp with time zone) IS 'Closes a task before its time: voting ends, its models are revealed. Errors: TB052.';

CREATE FUNCTION app_private.close_token_days(at timestamp with time zone DEFAULT now(), batch integer DEFAULT 1000, OUT days integer, OUT tokens bigint, OUT seen integer) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_today date := (close_token_days.at at time zone 'utc')::date;
begin
  -- It waits for nobody: what a settling holds at this moment is left to the next run, so no two ever wait in a ring.
  with due as materialized (
    select t.user_id, t.day
      from app_private.token_days t
      where t.closed_at is null and t.day < v_today
      order by t.day, t.user_id
      limit close_token_days.batch
      for update skip locked
  ), held as materialized (
    select r.id, r.user_id, r.day, r.purpose, r.state, r.actual
      from due d
        inner join app_private.token_reservations r on r.user_id = d.user_id and r.day = d.day
      where r.aggregated_at is null
      for update of r skip locked
  ), whole as materialized (
    select d.user_id, d.day
      from due d
      where not exists (
        select from app_private.token_reservations r
          where r.user_id = d.user_id and r.day = d.day and r.aggregated_at is null
            and r.id not in (select h.id from held h)
      )
  ), aggregated as (
    update app_private.token_reservations r
      set state = case r.state when 'reserved' then 'expired' else r.state end, aggregated_at = close_token_days.at
      from held h
        inner join whole w on w.user_id = h.user_id and w.day = h.day
      where r.id = h.id
  ), summed as (
    insert into app_private.ai_usage_metrics (user_id, day, purpose, calls, tokens, closed_at)
      select h.user_id, h.day, h.purpose, count(*), coalesce(sum(h.actual), 0), close_token_days.at
        from held h
          inner join whole w on w.user_id = h.user_id and w.day = h.day
        where h.state = 'settled'
        group by h.user_id, h.day, h.purpose
      on conflict on constraint ai_usage_metrics_pkey do nothing
  ), closed as (
    update app_private.token_days t
      set reserved = 0, closed_at = close_token_days.at
      from whole w
      where t.user_id = w.user_id and t.day = w.day
      returning t.used
  )
  select (select count(*) from closed), (select coalesce(sum(c.used), 0) from closed c), (select count(*) from due)
    into days, tokens, seen;
end;
$$;

COMMENT ON FUNCTION app_private.close_token_days(at timestamp with time zone, batch integer, OUT days integer, OUT tokens bigint, OUT seen integer) IS 'Closes a batch of finished days into the usage metrics, and frees what was still reserved; fewer seen than a batch means that none is left.';

CREATE FUNCTION app_private.coach_has_work(at timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select exists (
    select from app_public.queue_jobs j
      where j.status = 'running' or (j.status = 'pending' and j.run_at <= coach_has_work.at)
  );
$$;

COMMENT ON FUNCTION app_private.coach_has_work(at timestamp with time zone) IS 'Whether somebody waits for the coach.';

CREATE FUNCTION app_private.coach_prompt(batch_id uuid, model_id uuid) RETURNS TABLE(version text, system text, template text, api_model text, params jsonb)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select p.version, p.system, p.template, m.api_model, m.params
    from app_private.pick_prompt('coach', coach_prompt.batch_id) p
      cross join app_public.models m
    where m.id = coach_prompt.model_id;
$$;

COMMENT ON FUNCTION app_private.coach_prompt(batch_id uuid, model_id uuid) IS 'What a model needs to be told to coach a batch.';

CREATE FUNCTION app_private.coach_summary(user_id uuid, at timestamp with time zone DEFAULT now()) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with tried as (
    select p.slug, p.title, m.slug as module, g.best_score as score, g.attempts_count as attempts, g.status,
        row_number() over (partition by g.status order by g.first_attempt_at desc) as n
      from app_public.user_progress g
        inner join app_public.problems p on p.id = g.problem_id
        inner join app_public.modules m on m.id = p.module_id
      where g.user_id = coach_summary.user_id and g.attempts_count > 0
  )
  select jsonb_build_object(
    'solved', coalesce((
      select jsonb_agg(to_jsonb(t) - 'n' - 'status' order by t.n) from tried t where t.status = 'completed' and t.n <= 5
    ), '[]'),
    'attempted', coalesce((
      select jsonb_agg(to_jsonb(t) - 'n' - 'status' order by t.n) from tried t where t.status <> 'completed' and t.n <= 5
    ), '[]'),
    'feedback', coalesce((
      select jsonb_agg(left(f.feedback, 400) order by f.created_at desc)
        from (
          select v.feedback, v.created_at
            from app_public.verdicts v
            where v.user_id = coach_summary.user_id
            order by v.created_at desc
            limit 3
        ) f
    ), '[]'),
    'streak', (
      select jsonb_build_object('days', s.current, 'atRisk', s.is_at_risk)
        from app_private.streak_now(coach_summary.user_id, coach_summary.at) s
    ),
    'candidates', coalesce((
      select jsonb_agg(jsonb_build_object('slug', c.slug, 'module', c.module) order by c.difficulty, c.display_order, c.slug)
        from (
          select p.slug, m.slug as module, p.difficulty, m.display_order
            from app_public.problems p
              inner join app_public.modules m on m.id = p.module_id
              inner join app_private.open_modules(coach_summary.user_id) o on o.module_id = m.id and o.is_open
            where p.is_published
              and not exists (
                select from app_public.user_progress g
                  where g.user_id = coach_summary.user_id and g.problem_id = p.id and g.status = 'completed'
              )
            order by p.difficulty, m.display_order, p.slug
            limit 10
        ) c
    ), '[]')
  );
$$;

COMMENT ON FUNCTION app_private.coach_summary(user_id uuid, at timestamp with time zone) IS 'What the coach is told of a member''s recent practice, and of nobody else''s.';

CREATE FUNCTION app_private.complete_modules(user_id uuid, kept jsonb, OUT modules jsonb, OUT n integer) RETURNS record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- What was complete once is so for as long as those problems are solved, whatever was published or retired since.
  select coalesce(jsonb_object_agg(m.id, m.problems), '{}'), (count(*) filter (where m.is_complete))::integer
    from (
      select distinct on (c.id) c.id, c.problems, c.is_complete
        from (
          select k.id, k.problems, 1 as place,
              not exists (
                select from jsonb_array_elements_text(k.problems) q (id)
                  where not exists (
                    select from app_public.user_progress p
                      where p.user_id = complete_modules.user_id and p.problem_id = q.id::uuid and p.completed_at is not null
                  )
              ) as is_complete
            from jsonb_each(coalesce(complete_modules.kept, '{}')) k (id, problems)
          union all
          select q.module_id::text, jsonb_agg(q.id order by q.id), 2, true
            from app_public.problems q
              left join app_public.user_progress p on p.user_id = complete_modules.user_id and p.problem_id = q.id
            where q.is_published
            group by q.module_id
            having bool_and(p.completed_at is not null)
        ) c
        order by c.id, c.is_complete desc, c.place
    ) m;
$$;

COMMENT ON FUNCTION app_private.complete_modules(user_id uuid, kept jsonb, OUT modules jsonb, OUT n integer) IS 'The modules that a member has worked through with the problems that made each complete, those kept from before among them, and how many still stand.';

CREATE FUNCTION app_private.content_length(answer text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Each different word once: neither dots and blanks nor one word a hundred times are content. Scripts that are written
  -- without blanks come out as long words, which is right.
  select coalesce(sum(char_length(w.word) + 1), 0)::integer
    from (
      select distinct lower(m[1]) as word
        from regexp_matches(normalize(content_length.answer, nfkc), '[[:alnum:]]+', 'g') m
    ) w;
$$;

COMMENT ON FUNCTION app_private.content_length(answer text) IS 'How much an answer holds, in characters, with every word counted once.';

CREATE FUNCTION app_private.contestants(keys text[], has_rehearsal boolean) RETURNS TABLE(slug text, is_usable boolean, reason text)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select m.slug, u.is_usable, u.reason
    from app_private.usable_models(keys, has_rehearsal) u
      inner join app_public.models m on m.id = u.model_id
    where m.is_active and m.is_contestant and m.is_rehearsal = has_rehearsal
    order by m.slug;
$$;

COMMENT ON FUNCTION app_private.contestants(keys text[], has_rehearsal boolean) IS 'The active models that compete, and why some of them cannot be asked now, given the names of the keys that are set.';

CREATE FUNCTION app_private.cost_of(usage jsonb, prices jsonb) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select round(
    (
      greatest((usage ->> 'inputTokens')::numeric - coalesce((usage ->> 'cachedTokens')::numeric, 0), 0)
        * coalesce((prices ->> 'input')::numeric, 0)
      + coalesce((usage ->> 'cachedTokens')::numeric, 0)
        * coalesce((prices ->> 'cached')::numeric, (prices ->> 'input')::numeric, 0)
      + (usage ->> 'outputTokens')::numeric * coalesce((prices ->> 'output')::numeric, 0)
    ) / 1000000,
    8
  );
$$;

COMMENT ON FUNCTION app_private.cost_of(usage jsonb, prices jsonb) IS 'What a provider''s usage costs at given prices, in dollars.';

CREATE FUNCTION app_private.day_report(day date) RETURNS TABLE(slot integer, title text, task_status text, source text, model text, is_rehearsal boolean, status text, reason text, latency_ms integer, input_tokens integer, output_tokens integer, cost_usd numeric, picture text, pairs integer)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select t.slot, t.title, t.status::text, t.prompt_metadata ->> 'source', m.display_name, m.is_rehearsal, s.status::text, s.reason,
      s.latency_ms, s.input_tokens, s.output_tokens, s.cost_usd, a.status::text,
      (select count(*)::integer from app_private.matches m where m.task_id = t.id)
    from app_public.tasks t
      left join app_public.submissions s on s.task_id = t.id
      left join app_public.models m on m.id = s.model_id
      left join app_public.artifacts a on a.submission_id = s.id
    where t.challenge_date = day_report.day
    order by t.slot, m.slug;
$$;

COMMENT ON FUNCTION app_private.day_report(day date) IS 'A day''s tasks with every model''s submission, its picture and the task''s pairs that can be voted on, for whoever watches the cycle.';

CREATE FUNCTION app_private.dead_jobs() RETURNS TABLE(id bigint, task text, run_id bigint, attempts integer, error text, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
  select j.id, j.task_identifier, substring(j.key from '^scheduled_task:(\d{1,18})$')::bigint, j.attempts::integer,
      left(j.last_error, 2000), j.created_at
    from graphile_worker.jobs j
    where j.attempts >= j.max_attempts and j.locked_at is null;
$_$;

COMMENT ON FUNCTION app_private.dead_jobs() IS 'The jobs that the queue has given up, with the run of the schedule that each belongs to, if any.';

CREATE FUNCTION app_private.dispatch_tasks(day date, keys text[], has_rehearsal boolean, at timestamp with time zone DEFAULT now()) RETURNS TABLE(task_id uuid, submissions integer, is_waiting boolean)
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_task app_public.tasks;
  v_prompt record;
begin
  perform app_private.require_open_gate(dispatch_tasks.day);
  insert into app_private.skipped_models (challenge_date, model_id, reason)
    select dispatch_tasks.day, u.model_id, u.reason
      from app_private.usable_models(keys, has_rehearsal) u
        inner join app_public.models m on m.id = u.model_id
      where not u.is_usable and m.is_active and m.is_contestant and m.is_rehearsal = has_rehearsal
    on conflict on constraint skipped_models_pkey do nothing;

  -- Locked in the order of slots: a second run waits, and then finds them dispatched.
  for v_task in
    select t.* from app_public.tasks t where t.challenge_date = dispatch_tasks.day order by t.slot for update
  loop
    task_id := v_task.id;
    is_waiting := v_task.status = 'pending' and v_task.closes_at > dispatch_tasks.at;
    submissions := 0;
    if v_task.status = 'generated' and v_task.closes_at > dispatch_tasks.at then
      select * into strict v_prompt from app_private.pick_prompt('answer', v_task.id);
      with made as (
        insert into app_public.submissions (task_id, model_id, revealed_at)
          select v_task.id, u.model_id, case when v_task.is_showcase then dispatch_tasks.at else v_task.closes_at end
            from app_private.usable_models(keys, has_rehearsal) u
              inner join app_public.models m on m.id = u.model_id
            where u.is_usable and m.is_contestant
            order by m.slug
          on conflict on constraint submissions_once_per_model do nothing
          returning id, model_id
      )
      select count(app_private.ensure_call('answer', 'submission', m.id, m.model_id, app_private.answer_request(
          m.model_id, v_prompt.version, v_prompt.system, v_prompt.template, v_task.prompt_text
        )))::integer
        into submissions
        from made m;
      update app_public.tasks t set status = 'dispatched', dispatched_at = dispatch_tasks.at where t.id = v_task.id;
    end if;
    return next;
  end loop;
end;
$$;

COMMENT ON FUNCTION app_private.dispatch_tasks(day date, keys text[], has_rehearsal boolean, at timestamp with time zone) IS 'Makes one submission and one call for each written task of a day and each usable model, once. Errors: TB043.';

CREATE FUNCTION app_private.draw_ballot(voter_id bigint, network_hash bytea, task_id uuid DEFAULT NULL::uuid, at timestamp with time zone DEFAULT now()) RETURNS app_public.ballots
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_settings app_private.arena_settings;
  v_voter app_private.voters;
  v_ballot app_public.ballots;
  v_voted_on date;
  v_tasks uuid[];
  v_draw float8 := random();
begin
  -- One draw of a voter at a time, and none while a vote of theirs is under way.
  perform pg_advisory_xact_lock(app_private.voter_lock(draw_ballot.voter_id));
  -- Their row as well: a purge of idle visitors passes over who is drawing. The advisory lock comes first, as in exclude_voter().
  select v.* into v_voter from app_private.voters v where v.id = draw_ballot.voter_id for no key update;
  if not found then
    return null; -- the purge was faster
  end if;
  select b.* into v_ballot from app_public.ballots b where b.id = v_voter.current_ballot_id;
  if found then
    select (c.created_at at time zone 'utc')::date into v_voted_on from app_public.votes c where c.ballot_id = v_ballot.id;
    if found then
      -- Counted here, once for each ballot, and not with every vote: a voter has no other ballot that can be used.
      if v_voter.voted_on is distinct from v_voted_on then
        v_voter.voted_on := v_voted_on;
        v_voter.sealed_votes := 0;
        v_voter.revealed_votes := 0;
      end if;
      v_voter.sealed_votes := v_voter.sealed_votes + (v_ballot.stratum = 'sealed')::integer;
      v_voter.revealed_votes := v_voter.revealed_votes + (v_ballot.stratum = 'revealed')::integer;
    elsif v_ballot.expires_at > draw_ballot.at and (v_ballot.stratum = 'revealed' or exists (
      select from app_public.tasks t where t.id = v_ballot.task_id and t.closes_at > draw_ballot.at
    )) then
      -- Still open: the same one again, whatever task is asked for. Else one could draw until a page is known again.
      return v_ballot;
    end if;
  end if;

  select * into strict v_settings from app_private.arena_settings;
  perform app_private.take_draws('network', encode(draw_ballot.network_hash, 'hex'), v_settings.draws_per_network_hour, draw_ballot.at);
  perform app_private.take_draws('voter', draw_ballot.voter_id::text, v_settings.draws_per_voter_hour, draw_ballot.at);

  -- Looked up first: only their matches are then read, however many days there were before.
  if draw_ballot.task_id is null then
    select array_agg(t.id) into v_tasks from app_public.tasks t where t.closes_at > draw_ballot.at and not t.is_showcase;
  else
    select array_agg(t.id) into v_tasks from app_public.tasks t where t.id = draw_ballot.task_id and t.expires_at > draw_ballot.at;
  end if;
  -- By what a vote would tell, and a share of them uniformly: so every pair has its chance, and every chance is known.
  select c.id, c.task_id, c.chance / 2,
      case when c.is_sealed then 'sealed' else 'revealed' end,
      case when c.is_sealed then least(c.closes_at, draw_ballot.at + v_settings.ballot_time)
        else least(c.expires_at, draw_ballot.at + v_settings.ballot_time) end
    into v_ballot.match_id, v_ballot.task_id, v_ballot.propensity, v_ballot.stratum, v_ballot.expires_at
    from (
      select w.*, sum(w.chance) over (order by w.id) as until
        from (
          select m.id, m.task_id, t.closes_at, t.expires_at, not t.is_showcase and t.closes_at > draw_ballot.at as is_sealed,
              case when sum(m.gain) over () > 0
                then v_settings.explore_share / count(*) over () + (1 - v_settings.explore_share) * m.gain / sum(m.gain) over ()
                else 1.0 / count(*) over () end as chance
            from app_private.matches m
              inner join app_public.tasks t on t.id = m.task_id
            where m.task_id = any (v_tasks) and m.opened_at <= draw_ballot.at
              and not exists (
                select from app_public.ballots b where b.voter_id = draw_ballot.voter_id and b.match_id = m.id
              )
        ) w
    ) c
    -- The chances add up to one, save for rounding: the last pair takes what is left.
    order by c.until <= v_draw, case when c.until <= v_draw then -c.until else c.until end
    limit 1;
  if not found then
    raise exception 'There is nothing for you to vote on just now.'
      using errcode = 'TB073', hint = 'Come back when the next tasks have been answered, or look at today''s showcase.';
  end if;

  v_ballot.id := gen_random_uuid();
  v_ballot.voter_id := draw_ballot.voter_id;
  v_ballot.is_first_left := random() < 0.5;
  v_ballot.served_at := draw_ballot.at;
  insert into app_public.ballots select v_ballot.*;
  insert into app_private.open_ballots (ballot_id) values (v_ballot.id);
  perform app_private.ballot_page(v_ballot, s.side, draw_ballot.at) from (values ('left'), ('right')) s (side);
  update app_private.voters v
    set current_ballot_id = v_ballot.id, voted_on = v_voter.voted_on,
      sealed_votes = v_voter.sealed_votes, revealed_votes = v_voter.revealed_votes
    where v.id = draw_ballot.voter_id;
  return v_ballot;
end;
$$;

COMMENT ON FUNCTION app_private.draw_ballot(voter_id bigint, network_hash bytea, task_id uuid, at timestamp with time zone) IS 'The voter''s open ballot, or a new one on a pair that they have not seen: of all sealed tasks, or of one task; null when there is no such voter any more. Errors: TB071, TB073.';

CREATE FUNCTION app_private.e_value(log_for double precision, log_against double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((exp(GREATEST(LEAST(log_for, (690)::double precision), ('-690'::integer)::double precision)) + exp(GREATEST(LEAST(log_against, (690)::double precision), ('-690'::integer)::double precision))) / (2)::double precision);

COMMENT ON FUNCTION app_private.e_value(log_for double precision, log_against double precision) IS 'Evidence against somebody who votes as others do: what two bets have become, of which one wins 1 + x and the other 1 - x with every vote that surprises by x; given are the sums of their logarithms. Its mean is 1 at most for the honest, whenever one looks.';

CREATE FUNCTION app_private.elo_fold(ratings double precision[], firsts integer[], seconds integer[], scores double precision[], k double precision DEFAULT 4) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_move float8;
  a integer;
  b integer;
begin
  -- A plain loop over an array: an aggregate was measured seven times slower, a recursive query twenty-five times.
  for n in 1..cardinality(firsts) loop
    a := firsts[n];
    b := seconds[n];
    v_move := k * (scores[n] - 1 / (1 + 10 ^ ((ratings[b] - ratings[a]) / 400)));
    ratings[a] := ratings[a] + v_move;
    ratings[b] := ratings[b] - v_move;
  end loop;
  return ratings;
end;
$$;

COMMENT ON FUNCTION app_private.elo_fold(ratings double precision[], firsts integer[], seconds integer[], scores double precision[], k double precision) IS 'Elo ratings after a series of votes: the positions of both models, and 1, 0.5 or 0 for the first of them, in order.';

CREATE FUNCTION app_private.elo_of_tasks(models uuid[], ratings double precision[], task_ids uuid[]) RETURNS double precision[]
    LANGUAGE plpgsql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_k float8;
  v_task_id uuid;
  v_firsts integer[];
  v_seconds integer[];
  v_scores float8[];
begin
  select s.elo_k into strict v_k from app_private.arena_settings s;
  foreach v_task_id in array task_ids loop
    select array_agg(f.n order by v.created_at, v.ballot_id), array_agg(s.n order by v.created_at, v.ballot_id),
        array_agg(
          case app_private.turn_verdict(v.verdict, b.is_first_left) when 'first' then 1 when 'second' then 0 else 0.5 end::float8
          order by v.created_at, v.ballot_id
        )
      into v_firsts, v_seconds, v_scores
      from app_public.ballots b
        inner join app_public.votes v on v.ballot_id = b.id
        inner join app_private.matches m on m.id = b.match_id
        inner join unnest(elo_of_tasks.models) with ordinality f (id, n) on f.id = m.first_model_id
        inner join unnest(elo_of_tasks.models) with ordinality s (id, n) on s.id = m.second_model_id
      where b.task_id = v_task_id and b.stratum = 'sealed' and v.is_counted and v.verdict <> 'both_bad';
    if v_firsts is not null then
      ratings := app_private.elo_fold(ratings, v_firsts, v_seconds, v_scores, v_k);
    end if;
  end loop;
  return ratings;
end;
$$;

COMMENT ON FUNCTION app_private.elo_of_tasks(models uuid[], ratings double precision[], task_ids uuid[]) IS 'Elo ratings after the counted votes of some tasks, each task''s in the order in which they were cast.';

CREATE FUNCTION app_private.end_attempt(attempt_id bigint, state text, error_class text, error text, retry_in interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_attempt app_private.llm_attempts;
  v_call app_private.llm_calls;
  v_at timestamptz := clock_timestamp();
  v_cost numeric;
  -- What provably never left costs no try: the limit is for requests that a provider has refused.
  v_is_free boolean := end_attempt.error_class in ('lease_over', 'spend_limit', 'no_key', 'restored');
begin
  update app_private.llm_attempts a
    set state = end_attempt.state,
      finished_at = coalesce(case when a.state = 'in_doubt' and end_attempt.state <> 'abandoned' then v_at else a.finished_at end, v_at),
      error_class = end_attempt.error_class,
      error = left(end_attempt.error, 500)
    where a.id = end_attempt.attempt_id
    returning * into strict v_attempt;
  select c.* into strict v_call from app_private.llm_calls c where c.id = v_attempt.call_id for update;

  -- A hold becomes a cost when the attempt was executed, goes back when it was not, and stays while nobody knows.
  if v_attempt.hold_usd > 0 and end_attempt.state <> 'in_doubt' then
    v_cost := case
      when end_attempt.state in ('succeeded', 'unusable', 'abandoned') then coalesce(v_attempt.cost_usd, v_attempt.hold_usd)
      else 0
    end;
    -- The row of the model, then the row for all, as the gate takes them: the other way round the two would deadlock.
    update app_private.daily_spend s
      set held_usd = s.held_usd - v_attempt.hold_usd, spent_usd = s.spent_usd + v_cost
      where s.day = v_attempt.hold_day and s.model_id = v_call.model_id;
    update app_private.daily_spend s
      set held_usd = s.held_usd - v_attempt.hold_usd, spent_usd = s.spent_usd + v_cost
      where s.day = v_attempt.hold_day and s.model_id is null;
  end if;
  if end_attempt.state in ('succeeded', 'unusable', 'abandoned') and v_attempt.cost_usd is null then
    update app_private.llm_attempts a set cost_usd = v_attempt.hold_usd where a.id = v_attempt.id; -- unknown: the most it can be
  end if;

  update app_private.llm_calls c
    set state = case
          when end_attempt.state in ('succeeded', 'unusable') then 'done'
          when end_attempt.state = 'in_doubt' then 'in_doubt'
          when end_attempt.retry_in is not null
            and (c.attempts < c.max_attempts or (v_is_free and c.attempts < 200)) then 'pending'
          else 'failed'
        end,
      max_attempts = least(c.max_attempts + case when v_is_free then 1 else 0 end, 200),
      next_try_at = case when end_attempt.retry_in is not null then v_at + end_attempt.retry_in else c.next_try_at end,
      reason = end_attempt.error
    where c.id = v_call.id;
end;
$$;

COMMENT ON FUNCTION app_private.end_attempt(attempt_id bigint, state text, error_class text, error text, retry_in interval) IS 'Ends an attempt, settles its hold and moves its call on; the callers say who may.';

CREATE TABLE app_public.battles (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    challenger_id uuid,
    opponent_id uuid,
    problem_id uuid NOT NULL,
    status app_public.battle_status DEFAULT 'open'::app_public.battle_status NOT NULL,
    points integer DEFAULT 50 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    accepted_at timestamp with time zone,
    due_at timestamp with time zone DEFAULT (now() + '7 days'::interval) NOT NULL,
    finished_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    winner_id uuid,
    reason text,
    CONSTRAINT battles_accepted_before_it_ends CHECK (((status = ANY (ARRAY['open'::app_public.battle_status, 'cancelled'::app_public.battle_status])) OR (accepted_at IS NOT NULL))),
    CONSTRAINT battles_between_two CHECK ((challenger_id <> opponent_id)),
    CONSTRAINT battles_end_is_dated CHECK ((((status = 'finished'::app_public.battle_status) = (finished_at IS NOT NULL)) AND ((status = 'cancelled'::app_public.battle_status) = (cancelled_at IS NOT NULL)) AND ((status = ANY (ARRAY['finished'::app_public.battle_status, 'cancelled'::app_public.battle_status])) = (reason IS NOT NULL)) AND ((winner_id IS NULL) OR (status = 'finished'::app_public.battle_status)))),
    CONSTRAINT battles_points_sane CHECK (((points >= 1) AND (points <= 10000))),
    CONSTRAINT battles_winner_took_part CHECK (((winner_id = challenger_id) OR (winner_id = opponent_id)))
);

COMMENT ON TABLE app_public.battles IS 'Two members answer the same problem, and the better answer wins.';

COMMENT ON COLUMN app_public.battles.id IS 'Identity of the battle.';

COMMENT ON COLUMN app_public.battles.challenger_id IS 'Who asked for it; nobody where they were erased since.';

COMMENT ON COLUMN app_public.battles.opponent_id IS 'Who was asked.';

COMMENT ON COLUMN app_public.battles.problem_id IS 'The problem that both answer.';

COMMENT ON COLUMN app_public.battles.status IS 'How far it is.';

COMMENT ON COLUMN app_public.battles.points IS 'Points that the winner gains.';

COMMENT ON COLUMN app_public.battles.created_at IS 'When it was asked for.';

COMMENT ON COLUMN app_public.battles.accepted_at IS 'When it was accepted.';

COMMENT ON COLUMN app_public.battles.due_at IS 'Until when it may be accepted, and then until when both have to have answered.';

COMMENT ON COLUMN app_public.battles.finished_at IS 'When it was decided.';

COMMENT ON COLUMN app_public.battles.cancelled_at IS 'When it was called off.';

COMMENT ON COLUMN app_public.battles.winner_id IS 'Who won; nobody in a draw.';

COMMENT ON COLUMN app_public.battles.reason IS 'How it came to its end.';

CREATE FUNCTION app_private.end_battle(battle_id uuid, status app_public.battle_status, reason text, winner_id uuid DEFAULT NULL::uuid, at timestamp with time zone DEFAULT now()) RETURNS app_public.battles
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_battle app_public.battles;
  v_tokens integer;
begin
  update app_private.battle_seats s
    set live = tstzrange(lower(s.live), greatest(lower(s.live), least(end_battle.at, now())))
    where s.battle_id = end_battle.battle_id;
  update app_public.battles b
    set status = end_battle.status, reason = end_battle.reason, winner_id = end_battle.winner_id,
        finished_at = case end_battle.status when 'finished' then end_battle.at end,
        cancelled_at = case end_battle.status when 'cancelled' then end_battle.at end
    where b.id = end_battle.battle_id and b.status in ('open', 'active')
    returning * into v_battle;
  -- Each bears a half of what its judging took; one that is called off costs nobody anything.
  select coalesce(sum(t.input_tokens) + sum(t.output_tokens), 0)::integer
    into v_tokens
    from app_private.llm_calls c
      inner join app_private.llm_attempts t on t.call_id = c.id
    where c.subject_type = 'battle' and c.subject_id = end_battle.battle_id and end_battle.status = 'finished';
  perform app_private.settle_tokens('battle', s.id, v_tokens / 2)
    from (select s.id from app_private.battle_seats s where s.battle_id = end_battle.battle_id order by s.user_id) s;
  return v_battle;
end;
$$;

COMMENT ON FUNCTION app_private.end_battle(battle_id uuid, status app_public.battle_status, reason text, winner_id uuid, at timestamp with time zone) IS 'Brings a battle to its end, settles what was reserved for it, and frees both for another one.';

CREATE TABLE app_private.accounts (
    user_id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    email text COLLATE app_public.ci,
    role text DEFAULT 'member'::text NOT NULL,
    provider_profile jsonb DEFAULT '{}'::jsonb NOT NULL,
    banned_at timestamp with time zone,
    ban_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT accounts_ban_has_reason CHECK (((banned_at IS NULL) = (ban_reason IS NULL))),
    CONSTRAINT accounts_email_form CHECK (((char_length(email) <= 320) AND ((email COLLATE "C") ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text))),
    CONSTRAINT accounts_issuer_form CHECK (((char_length(issuer) >= 1) AND (char_length(issuer) <= 500))),
    CONSTRAINT accounts_role_known CHECK ((role = ANY (ARRAY['member'::text, 'operator'::text]))),
    CONSTRAINT accounts_subject_form CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 255)))
);

COMMENT ON TABLE app_private.accounts IS 'Who a member is to their identity provider, and what they may do here.';

COMMENT ON COLUMN app_private.accounts.user_id IS 'The member.';

COMMENT ON COLUMN app_private.accounts.issuer IS 'Issuer of the tokens that sign this account in.';

COMMENT ON COLUMN app_private.accounts.subject IS 'The issuer''s name for the person: text, never a uuid.';

COMMENT ON COLUMN app_private.accounts.email IS 'Address as the provider tells it; it never leaves this table, save to its owner.';

COMMENT ON COLUMN app_private.accounts.role IS 'member or operator; set in SQL, never from a claim.';

COMMENT ON COLUMN app_private.accounts.provider_profile IS 'What the provider last said of the profile: a field that still equals it was never edited here.';

COMMENT ON COLUMN app_private.accounts.banned_at IS 'Since when the account is suspended, if it is.';

COMMENT ON COLUMN app_private.accounts.ban_reason IS 'Why it is suspended.';

COMMENT ON COLUMN app_private.accounts.created_at IS 'When the account was first seen.';

COMMENT ON COLUMN app_private.accounts.updated_at IS 'When the account last changed.';

CREATE FUNCTION app_private.ensure_account(issuer text, subject text, profile jsonb, known_since timestamp with time zone) RETURNS app_private.accounts
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account app_private.accounts;
  v_username text := profile ->> 'username';
  v_user_id uuid;
begin
  -- One at a time for each person: two first requests make one account.
  perform app_private.lock_subject(ensure_account.issuer, ensure_account.subject);
  select * into v_account
    from app_private.accounts a
    where a.issuer = ensure_account.issuer and a.subject = ensure_account.subject;
  if found then
    return v_account;
  end if;
  if exists (
    select from app_private.erased_subjects e
      where e.subject_hash = app_private.subject_hash(ensure_account.issuer, ensure_account.subject)
        and e.erased_at >= ensure_account.known_since
  ) then
    raise exception 'This account was erased.'
      using errcode = 'TB003', hint = 'Sign in anew to begin a fresh one.';
  end if;

  for v_try in 1..5 loop
    insert into app_public.users as u (username, full_name, avatar_url)
      values (
        coalesce(v_username, 'member_' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)),
        profile ->> 'full_name',
        profile ->> 'avatar_url'
      )
      on conflict on constraint users_username_unique do nothing
      returning u.id into v_user_id;
    exit when v_user_id is not null;
    v_username := null; -- taken: a made-up one, which they may change
  end loop;
  insert into app_private.accounts as a (user_id, issuer, subject, email, provider_profile)
    values (v_user_id, ensure_account.issuer, ensure_account.subject, profile ->> 'email', profile)
    returning * into v_account;
  return v_account;
end;
$$;

COMMENT ON FUNCTION app_private.ensure_account(issuer text, subject text, profile jsonb, known_since timestamp with time zone) IS 'The account of a subject, made on first sight. Whoever was erased after `known_since` stays forgotten. Errors: TB003.';

CREATE FUNCTION app_private.ensure_answer_partitions(at timestamp with time zone DEFAULT now(), months_ahead integer DEFAULT 3) RETURNS SETOF text
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_month date;
  v_name text;
begin
  perform pg_advisory_xact_lock(hashtextextended('ensure_answer_partitions', 0));
  for v_month in
    select (date_trunc('month', at at time zone 'utc') + make_interval(months => n))::date
      from generate_series(0, least(months_ahead, 24)) n
    union
    -- And months that went by without one.
    select date_trunc('month', r.answered_at at time zone 'utc')::date
      from app_private.answers_rest r
      where r.answered_at < date_trunc('month', at at time zone 'utc') at time zone 'utc'
    order by 1
  loop
    v_name := 'answers_' || to_char(v_month, 'YYYY_MM');
    continue when to_regclass('app_private.' || v_name) is not null;
    execute format('create table app_private.%I (like app_public.answers including defaults including constraints)', v_name);
    execute format('alter table app_private.%I enable row level security', v_name);
    execute format('comment on table app_private.%I is %L', v_name, format('Answers of %s.', to_char(v_month, 'YYYY-MM')));
    -- What came while the month had no partition moves in before it is attached.
    execute format(
      'with moved as (delete from app_private.answers_rest where answered_at >= %L and answered_at < %L returning *)
         insert into app_private.%I select * from moved',
      v_month::timestamp at time zone 'utc', (v_month + interval '1 month') at time zone 'utc', v_name
    );
    execute format(
      'alter table app_public.answers attach partition app_private.%I for values from (%L) to (%L)',
      v_name, v_month::timestamp at time zone 'utc', (v_month + interval '1 month') at time zone 'utc'
    );
    return next v_name;
  end loop;
end;
$$;

COMMENT ON FUNCTION app_private.ensure_answer_partitions(at timestamp with time zone, months_ahead integer) IS 'Makes the partitions of answers for this month and the next ones, and for past ones whose answers have none; returns the names of those that were missing.';

CREATE FUNCTION app_private.ensure_call(role text, subject_type text, subject_id uuid, model_id uuid, request jsonb, round integer DEFAULT 1) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_call app_private.llm_calls;
begin
  insert into app_private.llm_calls (role, subject_type, subject_id, model_id, round, request)
    values (
      ensure_call.role, ensure_call.subject_type, ensure_call.subject_id, ensure_call.model_id,
      ensure_call.round::integer, ensure_call.request
    )
    on conflict on constraint llm_calls_once do nothing
    returning * into v_call;
  if not found then
    select c.* into strict v_call
      from app_private.llm_calls c
      where c.role = ensure_call.role and c.subject_type = ensure_call.subject_type
        and c.subject_id = ensure_call.subject_id and c.model_id = ensure_call.model_id and c.round = ensure_call.round;
    if v_call.request <> ensure_call.request then
      raise exception 'This call exists with another request.'
        using errcode = 'TB041', hint = 'What was decided to be asked is not changed; a new round may be opened.';
    end if;
  end if;
  return v_call.id;
end;
$$;

COMMENT ON FUNCTION app_private.ensure_call(role text, subject_type text, subject_id uuid, model_id uuid, request jsonb, round integer) IS 'The call of a role, subject, model and round, made if there is none. Errors: TB041.';

CREATE FUNCTION app_private.ensure_practice_call(subject_type text, subject_id uuid, model_id uuid, request jsonb, round integer DEFAULT 1) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- Held until the call is stored: who erases a member waits, and then finds the call with the member's words in it.
  case ensure_practice_call.subject_type
    when 'answer' then
      perform from app_public.answers a
        where a.id = ensure_practice_call.subject_id and a.status = 'judging'
        for key share;
    when 'check', 'rejudge' then
      perform from app_private.judgings j
        where j.id = ensure_practice_call.subject_id and j.state = 'waiting'
        for key share;
    when 'battle' then -- a battle outlives its members: it is its end that has to wait
      perform from app_public.battles b
        where b.id = ensure_practice_call.subject_id and b.status = 'active'
        for share;
    when 'batch' then
      perform from app_public.queue_jobs j
        where j.batch_id = ensure_practice_call.subject_id and j.status = 'running'
        order by j.id
        for share;
  end case;
  if not found then
    return null;
  end if;
  return app_private.ensure_call(
    case ensure_practice_call.subject_type when 'batch' then 'coach' else 'judge' end,
    ensure_practice_call.subject_type, ensure_practice_call.subject_id, ensure_practice_call.model_id,
    ensure_practice_call.request, ensure_practice_call.round
  );
end;
$$;

COMMENT ON FUNCTION app_private.ensure_practice_call(subject_type text, subject_id uuid, model_id uuid, request jsonb, round integer) IS 'The call about an answer, a judging, a battle or a batch of the coach, made if there is none; null when nobody waits for it any more. Errors: TB041.';

CREATE FUNCTION app_private.ensure_voter() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_voter_id bigint := app_public.current_voter_id();
begin
  if v_voter_id is not null then
    return v_voter_id;
  elsif app_public.current_user_id() is not null then
    insert into app_private.voters (user_id) values (app_public.current_user_id())
      on conflict on constraint voters_one_per_member do nothing
      returning id into v_voter_id;
  elsif current_setting('app.visitor', true) <> '' then
    insert into app_private.voters (visitor_hash) values (sha256(convert_to(current_setting('app.visitor'), 'UTF8')))
      on conflict on constraint voters_one_per_visitor do nothing
      returning id into v_voter_id;
  else
    raise exception 'Nobody knows who is voting.'
      using errcode = 'TB078', hint = 'Allow this site''s cookie, or sign in.';
  end if;
  -- Who was made by another request meanwhile is only looked up: a row that is locked here, before the voter's advisory lock, would
  -- be waited for by a draw or an exclusion that holds that lock and is waited for here.
  return coalesce(v_voter_id, app_public.current_voter_id());
end;
$$;

COMMENT ON FUNCTION app_private.ensure_voter() IS 'The voter of a request, made on first sight. Errors: TB078.';

CREATE FUNCTION app_private.erase_account(user_id uuid, at timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account app_private.accounts;
begin
  select * into v_account from app_private.accounts a where a.user_id = erase_account.user_id;
  if not found then
    return false;
  end if;
  perform app_private.lock_subject(v_account.issuer, v_account.subject);
  insert into app_private.erased_subjects as e (subject_hash, erased_at)
    values (app_private.subject_hash(v_account.issuer, v_account.subject), erase_account.at)
    on conflict on constraint erased_subjects_pkey do update set erased_at = greatest(e.erased_at, excluded.erased_at);
  -- In the order in which those who judge and pay take their locks: battles, answers, points, and the member's row last.
  perform from app_public.battles b
    where b.challenger_id = erase_account.user_id or b.opponent_id = erase_account.user_id
    order by b.id
    for update;
  perform app_private.erase_answers(erase_account.user_id);
  perform app_private.lock_points(array[erase_account.user_id]);
  delete from app_public.users u where u.id = erase_account.user_id;
  return found;
end;
$$;

COMMENT ON FUNCTION app_private.erase_account(user_id uuid, at timestamp with time zone) IS 'Forgets a member: profile and account go, a hash stays so that an old token does not bring them back. Errors: TB091.';

CREATE FUNCTION app_private.erase_answers(user_id uuid) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_subjects uuid[];
  v_call_ids bigint[];
begin
  -- Locked first: whoever is just having a call made for one of them is waited for, and that call is seen below.
  with own_answers as materialized (
    select a.id from app_public.answers a where a.user_id = erase_answers.user_id for update
  ), own_judgings as materialized (
    select j.id from app_private.judgings j where j.user_id = erase_answers.user_id for update
  )
  select array_agg(s.id) into v_subjects
    from (select a.id from own_answers a union all select j.id from own_judgings j) s (id);
  -- What a call cost stays; what was asked and answered goes, and what was still to be asked is not asked any more.
  with blanked as (
    update app_private.llm_calls c
      set request = jsonb_build_object('erased', true),
        state = case c.state when 'pending' then 'failed' else c.state end,
        reason = case c.state when 'pending' then 'The member was erased.' else c.reason end
      where c.subject_id = any (v_subjects) and c.subject_type in ('answer', 'rejudge')
      returning c.id
  )
  select array_agg(b.id) into v_call_ids from blanked b;
  delete from app_private.llm_replies r
    using app_private.llm_attempts t
    where t.id = r.attempt_id and t.call_id = any (v_call_ids);
  delete from app_private.judge_replies r where r.user_id = erase_answers.user_id;
  delete from app_private.judgings j where j.user_id = erase_answers.user_id;
  delete from app_public.answers a where a.user_id = erase_answers.user_id;
  delete from app_public.verdicts v where v.user_id = erase_answers.user_id;
  perform graphile_worker.remove_job(k.key) from graphile_worker.jobs k where k.key = any (select 'judging:' || s from unnest(v_subjects) s);
end;
$$;

COMMENT ON FUNCTION app_private.erase_answers(user_id uuid) IS 'Forgets what a member has answered: the answers, what was said of them, and their text wherever it was sent.';

CREATE FUNCTION app_private.exclude_network(network_hash bytea, reason text, is_excluded boolean DEFAULT true, at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_ballots uuid[];
  v_moved integer;
begin
  -- One at a time, from before the id is drawn until it is committed: who has seen one exclusion has seen all of lesser id.
  perform pg_advisory_xact_lock(hashtextextended('exclusions', 0));
  perform pg_advisory_xact_lock(app_private.network_lock(exclude_network.network_hash));
  select array_agg(v.ballot_id) into v_ballots from app_public.votes v where v.network_hash = exclude_network.network_hash;
  if v_ballots is null or exclude_network.is_excluded = coalesce((
    select e.is_excluded from app_private.exclusions e
      where e.network_hash = exclude_network.network_hash
      order by e.id desc limit 1
  ), false) then
    raise exception 'There is no such network to be excluded or restored.'
      using errcode = 'TB079', hint = 'Check the hash, and how the network stands already.';
  end if;
  v_moved := app_private.judge_votes(
    v_ballots, 'network', case when exclude_network.is_excluded then 'fail' else 'pass' end, exclude_network.at
  );
  insert into app_private.exclusions (network_hash, is_excluded, reason, votes, operator_id, at)
    values (
      exclude_network.network_hash, exclude_network.is_excluded, exclude_network.reason, v_moved, app_public.current_user_id(),
      exclude_network.at
    );
  return v_moved;
end;
$$;

COMMENT ON FUNCTION app_private.exclude_network(network_hash bytea, reason text, is_excluded boolean, at timestamp with time zone) IS 'Takes all votes from a network of one day out of the count, or puts them back, and writes it down; returns how many moved. Errors: TB017, TB079.';

CREATE FUNCTION app_private.exclude_voter(voter_id bigint, reason text, is_excluded boolean DEFAULT true, at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_ballots uuid[];
  v_moved integer;
begin
  -- One at a time, from before the id is drawn until it is committed: who has seen one exclusion has seen all of lesser id.
  perform pg_advisory_xact_lock(hashtextextended('exclusions', 0));
  -- Votes of theirs that are under way are waited for; later ones see how the voter stands.
  perform pg_advisory_xact_lock(app_private.voter_lock(exclude_voter.voter_id));
  update app_private.voters v
    set excluded_at = case when exclude_voter.is_excluded then exclude_voter.at end
    where v.id = exclude_voter.voter_id and (v.excluded_at is null) = exclude_voter.is_excluded;
  if not found then
    raise exception 'There is no such voter to be excluded or restored.'
      using errcode = 'TB079', hint = 'Check the id, and how the voter stands already.';
  end if;
  select coalesce(array_agg(b.id), '{}') into v_ballots
    from app_public.ballots b
      inner join app_public.votes v on v.ballot_id = b.id
    where b.voter_id = exclude_voter.voter_id;
  v_moved := app_private.judge_votes(
    v_ballots, 'voter', case when exclude_voter.is_excluded then 'fail' else 'pass' end, exclude_voter.at
  );
  insert into app_private.exclusions (voter_id, is_excluded, reason, votes, operator_id, at)
    values (
      exclude_voter.voter_id, exclude_voter.is_excluded, exclude_voter.reason, v_moved, app_public.current_user_id(), exclude_voter.at
    );
  return v_moved;
end;
$$;

COMMENT ON FUNCTION app_private.exclude_voter(voter_id bigint, reason text, is_excluded boolean, at timestamp with time zone) IS 'Takes all votes of a voter out of the count, or puts them back, and writes it down; returns how many moved. Errors: TB017, TB079.';

CREATE FUNCTION app_private.export_days(first_day date DEFAULT '-infinity'::date, last_day date DEFAULT 'infinity'::date, is_rehearsal boolean DEFAULT NULL::boolean, at timestamp with time zone DEFAULT now()) RETURNS SETOF date
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select t.challenge_date
    from app_public.tasks t
    where t.challenge_date between first_day and last_day and t.closes_at <= export_days.at and t.status = 'dispatched'
      and exists (
        select from app_private.matches m
            inner join app_public.models f on f.id = m.first_model_id
          where m.task_id = t.id and f.is_rehearsal = coalesce(
            export_days.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal)
          )
      )
    group by t.challenge_date
    order by t.challenge_date;
$$;

COMMENT ON FUNCTION app_private.export_days(first_day date, last_day date, is_rehearsal boolean, at timestamp with time zone) IS 'The days of which there may be votes to be exported, in order: so that nobody has to hold more than one of them at a time.';

CREATE FUNCTION app_private.fail_scheduled_task(id bigint, attempt integer, error text, is_last boolean, at timestamp with time zone DEFAULT clock_timestamp()) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update app_private.scheduled_tasks t
    set status = case when fail_scheduled_task.is_last then 'failed' else 'pending' end,
        finished_at = case when fail_scheduled_task.is_last then greatest(t.started_at, fail_scheduled_task.at) end,
        error = left(coalesce(nullif(btrim(fail_scheduled_task.error), ''), 'It failed without saying why.'), 2000)
    where t.id = fail_scheduled_task.id
      and t.status = 'running'
      and t.attempts = fail_scheduled_task.attempt;
  return found;
end;
$$;

COMMENT ON FUNCTION app_private.fail_scheduled_task(id bigint, attempt integer, error text, is_last boolean, at timestamp with time zone) IS 'Says why an attempt failed: the run stays pending while the queue will try it again; false when it no longer counts.';

CREATE FUNCTION app_private.finish_attempt(attempt_id bigint, lease_token uuid, outcome jsonb) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_attempt app_private.llm_attempts;
  v_usage jsonb := case jsonb_typeof(outcome -> 'usage') when 'object' then outcome -> 'usage' end;
begin
  -- A late answer counts too: the sweeper may have put the attempt in doubt meanwhile.
  select a.* into v_attempt
    from app_private.llm_attempts a
    where a.id = finish_attempt.attempt_id and a.lease_token = finish_attempt.lease_token and a.state in ('reserved', 'sending', 'in_doubt')
    for update;
  if not found or (v_attempt.state = 'in_doubt' and outcome ->> 'state' = 'in_doubt') then
    return false;
  end if;
  update app_private.llm_attempts a
    set http_status = (outcome ->> 'httpStatus')::integer,
      provider_request_id = left(outcome ->> 'providerRequestId', 200),
      evidence = a.evidence || coalesce(outcome -> 'evidence', '{}'),
      input_tokens = (v_usage ->> 'inputTokens')::integer,
      cached_tokens = (v_usage ->> 'cachedTokens')::integer,
      output_tokens = (v_usage ->> 'outputTokens')::integer,
      reasoning_tokens = (v_usage ->> 'reasoningTokens')::integer,
      cost_usd = app_private.cost_of(v_usage, a.prices)
    where a.id = v_attempt.id;
  perform app_private.end_attempt(
    v_attempt.id,
    outcome ->> 'state',
    outcome ->> 'errorClass',
    outcome ->> 'error',
    -- The provider's wish or twice as long as last time, an hour at the most; null stays null: never again.
    make_interval(secs => least(greatest((outcome ->> 'retryAfterMs')::double precision / 1000, power(2, v_attempt.n)), 3600))
      * case when outcome ->> 'retryAfterMs' is null then null else 1 end
  );
  return true;
end;
$$;

COMMENT ON FUNCTION app_private.finish_attempt(attempt_id bigint, lease_token uuid, outcome jsonb) IS 'Records how an attempt ended, with tokens and cost; says whether it was still open.';

CREATE FUNCTION app_private.finish_battle(battle_id uuid, at timestamp with time zone DEFAULT now(), reason text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_battle app_public.battles;
  v_rounds integer;
  v_winner_id uuid;
begin
  select b.* into v_battle from app_public.battles b where b.id = finish_battle.battle_id for update;
  -- The winner is whom the judge prefers whichever answer comes first; anything else is a draw.
  select count(*),
      case
        when bool_and(j.pick = 'challenger') then v_battle.challenger_id
        when bool_and(j.pick = 'opponent') then v_battle.opponent_id
      end
    into v_rounds, v_winner_id
    from app_private.battle_judgements j
    where j.battle_id = v_battle.id;
  if v_rounds < 2 or v_battle.status <> 'active' then
    return;
  end if;
  perform app_private.end_battle(
    v_battle.id, 'finished',
    coalesce(finish_battle.reason, case when v_winner_id is null then 'A draw.' else 'Judged the same in both orders.' end),
    v_winner_id, finish_battle.at
  );
  -- Two who fight over one problem again and again are paid for it once.
  if v_winner_id is not null and not exists (
    select from app_public.battles o
      where o.id <> v_battle.id and o.problem_id = v_battle.problem_id and o.winner_id is not null
        and o.challenger_id in (v_battle.challenger_id, v_battle.opponent_id)
        and o.opponent_id in (v_battle.challenger_id, v_battle.opponent_id)
  ) then
    perform app_private.lock_points(array[v_winner_id]);
    insert into app_public.points_ledger (user_id, reason, ref, points, day, at, problem_id)
      values (
        v_winner_id, 'battle', v_battle.id::text, v_battle.points, app_private.member_day(v_winner_id, finish_battle.at),
        finish_battle.at, null
      )
      on conflict on constraint points_ledger_once do nothing;
    perform app_private.award_achievements(v_winner_id, finish_battle.at);
    perform app_private.award_badges(v_winner_id, finish_battle.at);
  end if;
end;
$$;

COMMENT ON FUNCTION app_private.finish_battle(battle_id uuid, at timestamp with time zone, reason text) IS 'Decides a battle that was judged in both orders, or by rule for a reason, and pays the winner, once for each pair and problem. Errors: TB091.';

CREATE FUNCTION app_private.finish_judging(purpose text, id uuid) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_reply app_private.judge_replies;
  v_reason text;
  v_answer app_public.answers;
  v_feedback text;
  v_verdict_id uuid;
begin
  -- The last that was scored decides: that of a second opinion, or the only one there is.
  select r.* into v_reply
    from app_private.judge_replies r
    where r.subject_id = finish_judging.id and r.state = 'scored'
    order by r.round desc
    limit 1;
  if not found then
    select r.reason into v_reason from app_private.judge_replies r where r.subject_id = finish_judging.id order by r.round desc limit 1;
  end if;
  v_feedback := case
    when v_reply.has_leaked then 'Your answer was judged. What the judge had to say of it gives too much away, and is kept back.'
    else v_reply.feedback
  end;

  if finish_judging.purpose <> 'answer' then
    update app_private.judgings j
      set state = case when v_reply.call_id is null then 'unscored' else 'scored' end,
        score = v_reply.score, is_correct = v_reply.score >= p.pass_score, feedback = v_feedback,
        judge_model_id = v_reply.model_id, rubric_hash = v_reply.rubric_hash, reason = v_reason, finished_at = now()
      from app_public.problems p
      where j.id = finish_judging.id and p.id = j.problem_id;
    return;
  end if;
  select a.* into strict v_answer from app_public.answers a where a.id = finish_judging.id;
  if v_reply.call_id is null then
    update app_public.answers a
      set status = 'unscored', judged_at = now(), reason = 'The judge could not say anything usable.'
      where a.id = v_answer.id and a.answered_at = v_answer.answered_at;
    perform app_private.settle_tokens('judge', v_answer.id, 0); -- a judge that says nothing costs the member nothing
    return;
  end if;
  v_verdict_id := app_private.record_verdict(v_answer, 'judge', v_reply.score, v_feedback, v_reply.model_id, v_reply.prompt_version);
  update app_private.judge_replies r set verdict_id = v_verdict_id where r.call_id = v_reply.call_id;
end;
$$;

COMMENT ON FUNCTION app_private.finish_judging(purpose text, id uuid) IS 'Ends a judging with the score that decides, or without one: never wrong and never passed for want of a reply.';

CREATE FUNCTION app_private.finish_scheduled_task(id bigint, attempt integer, result jsonb DEFAULT NULL::jsonb, at timestamp with time zone DEFAULT clock_timestamp()) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- The attempt that runs now, and no other: a worker that was taken for dead may come back late.
  update app_private.scheduled_tasks t
    set status = 'completed', finished_at = greatest(t.started_at, finish_scheduled_task.at),
        result = finish_scheduled_task.result, error = null
    where t.id = finish_scheduled_task.id
      and t.status = 'running'
      and t.attempts = finish_scheduled_task.attempt;
  return found;
end;
$$;

COMMENT ON FUNCTION app_private.finish_scheduled_task(id bigint, attempt integer, result jsonb, at timestamp with time zone) IS 'Says that an attempt did its work; false when it is no longer the one that counts.';

CREATE FUNCTION app_private.first_places(kind app_public.period_kind) RETURNS TABLE("position" integer, rank integer, user_id uuid, starts_on date, points integer, solved integer, reached_at timestamp with time zone, current_streak integer, longest_streak integer, badge_name text, badge_icon text)
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select row_number() over (order by - s.points, s.reached_at, s.user_id)::integer,
      rank() over (order by - s.points)::integer, s.user_id, b.starts_on, s.points, s.solved, s.reached_at,
      case when k.ends_on >= app_private.member_day(s.user_id, now()) - 1 - k.freezes then k.run_length else 0 end,
      coalesce(k.longest, 0), g.name, g.icon
    from app_private.boards b
      cross join lateral (
        select s.user_id, s.points, s.solved, s.reached_at
          from app_private.period_scores s
          where s.kind = first_places.kind and s.starts_on = b.starts_on and s.is_listed and s.points > 0
          order by - s.points, s.reached_at, s.user_id
          limit 1000
      ) s
      left join app_private.streaks k on k.user_id = s.user_id
      left join lateral (
        select d.name, d.icon
          from app_public.user_badges e
            inner join app_public.badges d on d.name = e.badge_name
          where e.user_id = s.user_id
          order by d.rank_level desc
          limit 1
      ) g on true
    where b.kind = first_places.kind;
$$;

COMMENT ON FUNCTION app_private.first_places(kind app_public.period_kind) IS 'The first 1,000 places of a board in its current period, with each member''s streak and highest badge.';

CREATE FUNCTION app_private.fit_board(models integer, tasks integer[], firsts integer[], seconds integer[], first_wins double precision[], ties double precision[], second_wins double precision[], prior_votes double precision DEFAULT 1) RETURNS TABLE("position" integer, theta double precision, rating double precision, se_fisher double precision, se_sandwich double precision, se_task double precision, se double precision, rank integer, rank_low integer, rank_high integer, votes double precision, tasks_met integer, prior_share double precision, component integer)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_wins float8[] := array_fill(0::float8, array[models, models]);
  v_ties float8[] := v_wins;
  v_votes float8[] := array_fill(0::float8, array[models]);
  v_tasks constant integer := (
    select count(distinct c.task)::integer
      from unnest(tasks, first_wins, ties, second_wins) c (task, w, t, l)
      where c.w + c.t + c.l > 0
  );
  v_width constant integer := (v_tasks + 7) / 8 * 8;
  v_place integer[]; -- of each entry's task
  v_scores float8[] := array_fill(0::float8, array[models * v_width]);
  v_met boolean[] := array_fill(false, array[models * v_width]);
  v_tasks_met integer[] := array_fill(0, array[models]);
  v_components integer[];
  f record;
  n float8;
  r float8;
  i integer;
  j integer;
begin
  -- Only tasks with votes are clusters.
  select array_agg(e.place order by e.n) into v_place
    from (
      select c.n, dense_rank() over (order by c.w + c.t + c.l = 0, c.task) as place
        from unnest(fit_board.tasks, first_wins, fit_board.ties, second_wins) with ordinality c (task, w, t, l, n)
    ) e;
  for k in 1..cardinality(firsts) loop
    i := firsts[k];
    j := seconds[k];
    continue when first_wins[k] + fit_board.ties[k] + second_wins[k] = 0;
    v_wins[i][j] := v_wins[i][j] + first_wins[k];
    v_wins[j][i] := v_wins[j][i] + second_wins[k];
    v_ties[i][j] := v_ties[i][j] + fit_board.ties[k];
    v_ties[j][i] := v_ties[i][j];
  end loop;
  select * into strict f from app_private.fit_strengths(v_wins, v_ties, prior_votes);
  v_components := app_private.board_components(v_wins, v_ties);

  for k in 1..cardinality(firsts) loop
    i := firsts[k];
    j := seconds[k];
    n := first_wins[k] + fit_board.ties[k] + second_wins[k];
    continue when n = 0;
    r := first_wins[k] + fit_board.ties[k] / 2
      - n / (1 + exp(greatest(least(f.theta[j] - f.theta[i], 100), -100)));
    v_votes[i] := v_votes[i] + n;
    v_votes[j] := v_votes[j] + n;
    i := (i - 1) * v_width + v_place[k];
    j := (j - 1) * v_width + v_place[k];
    v_scores[i] := v_scores[i] + r;
    v_scores[j] := v_scores[j] - r;
    v_met[i] := true;
    v_met[j] := true;
  end loop;
  for m in 1..models loop
    for t in 1..v_tasks loop
      if v_met[(m - 1) * v_width + t] then
        v_tasks_met[m] := v_tasks_met[m] + 1;
      end if;
    end loop;
  end loop;

  return query
    select m.position, f.theta[m.position], m.rating, m.se_fisher, m.se_sandwich, m.se_task, m.se, m.rank, m.rank_low, m.rank_high,
        v_votes[m.position], v_tasks_met[m.position],
        prior_votes * s.p * (1 - s.p) / f.information[m.position],
        v_components[m.position]
      from app_private.rate_models(f.theta, f.inverse, v_wins, v_ties, v_scores, v_tasks) m
        cross join lateral (select 1 / (1 + exp(-f.theta[m.position]))) s (p)
      order by m.position;
end;
$$;

COMMENT ON FUNCTION app_private.fit_board(models integer, tasks integer[], firsts integer[], seconds integer[], first_wins double precision[], ties double precision[], second_wins double precision[], prior_votes double precision) IS 'Ratings of a board from one entry for each task and pair: the task, the positions of both models, and how often each won. The interval is clustered by task. Errors: TB070, TB072.';

CREATE FUNCTION app_private.fit_strengths(wins double precision[], ties double precision[], prior_votes double precision DEFAULT 1, start double precision[] DEFAULT NULL::double precision[], OUT theta double precision[], OUT inverse double precision[], OUT information double precision[], OUT likelihood double precision, OUT steps integer) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_size constant integer := coalesce(array_length(wins, 1), 0);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  v_higher integer[] := '{}'; -- the pairs that met, the higher position and the lower one
  v_lesser integer[] := '{}';
  v_votes float8[] := '{}';
  v_score float8[] := '{}'; -- what the higher position took of them
  v_trial float8[];
  v_step float8[];
  v_move float8 := 1;
  v_largest float8 := 'infinity';
  v_is_whole boolean := true;
  v_best float8 := '-infinity';
  v_gradient float8[];
  v_lower float8[];
  h float8[];
  v_sum float8;
  d float8;
  p float8;
  q float8;
  i integer;
  j integer;
begin
  v_is_whole := prior_votes >= 0 and array_length(wins, 2) is not distinct from array_length(wins, 1)
    and array_dims(ties) is not distinct from array_dims(wins) and (v_size = 0 or array_lower(wins, 1) = 1)
    and not exists (
      select from unnest(wins, ties) c (w, t) where w is null or t is null or w < 0 or t < 0 or w + t >= 'infinity'
    );
  for a in 2..case when v_is_whole then v_size else 0 end loop
    for b in 1..a - 1 loop
      v_is_whole := v_is_whole and ties[a][b] = ties[b][a];
      if wins[a][b] + wins[b][a] + ties[a][b] > 0 then
        v_higher := v_higher || a;
        v_lesser := v_lesser || b;
        v_votes := v_votes || (wins[a][b] + wins[b][a] + ties[a][b]);
        v_score := v_score || (wins[a][b] + ties[a][b] / 2);
      end if;
    end loop;
  end loop;
  if not v_is_whole then
    raise exception 'These are no counts of a board.'
      using errcode = 'TB072', hint = 'wins and ties are square, of one size, nowhere negative, and ties are the same both ways.';
  elsif prior_votes = 0 and 2 = any (app_private.board_components(wins, ties, true)) then
    raise exception 'Without prior votes this board has no ratings: some models never lost to, or never met, the others.'
      using errcode = 'TB070', hint = 'Give prior_votes a value above 0; the default is 1.';
  end if;

  theta := coalesce(start, array_fill(0::float8, array[v_size]));
  v_trial := theta;
  steps := 0;
  loop
    -- Likelihood, gradient and information at the trial point, in one pass over the pairs.
    likelihood := 0;
    v_gradient := array_fill(0::float8, array[v_size]);
    -- Without prior votes only differences are known: a constant on every entry fixes the mean.
    h := array_fill(case when prior_votes = 0 then 1::float8 else 0 end, array[v_size * v_stride]);
    for k in 1..cardinality(v_votes) loop
      i := v_higher[k];
      j := v_lesser[k];
      d := greatest(least(v_trial[i] - v_trial[j], 100), -100);
      p := 1 / (1 + exp(-d));
      likelihood := likelihood + v_votes[k] * ln(p) - (v_votes[k] - v_score[k]) * d;
      q := v_score[k] - v_votes[k] * p;
      v_gradient[i] := v_gradient[i] + q;
      v_gradient[j] := v_gradient[j] - q;
      q := v_votes[k] * p * (1 / (1 + exp(d)));
      h[(i - 1) * v_stride + j] := h[(i - 1) * v_stride + j] - q;
      h[(i - 1) * v_stride + i] := h[(i - 1) * v_stride + i] + q;
      h[(j - 1) * v_stride + j] := h[(j - 1) * v_stride + j] + q;
    end loop;
    for a in 1..v_size loop
      d := greatest(least(v_trial[a], 100), -100);
      p := 1 / (1 + exp(-d));
      likelihood := likelihood + prior_votes * (ln(p) - d / 2);
      v_gradient[a] := v_gradient[a] + prior_votes * (0.5 - p);
      h[(a - 1) * v_stride + a] := h[(a - 1) * v_stride + a] + prior_votes * p * (1 - p);
    end loop;

    if likelihood < v_best - 1e-11 * (1 + abs(v_best)) and v_move > 1e-9 then
      v_move := v_move / 2; -- too far: half the step
    else
      theta := v_trial;
      v_best := likelihood;
      v_lower := app_private.cholesky(h, v_size);
      if v_lower is null or steps = 100 then
        raise exception 'These counts have no finite ratings.'
          using errcode = 'TB072', hint = 'Give prior_votes a greater value; the default is 1.';
      end if;
      steps := steps + 1;
      v_move := 1;
      v_step := v_gradient;
      for a in 1..v_size loop
        v_sum := v_step[a];
        for b in 1..a - 1 loop
          v_sum := v_sum - v_lower[(a - 1) * v_stride + b] * v_step[b];
        end loop;
        v_step[a] := v_sum / v_lower[(a - 1) * v_stride + a];
      end loop;
      for a in reverse v_size..1 loop
        v_sum := v_step[a];
        for b in a + 1..v_size loop
          v_sum := v_sum - v_lower[(b - 1) * v_stride + a] * v_step[b];
        end loop;
        v_step[a] := v_sum / v_lower[(a - 1) * v_stride + a];
      end loop;
      v_largest := coalesce((select max(abs(x)) from unnest(v_step) x), 0);
    end if;
    v_trial := theta;
    for a in 1..v_size loop
      v_trial[a] := theta[a] + v_move * v_step[a];
    end loop;
    if v_largest * v_move < 1e-12 then
      theta := v_trial; -- as near as numbers go; the information is the same here
      exit;
    end if;
  end loop;

  if prior_votes = 0 then
    v_sum := coalesce((select avg(x) from unnest(theta) x), 0);
    theta := coalesce((select array_agg(x - v_sum order by n) from unnest(theta) with ordinality u (x, n)), '{}');
  end if;
  information := '{}';
  for a in 1..v_size loop
    information := information || h[(a - 1) * v_stride + a];
  end loop;
  inverse := coalesce(app_private.cholesky_inverse(v_lower, v_size), '{}');
end;
$$;

COMMENT ON FUNCTION app_private.fit_strengths(wins double precision[], ties double precision[], prior_votes double precision, start double precision[], OUT theta double precision[], OUT inverse double precision[], OUT information double precision[], OUT likelihood double precision, OUT steps integer) IS 'The Bradley-Terry strengths of a board, the inverse of the information, its diagonal, the penalised likelihood and the Newton steps it took. Errors: TB070, TB072.';

CREATE FUNCTION app_private.fold_scores() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_folded integer;
begin
  -- One at a time: whoever comes second has nothing to do.
  if not pg_try_advisory_xact_lock(hashtextextended('app_private.fold_scores', 0)) then
    return 0;
  end if;
  with taken as (
    delete from app_private.score_changes c returning c.kind, c.starts_on, c.was, c.now_has
  ), moved as (
    select t.kind, t.starts_on, m.points, sum(m.n)::integer as n
      from taken t
        cross join lateral (values (t.was, -1), (t.now_has, 1)) m (points, n)
      where m.points > 0
      group by t.kind, t.starts_on, m.points
      having sum(m.n) <> 0
  ), counted as (
    merge into app_private.score_histogram h
      using (
        select m.kind, m.starts_on, l.level, m.points >> (6 * l.level) as bucket, sum(m.n)::integer as n
          from moved m
            cross join (values (0), (1), (2)) l (level)
          group by m.kind, m.starts_on, l.level, m.points >> (6 * l.level)
          having sum(m.n) <> 0
      ) a
      on h.kind = a.kind and h.starts_on = a.starts_on and h.level = a.level and h.bucket = a.bucket
      when matched and h.n + a.n = 0 then delete
      when matched then update set n = h.n + a.n
      when not matched then insert (kind, starts_on, level, bucket, n) values (a.kind, a.starts_on, a.level, a.bucket, a.n)
  ), marked as (
    update app_private.boards b
      set changed_at = clock_timestamp()
      from (select distinct t.kind, t.starts_on from taken t) t
      where t.kind = b.kind and t.starts_on >= b.starts_on
  )
  select count(*) into v_folded from taken;
  return v_folded;
end;
$$;

COMMENT ON FUNCTION app_private.fold_scores() IS 'Counts into the histogram what has changed since the last time, and notes which boards are out of date; says how many changes there were.';

CREATE FUNCTION app_private.fold_tasks(at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_exclusion_id constant bigint := coalesce((select max(e.id) from app_private.exclusions e), 0);
  v_last app_private.folded_tasks;
  v_position bigint;
  v_settled uuid[];
  v_tasks uuid[];
  v_models uuid[];
  v_ratings float8[];
begin
  select f.* into v_last from app_private.folded_tasks f order by f.position desc limit 1;
  -- A place is never given again: a snapshot whose last place is none of these was made of another folding.
  v_position := greatest(
    coalesce(v_last.position, 0), coalesce((select max(s.last_position) from app_public.rating_snapshots s), 0)
  );
  -- Votes are folded in the order of the tasks' closing. What would have to go in between, or has been judged anew, means all of it.
  if app_private.is_refold_due() or exists (
    select from app_public.tasks t
      where not t.is_showcase and t.status = 'dispatched' and (t.closes_at, t.id) < (v_last.closes_at, v_last.task_id)
        and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
        and exists (select from app_private.matches m where m.task_id = t.id)
  ) then
    select array_agg(f.task_id) into v_settled from app_private.folded_tasks f;
    insert into app_private.past_foldings (position, folding, task_id, exclusion_id)
      select f.position, v_last.position, f.task_id, f.exclusion_id from app_private.folded_tasks f;
    delete from app_private.folded_tasks;
    delete from app_private.elo_ratings;
  end if;

  select array_agg(t.id order by t.closes_at, t.id) into v_tasks
    from app_public.tasks t
    where not t.is_showcase and t.status = 'dispatched' and t.closes_at <= fold_tasks.at
      and not exists (select from app_private.folded_tasks f where f.task_id = t.id)
      and exists (select from app_private.matches m where m.task_id = t.id);
  if v_tasks is null then
    return 0;
  end if;
  -- Votes that are under way are waited for; on what had been folded before there are none.
  for i in 1..cardinality(v_tasks) loop
    continue when v_tasks[i] = any (v_settled);
    perform pg_advisory_xact_lock(app_private.task_lock(v_tasks[i]));
  end loop;

  select array_agg(m.id order by m.id), array_agg(coalesce(e.elo, s.elo_start) order by m.id)
    into v_models, v_ratings
    from app_public.models m
      cross join app_private.arena_settings s
      left join app_private.elo_ratings e on e.model_id = m.id;
  v_ratings := app_private.elo_of_tasks(v_models, v_ratings, v_tasks);
  insert into app_private.elo_ratings as e (model_id, elo)
    select u.id, u.elo from unnest(v_models, v_ratings) u (id, elo)
    on conflict on constraint elo_ratings_pkey do update set elo = excluded.elo where e.elo <> excluded.elo;
  insert into app_private.folded_tasks (task_id, position, closes_at, votes, folded_at, exclusion_id, elo_k, elo_start)
    select u.id, v_position + u.n, t.closes_at,
        coalesce((
          select sum(c.votes) from app_private.pair_counts c
            where c.task_id = u.id and c.stratum = 'sealed' and c.outcome <> 'both_bad'
        ), 0),
        fold_tasks.at, v_exclusion_id, s.elo_k, s.elo_start
      from unnest(v_tasks) with ordinality u (id, n)
        inner join app_public.tasks t on t.id = u.id
        cross join app_private.arena_settings s;
  return cardinality(v_tasks);
end;
$$;

COMMENT ON FUNCTION app_private.fold_tasks(at timestamp with time zone) IS 'Takes the sealed tasks that have closed into what is published: their Elo, in order, and from then on every board. Returns how many.';

CREATE FUNCTION app_private.folded_as_of(up_to_position bigint DEFAULT NULL::bigint) RETURNS TABLE(task_id uuid, exclusion_id bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select f.task_id, f.exclusion_id
    from app_private.folded_tasks f
    where up_to_position is null
      or (f.position <= up_to_position and up_to_position >= (select min(c.position) from app_private.folded_tasks c))
  union all
  select p.task_id, p.exclusion_id
    from app_private.past_foldings p
    where p.position <= up_to_position
      and p.folding = (select o.folding from app_private.past_foldings o where o.position = up_to_position);
$$;

COMMENT ON FUNCTION app_private.folded_as_of(up_to_position bigint) IS 'The tasks that were in what was published when the last of them had this place, of whatever folding it is, with the last exclusion known then; without a place, those that are in it now.';

CREATE FUNCTION app_private.forget_subject(issuer text, subject text, at timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid;
begin
  perform app_private.lock_subject(forget_subject.issuer, forget_subject.subject);
  select a.user_id into v_user_id
    from app_private.accounts a
    where a.issuer = forget_subject.issuer and a.subject = forget_subject.subject;
  if found then
    return app_private.erase_account(v_user_id, forget_subject.at);
  end if;
  -- Messages come in any order: one from before, still under way, must not make the account of somebody who is gone.
  insert into app_private.erased_subjects as e (subject_hash, erased_at)
    values (app_private.subject_hash(forget_subject.issuer, forget_subject.subject), forget_subject.at)
    on conflict on constraint erased_subjects_pkey do update set erased_at = greatest(e.erased_at, excluded.erased_at);
  return false;
end;
$$;

COMMENT ON FUNCTION app_private.forget_subject(issuer text, subject text, at timestamp with time zone) IS 'Forgets the member whom the identity provider has deleted; says whether there was one.';

CREATE FUNCTION app_private.fragility(wins double precision[], ties double precision[], ahead integer, behind integer, prior_votes double precision DEFAULT 1, most integer DEFAULT 1000, OUT votes integer, OUT one_step integer) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_size constant integer := coalesce(array_length(wins, 1), 0);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  f record;
  v_left float8;
  v_effect float8;
  v_best float8;
  v_least float8; -- an effect below it is rounding
  v_cells float8[] := '{}'; -- effect and count of each cell, by the first fit
  v_counts float8[] := '{}';
  v_from integer;
  v_to integer;
  v_is_tie boolean;
  p float8;
  x float8;
begin
  select * into strict f from app_private.fit_strengths(wins, ties, prior_votes);
  votes := 0;
  -- Equal is not behind.
  while f.theta[ahead] > f.theta[behind] - 1e-9 and votes < most loop
    v_best := 0;
    for i in 1..v_size loop
      for j in 1..v_size loop
        continue when i = j or wins[i][j] + ties[i][j] < 1;
        -- By how much one vote of i over j, or one tie, holds the two apart.
        x := f.inverse[(i - 1) * v_stride + ahead] - f.inverse[(i - 1) * v_stride + behind]
          - f.inverse[(j - 1) * v_stride + ahead] + f.inverse[(j - 1) * v_stride + behind];
        p := 1 / (1 + exp(greatest(least(f.theta[j] - f.theta[i], 100), -100)));
        v_effect := x * (1 - p);
        if wins[i][j] >= 1 then
          if votes = 0 and v_effect > 0 then
            v_cells := v_cells || v_effect;
            v_counts := v_counts || floor(wins[i][j]);
          end if;
          if v_effect > v_best then
            v_best := v_effect;
            v_from := i;
            v_to := j;
            v_is_tie := false;
          end if;
        end if;
        v_effect := x * (0.5 - p);
        if ties[i][j] >= 1 and i < j then
          if votes = 0 and v_effect > 0 then
            v_cells := v_cells || v_effect;
            v_counts := v_counts || floor(ties[i][j]);
          end if;
          if v_effect > v_best then
            v_best := v_effect;
            v_from := i;
            v_to := j;
            v_is_tie := true;
          end if;
        end if;
      end loop;
    end loop;
    if votes = 0 then
      v_left := f.theta[ahead] - f.theta[behind];
      v_least := 1e-9 * v_best;
      -- The row is chosen first and reckoned with after: of the others the number may be beyond all integers.
      select greatest(1, least(ceil(r.before_count + (v_left - r.before) / r.effect), 2147483647))::integer into one_step
        from (
          select c.*
            from (
              select e.effect,
                  sum(e.effect * e.n) over w as until,
                  sum(e.effect * e.n) over w - e.effect * e.n as before,
                  sum(e.n) over w - e.n as before_count
                from unnest(v_cells, v_counts) e (effect, n)
                where e.effect > v_least
                window w as (order by e.effect desc, e.n rows unbounded preceding)
            ) c
            where c.until >= v_left
            order by c.until
            limit 1
        ) r;
    end if;
    exit when v_best <= v_least or (votes = 0 and one_step > 2 * most);
    if v_is_tie then
      ties[v_from][v_to] := ties[v_from][v_to] - 1;
      ties[v_to][v_from] := ties[v_from][v_to];
    else
      wins[v_from][v_to] := wins[v_from][v_to] - 1;
    end if;
    votes := votes + 1;
    select * into strict f from app_private.fit_strengths(wins, ties, prior_votes, f.theta);
  end loop;
  if f.theta[ahead] > f.theta[behind] - 1e-9 then
    votes := null; -- more than `most`, or there is nothing left to take away
  end if;
end;
$$;

COMMENT ON FUNCTION app_private.fragility(wins double precision[], ties double precision[], ahead integer, behind integer, prior_votes double precision, most integer, OUT votes integer, OUT one_step integer) IS 'How many votes at most must go for a model to fall behind another, found greedily, and the estimate of one step; null when it is more than `most`. Errors: TB070, TB072.';

CREATE FUNCTION app_private.give_up_coach_batch(batch_id uuid, reason text, may_retry boolean) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_job app_public.queue_jobs;
  v_jobs integer := 0;
begin
  for v_job in
    select j.* from app_public.queue_jobs j
      where j.batch_id = give_up_coach_batch.batch_id and j.status = 'running'
      order by j.user_id, j.id
      for update
  loop
    update app_public.queue_jobs j
      set status = case when give_up_coach_batch.may_retry and j.attempts < 3 then 'pending' else 'failed' end::app_public.job_status,
          finished_at = case when give_up_coach_batch.may_retry and j.attempts < 3 then null else now() end,
          run_at = now() + interval '10 minutes' * j.attempts, error = left(give_up_coach_batch.reason, 500)
      where j.id = v_job.id
      returning * into v_job;
    if v_job.status = 'failed' then
      perform app_private.settle_tokens('coach', v_job.id, 0); -- what came to nothing costs nothing
    end if;
    v_jobs := v_jobs + 1;
  end loop;
  return v_jobs;
end;
$$;

COMMENT ON FUNCTION app_private.give_up_coach_batch(batch_id uuid, reason text, may_retry boolean) IS 'Ends a batch that came to nothing: its wishes wait for another one, at most three times, or fail.';

CREATE FUNCTION app_private.hash_counts(theme text, is_rehearsal boolean, up_to_position bigint DEFAULT NULL::bigint) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select sha256(convert_to(coalesce(
      string_agg(
        concat_ws(' ', c.task_id, c.first_model_id, c.second_model_id, c.first_wins, c.second_wins, c.ties, c.both_bad),
        E'\n' order by c.task_id, c.first_model_id, c.second_model_id
      ),
      ''
    ), 'UTF8'))
    from app_private.board_counts(theme, is_rehearsal, up_to_position) c;
$$;

COMMENT ON FUNCTION app_private.hash_counts(theme text, is_rehearsal boolean, up_to_position bigint) IS 'SHA-256 of a board''s counts, as they were when the last task had this place, or as they are: a line for each task and pair, ordered, with task, models, wins of either, ties and both bad.';

CREATE FUNCTION app_private.hash_exclusions(up_to_position bigint DEFAULT NULL::bigint) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with folded as (
    select f.task_id, f.exclusion_id from app_private.folded_as_of(up_to_position) f
  ), judged as (
    select j.ballot_id, j.was_counted from app_private.votes_judged_since((select max(f.exclusion_id) from folded f)) j
  ), uncounted as (
    (
      select v.ballot_id
        from (select distinct c.ballot_id from app_private.vote_checks c where c.state = 'fail') k -- these alone can be uncounted
          inner join app_public.votes v on v.ballot_id = k.ballot_id
        where not v.is_counted
      except
      select j.ballot_id from judged j where j.was_counted
    )
    union
    select j.ballot_id from judged j where not j.was_counted
  )
  select sha256(convert_to(coalesce(string_agg(u.ballot_id::text, E'\n' order by u.ballot_id), ''), 'UTF8'))
    from uncounted u
      inner join app_public.ballots b on b.id = u.ballot_id
    where b.stratum = 'sealed' and b.task_id in (select f.task_id from folded f);
$$;

COMMENT ON FUNCTION app_private.hash_exclusions(up_to_position bigint) IS 'SHA-256 of the votes on folded tasks that do not count, as it was when the last task had this place, or as it is: a line for each ballot, ordered.';

CREATE FUNCTION app_private.hash_ratings(snapshot_id bigint) RETURNS bytea
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET extra_float_digits TO '1'
    AS $$
  select sha256(convert_to(
      concat_ws(
        ' ', coalesce(s.theme, '-'), s.has_ties, s.is_rehearsal, s.method_version, s.prior_votes, s.votes, s.tasks, s.last_position,
        s.is_disconnected, encode(s.counts_hash, 'hex'), encode(s.exclusions_hash, 'hex'), extract(epoch from s.published_at)
      ) || coalesce((
        select string_agg(
            E'\n' || concat_ws(
              ' ', r.model_id, r.rank, r.rank_low, r.rank_high, r.theta, r.rating, r.se, r.ci_low, r.ci_high, r.elo, r.votes,
              coalesce(r.win_rate::text, '-'), r.ties, coalesce(r.quality_floor::text, '-'), r.tasks, coalesce(r.success_rate::text, '-'),
              coalesce(r.median_latency_ms::text, '-'), coalesce(r.cost_per_answer::text, '-'), r.status
            ),
            '' order by r.model_id
          )
          from app_public.ratings r
          where r.snapshot_id = s.id
      ), ''),
      'UTF8'
    ))
    from app_public.rating_snapshots s
    where s.id = hash_ratings.snapshot_id;
$$;

COMMENT ON FUNCTION app_private.hash_ratings(snapshot_id bigint) IS 'SHA-256 of all that a snapshot publishes: a line for the board, and one for each model, ordered; what is null is a dash.';

CREATE FUNCTION app_private.hold_estimate(request jsonb, prices jsonb) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- At worst every character of the request is a third of a token, and the answer is as long as it may be.
  select round(
    (
      (char_length(coalesce(request ->> 'system', '')) + char_length(request ->> 'prompt')) / 3.0
        * coalesce((prices ->> 'input')::numeric, 0)
      + (request ->> 'maxOutputTokens')::numeric * coalesce((prices ->> 'output')::numeric, 0)
    ) / 1000000,
    8
  );
$$;

COMMENT ON FUNCTION app_private.hold_estimate(request jsonb, prices jsonb) IS 'The most that a request may cost, in dollars.';

CREATE FUNCTION app_private.is_refold_due() RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select exists (
    select from (select f.* from app_private.folded_tasks f order by f.position desc limit 1) l
        cross join app_private.arena_settings s
      where l.exclusion_id <> coalesce((select max(e.id) from app_private.exclusions e), 0)
        or (l.elo_k, l.elo_start) <> (s.elo_k, s.elo_start)
  );
$$;

COMMENT ON FUNCTION app_private.is_refold_due() IS 'Whether votes were judged anew, or Elo''s settings changed, since tasks were folded: then all of them are folded anew.';

CREATE FUNCTION app_private.judge_agreement() RETURNS TABLE(prompt_version text, examples integer, agreement double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select c.prompt_version, count(*)::integer, avg(c.is_as_expected::integer)::double precision
    from app_private.judge_check_results c
    where c.state <> 'waiting'
    group by c.prompt_version;
$$;

COMMENT ON FUNCTION app_private.judge_agreement() IS 'How many examples each prompt version was checked with, and which part came out as expected.';

CREATE FUNCTION app_private.judge_battle_by_rule(battle_id uuid) RETURNS boolean
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_pick text;
  v_reason text;
begin
  select case
        when count(*) filter (where not l.is_long) = 2 then 'draw'
        when bool_or(l.user_id = b.challenger_id and l.is_long) then 'challenger'
        else 'opponent'
      end,
      case when count(*) filter (where not l.is_long) = 2 then 'Both answers hold too little to be judged.'
        else 'An answer holds too little to be judged: it loses.' end
    into v_pick, v_reason
    from app_public.battles b
      inner join app_public.problems p on p.id = b.problem_id
      cross join lateral (
        select s.user_id, app_private.content_length(s.body) >= p.minimum_length as is_long
          from app_private.battle_seats s
          where s.battle_id = b.id
      ) l
    where b.id = judge_battle_by_rule.battle_id
    having not bool_and(l.is_long);
  if not found then
    return false;
  end if;
  insert into app_private.battle_judgements (battle_id, round, pick, reasoning)
    select judge_battle_by_rule.battle_id, n, v_pick, v_reason from generate_series(1, 2) n
    on conflict on constraint battle_judgements_pkey do nothing;
  perform app_private.finish_battle(judge_battle_by_rule.battle_id, reason => v_reason);
  return true;
end;
$$;

COMMENT ON FUNCTION app_private.judge_battle_by_rule(battle_id uuid) IS 'Decides a battle in which an answer holds too little, without asking anybody: that answer loses. Says whether it did.';

CREATE FUNCTION app_private.judge_by_rule(purpose text, id uuid) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_answer app_public.answers;
  v_feedback constant text := 'There is too little here to be judged. Say what happened, how you can tell, and what you would do.';
begin
  if purpose = 'answer' then
    select a.* into strict v_answer from app_public.answers a where a.id = judge_by_rule.id;
    perform app_private.record_verdict(v_answer, 'rule', 0, v_feedback, null, null);
  else
    update app_private.judgings j
      set state = 'scored', score = 0, is_correct = false, feedback = v_feedback, finished_at = now()
      where j.id = judge_by_rule.id;
  end if;
end;
$$;

COMMENT ON FUNCTION app_private.judge_by_rule(purpose text, id uuid) IS 'Gives an answer that holds too little its score of 0, without asking anybody.';

CREATE TABLE app_private.judgings (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    run_id bigint NOT NULL,
    problem_id uuid NOT NULL,
    example text,
    user_id uuid,
    answer_id uuid,
    answered_at timestamp with time zone,
    prior_verdict_id uuid,
    new_verdict_id uuid,
    state text DEFAULT 'waiting'::text NOT NULL,
    score integer,
    is_correct boolean,
    feedback text,
    judge_model_id uuid,
    rubric_hash bytea,
    reason text,
    finished_at timestamp with time zone,
    CONSTRAINT judgings_end_is_dated CHECK (((state = 'waiting'::text) = (finished_at IS NULL))),
    CONSTRAINT judgings_one_subject CHECK ((((example IS NULL) <> (answer_id IS NULL)) AND ((answer_id IS NULL) = (user_id IS NULL)) AND ((answer_id IS NULL) = (answered_at IS NULL)))),
    CONSTRAINT judgings_score_in_range CHECK (((score >= 0) AND (score <= 100))),
    CONSTRAINT judgings_scored_whole CHECK (((state = 'scored'::text) = ((score IS NOT NULL) AND (is_correct IS NOT NULL) AND (feedback IS NOT NULL)))),
    CONSTRAINT judgings_state_known CHECK ((state = ANY (ARRAY['waiting'::text, 'scored'::text, 'unscored'::text])))
);

COMMENT ON TABLE app_private.judgings IS 'One judging of a run: an example, or an answer once more. An answer''s first judging stands on the answer itself.';

COMMENT ON COLUMN app_private.judgings.id IS 'Identity of the judging; its calls are about it.';

COMMENT ON COLUMN app_private.judgings.run_id IS 'The run.';

COMMENT ON COLUMN app_private.judgings.problem_id IS 'The problem.';

COMMENT ON COLUMN app_private.judgings.example IS 'The example, if it is one.';

COMMENT ON COLUMN app_private.judgings.user_id IS 'Whose answer it is, if it is one.';

COMMENT ON COLUMN app_private.judgings.answer_id IS 'The answer.';

COMMENT ON COLUMN app_private.judgings.answered_at IS 'When the answer came.';

COMMENT ON COLUMN app_private.judgings.prior_verdict_id IS 'The verdict that counted when the run was asked for; none if the answer had no score.';

COMMENT ON COLUMN app_private.judgings.new_verdict_id IS 'The verdict that the applied run made of it.';

COMMENT ON COLUMN app_private.judgings.state IS 'waiting, scored or unscored.';

COMMENT ON COLUMN app_private.judgings.score IS '0 to 100.';

COMMENT ON COLUMN app_private.judgings.is_correct IS 'Whether it passes.';

COMMENT ON COLUMN app_private.judgings.feedback IS 'What the member would be told.';

COMMENT ON COLUMN app_private.judgings.judge_model_id IS 'The model that judged.';

COMMENT ON COLUMN app_private.judgings.rubric_hash IS 'SHA-256 of the rubric that it was given.';

COMMENT ON COLUMN app_private.judgings.reason IS 'Why there is no score.';

COMMENT ON COLUMN app_private.judgings.finished_at IS 'When it was over.';

CREATE TABLE app_private.problem_examples (
    problem_id uuid NOT NULL,
    name text NOT NULL,
    answer text NOT NULL,
    is_correct boolean NOT NULL,
    score_min integer NOT NULL,
    score_max integer NOT NULL,
    CONSTRAINT problem_examples_answer_bounded CHECK ((char_length(answer) <= 20000)),
    CONSTRAINT problem_examples_name_form CHECK (((name ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (char_length(name) <= 60))),
    CONSTRAINT problem_examples_scores_in_range CHECK ((((score_min >= 0) AND (score_min <= score_max)) AND (score_max <= 100)))
);

COMMENT ON TABLE app_private.problem_examples IS 'Answers of which it is known what the judge must say: good, wrong, empty, an injection, a master key.';

COMMENT ON COLUMN app_private.problem_examples.problem_id IS 'The problem.';

COMMENT ON COLUMN app_private.problem_examples.name IS 'Which one it is: the name of its file.';

COMMENT ON COLUMN app_private.problem_examples.answer IS 'The answer.';

COMMENT ON COLUMN app_private.problem_examples.is_correct IS 'Whether it has to pass.';

COMMENT ON COLUMN app_private.problem_examples.score_min IS 'The least score that it may get.';

COMMENT ON COLUMN app_private.problem_examples.score_max IS 'The most.';

CREATE TABLE app_public.problems (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    slug text NOT NULL,
    module_id uuid NOT NULL,
    title text NOT NULL,
    statement text NOT NULL,
    difficulty app_public.problem_difficulty NOT NULL,
    display_order integer DEFAULT 0 NOT NULL,
    base_points integer NOT NULL,
    time_bonus_points integer NOT NULL,
    expected_seconds integer NOT NULL,
    pass_score integer NOT NULL,
    minimum_length integer NOT NULL,
    is_published boolean DEFAULT false NOT NULL,
    retired_at timestamp with time zone,
    content_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT problems_content_hash_form CHECK ((octet_length(content_hash) = 32)),
    CONSTRAINT problems_display_order_sane CHECK (((display_order >= 0) AND (display_order <= 100000))),
    CONSTRAINT problems_expected_seconds_sane CHECK (((expected_seconds >= 60) AND (expected_seconds <= 86400))),
    CONSTRAINT problems_minimum_length_sane CHECK (((minimum_length >= 1) AND (minimum_length <= 2000))),
    CONSTRAINT problems_pass_score_in_range CHECK (((pass_score >= 1) AND (pass_score <= 100))),
    CONSTRAINT problems_points_sane CHECK ((((base_points >= 0) AND (base_points <= 10000)) AND ((time_bonus_points >= 0) AND (time_bonus_points <= 10000)))),
    CONSTRAINT problems_retired_is_not_published CHECK (((retired_at IS NULL) OR (NOT is_published))),
    CONSTRAINT problems_slug_form CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (char_length(slug) <= 80))),
    CONSTRAINT problems_statement_form CHECK (((char_length(statement) >= 1) AND (char_length(statement) <= 20000))),
    CONSTRAINT problems_title_form CHECK ((((char_length(title) >= 1) AND (char_length(title) <= 160)) AND (title !~ '[[:cntrl:]]'::text)))
);

COMMENT ON TABLE app_public.problems IS 'A problem to be answered in words; its identity is the uuid in its file, so that its name may change.';

COMMENT ON COLUMN app_public.problems.id IS 'Identity of the problem.';

COMMENT ON COLUMN app_public.problems.slug IS 'Name in addresses: the name of its folder.';

COMMENT ON COLUMN app_public.problems.module_id IS 'The module that it belongs to.';

COMMENT ON COLUMN app_public.problems.title IS 'Title.';

COMMENT ON COLUMN app_public.problems.statement IS 'What is to be answered, in Markdown.';

COMMENT ON COLUMN app_public.problems.difficulty IS 'How hard it is.';

COMMENT ON COLUMN app_public.problems.display_order IS '@behavior +orderBy
Its place within the module.';

COMMENT ON COLUMN app_public.problems.base_points IS 'What a correct answer is worth.';

COMMENT ON COLUMN app_public.problems.time_bonus_points IS 'What a quick correct answer is worth beside it.';

COMMENT ON COLUMN app_public.problems.expected_seconds IS 'The expected time: the bonus is whole within a quarter of it, and gone at its end.';

COMMENT ON COLUMN app_public.problems.pass_score IS 'The score from which an answer is correct.';

COMMENT ON COLUMN app_public.problems.minimum_length IS 'How much an answer has to hold for it to be given to the judge, in characters that are not repetition.';

COMMENT ON COLUMN app_public.problems.is_published IS 'Whether it can be answered.';

COMMENT ON COLUMN app_public.problems.retired_at IS 'Since when content/ does not hold it any more.';

COMMENT ON COLUMN app_public.problems.content_hash IS 'SHA-256 of its files as they were taken in.';

COMMENT ON COLUMN app_public.problems.created_at IS 'When it was first taken in.';

COMMENT ON COLUMN app_public.problems.updated_at IS 'When it last changed.';

CREATE VIEW app_private.judge_check_results WITH (security_invoker='true', security_barrier='true') AS
 SELECT r.id AS run_id,
    r.prompt_version,
    p.slug,
    j.example,
    e.is_correct AS is_expected_correct,
    e.score_min,
    e.score_max,
    j.state,
    j.score,
    j.is_correct,
    j.reason,
    COALESCE(((j.is_correct = e.is_correct) AND ((j.score >= e.score_min) AND (j.score <= e.score_max))), false) AS is_as_expected
   FROM (((app_private.judge_runs r
     JOIN app_private.judgings j ON ((j.run_id = r.id)))
     JOIN app_public.problems p ON ((p.id = j.problem_id)))
     JOIN app_private.problem_examples e ON (((e.problem_id = j.problem_id) AND (e.name = j.example))))
  WHERE (r.purpose = 'check'::text);

COMMENT ON VIEW app_private.judge_check_results IS 'What the judge said of the registry''s examples, beside what it should have said.';

COMMENT ON COLUMN app_private.judge_check_results.run_id IS 'The run.';

COMMENT ON COLUMN app_private.judge_check_results.prompt_version IS 'What the judge was told.';

COMMENT ON COLUMN app_private.judge_check_results.slug IS 'The problem.';

COMMENT ON COLUMN app_private.judge_check_results.example IS 'The example.';

COMMENT ON COLUMN app_private.judge_check_results.is_expected_correct IS 'Whether it should pass.';

COMMENT ON COLUMN app_private.judge_check_results.score_min IS 'The least score that it may get.';

COMMENT ON COLUMN app_private.judge_check_results.score_max IS 'The most.';

COMMENT ON COLUMN app_private.judge_check_results.state IS 'waiting, scored or unscored.';

COMMENT ON COLUMN app_private.judge_check_results.score IS 'What it got.';

COMMENT ON COLUMN app_private.judge_check_results.is_correct IS 'Whether it passed.';

COMMENT ON COLUMN app_private.judge_check_results.reason IS 'Why it has no score.';

COMMENT ON COLUMN app_private.judge_check_results.is_as_expected IS 'Whether verdict and score are as they should be; a missing score is not.';

CREATE FUNCTION app_private.judge_check_report(run_id bigint) RETURNS SETOF app_private.judge_check_results
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select c.* from app_private.judge_check_results c where c.run_id = judge_check_report.run_id order by c.slug, c.example;
$$;

COMMENT ON FUNCTION app_private.judge_check_report(run_id bigint) IS 'How far a check of the judge is, and what it found.';

CREATE FUNCTION app_private.judge_estimate(problem_id uuid, answer text) RETURNS integer
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.judge_estimate(problem_id uuid, answer text) IS 'The most tokens that one judging of an answer may take.';

CREATE FUNCTION app_private.judge_later(purpose text, id uuid, wait_ms double precision) RETURNS void
    LANGUAGE sql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- By the database's clock: a worker's may be wrong by an hour.
  select app_private.queue_judging(judge_later.purpose, judge_later.id, now() + make_interval(secs => judge_later.wait_ms / 1000));
$$;

COMMENT ON FUNCTION app_private.judge_later(purpose text, id uuid, wait_ms double precision) IS 'Puts a judging off.';

CREATE FUNCTION app_private.judge_votes(ballot_ids uuid[], kind text, state text, at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_changed integer;
begin
  -- In one order, as every other writer of several votes or counts.
  perform from app_public.votes v where v.ballot_id = any (ballot_ids) order by v.ballot_id for no key update;
  insert into app_private.vote_checks (ballot_id, kind, state, at)
    select u.id, judge_votes.kind, judge_votes.state, judge_votes.at
      from unnest(ballot_ids) u (id)
      order by u.id
    on conflict on constraint vote_checks_pkey do update set state = excluded.state, at = excluded.at;
  with changed as (
    update app_public.votes v
      set is_counted = not v.is_counted
      where v.ballot_id = any (ballot_ids)
        and v.is_counted = exists (select from app_private.vote_checks c where c.ballot_id = v.ballot_id and c.state = 'fail')
      returning v.ballot_id, v.verdict, v.is_counted
  ), moved as (
    select m.task_id, m.first_model_id, m.second_model_id, b.stratum,
        app_private.turn_verdict(c.verdict, b.is_first_left) as outcome,
        sum(case when c.is_counted then 1 else -1 end)::integer as votes, count(*)::integer as changed
      from changed c
        inner join app_public.ballots b on b.id = c.ballot_id
        inner join app_private.matches m on m.id = b.match_id
      group by 1, 2, 3, 4, 5
  ), added as (
    insert into app_private.pair_counts as p (task_id, first_model_id, second_model_id, stratum, outcome, votes, uncounted)
      select m.task_id, m.first_model_id, m.second_model_id, m.stratum, m.outcome, greatest(m.votes, 0), greatest(-m.votes, 0)
        from moved m
        order by m.task_id, m.first_model_id, m.second_model_id, m.stratum, m.outcome
      on conflict on constraint pair_counts_pkey do update
        set votes = p.votes + excluded.votes - excluded.uncounted, uncounted = p.uncounted + excluded.uncounted - excluded.votes
  )
  select coalesce(sum(m.changed), 0) into v_changed from moved m;
  return v_changed;
end;
$$;

COMMENT ON FUNCTION app_private.judge_votes(ballot_ids uuid[], kind text, state text, at timestamp with time zone) IS 'Records a check of votes, and moves those that count no longer, or again, out of or into the counts; returns how many moved.';

CREATE TABLE app_private.judge_replies (
    call_id bigint NOT NULL,
    subject_id uuid NOT NULL,
    purpose text NOT NULL,
    user_id uuid,
    verdict_id uuid,
    round integer NOT NULL,
    model_id uuid NOT NULL,
    prompt_version text NOT NULL,
    rubric_hash bytea NOT NULL,
    state text NOT NULL,
    score integer,
    reasoning text,
    feedback text,
    has_leaked boolean DEFAULT false NOT NULL,
    raw text,
    reason text,
    tokens integer DEFAULT 0 NOT NULL,
    cost_usd numeric(14,8) DEFAULT 0 NOT NULL,
    latency_ms integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT judge_replies_figures_not_negative CHECK (((tokens >= 0) AND (cost_usd >= (0)::numeric) AND (latency_ms >= 0))),
    CONSTRAINT judge_replies_purpose_known CHECK ((purpose = ANY (ARRAY['answer'::text, 'check'::text, 'rejudge'::text]))),
    CONSTRAINT judge_replies_round_in_range CHECK (((round >= 1) AND (round <= 3))),
    CONSTRAINT judge_replies_score_in_range CHECK (((score >= 0) AND (score <= 100))),
    CONSTRAINT judge_replies_scored_whole CHECK ((((state = 'scored'::text) = (score IS NOT NULL)) AND ((state = 'scored'::text) = (reason IS NULL)))),
    CONSTRAINT judge_replies_state_known CHECK ((state = ANY (ARRAY['scored'::text, 'unscored'::text, 'in_doubt'::text]))),
    CONSTRAINT judge_replies_texts_bounded CHECK (((char_length(reasoning) <= 20000) AND (char_length(feedback) <= 4000) AND (char_length(raw) <= 40000) AND (char_length(reason) <= 500)))
);

COMMENT ON TABLE app_private.judge_replies IS 'What the judge said in each round, as it came and as it was read: the evidence behind a verdict.';

COMMENT ON COLUMN app_private.judge_replies.call_id IS 'The call.';

COMMENT ON COLUMN app_private.judge_replies.subject_id IS 'The answer, or the judging of a run.';

COMMENT ON COLUMN app_private.judge_replies.purpose IS 'answer: the first judging. check: an example. rejudge: an answer once more.';

COMMENT ON COLUMN app_private.judge_replies.user_id IS 'Whose answer it is.';

COMMENT ON COLUMN app_private.judge_replies.verdict_id IS 'The verdict that was made of it, if it decided.';

COMMENT ON COLUMN app_private.judge_replies.round IS 'Which round it was.';

COMMENT ON COLUMN app_private.judge_replies.model_id IS 'The model.';

COMMENT ON COLUMN app_private.judge_replies.prompt_version IS 'What the model was told.';

COMMENT ON COLUMN app_private.judge_replies.rubric_hash IS 'SHA-256 of the rubric that it was given.';

COMMENT ON COLUMN app_private.judge_replies.state IS 'scored, unscored, or in_doubt: it was asked, and nobody knows what came of it.';

COMMENT ON COLUMN app_private.judge_replies.score IS '0 to 100.';

COMMENT ON COLUMN app_private.judge_replies.reasoning IS 'What it said before the score.';

COMMENT ON COLUMN app_private.judge_replies.feedback IS 'What it would have the member told.';

COMMENT ON COLUMN app_private.judge_replies.has_leaked IS 'Whether its feedback was kept back for saying too much.';

COMMENT ON COLUMN app_private.judge_replies.raw IS 'The reply as it came.';

COMMENT ON COLUMN app_private.judge_replies.reason IS 'Why it has no score.';

COMMENT ON COLUMN app_private.judge_replies.tokens IS 'Tokens read and written.';

COMMENT ON COLUMN app_private.judge_replies.cost_usd IS 'What it cost.';

COMMENT ON COLUMN app_private.judge_replies.latency_ms IS 'How long it took.';

COMMENT ON COLUMN app_private.judge_replies.created_at IS 'When it was recorded.';

CREATE FUNCTION app_private.keep_judge_reply(purpose text, id uuid, call_id bigint, reading jsonb) RETURNS app_private.judge_replies
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_call app_private.llm_calls;
  v_attempt app_private.llm_attempts;
  v_answer_id uuid := keep_judge_reply.id;
  v_example text;
  v_problem_id uuid;
  v_user_id uuid;
  v_known text;
  v_secrets text;
  v_rubric_hash bytea;
  v_reply app_private.judge_replies;
  -- Whole numbers from 0 to 100, as a number: anything else is no score, and becomes none by being cut or rounded.
  v_score numeric := case jsonb_typeof(reading -> 'score') when 'number' then (reading ->> 'score')::numeric end;
  v_is_scored boolean := coalesce(
    v_score between 0 and 100 and v_score % 1 = 0
      and jsonb_typeof(reading -> 'feedback') = 'string' and char_length(btrim(reading ->> 'feedback')) between 1 and 4000,
    false
  );
begin
  select c.* into strict v_call from app_private.llm_calls c where c.id = keep_judge_reply.call_id;
  select a.* into v_attempt from app_private.llm_attempts a where a.call_id = v_call.id order by a.n desc limit 1;
  if purpose <> 'answer' then
    select j.answer_id, j.example, j.problem_id into v_answer_id, v_example, v_problem_id
      from app_private.judgings j where j.id = keep_judge_reply.id;
  end if;
  if v_answer_id is null then
    select e.answer into v_known from app_private.problem_examples e where e.problem_id = v_problem_id and e.name = v_example;
  else
    select a.user_id, a.problem_id, a.body into v_user_id, v_problem_id, v_known from app_public.answers a where a.id = v_answer_id;
  end if;
  select concat_ws(E'\n', v_known, p.statement), concat_ws(E'\n', k.reference, k.rubric), k.rubric_hash
    into strict v_known, v_secrets, v_rubric_hash
    from app_public.problems p
      inner join app_private.problem_keys k on k.problem_id = p.id
    where p.id = v_problem_id;

  insert into app_private.judge_replies (
      call_id, subject_id, purpose, user_id, round, model_id, prompt_version, rubric_hash, state, score, reasoning, feedback,
      has_leaked, raw, reason, tokens, cost_usd, latency_ms
    )
    values (
      v_call.id, keep_judge_reply.id, keep_judge_reply.purpose, v_user_id, v_call.round, v_call.model_id,
      v_call.request ->> 'promptVersion', v_rubric_hash,
      case when v_is_scored then 'scored' when v_call.state = 'in_doubt' then 'in_doubt' else 'unscored' end,
      case when v_is_scored then v_score::integer end,
      left(reading ->> 'reasoning', 20000),
      left(btrim(reading ->> 'feedback'), 4000),
      v_is_scored and app_private.says_too_much(reading ->> 'feedback', v_secrets, v_known),
      left(reading ->> 'raw', 40000),
      case when not v_is_scored then left(coalesce(reading ->> 'why', 'The reply holds no score from 0 to 100 with its feedback.'), 500) end,
      coalesce(v_attempt.input_tokens, 0) + coalesce(v_attempt.output_tokens, 0),
      coalesce(v_attempt.cost_usd, 0),
      (v_attempt.evidence ->> 'durationMs')::integer
    )
    returning * into v_reply;
  return v_reply;
end;
$$;

COMMENT ON FUNCTION app_private.keep_judge_reply(purpose text, id uuid, call_id bigint, reading jsonb) IS 'Writes down what the judge said in one round, and whether that is a score.';

CREATE FUNCTION app_private.key_names() RETURNS TABLE(api_key_env text, models text[])
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select p.api_key_env, array_agg(m.slug order by m.slug)
    from app_private.providers p
      inner join app_public.models m on m.provider = p.name
    where p.is_enabled and not p.is_rehearsal and m.is_active
    group by p.name, p.api_key_env;
$$;

COMMENT ON FUNCTION app_private.key_names() IS 'The names of the keys that active models need, with those models; null for a provider that asks for none.';

CREATE FUNCTION app_private.known_task(name text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_name text;
  v_hint text;
begin
  select coalesce(
      (select r.name from app_private.task_registry r where r.name = known_task.name),
      (select a.name from app_private.task_aliases a where a.alias = known_task.name)
    ) into v_name;
  if v_name is not null then
    return v_name;
  end if;
  select format('Did you mean %s?', k.name) into v_hint
    from (
      select r.name from app_private.task_registry r
      union all
      select a.alias from app_private.task_aliases a
    ) k
    where extensions.similarity(k.name, known_task.name) >= 0.3
    order by extensions.similarity(k.name, known_task.name) desc, k.name
    limit 1;
  if v_hint is null then
    select format('The tasks are: %s.', string_agg(r.name, ', ' order by r.name)) into v_hint
      from app_private.task_registry r;
  end if;
  raise exception 'There is no such task.' using errcode = 'TB040', hint = v_hint;
end;
$$;

COMMENT ON FUNCTION app_private.known_task(name text) IS 'The registered name of a task, whether it or an alias was given; names the nearest one otherwise. Errors: TB040.';

CREATE FUNCTION app_private.leaderboard_csv(theme text DEFAULT NULL::text, has_ties boolean DEFAULT true, is_rehearsal boolean DEFAULT NULL::boolean) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select 'rank,rank_low,rank_high,model,rating,ci_low,ci_high,elo,votes,win_rate,ties,quality_floor,tasks,success_rate,median_latency_ms,cost_per_answer,status,published_at'
  union all
  (
    select array_to_string(array[
        b.rank::text, b.rank_low::text, b.rank_high::text, b.slug, b.rating::text, b.ci_low::text, b.ci_high::text, b.elo::text, b.votes::text,
        b.win_rate::text, b.ties::text, b.quality_floor::text, b.tasks::text, b.success_rate::text, b.median_latency_ms::text,
        b.cost_per_answer::text, b.status::text, to_char(b.published_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      ], ',', '')
      from app_private.leaderboard b
      where b.theme is not distinct from leaderboard_csv.theme and b.has_ties = leaderboard_csv.has_ties
        and b.is_rehearsal = coalesce(leaderboard_csv.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
      order by b.rating desc, b.slug
  );
$$;

COMMENT ON FUNCTION app_private.leaderboard_csv(theme text, has_ties boolean, is_rehearsal boolean) IS 'A board as lines of CSV, the first of them the header; what is not known is empty.';

CREATE FUNCTION app_private.lock_points(user_ids uuid[]) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  -- The highest id that this transaction has waited for; a rollback to a savepoint takes it back with the locks.
  v_highest uuid := coalesce(
    nullif(current_setting('app.points_locked', true), '')::uuid,
    '00000000-0000-0000-0000-000000000000'
  );
  v_id uuid;
begin
  -- Two transactions never wait for each other in a ring: they wait for ever higher ids only, all those of one call in order.
  perform h.id
    from app_private.point_holders h
    where h.id = any (lock_points.user_ids) and h.id > v_highest
    order by h.id
    for no key update;
  for v_id in select distinct i from unnest(lock_points.user_ids) i where i <= v_highest loop
    perform from app_private.point_holders h where h.id = v_id for no key update skip locked;
    if not found and exists (select from app_private.point_holders h where h.id = v_id) then
      raise exception 'Points are being changed in two orders at once.'
        using errcode = 'TB091', hint = 'Try again; name all members of a batch in one call of settle_problems().';
    end if;
  end loop;
  select i into v_highest from unnest(lock_points.user_ids || v_highest) i order by i desc nulls last limit 1;
  perform set_config('app.points_locked', v_highest::text, true);
end;
$$;

COMMENT ON FUNCTION app_private.lock_points(user_ids uuid[]) IS 'Takes the locks of members whose points are about to change, until the transaction ends, in the one order that all keep. Errors: TB091.';

CREATE FUNCTION app_private.lock_subject(issuer text, subject text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select pg_advisory_xact_lock(hashtextextended(issuer || E'\n' || subject, 0));
$$;

COMMENT ON FUNCTION app_private.lock_subject(issuer text, subject text) IS 'Makes what happens to one person of an identity provider happen one after the other, until the transaction ends.';

CREATE FUNCTION app_private.log_operator(action text, subject text, reason text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  insert into app_private.operator_log (operator_id, action, subject, reason)
    -- A missing reason meets the same rule, and the same error, as an empty one.
    values (app_public.current_user_id(), log_operator.action, coalesce(log_operator.subject, ''), coalesce(log_operator.reason, ''));
$$;

COMMENT ON FUNCTION app_private.log_operator(action text, subject text, reason text) IS 'Writes down what an operator did, in the same transaction. Errors: TB017.';

CREATE FUNCTION app_private.log_scheduled_task(name text, payload jsonb DEFAULT '{}'::jsonb, run_at timestamp with time zone DEFAULT now(), requested_by text DEFAULT 'sql'::text, period_key text DEFAULT NULL::text, at timestamp with time zone DEFAULT now()) RETURNS app_private.scheduled_tasks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_name text := app_private.known_task(log_scheduled_task.name);
  v_task app_private.scheduled_tasks;
begin
  insert into app_private.scheduled_tasks (function_name, payload, scheduled_time, requested_by, period_key)
    values (
      v_name,
      coalesce(log_scheduled_task.payload, '{}'),
      log_scheduled_task.run_at,
      log_scheduled_task.requested_by,
      log_scheduled_task.period_key
    )
    on conflict on constraint scheduled_tasks_one_per_period do nothing
    returning * into v_task;
  if not found then
    -- Somebody asked for this period before, however it ended: one run is all that it gets.
    select t.* into strict v_task
      from app_private.scheduled_tasks t
      where t.function_name = v_name and t.period_key = log_scheduled_task.period_key;
  elsif v_task.scheduled_time <= log_scheduled_task.at then
    v_task := app_private.queue_scheduled_task(v_task.id, log_scheduled_task.at);
  end if;
  return v_task;
end;
$$;

COMMENT ON FUNCTION app_private.log_scheduled_task(name text, payload jsonb, run_at timestamp with time zone, requested_by text, period_key text, at timestamp with time zone) IS 'Asks for a run of a task, at once or later, and returns its row; within one period_key it is always the same row. Errors: TB040.';

CREATE FUNCTION app_private.maker_names(call_id bigint) RETURNS text[]
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select array[m.provider, m.display_name, m.family, m.api_model, m.slug]
    from app_private.llm_calls c
      inner join app_public.models m on m.id = c.model_id
    where c.id = maker_names.call_id;
$$;

COMMENT ON FUNCTION app_private.maker_names(call_id bigint) IS 'The names under which the model that a call asks is registered: a page that bears one of them is no blind one.';

CREATE FUNCTION app_private.meet_epoch(known uuid, known_attempt bigint, OUT epoch uuid, OUT last_attempt bigint, OUT is_open boolean, OUT reason text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_gate app_private.dispatch_gate;
begin
  select * into strict v_gate from app_private.dispatch_gate g for update;
  select coalesce(max(a.id), 0) into last_attempt from app_private.llm_attempts a;
  -- What stands beside the database remembers more than the database does: this is a restored backup.
  -- Several machines keep an epoch each; only one of them reconciles, and the others catch up.
  if v_gate.is_open and known is not null and not known = any (v_gate.past_epochs)
    and (known <> v_gate.epoch or known_attempt > last_attempt)
  then
    update app_private.dispatch_gate g
      set is_open = false, changed_at = now(),
        reason = case
          when known <> v_gate.epoch then 'The database is of another epoch than what is kept beside it.'
          else format('Attempt %s was made, but the database knows only %s: a backup was restored.', known_attempt, last_attempt)
        end
      returning * into v_gate;
  end if;
  epoch := v_gate.epoch;
  is_open := v_gate.is_open;
  reason := v_gate.reason;
end;
$$;

COMMENT ON FUNCTION app_private.meet_epoch(known uuid, known_attempt bigint, OUT epoch uuid, OUT last_attempt bigint, OUT is_open boolean, OUT reason text) IS 'Compares what is kept beside the database with the database, and closes the gate when the database has forgotten something.';

CREATE FUNCTION app_private.member_day(user_id uuid, at timestamp with time zone) RETURNS date
    LANGUAGE plpgsql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_new record;
  v_old_zone text;
  v_old_day date;
begin
  select c.changed_at, c.time_zone into v_new
    from app_private.time_zone_changes c
    where c.user_id = member_day.user_id and c.changed_at <= member_day.at
    order by c.changed_at desc
    limit 1;
  if not found then
    return (member_day.at at time zone 'utc')::date;
  end if;
  select c.time_zone into v_old_zone
    from app_private.time_zone_changes c
    where c.user_id = member_day.user_id and c.changed_at < v_new.changed_at
    order by c.changed_at desc
    limit 1;
  v_old_zone := coalesce(v_old_zone, 'UTC');
  v_old_day := (v_new.changed_at at time zone v_old_zone)::date;
  -- The day under way ends where it began: going east begins no second day on the same day. And no day comes twice:
  -- going west wakes no streak that has ended.
  if member_day.at < (v_old_day + 1)::timestamp at time zone v_old_zone then
    return v_old_day;
  end if;
  return greatest((member_day.at at time zone v_new.time_zone)::date, v_old_day);
end;
$$;

COMMENT ON FUNCTION app_private.member_day(user_id uuid, at timestamp with time zone) IS 'A member''s own day at an instant. A change of zone counts from the end of the day in which it was made, and days never go back.';

CREATE FUNCTION app_private.member_zone(user_id uuid, at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(
    (
      select c.time_zone
        from app_private.time_zone_changes c
        where c.user_id = member_zone.user_id and c.changed_at <= member_zone.at
        order by c.changed_at desc
        limit 1
    ),
    'UTC'
  );
$$;

COMMENT ON FUNCTION app_private.member_zone(user_id uuid, at timestamp with time zone) IS 'The zone in which a member was at an instant, as they said it.';

CREATE FUNCTION app_private.mend_cron_clock(at timestamp with time zone DEFAULT now()) RETURNS text[]
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Cron asks for nothing before the instant it remembers: after a clock that ran ahead, for years if need be. Forgotten,
  -- it is made up for from known_since within the item's backfill; the period keys keep that from running twice.
  with mended as (
    update graphile_worker._private_known_crontabs k
      set last_execution = null, known_since = least(k.known_since, mend_cron_clock.at)
      where greatest(k.last_execution, k.known_since) > mend_cron_clock.at + interval '10 minutes'
      returning k.identifier
  )
  select coalesce(array_agg(m.identifier order by m.identifier), '{}') from mended m;
$$;

COMMENT ON FUNCTION app_private.mend_cron_clock(at timestamp with time zone) IS 'Makes cron forget executions in the future, after which it would ask for nothing; returns the items that were stuck.';

CREATE FUNCTION app_private.metrics(at timestamp with time zone DEFAULT now()) RETURNS TABLE(name text, help text, labels jsonb, value double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select 'autobench_task_runs', 'Runs of a task that were due in the last 7 days, by how they stand.',
      jsonb_build_object('task', r.name, 'status', s.status), count(t.id)::double precision
    from app_private.task_registry r
    cross join unnest(array['pending', 'running', 'completed', 'failed']) s (status)
    left join app_private.scheduled_tasks t
      on t.function_name = r.name and t.status = s.status
        and t.scheduled_time > metrics.at - interval '7 days' and t.scheduled_time <= metrics.at
    group by r.name, s.status
  union all
  select 'autobench_task_last_success_age_seconds', 'Time since a task last did its work.',
      jsonb_build_object('task', t.function_name), extract(epoch from metrics.at - max(t.finished_at))::double precision
    from app_private.scheduled_tasks t
    where t.status = 'completed' and not coalesce(t.result ? 'skipped', false)
    group by t.function_name
  union all
  select 'autobench_task_next_run_timestamp_seconds', 'When the crontab asks for a task next.',
      jsonb_build_object('task', r.name), extract(epoch from r.next_run_at)::double precision
    from app_private.task_registry r
    where r.next_run_at is not null
  union all
  select 'autobench_runs_overdue', 'Runs that have been due for 10 minutes and are not over.', '{}', count(*)::double precision
    from app_private.scheduled_tasks t
    where t.status in ('pending', 'running') and t.scheduled_time < metrics.at - interval '10 minutes'
  union all
  select 'autobench_workers_alive', 'Workers that were heard of in the last 30 seconds.', '{}', count(*)::double precision
    from app_private.workers w
    where w.seen_at > metrics.at - interval '30 seconds'
  union all
  select 'autobench_queue_jobs', 'Jobs in the queue: ready, waiting for their time, running, or given up.',
      jsonb_build_object('state', s.state), count(j.id)::double precision
    from unnest(array['ready', 'waiting', 'running', 'dead']) s (state)
    left join graphile_worker.jobs j
      on s.state = case
        when j.locked_at is not null then 'running'
        when j.attempts >= j.max_attempts then 'dead'
        when j.run_at > metrics.at then 'waiting'
        else 'ready'
      end
    group by s.state
  union all
  select 'autobench_queue_oldest_ready_seconds', 'How long the longest-waiting ready job has been due.', '{}',
      coalesce(extract(epoch from metrics.at - min(j.run_at)), 0)::double precision
    from graphile_worker.jobs j
    where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= metrics.at
  union all
  select 'autobench_votes', 'Votes of the last hour: those that came, and those of them that count.', jsonb_build_object('state', s.state),
      count(v.ballot_id)::double precision
    from unnest(array['received', 'counted']) s (state)
    left join app_public.votes v
      on v.created_at > metrics.at - interval '1 hour' and v.created_at <= metrics.at and (s.state = 'received' or v.is_counted)
    group by s.state
  order by 1, 3;
$$;

COMMENT ON FUNCTION app_private.metrics(at timestamp with time zone) IS 'Figures for whoever watches this installation, each a gauge with its labels; GET /metrics shows them to Prometheus.';

CREATE FUNCTION app_private.milestone_payments(user_id uuid) RETURNS TABLE(ref text, days integer, day date, at timestamp with time zone, points integer, rows integer, is_standing boolean)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- The first row has the plain ref; what is taken back and given again follows it as /0, /1 and so on.
  select f.ref, split_part(f.ref, '/', 1)::integer, f.day, f.at, f.points, n.rows, f.points + n.points > 0
    from app_public.points_ledger f
      cross join lateral (
        select count(*)::integer as rows, coalesce(sum(l.points), 0) as points
          from app_public.points_ledger l
          where l.user_id = milestone_payments.user_id and l.reason in ('streak', 'reversal') and l.ref like f.ref || '/%'
      ) n
    where f.user_id = milestone_payments.user_id and f.reason = 'streak' and f.ref not like '%/%/%';
$$;

COMMENT ON FUNCTION app_private.milestone_payments(user_id uuid) IS 'What a member''s runs were paid, with the day on which each milestone was reached, and whether it was taken back since.';

CREATE FUNCTION app_private.mint_handle(submission_id uuid, kind text, expires_at timestamp with time zone, at timestamp with time zone DEFAULT now(), ballot_id uuid DEFAULT NULL::uuid, side text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_submission app_public.submissions;
  -- Two random uuids, hashed: no digit is fixed, and nothing of the row is in it.
  v_handle text := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
begin
  select s.* into v_submission from app_public.submissions s where s.id = mint_handle.submission_id;
  if not found or v_submission.status <> 'succeeded' then
    raise exception 'There is no page to be shown.' using errcode = 'TB061', hint = 'Only an answer that came has one.';
  elsif v_submission.revealed_at > mint_handle.at and v_submission.names_maker is not null then
    raise exception 'This page names its maker, so it is not shown while its task is sealed.'
      using errcode = 'TB062', hint = 'Such a page is not paired.';
  end if;
  insert into app_private.handles (handle, submission_id, kind, created_at, expires_at, ballot_id, side)
    values (
      v_handle, mint_handle.submission_id, mint_handle.kind, mint_handle.at, mint_handle.expires_at, mint_handle.ballot_id, mint_handle.side
    );
  return v_handle;
end;
$$;

COMMENT ON FUNCTION app_private.mint_handle(submission_id uuid, kind text, expires_at timestamp with time zone, at timestamp with time zone, ballot_id uuid, side text) IS 'A new random name under which a page (or its image, or thumb) is shown until it expires, on a side of a ballot or by itself. Errors: TB061, TB062.';

CREATE FUNCTION app_private.model_for_role(role text, keys text[], has_rehearsal boolean) RETURNS uuid
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select r.model_id
    from app_private.llm_roles r
      inner join app_private.usable_models(keys, has_rehearsal) u on u.model_id = r.model_id
    where r.role = model_for_role.role and u.is_usable
    order by r.priority
    limit 1;
$$;

COMMENT ON FUNCTION app_private.model_for_role(role text, keys text[], has_rehearsal boolean) IS 'The first usable model that has a role, or null.';

CREATE FUNCTION app_private.network_hash(prefix text, at timestamp with time zone DEFAULT now()) RETURNS bytea
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_day constant date := (network_hash.at at time zone 'utc')::date;
  v_salt bytea;
begin
  if coalesce(prefix, '') = '' then
    return null; -- not known: nothing can be said of it
  end if;
  select s.salt into v_salt from app_private.network_salts s where s.day = v_day;
  if not found then
    insert into app_private.network_salts (day, created_at) values (v_day, network_hash.at)
      on conflict on constraint network_salts_pkey do nothing;
    -- A new day is when an old salt goes: a salt is of use for its own day only.
    delete from app_private.network_salts s where s.day < v_day - 1;
    select s.salt into strict v_salt from app_private.network_salts s where s.day = v_day;
  end if;
  return substr(extensions.hmac(convert_to(prefix, 'UTF8'), v_salt, 'sha256'), 1, 16);
end;
$$;

COMMENT ON FUNCTION app_private.network_hash(prefix text, at timestamp with time zone) IS 'What is kept of a network: an HMAC of its prefix under the salt of the UTC day; null when the network is not known.';

CREATE FUNCTION app_private.network_lock(network_hash bytea) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hashtextextended(('network:'::text || encode(network_hash, 'hex'::text)), (0)::bigint);

COMMENT ON FUNCTION app_private.network_lock(network_hash bytea) IS 'The advisory lock of a network: votes share it until they are committed, and whoever excludes the network takes it alone.';

CREATE FUNCTION app_private.note_next_runs(runs jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  update app_private.task_registry r
    set next_run_at = (note_next_runs.runs ->> r.name)::timestamptz
    where r.next_run_at is distinct from (note_next_runs.runs ->> r.name)::timestamptz;
$$;

COMMENT ON FUNCTION app_private.note_next_runs(runs jsonb) IS 'Takes in when the crontab asks for each task next, as {"task": "instant"}; a task that is missing there has no next run.';

CREATE FUNCTION app_private.open_coach_batches() RETURNS TABLE(batch_id uuid, job_id uuid, input jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select j.batch_id, j.id, j.input
    from app_public.queue_jobs j
    where j.status = 'running'
    order by j.batch_id, j.id;
$$;

COMMENT ON FUNCTION app_private.open_coach_batches() IS 'The batches that a worker took and has not finished, or did not live to finish.';

CREATE FUNCTION app_private.open_day(day date, slots integer) RETURNS SETOF app_public.tasks
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.require_open_gate(open_day.day);
  insert into app_public.tasks (challenge_date, slot, closes_at, expires_at)
    select open_day.day, s.slot, c.closes_at, c.closes_at + interval '1 day'
      from generate_series(1, open_day.slots) s (slot)
        cross join (values ((open_day.day + 1)::timestamp at time zone 'utc')) c (closes_at)
    on conflict on constraint tasks_one_per_slot do nothing;
  return query select t.* from app_public.tasks t where t.challenge_date = open_day.day order by t.slot;
end;
$$;

COMMENT ON FUNCTION app_private.open_day(day date, slots integer) IS 'Makes a UTC day''s task rows, once, and returns them. Errors: TB043.';

CREATE FUNCTION app_private.open_gate(attempt_id bigint, lease_token uuid, lease interval, daily_limit_usd numeric DEFAULT NULL::numeric, OUT verdict text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_attempt app_private.llm_attempts;
  v_call app_private.llm_calls;
  v_at timestamptz := clock_timestamp();
  v_day date := (v_at at time zone 'utc')::date;
  v_hold numeric;
  v_model_cap numeric;
begin
  perform app_private.require_open_gate(v_day); -- closed since the reservation: nothing leaves
  -- Compare and set: only the holder of a living reservation passes, and only once.
  update app_private.llm_attempts a
    set state = 'sending', sending_at = v_at, lease_until = v_at + open_gate.lease, hold_day = v_day, hold_usd = 0
    where a.id = open_gate.attempt_id and a.lease_token = open_gate.lease_token and a.state = 'reserved' and a.lease_until > v_at
    returning * into v_attempt;
  if not found then
    verdict := 'lost';
    return;
  end if;
  select c.* into strict v_call from app_private.llm_calls c where c.id = v_attempt.call_id;
  v_hold := app_private.hold_estimate(v_call.request, v_attempt.prices);
  select c.daily_usd into v_model_cap from app_private.model_caps c where c.model_id = v_call.model_id;

  -- The row of the model, then the row for all: always in this order. A free attempt needs neither.
  if v_hold > 0 then
    insert into app_private.daily_spend as s (day, model_id, held_usd) values (v_day, v_call.model_id, v_hold)
      on conflict on constraint daily_spend_once do update set held_usd = s.held_usd + v_hold;
    insert into app_private.daily_spend as s (day, model_id, held_usd) values (v_day, null, v_hold)
      on conflict on constraint daily_spend_once do update set held_usd = s.held_usd + v_hold;
    if exists (
      select from app_private.daily_spend s
        where s.day = v_day
          and s.held_usd + s.spent_usd > case when s.model_id is null then open_gate.daily_limit_usd else v_model_cap end
          and (s.model_id is null or s.model_id = v_call.model_id)
    ) then
      update app_private.daily_spend s
        set held_usd = s.held_usd - v_hold
        where s.day = v_day and (s.model_id is null or s.model_id = v_call.model_id);
      perform app_private.end_attempt(v_attempt.id, 'not_executed', 'spend_limit', 'The day''s spend limit is reached.', '15 minutes');
      verdict := 'capped';
      return;
    end if;
    update app_private.llm_attempts a set hold_usd = v_hold where a.id = v_attempt.id;
  end if;
  verdict := 'open';
end;
$$;

COMMENT ON FUNCTION app_private.open_gate(attempt_id bigint, lease_token uuid, lease interval, daily_limit_usd numeric, OUT verdict text) IS 'The last step before a request leaves: open (send now), lost (do not send) or capped (do not send; the spend limit is reached). Whoever does not know the answer must not send. Errors: TB043.';

CREATE FUNCTION app_private.open_judge_check(version text DEFAULT NULL::text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_version text;
  v_run_id bigint;
begin
  select p.version into v_version
    from app_private.prompts p
    where p.role = 'judge' and (p.version = open_judge_check.version or (open_judge_check.version is null and p.weight > 0))
    order by substr(p.version, 2)::integer desc
    limit 1;
  if not found then
    raise exception 'The judge has no such prompt.'
      using errcode = 'TB08A', hint = 'See content/prompts/judge, and "autobench sync".';
  end if;
  insert into app_private.judge_runs (purpose, prompt_version) values ('check', v_version) returning id into v_run_id;
  insert into app_private.judgings (run_id, problem_id, example)
    select v_run_id, e.problem_id, e.name
      from app_private.problem_examples e
        inner join app_public.problems p on p.id = e.problem_id
      where p.is_published;
  perform app_private.queue_judging('check', j.id) from app_private.judgings j where j.run_id = v_run_id;
  return v_run_id;
end;
$$;

COMMENT ON FUNCTION app_private.open_judge_check(version text) IS 'Has the registry''s examples judged by the live judge, with one prompt version (the newest that is drawn); returns the run. Errors: TB08A.';

CREATE FUNCTION app_private.open_matches(at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_opened integer;
begin
  insert into app_private.matches (task_id, first_model_id, second_model_id, opened_at)
    select a.task_id, a.model_id, b.model_id, open_matches.at
      from app_private.pairable_submissions a
        inner join app_private.pairable_submissions b
          on b.task_id = a.task_id and b.model_id > a.model_id and b.is_rehearsal = a.is_rehearsal
      where a.expires_at > open_matches.at
      order by a.task_id, a.model_id, b.model_id
    on conflict on constraint matches_one_per_pair do nothing;
  get diagnostics v_opened = row_count;
  if v_opened > 0 then
    perform app_private.refresh_pairing(open_matches.at);
  end if;
  return v_opened;
end;
$$;

COMMENT ON FUNCTION app_private.open_matches(at timestamp with time zone) IS 'Opens a match for each pair of submissions that can be voted on, once; returns how many were opened.';

CREATE FUNCTION app_private.open_modules(user_id uuid) RETURNS TABLE(module_id uuid, is_open boolean, waits_for text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with solved as (
    select distinct j.problem_id from app_private.judged_answers j where j.user_id = open_modules.user_id and j.is_correct
  ), done as (
    -- What has retired needs no solving, and counts where it was solved.
    select m.id, m.name,
        count(*) filter (where s.problem_id is not null) >= ceil(
          count(*) filter (where p.is_published) * (select g.unlock_share from app_private.practice_settings g)
        ) as is_done
      from app_public.modules m
        left join app_public.problems p on p.module_id = m.id
        left join solved s on s.problem_id = p.id
      group by m.id
  )
  select m.id, coalesce(bool_and(d.is_done), true), string_agg(d.name, ', ' order by d.name) filter (where not d.is_done)
    from app_public.modules m
      left join app_public.module_prerequisites e on e.module_id = m.id
      left join done d on d.id = e.prerequisite_id
    where m.is_published
    group by m.id;
$$;

COMMENT ON FUNCTION app_private.open_modules(user_id uuid) IS 'Which modules are open to a member, and for which others they wait; to nobody (null) only those that need nothing before.';

CREATE FUNCTION app_private.open_rejudge(problem text, version text, reason text) RETURNS app_private.judge_runs
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_run app_private.judge_runs;
begin
  perform app_private.log_operator('rejudge', concat_ws(' ', open_rejudge.problem, open_rejudge.version), open_rejudge.reason);
  insert into app_private.judge_runs (purpose, problem_id, prompt_version)
    select 'rejudge', p.id, open_rejudge.version from app_public.problems p where p.slug = open_rejudge.problem
    returning * into v_run;
  if not found then
    raise exception 'There is no such problem.' using errcode = 'TB080', hint = 'See problems.';
  elsif not exists (select from app_private.prompts p where p.role = 'judge' and p.version = open_rejudge.version) then
    raise exception 'The judge has no such prompt.'
      using errcode = 'TB08A', hint = 'See content/prompts/judge, and "autobench sync".';
  end if;
  -- All that a judge has judged, and what it left without a score. What a rule has judged needs no judge.
  insert into app_private.judgings (run_id, problem_id, user_id, answer_id, answered_at, prior_verdict_id)
    select v_run.id, a.problem_id, a.user_id, a.id, a.answered_at, a.verdict_id
      from app_public.answers a
        left join app_public.verdicts v on v.id = a.verdict_id
      where a.problem_id = v_run.problem_id and a.status <> 'judging' and (v.id is null or v.judge_model_id is not null);
  perform app_private.queue_judging('rejudge', j.id) from app_private.judgings j where j.run_id = v_run.id;
  return v_run;
end;
$$;

COMMENT ON FUNCTION app_private.open_rejudge(problem text, version text, reason text) IS 'Has the answers to a problem judged once more, in shadow: nothing changes before the run is applied. Errors: TB017, TB080, TB08A.';

CREATE FUNCTION app_private.own_battle(battle_id uuid, user_id uuid) RETURNS app_public.battles
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_battle app_public.battles;
begin
  select b.* into v_battle
    from app_public.battles b
    where b.id = own_battle.battle_id and own_battle.user_id in (b.challenger_id, b.opponent_id)
    for update;
  if not found then
    raise exception 'There is no such battle of yours.' using errcode = 'TB095', hint = 'Check the id.';
  end if;
  return v_battle;
end;
$$;

COMMENT ON FUNCTION app_private.own_battle(battle_id uuid, user_id uuid) IS 'A battle in which a member takes part, locked. Errors: TB095.';

CREATE FUNCTION app_private.pair_gains(theta double precision[], inverse double precision[]) RETURNS TABLE(first integer, second integer, gain double precision)
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_size constant integer := cardinality(theta);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  v_columns float8[] := array_fill(0::float8, array[v_size]);
  v_rows float8[] := inverse; -- inverse · G: the rows of a symmetric matrix, centred
  v_products float8[];
  p float8;
  f float8;
begin
  for i in 1..v_size loop
    for j in 1..v_size loop
      v_columns[j] := v_columns[j] + inverse[(i - 1) * v_stride + j] / v_size;
    end loop;
  end loop;
  for i in 1..v_size loop
    for j in 1..v_size loop
      v_rows[(i - 1) * v_stride + j] := inverse[(i - 1) * v_stride + j] - v_columns[i];
    end loop;
  end loop;
  v_products := app_private.row_products(v_rows, v_rows, v_size, v_stride, true);
  for i in 1..v_size loop
    for j in i + 1..v_size loop
      p := 1 / (1 + exp(greatest(least(theta[j] - theta[i], 100), -100)));
      f := p * (1 - p);
      first := i;
      second := j;
      gain := f * (v_products[(i - 1) * v_stride + i] + v_products[(j - 1) * v_stride + j] - 2 * v_products[(i - 1) * v_stride + j])
        / (1 + f * (inverse[(i - 1) * v_stride + i] + inverse[(j - 1) * v_stride + j] - 2 * inverse[(i - 1) * v_stride + j]));
      return next;
    end loop;
  end loop;
end;
$$;

COMMENT ON FUNCTION app_private.pair_gains(theta double precision[], inverse double precision[]) IS 'By how much one more vote on each pair would lessen the sum of all variances (A-optimal), from a fit.';

CREATE FUNCTION app_private.pay_milestones(at timestamp with time zone DEFAULT now(), batch integer DEFAULT 1000, OUT paid integer, OUT seen integer) RETURNS record
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_due uuid[];
begin
  -- Whose days have changed since they were looked at last, however long ago that is.
  select coalesce(array_agg(d.user_id), '{}') into v_due
    from (
      select s.user_id
        from app_private.streaks s
        where s.longest >= 7 and not s.is_paid
        order by s.user_id
        limit pay_milestones.batch
    ) d;
  seen := cardinality(v_due);
  perform app_private.lock_points(v_due);
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
    select s.user_id, 'streak', m.days || '/' || m.day, m.points, m.day, pay_milestones.at
      from app_private.streaks s
        cross join app_private.unpaid_milestones(s) m
      where s.user_id = any (v_due)
      order by s.user_id, m.days
    on conflict on constraint points_ledger_once do nothing;
  get diagnostics paid = row_count;
  update app_private.streaks s set is_paid = true where s.user_id = any (v_due);
end;
$$;

COMMENT ON FUNCTION app_private.pay_milestones(at timestamp with time zone, batch integer, OUT paid integer, OUT seen integer) IS 'Pays what runs have reached and were not paid for yet, for one batch of members; fewer seen than a batch means that none is left. Errors: TB091.';

CREATE FUNCTION app_private.period_key(name text, at timestamp with time zone DEFAULT now()) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select to_char(
      app_private.period_start(r.period, period_key.at) at time zone 'utc',
      case r.period when 'day' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI"Z"' end
    )
    from app_private.task_registry r
    where r.name = app_private.known_task(period_key.name);
$$;

COMMENT ON FUNCTION app_private.period_key(name text, at timestamp with time zone) IS 'Name of the period of a task that holds an instant, such as 2026-11-20; null for a task without one. Errors: TB040.';

CREATE FUNCTION app_private.period_start(period text, at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Bins from a midnight of UTC: no session's time zone has a say.
  select date_bin(
    case period_start.period
      when 'minute' then interval '1 minute'
      when 'five_minutes' then interval '5 minutes'
      when 'ten_minutes' then interval '10 minutes'
      when 'hour' then interval '1 hour'
      when 'day' then interval '1 day'
    end,
    period_start.at,
    timestamptz '2000-01-01 00:00:00+00'
  );
$$;

COMMENT ON FUNCTION app_private.period_start(period text, at timestamp with time zone) IS 'When the period that holds an instant began, in UTC.';

CREATE FUNCTION app_private.pick_judge(keys text[], has_rehearsal boolean, other_than uuid) RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- A second opinion is somebody else's, where there is somebody else.
  select r.model_id
    from app_private.llm_roles r
      inner join app_private.usable_models(pick_judge.keys, pick_judge.has_rehearsal) u on u.model_id = r.model_id
    where r.role = 'judge' and u.is_usable
    order by coalesce(r.model_id = pick_judge.other_than, false), r.priority
    limit 1;
$$;

COMMENT ON FUNCTION app_private.pick_judge(keys text[], has_rehearsal boolean, other_than uuid) IS 'The first usable judge that is not the one named, or else that one; null if nobody can be asked.';

CREATE FUNCTION app_private.pick_prompt(role text, subject_id uuid) RETURNS TABLE(version text, system text, template text)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- The subject's hash falls into one version's share of [0, 1): the same subject always gets the same version.
  with shares as (
    select p.*, sum(p.weight) over (order by p.version) / sum(p.weight) over () as upto
      from app_private.prompts p
      where p.role = pick_prompt.role and p.weight > 0
  )
  select s.version, s.system, s.template
    from shares s
    where s.upto > (hashtextextended(pick_prompt.subject_id::text, 0) & 1048575) / 1048576.0
    order by s.upto
    limit 1;
$$;

COMMENT ON FUNCTION app_private.pick_prompt(role text, subject_id uuid) IS 'The prompt version that a subject falls to, by weight; always the same for the same subject.';

CREATE FUNCTION app_private.process_scheduled_tasks(at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_task_id bigint;
  v_queued integer := 0;
begin
  -- Runs that nobody will go on with: their worker died in the last attempt, or their job was taken away. What another
  -- session has handed over just now is passed by, here and below: its job may be too new to be seen from here, but its
  -- queued_at is not.
  with lost as (
    select t.id, j.id is null as is_gone, j.last_error
      from app_private.scheduled_tasks t
      left join graphile_worker.jobs j on j.key = 'scheduled_task:' || t.id
      where t.status in ('pending', 'running')
        and t.queued_at < process_scheduled_tasks.at - interval '1 minute'
        and case when j.id is null then t.status = 'running' else j.attempts >= j.max_attempts and j.locked_at is null end
      for update of t skip locked
  )
  update app_private.scheduled_tasks t
    set status = 'failed',
        attempts = greatest(t.attempts, 1),
        started_at = coalesce(t.started_at, process_scheduled_tasks.at),
        finished_at = greatest(t.started_at, process_scheduled_tasks.at),
        error = case
          when l.is_gone then 'Its job is no longer in the queue, though it did not end.'
          else left('Its worker was lost in the last attempt.' || coalesce(' Before that: ' || nullif(l.last_error, ''), ''), 2000)
        end
    from lost l
    where t.id = l.id;

  -- Due runs that are not in the queue, oldest first.
  for v_task_id in
    select t.id
      from app_private.scheduled_tasks t
      where t.status = 'pending'
        and t.scheduled_time <= process_scheduled_tasks.at
        and (t.queued_at is null or t.queued_at < process_scheduled_tasks.at - interval '1 minute')
        and not exists (select from graphile_worker.jobs j where j.key = 'scheduled_task:' || t.id)
      order by t.scheduled_time, t.id
      for update skip locked
  loop
    perform app_private.queue_scheduled_task(v_task_id, process_scheduled_tasks.at);
    v_queued := v_queued + 1;
  end loop;
  return v_queued;
end;
$$;

COMMENT ON FUNCTION app_private.process_scheduled_tasks(at timestamp with time zone) IS 'Hands the runs that are due to the queue, and closes those that were lost; returns how many it handed over.';

CREATE FUNCTION app_private.provider_profile(claims jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
  -- What would break a rule of our tables is left out: a provider's odd value must not keep anybody from signing in.
  with said as (
    select
        coalesce(t.texts ->> 'username', t.texts ->> 'preferred_username') as username,
        -- One line of visible text: see users_full_name_form.
        regexp_replace(
          coalesce(t.texts ->> 'full_name', t.texts ->> 'name'),
          '[[:cntrl:][:space:]\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]+', ' ', 'g'
        ) as full_name,
        coalesce(t.texts ->> 'avatar_url', t.texts ->> 'picture') as avatar_url,
        t.texts ->> 'email' as email
      from (
        select jsonb_object_agg(c.key, c.value)
          from jsonb_each(case jsonb_typeof(claims) when 'object' then claims else '{}' end) c
          where jsonb_typeof(c.value) = 'string' and c.value <> '""'
      ) t (texts)
  )
  select jsonb_strip_nulls(jsonb_build_object(
    'username', (
      select left(v.name, 30)
        from (select regexp_replace(said.username, '[^A-Za-z0-9_]', '_', 'g')) v (name)
        where v.name ~ '^[A-Za-z][A-Za-z0-9_]{2,}$'
    ),
    'full_name', nullif(btrim(left(btrim(said.full_name), 80)), ''),
    'avatar_url', case
      when said.avatar_url ~ '^https://[^[:space:]"''<>]+$' and char_length(said.avatar_url) <= 500 then said.avatar_url
    end,
    'email', case
      when said.email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and char_length(said.email) <= 320 then said.email
    end
  ))
    from said;
$_$;

COMMENT ON FUNCTION app_private.provider_profile(claims jsonb) IS 'The usable part of what a token or webhook says of a person: username, full_name, avatar_url, email.';

CREATE FUNCTION app_private.publish_board(theme text, is_rehearsal boolean, at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  c_method constant integer := 1;
  z constant float8 := 1.959963984540054;
  v_prior float8;
  v_counts_hash constant bytea := app_private.hash_counts(publish_board.theme, publish_board.is_rehearsal);
  v_exclusions_hash constant bytea := app_private.hash_exclusions();
  v_models uuid[];
  v_task_ids uuid[];
  v_first_ids uuid[];
  v_second_ids uuid[];
  v_both_bad integer[];
  v_tasks integer[];
  v_firsts integer[];
  v_seconds integer[];
  v_first_wins float8[];
  v_second_wins float8[];
  v_ties float8[];
  v_snapshot_id bigint;
  v_has_ties boolean;
begin
  select s.prior_votes into strict v_prior from app_private.arena_settings s;
  if exists (
    select from (
      select s.* from app_public.rating_snapshots s
        where s.is_rehearsal = publish_board.is_rehearsal and s.theme is not distinct from publish_board.theme
        order by s.id desc limit 1
    ) l
    where (l.counts_hash, l.exclusions_hash, l.method_version, l.prior_votes) = (v_counts_hash, v_exclusions_hash, c_method, v_prior)
      -- Figures are of tasks without votes as well; Elo is of all themes, and shown of the board of all.
      and not exists (
        select from app_public.ratings r
            cross join app_private.arena_settings s
            left join app_private.elo_ratings e on e.model_id = r.model_id
            left join app_private.submission_figures(publish_board.theme, publish_board.at) g on g.model_id = r.model_id
          where r.snapshot_id = l.id
            and (
              (r.success_rate, r.median_latency_ms, r.cost_per_answer)
                is distinct from (g.success_rate, g.median_latency_ms, g.cost_per_answer::numeric(14, 8))
              or (publish_board.theme is null and r.elo <> coalesce(e.elo, s.elo_start))
            )
      )
  ) then
    return 0; -- nothing that it shows has changed
  end if;

  -- Read once; all that follows is made of these.
  select array_agg(c.task_id), array_agg(c.first_model_id), array_agg(c.second_model_id), array_agg(c.first_wins::float8),
      array_agg(c.second_wins::float8), array_agg(c.ties::float8), array_agg(c.both_bad)
    into v_task_ids, v_first_ids, v_second_ids, v_first_wins, v_second_wins, v_ties, v_both_bad
    from app_private.board_counts(publish_board.theme, publish_board.is_rehearsal) c;
  select array_agg(distinct m.id order by m.id) into v_models
    from unnest(v_first_ids, v_second_ids, v_first_wins, v_second_wins, v_ties) c (first_id, second_id, w, l, t)
      cross join lateral (values (c.first_id), (c.second_id)) m (id)
    where c.w + c.l + c.t > 0;
  if v_models is null and not exists (
    select from app_public.rating_snapshots s
      where s.is_rehearsal = publish_board.is_rehearsal and s.theme is not distinct from publish_board.theme
  ) then
    return 0; -- nobody has voted yet
  end if;
  select array_agg(e.task order by e.n), array_agg(e.first order by e.n), array_agg(e.second order by e.n)
    into v_tasks, v_firsts, v_seconds
    from (
      select c.n, (dense_rank() over (order by c.task_id))::integer as task, coalesce(array_position(v_models, c.first_id), 0) as first,
          coalesce(array_position(v_models, c.second_id), 0) as second
        from unnest(v_task_ids, v_first_ids, v_second_ids) with ordinality c (task_id, first_id, second_id, n)
    ) e;

  foreach v_has_ties in array array[true, false] loop
    insert into app_public.rating_snapshots
        (theme, has_ties, is_rehearsal, method_version, prior_votes, votes, tasks, last_position, is_disconnected, counts_hash, exclusions_hash, published_at)
      values (
        publish_board.theme, v_has_ties, publish_board.is_rehearsal, c_method, v_prior,
        coalesce((select sum(n) from unnest(v_first_wins || v_second_wins || case when v_has_ties then v_ties end) n), 0),
        (
          select count(distinct c.task)
            from unnest(v_tasks, v_first_wins, v_second_wins, v_ties) c (task, w, l, t)
            where c.w + c.l + case when v_has_ties then c.t else 0 end > 0
        ),
        coalesce((select max(f.position) from app_private.folded_tasks f), 0),
        false, v_counts_hash, v_exclusions_hash, publish_board.at
      )
      returning id into v_snapshot_id;
    with fitted as materialized (
      select v_models[f.position] as model_id, f.*, max(f.component) over () > 1 as is_disconnected, z * f.se as half
        from app_private.fit_board(
          coalesce(cardinality(v_models), 0), coalesce(v_tasks, '{}'), coalesce(v_firsts, '{}'), coalesce(v_seconds, '{}'),
          coalesce(v_first_wins, '{}'),
          case when v_has_ties then coalesce(v_ties, '{}') else array_fill(0::float8, array[coalesce(cardinality(v_ties), 0)]) end,
          coalesce(v_second_wins, '{}'), v_prior
        ) f
    ), tallied as (
      select m.model_id, sum(m.wins) as wins, sum(m.losses) as losses, sum(c.t) as ties, sum(c.b) as both_bad
        from unnest(v_first_ids, v_second_ids, v_first_wins, v_second_wins, v_ties, v_both_bad) c (first_id, second_id, w, l, t, b)
          cross join lateral (values (c.first_id, c.w, c.l), (c.second_id, c.l, c.w)) m (model_id, wins, losses)
        group by m.model_id
    )
    insert into app_public.ratings (
        snapshot_id, model_id, rank, rank_low, rank_high, theta, rating, se, ci_low, ci_high, elo, votes, win_rate, ties,
        quality_floor, tasks, success_rate, median_latency_ms, cost_per_answer, status
      )
      select v_snapshot_id, f.model_id, f.rank, f.rank_low, f.rank_high, f.theta, f.rating, f.se, f.rating - f.half, f.rating + f.half,
          coalesce(e.elo, s.elo_start), f.votes,
          case when v_has_ties then (t.wins + t.ties / 2.0) / nullif(t.wins + t.losses + t.ties, 0)
            else t.wins / nullif(t.wins + t.losses, 0) end,
          t.ties, t.both_bad / nullif(t.wins + t.losses + t.ties + t.both_bad, 0),
          f.tasks_met, g.success_rate, g.median_latency_ms, g.cost_per_answer,
          case
            when f.is_disconnected then 'disconnected'
            when f.votes < 100 or f.tasks_met < 10 or f.prior_share > 0.02 or f.half > 60 then 'provisional'
            when f.half > 30 then 'usable'
            else 'established'
          end::app_public.rating_status
        from fitted f
          cross join app_private.arena_settings s
          inner join tallied t on t.model_id = f.model_id
          left join app_private.elo_ratings e on e.model_id = f.model_id
          left join app_private.submission_figures(publish_board.theme, publish_board.at) g on g.model_id = f.model_id;
    update app_public.rating_snapshots s
      set is_disconnected = exists (select from app_public.ratings r where r.snapshot_id = s.id and r.status = 'disconnected')
      where s.id = v_snapshot_id;
    update app_public.rating_snapshots s set ratings_hash = app_private.hash_ratings(s.id) where s.id = v_snapshot_id;
  end loop;
  return 2;
end;
$$;

COMMENT ON FUNCTION app_private.publish_board(theme text, is_rehearsal boolean, at timestamp with time zone) IS 'Publishes a board anew, with ties and without, if what it is made of has changed; returns how many snapshots it made. Errors: TB072.';

CREATE FUNCTION app_private.purge_batch(table_name text, at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_rule app_private.retention_rules;
  v_purged integer;
begin
  select * into v_rule from app_private.retention_rules r where r.table_name = purge_batch.table_name;
  if not found then
    raise exception 'There is no retention rule for this table.'
      using errcode = 'TB020', hint = 'Look at app_private.retention_rules.';
  elsif v_rule.keep is null then
    return 0;
  end if;
  -- Skip locked: a row in use is left for the next run, and two purges share the work.
  execute format(
    'delete from %1$s where ctid = any (array(select ctid from %1$s where %2$I < $1 order by %2$I limit $2 for update skip locked))',
    v_rule.table_name::regclass, v_rule.column_name
  ) using purge_batch.at - v_rule.keep, v_rule.batch;
  get diagnostics v_purged = row_count;
  return v_purged;
end;
$_$;

COMMENT ON FUNCTION app_private.purge_batch(table_name text, at timestamp with time zone) IS 'Deletes one batch of what a rule no longer keeps; fewer rows than a batch means that the rest may stay. Errors: TB020.';

CREATE FUNCTION app_private.purge_rules() RETURNS TABLE(table_name text, batch integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select r.table_name, r.batch
    from app_private.retention_rules r
    where r.keep is not null
    order by r.table_name;
$$;

COMMENT ON FUNCTION app_private.purge_rules() IS 'The tables from which something is to be purged, and how much at a time.';

CREATE FUNCTION app_private.put_blob(bytes bytea) RETURNS bytea
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_sha256 bytea := sha256(put_blob.bytes);
begin
  -- What the bytes are is read from themselves: they come from a browser that a hostile page was in.
  if substr(put_blob.bytes, 1, 4) <> 'RIFF'::bytea or substr(put_blob.bytes, 9, 4) <> 'WEBP'::bytea
    or octet_length(put_blob.bytes) > 4194304
  then
    raise exception 'These bytes are not a picture that is kept here.'
      using errcode = 'TB060', hint = 'WebP, at most 4 MiB.';
  end if;
  insert into app_private.blobs (sha256, media_type, bytes)
    values (v_sha256, 'image/webp', put_blob.bytes)
    on conflict on constraint blobs_pkey do nothing;
  return v_sha256;
end;
$$;

COMMENT ON FUNCTION app_private.put_blob(bytes bytea) IS 'Keeps a picture, once, and returns the hash that names it. Errors: TB060.';

CREATE FUNCTION app_private.queue_judging(purpose text, id uuid, run_at timestamp with time zone DEFAULT now()) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform graphile_worker.add_job(
    'judge_answer',
    json_build_object('purpose', queue_judging.purpose, 'id', queue_judging.id),
    run_at => queue_judging.run_at,
    max_attempts => 25,
    job_key => 'judging:' || queue_judging.id,
    priority => case queue_judging.purpose when 'answer' then 0 else 10 end
  );
end;
$$;

COMMENT ON FUNCTION app_private.queue_judging(purpose text, id uuid, run_at timestamp with time zone) IS 'Queues a judging, once however often it is asked for; somebody who waits goes before checks and re-judgings.';

CREATE FUNCTION app_private.queue_render(submission app_public.submissions) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  insert into app_public.artifacts (submission_id, revealed_at)
    values (submission.id, submission.revealed_at)
    on conflict on constraint artifacts_pkey do nothing;
  if found then
    -- Behind the models' own jobs (priority 0): an answer that waits costs more than a picture that does.
    perform graphile_worker.add_job(
      'render_artifact', json_build_object('submissionId', submission.id),
      job_key => 'render:' || submission.id, max_attempts => 5, priority => 10
    );
  end if;
end;
$$;

COMMENT ON FUNCTION app_private.queue_render(submission app_public.submissions) IS 'Asks for the picture of a submission''s page, once.';

CREATE FUNCTION app_private.queue_scheduled_task(id bigint, at timestamp with time zone DEFAULT now()) RETURNS app_private.scheduled_tasks
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_task app_private.scheduled_tasks;
begin
  update app_private.scheduled_tasks t
    set queued_at = queue_scheduled_task.at
    where t.id = queue_scheduled_task.id
    returning * into strict v_task;
  -- The job carries the id alone: what is to be done, and whether it was done, stands in the row.
  perform graphile_worker.add_job(
      r.name,
      payload := json_build_object('id', v_task.id),
      max_attempts := r.max_attempts,
      job_key := 'scheduled_task:' || v_task.id
    )
    from app_private.task_registry r
    where r.name = v_task.function_name;
  return v_task;
end;
$$;

COMMENT ON FUNCTION app_private.queue_scheduled_task(id bigint, at timestamp with time zone) IS 'Hands a run to the queue, in the caller''s transaction; the job''s key makes it one job however often it is done.';

CREATE FUNCTION app_private.rank_of(kind app_public.period_kind, starts_on date, points integer) RETURNS TABLE(rank bigint)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $_$
  -- Whole blocks above, then the rest of the own block, then of the own smaller one; and what is not counted yet.
  select 1
      + (select coalesce(sum(h.n), 0) from app_private.score_histogram h
          where h.kind = $1 and h.starts_on = $2 and h.level = 2 and h.bucket > $3 >> 12)
      + (select coalesce(sum(h.n), 0) from app_private.score_histogram h
          where h.kind = $1 and h.starts_on = $2 and h.level = 1 and h.bucket > $3 >> 6 and h.bucket < (($3 >> 12) + 1) << 6)
      + (select coalesce(sum(h.n), 0) from app_private.score_histogram h
          where h.kind = $1 and h.starts_on = $2 and h.level = 0 and h.bucket > $3 and h.bucket < (($3 >> 6) + 1) << 6)
      + (select coalesce(sum((c.now_has > $3)::integer - (c.was > $3)::integer), 0) from app_private.score_changes c
          where c.kind = $1 and c.starts_on = $2);
$_$;

COMMENT ON FUNCTION app_private.rank_of(kind app_public.period_kind, starts_on date, points integer) IS 'One more than the listed members who have more points in a period: exact at this very moment, whatever is folded already.';

CREATE FUNCTION app_private.rate_models(theta double precision[], inverse double precision[], wins double precision[], ties double precision[], task_scores double precision[] DEFAULT NULL::double precision[], tasks integer DEFAULT 0) RETURNS TABLE("position" integer, rating double precision, se_fisher double precision, se_sandwich double precision, se_task double precision, se double precision, rank integer, rank_low integer, rank_high integer)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  c constant float8 := 400 / ln(10::float8);
  z constant float8 := 1.959963984540054;
  v_size constant integer := cardinality(theta);
  v_stride constant integer := (v_size + 7) / 8 * 8;
  v_mean constant float8 := (select avg(x) from unnest(theta) x);
  v_centred float8[] := inverse; -- G · inverse
  v_spread float8[] := array_fill(0::float8, array[v_size * v_stride]);
  v_sampling float8[];
  v_tasks float8[];
  v_columns float8[] := array_fill(0::float8, array[v_size]);
  v_fisher float8[] := '{}';
  v_se float8[] := '{}';
  v_total float8 := 0;
  v_seen float8 := 0;
  v_expected float8 := 0;
  v_floor float8;
  v_variance float8;
  b float8;
  p float8;
begin
  if v_size = 0 then
    return;
  end if;
  for i in 1..v_size loop
    for j in 1..v_size loop
      v_columns[j] := v_columns[j] + inverse[(i - 1) * v_stride + j] / v_size;
    end loop;
  end loop;
  select avg(x) into v_total from unnest(v_columns) x;
  for i in 1..v_size loop
    v_fisher := v_fisher || (inverse[(i - 1) * v_stride + i] - 2 * v_columns[i] + v_total);
    for j in 1..v_size loop
      v_centred[(i - 1) * v_stride + j] := inverse[(i - 1) * v_stride + j] - v_columns[j];
      if j < i and wins[i][j] + wins[j][i] + ties[i][j] > 0 then
        p := 1 / (1 + exp(greatest(least(theta[j] - theta[i], 100), -100)));
        b := wins[i][j] * (1 - p) * (1 - p) + ties[i][j] * (0.5 - p) * (0.5 - p) + wins[j][i] * p * p;
        v_seen := v_seen + b;
        v_expected := v_expected + (wins[i][j] + wins[j][i] + ties[i][j]) * p * (1 - p);
        v_spread[(i - 1) * v_stride + j] := -b;
        v_spread[(j - 1) * v_stride + i] := -b;
        v_spread[(i - 1) * v_stride + i] := v_spread[(i - 1) * v_stride + i] + b;
        v_spread[(j - 1) * v_stride + j] := v_spread[(j - 1) * v_stride + j] + b;
      end if;
    end loop;
  end loop;

  v_sampling := app_private.row_products(
    app_private.row_products(v_centred, v_spread, v_size, v_stride), v_centred, v_size, v_stride, true
  );
  if tasks > 1 then
    -- Votes on one page are not independent: here the task is what is drawn, not the vote.
    v_tasks := app_private.row_products(task_scores, task_scores, v_size, (tasks + 7) / 8 * 8, true);
    v_tasks := app_private.row_products(
      app_private.row_products(v_centred, v_tasks, v_size, v_stride), v_centred, v_size, v_stride, true
    );
    v_total := tasks / (tasks - 1)::float8;
    for k in 1..cardinality(v_tasks) loop
      v_tasks[k] := v_tasks[k] * v_total;
    end loop;
  end if;

  -- The floor keeps a model that never lost from looking certain.
  v_floor := least(1, case when v_expected > 0 then v_seen / v_expected else 1 end);
  for i in 1..v_size loop
    p := v_sampling[(i - 1) * v_stride + i];
    b := case when tasks > 1 then v_tasks[(i - 1) * v_stride + i] else 0 end;
    v_se := v_se || c * sqrt(greatest(p, b, v_floor * v_fisher[i], 0));
  end loop;

  for i in 1..v_size loop
    position := i;
    rating := 1000 + c * (theta[i] - v_mean);
    se_fisher := c * sqrt(greatest(v_fisher[i], 0));
    se_sandwich := c * sqrt(greatest(v_sampling[(i - 1) * v_stride + i], 0));
    se_task := case when tasks > 1 then c * sqrt(greatest(v_tasks[(i - 1) * v_stride + i], 0)) end;
    se := v_se[i];
    rank := 1;
    rank_low := 1;
    rank_high := v_size;
    for j in 1..v_size loop
      continue when j = i;
      if theta[j] > theta[i] then
        -- The variance of the difference: two intervals may overlap and the order be certain all the same.
        -- It has the same floor: one vote is no certainty.
        v_variance := greatest(
          v_sampling[(i - 1) * v_stride + i] + v_sampling[(j - 1) * v_stride + j] - 2 * v_sampling[(i - 1) * v_stride + j],
          v_floor * (inverse[(i - 1) * v_stride + i] + inverse[(j - 1) * v_stride + j] - 2 * inverse[(i - 1) * v_stride + j])
        );
        if tasks > 1 then
          v_variance := greatest(
            v_variance,
            v_tasks[(i - 1) * v_stride + i] + v_tasks[(j - 1) * v_stride + j] - 2 * v_tasks[(i - 1) * v_stride + j]
          );
        end if;
        if theta[j] - theta[i] > z * sqrt(greatest(v_variance, 0)) then
          rank := rank + 1;
        end if;
        if c * (theta[j] - theta[i]) > z * (v_se[i] + v_se[j]) then
          rank_low := rank_low + 1;
        end if;
      elsif c * (theta[i] - theta[j]) > z * (v_se[i] + v_se[j]) then
        rank_high := rank_high - 1;
      end if;
    end loop;
    return next;
  end loop;
end;
$$;

COMMENT ON FUNCTION app_private.rate_models(theta double precision[], inverse double precision[], wins double precision[], ties double precision[], task_scores double precision[], tasks integer) IS 'Ratings, standard errors (by information, by vote, by task, and the greatest of them with a floor) and ranks of a fit.';

CREATE FUNCTION app_private.rating_faults() RETURNS TABLE(fault text, subject text, stored text, found text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_models uuid[];
  v_ratings float8[];
begin
  return query select f.fault, f.subject, f.stored, f.found from app_private.count_faults f;

  select array_agg(m.id order by m.id), array_agg(s.elo_start order by m.id)
    into v_models, v_ratings
    from app_public.models m cross join app_private.arena_settings s;
  if v_models is not null then
    v_ratings := app_private.elo_of_tasks(
      v_models, v_ratings, coalesce((select array_agg(f.task_id order by f.position) from app_private.folded_tasks f), '{}')
    );
    return query
      select 'the fold of Elo differs from a replay', e.model_id::text, e.elo::text, r.elo::text
        from app_private.elo_ratings e
          inner join unnest(v_models, v_ratings) r (model_id, elo) on r.model_id = e.model_id
        where abs(e.elo - r.elo) > 1e-9
          -- What is due is folded anew with the next refresh.
          and not app_private.is_refold_due();
  end if;

  return query
    select 'a snapshot''s ratings were changed', s.id::text, encode(s.ratings_hash, 'hex'), encode(app_private.hash_ratings(s.id), 'hex')
      from app_public.rating_snapshots s
      where s.ratings_hash is distinct from app_private.hash_ratings(s.id);
  -- The latest of a board holds all that has been folded, an earlier one what had been then.
  return query
    with hashed as (
      select s.*, case when s.id = max(s.id) over (partition by s.theme, s.is_rehearsal, s.has_ties) then null else s.last_position end as up_to
        from app_public.rating_snapshots s
    ), counts as materialized (
      select c.theme, c.is_rehearsal, c.up_to, app_private.hash_counts(c.theme, c.is_rehearsal, c.up_to) as hash
        from (select distinct c.theme, c.is_rehearsal, c.up_to from hashed c) c
    ), exclusions as materialized (
      select c.up_to, app_private.hash_exclusions(c.up_to) as hash from (select distinct c.up_to from hashed c) c
    )
    select 'the published board is not of these counts', c.id::text, encode(c.counts_hash, 'hex'), encode(n.hash, 'hex')
      from hashed c
        inner join counts n on (n.theme, n.is_rehearsal, n.up_to) is not distinct from (c.theme, c.is_rehearsal, c.up_to)
      where c.counts_hash <> n.hash
    union all
    select 'the published board left out other votes', c.id::text, encode(c.exclusions_hash, 'hex'), encode(x.hash, 'hex')
      from hashed c
        inner join exclusions x on x.up_to is not distinct from c.up_to
      where c.exclusions_hash <> x.hash;
end;
$$;

COMMENT ON FUNCTION app_private.rating_faults() IS 'Makes counts, Elo and the hashes of every snapshot anew, as they were when it was published, and returns every difference from what is stored: none.';

CREATE FUNCTION app_private.read_handle(handle text, is_page boolean, at timestamp with time zone DEFAULT now(), OUT media_type text, OUT bytes bytea) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_handle app_private.handles;
begin
  select h.* into v_handle
    from app_private.handles h
    where h.handle = read_handle.handle and h.expires_at > read_handle.at and (h.kind = 'page') = read_handle.is_page;
  if not found then
    return;
  elsif v_handle.kind = 'page' then
    select 'text/html', convert_to(c.html, 'UTF8') into media_type, bytes
      from app_public.submission_codes c
      where c.submission_id = v_handle.submission_id;
  else
    select b.media_type, b.bytes into media_type, bytes
      from app_public.artifacts a
        inner join app_private.blobs b
          on b.sha256 = case v_handle.kind when 'thumb' then a.thumb_sha256 else a.image_sha256 end
      where a.submission_id = v_handle.submission_id;
  end if;
end;
$$;

COMMENT ON FUNCTION app_private.read_handle(handle text, is_page boolean, at timestamp with time zone, OUT media_type text, OUT bytes bytea) IS 'What a handle opens: a page for the second origin, or a picture for the site; nulls when it opens nothing.';

CREATE FUNCTION app_private.read_image(sha256 bytea, at timestamp with time zone DEFAULT now(), OUT media_type text, OUT bytes bytea) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select b.media_type, b.bytes
    from app_private.blobs b
    where b.sha256 = read_image.sha256
      and exists (
        select from app_public.artifacts a
          where read_image.sha256 in (a.image_sha256, a.thumb_sha256) and a.revealed_at <= read_image.at
      );
$$;

COMMENT ON FUNCTION app_private.read_image(sha256 bytea, at timestamp with time zone, OUT media_type text, OUT bytes bytea) IS 'A picture by its hash, if it belongs to something that is revealed; nulls when it does not.';

CREATE FUNCTION app_private.read_page(sha256 bytea, at timestamp with time zone DEFAULT now(), OUT bytes bytea, OUT seconds_left integer) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select convert_to(c.html, 'UTF8'), floor(extract(epoch from c.expires_at - read_page.at))::integer
    from app_public.submissions s
      inner join app_public.submission_codes c on c.submission_id = s.id
    where s.html_sha256 = read_page.sha256 and c.revealed_at <= read_page.at and c.expires_at > read_page.at
    order by c.expires_at desc
    limit 1;
$$;

COMMENT ON FUNCTION app_private.read_page(sha256 bytea, at timestamp with time zone, OUT bytes bytea, OUT seconds_left integer) IS 'A model''s page by its hash while it is revealed and has not expired, with the seconds that are left; nulls when it is not.';

CREATE FUNCTION app_private.read_share(token text, at timestamp with time zone DEFAULT now()) RETURNS jsonb
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select s.snapshot || jsonb_build_object('shared_at', s.created_at, 'expires_at', s.expires_at)
    from app_private.shareable_progress s
      inner join app_private.accounts a on a.user_id = s.user_id and a.banned_at is null
    where s.token = read_share.token and s.expires_at > read_share.at;
$$;

COMMENT ON FUNCTION app_private.read_share(token text, at timestamp with time zone) IS 'The card behind a token; null where there is none, it has expired, or its member is suspended.';

CREATE FUNCTION app_private.readiness(OUT migrations text[], OUT worker_seen_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if to_regclass('graphile_migrate.migrations') is not null then
    select array_agg(m.filename order by m.filename) into migrations from graphile_migrate.migrations m;
  end if;
  select max(w.seen_at) into worker_seen_at from app_private.workers w;
end;
$$;

COMMENT ON FUNCTION app_private.readiness(OUT migrations text[], OUT worker_seen_at timestamp with time zone) IS 'Which migrations have run and when a worker was last heard of, for the readiness check.';

CREATE FUNCTION app_private.recent_tasks(day date) RETURNS TABLE(challenge_date date, theme text, title text)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select t.challenge_date, t.theme, t.title
    from app_public.tasks t
    where t.challenge_date between recent_tasks.day - 60 and recent_tasks.day and t.status <> 'pending'
    order by t.challenge_date, t.slot;
$$;

COMMENT ON FUNCTION app_private.recent_tasks(day date) IS 'Themes and titles of the last sixty days, for the writer to stay away from.';

CREATE FUNCTION app_private.reconcile(reason text, closed_through date DEFAULT ((now() AT TIME ZONE 'utc'::text))::date, OUT epoch uuid, OUT in_doubt integer) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_attempt record;
  v_call app_private.llm_calls;
begin
  perform app_private.log_operator('reconcile', coalesce(reconcile.closed_through::text, 'all days open'), reconcile.reason);
  perform 1 from app_private.dispatch_gate g for update;
  in_doubt := 0;
  -- What was under way when the backup was made may have been answered since; what waited may have been asked since.
  for v_attempt in select a.id from app_private.llm_attempts a where a.state = 'sending' order by a.id for update loop
    perform app_private.end_attempt(v_attempt.id, 'in_doubt', 'restored', 'A backup was restored while this was under way.', null);
    in_doubt := in_doubt + 1;
  end loop;
  for v_attempt in select a.id from app_private.llm_attempts a where a.state = 'reserved' order by a.id for update loop
    perform app_private.end_attempt(v_attempt.id, 'not_executed', 'restored', 'A backup was restored.', '0');
  end loop;
  for v_call in
    select c.* from app_private.llm_calls c where c.state = 'pending' order by c.id for update
  loop
    update app_private.llm_calls c
      set state = 'in_doubt', reason = 'A backup was restored: this may have been asked since.'
      where c.id = v_call.id;
    perform graphile_worker.remove_job('llm_call:' || v_call.id);
    in_doubt := in_doubt + 1;
  end loop;
  update app_private.dispatch_gate g
    set is_open = true, past_epochs = g.past_epochs || g.epoch, epoch = gen_random_uuid(), closed_through = reconcile.closed_through, reason = null, changed_at = now()
    returning g.epoch into reconcile.epoch;
end;
$$;

COMMENT ON FUNCTION app_private.reconcile(reason text, closed_through date, OUT epoch uuid, OUT in_doubt integer) IS 'After a backup was restored: puts in doubt what may have been bought since, closes the days up to `closed_through`, and opens the gate in a new epoch. Errors: TB017.';

CREATE FUNCTION app_private.record_answer(call_id bigint, html text, is_truncated boolean, names_maker text[], reason text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_submission app_public.submissions;
  v_expires_at timestamptz;
begin
  select s.* into v_submission
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
    where c.id = record_answer.call_id and c.subject_type = 'submission' and c.state = 'done'
    for update of s;
  if not found or v_submission.finished_at is not null then
    return false; -- recorded before
  end if;
  perform graphile_worker.remove_job('llm_call:' || record_answer.call_id); -- nothing is left to be read
  select t.expires_at into strict v_expires_at from app_public.tasks t where t.id = v_submission.task_id;
  if record_answer.html is null then
    update app_public.submissions s
      set status = 'failed', reason = coalesce(record_answer.reason, 'The reply held no page.'), finished_at = now()
      where s.id = v_submission.id;
    return true;
  end if;
  insert into app_public.submission_codes (submission_id, html, revealed_at, expires_at)
    values (v_submission.id, record_answer.html, v_submission.revealed_at, v_expires_at);
  update app_public.submissions s
    set status = 'succeeded', finished_at = now(), is_truncated = record_answer.is_truncated,
      names_maker = nullif(record_answer.names_maker, '{}'),
      html_sha256 = sha256(convert_to(record_answer.html, 'UTF8')), html_bytes = octet_length(record_answer.html)
    where s.id = v_submission.id;
  return true;
end;
$$;

COMMENT ON FUNCTION app_private.record_answer(call_id bigint, html text, is_truncated boolean, names_maker text[], reason text) IS 'Stores the page taken out of a call''s reply, or that there was none; says whether it did, or another run had.';

CREATE FUNCTION app_private.record_artifact(submission_id uuid, outcome jsonb, image bytea DEFAULT NULL::bytea, thumb bytea DEFAULT NULL::bytea, at timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_status app_public.artifact_status := (outcome ->> 'status')::app_public.artifact_status;
begin
  if v_status = 'queued' then
    -- Given back: the browser could not be started, and the next run may have more luck.
    update app_public.artifacts a set status = 'queued'
      where a.submission_id = record_artifact.submission_id and a.status = 'running';
    return found;
  end if;
  update app_public.artifacts a
    set status = v_status,
      reason = left(outcome ->> 'reason', 500),
      image_sha256 = case when v_status = 'rendered' then app_private.put_blob(record_artifact.image) end,
      thumb_sha256 = case when v_status = 'rendered' then app_private.put_blob(record_artifact.thumb) end,
      width = (outcome ->> 'width')::integer,
      height = (outcome ->> 'height')::integer,
      console = coalesce(outcome -> 'console', '[]'),
      errors = coalesce(outcome -> 'errors', '[]'),
      is_blank = (outcome ->> 'isBlank')::boolean,
      is_moving = (outcome ->> 'isMoving')::boolean,
      rendered_at = record_artifact.at
    where a.submission_id = record_artifact.submission_id and a.status in ('queued', 'running');
  if not found then
    return false; -- another run was faster, and its picture stays
  end if;
  -- One job for all pictures of the next second; while one is at work, a new one waits behind it.
  perform graphile_worker.add_job(
    'open_matches', '{}', run_at => record_artifact.at + interval '1 second', job_key => 'open_matches',
    job_key_mode => 'preserve_run_at', max_attempts => 5
  );
  return true;
end;
$$;

COMMENT ON FUNCTION app_private.record_artifact(submission_id uuid, outcome jsonb, image bytea, thumb bytea, at timestamp with time zone) IS 'Stores what came of rendering a page, once; says whether it did. Errors: TB060.';

CREATE FUNCTION app_private.record_battle_judgement(battle_id uuid, round integer, pick text, reasoning text) RETURNS app_public.battle_status
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_battle app_public.battles;
begin
  select b.* into v_battle from app_public.battles b where b.id = record_battle_judgement.battle_id for update;
  if v_battle.status = 'active' then
    insert into app_private.battle_judgements (battle_id, round, pick, reasoning)
      values (v_battle.id, record_battle_judgement.round, record_battle_judgement.pick, left(record_battle_judgement.reasoning, 20000))
      on conflict on constraint battle_judgements_pkey do nothing;
    perform app_private.finish_battle(v_battle.id);
  end if;
  return (select b.status from app_public.battles b where b.id = v_battle.id);
end;
$$;

COMMENT ON FUNCTION app_private.record_battle_judgement(battle_id uuid, round integer, pick text, reasoning text) IS 'Writes down what the judge said of one order of a battle, once, and ends the battle when both are there.';

CREATE FUNCTION app_private.record_coach_notes(batch_id uuid, notes jsonb, tokens integer) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_ids uuid[];
  v_done uuid[];
begin
  -- Locked: whoever is just being erased takes the others out of the batch first, or waits.
  select array_agg(l.id) into v_ids
    from (
      select j.id from app_public.queue_jobs j
        where j.batch_id = record_coach_notes.batch_id and j.status = 'running'
        order by j.id
        for update
    ) l;
  -- An entry counts for the one member whose key it bears, and a suggestion only if it was theirs to be suggested.
  with entries as (
    select distinct on (n.entry ->> 'member') n.entry ->> 'member' as member, n.entry, btrim(n.entry ->> 'note') as note
      from jsonb_array_elements(record_coach_notes.notes) with ordinality n (entry, place)
      where jsonb_typeof(n.entry) = 'object'
      order by n.entry ->> 'member', n.place
  ), noted as (
    update app_public.queue_jobs j
      set status = 'done', result = e.entry, note = e.note, finished_at = now(), error = null,
          next_problem_id = (
            select p.id
              from app_public.problems p
              where p.slug = e.entry ->> 'nextProblem'
                and jsonb_path_exists(j.input, '$.candidates[*].slug ? (@ == $slug)', jsonb_build_object('slug', p.slug))
          )
      from entries e
      where j.id = any (v_ids) and e.member = j.id::text and char_length(e.note) between 1 and 1000
      returning j.id
  )
  select array_agg(n.id) into v_done from noted n;
  -- Who has a note bears their share of what the one call took; who was left out waits, or fails and pays nothing.
  perform app_private.settle_tokens('coach', d.id, record_coach_notes.tokens / cardinality(v_ids))
    from (select j.id from app_public.queue_jobs j where j.id = any (v_done) order by j.user_id, j.id) d;
  perform app_private.give_up_coach_batch(record_coach_notes.batch_id, 'The reply had no note for this member.', true);
  return coalesce(cardinality(v_done), 0);
end;
$_$;

COMMENT ON FUNCTION app_private.record_coach_notes(batch_id uuid, notes jsonb, tokens integer) IS 'Gives each member of a batch their note, and lets those whom the reply left out wait for another batch; says how many have one.';

CREATE FUNCTION app_private.record_judging(purpose text, id uuid, call_id bigint, reading jsonb) RETURNS text
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_reply app_private.judge_replies;
  v_is_first boolean;
  v_is_near boolean;
begin
  -- Locked: of two runs that read the same reply one records it, and the other finds that it is over.
  if purpose = 'answer' then
    perform from app_public.answers a where a.id = record_judging.id and a.status = 'judging' for update;
  else
    perform from app_private.judgings j where j.id = record_judging.id and j.state = 'waiting' for update;
  end if;
  if not found
    or exists (select from app_private.judge_replies r where r.call_id = record_judging.call_id)
    or not exists (
      select from app_private.llm_calls c
        where c.id = record_judging.call_id and c.subject_id = record_judging.id and c.subject_type = record_judging.purpose and c.state = 'done'
    )
  then
    return 'over';
  end if;

  v_reply := app_private.keep_judge_reply(record_judging.purpose, record_judging.id, record_judging.call_id, record_judging.reading);
  v_is_first := 1 >= (
    select count(*) from app_private.judge_replies r where r.subject_id = record_judging.id and r.state = 'scored'
  );
  -- Near the threshold one judge's whim would decide: a second judgement does.
  select abs(v_reply.score - p.pass_score) <= s.second_opinion_within and s.second_opinion_within > 0 into v_is_near
    from app_private.practice_settings s
      cross join app_public.problems p
    where p.id = coalesce(
      (select a.problem_id from app_public.answers a where a.id = record_judging.id),
      (select j.problem_id from app_private.judgings j where j.id = record_judging.id)
    );
  if v_reply.round < 3 and (v_reply.state <> 'scored' or (v_is_first and v_is_near)) then
    perform app_private.queue_judging(record_judging.purpose, record_judging.id);
    return 'again';
  end if;
  perform app_private.finish_judging(record_judging.purpose, record_judging.id);
  return 'done';
end;
$$;

COMMENT ON FUNCTION app_private.record_judging(purpose text, id uuid, call_id bigint, reading jsonb) IS 'Takes in what was read from a judge''s reply: done, again (a new round is queued), or over (there was nothing left to be judged).';

CREATE FUNCTION app_private.record_reply(attempt_id bigint, lease_token uuid, status integer, headers jsonb, body bytea) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- The attempt before its call, as everywhere.
  perform from app_private.llm_attempts a
    where a.id = record_reply.attempt_id and a.lease_token = record_reply.lease_token
    for key share;
  if not found then
    return false;
  end if;
  insert into app_private.llm_replies (attempt_id, status, headers, body)
    select a.id, record_reply.status, record_reply.headers, record_reply.body
      from app_private.llm_attempts a
        inner join app_private.llm_calls c on c.id = a.call_id
      where a.id = record_reply.attempt_id and not c.request ? 'erased' -- what was forgotten does not come back
      for share of c
    on conflict on constraint llm_replies_pkey do nothing;
  return found;
end;
$$;

COMMENT ON FUNCTION app_private.record_reply(attempt_id bigint, lease_token uuid, status integer, headers jsonb, body bytea) IS 'Stores a reply as it came, before anything reads it; a reply that comes late is stored as well, unless its member was erased.';

CREATE FUNCTION app_private.record_task(id uuid, title text, theme text, prompt_text text, metadata jsonb, at timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update app_public.tasks t
    set status = 'generated', title = record_task.title, theme = record_task.theme,
      prompt_text = record_task.prompt_text, prompt_metadata = record_task.metadata, generated_at = record_task.at
    where t.id = record_task.id and t.status = 'pending';
  return found; -- false: somebody was faster, and their text stays
end;
$$;

COMMENT ON FUNCTION app_private.record_task(id uuid, title text, theme text, prompt_text text, metadata jsonb, at timestamp with time zone) IS 'Writes a pending task''s text; says whether it did, or another run had.';

CREATE TABLE app_public.answers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    answered_at timestamp with time zone DEFAULT now() NOT NULL,
    user_id uuid NOT NULL,
    problem_id uuid NOT NULL,
    body text NOT NULL,
    day date NOT NULL,
    seconds_taken integer NOT NULL,
    base_points integer NOT NULL,
    time_bonus_points integer NOT NULL,
    status app_public.answer_status DEFAULT 'judging'::app_public.answer_status NOT NULL,
    verdict_id uuid,
    judged_at timestamp with time zone,
    reason text,
    CONSTRAINT answers_body_bounded CHECK (((char_length(body) >= 1) AND (char_length(body) <= 20000))),
    CONSTRAINT answers_judged_whole CHECK ((((status = 'judged'::app_public.answer_status) = (verdict_id IS NOT NULL)) AND ((status = 'judging'::app_public.answer_status) = (judged_at IS NULL)))),
    CONSTRAINT answers_points_not_negative CHECK (((base_points >= 0) AND (time_bonus_points >= 0))),
    CONSTRAINT answers_seconds_taken_not_negative CHECK ((seconds_taken >= 0)),
    CONSTRAINT answers_unscored_for_a_reason CHECK (((status <> 'unscored'::app_public.answer_status) OR (reason IS NOT NULL)))
)
PARTITION BY RANGE (answered_at);

COMMENT ON TABLE app_public.answers IS '@unique id|@fieldName answer
@foreignKey (verdict_id) references app_public.verdicts (id)|@fieldName verdict
What a member has handed in, by month. It is stored before anything judges or pays it, and never rewritten.';

COMMENT ON COLUMN app_public.answers.id IS 'Identity of the answer.';

COMMENT ON COLUMN app_public.answers.answered_at IS 'When it was handed in.';

COMMENT ON COLUMN app_public.answers.user_id IS 'The member.';

COMMENT ON COLUMN app_public.answers.problem_id IS 'The problem.';

COMMENT ON COLUMN app_public.answers.body IS 'What was handed in.';

COMMENT ON COLUMN app_public.answers.day IS 'The day on which it was, in the member''s own zone at that moment.';

COMMENT ON COLUMN app_public.answers.seconds_taken IS 'From the start of the attempt to here, by the server''s clock.';

COMMENT ON COLUMN app_public.answers.base_points IS 'What it is worth if it is correct, as it stood when it was handed in.';

COMMENT ON COLUMN app_public.answers.time_bonus_points IS 'What it is worth beside that for having been quick, frozen when it was handed in.';

COMMENT ON COLUMN app_public.answers.status IS 'How far it is.';

COMMENT ON COLUMN app_public.answers.verdict_id IS 'The verdict that counts.';

COMMENT ON COLUMN app_public.answers.judged_at IS 'When that came to be, or when the judge was given up.';

COMMENT ON COLUMN app_public.answers.reason IS 'Why it has no score, if it has none.';

CREATE FUNCTION app_private.record_verdict(answer app_public.answers, source text, score integer, feedback text, judge_model_id uuid, prompt_version text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id uuid;
begin
  insert into app_public.verdicts
      (answer_id, answered_at, user_id, problem_id, source, judge_model_id, prompt_version, rubric_hash, pass_score, score, feedback)
    select answer.id, answer.answered_at, answer.user_id, answer.problem_id, record_verdict.source, record_verdict.judge_model_id,
        record_verdict.prompt_version, k.rubric_hash, p.pass_score, record_verdict.score, record_verdict.feedback
      from app_public.problems p
        inner join app_private.problem_keys k on k.problem_id = p.id
      where p.id = answer.problem_id
    returning id into strict v_id;
  update app_public.answers a
    set status = 'judged', verdict_id = v_id, judged_at = now(), reason = null
    where a.id = answer.id and a.answered_at = answer.answered_at;
  perform app_private.settle_tokens('judge', answer.id, coalesce((
    select sum(r.tokens)::integer from app_private.judge_replies r where r.subject_id = answer.id
  ), 0));
  perform app_private.settle_problem(answer.user_id, answer.problem_id, v_id);
  return v_id;
end;
$$;

COMMENT ON FUNCTION app_private.record_verdict(answer app_public.answers, source text, score integer, feedback text, judge_model_id uuid, prompt_version text) IS 'Writes down what was found of an answer, makes it count, and pays for it, in one transaction.';

CREATE FUNCTION app_private.recount_votes() RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_changed integer;
begin
  lock table app_private.pair_counts in share row exclusive mode; -- votes wait until this is done
  select count(*) into v_changed from app_private.count_faults f where f.fault = 'counts differ from votes';
  delete from app_private.pair_counts;
  insert into app_private.pair_counts (task_id, first_model_id, second_model_id, stratum, outcome, votes, uncounted)
    select c.task_id, c.first_model_id, c.second_model_id, c.stratum, c.outcome, c.votes, c.uncounted
      from app_private.counts_of_votes c;
  return v_changed;
end;
$$;

COMMENT ON FUNCTION app_private.recount_votes() IS 'Makes the counts anew from the votes; returns how many were wrong.';

CREATE FUNCTION app_private.refit_faults() RETURNS TABLE(fault text, subject text, stored text, found text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  z constant float8 := 1.959963984540054;
  s app_public.rating_snapshots;
  v_models uuid[];
begin
  for s in
    select l.*
      from app_public.rating_snapshots l
      where l.id in (select max(o.id) from app_public.rating_snapshots o group by o.theme, o.is_rehearsal, o.has_ties)
        -- What was counted anew since is published with the next refresh.
        and l.counts_hash = app_private.hash_counts(l.theme, l.is_rehearsal)
      order by l.id
  loop
    select array_agg(r.model_id order by r.model_id) into v_models from app_public.ratings r where r.snapshot_id = s.id;
    return query
      with counts as (
        select c.task_id, array_position(v_models, c.first_model_id) as first, array_position(v_models, c.second_model_id) as second,
            c.first_wins::float8 as first_wins, c.second_wins::float8 as second_wins,
            case when s.has_ties then c.ties else 0 end::float8 as ties,
            dense_rank() over (order by c.task_id)::integer as task
          from app_private.board_counts(s.theme, s.is_rehearsal) c
          where c.first_wins + c.second_wins + c.ties > 0
      ), columns as (
        select coalesce(array_agg(c.task), '{}') as tasks, coalesce(array_agg(c.first), '{}') as firsts,
            coalesce(array_agg(c.second), '{}') as seconds, coalesce(array_agg(c.first_wins), '{}') as first_wins,
            coalesce(array_agg(c.ties), '{}') as ties, coalesce(array_agg(c.second_wins), '{}') as second_wins
          from counts c
      ), fitted as (
        select v_models[f.position] as model_id, f.rating, f.rating - z * f.se as ci_low, f.rating + z * f.se as ci_high, f.rank
          from columns c
            cross join app_private.fit_board(
              coalesce(cardinality(v_models), 0), c.tasks, c.firsts, c.seconds, c.first_wins, c.ties, c.second_wins, s.prior_votes
            ) f
      )
      select 'the published board is not what its counts give', concat_ws(' ', s.id, model_id),
          concat_ws(' ', r.rating, r.ci_low, r.ci_high, r.rank), concat_ws(' ', f.rating, f.ci_low, f.ci_high, f.rank)
        from (select o.* from app_public.ratings o where o.snapshot_id = s.id) r
          full join fitted f using (model_id)
        where greatest(abs(r.rating - f.rating), abs(r.ci_low - f.ci_low), abs(r.ci_high - f.ci_high)) > 1e-9
          or r.rank is distinct from f.rank;
  end loop;
end;
$$;

COMMENT ON FUNCTION app_private.refit_faults() IS 'Fits every board that stands anew from its counts and returns each line that differs by more than a billionth: none.';

CREATE FUNCTION app_private.refresh_leaderboard(kind app_public.period_kind, at timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_starts_on date := app_private.score_period(refresh_leaderboard.kind, refresh_leaderboard.at);
begin
  if not pg_try_advisory_xact_lock(hashtextextended('app_private.refresh_leaderboard:' || refresh_leaderboard.kind, 0)) then
    return false; -- somebody else is at it
  end if;
  -- The period moves on by itself, and never back: a run that comes late shows the one that runs now.
  update app_private.boards b
    set starts_on = greatest(b.starts_on, v_starts_on), refreshed_at = clock_timestamp()
    where b.kind = refresh_leaderboard.kind and (
      b.starts_on < v_starts_on or b.changed_at >= b.refreshed_at
        -- Streaks end by themselves: each day is a new board.
        or b.refreshed_at < date_trunc('day', refresh_leaderboard.at, 'UTC')
    );
  if not found then
    return false;
  end if;
  case refresh_leaderboard.kind
    when 'all' then refresh materialized view concurrently app_private.leaderboard_global;
    when 'month' then refresh materialized view concurrently app_private.leaderboard_monthly;
    when 'week' then refresh materialized view concurrently app_private.leaderboard_weekly;
  end case;
  return true;
end;
$$;

COMMENT ON FUNCTION app_private.refresh_leaderboard(kind app_public.period_kind, at timestamp with time zone) IS 'Refreshes a leaderboard if anything has changed since the last time, or its period is another; says whether it did.';

CREATE FUNCTION app_private.refresh_leaderboards(at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_published integer := 0;
  v_board record;
begin
  -- One at a time: two refreshes would publish the same board twice. Whoever comes second waits, since the first may have
  -- begun before the task closed that this one was called for.
  perform pg_advisory_xact_lock(hashtextextended('refresh_leaderboards', 0));
  if app_private.fold_tasks(refresh_leaderboards.at) = 0 then
    return 0; -- no task has closed, and no vote was judged anew
  end if;

  for v_board in
    select distinct b.theme, m.is_rehearsal
      from app_private.folded_tasks f
        inner join app_public.tasks t on t.id = f.task_id
        inner join app_private.matches c on c.task_id = f.task_id
        inner join app_public.models m on m.id = c.first_model_id
        cross join lateral (values (null), (t.theme)) b (theme)
      order by m.is_rehearsal, b.theme nulls first
  loop
    v_published := v_published + app_private.publish_board(v_board.theme, v_board.is_rehearsal, refresh_leaderboards.at);
  end loop;
  if v_published > 0 then
    refresh materialized view concurrently app_private.leaderboard;
    refresh materialized view concurrently app_private.head_to_head;
    -- One for all boards, never one for a vote; whoever hears it reads the boards themselves.
    perform pg_notify('leaderboard', json_build_object('id', (
        select max(s.id)::text from app_public.rating_snapshots s where s.theme is null and s.has_ties
      ))::text);
  end if;
  return v_published;
end;
$$;

COMMENT ON FUNCTION app_private.refresh_leaderboards(at timestamp with time zone) IS 'Takes in the tasks that have closed, and publishes the boards that this changes; a second run finds nothing to do. Returns how many snapshots it made.';

CREATE FUNCTION app_private.refresh_pairing(at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_models uuid[];
  v_wins float8[];
  v_ties float8[];
  v_prior float8;
  v_weighed integer := 0;
  v_changed integer;
  f record;
  c record;
begin
  -- One at a time; whoever comes second has nothing to add.
  if not pg_try_advisory_xact_lock(hashtextextended('refresh_pairing', 0)) then
    return 0;
  end if;
  select s.prior_votes into strict v_prior from app_private.arena_settings s;
  for v_models in
    select array_agg(m.id order by m.id)
      from app_public.models m
      where exists (select from app_public.submissions s where s.model_id = m.id)
      group by m.is_rehearsal
  loop
    v_wins := array_fill(0::float8, array[cardinality(v_models), cardinality(v_models)]);
    v_ties := v_wins;
    for c in
      select array_position(v_models, p.first_model_id) as i, array_position(v_models, p.second_model_id) as j, p.outcome, sum(p.votes) as votes
        from app_private.pair_counts p
        where p.first_model_id = any (v_models) and p.stratum = 'sealed' and p.outcome <> 'both_bad'
        group by p.first_model_id, p.second_model_id, p.outcome
    loop
      if c.outcome = 'first' then
        v_wins[c.i][c.j] := c.votes;
      elsif c.outcome = 'second' then
        v_wins[c.j][c.i] := c.votes;
      else
        v_ties[c.i][c.j] := c.votes;
        v_ties[c.j][c.i] := c.votes;
      end if;
    end loop;
    select * into strict f from app_private.fit_strengths(v_wins, v_ties, v_prior);
    insert into app_private.pairing_strengths as s (model_id, theta, fitted_at)
      select u.model_id, u.theta, refresh_pairing.at from unnest(v_models, f.theta) u (model_id, theta)
      on conflict on constraint pairing_strengths_pkey do update set theta = excluded.theta, fitted_at = excluded.fitted_at;
    update app_private.matches m
      set gain = g.gain
      from app_private.pair_gains(f.theta, f.inverse) g, app_public.tasks t
      where m.first_model_id = v_models[g.first] and m.second_model_id = v_models[g.second]
        and t.id = m.task_id and t.expires_at > refresh_pairing.at;
    get diagnostics v_changed = row_count;
    v_weighed := v_weighed + v_changed;
  end loop;
  return v_weighed;
end;
$$;

COMMENT ON FUNCTION app_private.refresh_pairing(at timestamp with time zone) IS 'Fits all sealed votes, of open tasks too, and weighs open matches by what a vote on them would tell; nothing of it is published. Returns how many it weighed.';

CREATE FUNCTION app_private.rehearse_task(day date, slot integer, title text, theme text, prompt_text text, answers jsonb) RETURNS uuid
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_at constant timestamptz := rehearse_task.day::timestamp at time zone 'utc';
  v_task app_public.tasks;
begin
  if exists (
    select from jsonb_array_elements(answers) a
        left join app_public.models m on m.slug = a ->> 'model'
      where m.is_rehearsal is not true
  ) then
    raise exception 'Only canned models rehearse.' using errcode = 'TB065', hint = 'Real models are asked, once, on the day itself.';
  end if;
  insert into app_public.tasks
      (challenge_date, slot, title, theme, prompt_text, prompt_metadata, status, created_at, generated_at, dispatched_at, closes_at, expires_at)
    values (
      rehearse_task.day, rehearse_task.slot, rehearse_task.title, rehearse_task.theme, rehearse_task.prompt_text, '{"source": "rehearsal"}',
      'dispatched', v_at, v_at + interval '30 seconds', v_at + interval '5 minutes', v_at + interval '1 day', v_at + interval '2 days'
    )
    returning * into v_task;
  insert into app_public.submissions (
      task_id, model_id, status, created_at, started_at, finished_at, latency_ms, input_tokens, output_tokens, cost_usd, html_sha256,
      html_bytes, is_truncated, revealed_at
    )
    select v_task.id, m.id, 'succeeded', v_task.dispatched_at, v_task.dispatched_at,
        v_task.dispatched_at + make_interval(secs => a.latency_ms / 1000.0), a.latency_ms, a.input_tokens, a.output_tokens,
        (a.input_tokens * m.input_usd_per_million + a.output_tokens * m.output_usd_per_million) / 1e6,
        sha256(convert_to(a.html, 'UTF8')), octet_length(a.html), false,
        case when v_task.is_showcase then v_task.dispatched_at else v_task.closes_at end
      from jsonb_to_recordset(answers) a (model text, html text, latency_ms integer, input_tokens integer, output_tokens integer)
        inner join app_public.models m on m.slug = a.model
      order by m.slug;
  insert into app_public.submission_codes (submission_id, html, revealed_at, expires_at)
    select s.id, a.html, s.revealed_at, v_task.expires_at
      from jsonb_to_recordset(answers) a (model text, html text)
        inner join app_public.models m on m.slug = a.model
        inner join app_public.submissions s on s.model_id = m.id and s.task_id = v_task.id;
  return v_task.id;
end;
$$;

COMMENT ON FUNCTION app_private.rehearse_task(day date, slot integer, title text, theme text, prompt_text text, answers jsonb) IS 'A task of a past day as it would have been, answered by canned models alone, and marked as rehearsed. Errors: TB065.';

CREATE FUNCTION app_private.rehearse_votes(day date, votes integer, strengths jsonb) RETURNS integer
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  c_each constant integer := 12; -- votes of one voter, so that no cap is met
  v_begin constant timestamptz := rehearse_votes.day::timestamp at time zone 'utc' + interval '15 minutes';
  v_at timestamptz;
  v_cast integer := 0;
  v_voters bigint[];
  v_ballot app_public.ballots;
  v_chance float8;
  v_luck float8;
begin
  insert into app_private.voters (visitor_hash, created_at)
    select sha256(convert_to('rehearsal:' || n, 'UTF8')), v_begin
      from generate_series(1, greatest(1, (rehearse_votes.votes + c_each - 1) / c_each)) n
    on conflict on constraint voters_one_per_visitor do nothing;
  select array_agg(v.id order by v.id) into v_voters
    from app_private.voters v
      inner join generate_series(1, greatest(1, (rehearse_votes.votes + c_each - 1) / c_each)) n
        on v.visitor_hash = sha256(convert_to('rehearsal:' || n, 'UTF8'));

  for k in 1..rehearse_votes.votes loop
    v_at := v_begin + (k::float8 / rehearse_votes.votes) * interval '23 hours 30 minutes';
    begin
      v_ballot := app_private.draw_ballot(v_voters[1 + k % cardinality(v_voters)], null, null, v_at);
    exception when sqlstate 'TB073' then
      continue; -- this voter has seen every pair
    end;
    -- A page may be better or worse than its model is good for, by a hundred points at most.
    select 1 / (1 + exp(-sum(
        case when (m.first_model_id = f.id) = v_ballot.is_first_left then 1 else -1 end
          * ((strengths ->> f.slug)::float8 + 0.6 * (2 * get_byte(sha256(convert_to(v_ballot.task_id::text || f.slug, 'UTF8')), 0) / 255.0 - 1))
      )))
      into strict v_chance
      from app_private.matches m
        inner join app_public.models f on f.id in (m.first_model_id, m.second_model_id)
      where m.id = v_ballot.match_id;
    v_luck := random();
    perform app_private.cast_vote(
      v_ballot.voter_id, null, v_ballot.id,
      case
        when v_luck < 0.05 then 'both_bad'
        when v_luck < 0.22 then 'tie'
        when random() < v_chance then 'left'
        else 'right'
      end::app_public.verdict,
      (4000 + 40000 * random())::integer, v_at + interval '20 seconds'
    );
    v_cast := v_cast + 1;
  end loop;
  return v_cast;
end;
$$;

COMMENT ON FUNCTION app_private.rehearse_votes(day date, votes integer, strengths jsonb) IS 'Votes on the sealed tasks of a rehearsed day, drawn and cast as all are, by voters who exist for that alone; returns how many.';

CREATE FUNCTION app_private.release_tokens(user_id uuid, at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_released integer;
begin
  with over as (
    update app_private.token_reservations r
      set state = 'expired'
      where r.user_id = release_tokens.user_id and r.state = 'reserved' and r.expires_at <= release_tokens.at
      returning r.day, r.estimate
  ), sums as (
    select o.day, sum(o.estimate)::integer as estimate from over o group by o.day
  ), freed as (
    update app_private.token_days t
      set reserved = t.reserved - s.estimate
      from sums s
      where t.user_id = release_tokens.user_id and t.day = s.day
      returning s.estimate
  )
  select coalesce(sum(f.estimate), 0)::integer into v_released from freed f;
  return v_released;
end;
$$;

COMMENT ON FUNCTION app_private.release_tokens(user_id uuid, at timestamp with time zone) IS 'Gives a member back what was reserved for calls that did not come in time; returns how much.';

CREATE FUNCTION app_private.request_hash(request jsonb) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select sha256(convert_to(request::text, 'UTF8'));
$$;

COMMENT ON FUNCTION app_private.request_hash(request jsonb) IS 'SHA-256 of a request as Postgres writes it.';

CREATE FUNCTION app_private.request_scheduled_task(name text, at timestamp with time zone DEFAULT now(), OUT id bigint, OUT status text, OUT scheduled_time timestamp with time zone) RETURNS record
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select t.id, t.status, t.scheduled_time
    from app_private.log_scheduled_task(
      request_scheduled_task.name,
      run_at => request_scheduled_task.at,
      requested_by => 'http',
      period_key => app_private.period_key(request_scheduled_task.name, request_scheduled_task.at),
      at => request_scheduled_task.at
    ) t;
$$;

COMMENT ON FUNCTION app_private.request_scheduled_task(name text, at timestamp with time zone, OUT id bigint, OUT status text, OUT scheduled_time timestamp with time zone) IS 'Asks for the run of a task in the present period, for an outside scheduler; returns the run, old or new. Errors: TB040.';

CREATE FUNCTION app_private.require_member() RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_public.current_user_id();
  v_banned_at timestamptz;
begin
  select a.banned_at into v_banned_at from app_private.accounts a where a.user_id = v_user_id;
  if not found then -- nobody, or somebody who was erased while still connected
    raise exception 'You are not signed in.'
      using errcode = 'TB001', hint = 'Send an Authorization header with a bearer token.';
  elsif v_banned_at is not null then
    raise exception 'This account is suspended.'
      using errcode = 'TB002', hint = 'Write to the people who run this site.';
  end if;
  return v_user_id;
end;
$$;

COMMENT ON FUNCTION app_private.require_member() IS 'The caller''s id, for functions that only a member in good standing may call. Errors: TB001, TB002.';

CREATE FUNCTION app_private.require_open_gate(day date) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_gate app_private.dispatch_gate;
begin
  select * into strict v_gate from app_private.dispatch_gate g;
  if not v_gate.is_open or v_gate.closed_through >= require_open_gate.day then
    raise exception 'The gate to the models is closed.'
      using errcode = 'TB043',
        detail = coalesce(v_gate.reason, 'These days may have been bought before a backup was restored.'),
        hint = 'Look at it with "autobench reconcile".';
  end if;
end;
$$;

COMMENT ON FUNCTION app_private.require_open_gate(day date) IS 'Refuses when models may not be asked for a day. Errors: TB043.';

CREATE FUNCTION app_private.require_operator() RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
begin
  if not exists (select from app_private.accounts a where a.user_id = v_user_id and a.role = 'operator') then
    raise exception 'Only operators may do this.'
      using errcode = 'TB004', hint = 'An operator is made in SQL: see db/README.md.';
  end if;
  return v_user_id;
end;
$$;

COMMENT ON FUNCTION app_private.require_operator() IS 'The caller''s id, for functions that only an operator may call. Errors: TB001, TB002, TB004.';

CREATE FUNCTION app_private.require_problem(slug text, user_id uuid) RETURNS app_public.problems
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_problem app_public.problems;
  v_module_id uuid;
  v_is_open boolean;
  v_waits_for text;
begin
  select p.* into v_problem from app_public.problems p where p.slug = require_problem.slug and p.is_published;
  if found then
    select o.module_id, o.is_open, o.waits_for into v_module_id, v_is_open, v_waits_for
      from app_private.open_modules(require_problem.user_id) o
      where o.module_id = v_problem.module_id;
  end if;
  if v_module_id is null then -- also one whose module is not published
    raise exception 'There is no such problem.' using errcode = 'TB080', hint = 'See problems for those that can be answered.';
  elsif not v_is_open then
    raise exception 'This problem is not open to you yet.'
      using errcode = 'TB081', hint = format('Solve more of: %s.', v_waits_for);
  end if;
  return v_problem;
end;
$$;

COMMENT ON FUNCTION app_private.require_problem(slug text, user_id uuid) IS 'A problem that a member may answer now. Errors: TB080, TB081.';

CREATE FUNCTION app_private.reserve_attempt(call_id bigint, worker text, lease interval DEFAULT '00:01:00'::interval, OUT verdict text, OUT wait_ms integer, OUT attempt_id bigint, OUT lease_token uuid, OUT client_request_id uuid, OUT request jsonb, OUT provider jsonb) RETURNS record
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_call app_private.llm_calls;
  v_provider app_private.providers;
  v_model app_public.models;
  v_attempt app_private.llm_attempts;
  v_at timestamptz := clock_timestamp();
  v_oldest timestamptz;
begin
  perform app_private.require_open_gate((v_at at time zone 'utc')::date);
  -- Another worker that holds the row is already at it: no need to wait for it.
  select c.* into v_call from app_private.llm_calls c where c.id = reserve_attempt.call_id for update skip locked;
  if not found then
    verdict := 'taken';
    return;
  elsif v_call.state <> 'pending' then
    verdict := v_call.state;
    return;
  elsif v_call.next_try_at > v_at then
    verdict := 'wait';
    wait_ms := ceil(extract(epoch from v_call.next_try_at - v_at) * 1000)::integer;
    return;
  end if;

  select m.* into strict v_model from app_public.models m where m.id = v_call.model_id;
  -- One reservation at a time for each provider: its limits hold over all workers.
  select p.* into strict v_provider from app_private.providers p where p.name = v_model.provider for update;
  if (select count(*) from app_private.llm_attempts a where a.provider = v_provider.name and a.state in ('reserved', 'sending'))
    >= v_provider.max_parallel
  then
    verdict := 'wait';
    wait_ms := 250;
    return;
  end if;
  select a.reserved_at into v_oldest
    from app_private.llm_attempts a
    where a.provider = v_provider.name and a.reserved_at > v_at - interval '1 minute'
    order by a.reserved_at desc
    offset v_provider.requests_per_minute - 1
    limit 1;
  if found then
    verdict := 'wait';
    wait_ms := ceil(extract(epoch from v_oldest + interval '1 minute' - v_at) * 1000)::integer + 1;
    return;
  end if;

  insert into app_private.llm_attempts (call_id, n, provider, worker, lease_until, prices)
    values (
      v_call.id, v_call.attempts + 1, v_provider.name, reserve_attempt.worker, v_at + reserve_attempt.lease,
      jsonb_build_object(
        'input', v_model.input_usd_per_million,
        'cached', v_model.cached_input_usd_per_million,
        'output', v_model.output_usd_per_million
      )
    )
    returning * into v_attempt;
  update app_private.llm_calls c
    set state = 'active', attempts = c.attempts + 1, reason = null
    where c.id = v_call.id;
  verdict := 'reserved';
  attempt_id := v_attempt.id;
  lease_token := v_attempt.lease_token;
  client_request_id := v_attempt.client_request_id;
  request := v_call.request;
  provider := to_jsonb(v_provider);
end;
$$;

COMMENT ON FUNCTION app_private.reserve_attempt(call_id bigint, worker text, lease interval, OUT verdict text, OUT wait_ms integer, OUT attempt_id bigint, OUT lease_token uuid, OUT client_request_id uuid, OUT request jsonb, OUT provider jsonb) IS 'Reserves the next attempt at a call, within the provider''s limits: verdict is reserved, wait, taken, or the call''s state. Errors: TB043.';

CREATE FUNCTION app_private.reserve_tokens(user_id uuid, purpose text, subject_id uuid, estimate integer, at timestamp with time zone DEFAULT now()) RETURNS bigint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_day date := (reserve_tokens.at at time zone 'utc')::date;
  v_settings app_private.practice_settings;
  v_id bigint;
begin
  select * into strict v_settings from app_private.practice_settings s;
  if reserve_tokens.estimate > v_settings.daily_tokens then
    raise exception 'This is too long for a day''s tokens.'
      using errcode = 'TB08B', hint = 'Shorten it: no day has more of them.';
  end if;
  perform app_private.release_tokens(reserve_tokens.user_id, reserve_tokens.at);
  -- One statement decides and takes: requests at once cannot all read the same sum and pass together.
  insert into app_private.token_days as t (user_id, day, reserved)
    values (reserve_tokens.user_id, v_day, reserve_tokens.estimate)
    on conflict on constraint token_days_pkey do update
      set reserved = t.reserved + excluded.reserved
      where t.used + t.reserved + excluded.reserved <= v_settings.daily_tokens;
  if not found then
    raise exception 'Your tokens for today do not suffice for this.'
      using errcode = 'TB085',
        detail = jsonb_build_object('resetsAt', to_char(v_day + 1, 'YYYY-MM-DD"T"00:00:00"Z"')),
        hint = format('Try again after %s 00:00 UTC.', v_day + 1);
  end if;
  -- What had expired, or came to nothing, may be reserved anew; what is reserved already is not.
  insert into app_private.token_reservations as r (user_id, day, purpose, subject_id, estimate, created_at, expires_at)
    values (
      reserve_tokens.user_id, v_day, reserve_tokens.purpose, reserve_tokens.subject_id, reserve_tokens.estimate,
      reserve_tokens.at, reserve_tokens.at + v_settings.reserve_for
    )
    on conflict on constraint token_reservations_once do update
      set day = excluded.day, estimate = excluded.estimate, actual = null, state = 'reserved', created_at = excluded.created_at,
        expires_at = excluded.expires_at, aggregated_at = null
      where r.user_id = excluded.user_id and (r.state = 'expired' or (r.state = 'settled' and r.actual = 0))
    returning r.id into strict v_id;
  return v_id;
end;
$$;

COMMENT ON FUNCTION app_private.reserve_tokens(user_id uuid, purpose text, subject_id uuid, estimate integer, at timestamp with time zone) IS 'Reserves tokens of a member''s UTC day, or refuses; never more than the day allows, however many ask at once. Errors: TB085, TB08B.';

CREATE PROCEDURE app_private.reset_access(IN target regclass)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_policy name;
begin
  execute format('alter table %s enable row level security', target);
  for v_policy in select polname from pg_policy where polrelid = target loop
    execute format('drop policy %I on %s', v_policy, target);
  end loop;
  execute format(
    'revoke all on %s from public, autobench_anon, autobench_member, autobench_operator, autobench_server, autobench_operations, autobench_worker',
    target
  );
end;
$$;

COMMENT ON PROCEDURE app_private.reset_access(IN target regclass) IS 'Turns row-level security on and drops every policy and grant of a table, so that its file can state them whole.';

CREATE FUNCTION app_private.retry_submission(id uuid, reason text) RETURNS app_public.submissions
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_call app_private.llm_calls;
  v_attempt_id bigint;
  v_submission app_public.submissions;
begin
  perform app_private.log_operator('retry_submission', retry_submission.id::text, retry_submission.reason);
  -- The attempt before its call, as whoever settles it: the other way round a late answer and an operator would deadlock.
  select a.id into v_attempt_id
    from app_private.llm_attempts a
      inner join app_private.llm_calls c on c.id = a.call_id
    where c.subject_type = 'submission' and c.subject_id = retry_submission.id and a.state = 'in_doubt'
    for update of a;
  select c.* into v_call
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
      inner join app_public.tasks t on t.id = s.task_id
    where c.subject_type = 'submission' and c.subject_id = retry_submission.id
      and c.state in ('failed', 'in_doubt') and t.closes_at > clock_timestamp()
    for update of c;
  if not found then
    raise exception 'This submission cannot be asked for again.'
      using errcode = 'TB042', hint = 'It must be failed or in doubt, and its task must still be open.';
  end if;
  if v_attempt_id is not null then
    -- Whoever decides takes it on themselves that the model may be paid twice: the first hold counts as spent.
    perform app_private.end_attempt(v_attempt_id, 'abandoned', 'operator', 'Asked again by an operator.', null);
  end if;
  update app_private.llm_calls c
    set state = 'pending', next_try_at = now(), max_attempts = least(c.max_attempts + 1, 200), reason = 'Asked again by an operator.'
    where c.id = v_call.id;
  select s.* into v_submission from app_public.submissions s where s.id = retry_submission.id;
  return v_submission;
end;
$$;

COMMENT ON FUNCTION app_private.retry_submission(id uuid, reason text) IS 'Asks for a failed or doubtful answer again, on somebody''s word, which is written down. Errors: TB017, TB042.';

CREATE FUNCTION app_private.revert_rejudge(id bigint, reason text) RETURNS app_private.judge_runs
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_run app_private.judge_runs;
  v_due record;
begin
  perform app_private.log_operator('revert_rejudge', revert_rejudge.id::text, revert_rejudge.reason);
  update app_private.judge_runs r
    set state = 'reverted', reverted_at = now()
    where r.id = revert_rejudge.id and r.state = 'applied'
    returning * into v_run;
  if not found then
    raise exception 'This re-judging cannot be taken back.'
      using errcode = 'TB089', hint = 'It must have been applied, and not taken back before. Look at judgeRuns.';
  end if;

  perform from app_public.answers a
    where a.problem_id = v_run.problem_id
      and a.id in (select j.answer_id from app_private.judgings j where j.run_id = v_run.id)
    order by a.user_id, a.id
    for update;
  -- What counted before is said again, as a verdict of its own: the ledger has an entry for each cause, and none is undone.
  with due as (
    select j.id, j.answer_id, j.answered_at, j.prior_verdict_id
      from app_private.judgings j
        inner join app_public.answers a on a.id = j.answer_id and a.answered_at = j.answered_at
      where j.run_id = v_run.id and a.verdict_id = j.new_verdict_id
  ), said as (
    insert into app_public.verdicts as w
        (answer_id, answered_at, user_id, problem_id, source, judge_model_id, prompt_version, rubric_hash, pass_score, score, feedback)
      select v.answer_id, v.answered_at, v.user_id, v.problem_id, 'reversal', v.judge_model_id, v.prompt_version, v.rubric_hash,
          v.pass_score, v.score, v.feedback
        from due d
          inner join app_public.verdicts v on v.id = d.prior_verdict_id
      returning w.id, w.answer_id
  )
  update app_public.answers a
    set verdict_id = s.id, judged_at = now(),
      status = case when s.id is null then 'unscored' else 'judged' end::app_public.answer_status,
      reason = case when s.id is null then 'The judge could not say anything usable.' end
    from due d
      left join said s on s.answer_id = d.answer_id
    where a.id = d.answer_id and a.answered_at = d.answered_at;
  for v_due in
    select j.user_id, min(j.id::text)::uuid as cause
      from app_private.judgings j
      where j.run_id = v_run.id and j.new_verdict_id is not null
      group by j.user_id
      order by j.user_id
  loop
    perform app_private.settle_problem(v_due.user_id, v_run.problem_id, v_due.cause);
  end loop;
  return v_run;
end;
$$;

COMMENT ON FUNCTION app_private.revert_rejudge(id bigint, reason text) IS 'Takes an applied re-judging back: what counted before counts again, and so do its points. Errors: TB017, TB089, TB091.';

CREATE FUNCTION app_private.row_products(a double precision[], b double precision[], size integer, width integer, is_symmetric boolean DEFAULT false, is_triangular boolean DEFAULT false) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_stride constant integer := (size + 7) / 8 * 8;
  v_result float8[] := array_fill(0::float8, array[size * v_stride]);
  v_sum float8;
  v_from integer;
  x integer;
  y integer;
begin
  for i in 1..size loop
    for j in 1..case when is_symmetric then i else size end loop
      v_sum := 0;
      v_from := case when is_triangular then (i - 1) / 8 else 0 end;
      x := (i - 1) * width + 8 * v_from + 1;
      y := (j - 1) * width + 8 * v_from + 1;
      for k in v_from + 1..width / 8 loop
        v_sum := v_sum + (a[x] * b[y] + a[x + 1] * b[y + 1] + a[x + 2] * b[y + 2] + a[x + 3] * b[y + 3]
          + a[x + 4] * b[y + 4] + a[x + 5] * b[y + 5] + a[x + 6] * b[y + 6] + a[x + 7] * b[y + 7]);
        x := x + 8;
        y := y + 8;
      end loop;
      v_result[(i - 1) * v_stride + j] := v_sum;
      if is_symmetric then
        v_result[(j - 1) * v_stride + i] := v_sum;
      end if;
    end loop;
  end loop;
  return v_result;
end;
$$;

COMMENT ON FUNCTION app_private.row_products(a double precision[], b double precision[], size integer, width integer, is_symmetric boolean, is_triangular boolean) IS 'The products of every row of one matrix with every row of another: a · bᵀ, for `size` rows of `width` numbers. Triangular: a row of the first begins with zeros, as many as there are rows above it.';

CREATE FUNCTION app_private.says_too_much(feedback text, secrets text, known text, run_length integer DEFAULT 7) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Runs of words, so that another layout or other punctuation hides nothing; what the member wrote or was asked is no secret.
  with texts as materialized (
    select t.name, array(select lower(m[1]) from regexp_matches(normalize(t.body, nfkc), '[[:alnum:]]+', 'g') m) as words
      from (values ('feedback', says_too_much.feedback), ('secrets', says_too_much.secrets), ('known', says_too_much.known)) t (name, body)
  ), runs as materialized (
    select t.name, array_to_string(t.words[n : n + run_length - 1], ' ') as run
      from texts t
        cross join generate_series(1, cardinality(t.words) - run_length + 1) n
  )
  select exists (
    select r.run from runs r where r.name = 'feedback'
    intersect
    select r.run from runs r where r.name = 'secrets'
    except
    select r.run from runs r where r.name = 'known'
  );
$$;

COMMENT ON FUNCTION app_private.says_too_much(feedback text, secrets text, known text, run_length integer) IS 'Whether feedback repeats a run of words of the reference or the rubric that neither the answer nor the statement holds.';

CREATE FUNCTION app_private.scan_votes(at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_flagged integer;
begin
  with found as (
    insert into app_private.vote_flags as f (voter_id, network_hash, model_id, votes, e_value, flagged_at, seen_at)
      select a.voter_id, a.network_hash, a.model_id, a.votes, a.e_value, scan_votes.at, scan_votes.at
        from app_private.vote_anomalies(scan_votes.at - interval '7 days', scan_votes.at) a
        where a.is_flagged
      on conflict on constraint vote_flags_once do update
        set votes = excluded.votes, e_value = greatest(f.e_value, excluded.e_value), seen_at = excluded.seen_at
      returning f.xmax = 0 as is_new -- a row that was there before bears the lock of its update
  )
  select count(*) filter (where f.is_new) into v_flagged from found f;
  return v_flagged;
end;
$$;

COMMENT ON FUNCTION app_private.scan_votes(at timestamp with time zone) IS 'Flags voters and networks of the last seven days whose votes are hardly honest; returns how many are new.';

CREATE FUNCTION app_private.scheduled_task_state(id bigint, OUT status text, OUT attempts integer, OUT duration_ms bigint, OUT result jsonb, OUT error text) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select t.status, t.attempts, t.duration_ms, t.result, t.error
    from app_private.scheduled_tasks t
    where t.id = scheduled_task_state.id;
$$;

COMMENT ON FUNCTION app_private.scheduled_task_state(id bigint, OUT status text, OUT attempts integer, OUT duration_ms bigint, OUT result jsonb, OUT error text) IS 'How a run stands, for whoever waits for it.';

CREATE FUNCTION app_private.score_period(kind app_public.period_kind, at timestamp with time zone) RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select case score_period.kind
      when 'all' then date '2000-01-01'
      when 'month' then date_trunc('month', score_period.at at time zone 'utc')::date
      when 'week' then date_trunc('week', score_period.at at time zone 'utc')::date
    end;
$$;

COMMENT ON FUNCTION app_private.score_period(kind app_public.period_kind, at timestamp with time zone) IS 'The first day of the period that holds an instant, in UTC: all time is one that began in 2000.';

CREATE FUNCTION app_private.settle_ballots() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_settled integer;
begin
  with used as (
    delete from app_private.open_ballots o
      where o.ballot_id = any (array(
        select u.ballot_id from app_private.open_ballots u
          where exists (select from app_public.votes v where v.ballot_id = u.ballot_id)
          for update skip locked
      ))
      returning o.ballot_id
  ), marked as (
    update app_private.voters v
      set has_voted = true
      where not v.has_voted
        and v.id in (select b.voter_id from used u inner join app_public.ballots b on b.id = u.ballot_id)
  )
  select count(*) into v_settled from used u;
  return v_settled;
end;
$$;

COMMENT ON FUNCTION app_private.settle_ballots() IS 'Strikes used ballots off the list of open ones, and marks their voters as such who have voted: once an hour, so that no vote waits for it.';

CREATE FUNCTION app_private.settle_days(user_id uuid, problem_id uuid, active datemultirange) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_active datemultirange := coalesce(settle_days.active, '{}');
  v_gone datemultirange;
begin
  -- Days on which answers to this problem were worth something once, and no answer is any more.
  select range_agg(daterange(d.day, d.day, '[]')) into v_gone
    from (
      select distinct a.day
        from app_public.answers a
        where a.user_id = settle_days.user_id and a.problem_id = settle_days.problem_id and not v_active @> a.day
    ) d
      inner join app_private.streaks s on s.user_id = settle_days.user_id and s.days @> d.day
    where not exists (
      select from app_private.judged_answers j
        where j.user_id = settle_days.user_id and j.day = d.day and j.score > 0
          and j.answered_at between ((d.day - 2)::timestamp at time zone 'utc') and ((d.day + 3)::timestamp at time zone 'utc')
    );
  if v_gone is not null then
    update app_private.streaks s set days = (s.days - v_gone) + v_active where s.user_id = settle_days.user_id;
    delete from app_private.streaks s where s.user_id = settle_days.user_id and isempty(s.days);
    perform app_private.settle_milestones(settle_days.user_id);
  elsif not isempty(v_active) then
    insert into app_private.streaks as s (user_id, days, through_day)
      values (settle_days.user_id, v_active, upper(v_active) - 1)
      on conflict on constraint streaks_pkey do update set days = s.days + excluded.days where not s.days @> excluded.days;
    -- A day that comes back brings back what went with it. None that was paid ever goes because a day is added.
    if found and exists (
      select from app_private.milestone_payments(settle_days.user_id) p where not p.is_standing
    ) then
      perform app_private.settle_milestones(settle_days.user_id);
    end if;
  end if;
end;
$$;

COMMENT ON FUNCTION app_private.settle_days(user_id uuid, problem_id uuid, active datemultirange) IS 'Adds the days on which answers to a problem were worth something to the member''s set of days, and takes out those on which none is any more.';

CREATE FUNCTION app_private.settle_milestones(user_id uuid) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_streak app_private.streaks;
begin
  select s.* into v_streak from app_private.streaks s where s.user_id = settle_milestones.user_id;
  -- What is taken back, or given again, counts for the day on which it was first given.
  insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
    select settle_milestones.user_id, case when p.is_standing then 'reversal' else 'streak' end, p.ref || '/' || p.rows,
        case when p.is_standing then - p.points else p.points end, p.day, p.at
      from (
        select p.*, r.active is not null as is_met,
            row_number() over (partition by p.days, r.run order by p.is_standing desc, p.day) as place
          from app_private.milestone_payments(settle_milestones.user_id) p
            left join app_private.active_runs(v_streak) r on r.run @> p.day and r.active >= p.days
      ) p
      where (p.is_standing and not p.is_met) or (not p.is_standing and p.is_met and p.place = 1);
end;
$$;

COMMENT ON FUNCTION app_private.settle_milestones(user_id uuid) IS 'Takes back what was paid for runs that were never so long, as verdicts say now, and gives it again where they are. The caller holds the member''s lock.';

CREATE FUNCTION app_private.settle_problem(user_id uuid, problem_id uuid, cause uuid) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_private.settle_problem(user_id uuid, problem_id uuid, cause uuid) IS 'Makes points, progress, days and awards of a member on a problem what their judged answers say, and posts the difference with its cause. Doing it again changes nothing. Errors: TB091.';

CREATE FUNCTION app_private.settle_problems(user_ids uuid[], problem_ids uuid[], cause uuid) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_item record;
begin
  perform app_private.lock_points(settle_problems.user_ids);
  for v_item in
    select distinct i.user_id, i.problem_id
      from unnest(settle_problems.user_ids, settle_problems.problem_ids) i (user_id, problem_id)
      order by i.user_id, i.problem_id
  loop
    perform app_private.settle_problem(v_item.user_id, v_item.problem_id, settle_problems.cause);
  end loop;
end;
$$;

COMMENT ON FUNCTION app_private.settle_problems(user_ids uuid[], problem_ids uuid[], cause uuid) IS 'Settles a batch of members and problems, pair by pair, with one cause; two batches never wait for each other in a ring. Errors: TB091.';

CREATE TABLE app_private.llm_calls (
    id bigint NOT NULL,
    role text NOT NULL,
    subject_type text NOT NULL,
    subject_id uuid NOT NULL,
    model_id uuid NOT NULL,
    round integer DEFAULT 1 NOT NULL,
    request jsonb NOT NULL,
    request_hash bytea GENERATED ALWAYS AS (app_private.request_hash(request)) STORED NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    next_try_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 6 NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT llm_calls_answers_have_one_round CHECK (((round >= 1) AND (round <=
CASE role
    WHEN 'answer'::text THEN 1
    ELSE 3
END))),
    CONSTRAINT llm_calls_attempts_bounded CHECK ((((attempts >= 0) AND (attempts <= max_attempts)) AND ((max_attempts >= 1) AND (max_attempts <= 200)))),
    CONSTRAINT llm_calls_role_known CHECK ((role = ANY (ARRAY['answer'::text, 'write_task'::text, 'judge'::text, 'coach'::text, 'check'::text]))),
    CONSTRAINT llm_calls_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'done'::text, 'failed'::text, 'in_doubt'::text]))),
    CONSTRAINT llm_calls_subject_type_known CHECK ((subject_type = ANY (ARRAY['submission'::text, 'task'::text, 'answer'::text, 'rejudge'::text, 'batch'::text, 'battle'::text, 'check'::text])))
);

COMMENT ON TABLE app_private.llm_calls IS 'What is to be asked of a model, once: one row for each role, subject, model and round.';

COMMENT ON COLUMN app_private.llm_calls.id IS 'Identity of the call.';

COMMENT ON COLUMN app_private.llm_calls.role IS 'What for.';

COMMENT ON COLUMN app_private.llm_calls.subject_type IS 'What kind of thing it is about.';

COMMENT ON COLUMN app_private.llm_calls.subject_id IS 'The thing that it is about.';

COMMENT ON COLUMN app_private.llm_calls.model_id IS 'Who is asked.';

COMMENT ON COLUMN app_private.llm_calls.round IS 'Second opinions and rewritten tasks open a new round; an answer has one.';

COMMENT ON COLUMN app_private.llm_calls.request IS 'What is sent, word for word.';

COMMENT ON COLUMN app_private.llm_calls.request_hash IS 'SHA-256 of the request: the same call with another request is refused.';

COMMENT ON COLUMN app_private.llm_calls.state IS 'pending: may be tried. active: an attempt is under way. done: answered, usable or not. failed: will not be tried again. in_doubt: sent, end unknown.';

COMMENT ON COLUMN app_private.llm_calls.next_try_at IS 'Not before this instant.';

COMMENT ON COLUMN app_private.llm_calls.attempts IS 'How often it was tried.';

COMMENT ON COLUMN app_private.llm_calls.max_attempts IS 'How often it may be tried.';

COMMENT ON COLUMN app_private.llm_calls.reason IS 'Why it failed or waits, when no attempt says so.';

COMMENT ON COLUMN app_private.llm_calls.created_at IS 'When it was decided on.';

CREATE FUNCTION app_private.settle_submission(call app_private.llm_calls) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_attempt app_private.llm_attempts;
  v_is_useless boolean;
begin
  select * into v_attempt from app_private.llm_attempts a where a.call_id = call.id order by a.n desc limit 1;
  -- An answer that is of no use is at its end: nothing of it has to be read, and often nothing of it could be stored.
  v_is_useless := call.state = 'done' and v_attempt.state = 'unusable';
  -- The figures of the attempt that counts; of a done call the page itself is recorded by record_answer().
  update app_public.submissions s
    set status = case call.state
          when 'pending' then 'queued'
          when 'active' then 'running'
          when 'done' then case when v_is_useless then 'failed' else 'running' end
          when 'failed' then 'failed'
          else 'in_doubt'
        end::app_public.submission_status,
      started_at = coalesce(v_attempt.sending_at, s.started_at),
      finished_at = case when v_is_useless or call.state in ('failed', 'in_doubt') then now() end,
      latency_ms = case
        when call.state = 'done' then coalesce(
          -- What the worker has measured: an answer that waited on disk, or for another worker to read it, was not slow.
          (v_attempt.evidence ->> 'durationMs')::integer,
          (
            select greatest(extract(epoch from r.received_at - v_attempt.sending_at) * 1000, 0)::integer
              from app_private.llm_replies r
              where r.attempt_id = v_attempt.id
          ),
          (extract(epoch from v_attempt.finished_at - v_attempt.sending_at) * 1000)::integer
        )
      end,
      input_tokens = case when call.state = 'done' then v_attempt.input_tokens end,
      output_tokens = case when call.state = 'done' then v_attempt.output_tokens end,
      cost_usd = case when call.state = 'done' then v_attempt.cost_usd end,
      reason = case
        when v_is_useless or call.state in ('failed', 'in_doubt') then coalesce(call.reason, v_attempt.error, 'unknown')
      end
    where s.id = call.subject_id and s.status <> 'succeeded';
end;
$$;

COMMENT ON FUNCTION app_private.settle_submission(call app_private.llm_calls) IS 'Makes a submission say what its call has come to.';

CREATE FUNCTION app_private.settle_tokens(purpose text, subject_id uuid, actual integer) RETURNS integer
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_reservation app_private.token_reservations;
begin
  -- A member pays what was reserved at most: what an installation spends beyond that is its own affair.
  update app_private.token_reservations r
    set state = 'settled', actual = least(greatest(settle_tokens.actual, 0), r.estimate)
    where r.purpose = settle_tokens.purpose and r.subject_id = settle_tokens.subject_id and r.state = 'reserved'
    returning * into v_reservation;
  if not found then
    return 0;
  end if;
  update app_private.token_days t
    set reserved = t.reserved - v_reservation.estimate, used = t.used + v_reservation.actual
    where t.user_id = v_reservation.user_id and t.day = v_reservation.day;
  return v_reservation.actual;
end;
$$;

COMMENT ON FUNCTION app_private.settle_tokens(purpose text, subject_id uuid, actual integer) IS 'Corrects a reservation to what was used; one that has expired or was settled before costs nothing more. Returns what was paid.';

CREATE FUNCTION app_private.sign_in(issuer text, subject text, claims jsonb DEFAULT '{}'::jsonb, at timestamp with time zone DEFAULT now(), OUT user_id uuid, OUT role text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account app_private.accounts;
  v_issued_at timestamptz := sign_in.at;
begin
  if coalesce(char_length(sign_in.issuer), 0) not between 1 and 500
    or coalesce(char_length(sign_in.subject), 0) not between 1 and 255
  then
    raise exception 'The token does not say who you are.'
      using errcode = 'TB005', hint = 'Get a new token from the identity provider.';
  end if;
  select * into v_account
    from app_private.accounts a
    where a.issuer = sign_in.issuer and a.subject = sign_in.subject;
  if not found then
    if jsonb_typeof(sign_in.claims -> 'iat') = 'number' and abs((sign_in.claims ->> 'iat')::numeric) < 1e11 then
      v_issued_at := to_timestamp((sign_in.claims ->> 'iat')::double precision);
    end if;
    v_account := app_private.ensure_account(
      sign_in.issuer,
      sign_in.subject,
      app_private.provider_profile(coalesce(sign_in.claims, '{}')),
      v_issued_at
    );
  end if;
  if v_account.banned_at is not null then
    raise exception 'This account is suspended.'
      using errcode = 'TB002', hint = 'Write to the people who run this site.';
  end if;
  user_id := v_account.user_id;
  role := v_account.role;
end;
$$;

COMMENT ON FUNCTION app_private.sign_in(issuer text, subject text, claims jsonb, at timestamp with time zone, OUT user_id uuid, OUT role text) IS 'Says who the subject of a verified token is here, making the account on first sight. Errors: TB002, TB003, TB005.';

CREATE FUNCTION app_private.similar_task(title text, prompt_text text, day date) RETURNS TABLE(task_id uuid, similar_title text, similarity real)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Sixty days hold a few hundred rows: they are compared one by one.
  select t.id, t.title,
      greatest(
        extensions.similarity(t.prompt_text, similar_task.prompt_text),
        case when lower(t.title) = lower(similar_task.title) then 1 else 0 end
      )::real
    from app_public.tasks t
    where t.challenge_date between similar_task.day - 60 and similar_task.day and t.status <> 'pending'
    order by 3 desc
    limit 1;
$$;

COMMENT ON FUNCTION app_private.similar_task(title text, prompt_text text, day date) IS 'The task of the last sixty days that is most like a new one, by trigrams; the same title counts as the same.';

CREATE FUNCTION app_private.spend_freezes(at timestamp with time zone DEFAULT now(), batch integer DEFAULT 1000) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_today date := (spend_freezes.at at time zone 'utc')::date;
  v_due uuid[];
  v_spent integer;
begin
  -- Whoever missed a day that has ended where they are. A run that had no freeze left has ended by itself.
  select array_agg(d.user_id) into v_due
    from (
      select s.user_id
        from app_private.streaks s
        where s.freezes > 0 and s.ends_on < v_today and s.ends_on < app_private.member_day(s.user_id, spend_freezes.at) - 1
        limit spend_freezes.batch
    ) d;
  perform app_private.lock_points(coalesce(v_due, '{}'));
  update app_private.streaks s
    set through_day = app_private.member_day(s.user_id, spend_freezes.at) - 1
    where s.user_id = any (v_due) and s.freezes > 0
      and s.through_day < app_private.member_day(s.user_id, spend_freezes.at) - 1;
  get diagnostics v_spent = row_count;
  return v_spent;
end;
$$;

COMMENT ON FUNCTION app_private.spend_freezes(at timestamp with time zone, batch integer) IS 'Bridges days that were missed where they have ended, for one batch of members; fewer than a batch means that none is left. Errors: TB091.';

CREATE FUNCTION app_private.stored_reply(call_id bigint) RETURNS TABLE(attempt_id bigint, lease_token uuid, attempt_state text, protocol text, is_overload_free boolean, status integer, headers jsonb, body bytea)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select a.id, a.lease_token, a.state, p.protocol, p.is_overload_free, r.status, r.headers, r.body
    from app_private.llm_attempts a
      inner join app_private.llm_replies r on r.attempt_id = a.id
      inner join app_private.providers p on p.name = a.provider
    where a.call_id = stored_reply.call_id and a.state in ('sending', 'in_doubt', 'succeeded', 'unusable')
    order by a.n desc
    limit 1;
$$;

COMMENT ON FUNCTION app_private.stored_reply(call_id bigint) IS 'The reply to a call''s attempt that counts, as it came: enough to go on after a crash without asking again.';

CREATE FUNCTION app_private.streak_now(user_id uuid, at timestamp with time zone DEFAULT now()) RETURNS app_public.streak
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_today date := app_private.member_day(streak_now.user_id, streak_now.at);
  v_streak app_private.streaks;
  v_is_alive boolean;
begin
  select s.* into v_streak from app_private.streaks s where s.user_id = streak_now.user_id;
  if not found then
    return row(0, 0, null, false, 0)::app_public.streak;
  end if;
  -- Today is not over: it counts when it comes, and until then the run is what it was yesterday. Freezes that the hourly
  -- updater has not spent yet bridge as they will.
  v_is_alive := v_streak.ends_on >= v_today - 1 - v_streak.freezes;
  return row(
    case when v_is_alive then v_streak.run_length else 0 end,
    v_streak.longest,
    v_streak.last_day,
    v_is_alive and v_streak.last_day < v_today,
    case when v_is_alive then v_streak.freezes - greatest(v_today - 1 - v_streak.ends_on, 0) else 0 end
  )::app_public.streak;
end;
$$;

COMMENT ON FUNCTION app_private.streak_now(user_id uuid, at timestamp with time zone) IS 'A member''s streak as it stands at an instant, on their own day.';

CREATE FUNCTION app_private.streak_state(days datemultirange, through_day date, OUT frozen datemultirange, OUT freezes integer, OUT run_length integer, OUT longest integer, OUT ends_on date) RETURNS record
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_run daterange;
  v_length integer;
  v_active integer := 0;
  v_missed integer;
begin
  -- All of it follows from the set of days, from the first day to the last: whatever order they came to be known in,
  -- however late or often, the outcome is the same.
  frozen := '{}';
  freezes := 0;
  run_length := 0;
  longest := 0;
  for v_run in select r from unnest(days) r order by r loop
    if ends_on is not null then
      v_missed := lower(v_run) - ends_on - 1;
      if v_missed > freezes then
        run_length := 0;
      end if;
      frozen := frozen + datemultirange(daterange(ends_on + 1, ends_on + 1 + least(v_missed, freezes)));
      freezes := freezes - least(v_missed, freezes);
    end if;
    v_length := upper(v_run) - lower(v_run);
    freezes := least(2, freezes + (v_active + v_length) / 7 - v_active / 7);
    v_active := v_active + v_length;
    run_length := run_length + v_length;
    longest := greatest(longest, run_length);
    ends_on := upper(v_run) - 1;
  end loop;
  v_missed := through_day - ends_on;
  if v_missed > 0 then
    frozen := frozen + datemultirange(daterange(ends_on + 1, ends_on + 1 + least(v_missed, freezes)));
    ends_on := ends_on + least(v_missed, freezes);
    freezes := freezes - (ends_on - upper(days) + 1);
  end if;
end;
$$;

COMMENT ON FUNCTION app_private.streak_state(days datemultirange, through_day date, OUT frozen datemultirange, OUT freezes integer, OUT run_length integer, OUT longest integer, OUT ends_on date) IS 'What follows from the days on which somebody was active, with no day after through_day known: which missed days a freeze bridges, freezes left, the length of the last run and of the longest in active days, and the last day that the run reaches.';

CREATE FUNCTION app_private.subject_hash(issuer text, subject text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select sha256(convert_to(issuer || E'\n' || subject, 'UTF8'));
$$;

COMMENT ON FUNCTION app_private.subject_hash(issuer text, subject text) IS 'What is kept of a person who was forgotten.';

CREATE FUNCTION app_private.submission_figures(theme text, at timestamp with time zone) RETURNS TABLE(model_id uuid, success_rate double precision, median_latency_ms integer, cost_per_answer numeric)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select s.model_id,
      (count(*) filter (where s.status = 'succeeded'))::float8 / count(*),
      (percentile_cont(0.5) within group (order by s.latency_ms) filter (where s.status = 'succeeded'))::integer,
      sum(s.cost_usd) / nullif(count(*) filter (where s.status = 'succeeded'), 0)
    from app_public.submissions s
      inner join app_public.tasks t on t.id = s.task_id
    where t.closes_at <= submission_figures.at and (submission_figures.theme is null or t.theme = submission_figures.theme)
    group by s.model_id;
$$;

COMMENT ON FUNCTION app_private.submission_figures(theme text, at timestamp with time zone) IS 'How often each model gave a page on closed tasks, how long it took and what it cost.';

CREATE FUNCTION app_private.sweep_attempts(OUT not_executed integer, OUT in_doubt integer, OUT closed integer, OUT requeued integer) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_attempt record;
  v_call app_private.llm_calls;
begin
  not_executed := 0;
  in_doubt := 0;
  -- A lease that is over: what was only reserved has provably not left; what was being sent may have.
  for v_attempt in
    select a.id, a.state
      from app_private.llm_attempts a
      where a.state in ('reserved', 'sending') and a.lease_until < clock_timestamp()
      order by a.id
      for update skip locked
  loop
    if v_attempt.state = 'reserved' then
      perform app_private.end_attempt(v_attempt.id, 'not_executed', 'lease_over', 'The worker went away before anything was sent.', '0');
      not_executed := not_executed + 1;
    else
      perform app_private.end_attempt(v_attempt.id, 'in_doubt', 'lease_over', 'The worker went away after the request may have left.', null);
      in_doubt := in_doubt + 1;
    end if;
  end loop;

  -- Whoever still waits when the task closes is too late: every submission comes to an end.
  closed := 0;
  for v_call in
    select c.*
      from app_private.llm_calls c
        inner join app_public.submissions s on s.id = c.subject_id
        inner join app_public.tasks t on t.id = s.task_id
      where c.subject_type = 'submission' and c.state = 'pending' and s.finished_at is null and t.closes_at <= clock_timestamp()
      order by c.id
      for update of c skip locked
  loop
    update app_private.llm_calls c
      set state = 'failed', reason = 'The task closed before the model was asked. ' || coalesce(c.reason, '')
      where c.id = v_call.id;
    closed := closed + 1;
  end loop;

  -- A reply that nobody has managed to read by the time its page would be gone: it comes to an end as well.
  update app_public.submissions s
    set status = 'failed', reason = 'The reply could not be read.', finished_at = now()
    from app_private.llm_calls c, app_public.tasks t
    where c.subject_type = 'submission' and c.subject_id = s.id and c.state = 'done' and s.finished_at is null
      and t.id = s.task_id and t.expires_at <= clock_timestamp()
      and not exists (
        select from app_private.llm_attempts a
          where a.call_id = c.id and a.finished_at > clock_timestamp() - interval '1 hour'
      );

  -- A call whose job was lost gets a new one; so does one in doubt whose answer is here after all, and only has to be read.
  select count(graphile_worker.add_job('answer_task', json_build_object('callId', c.id), run_at => greatest(c.next_try_at, now()), max_attempts => 5, job_key => 'llm_call:' || c.id))::integer
    into requeued
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
    where c.subject_type = 'submission'
      and (
        (c.state in ('pending', 'done') and s.finished_at is null)
        or (
          c.state = 'in_doubt' and s.status = 'in_doubt'
          and exists (
            select from app_private.llm_attempts a
                inner join app_private.llm_replies r on r.attempt_id = a.id
              where a.call_id = c.id and a.state = 'in_doubt' and r.status between 200 and 299
          )
        )
      )
      and not exists (select from graphile_worker.jobs j where j.key = 'llm_call:' || c.id and j.attempts < j.max_attempts);
end;
$$;

COMMENT ON FUNCTION app_private.sweep_attempts(OUT not_executed integer, OUT in_doubt integer, OUT closed integer, OUT requeued integer) IS 'Ends attempts whose worker has gone, and calls that nobody can answer any more; nothing that may have been sent is sent again.';

CREATE FUNCTION app_private.sweep_judgings(at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_lost record;
  v_count integer := 0;
begin
  for v_lost in
    select w.purpose, w.id
      from (
        select 'answer' as purpose, a.id
          from app_public.answers a
          where a.status = 'judging' and a.answered_at < sweep_judgings.at - interval '5 minutes'
        union all
        select r.purpose, j.id
          from app_private.judgings j
            inner join app_private.judge_runs r on r.id = j.run_id
          where j.state = 'waiting' and r.created_at < sweep_judgings.at - interval '5 minutes'
      ) w
      where not exists (select from graphile_worker.jobs k where k.key = 'judging:' || w.id and k.attempts < k.max_attempts)
        -- A reply has come after all: nobody needs to wait any longer.
        or exists (
          select from graphile_worker.jobs k
              inner join app_private.llm_calls c on c.subject_id = w.id and c.subject_type = w.purpose
              cross join app_private.stored_reply(c.id) r
            where k.key = 'judging:' || w.id and k.locked_at is null and k.run_at > sweep_judgings.at + interval '1 minute'
              and c.state in ('done', 'in_doubt') and r.status between 200 and 299
              and not exists (select from app_private.judge_replies j where j.call_id = c.id)
        )
      limit 1000
  loop
    perform app_private.queue_judging(v_lost.purpose, v_lost.id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;

COMMENT ON FUNCTION app_private.sweep_judgings(at timestamp with time zone) IS 'Queues what waits for the judge and has lost its job, or has its reply already; returns how many.';

CREATE FUNCTION app_private.sync_profile(issuer text, subject text, claims jsonb, changed_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_profile jsonb := app_private.provider_profile(sync_profile.claims)
    || jsonb_build_object('changed_at', extract(epoch from sync_profile.changed_at));
  v_before jsonb;
  v_account app_private.accounts;
  v_erased_at timestamptz;
begin
  perform app_private.lock_subject(sync_profile.issuer, sync_profile.subject);
  select * into v_account
    from app_private.accounts a
    where a.issuer = sync_profile.issuer and a.subject = sync_profile.subject;
  select e.erased_at into v_erased_at
    from app_private.erased_subjects e
    where e.subject_hash = app_private.subject_hash(sync_profile.issuer, sync_profile.subject);
  if v_erased_at >= sync_profile.changed_at or (v_erased_at is not null and v_account.user_id is null) then
    return false; -- only a new sign-in brings back somebody who asked to be forgotten
  elsif v_account.user_id is null then
    v_account := app_private.ensure_account(sync_profile.issuer, sync_profile.subject, v_profile, sync_profile.changed_at);
    return true;
  end if;
  select a.provider_profile into v_before from app_private.accounts a where a.user_id = v_account.user_id for update;
  if (v_before ->> 'changed_at')::numeric > (v_profile ->> 'changed_at')::numeric then
    return false; -- an older message that arrives late
  end if;

  -- A field that still is what the provider said last (or was never filled) was not edited by the member.
  update app_public.users u
    set full_name = v.full_name, avatar_url = v.avatar_url
    from (
      select
          case
            when o.full_name is not distinct from v_before ->> 'full_name' then v_profile ->> 'full_name'
            else o.full_name
          end,
          case
            when o.avatar_url is not distinct from v_before ->> 'avatar_url' then v_profile ->> 'avatar_url'
            else o.avatar_url
          end
        from app_public.users o
        where o.id = v_account.user_id
    ) v (full_name, avatar_url)
    where u.id = v_account.user_id
      and (u.full_name is distinct from v.full_name or u.avatar_url is distinct from v.avatar_url);
  begin
    update app_public.users u
      set username = v_profile ->> 'username'
      where u.id = v_account.user_id
        and v_profile ? 'username'
        and u.username collate "C" <> v_profile ->> 'username'
        and (u.username collate "C" = v_before ->> 'username' or u.username collate "C" ~ '^member_[0-9a-f]{12}$');
  exception when unique_violation then
    null; -- somebody else has that name: theirs stays, and so does this one's
  end;
  update app_private.accounts a
    set email = v_profile ->> 'email', provider_profile = v_profile
    where a.user_id = v_account.user_id;
  return true;
end;
$_$;

COMMENT ON FUNCTION app_private.sync_profile(issuer text, subject text, claims jsonb, changed_at timestamp with time zone) IS 'Takes over what the identity provider says of a person, save what the member edited here; says whether it did.';

CREATE FUNCTION app_private.take_draws(kind text, caller text, most integer, at timestamp with time zone DEFAULT now()) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_hour constant timestamptz := date_bin('1 hour', take_draws.at, timestamptz '2000-01-01 00:00:00+00');
begin
  -- One statement, so that parallel requests cannot all read the same count and pass together.
  insert into app_private.draw_allowances as a (kind, caller, starts_at, used)
    values (take_draws.kind, take_draws.caller, v_hour, 1)
    on conflict on constraint draw_allowances_pkey do update set used = a.used + 1
      where a.used < take_draws.most;
  if not found then
    raise exception 'That was too many ballots for an hour.'
      using errcode = 'TB071',
        hint = format('Come back after %s.', to_char((v_hour + interval '1 hour') at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"'));
  end if;
end;
$$;

COMMENT ON FUNCTION app_private.take_draws(kind text, caller text, most integer, at timestamp with time zone) IS 'Takes one from the ballots that a voter or a network may draw in an hour, or refuses. Errors: TB071.';

CREATE FUNCTION app_private.take_rate(bucket text, caller text, most integer, per interval, at timestamp with time zone DEFAULT clock_timestamp()) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_resets_at timestamptz := take_rate.at + take_rate.per;
begin
  -- One statement, so that parallel requests cannot all read the same count and pass together.
  insert into app_private.rate_limits as r (bucket, caller, window_starts_at, used)
    select take_rate.bucket, take_rate.caller, take_rate.at, 1
      where take_rate.most > 0
    on conflict on constraint rate_limits_pkey do update
      set used = case when r.window_starts_at <= take_rate.at - take_rate.per then 1 else r.used + 1 end,
          window_starts_at = case
            when r.window_starts_at <= take_rate.at - take_rate.per then take_rate.at
            else r.window_starts_at
          end
      where r.window_starts_at <= take_rate.at - take_rate.per or r.used < take_rate.most;
  if not found then
    select coalesce(max(r.window_starts_at) + take_rate.per, v_resets_at) into v_resets_at
      from app_private.rate_limits r
      where r.bucket = take_rate.bucket and r.caller = take_rate.caller;
    raise exception 'That was too often.'
      using errcode = 'TB006',
        hint = format('Try again after %s.', to_char(v_resets_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS "UTC"'));
  end if;
end;
$$;

COMMENT ON FUNCTION app_private.take_rate(bucket text, caller text, most integer, per interval, at timestamp with time zone) IS 'Takes one from a caller''s allowance of `most` per window, or refuses. Errors: TB006.';

CREATE FUNCTION app_private.task_lock(task_id uuid) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hashtextextended(('task:'::text || (task_id)::text), (0)::bigint);

COMMENT ON FUNCTION app_private.task_lock(task_id uuid) IS 'The advisory lock of a task: votes share it until they are committed, and whoever closes or folds the task takes it alone, so waits for all of them.';

CREATE FUNCTION app_private.tg__timestamps() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if tg_op = 'UPDATE' then
    new.created_at := old.created_at;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION app_private.tg__timestamps() IS 'Keeps created_at as it was and moves updated_at forward.';

CREATE FUNCTION app_private.tg_achievements__award() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.award_all_achievements();
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_achievements__award() IS 'Gives a new or changed achievement at once to all who have met it already.';

CREATE FUNCTION app_private.tg_answers__notify() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- The id alone: whoever receives it reads the row under their own rights.
  perform pg_notify('answers:' || new.user_id, json_build_object('id', new.id)::text);
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_answers__notify() IS 'Tells a member''s own subscribers that an answer of theirs was judged, or judged anew.';

CREATE FUNCTION app_private.tg_attempts__begin_progress() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  insert into app_public.user_progress (user_id, problem_id, status, first_attempt_at)
    values (new.user_id, new.problem_id, 'in_progress', new.started_at)
    on conflict on constraint user_progress_pkey do nothing;
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_attempts__begin_progress() IS 'Notes that a member has begun with a problem.';

CREATE FUNCTION app_private.tg_badges__award() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.award_badges();
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_badges__award() IS 'Gives a new or changed badge at once to all who qualify for it already.';

CREATE FUNCTION app_private.tg_llm_attempts__arrows() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if old.state <> new.state and (old.state, new.state) not in (
    ('reserved', 'sending'), ('reserved', 'not_executed'),
    ('sending', 'succeeded'), ('sending', 'unusable'), ('sending', 'rejected'), ('sending', 'not_executed'), ('sending', 'in_doubt'),
    ('in_doubt', 'succeeded'), ('in_doubt', 'unusable'), ('in_doubt', 'rejected'), ('in_doubt', 'not_executed'), ('in_doubt', 'abandoned')
  ) then
    raise exception 'An attempt does not go from % to %.', old.state, new.state
      using errcode = 'TB044', hint = 'Nothing moves an attempt that may have been sent back to where it would be sent again.';
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION app_private.tg_llm_attempts__arrows() IS 'Allows an attempt only the moves of the state machine. Errors: TB044.';

CREATE FUNCTION app_private.tg_llm_calls__settle() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if new.subject_type = 'submission' then
    if tg_op = 'UPDATE' then
      perform app_private.settle_submission(new);
    end if;
    -- A pending call has a job. So has a done one, in case the worker goes away before it has read the reply: record_answer()
    -- takes that job back. The key keeps it to one.
    if new.state = 'pending'
      or (new.state = 'done' and exists (select from app_public.submissions s where s.id = new.subject_id and s.finished_at is null))
    then
      perform graphile_worker.add_job(
        'answer_task',
        json_build_object('callId', new.id),
        run_at => case new.state when 'done' then now() + interval '1 minute' else new.next_try_at end,
        max_attempts => 5,
        job_key => 'llm_call:' || new.id
      );
    end if;
  end if;
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_llm_calls__settle() IS 'Carries a call''s state over to what it is about, and queues what is to be done next.';

CREATE FUNCTION app_private.tg_module_prerequisites__acyclic() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_circle text;
begin
  with recursive led (module_id, prerequisite_id) as (
    select e.module_id, e.prerequisite_id from app_public.module_prerequisites e
    union all
    select l.module_id, e.prerequisite_id
      from led l
        inner join app_public.module_prerequisites e on e.module_id = l.prerequisite_id
  ) cycle module_id, prerequisite_id set is_again using path
  select string_agg(distinct m.slug, ', ' order by m.slug) into v_circle
    from led l
      inner join app_public.modules m on m.id = l.module_id
    where l.module_id = l.prerequisite_id;
  if v_circle is not null then
    raise exception 'Modules lead in a circle: %.', v_circle
      using errcode = 'TB087', hint = 'Take one of them out of "requires" in content/problems/modules.json.';
  end if;
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_module_prerequisites__acyclic() IS 'Refuses prerequisites by which a module would wait for itself. Errors: TB087.';

CREATE FUNCTION app_private.tg_points_ledger__fold() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- Merged, not inserted: what is added may be less than nothing, which no total ever is. The locks keep others away.
  merge into app_public.daily_activity d
    using (
      select p.user_id, p.day, sum(p.points)::integer as points
        from posted p
          inner join app_public.users u on u.id = p.user_id
        group by p.user_id, p.day
    ) a
    on d.user_id = a.user_id and d.day = a.day
    when matched then update set points_earned = d.points_earned + a.points
    when not matched then insert (user_id, day, points_earned) values (a.user_id, a.day, a.points);
  with moved as (
    merge into app_private.period_scores s
      using (
        select k.kind, app_private.score_period(k.kind, p.at) as starts_on, p.user_id, sum(p.points)::integer as points,
            max(p.at) filter (where p.points > 0) as reached_at, bool_or(p.points < 0) as has_reversal,
            bool_and(u.is_listed) as is_listed
          from posted p
            inner join app_public.users u on u.id = p.user_id
            cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
          group by k.kind, app_private.score_period(k.kind, p.at), p.user_id
      ) a
      on s.kind = a.kind and s.starts_on = a.starts_on and s.user_id = a.user_id
      when matched then update
        set points = s.points + a.points,
            -- What was taken back reached nothing: then the ledger is asked when what is left was earned last.
            reached_at = case when a.has_reversal then (
              select max(e.at)
                from (
                  select l.at
                    from app_public.points_ledger l
                    where l.user_id = a.user_id and app_private.score_period(a.kind, l.at) = a.starts_on
                    group by l.at
                    having sum(l.points) > 0
                ) e
            ) else greatest(s.reached_at, a.reached_at) end
      when not matched then
        insert (kind, starts_on, user_id, points, reached_at, is_listed)
          values (a.kind, a.starts_on, a.user_id, a.points, a.reached_at, a.is_listed)
      returning with (old as o, new as n) n.kind, n.starts_on, n.is_listed, coalesce(o.points, 0) as was, n.points as now_has
  )
  insert into app_private.score_changes (kind, starts_on, was, now_has)
    select m.kind, m.starts_on, m.was, m.now_has from moved m where m.is_listed and m.was <> m.now_has;
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_points_ledger__fold() IS 'Adds what was posted to the totals of days and periods, in the same transaction.';

CREATE FUNCTION app_private.tg_points_ledger__keep() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_row app_public.points_ledger;
begin
  -- The one change that there is: an erased member's rows pass to their tombstone, and are otherwise what they were.
  if tg_op = 'UPDATE' then
    v_row := new;
    v_row.user_id := old.user_id;
    if v_row is not distinct from old
      and exists (select from app_private.point_holders h where h.id = new.user_id and h.erased_at is not null)
    then
      return new;
    end if;
  end if;
  raise exception 'The ledger of points is only ever added to.'
    using errcode = 'TB090', hint = 'Post a row that takes back what was wrong.';
end;
$$;

COMMENT ON FUNCTION app_private.tg_points_ledger__keep() IS 'Refuses every change of the ledger but an added row, or the passing of an erased member''s rows to a tombstone. Errors: TB090.';

CREATE FUNCTION app_private.tg_streak_milestones__reopen() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_due uuid[];
begin
  select array_agg(s.user_id) into v_due
    from app_private.streaks s
    where s.is_paid and s.longest >= (select min(c.days) from changed c);
  perform app_private.lock_points(coalesce(v_due, '{}'));
  update app_private.streaks s set is_paid = false where s.user_id = any (v_due);
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_streak_milestones__reopen() IS 'Has the runs that reach a new or changed milestone looked at again.';

CREATE FUNCTION app_private.tg_streaks__derive() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  new.last_day := upper(new.days) - 1;
  new.through_day := greatest(new.through_day, new.last_day);
  select s.frozen, s.freezes, s.run_length, s.longest, s.ends_on
    into new.frozen, new.freezes, new.run_length, new.longest, new.ends_on
    from app_private.streak_state(new.days, new.through_day) s;
  if tg_op = 'INSERT' or (old.days, old.frozen) is distinct from (new.days, new.frozen) then
    new.is_paid := false;
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION app_private.tg_streaks__derive() IS 'Derives everything of a streak from its days: no other value can be written, and none can be wrong.';

CREATE FUNCTION app_private.tg_submission_codes__mark_purged() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- One after the other: two purges that share a task's last pages would each still see the other's.
  perform 1
    from app_public.tasks t
    where t.id in (select s.task_id from gone g inner join app_public.submissions s on s.id = g.submission_id)
    order by t.id
    for update;
  update app_public.tasks t
    set purged_at = now()
    where t.purged_at is null
      and t.expires_at <= now()
      and t.id in (select s.task_id from gone g inner join app_public.submissions s on s.id = g.submission_id)
      and not exists (
        select from app_public.submissions s
            inner join app_public.submission_codes c on c.submission_id = s.id
          where s.task_id = t.id
      );
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_submission_codes__mark_purged() IS 'Notes on a task that the last of its pages has gone.';

CREATE FUNCTION app_private.tg_submissions__notify() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- Ids alone: whoever receives it reads the row under their own rights.
  perform pg_notify('submissions:' || new.task_id, json_build_object('id', new.id)::text);
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_submissions__notify() IS 'Tells those who watch a task that one of its submissions has changed.';

CREATE FUNCTION app_private.tg_submissions__queue_render() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.queue_render(new);
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_submissions__queue_render() IS 'Asks for the picture of a page as soon as there is one.';

CREATE FUNCTION app_private.tg_submissions__reveal_artifact() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update app_public.artifacts a set revealed_at = new.revealed_at where a.submission_id = new.id;
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_submissions__reveal_artifact() IS 'Seals and reveals a picture together with its submission.';

CREATE FUNCTION app_private.tg_tasks__forward_only() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if new.status < old.status or (old.status = 'pending' and new.status = 'dispatched') then
    raise exception 'A task moves forward one step at a time: not from % to %.', old.status, new.status
      using errcode = 'TB051', hint = 'pending, generated, dispatched.';
  end if;
  if old.status <> 'pending' and (new.title, new.prompt_text, new.theme, new.challenge_date, new.slot)
    is distinct from (old.title, old.prompt_text, old.theme, old.challenge_date, old.slot)
  then
    raise exception 'A task that was written is not rewritten.'
      using errcode = 'TB051', hint = 'Its text is what the models were asked.';
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION app_private.tg_tasks__forward_only() IS 'Lets a task''s status move forward only, and keeps its text once it is written. Errors: TB051.';

CREATE FUNCTION app_private.tg_tasks__queue_publishing() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- One job for all tasks that close at an instant, before the models' own jobs: people wait for the board.
  perform graphile_worker.add_job(
    'publish_boards', '{}', run_at => new.closes_at, job_key => 'publish_boards:' || extract(epoch from new.closes_at),
    max_attempts => 10, priority => -10
  );
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_tasks__queue_publishing() IS 'Has the boards published at the instant at which a task closes, whoever says when that is.';

CREATE FUNCTION app_private.tg_user_progress__fold() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if tg_op = 'UPDATE' then
    if (old.completed_at, old.completed_on) is not distinct from (new.completed_at, new.completed_on) then
      return null;
    elsif old.completed_at is not null then
      update app_public.daily_activity d
        set exercises_completed = d.exercises_completed - 1
        where d.user_id = old.user_id and d.day = old.completed_on;
      update app_private.period_scores s
        set solved = s.solved - 1
        from unnest(enum_range(null::app_public.period_kind)) k (kind)
        where s.kind = k.kind and s.starts_on = app_private.score_period(k.kind, old.completed_at) and s.user_id = old.user_id;
    end if;
  end if;
  if new.completed_at is not null then
    insert into app_public.daily_activity as d (user_id, day, exercises_completed)
      values (new.user_id, new.completed_on, 1)
      on conflict on constraint daily_activity_pkey do update set exercises_completed = d.exercises_completed + 1;
    insert into app_private.period_scores as s (kind, starts_on, user_id, solved, is_listed)
      select k.kind, app_private.score_period(k.kind, new.completed_at), new.user_id, 1, u.is_listed
        from app_public.users u
          cross join unnest(enum_range(null::app_public.period_kind)) k (kind)
        where u.id = new.user_id
      on conflict on constraint period_scores_pkey do update set solved = s.solved + 1;
  end if;
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_user_progress__fold() IS 'Counts a first solve in the totals of its day and its periods, and takes it out when it is none any more.';

CREATE FUNCTION app_private.tg_users__begin_points() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  insert into app_private.point_holders (id) values (new.id) on conflict on constraint point_holders_pkey do nothing;
  insert into app_public.user_badges (user_id, badge_name, earned_at)
    select new.id, b.name, new.created_at
      from app_public.badges b
      where b.required_points = 0 and b.required_exercises = 0
    on conflict on constraint user_badges_pkey do nothing;
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_users__begin_points() IS 'Makes room for a new member''s points, and gives them the badge that asks for nothing.';

CREATE FUNCTION app_private.tg_users__entomb_points() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tombstone uuid := gen_random_uuid();
begin
  perform app_private.lock_points(array[old.id]);
  insert into app_private.point_holders (id, erased_at) values (v_tombstone, now());
  update app_public.points_ledger l set user_id = v_tombstone where l.user_id = old.id;
  -- What stays is sums; nobody's place depends on them any more.
  with left_behind as (
    update app_private.period_scores s
      set user_id = v_tombstone, is_listed = false
      from unnest(enum_range(null::app_public.period_kind)) k (kind)
      where s.kind = k.kind and s.user_id = old.id
      returning with (old as o) s.kind, s.starts_on, o.is_listed as was_listed, s.points
  )
  insert into app_private.score_changes (kind, starts_on, was, now_has)
    select b.kind, b.starts_on, b.points, 0 from left_behind b where b.was_listed and b.points > 0;
  delete from app_private.point_holders h where h.id = old.id;
  return old;
end;
$$;

COMMENT ON FUNCTION app_private.tg_users__entomb_points() IS 'Passes an erased member''s points to a tombstone, so that the ledger and all sums of it still add up.';

CREATE FUNCTION app_private.tg_users__leave_battles() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- Locked first, as everywhere: whoever is just having a call made is waited for, and that call is seen below.
  perform app_private.end_battle(l.id, 'cancelled', 'Somebody has left.')
    from (
      select b.id from app_public.battles b
        where (b.challenger_id = old.id or b.opponent_id = old.id) and b.status in ('open', 'active')
        order by b.id
        for update
    ) l;
  delete from app_private.battle_judgements j
    using app_public.battles b
    where b.id = j.battle_id and (b.challenger_id = old.id or b.opponent_id = old.id);
  perform app_private.blank_calls(
    'battle',
    array(select b.id from app_public.battles b where b.challenger_id = old.id or b.opponent_id = old.id)
  );
  return old;
end;
$$;

COMMENT ON FUNCTION app_private.tg_users__leave_battles() IS 'Calls off the battles of a member who is erased, so that nobody waits for them, and forgets what they wrote in any and what was said of it.';

CREATE FUNCTION app_private.tg_users__leave_coach() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_batches constant uuid[] := array(
    select j.batch_id from app_public.queue_jobs j where j.user_id = old.id and j.batch_id is not null
  );
begin
  -- The wishes first: whoever is just having the call of such a batch made is waited for, and that call is seen below.
  perform from app_public.queue_jobs j where j.batch_id = any (v_batches) and j.status = 'running' order by j.id for update;
  -- The other members of a batch that is under way wait for another one, without the one who leaves: it was not their fault.
  update app_public.queue_jobs j
    set status = 'pending', batch_id = null, attempts = greatest(j.attempts - 1, 0), run_at = now(), error = null
    where j.batch_id = any (v_batches) and j.status = 'running' and j.user_id <> old.id;
  perform app_private.blank_calls('batch', v_batches);
  return old;
end;
$$;

COMMENT ON FUNCTION app_private.tg_users__leave_coach() IS 'Forgets what the coach was told of a member who is erased; who was in the same batch waits for another one.';

CREATE FUNCTION app_private.tg_users__limit_updates() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- What an operator changes is not the member's doing: whoever has used up their changes can still be suspended.
  if app_public.current_user_id() = new.id then
    perform app_private.require_member();
    perform app_private.take_rate('profile', new.id::text, 30, '1 hour');
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION app_private.tg_users__limit_updates() IS 'Lets a member in good standing change their profile 30 times an hour. Errors: TB002, TB006.';

CREATE FUNCTION app_private.tg_users__list_points() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform app_private.lock_points(array[new.id]);
  with turned as (
    update app_private.period_scores s
      set is_listed = new.is_listed
      where s.user_id = new.id and s.is_listed <> new.is_listed
      returning s.kind, s.starts_on, s.points
  )
  insert into app_private.score_changes (kind, starts_on, was, now_has)
    select t.kind, t.starts_on, case when new.is_listed then 0 else t.points end, case when new.is_listed then t.points else 0 end
      from turned t
      where t.points > 0;
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_users__list_points() IS 'Takes a member who hides, or is suspended, off every leaderboard, and puts one who shows themselves back.';

CREATE FUNCTION app_private.tg_users__notify() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- The id alone: any session can send a notification, so its receiver reads the row under its own rights.
  perform pg_notify('user:' || new.id, json_build_object('id', new.id)::text);
  return null;
end;
$$;

COMMENT ON FUNCTION app_private.tg_users__notify() IS 'Tells a member''s own subscribers that the profile has changed.';

CREATE FUNCTION app_private.time_bonus(points integer, expected_seconds integer, seconds_taken integer) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Whole within a quarter of the expected time, then a straight line down to nothing at its end.
  select round(
    points * least(1, greatest(0, (expected_seconds - seconds_taken) / (expected_seconds * 0.75)))
  )::integer;
$$;

COMMENT ON FUNCTION app_private.time_bonus(points integer, expected_seconds integer, seconds_taken integer) IS 'What is left of a time bonus after so many seconds.';

CREATE FUNCTION app_private.turn_verdict(verdict app_public.verdict, is_first_left boolean) RETURNS app_private.outcome
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (verdict = 'tie'::app_public.verdict) THEN 'tie'::app_private.outcome WHEN (verdict = 'both_bad'::app_public.verdict) THEN 'both_bad'::app_private.outcome WHEN ((verdict = 'left'::app_public.verdict) = is_first_left) THEN 'first'::app_private.outcome WHEN ((verdict = 'right'::app_public.verdict) = is_first_left) THEN 'second'::app_private.outcome ELSE NULL::app_private.outcome END;

COMMENT ON FUNCTION app_private.turn_verdict(verdict app_public.verdict, is_first_left boolean) IS 'What a verdict on left and right says of a match''s first and second model.';

CREATE FUNCTION app_private.unpaid_milestones(streak app_private.streaks) RETURNS TABLE(days integer, points integer, day date)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Once for each run: the ledger remembers the day, and a run that has grown at its other end is the same run.
  select m.days, m.points, d.day
    from app_private.active_runs(streak) r
      inner join app_private.streak_milestones m on m.days <= r.active
      cross join lateral (
        select lower(a.part) + n as day
          from unnest((streak).days * datemultirange(r.run)) a (part)
            cross join lateral generate_series(0, upper(a.part) - lower(a.part) - 1) n
          order by 1
          offset m.days - 1
          limit 1
      ) d
    where not exists (
      select from app_private.milestone_payments((streak).user_id) p where p.days = m.days and r.run @> p.day
    );
$$;

COMMENT ON FUNCTION app_private.unpaid_milestones(streak app_private.streaks) IS 'The milestones that a member''s runs have reached and were never paid for, with the day on which each was reached.';

CREATE FUNCTION app_private.usable_models(keys text[], has_rehearsal boolean) RETURNS TABLE(model_id uuid, is_usable boolean, reason text)
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select m.id, v.reason is null, v.reason
    from app_public.models m
      inner join app_private.providers p on p.name = m.provider
      cross join lateral (
        select case
          when not m.is_active then 'The model is not active.'
          when not p.is_enabled then format('The provider %s is switched off.', p.name)
          when p.is_rehearsal and not has_rehearsal then 'Rehearsal models take part only when there are no keys.'
          when not p.is_rehearsal and has_rehearsal then 'Real models do not take part in a rehearsal.'
          when p.api_key_env is not null and not p.is_rehearsal and not p.api_key_env = any (keys)
            then format('%s is not set.', p.api_key_env)
        end
      ) v (reason);
$$;

COMMENT ON FUNCTION app_private.usable_models(keys text[], has_rehearsal boolean) IS 'Which models can be asked now, given the names of the keys that are set, and why the others cannot.';

CREATE FUNCTION app_private.vote_anomalies(since timestamp with time zone, at timestamp with time zone DEFAULT now()) RETURNS TABLE(voter_id bigint, network_hash bytea, model_id uuid, votes integer, e_value double precision, is_flagged boolean)
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with cast_votes as materialized (
    select b.voter_id, v.network_hash, b.match_id, b.stratum, m.first_model_id, m.second_model_id, v.is_counted,
        case app_private.turn_verdict(v.verdict, b.is_first_left) when 'first' then 1.0 when 'tie' then 0.5 else 0 end::float8 as score
      from app_public.votes v
        inner join app_public.ballots b on b.id = v.ballot_id
        inner join app_private.matches m on m.id = b.match_id
      where v.created_at >= since and v.created_at <= vote_anomalies.at and v.verdict <> 'both_bad'
  ), pairs as (
    select m.id as match_id, c.stratum,
        sum(c.votes)::float8 as votes,
        sum(case c.outcome when 'first' then c.votes when 'tie' then c.votes / 2.0 else 0 end)::float8 as score
      from app_private.pair_counts c
        inner join app_private.matches m using (task_id, first_model_id, second_model_id)
      where c.outcome <> 'both_bad' and m.id in (select v.match_id from cast_votes v)
      group by m.id, c.stratum
  ), groups as (
    select v.voter_id, null::bytea as network_hash, v.match_id, v.stratum, v.first_model_id, v.second_model_id, v.score, v.is_counted
      from cast_votes v
    union all
    select null, v.network_hash, v.match_id, v.stratum, v.first_model_id, v.second_model_id, v.score, v.is_counted
      from cast_votes v
      where v.network_hash is not null
  ), owned as (
    select g.*,
        count(*) filter (where g.is_counted) over own as own_votes,
        coalesce(sum(g.score) filter (where g.is_counted) over own, 0) as own_score
      from groups g
      window own as (partition by g.voter_id, g.network_hash, g.match_id, g.stratum)
  ), expected as (
    select o.voter_id, o.network_hash, o.first_model_id, o.second_model_id, o.score,
        -- Two votes' worth of the models' strengths; never quite 0 nor 1.
        (2 / (1 + exp(greatest(least(coalesce(b.theta, 0) - coalesce(a.theta, 0), 20), -20)))
          + greatest(coalesce(p.score, 0) - o.own_score, 0))
          / (2 + greatest(coalesce(p.votes, 0) - o.own_votes, 0)) as chance
      from owned o
        left join pairs p on p.match_id = o.match_id and p.stratum = o.stratum
        left join app_private.pairing_strengths a on a.model_id = o.first_model_id
        left join app_private.pairing_strengths b on b.model_id = o.second_model_id
  ), sides as (
    select e.voter_id, e.network_hash, e.first_model_id as model_id, e.score - e.chance as surprise from expected e
    union all
    select e.voter_id, e.network_hash, e.second_model_id, e.chance - e.score from expected e
  ), evidence as (
    select s.voter_id, s.network_hash, s.model_id, count(*)::integer as votes,
        app_private.e_value(sum(ln(1 + s.surprise)), sum(ln(1 - s.surprise))) as e_value
      from sides s
      group by s.voter_id, s.network_hash, s.model_id
  )
  select e.voter_id, e.network_hash, e.model_id, e.votes, e.e_value,
      e.e_value >= (select count(distinct s.model_id) from sides s) / (select t.flag_level from app_private.arena_settings t)
    from evidence e;
$$;

COMMENT ON FUNCTION app_private.vote_anomalies(since timestamp with time zone, at timestamp with time zone) IS 'How surprising the votes of each voter, and of each network, on each model are. Of the honest, a share of flag_level at most is flagged, whenever and however often one looks.';

CREATE FUNCTION app_private.vote_health(since timestamp with time zone DEFAULT (now() - '2 days'::interval)) RETURNS TABLE(hour_at timestamp with time zone, received integer, counted integer, share double precision, is_alarm boolean)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select h.hour_at, h.received, h.counted, h.counted / h.received::float8, h.received >= 20 and h.counted < 0.7 * h.received
    from (
      select date_bin('1 hour', v.created_at, timestamptz '2000-01-01 00:00:00+00') as hour_at,
          count(*)::integer as received, count(*) filter (where v.is_counted)::integer as counted
        from app_public.votes v
        where v.created_at >= since
        group by 1
    ) h
    order by h.hour_at;
$$;

COMMENT ON FUNCTION app_private.vote_health(since timestamp with time zone) IS 'How many votes came in each hour and how many of them count: less than 70 of 100 is an alarm, since a broken check throws honest votes away.';

CREATE FUNCTION app_private.voter_lock(voter_id bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN hashtextextended(('voter:'::text || (voter_id)::text), (0)::bigint);

COMMENT ON FUNCTION app_private.voter_lock(voter_id bigint) IS 'The advisory lock of a voter: votes share it until they are committed; whoever draws for the voter or excludes them takes it alone.';

CREATE FUNCTION app_private.votes_csv(first_day date DEFAULT '-infinity'::date, last_day date DEFAULT 'infinity'::date, is_rehearsal boolean DEFAULT NULL::boolean) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select 'day,slot,task,theme,stratum,left,right,verdict,propensity,hour_at,voter,number'
  union all
  (
    select concat_ws(',', e.challenge_date, e.slot, e.task_id, e.theme, e.stratum, e.left_model, e.right_model, e.verdict, e.propensity,
        to_char(e.hour_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI"Z"'), e.voter, e.number)
      from app_private.exported_votes e
      where e.challenge_date between first_day and last_day and e.is_rehearsal = coalesce(votes_csv.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
      order by e.closes_at, e.task_id, e.number
  );
$$;

COMMENT ON FUNCTION app_private.votes_csv(first_day date, last_day date, is_rehearsal boolean) IS 'Every counted vote on closed tasks of some days as lines of CSV, the first of them the header. No value holds a comma or a quote.';

CREATE FUNCTION app_private.votes_json(first_day date DEFAULT '-infinity'::date, last_day date DEFAULT 'infinity'::date, is_rehearsal boolean DEFAULT NULL::boolean) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select json_build_object(
      'day', e.challenge_date, 'slot', e.slot, 'task', e.task_id, 'theme', e.theme, 'stratum', e.stratum,
      'left', e.left_model, 'right', e.right_model, 'verdict', e.verdict, 'propensity', e.propensity,
      'hour_at', to_char(e.hour_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI"Z"'), 'voter', e.voter, 'number', e.number
    )::text
    from app_private.exported_votes e
    where e.challenge_date between first_day and last_day and e.is_rehearsal = coalesce(votes_json.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
    order by e.closes_at, e.task_id, e.number;
$$;

COMMENT ON FUNCTION app_private.votes_json(first_day date, last_day date, is_rehearsal boolean) IS 'Every counted vote on closed tasks of some days, one JSON object to a line.';

CREATE FUNCTION app_private.votes_judged_since(exclusion_id bigint) RETURNS TABLE(ballot_id uuid, was_counted boolean, task_id uuid, first_model_id uuid, second_model_id uuid, outcome app_private.outcome)
    LANGUAGE plpgsql STABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- Nearly always: then no vote is looked at, however many there are.
  if not exists (select from app_private.exclusions e where e.id > votes_judged_since.exclusion_id) then
    return;
  end if;
  return query
    with judged as (
      select e.voter_id, e.network_hash from app_private.exclusions e where e.id > votes_judged_since.exclusion_id
    ), votes as (
      select b.id
        from (select distinct j.voter_id from judged j) j
          cross join lateral (select o.id from app_public.ballots o where o.voter_id = j.voter_id offset 0) b
      union
      select v.ballot_id
        from (select distinct j.network_hash from judged j) j
          cross join lateral (select o.ballot_id from app_public.votes o where o.network_hash = j.network_hash offset 0) v
    ), stood as (
      select v.*, b.match_id, b.is_first_left,
          not exists (
            select from app_private.vote_checks c where c.ballot_id = v.ballot_id and c.state = 'fail' and c.kind not in ('voter', 'network')
          ) and not coalesce((
            select e.is_excluded from app_private.exclusions e
              where e.voter_id = b.voter_id and e.id <= votes_judged_since.exclusion_id
              order by e.id desc limit 1
          ), false) and not coalesce((
            select e.is_excluded from app_private.exclusions e
              where e.network_hash = v.network_hash and e.id <= votes_judged_since.exclusion_id
              order by e.id desc limit 1
          ), false) as was_counted
        from votes o
          inner join app_public.votes v on v.ballot_id = o.id
          inner join app_public.ballots b on b.id = v.ballot_id
        where b.stratum = 'sealed'
    )
    select s.ballot_id, s.was_counted, m.task_id, m.first_model_id, m.second_model_id, app_private.turn_verdict(s.verdict, s.is_first_left)
      from stood s
        inner join app_private.matches m on m.id = s.match_id
      where s.was_counted <> s.is_counted;
end;
$$;

COMMENT ON FUNCTION app_private.votes_judged_since(exclusion_id bigint) IS 'Votes on sealed tasks that count otherwise now than when this exclusion was the last one: the log says who was excluded then.';

CREATE FUNCTION app_private.worker_arrives(id integer, pool_id text, host text, process_id integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id integer := worker_arrives.id;
begin
  if v_id is null then
    -- The row and the lock appear together at commit: nobody sees a worker that seems dead because it is not yet locked.
    insert into app_private.workers as w (pool_id, host, process_id)
      values (worker_arrives.pool_id, worker_arrives.host, worker_arrives.process_id)
      returning w.id into v_id;
    perform pg_advisory_lock(app_private.worker_lock(), v_id);
  else
    -- The connection that held the lock was lost: the same worker takes it anew. First the lock, since it may have to
    -- wait until the server notices the loss, and nobody's beat should have to wait for the row meanwhile.
    perform pg_advisory_lock(app_private.worker_lock(), v_id);
    insert into app_private.workers as w (id, pool_id, host, process_id)
      overriding system value
      values (v_id, worker_arrives.pool_id, worker_arrives.host, worker_arrives.process_id)
      on conflict on constraint workers_pkey do update set seen_at = clock_timestamp();
  end if;
  return v_id;
end;
$$;

COMMENT ON FUNCTION app_private.worker_arrives(id integer, pool_id text, host text, process_id integer) IS 'Registers a worker and takes its lock for as long as the calling session lives; returns its id.';

CREATE FUNCTION app_private.worker_beat(id integer, pool_id text, dead_after interval DEFAULT '00:00:30'::interval) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_dead text[];
begin
  update app_private.workers w
    set seen_at = clock_timestamp(), pool_id = worker_beat.pool_id
    where w.id = worker_beat.id;
  -- Dead is who was not heard of for a while AND whose lock can be taken: a cut connection alone proves nothing.
  with dead as materialized (
    select w.id, w.pool_id
      from app_private.workers w
      where w.id <> worker_beat.id
        and case -- in this order: a lock that is only tried still keeps others waiting
          when w.seen_at < clock_timestamp() - worker_beat.dead_after
            then pg_try_advisory_xact_lock(app_private.worker_lock(), w.id)
          else false
        end
  ), gone as (
    delete from app_private.workers w using dead where w.id = dead.id returning w.pool_id
  )
  -- With them go locks under a name that no worker bears: of one that was removed by hand, or of an older version.
  select array_agg(s.pool_id) into v_dead
    from (
      select g.pool_id from gone g where g.pool_id is not null
      union
      select j.locked_by
        from graphile_worker.jobs j
        where j.locked_at < clock_timestamp() - worker_beat.dead_after
          and j.locked_by is distinct from worker_beat.pool_id
          and not exists (select from app_private.workers w where w.pool_id = j.locked_by)
    ) s;
  if v_dead is not null then
    perform graphile_worker.force_unlock_workers(v_dead);
  end if;
  return coalesce(v_dead, '{}');
end;
$$;

COMMENT ON FUNCTION app_private.worker_beat(id integer, pool_id text, dead_after interval) IS 'Says that a worker lives, and frees the jobs of those that do not; returns the names of the dead.';

CREATE FUNCTION app_private.worker_leaves(id integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  delete from app_private.workers w where w.id = worker_leaves.id;
$$;

COMMENT ON FUNCTION app_private.worker_leaves(id integer) IS 'Takes a worker that has stopped off the list.';

CREATE FUNCTION app_private.worker_lock() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select 29794; -- 'tb': the class of the workers' advisory locks
$$;

COMMENT ON FUNCTION app_private.worker_lock() IS 'The class of the advisory locks that say which worker lives.';

CREATE FUNCTION app_private.writer_prompt(task_id uuid, model_id uuid) RETURNS TABLE(version text, system text, template text, api_model text, params jsonb)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select p.version, p.system, p.template, m.api_model, m.params
    from app_private.pick_prompt('writer', writer_prompt.task_id) p
      cross join app_public.models m
    where m.id = writer_prompt.model_id;
$$;

COMMENT ON FUNCTION app_private.writer_prompt(task_id uuid, model_id uuid) IS 'What a model needs to be told to write a task.';

CREATE FUNCTION app_public.accept_battle(battle_id uuid) RETURNS app_public.battles
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles := app_private.own_battle(accept_battle.battle_id, v_user_id);
begin
  if v_battle.status <> 'open' or v_battle.opponent_id <> v_user_id or v_battle.challenger_id is null or v_battle.due_at <= now() then
    raise exception 'This battle is not yours to accept.'
      using errcode = 'TB093', hint = 'The one who was challenged accepts, within a week.';
  end if;
  perform app_private.require_problem(p.slug, v_user_id) from app_public.problems p where p.id = v_battle.problem_id;
  -- The seats in one order, so that two who accept at once do not wait for each other in a ring.
  insert into app_private.battle_seats (battle_id, user_id, live)
    select v_battle.id, i.user_id, tstzrange(now(), null)
      from unnest(array[v_battle.challenger_id, v_battle.opponent_id]) i (user_id)
      order by i.user_id;
  update app_public.battles b
    set status = 'active', accepted_at = now(), due_at = now() + interval '1 day'
    where b.id = v_battle.id
    returning * into v_battle;
  return v_battle;
end;
$$;

COMMENT ON FUNCTION app_public.accept_battle(battle_id uuid) IS '@resultFieldName battle
Accepts a challenge: both have a day to answer. Errors: TB001, TB002, TB080, TB081, TB093, TB094, TB095.';

CREATE FUNCTION app_public.answer_battle(battle_id uuid, answer text) RETURNS app_public.battles
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles := app_private.own_battle(answer_battle.battle_id, v_user_id);
  v_seat_id uuid;
  v_minimum_length integer;
begin
  update app_private.battle_seats s
    set body = answer_battle.answer, answered_at = now()
    where s.battle_id = v_battle.id and s.user_id = v_user_id and s.body is null
      and v_battle.status = 'active' and v_battle.due_at > now()
    returning s.id into v_seat_id;
  if not found then
    raise exception 'This battle takes no answer of yours.'
      using errcode = 'TB096', hint = 'It is accepted first, and takes one answer of each within a day.';
  end if;
  select p.minimum_length into strict v_minimum_length from app_public.problems p where p.id = v_battle.problem_id;
  -- What is too little to be judged asks no model, and costs no tokens: it loses.
  if app_private.content_length(answer_battle.answer) >= v_minimum_length then
    perform app_private.reserve_tokens(
      v_user_id, 'battle', v_seat_id, app_private.battle_estimate(v_battle.problem_id, answer_battle.answer)
    );
  end if;
  if exists (select from app_private.battle_seats s where s.battle_id = v_battle.id and s.body is null) then
    return v_battle;
  end if;
  if app_private.judge_battle_by_rule(v_battle.id) then
    select b.* into strict v_battle from app_public.battles b where b.id = v_battle.id;
  else
    perform graphile_worker.add_job(
      'judge_battle',
      json_build_object('battleId', v_battle.id),
      max_attempts => 8,
      job_key => 'battle:' || v_battle.id
    );
  end if;
  return v_battle;
end;
$$;

COMMENT ON FUNCTION app_public.answer_battle(battle_id uuid, answer text) IS '@resultFieldName battle
Hands in the answer to a battle, once; when both are in they are judged. Errors: TB001, TB002, TB085, TB08B, TB091, TB095, TB096, TB097.';

CREATE TABLE app_public.artifacts (
    submission_id uuid NOT NULL,
    status app_public.artifact_status DEFAULT 'queued'::app_public.artifact_status NOT NULL,
    reason text,
    image_sha256 bytea,
    thumb_sha256 bytea,
    width integer,
    height integer,
    console jsonb DEFAULT '[]'::jsonb NOT NULL,
    errors jsonb DEFAULT '[]'::jsonb NOT NULL,
    is_blank boolean,
    is_moving boolean,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    rendered_at timestamp with time zone,
    revealed_at timestamp with time zone NOT NULL,
    CONSTRAINT artifacts_console_cut CHECK (((jsonb_typeof(console) = 'array'::text) AND (jsonb_array_length(console) <= 50) AND (char_length((console)::text) <= 40000))),
    CONSTRAINT artifacts_end_has_reason CHECK (((status <> ALL (ARRAY['skipped'::app_public.artifact_status, 'failed'::app_public.artifact_status])) OR (reason IS NOT NULL))),
    CONSTRAINT artifacts_end_is_dated CHECK (((status = ANY (ARRAY['queued'::app_public.artifact_status, 'running'::app_public.artifact_status])) = (rendered_at IS NULL))),
    CONSTRAINT artifacts_errors_cut CHECK (((jsonb_typeof(errors) = 'array'::text) AND (jsonb_array_length(errors) <= 20) AND (char_length((errors)::text) <= 20000))),
    CONSTRAINT artifacts_reason_short CHECK ((char_length(reason) <= 500)),
    CONSTRAINT artifacts_rendered_whole CHECK (((status = 'rendered'::app_public.artifact_status) = ((image_sha256 IS NOT NULL) AND (thumb_sha256 IS NOT NULL) AND (width IS NOT NULL) AND (height IS NOT NULL) AND (is_blank IS NOT NULL) AND (is_moving IS NOT NULL)))),
    CONSTRAINT artifacts_size_sane CHECK ((((width >= 1) AND (width <= 8192)) AND ((height >= 1) AND (height <= 8192)))),
    CONSTRAINT artifacts_start_is_dated CHECK (((status <> 'running'::app_public.artifact_status) OR (started_at IS NOT NULL)))
);

COMMENT ON TABLE app_public.artifacts IS 'What a submission''s page looks like: rendered once, in a browser with no way out.';

COMMENT ON COLUMN app_public.artifacts.submission_id IS 'The submission.';

COMMENT ON COLUMN app_public.artifacts.status IS 'How far it is.';

COMMENT ON COLUMN app_public.artifacts.reason IS 'Why there is no picture.';

COMMENT ON COLUMN app_public.artifacts.image_sha256 IS 'SHA-256 of the picture; see imageUrl.';

COMMENT ON COLUMN app_public.artifacts.thumb_sha256 IS 'SHA-256 of the small picture; see thumbUrl.';

COMMENT ON COLUMN app_public.artifacts.width IS 'Width of the picture, in pixels.';

COMMENT ON COLUMN app_public.artifacts.height IS 'Height of the picture, in pixels.';

COMMENT ON COLUMN app_public.artifacts.console IS 'What the page wrote to its console, cut: a list of level and text. Untrusted.';

COMMENT ON COLUMN app_public.artifacts.errors IS 'Errors that the page did not catch, cut: a list of texts. Untrusted.';

COMMENT ON COLUMN app_public.artifacts.is_blank IS 'Whether the picture holds one colour only.';

COMMENT ON COLUMN app_public.artifacts.is_moving IS 'Whether the page looked different a moment later.';

COMMENT ON COLUMN app_public.artifacts.created_at IS 'When it was queued.';

COMMENT ON COLUMN app_public.artifacts.started_at IS 'When a browser last began with it.';

COMMENT ON COLUMN app_public.artifacts.rendered_at IS 'When its end was known.';

COMMENT ON COLUMN app_public.artifacts.revealed_at IS 'From when everybody may see whose it is.';

CREATE FUNCTION app_public.artifacts_image_url(artifact app_public.artifacts) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select '/images/' || encode(artifact.image_sha256, 'hex') || '.webp';
$$;

COMMENT ON FUNCTION app_public.artifacts_image_url(artifact app_public.artifacts) IS 'Address of the picture, on the origin of this API; null where there is none.';

CREATE FUNCTION app_public.artifacts_live_url(artifact app_public.artifacts) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Read under the caller's own rights: a page that is sealed, expired or purged has no address.
  select coalesce(current_setting('app.sandbox_url', true), '') || '/p/' || encode(s.html_sha256, 'hex')
    from app_public.submissions s
      inner join app_public.submission_codes c on c.submission_id = s.id
    where s.id = artifact.submission_id and s.revealed_at <= now() and c.expires_at > now();
$$;

COMMENT ON FUNCTION app_public.artifacts_live_url(artifact app_public.artifacts) IS 'Address of the live page on the second origin, for a frame with sandbox="allow-scripts" alone; null when it is not shown any more.';

CREATE FUNCTION app_public.artifacts_thumb_url(artifact app_public.artifacts) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select '/images/' || encode(artifact.thumb_sha256, 'hex') || '.webp';
$$;

COMMENT ON FUNCTION app_public.artifacts_thumb_url(artifact app_public.artifacts) IS 'Address of the small picture, on the origin of this API; null where there is none.';

CREATE FUNCTION app_public.battle_answers(battle_id uuid) RETURNS TABLE(user_id uuid, answer text, answered_at timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_public.battle_answers(battle_id uuid) IS 'The answers to a battle of one''s own: one''s own at any time, the other''s once it is decided. Errors: TB001, TB002.';

CREATE FUNCTION app_public.cancel_battle(battle_id uuid) RETURNS app_public.battles
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
  v_battle app_public.battles := app_private.own_battle(cancel_battle.battle_id, v_user_id);
begin
  if v_battle.status not in ('open', 'active')
    or exists (select from app_private.battle_seats s where s.battle_id = v_battle.id and s.body is not null)
  then
    raise exception 'This battle can not be called off any more.'
      using errcode = 'TB098', hint = 'Somebody has answered, or it is over.';
  end if;
  return app_private.end_battle(
    v_battle.id,
    'cancelled',
    case when v_battle.status = 'open' and v_battle.opponent_id = v_user_id then 'The challenge was declined.' else 'It was called off.' end
  );
end;
$$;

COMMENT ON FUNCTION app_public.cancel_battle(battle_id uuid) IS '@resultFieldName battle
Declines a challenge, or takes back a battle that nobody has answered yet. Errors: TB001, TB002, TB095, TB098.';

CREATE FUNCTION app_public.cast_vote(ballot_id uuid, verdict app_public.verdict, dwell_ms integer DEFAULT NULL::integer) RETURNS app_public.vote_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if app_public.current_user_id() is not null then
    perform app_private.require_member();
  end if;
  return app_private.cast_vote(
    app_public.current_voter_id(),
    app_private.network_hash(current_setting('app.network', true)),
    cast_vote.ballot_id,
    cast_vote.verdict,
    greatest(cast_vote.dwell_ms, 0)
  );
end;
$$;

COMMENT ON FUNCTION app_public.cast_vote(ballot_id uuid, verdict app_public.verdict, dwell_ms integer) IS '@resultFieldName vote
Uses up the voter''s ballot and says how others voted on that pair. Errors: TB001, TB002, TB074, TB075, TB076, TB077.';

CREATE FUNCTION app_public.challenge_member(username text, problem_slug text) RETURNS app_public.battles
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_public.challenge_member(username text, problem_slug text) IS '@resultFieldName battle
Challenges another member to a problem. Errors: TB001, TB002, TB006, TB080, TB081, TB092.';

CREATE FUNCTION app_public.current_user_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select nullif(current_setting('app.user_id', true), '')::uuid;
$$;

COMMENT ON FUNCTION app_public.current_user_id() IS '@behavior -queryField
Who is asking: the signed-in member''s id, or null.';

CREATE FUNCTION app_public.current_voter_id() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select case
    when app_public.current_user_id() is not null then
      (select v.id from app_private.voters v where v.user_id = app_public.current_user_id())
    when current_setting('app.visitor', true) <> '' then
      (select v.id from app_private.voters v where v.visitor_hash = sha256(convert_to(current_setting('app.visitor'), 'UTF8')))
  end;
$$;

COMMENT ON FUNCTION app_public.current_voter_id() IS '@behavior -queryField
Who is voting: the member, or else the visitor whose cookie the server has checked; null before their first ballot.';

CREATE FUNCTION app_public.draw_ballot(task_id uuid DEFAULT NULL::uuid) RETURNS app_public.drawn_ballot
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_ballot app_public.ballots;
begin
  if app_public.current_user_id() is not null then
    perform app_private.require_member();
  end if;
  -- A visitor who is forgotten just before the draw has hold of them is made anew: nobody else can forget that one yet.
  loop
    v_ballot := app_private.draw_ballot(
      app_private.ensure_voter(),
      app_private.network_hash(current_setting('app.network', true)),
      draw_ballot.task_id
    );
    exit when v_ballot.id is not null;
  end loop;
  return (
    v_ballot.id, v_ballot.task_id, v_ballot.stratum, v_ballot.served_at, v_ballot.expires_at,
    app_private.ballot_side(v_ballot.id, 'left'), app_private.ballot_side(v_ballot.id, 'right')
  )::app_public.drawn_ballot;
end;
$$;

COMMENT ON FUNCTION app_public.draw_ballot(task_id uuid) IS '@resultFieldName ballot
Gives the voter one open ballot, the same until it is used or expires, whatever task is asked for; else a new one, of a sealed task or of the given one. Errors: TB001, TB002, TB071, TB073, TB078.';

CREATE FUNCTION app_public.erase_me(username text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
begin
  if not exists (
    select from app_public.users u
      where u.id = v_user_id and u.username = erase_me.username collate app_public.ci
  ) then
    raise exception 'Nothing was erased: that is not your username.'
      using errcode = 'TB014', hint = 'Repeat your own username to confirm. Erasing cannot be undone.';
  end if;
  return app_private.erase_account(v_user_id);
end;
$$;

COMMENT ON FUNCTION app_public.erase_me(username text) IS '@resultFieldName isErased
Forgets the signed-in member for good; their username, repeated, confirms it. Errors: TB001, TB002, TB014, TB091.';

CREATE FUNCTION app_public.export_my_data() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
begin
  return jsonb_build_object(
    'profile', (select to_jsonb(u) from app_public.users u where u.id = v_user_id),
    'account', (select to_jsonb(a) - 'user_id' from app_private.accounts a where a.user_id = v_user_id),
    'time_zone_changes', (
      select coalesce(jsonb_agg(to_jsonb(c) - 'user_id' order by c.changed_at), '[]')
        from app_private.time_zone_changes c
        where c.user_id = v_user_id
    ),
    'votes', (
      select coalesce(jsonb_agg(jsonb_build_object(
          'task_id', b.task_id, 'verdict', v.verdict, 'dwell_ms', v.dwell_ms, 'created_at', v.created_at
        ) order by v.created_at), '[]')
        from app_private.voters w
          inner join app_public.ballots b on b.voter_id = w.id
          inner join app_public.votes v on v.ballot_id = b.id
        where w.user_id = v_user_id
    ),
    'attempts', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.started_at), '[]')
        from app_public.attempts x
        where x.user_id = v_user_id
    ),
    'answers', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.answered_at), '[]')
        from app_public.answers x
        where x.user_id = v_user_id
    ),
    'verdicts', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.created_at, x.id), '[]')
        from app_public.verdicts x
        where x.user_id = v_user_id
    ),
    'judge_replies', (
      select coalesce(jsonb_agg(jsonb_build_object('subject_id', x.subject_id, 'state', x.state, 'score', x.score, 'feedback', case when not x.has_leaked then x.feedback end, 'tokens', x.tokens, 'created_at', x.created_at) order by x.created_at, x.call_id), '[]')
        from app_private.judge_replies x
        where x.user_id = v_user_id and x.purpose = 'answer' -- not what is kept back from them, and no run in shadow
    ),
    'judgings', (
      select coalesce(jsonb_agg(jsonb_build_object('answer_id', x.answer_id, 'state', x.state, 'finished_at', x.finished_at) order by x.id), '[]')
        from app_private.judgings x
        where x.user_id = v_user_id
    ),
    'answer_keys', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.created_at, x.key), '[]')
        from app_private.answer_keys x
        where x.user_id = v_user_id
    ),
    'token_days', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.day), '[]')
        from app_private.token_days x
        where x.user_id = v_user_id
    ),
    'token_reservations', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.id), '[]')
        from app_private.token_reservations x
        where x.user_id = v_user_id
    ),
    'ai_usage_metrics', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.day, x.purpose), '[]')
        from app_private.ai_usage_metrics x
        where x.user_id = v_user_id
    ),
    'points', (
      select coalesce(jsonb_agg(to_jsonb(l) - 'user_id' order by l.id), '[]') from app_public.points_ledger l where l.user_id = v_user_id
    ),
    'progress', (
      select coalesce(jsonb_agg(to_jsonb(p) - 'user_id' order by p.first_attempt_at), '[]')
        from app_public.user_progress p
        where p.user_id = v_user_id
    ),
    'daily_activity', (
      select coalesce(jsonb_agg(to_jsonb(d) - 'user_id' order by d.day), '[]') from app_public.daily_activity d where d.user_id = v_user_id
    ),
    'streak', (select to_jsonb(s) - 'user_id' from app_private.streaks s where s.user_id = v_user_id),
    'badges', (
      select coalesce(jsonb_agg(to_jsonb(b) - 'user_id' order by b.earned_at), '[]') from app_public.user_badges b where b.user_id = v_user_id
    ),
    'achievements', (
      select coalesce(jsonb_agg(to_jsonb(a) - 'user_id' order by a.earned_at), '[]')
        from app_public.user_achievements a
        where a.user_id = v_user_id
    ),
    'scores', (
      select coalesce(jsonb_agg(to_jsonb(s) - 'user_id' order by s.kind, s.starts_on), '[]')
        from app_private.period_scores s
        where s.user_id = v_user_id
    ),
    'final_standings', (
      select coalesce(jsonb_agg(to_jsonb(f) - 'user_id' order by f.kind, f.starts_on), '[]')
        from app_public.final_standings f
        where f.user_id = v_user_id
    ),
    'battles', (
      select coalesce(jsonb_agg(to_jsonb(b) order by b.created_at), '[]')
        from app_public.battles b
        where b.challenger_id = v_user_id or b.opponent_id = v_user_id
    ),
    'battle_answers', (
      select coalesce(jsonb_agg(to_jsonb(s) - 'user_id' - 'live' - 'id' order by s.answered_at), '[]')
        from app_private.battle_seats s
        where s.user_id = v_user_id
    ),
    'shared_cards', (
      select coalesce(jsonb_agg(to_jsonb(c) - 'user_id' - 'token' order by c.created_at), '[]')
        from app_private.shareable_progress c
        where c.user_id = v_user_id
    ),
    'coaching', (
      select coalesce(jsonb_agg(to_jsonb(j) - 'user_id' - 'input_hash' order by j.created_at), '[]')
        from app_public.queue_jobs j
        where j.user_id = v_user_id
    )
  );
end;
$$;

COMMENT ON FUNCTION app_public.export_my_data() IS 'Everything that is kept about the signed-in member, as JSON. Errors: TB001, TB002.';

CREATE TABLE app_private.folded_tasks (
    task_id uuid NOT NULL,
    "position" bigint NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    votes integer NOT NULL,
    folded_at timestamp with time zone DEFAULT now() NOT NULL,
    exclusion_id bigint NOT NULL,
    elo_k double precision NOT NULL,
    elo_start double precision NOT NULL
);

COMMENT ON TABLE app_private.folded_tasks IS 'Sealed tasks that have closed and are in what is published, in the order of their closing.';

COMMENT ON COLUMN app_private.folded_tasks.task_id IS 'The task.';

COMMENT ON COLUMN app_private.folded_tasks."position" IS 'Its place in the order.';

COMMENT ON COLUMN app_private.folded_tasks.closes_at IS 'When it closed.';

COMMENT ON COLUMN app_private.folded_tasks.votes IS 'Counted votes that moved a rating.';

COMMENT ON COLUMN app_private.folded_tasks.folded_at IS 'When it was folded.';

COMMENT ON COLUMN app_private.folded_tasks.exclusion_id IS 'The last exclusion that was known then: a later one means that all is folded anew.';

COMMENT ON COLUMN app_private.folded_tasks.elo_k IS 'How far a vote moved Elo: another setting means the same.';

COMMENT ON COLUMN app_private.folded_tasks.elo_start IS 'Where Elo began: another setting means the same.';

CREATE TABLE app_private.pair_counts (
    task_id uuid NOT NULL,
    first_model_id uuid NOT NULL,
    second_model_id uuid NOT NULL,
    stratum app_public.stratum NOT NULL,
    outcome app_private.outcome NOT NULL,
    votes integer NOT NULL,
    uncounted integer DEFAULT 0 NOT NULL,
    CONSTRAINT pair_counts_not_negative CHECK (((votes >= 0) AND (uncounted >= 0)))
)
WITH (fillfactor='50');

COMMENT ON TABLE app_private.pair_counts IS 'How often each pair of a task ended how: the counted votes, added up. All ratings are made of this.';

COMMENT ON COLUMN app_private.pair_counts.task_id IS 'The task.';

COMMENT ON COLUMN app_private.pair_counts.first_model_id IS 'The model with the lesser id.';

COMMENT ON COLUMN app_private.pair_counts.second_model_id IS 'The other model.';

COMMENT ON COLUMN app_private.pair_counts.stratum IS 'Whether the models were unknown when the ballots were drawn.';

COMMENT ON COLUMN app_private.pair_counts.outcome IS 'How it ended.';

COMMENT ON COLUMN app_private.pair_counts.votes IS 'How often.';

COMMENT ON COLUMN app_private.pair_counts.uncounted IS 'How many more votes said so and do not count.';

CREATE MATERIALIZED VIEW app_private.head_to_head AS
 SELECT s.model_id,
    s.opponent_id,
    s.theme,
    s.wins,
    s.losses,
    s.ties,
    s.both_bad,
    s.tasks,
    (
        CASE
            WHEN (s.votes > 0) THEN (((s.wins)::numeric + ((s.ties)::numeric / 2.0)) / (s.votes)::numeric)
            ELSE NULL::numeric
        END)::double precision AS win_rate,
    (
        CASE
            WHEN (s.votes > 0) THEN ((((((s.wins)::numeric + ((s.ties)::numeric / 2.0)) / (s.votes)::numeric) + (z.q / ((2 * s.votes))::numeric)) - (sqrt((z.q * (((((s.wins)::numeric + ((s.ties)::numeric / 2.0)) * ((s.losses)::numeric + ((s.ties)::numeric / 2.0))) / (s.votes)::numeric) + (z.q / (4)::numeric)))) / (s.votes)::numeric)) / ((1)::numeric + (z.q / (s.votes)::numeric)))
            ELSE NULL::numeric
        END)::double precision AS win_rate_low,
    (
        CASE
            WHEN (s.votes > 0) THEN ((((((s.wins)::numeric + ((s.ties)::numeric / 2.0)) / (s.votes)::numeric) + (z.q / ((2 * s.votes))::numeric)) + (sqrt((z.q * (((((s.wins)::numeric + ((s.ties)::numeric / 2.0)) * ((s.losses)::numeric + ((s.ties)::numeric / 2.0))) / (s.votes)::numeric) + (z.q / (4)::numeric)))) / (s.votes)::numeric)) / ((1)::numeric + (z.q / (s.votes)::numeric)))
            ELSE NULL::numeric
        END)::double precision AS win_rate_high
   FROM (( SELECT d.model_id,
            d.opponent_id,
            a.theme,
            (sum(d.wins))::integer AS wins,
            (sum(d.losses))::integer AS losses,
            (sum(p.ties))::integer AS ties,
            (sum(p.both_bad))::integer AS both_bad,
            (sum(p.tasks))::integer AS tasks,
            (sum(((d.wins + d.losses) + p.ties)))::integer AS votes
           FROM ((( SELECT t.theme,
                    c.first_model_id,
                    c.second_model_id,
                    count(DISTINCT c.task_id) AS tasks,
                    COALESCE(sum(c.votes) FILTER (WHERE (c.outcome = 'first'::app_private.outcome)), (0)::bigint) AS first_wins,
                    COALESCE(sum(c.votes) FILTER (WHERE (c.outcome = 'second'::app_private.outcome)), (0)::bigint) AS second_wins,
                    COALESCE(sum(c.votes) FILTER (WHERE (c.outcome = 'tie'::app_private.outcome)), (0)::bigint) AS ties,
                    COALESCE(sum(c.votes) FILTER (WHERE (c.outcome = 'both_bad'::app_private.outcome)), (0)::bigint) AS both_bad
                   FROM ((app_private.folded_tasks f
                     JOIN app_public.tasks t ON ((t.id = f.task_id)))
                     JOIN app_private.pair_counts c ON (((c.task_id = f.task_id) AND (c.stratum = 'sealed'::app_public.stratum) AND (c.votes > 0))))
                  GROUP BY t.theme, c.first_model_id, c.second_model_id) p
             CROSS JOIN LATERAL ( VALUES (p.first_model_id,p.second_model_id,p.first_wins,p.second_wins), (p.second_model_id,p.first_model_id,p.second_wins,p.first_wins)) d(model_id, opponent_id, wins, losses))
             CROSS JOIN LATERAL ( VALUES (NULL::text), (p.theme)) a(theme))
          GROUP BY d.model_id, d.opponent_id, a.theme) s
     CROSS JOIN ( VALUES ((1.959963984540054 ^ (2)::numeric))) z(q))
  WITH NO DATA;

COMMENT ON MATERIALIZED VIEW app_private.head_to_head IS 'How each model fared against each other on folded tasks; app_public.head_to_head shows it.';

COMMENT ON COLUMN app_private.head_to_head.model_id IS 'The model.';

COMMENT ON COLUMN app_private.head_to_head.opponent_id IS 'The model that it met.';

COMMENT ON COLUMN app_private.head_to_head.theme IS 'The theme of the tasks; null for all of them.';

COMMENT ON COLUMN app_private.head_to_head.wins IS 'Votes for the model.';

COMMENT ON COLUMN app_private.head_to_head.losses IS 'Votes for its opponent.';

COMMENT ON COLUMN app_private.head_to_head.ties IS 'Votes that found them as good.';

COMMENT ON COLUMN app_private.head_to_head.both_bad IS 'Votes that found both bad.';

COMMENT ON COLUMN app_private.head_to_head.tasks IS 'Tasks that these were cast on.';

COMMENT ON COLUMN app_private.head_to_head.win_rate IS 'Share of the votes that the model won, a tie being half; null when all found both bad.';

COMMENT ON COLUMN app_private.head_to_head.win_rate_low IS 'Where Wilson''s 95 % interval of it begins.';

COMMENT ON COLUMN app_private.head_to_head.win_rate_high IS 'Where it ends.';

CREATE VIEW app_public.head_to_head WITH (security_barrier='true') AS
 SELECT model_id,
    opponent_id,
    theme,
    wins,
    losses,
    ties,
    both_bad,
    tasks,
    win_rate,
    win_rate_low,
    win_rate_high
   FROM app_private.head_to_head;

COMMENT ON VIEW app_public.head_to_head IS '@name meeting
@behavior -query:resource:connection -query:resource:list
@foreignKey (model_id) references app_public.models (id)|@fieldName model|@foreignFieldName meetings
@foreignKey (opponent_id) references app_public.models (id)|@fieldName opponent|@behavior -manyRelation:resource:list -manyRelation:resource:connection
How each model fared against each other, over all themes (theme is null) and in each: sealed votes on closed tasks.';

COMMENT ON COLUMN app_public.head_to_head.model_id IS '@notNull
The model.';

COMMENT ON COLUMN app_public.head_to_head.opponent_id IS '@notNull
The model that it met.';

COMMENT ON COLUMN app_public.head_to_head.theme IS 'The theme of the tasks; null for all of them.';

COMMENT ON COLUMN app_public.head_to_head.wins IS '@notNull
Votes for the model.';

COMMENT ON COLUMN app_public.head_to_head.losses IS '@notNull
Votes for its opponent.';

COMMENT ON COLUMN app_public.head_to_head.ties IS '@notNull
Votes that found them as good.';

COMMENT ON COLUMN app_public.head_to_head.both_bad IS '@notNull
Votes that found both bad.';

COMMENT ON COLUMN app_public.head_to_head.tasks IS '@notNull
Tasks that these were cast on.';

COMMENT ON COLUMN app_public.head_to_head.win_rate IS 'Share of the votes that the model won, a tie being half; null when all found both bad.';

COMMENT ON COLUMN app_public.head_to_head.win_rate_low IS 'Where Wilson''s 95 % interval of it begins.';

COMMENT ON COLUMN app_public.head_to_head.win_rate_high IS 'Where it ends.';

CREATE FUNCTION app_public.head_to_head(theme text DEFAULT NULL::text, is_rehearsal boolean DEFAULT NULL::boolean) RETURNS SETOF app_public.head_to_head
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select h.*
    from app_public.head_to_head h
      inner join app_public.models m on m.id = h.model_id
      inner join app_public.models o on o.id = h.opponent_id
    where h.theme is not distinct from head_to_head.theme
      and m.is_rehearsal = coalesce(head_to_head.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
    order by m.slug, o.slug;
$$;

COMMENT ON FUNCTION app_public.head_to_head(theme text, is_rehearsal boolean) IS 'How each model fared against each other: on tasks of one theme, or on all; canned models when asked for, or when there are no others.';

CREATE TABLE app_public.models (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    slug text NOT NULL,
    display_name text NOT NULL,
    provider text NOT NULL,
    api_model text NOT NULL,
    family text NOT NULL,
    params jsonb DEFAULT '{}'::jsonb NOT NULL,
    max_output_tokens integer DEFAULT 16384 NOT NULL,
    input_usd_per_million numeric(12,6),
    cached_input_usd_per_million numeric(12,6),
    output_usd_per_million numeric(12,6),
    prices_as_of date,
    is_active boolean DEFAULT true NOT NULL,
    is_contestant boolean DEFAULT true NOT NULL,
    is_rehearsal boolean DEFAULT false NOT NULL,
    retired_at timestamp with time zone,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT models_max_output_tokens_sane CHECK (((max_output_tokens >= 1) AND (max_output_tokens <= 1000000))),
    CONSTRAINT models_params_form CHECK ((jsonb_typeof(params) = 'object'::text)),
    CONSTRAINT models_prices_not_negative CHECK (((input_usd_per_million >= (0)::numeric) AND (cached_input_usd_per_million >= (0)::numeric) AND (output_usd_per_million >= (0)::numeric))),
    CONSTRAINT models_retired_are_inactive CHECK (((retired_at IS NULL) OR (NOT is_active))),
    CONSTRAINT models_slug_form CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{1,59}$'::text))
);

COMMENT ON TABLE app_public.models IS 'An AI model that competes, or did: a retired one keeps its place in history.';

COMMENT ON COLUMN app_public.models.id IS 'Identity of the model.';

COMMENT ON COLUMN app_public.models.slug IS 'Short name, for addresses.';

COMMENT ON COLUMN app_public.models.display_name IS 'Name as it is shown.';

COMMENT ON COLUMN app_public.models.provider IS 'Who is asked for its answers.';

COMMENT ON COLUMN app_public.models.api_model IS 'The provider''s name for it.';

COMMENT ON COLUMN app_public.models.family IS 'Models that are versions of one another.';

COMMENT ON COLUMN app_public.models.params IS 'Settings sent with every request, such as a temperature.';

COMMENT ON COLUMN app_public.models.max_output_tokens IS 'How long an answer may be.';

COMMENT ON COLUMN app_public.models.input_usd_per_million IS 'Price of a million tokens read.';

COMMENT ON COLUMN app_public.models.cached_input_usd_per_million IS 'Price of a million tokens read from the provider''s cache.';

COMMENT ON COLUMN app_public.models.output_usd_per_million IS 'Price of a million tokens written.';

COMMENT ON COLUMN app_public.models.prices_as_of IS 'When the prices were last looked up.';

COMMENT ON COLUMN app_public.models.is_active IS 'Whether it is asked at all; from the next midnight on.';

COMMENT ON COLUMN app_public.models.is_contestant IS 'Whether it answers tasks, or only writes, judges or coaches.';

COMMENT ON COLUMN app_public.models.is_rehearsal IS 'Whether its answers are canned: such a model never shares a board with real ones.';

COMMENT ON COLUMN app_public.models.retired_at IS 'Since when it no longer competes for good.';

COMMENT ON COLUMN app_public.models.note IS 'What one should know of this entry.';

COMMENT ON COLUMN app_public.models.created_at IS 'When it was registered.';

COMMENT ON COLUMN app_public.models.updated_at IS 'When its entry last changed.';

CREATE TABLE app_public.submission_codes (
    submission_id uuid NOT NULL,
    html text NOT NULL,
    revealed_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT submission_codes_not_empty CHECK ((html <> ''::text))
);

COMMENT ON TABLE app_public.submission_codes IS 'The page that a model wrote, as long as it is kept. It is untrusted: show it from the second origin only.';

COMMENT ON COLUMN app_public.submission_codes.submission_id IS 'The submission.';

COMMENT ON COLUMN app_public.submission_codes.html IS 'The page, as text.';

COMMENT ON COLUMN app_public.submission_codes.revealed_at IS 'From when it can be read.';

COMMENT ON COLUMN app_public.submission_codes.expires_at IS 'Until when it can be read.';

CREATE VIEW app_public.latest_challenge WITH (security_invoker='true', security_barrier='true') AS
 SELECT id,
    challenge_date,
    prompt_text,
    created_at,
    COALESCE(( SELECT jsonb_agg(jsonb_build_object('model_id', m.slug, 'model_provider', m.provider, 'response_code', c.html, 'status',
                CASE s.status
                    WHEN 'succeeded'::app_public.submission_status THEN 'completed'::text
                    WHEN 'queued'::app_public.submission_status THEN 'pending'::text
                    WHEN 'running'::app_public.submission_status THEN 'pending'::text
                    ELSE 'failed'::text
                END, 'execution_time_ms', s.latency_ms) ORDER BY s.created_at, s.id) AS jsonb_agg
           FROM ((app_public.submissions s
             JOIN app_public.models m ON ((m.id = s.model_id)))
             LEFT JOIN app_public.submission_codes c ON ((c.submission_id = s.id)))
          WHERE (s.task_id = t.id)), '[]'::jsonb) AS model_responses
   FROM app_public.tasks t
  WHERE (is_showcase AND (status <> 'pending'::app_public.task_status) AND (challenge_date >= (((now() AT TIME ZONE 'utc'::text))::date - 1)))
  ORDER BY challenge_date DESC
 LIMIT 1;

COMMENT ON VIEW app_public.latest_challenge IS '@name challenge
@primaryKey id
@behavior -query:resource:connection -query:resource:list -query:resource:single
@foreignKey (id) references app_public.tasks (id)|@fieldName task|@behavior -manyRelation:resource:list -manyRelation:resource:connection -singularRelation:resource:single
The newest showcase of today or yesterday, with every model''s answer.';

COMMENT ON COLUMN app_public.latest_challenge.id IS '@notNull
The task.';

COMMENT ON COLUMN app_public.latest_challenge.challenge_date IS '@notNull
The UTC day that it belongs to.';

COMMENT ON COLUMN app_public.latest_challenge.prompt_text IS '@notNull
What the models were asked.';

COMMENT ON COLUMN app_public.latest_challenge.created_at IS '@notNull
When the day was opened.';

COMMENT ON COLUMN app_public.latest_challenge.model_responses IS '@notNull
A list of model_id, model_provider, response_code, status (pending, completed, failed) and execution_time_ms, in the order in which the models were asked.';

CREATE FUNCTION app_public.latest_challenge() RETURNS app_public.latest_challenge
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select * from app_public.latest_challenge;
$$;

COMMENT ON FUNCTION app_public.latest_challenge() IS 'The newest showcase of today or yesterday, with every model''s answer; null when there is none.';

CREATE TABLE app_public.rating_snapshots (
    id bigint NOT NULL,
    theme text,
    has_ties boolean NOT NULL,
    is_rehearsal boolean NOT NULL,
    method_version integer NOT NULL,
    prior_votes double precision NOT NULL,
    votes integer NOT NULL,
    tasks integer NOT NULL,
    last_position bigint NOT NULL,
    is_disconnected boolean NOT NULL,
    counts_hash bytea NOT NULL,
    exclusions_hash bytea NOT NULL,
    ratings_hash bytea,
    published_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rating_snapshots_hashes_form CHECK (((octet_length(counts_hash) = 32) AND (octet_length(exclusions_hash) = 32) AND (octet_length(ratings_hash) = 32)))
);

COMMENT ON TABLE app_public.rating_snapshots IS 'Every board that was ever published. It holds closed tasks only.';

COMMENT ON COLUMN app_public.rating_snapshots.id IS 'Identity of the snapshot; a later one has a greater id.';

COMMENT ON COLUMN app_public.rating_snapshots.theme IS 'The theme of the tasks; null for all of them.';

COMMENT ON COLUMN app_public.rating_snapshots.has_ties IS 'Whether a tie counts as half a win for either, or not at all.';

COMMENT ON COLUMN app_public.rating_snapshots.is_rehearsal IS 'Whether it is the board of canned models.';

COMMENT ON COLUMN app_public.rating_snapshots.method_version IS 'How it was made. 1: Bradley-Terry with prior votes, interval clustered by task and floored by dispersion, ranks by the variance of differences, with the same floor.';

COMMENT ON COLUMN app_public.rating_snapshots.prior_votes IS 'Votes that each model has drawn against a virtual one.';

COMMENT ON COLUMN app_public.rating_snapshots.votes IS 'Votes that it is made of.';

COMMENT ON COLUMN app_public.rating_snapshots.tasks IS 'Tasks that they were cast on.';

COMMENT ON COLUMN app_public.rating_snapshots.last_position IS 'The last folded task that it holds.';

COMMENT ON COLUMN app_public.rating_snapshots.is_disconnected IS 'Whether some models have not met the others even by a third: then no order between them is known.';

COMMENT ON COLUMN app_public.rating_snapshots.counts_hash IS 'SHA-256 of the counts that it is made of.';

COMMENT ON COLUMN app_public.rating_snapshots.exclusions_hash IS 'SHA-256 of the votes that were left out.';

COMMENT ON COLUMN app_public.rating_snapshots.ratings_hash IS 'SHA-256 of its ratings, and of what it says of itself.';

COMMENT ON COLUMN app_public.rating_snapshots.published_at IS 'When it was due: a run that came late says the instant that it is for, so this is no order in which snapshots were made.';

CREATE TABLE app_public.ratings (
    snapshot_id bigint NOT NULL,
    model_id uuid NOT NULL,
    rank integer NOT NULL,
    rank_low integer NOT NULL,
    rank_high integer NOT NULL,
    theta double precision NOT NULL,
    rating double precision NOT NULL,
    se double precision NOT NULL,
    ci_low double precision NOT NULL,
    ci_high double precision NOT NULL,
    elo double precision NOT NULL,
    votes integer NOT NULL,
    win_rate double precision,
    ties integer NOT NULL,
    quality_floor double precision,
    tasks integer NOT NULL,
    success_rate double precision,
    median_latency_ms integer,
    cost_per_answer numeric(14,8),
    status app_public.rating_status NOT NULL,
    CONSTRAINT ratings_interval_finite CHECK (((ci_low > '-Infinity'::double precision) AND (ci_low <= rating) AND (rating <= ci_high) AND (ci_high < 'Infinity'::double precision))),
    CONSTRAINT ratings_ranks_ordered CHECK (((1 <= rank_low) AND (rank_low <= rank_high)))
);

COMMENT ON TABLE app_public.ratings IS 'A model''s line on a published board.';

COMMENT ON COLUMN app_public.ratings.snapshot_id IS 'The board.';

COMMENT ON COLUMN app_public.ratings.model_id IS 'The model.';

COMMENT ON COLUMN app_public.ratings.rank IS 'One more than the models that are better beyond doubt: by the variance of the difference.';

COMMENT ON COLUMN app_public.ratings.rank_low IS 'The best rank that the intervals leave open.';

COMMENT ON COLUMN app_public.ratings.rank_high IS 'The worst rank that the intervals leave open.';

COMMENT ON COLUMN app_public.ratings.theta IS 'Bradley-Terry strength, in natural units.';

COMMENT ON COLUMN app_public.ratings.rating IS 'The rating: 1000 is the mean of the board, 400 more is ten to one.';

COMMENT ON COLUMN app_public.ratings.se IS 'Its standard error, clustered by task.';

COMMENT ON COLUMN app_public.ratings.ci_low IS 'Where the 95 % interval begins.';

COMMENT ON COLUMN app_public.ratings.ci_high IS 'Where it ends.';

COMMENT ON COLUMN app_public.ratings.elo IS 'Online Elo, for those used to it: over all themes, and with ties.';

COMMENT ON COLUMN app_public.ratings.votes IS 'Votes on the model''s pages, without those that found both bad.';

COMMENT ON COLUMN app_public.ratings.win_rate IS 'Share of them that it won; a tie is half a win where ties count.';

COMMENT ON COLUMN app_public.ratings.ties IS 'Ties among them.';

COMMENT ON COLUMN app_public.ratings.quality_floor IS 'Share of its showings that were voted both bad.';

COMMENT ON COLUMN app_public.ratings.tasks IS 'Tasks on which its pages were voted on.';

COMMENT ON COLUMN app_public.ratings.success_rate IS 'Share of closed tasks to which it gave a page.';

COMMENT ON COLUMN app_public.ratings.median_latency_ms IS 'Median time that it took for one.';

COMMENT ON COLUMN app_public.ratings.cost_per_answer IS 'What one cost on average, in dollars.';

COMMENT ON COLUMN app_public.ratings.status IS 'How much the rating can be trusted.';

CREATE VIEW app_public.published_ratings WITH (security_invoker='true', security_barrier='true') AS
 SELECT r.snapshot_id,
    s.theme,
    s.has_ties,
    s.is_rehearsal,
    s.published_at,
    r.rank,
    r.rank_low,
    r.rank_high,
    r.model_id,
    m.slug,
    m.display_name,
    r.rating,
    r.ci_low,
    r.ci_high,
    r.elo,
    r.votes,
    r.win_rate,
    r.ties,
    r.quality_floor,
    r.tasks,
    r.success_rate,
    r.median_latency_ms,
    r.cost_per_answer,
    r.status
   FROM ((app_public.rating_snapshots s
     JOIN app_public.ratings r ON ((r.snapshot_id = s.id)))
     JOIN app_public.models m ON ((m.id = r.model_id)));

COMMENT ON VIEW app_public.published_ratings IS '@primaryKey snapshot_id,model_id
@behavior -query:resource:list -query:resource:connection -query:resource:single
Every line of every board that was ever published, in the shape of the leaderboard.';

COMMENT ON COLUMN app_public.published_ratings.snapshot_id IS '@notNull
The snapshot that the line is of.';

COMMENT ON COLUMN app_public.published_ratings.theme IS 'The theme of the tasks; null for all of them.';

COMMENT ON COLUMN app_public.published_ratings.has_ties IS '@notNull
Whether a tie counts as half a win for either, or not at all.';

COMMENT ON COLUMN app_public.published_ratings.is_rehearsal IS '@notNull
Whether it is the board of canned models.';

COMMENT ON COLUMN app_public.published_ratings.published_at IS '@notNull
When the board was published.';

COMMENT ON COLUMN app_public.published_ratings.rank IS '@notNull
One more than the models that are better beyond doubt.';

COMMENT ON COLUMN app_public.published_ratings.rank_low IS '@notNull
The best rank that the intervals leave open.';

COMMENT ON COLUMN app_public.published_ratings.rank_high IS '@notNull
The worst rank that the intervals leave open.';

COMMENT ON COLUMN app_public.published_ratings.model_id IS '@notNull
The model.';

COMMENT ON COLUMN app_public.published_ratings.slug IS '@notNull
Its short name.';

COMMENT ON COLUMN app_public.published_ratings.display_name IS '@notNull
Its name.';

COMMENT ON COLUMN app_public.published_ratings.rating IS '@notNull
Bradley-Terry rating: 1000 is the mean of the board.';

COMMENT ON COLUMN app_public.published_ratings.ci_low IS '@notNull
Where the 95 % interval, clustered by task, begins.';

COMMENT ON COLUMN app_public.published_ratings.ci_high IS '@notNull
Where it ends.';

COMMENT ON COLUMN app_public.published_ratings.elo IS '@notNull
Online Elo, over all themes and with ties, when the board was published.';

COMMENT ON COLUMN app_public.published_ratings.votes IS '@notNull
Votes on its pages, without those that found both bad.';

COMMENT ON COLUMN app_public.published_ratings.win_rate IS 'Share of them that it won.';

COMMENT ON COLUMN app_public.published_ratings.ties IS '@notNull
Ties among them.';

COMMENT ON COLUMN app_public.published_ratings.quality_floor IS 'Share of its showings that were voted both bad.';

COMMENT ON COLUMN app_public.published_ratings.tasks IS '@notNull
Tasks on which its pages were voted on.';

COMMENT ON COLUMN app_public.published_ratings.success_rate IS 'Share of closed tasks to which it gave a page.';

COMMENT ON COLUMN app_public.published_ratings.median_latency_ms IS 'Median time that it took for one, in milliseconds.';

COMMENT ON COLUMN app_public.published_ratings.cost_per_answer IS 'What one cost on average, in dollars.';

COMMENT ON COLUMN app_public.published_ratings.status IS '@notNull
How much the rating can be trusted.';

CREATE MATERIALIZED VIEW app_private.leaderboard AS
 WITH latest AS (
         SELECT max(s.id) AS id,
            s.is_rehearsal,
            s.theme,
            s.has_ties
           FROM app_public.rating_snapshots s
          GROUP BY s.is_rehearsal, s.theme, s.has_ties
        )
 SELECT p.snapshot_id,
    p.theme,
    p.has_ties,
    p.is_rehearsal,
    p.published_at,
    p.rank,
    p.rank_low,
    p.rank_high,
    p.model_id,
    p.slug,
    p.display_name,
    p.rating,
    p.ci_low,
    p.ci_high,
    COALESCE(a.elo, p.elo) AS elo,
    p.votes,
    p.win_rate,
    p.ties,
    p.quality_floor,
    p.tasks,
    p.success_rate,
    p.median_latency_ms,
    p.cost_per_answer,
    p.status
   FROM (((latest l
     JOIN app_public.published_ratings p ON ((p.snapshot_id = l.id)))
     LEFT JOIN latest h ON (((h.theme IS NULL) AND ((h.is_rehearsal = l.is_rehearsal) AND (h.has_ties = l.has_ties)))))
     LEFT JOIN app_public.ratings a ON (((a.snapshot_id = h.id) AND (a.model_id = p.model_id))))
  WITH NO DATA;

COMMENT ON MATERIALIZED VIEW app_private.leaderboard IS 'The latest snapshot of every board; app_public.leaderboard shows it.';

COMMENT ON COLUMN app_private.leaderboard.snapshot_id IS 'The snapshot that the line is of.';

COMMENT ON COLUMN app_private.leaderboard.theme IS 'The theme of the tasks; null for all of them.';

COMMENT ON COLUMN app_private.leaderboard.has_ties IS 'Whether a tie counts as half a win for either, or not at all.';

COMMENT ON COLUMN app_private.leaderboard.is_rehearsal IS 'Whether it is the board of canned models.';

COMMENT ON COLUMN app_private.leaderboard.published_at IS 'When the board was published.';

COMMENT ON COLUMN app_private.leaderboard.rank IS 'One more than the models that are better beyond doubt.';

COMMENT ON COLUMN app_private.leaderboard.rank_low IS 'The best rank that the intervals leave open.';

COMMENT ON COLUMN app_private.leaderboard.rank_high IS 'The worst rank that the intervals leave open.';

COMMENT ON COLUMN app_private.leaderboard.model_id IS 'The model.';

COMMENT ON COLUMN app_private.leaderboard.slug IS 'Its short name.';

COMMENT ON COLUMN app_private.leaderboard.display_name IS 'Its name.';

COMMENT ON COLUMN app_private.leaderboard.rating IS 'Bradley-Terry rating: 1000 is the mean of the board.';

COMMENT ON COLUMN app_private.leaderboard.ci_low IS 'Where the 95 % interval, clustered by task, begins.';

COMMENT ON COLUMN app_private.leaderboard.ci_high IS 'Where it ends.';

COMMENT ON COLUMN app_private.leaderboard.elo IS 'Online Elo, over all themes and with ties.';

COMMENT ON COLUMN app_private.leaderboard.votes IS 'Votes on its pages, without those that found both bad.';

COMMENT ON COLUMN app_private.leaderboard.win_rate IS 'Share of them that it won.';

COMMENT ON COLUMN app_private.leaderboard.ties IS 'Ties among them.';

COMMENT ON COLUMN app_private.leaderboard.quality_floor IS 'Share of its showings that were voted both bad.';

COMMENT ON COLUMN app_private.leaderboard.tasks IS 'Tasks on which its pages were voted on.';

COMMENT ON COLUMN app_private.leaderboard.success_rate IS 'Share of closed tasks to which it gave a page.';

COMMENT ON COLUMN app_private.leaderboard.median_latency_ms IS 'Median time that it took for one, in milliseconds.';

COMMENT ON COLUMN app_private.leaderboard.cost_per_answer IS 'What one cost on average, in dollars.';

COMMENT ON COLUMN app_private.leaderboard.status IS 'How much the rating can be trusted.';

CREATE VIEW app_public.leaderboard WITH (security_barrier='true') AS
 SELECT snapshot_id,
    theme,
    has_ties,
    is_rehearsal,
    published_at,
    rank,
    rank_low,
    rank_high,
    model_id,
    slug,
    display_name,
    rating,
    ci_low,
    ci_high,
    elo,
    votes,
    win_rate,
    ties,
    quality_floor,
    tasks,
    success_rate,
    median_latency_ms,
    cost_per_answer,
    status
   FROM app_private.leaderboard;

COMMENT ON VIEW app_public.leaderboard IS '@name standing
@primaryKey snapshot_id,model_id
@behavior -query:resource:connection -query:resource:list -query:resource:single
@foreignKey (model_id) references app_public.models (id)|@fieldName model|@foreignFieldName standings
@foreignKey (snapshot_id) references app_public.rating_snapshots (id)|@fieldName snapshot|@behavior -manyRelation:resource:list -manyRelation:resource:connection
The board as it stands: over all themes (theme is null) and each theme, with ties and without, canned models apart. Closed tasks only.';

COMMENT ON COLUMN app_public.leaderboard.snapshot_id IS '@notNull
The snapshot that the line is of.';

COMMENT ON COLUMN app_public.leaderboard.theme IS 'The theme of the tasks; null for all of them.';

COMMENT ON COLUMN app_public.leaderboard.has_ties IS '@notNull
Whether a tie counts as half a win for either, or not at all.';

COMMENT ON COLUMN app_public.leaderboard.is_rehearsal IS '@notNull
Whether it is the board of canned models.';

COMMENT ON COLUMN app_public.leaderboard.published_at IS '@notNull
When the board was published.';

COMMENT ON COLUMN app_public.leaderboard.rank IS '@notNull
One more than the models that are better beyond doubt.';

COMMENT ON COLUMN app_public.leaderboard.rank_low IS '@notNull
The best rank that the intervals leave open.';

COMMENT ON COLUMN app_public.leaderboard.rank_high IS '@notNull
The worst rank that the intervals leave open.';

COMMENT ON COLUMN app_public.leaderboard.model_id IS '@notNull
The model.';

COMMENT ON COLUMN app_public.leaderboard.slug IS '@notNull
Its short name.';

COMMENT ON COLUMN app_public.leaderboard.display_name IS '@notNull
Its name.';

COMMENT ON COLUMN app_public.leaderboard.rating IS '@notNull
Bradley-Terry rating: 1000 is the mean of the board.';

COMMENT ON COLUMN app_public.leaderboard.ci_low IS '@notNull
Where the 95 % interval, clustered by task, begins.';

COMMENT ON COLUMN app_public.leaderboard.ci_high IS '@notNull
Where it ends.';

COMMENT ON COLUMN app_public.leaderboard.elo IS '@notNull
Online Elo, over all themes and with ties.';

COMMENT ON COLUMN app_public.leaderboard.votes IS '@notNull
Votes on its pages, without those that found both bad.';

COMMENT ON COLUMN app_public.leaderboard.win_rate IS 'Share of them that it won.';

COMMENT ON COLUMN app_public.leaderboard.ties IS '@notNull
Ties among them.';

COMMENT ON COLUMN app_public.leaderboard.quality_floor IS 'Share of its showings that were voted both bad.';

COMMENT ON COLUMN app_public.leaderboard.tasks IS '@notNull
Tasks on which its pages were voted on.';

COMMENT ON COLUMN app_public.leaderboard.success_rate IS 'Share of closed tasks to which it gave a page.';

COMMENT ON COLUMN app_public.leaderboard.median_latency_ms IS 'Median time that it took for one, in milliseconds.';

COMMENT ON COLUMN app_public.leaderboard.cost_per_answer IS 'What one cost on average, in dollars.';

COMMENT ON COLUMN app_public.leaderboard.status IS '@notNull
How much the rating can be trusted.';

CREATE FUNCTION app_public.leaderboard(theme text DEFAULT NULL::text, has_ties boolean DEFAULT true, is_rehearsal boolean DEFAULT NULL::boolean) RETURNS SETOF app_public.leaderboard
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select b.*
    from app_public.leaderboard b
    where b.theme is not distinct from leaderboard.theme and b.has_ties = leaderboard.has_ties
      and b.is_rehearsal = coalesce(leaderboard.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
    order by b.rating desc, b.model_id;
$$;

COMMENT ON FUNCTION app_public.leaderboard(theme text, has_ties boolean, is_rehearsal boolean) IS 'A board as it stands: of one theme, or of all; with ties, or without; of canned models when asked for, or when there is no other.';

CREATE FUNCTION app_public.leaderboard_as_of(day date, theme text DEFAULT NULL::text, has_ties boolean DEFAULT true, is_rehearsal boolean DEFAULT NULL::boolean) RETURNS SETOF app_public.leaderboard
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select p.*
    from app_public.published_ratings p
    where p.snapshot_id = (
      select s.id
        from app_public.rating_snapshots s
        where s.published_at < (leaderboard_as_of.day + 1)::timestamp at time zone 'utc'
          and s.theme is not distinct from leaderboard_as_of.theme
          and s.has_ties = leaderboard_as_of.has_ties
          and s.is_rehearsal = coalesce(leaderboard_as_of.is_rehearsal, not exists (select from app_public.rating_snapshots o where not o.is_rehearsal))
        order by s.published_at desc, s.id desc
        limit 1
    )
    order by p.rating desc, p.model_id;
$$;

COMMENT ON FUNCTION app_public.leaderboard_as_of(day date, theme text, has_ties boolean, is_rehearsal boolean) IS 'A board as it stood at the end of a UTC day: of one theme, or of all; with ties, or without; of canned models when asked for, or when there is no other.';

CREATE FUNCTION app_public.me() RETURNS app_public.users
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select u.* from app_public.users u where u.id = (select app_public.current_user_id());
$$;

COMMENT ON FUNCTION app_public.me() IS 'The signed-in member, or null.';

CREATE TABLE app_public.modules (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    display_order integer NOT NULL,
    is_published boolean DEFAULT false NOT NULL,
    retired_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT modules_description_form CHECK ((char_length(description) <= 2000)),
    CONSTRAINT modules_display_order_sane CHECK (((display_order >= 0) AND (display_order <= 100000))),
    CONSTRAINT modules_name_form CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 120)) AND (name !~ '[[:cntrl:]]'::text))),
    CONSTRAINT modules_retired_is_not_published CHECK (((retired_at IS NULL) OR (NOT is_published))),
    CONSTRAINT modules_slug_form CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (char_length(slug) <= 60)))
);

COMMENT ON TABLE app_public.modules IS 'A part of the path through the practice ground: problems on one subject.';

COMMENT ON COLUMN app_public.modules.id IS 'Identity of the module.';

COMMENT ON COLUMN app_public.modules.slug IS 'Name in addresses.';

COMMENT ON COLUMN app_public.modules.name IS 'Name as people read it.';

COMMENT ON COLUMN app_public.modules.description IS 'What it is about.';

COMMENT ON COLUMN app_public.modules.display_order IS '@behavior +orderBy
Its place on the path.';

COMMENT ON COLUMN app_public.modules.is_published IS 'Whether it can be seen.';

COMMENT ON COLUMN app_public.modules.retired_at IS 'Since when content/ does not hold it any more.';

COMMENT ON COLUMN app_public.modules.created_at IS 'When it was first taken in.';

COMMENT ON COLUMN app_public.modules.updated_at IS 'When it last changed.';

CREATE FUNCTION app_public.modules_is_open(module app_public.modules) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(bool_or(o.is_open), false)
    from app_private.open_modules(app_public.current_user_id()) o
    where o.module_id = module.id;
$$;

COMMENT ON FUNCTION app_public.modules_is_open(module app_public.modules) IS 'Whether the module''s problems can be answered by whoever asks: enough of the modules before it has been solved.';

CREATE FUNCTION app_public.my_allowance() RETURNS app_public.allowance
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select s.daily_tokens, coalesce(t.used, 0),
      -- Less what waited too long: it goes back before anything is reserved again.
      coalesce(t.reserved, 0) - coalesce((
        select sum(r.estimate)::integer
          from app_private.token_reservations r
          where r.user_id = t.user_id and r.day = t.day and r.state = 'reserved' and r.expires_at <= now()
      ), 0),
      (d.day + 1)::timestamp at time zone 'utc'
    from app_private.practice_settings s
      cross join (select (now() at time zone 'utc')::date as day) d
      left join app_private.token_days t on t.user_id = app_public.current_user_id() and t.day = d.day;
$$;

COMMENT ON FUNCTION app_public.my_allowance() IS 'What the signed-in member may still have done by models today, in tokens, and when a new day begins.';

CREATE FUNCTION app_public.my_rank(kind app_public.period_kind DEFAULT 'all'::app_public.period_kind) RETURNS app_public.my_rank
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
  v_mine app_public.my_rank;
begin
  v_mine.kind := my_rank.kind;
  v_mine.starts_on := app_private.score_period(my_rank.kind, now());
  select s.points, s.solved, s.reached_at, s.is_listed into v_mine.points, v_mine.solved, v_mine.reached_at, v_mine.is_listed
    from app_private.period_scores s
    where s.kind = v_mine.kind and s.starts_on = v_mine.starts_on and s.user_id = v_user_id;
  if v_mine.points > 0 then
    select r.rank into v_mine.rank from app_private.rank_of(v_mine.kind, v_mine.starts_on, v_mine.points) r;
  end if;
  select r.rank - 1 into v_mine.members from app_private.rank_of(v_mine.kind, v_mine.starts_on, 0) r;
  v_mine.points := coalesce(v_mine.points, 0);
  v_mine.solved := coalesce(v_mine.solved, 0);
  v_mine.is_listed := coalesce(v_mine.is_listed, (select u.is_listed from app_public.users u where u.id = v_user_id));
  return v_mine;
end;
$$;

COMMENT ON FUNCTION app_public.my_rank(kind app_public.period_kind) IS 'Where the signed-in member stands among all, exactly and at this very moment. Errors: TB001, TB002.';

CREATE FUNCTION app_public.my_rank_neighbours(mine app_public.my_rank) RETURNS SETOF app_public.neighbour
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
  v_here app_private.period_scores;
begin
  select s.* into v_here
    from app_private.period_scores s
    where s.kind = (mine).kind and s.starts_on = (mine).starts_on and s.user_id = v_user_id and s.points > 0;
  if not found then
    return;
  end if;
  return query
    select r.rank, n.user_id, u.username, u.avatar_url, n.points, n.solved, n.reached_at
      from (
        (
          select s.* from app_private.period_scores s
            where s.kind = v_here.kind and s.starts_on = v_here.starts_on and s.is_listed and s.points > 0
              and (- s.points, s.reached_at, s.user_id) < (- v_here.points, v_here.reached_at, v_here.user_id)
            order by - s.points desc, s.reached_at desc, s.user_id desc
            limit 3
        )
        union all
        (
          select s.* from app_private.period_scores s
            where s.kind = v_here.kind and s.starts_on = v_here.starts_on and s.is_listed and s.points > 0
              and (- s.points, s.reached_at, s.user_id) > (- v_here.points, v_here.reached_at, v_here.user_id)
            order by - s.points, s.reached_at, s.user_id
            limit 3
        )
      ) n
        inner join app_public.users u on u.id = n.user_id
        cross join lateral app_private.rank_of(n.kind, n.starts_on, n.points) r
      order by - n.points, n.reached_at, n.user_id;
end;
$$;

COMMENT ON FUNCTION app_public.my_rank_neighbours(mine app_public.my_rank) IS '@behavior -queryField
The three members above and the three below, first to last. Errors: TB001, TB002.';

CREATE TABLE app_public.final_standings (
    kind app_public.period_kind NOT NULL,
    starts_on date NOT NULL,
    "position" integer NOT NULL,
    rank integer NOT NULL,
    user_id uuid,
    points integer NOT NULL,
    solved integer NOT NULL,
    reached_at timestamp with time zone NOT NULL,
    CONSTRAINT final_standings_sane CHECK ((("position" > 0) AND ((rank >= 1) AND (rank <= "position")) AND (points > 0) AND (solved >= 0)))
);

COMMENT ON TABLE app_public.final_standings IS 'Who came where in a period that is over, from the first to the last; nothing that comes later changes it.';

COMMENT ON COLUMN app_public.final_standings.kind IS 'Kind of period.';

COMMENT ON COLUMN app_public.final_standings.starts_on IS 'First day of the period, in UTC.';

COMMENT ON COLUMN app_public.final_standings."position" IS 'Place in the list, no two the same.';

COMMENT ON COLUMN app_public.final_standings.rank IS 'Rank: equal points share one.';

COMMENT ON COLUMN app_public.final_standings.user_id IS 'The member; nobody where they were erased since.';

COMMENT ON COLUMN app_public.final_standings.points IS 'Points in the period.';

COMMENT ON COLUMN app_public.final_standings.solved IS 'Problems solved in it.';

COMMENT ON COLUMN app_public.final_standings.reached_at IS 'When points were last earned in it.';

CREATE FUNCTION app_public.people_as_of(kind app_public.period_kind, at timestamp with time zone) RETURNS SETOF app_public.final_standings
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
declare
  v_starts_on date := app_private.score_period(people_as_of.kind, people_as_of.at);
  v_from timestamptz := v_starts_on::timestamp at time zone 'utc';
  v_until timestamptz := case people_as_of.kind
    when 'all' then 'infinity'
    when 'month' then (v_starts_on + interval '1 month') at time zone 'utc'
    when 'week' then (v_starts_on + interval '1 week') at time zone 'utc'
  end;
  v_changed uuid[];
  v_gained integer[];
  v_most integer;
begin
  -- Whoever asks, asks for no more than so much of the ledger.
  if people_as_of.kind = 'all' and people_as_of.at < now() - interval '31 days' then
    raise exception 'That is too long ago.'
      using errcode = 'TB099', hint = 'All time is shown as of the last 31 days; months and weeks as of any day.';
  end if;
  -- What the period has now, less what came since: only what came since is read from the ledger.
  select coalesce(array_agg(c.user_id), '{}'), array_agg(c.points) into v_changed, v_gained
    from (
      select l.user_id, sum(l.points)::integer as points
        from app_public.points_ledger l
        where (l.posted_at > people_as_of.at or l.at > people_as_of.at) and l.at >= v_from and l.at < v_until
        group by l.user_id
    ) c;
  -- Among so many of the first there are a hundred that have not changed, or all that there are.
  v_most := 100 + cardinality(v_changed);
  return query
    with since as materialized (
      select c.user_id, c.points from unnest(v_changed, v_gained) c (user_id, points)
    ), known as (
      select f.user_id, f.points, f.reached_at, false as has_changed
        from (
          select s.user_id, s.points, s.reached_at
            from app_private.period_scores s
            where s.kind = people_as_of.kind and s.starts_on = v_starts_on and s.is_listed and s.points > 0
            order by - s.points, s.reached_at, s.user_id
            limit v_most
        ) f
        where not exists (select from since c where c.user_id = f.user_id)
      union all
      (
        select s.user_id, s.points - c.points, null, true
          from since c
            inner join app_private.period_scores s
              on s.user_id = c.user_id and s.kind = people_as_of.kind and s.starts_on = v_starts_on
          where s.is_listed and s.points > c.points
          order by - (s.points - c.points)
          fetch first 100 rows with ties
      )
    ), placed as (
      select k.user_id, k.points, r.reached_at
        from known k
          cross join lateral (
            select case when k.has_changed then (
                select max(e.at)
                  from (
                    select l.at
                      from app_public.points_ledger l
                      where l.user_id = k.user_id and l.posted_at <= people_as_of.at and l.at <= people_as_of.at and l.at >= v_from
                      group by l.at
                      having sum(l.points) > 0
                  ) e
              ) else k.reached_at end as reached_at
          ) r
        order by - k.points, r.reached_at, k.user_id
        limit 100
    )
    select people_as_of.kind, v_starts_on, row_number() over (order by - t.points, t.reached_at, t.user_id)::integer,
        rank() over (order by - t.points)::integer, t.user_id, t.points, p.solved::integer, t.reached_at
      from placed t
        cross join lateral (
          -- A solve is one however often it was paid, taken back and paid again, and one that is worth nothing is one too.
          select count(*) as solved
            from app_public.user_progress p
            where p.user_id = t.user_id and p.completed_at >= v_from and p.completed_at <= people_as_of.at
              and exists (
                select from app_public.verdicts v
                  where v.answer_id = p.solving_answer_id and v.is_correct and v.created_at <= people_as_of.at
              )
        ) p;
end;
$$;

COMMENT ON FUNCTION app_public.people_as_of(kind app_public.period_kind, at timestamp with time zone) IS 'The first 100 places of a period as they stood at an instant, all time as of the last 31 days. Solves that were taken back since are left out. Errors: TB099.';

CREATE FUNCTION app_public.rating_history(model_id uuid, theme text DEFAULT NULL::text, has_ties boolean DEFAULT true) RETURNS SETOF app_public.leaderboard
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select p.*
    from app_public.published_ratings p
    where p.model_id = rating_history.model_id and p.theme is not distinct from rating_history.theme
      and p.has_ties = rating_history.has_ties
    order by p.published_at, p.snapshot_id;
$$;

COMMENT ON FUNCTION app_public.rating_history(model_id uuid, theme text, has_ties boolean) IS 'A model''s line on every board that was published, the oldest first: of one theme, or of all; with ties, or without.';

CREATE TABLE app_public.queue_jobs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    kind text DEFAULT 'coach_note'::text NOT NULL,
    status app_public.job_status DEFAULT 'pending'::app_public.job_status NOT NULL,
    input jsonb NOT NULL,
    input_hash bytea GENERATED ALWAYS AS (app_private.request_hash(input)) STORED NOT NULL,
    result jsonb,
    note text,
    next_problem_id uuid,
    attempts integer DEFAULT 0 NOT NULL,
    error text,
    batch_id uuid,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT queue_jobs_attempts_bounded CHECK (((attempts >= 0) AND (attempts <= 3))),
    CONSTRAINT queue_jobs_done_whole CHECK ((((status = 'done'::app_public.job_status) = (note IS NOT NULL)) AND ((status = ANY (ARRAY['done'::app_public.job_status, 'failed'::app_public.job_status])) = (finished_at IS NOT NULL)) AND ((status <> 'failed'::app_public.job_status) OR (error IS NOT NULL)))),
    CONSTRAINT queue_jobs_kind_known CHECK ((kind = 'coach_note'::text)),
    CONSTRAINT queue_jobs_note_bounded CHECK (((char_length(note) >= 1) AND (char_length(note) <= 1000))),
    CONSTRAINT queue_jobs_running_in_a_batch CHECK (((status <> 'running'::app_public.job_status) OR (batch_id IS NOT NULL)))
);

COMMENT ON TABLE app_public.queue_jobs IS '@name coaching
A member''s wish for a note from the coach. Ten are answered with one call, and the same input is never paid for twice.';

COMMENT ON COLUMN app_public.queue_jobs.id IS 'Identity of the wish.';

COMMENT ON COLUMN app_public.queue_jobs.user_id IS 'The member.';

COMMENT ON COLUMN app_public.queue_jobs.kind IS 'What is wished for.';

COMMENT ON COLUMN app_public.queue_jobs.status IS 'How far it is.';

COMMENT ON COLUMN app_public.queue_jobs.input IS 'What the coach is told of the member.';

COMMENT ON COLUMN app_public.queue_jobs.input_hash IS 'SHA-256 of that: nothing new has happened while it is the same.';

COMMENT ON COLUMN app_public.queue_jobs.result IS 'The entry of the reply that is about the member.';

COMMENT ON COLUMN app_public.queue_jobs.note IS 'What the coach says.';

COMMENT ON COLUMN app_public.queue_jobs.next_problem_id IS 'The problem that the coach suggests.';

COMMENT ON COLUMN app_public.queue_jobs.attempts IS 'How often it was put into a batch.';

COMMENT ON COLUMN app_public.queue_jobs.error IS 'Why the last attempt came to nothing.';

COMMENT ON COLUMN app_public.queue_jobs.batch_id IS 'The batch with which it was last asked.';

COMMENT ON COLUMN app_public.queue_jobs.run_at IS 'Not before this instant.';

COMMENT ON COLUMN app_public.queue_jobs.created_at IS 'When it was wished for.';

COMMENT ON COLUMN app_public.queue_jobs.finished_at IS 'When it came to its end.';

CREATE FUNCTION app_public.request_coaching() RETURNS app_public.queue_jobs
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
  v_job app_public.queue_jobs;
begin
  perform app_private.take_rate('coach', v_user_id::text, 10, '1 hour');
  insert into app_public.queue_jobs as j (user_id, input)
    values (v_user_id, app_private.coach_summary(v_user_id))
    -- The same summary again: what was answered, or waits, is what there is to say. What had failed is tried once more.
    on conflict on constraint queue_jobs_paid_once do update
      set status = case j.status when 'failed' then 'pending' else j.status end,
          finished_at = case j.status when 'failed' then null else j.finished_at end,
          attempts = case j.status when 'failed' then 0 else j.attempts end
    returning * into v_job;
  if v_job.status = 'pending' then
    perform app_private.reserve_tokens(v_user_id, 'coach', v_job.id, 1000 + octet_length(v_job.input::text) / 3)
      where not exists (
        select from app_private.token_reservations r
          where r.purpose = 'coach' and r.subject_id = v_job.id and r.state = 'reserved' and r.expires_at > now()
      );
  end if;
  return v_job;
end;
$$;

COMMENT ON FUNCTION app_public.request_coaching() IS '@resultFieldName coaching
Asks the coach for a note on the member''s recent practice; while nothing has changed the answer is the one that is there. Errors: TB001, TB002, TB006, TB085, TB08B.';

CREATE TABLE app_public.attempts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    problem_id uuid NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    draft text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    draft_saved_at timestamp with time zone,
    CONSTRAINT attempts_draft_bounded CHECK ((char_length(draft) <= 20000)),
    CONSTRAINT attempts_version_positive CHECK ((version >= 1))
);

COMMENT ON TABLE app_public.attempts IS 'A member at work on a problem. There is one for each, so that the clock of the time bonus starts once.';

COMMENT ON COLUMN app_public.attempts.id IS 'Identity of the attempt.';

COMMENT ON COLUMN app_public.attempts.user_id IS 'The member.';

COMMENT ON COLUMN app_public.attempts.problem_id IS 'The problem.';

COMMENT ON COLUMN app_public.attempts.started_at IS 'When it was begun, by the server''s clock.';

COMMENT ON COLUMN app_public.attempts.draft IS 'What has been written so far.';

COMMENT ON COLUMN app_public.attempts.version IS 'Counts the changes of the draft: whoever saves says which one they saw.';

COMMENT ON COLUMN app_public.attempts.draft_saved_at IS 'When the draft was last saved.';

COMMENT ON CONSTRAINT attempts_draft_bounded ON app_public.attempts IS '@error TB083
An answer has at most 20,000 characters.
Hint: Shorten it.';

CREATE FUNCTION app_public.save_draft(attempt uuid, text text, version integer) RETURNS app_public.attempts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_public.save_draft(attempt uuid, text text, version integer) IS '@resultFieldName attempt
Saves what has been written so far, if nobody did since `version`; otherwise the error''s `details.current` is what stands there now. Errors: TB001, TB002, TB007, TB082, TB083.';

CREATE FUNCTION app_public.set_time_zone(time_zone text) RETURNS app_public.users
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_user_id uuid := app_private.require_member();
  v_user app_public.users;
  v_last timestamptz;
  v_at timestamptz := now();
begin
  -- Locked first: two changes at once are one after the other, and the second is refused.
  select * into v_user from app_public.users u where u.id = v_user_id for update;
  if v_user.time_zone = set_time_zone.time_zone then
    return v_user;
  end if;
  if set_time_zone.time_zone !~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z_+-]+[0-9]*)+)$'
    or not exists (select from pg_timezone_names z where z.name = set_time_zone.time_zone)
  then
    raise exception 'There is no such time zone.'
      using errcode = 'TB015', hint = 'Use a name of the IANA list, such as Europe/Berlin, or UTC.';
  end if;
  select max(c.changed_at) into v_last from app_private.time_zone_changes c where c.user_id = v_user_id;
  if v_last > v_at - interval '7 days' then
    raise exception 'The time zone can be changed once a week.'
      using errcode = 'TB016',
        hint = format('Try again after %s.', to_char((v_last + interval '7 days') at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"'));
  end if;
  insert into app_private.time_zone_changes (user_id, changed_at, time_zone)
    values (v_user_id, v_at, set_time_zone.time_zone);
  update app_public.users u set time_zone = set_time_zone.time_zone where u.id = v_user_id returning * into v_user;
  return v_user;
end;
$_$;

COMMENT ON FUNCTION app_public.set_time_zone(time_zone text) IS '@resultFieldName user
Changes the zone in which the signed-in member''s days are cut, once a week. Errors: TB001, TB002, TB015, TB016.';

CREATE FUNCTION app_public.share_progress(days integer DEFAULT 7) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
  v_user app_public.users;
  v_token text;
begin
  perform app_private.take_rate('share', v_user_id::text, 20, '1 day');
  select u.* into strict v_user from app_public.users u where u.id = v_user_id;
  insert into app_private.shareable_progress (user_id, expires_at, snapshot)
    select v_user_id, now() + make_interval(days => least(greatest(coalesce(share_progress.days, 7), 1), 90)),
        jsonb_build_object(
          'username', v_user.username,
          'points', app_public.users_total_points(v_user),
          'solved', (select count(*) from app_public.user_progress p where p.user_id = v_user_id and p.completed_at is not null),
          'streak', s.current,
          'longest_streak', s.longest,
          'badge', (select b.icon || ' ' || b.name from app_public.users_badge(v_user) b),
          'achievements', (
            select coalesce(jsonb_agg(a.name order by e.earned_at, a.name), '[]')
              from app_public.user_achievements e
                inner join app_public.achievements a on a.type = e.achievement_type
              where e.user_id = v_user_id
          )
        )
      from app_private.streak_now(v_user_id) s
    returning token into v_token;
  return v_token;
end;
$$;

COMMENT ON FUNCTION app_public.share_progress(days integer) IS '@resultFieldName token
Makes a public card of the member''s progress as it is now, for up to 90 days; it is shown at /share/<token>. Errors: TB001, TB002, TB006.';

CREATE FUNCTION app_public.shared_progress(token text) RETURNS jsonb
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select app_private.read_share(shared_progress.token);
$$;

COMMENT ON FUNCTION app_public.shared_progress(token text) IS 'The card behind a link: username, points, solved, streak, longest_streak, badge, achievements, shared_at, expires_at. Null once it has expired.';

CREATE FUNCTION app_public.start_problem(slug text) RETURNS app_public.attempts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
  v_problem app_public.problems := app_private.require_problem(start_problem.slug, v_user_id);
  v_attempt app_public.attempts;
begin
  insert into app_public.attempts (user_id, problem_id) values (v_user_id, v_problem.id)
    on conflict on constraint attempts_one_per_problem do nothing;
  select a.* into strict v_attempt from app_public.attempts a where a.user_id = v_user_id and a.problem_id = v_problem.id;
  return v_attempt;
end;
$$;

COMMENT ON FUNCTION app_public.start_problem(slug text) IS '@resultFieldName attempt
Begins a problem: from here the server''s clock runs. A second time it returns the same attempt. Errors: TB001, TB002, TB080, TB081.';

CREATE FUNCTION app_public.submit_answer(slug text, answer text, idempotency_key text) RETURNS app_public.answers
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION app_public.submit_answer(slug text, answer text, idempotency_key text) IS '@resultFieldName answer
Hands in an answer, which is stored and then judged; the same key again returns the same answer. Errors: TB001, TB002, TB006, TB080, TB081, TB083, TB084, TB085, TB086, TB08B.';

CREATE FUNCTION app_public.tasks_vote_count(task app_public.tasks) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(sum(c.votes + c.uncounted), 0)::integer
    from app_private.pair_counts c
    where c.task_id = task.id;
$$;

COMMENT ON FUNCTION app_public.tasks_vote_count(task app_public.tasks) IS 'How many votes were cast on it: all that can be known of them until it closes.';

CREATE FUNCTION app_public.unshare_progress() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid := app_private.require_member();
  v_taken integer;
begin
  delete from app_private.shareable_progress s where s.user_id = v_user_id;
  get diagnostics v_taken = row_count;
  return v_taken;
end;
$$;

COMMENT ON FUNCTION app_public.unshare_progress() IS '@resultFieldName cards
Takes back every card of the signed-in member; says how many there were. Errors: TB001, TB002.';

CREATE TABLE app_public.badges (
    name text NOT NULL,
    description text NOT NULL,
    icon text NOT NULL,
    required_points integer NOT NULL,
    required_exercises integer DEFAULT 0 NOT NULL,
    rank_level integer NOT NULL,
    CONSTRAINT badges_name_form CHECK (((char_length(name) >= 1) AND (char_length(name) <= 40))),
    CONSTRAINT badges_requirements_not_negative CHECK (((required_points >= 0) AND (required_exercises >= 0)))
);

COMMENT ON TABLE app_public.badges IS 'The badges, from the first to the highest.';

COMMENT ON COLUMN app_public.badges.name IS 'Name of the badge.';

COMMENT ON COLUMN app_public.badges.description IS 'What it stands for.';

COMMENT ON COLUMN app_public.badges.icon IS 'Its sign.';

COMMENT ON COLUMN app_public.badges.required_points IS 'Points that it asks for.';

COMMENT ON COLUMN app_public.badges.required_exercises IS 'Solved problems that it asks for as well.';

COMMENT ON COLUMN app_public.badges.rank_level IS 'Its place: higher is better.';

CREATE FUNCTION app_public.users_badge("user" app_public.users) RETURNS app_public.badges
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select b.*
    from app_public.user_badges e
      inner join app_public.badges b on b.name = e.badge_name
    where e.user_id = ("user").id
    order by b.rank_level desc
    limit 1;
$$;

COMMENT ON FUNCTION app_public.users_badge("user" app_public.users) IS 'The highest badge that the member has earned.';

CREATE FUNCTION app_public.users_current_streak("user" app_public.users) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select (app_private.streak_now(("user").id)).current;
$$;

COMMENT ON FUNCTION app_public.users_current_streak("user" app_public.users) IS '@notNull
Active days in a row up to today, or up to yesterday while today is not over.';

CREATE FUNCTION app_public.users_last_activity_date("user" app_public.users) RETURNS date
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select (app_private.streak_now(("user").id)).last_day;
$$;

COMMENT ON FUNCTION app_public.users_last_activity_date("user" app_public.users) IS 'The last of the member''s own days on which they answered something of worth.';

CREATE FUNCTION app_public.users_longest_streak("user" app_public.users) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select (app_private.streak_now(("user").id)).longest;
$$;

COMMENT ON FUNCTION app_public.users_longest_streak("user" app_public.users) IS '@notNull
Active days of the longest run.';

CREATE FUNCTION app_public.users_streak("user" app_public.users) RETURNS app_public.streak
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select app_private.streak_now(("user").id);
$$;

COMMENT ON FUNCTION app_public.users_streak("user" app_public.users) IS '@notNull
Days in a row, as they stand now.';

CREATE FUNCTION app_public.users_total_points("user" app_public.users) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(
    (
      select s.points
        from app_private.period_scores s
        where s.kind = 'all' and s.starts_on = date '2000-01-01' and s.user_id = ("user").id
    ),
    0
  );
$$;

COMMENT ON FUNCTION app_public.users_total_points("user" app_public.users) IS '@notNull
All points that the member has.';

CREATE VIEW app_operations.accounts WITH (security_invoker='true', security_barrier='true') AS
 SELECT user_id,
    role,
    banned_at,
    ban_reason,
    created_at
   FROM app_private.accounts a;

COMMENT ON VIEW app_operations.accounts IS '@primaryKey user_id
@foreignKey (user_id) references app_public.users (id)|@fieldName user|@foreignFieldName account|@foreignSimpleFieldName account
What members may do here, without who they are to their identity provider.';

COMMENT ON COLUMN app_operations.accounts.user_id IS '@notNull
The member.';

COMMENT ON COLUMN app_operations.accounts.role IS '@notNull
member or operator.';

COMMENT ON COLUMN app_operations.accounts.banned_at IS 'Since when the account is suspended, if it is.';

COMMENT ON COLUMN app_operations.accounts.ban_reason IS 'Why it is suspended.';

COMMENT ON COLUMN app_operations.accounts.created_at IS '@notNull
When the account was first seen.';

CREATE VIEW app_operations.answer_partitions WITH (security_invoker='true', security_barrier='true') AS
 SELECT month_on,
    is_there,
    misplaced
   FROM app_private.answer_partitions() p(month_on, is_there, misplaced);

COMMENT ON VIEW app_operations.answer_partitions IS '@primaryKey month_on
The health of the answers'' partitions: every month is there and nothing is misplaced, or somebody looks.';

COMMENT ON COLUMN app_operations.answer_partitions.month_on IS '@notNull
The first day of the month.';

COMMENT ON COLUMN app_operations.answer_partitions.is_there IS '@notNull
Whether the month has its partition.';

COMMENT ON COLUMN app_operations.answer_partitions.misplaced IS '@notNull
Answers of the month that are kept elsewhere until it has one.';

CREATE TABLE app_private.boards (
    kind app_public.period_kind NOT NULL,
    starts_on date NOT NULL,
    changed_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    refreshed_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    closed_on date
);

COMMENT ON TABLE app_private.boards IS 'The three leaderboards: which period each shows, and whether it has changed since it was last refreshed.';

COMMENT ON COLUMN app_private.boards.kind IS 'Which board.';

COMMENT ON COLUMN app_private.boards.starts_on IS 'First day of the period that it shows.';

COMMENT ON COLUMN app_private.boards.changed_at IS 'When a score of the period was last counted anew.';

COMMENT ON COLUMN app_private.boards.refreshed_at IS 'When it was last refreshed.';

COMMENT ON COLUMN app_private.boards.closed_on IS 'First day of the last period whose final standings are kept.';

CREATE VIEW app_operations.boards WITH (security_invoker='true', security_barrier='true') AS
 SELECT kind,
    starts_on,
    changed_at,
    refreshed_at,
    (changed_at >= refreshed_at) AS is_out_of_date,
    closed_on
   FROM app_private.boards b;

COMMENT ON VIEW app_operations.boards IS '@primaryKey kind
The people''s leaderboards, and whether they wait to be refreshed.';

COMMENT ON COLUMN app_operations.boards.kind IS '@notNull
Which board.';

COMMENT ON COLUMN app_operations.boards.starts_on IS '@notNull
First day of the period that it shows.';

COMMENT ON COLUMN app_operations.boards.changed_at IS '@notNull
When a score of the period was last counted anew.';

COMMENT ON COLUMN app_operations.boards.refreshed_at IS '@notNull
When it was last refreshed.';

COMMENT ON COLUMN app_operations.boards.is_out_of_date IS '@notNull
Whether it has changed since.';

COMMENT ON COLUMN app_operations.boards.closed_on IS 'First day of the last period whose final standings are kept.';

CREATE TABLE app_private.llm_attempts (
    id bigint NOT NULL,
    call_id bigint NOT NULL,
    n integer NOT NULL,
    provider text NOT NULL,
    client_request_id uuid DEFAULT gen_random_uuid() NOT NULL,
    state text DEFAULT 'reserved'::text NOT NULL,
    lease_token uuid DEFAULT gen_random_uuid() NOT NULL,
    worker text NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    reserved_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    sending_at timestamp with time zone,
    finished_at timestamp with time zone,
    http_status integer,
    provider_request_id text,
    error_class text,
    error text,
    evidence jsonb DEFAULT '{}'::jsonb NOT NULL,
    input_tokens integer,
    cached_tokens integer,
    output_tokens integer,
    reasoning_tokens integer,
    prices jsonb NOT NULL,
    hold_day date,
    hold_usd numeric(14,8),
    cost_usd numeric(14,8),
    CONSTRAINT llm_attempts_end_is_dated CHECK (((state = ANY (ARRAY['reserved'::text, 'sending'::text])) = (finished_at IS NULL))),
    CONSTRAINT llm_attempts_figures_not_negative CHECK (((input_tokens >= 0) AND (cached_tokens >= 0) AND (output_tokens >= 0) AND (reasoning_tokens >= 0) AND (hold_usd >= (0)::numeric) AND (cost_usd >= (0)::numeric))),
    CONSTRAINT llm_attempts_hold_from_gate CHECK (((state = ANY (ARRAY['reserved'::text, 'not_executed'::text])) OR (hold_usd IS NOT NULL))),
    CONSTRAINT llm_attempts_state_known CHECK ((state = ANY (ARRAY['reserved'::text, 'sending'::text, 'succeeded'::text, 'unusable'::text, 'rejected'::text, 'not_executed'::text, 'in_doubt'::text, 'abandoned'::text])))
);

COMMENT ON TABLE app_private.llm_attempts IS 'Each try at a call. The index llm_attempts_one_live allows no second one that might be billed.';

COMMENT ON COLUMN app_private.llm_attempts.id IS 'Identity of the attempt.';

COMMENT ON COLUMN app_private.llm_attempts.call_id IS 'The call.';

COMMENT ON COLUMN app_private.llm_attempts.n IS 'Which try it is.';

COMMENT ON COLUMN app_private.llm_attempts.provider IS 'Who is asked.';

COMMENT ON COLUMN app_private.llm_attempts.client_request_id IS 'Sent along where the provider takes it, to look the request up later.';

COMMENT ON COLUMN app_private.llm_attempts.state IS 'reserved: nothing has left. sending: it may have left. Then how it ended; in_doubt and abandoned: nobody knows.';

COMMENT ON COLUMN app_private.llm_attempts.lease_token IS 'Known to the worker that made the attempt, and needed to settle it.';

COMMENT ON COLUMN app_private.llm_attempts.worker IS 'The worker that made it.';

COMMENT ON COLUMN app_private.llm_attempts.lease_until IS 'Until when the worker is believed to be at it, by the database''s clock.';

COMMENT ON COLUMN app_private.llm_attempts.reserved_at IS 'When it was reserved.';

COMMENT ON COLUMN app_private.llm_attempts.sending_at IS 'When the gate was opened: from then on the request may have left.';

COMMENT ON COLUMN app_private.llm_attempts.finished_at IS 'When its end was recorded.';

COMMENT ON COLUMN app_private.llm_attempts.http_status IS 'The provider''s status.';

COMMENT ON COLUMN app_private.llm_attempts.provider_request_id IS 'The provider''s name for the request.';

COMMENT ON COLUMN app_private.llm_attempts.error_class IS 'What kind of failure it was.';

COMMENT ON COLUMN app_private.llm_attempts.error IS 'The failure in words; no prompt, answer or key.';

COMMENT ON COLUMN app_private.llm_attempts.evidence IS 'What was observed, for whoever decides a doubtful case.';

COMMENT ON COLUMN app_private.llm_attempts.input_tokens IS 'Tokens read, the cached ones included.';

COMMENT ON COLUMN app_private.llm_attempts.cached_tokens IS 'Tokens read from the provider''s cache.';

COMMENT ON COLUMN app_private.llm_attempts.output_tokens IS 'Tokens written, reasoning included.';

COMMENT ON COLUMN app_private.llm_attempts.reasoning_tokens IS 'Tokens spent on reasoning.';

COMMENT ON COLUMN app_private.llm_attempts.prices IS 'The model''s prices when the attempt was made: input, cached and output, in dollars per million.';

COMMENT ON COLUMN app_private.llm_attempts.hold_day IS 'The UTC day whose budget it counts against.';

COMMENT ON COLUMN app_private.llm_attempts.hold_usd IS 'What was held for it at the gate.';

COMMENT ON COLUMN app_private.llm_attempts.cost_usd IS 'What it cost; null as long as it is not known.';

CREATE VIEW app_operations.calls WITH (security_invoker='true', security_barrier='true') AS
 SELECT c.id,
    c.role,
    c.subject_type,
    c.subject_id,
    c.model_id,
    c.round,
    c.state,
    c.attempts,
    c.reason,
    c.next_try_at,
    c.created_at,
    a.http_status,
    a.error_class,
    a.provider_request_id,
    a.sending_at,
    a.finished_at,
    a.input_tokens,
    a.output_tokens,
    a.cost_usd
   FROM (app_private.llm_calls c
     LEFT JOIN LATERAL ( SELECT l.http_status,
            l.error_class,
            l.provider_request_id,
            l.sending_at,
            l.finished_at,
            l.input_tokens,
            l.output_tokens,
            l.cost_usd
           FROM app_private.llm_attempts l
          WHERE (l.call_id = c.id)
          ORDER BY l.n DESC
         LIMIT 1) a ON (true));

COMMENT ON VIEW app_operations.calls IS '@primaryKey id
@foreignKey (model_id) references app_public.models (id)|@fieldName model
The calls to models with their last attempt, without what was asked and answered.';

COMMENT ON COLUMN app_operations.calls.id IS '@notNull
Identity of the call.';

COMMENT ON COLUMN app_operations.calls.role IS '@notNull
What for.';

COMMENT ON COLUMN app_operations.calls.subject_type IS '@notNull
What kind of thing it is about.';

COMMENT ON COLUMN app_operations.calls.subject_id IS '@notNull
The thing that it is about.';

COMMENT ON COLUMN app_operations.calls.model_id IS '@notNull
Who is asked.';

COMMENT ON COLUMN app_operations.calls.round IS '@notNull
Which round it is.';

COMMENT ON COLUMN app_operations.calls.state IS '@notNull
pending, active, done, failed or in_doubt.';

COMMENT ON COLUMN app_operations.calls.attempts IS '@notNull
How often it was tried.';

COMMENT ON COLUMN app_operations.calls.reason IS 'Why it failed, waits or is in doubt.';

COMMENT ON COLUMN app_operations.calls.next_try_at IS '@notNull
Not before this instant.';

COMMENT ON COLUMN app_operations.calls.created_at IS '@notNull
When it was decided on.';

COMMENT ON COLUMN app_operations.calls.http_status IS 'The provider''s last status.';

COMMENT ON COLUMN app_operations.calls.error_class IS 'What kind of failure the last one was.';

COMMENT ON COLUMN app_operations.calls.provider_request_id IS 'The provider''s name for the last request.';

COMMENT ON COLUMN app_operations.calls.sending_at IS 'When the last request may have left.';

COMMENT ON COLUMN app_operations.calls.finished_at IS 'When the last attempt ended.';

COMMENT ON COLUMN app_operations.calls.input_tokens IS 'Tokens read.';

COMMENT ON COLUMN app_operations.calls.output_tokens IS 'Tokens written.';

COMMENT ON COLUMN app_operations.calls.cost_usd IS 'What it cost.';

CREATE VIEW app_operations.dead_jobs WITH (security_invoker='true', security_barrier='true') AS
 SELECT id,
    task,
    run_id,
    attempts,
    error,
    created_at
   FROM app_private.dead_jobs() j(id, task, run_id, attempts, error, created_at);

COMMENT ON VIEW app_operations.dead_jobs IS '@primaryKey id
@foreignKey (run_id) references app_operations.scheduled_tasks (id)|@fieldName run|@foreignFieldName deadJobs
Jobs that the queue has given up; retryJob sets one going again.';

COMMENT ON COLUMN app_operations.dead_jobs.id IS '@notNull
Identity of the job in the queue.';

COMMENT ON COLUMN app_operations.dead_jobs.task IS '@notNull
The task that it was to do.';

COMMENT ON COLUMN app_operations.dead_jobs.run_id IS 'The run of the schedule that it belongs to, if it does.';

COMMENT ON COLUMN app_operations.dead_jobs.attempts IS '@notNull
How often it was tried.';

COMMENT ON COLUMN app_operations.dead_jobs.error IS 'Why it failed last.';

COMMENT ON COLUMN app_operations.dead_jobs.created_at IS '@notNull
When it came into the queue.';

CREATE VIEW app_operations.duplicate_submissions WITH (security_invoker='true', security_barrier='true') AS
 SELECT task_id,
    model_id,
    (count(*))::integer AS count
   FROM app_public.submissions s
  GROUP BY task_id, model_id
 HAVING (count(*) > 1);

COMMENT ON VIEW app_operations.duplicate_submissions IS '@primaryKey task_id,model_id
Models that were asked twice for one task: always empty, as submissions_once_per_model sees to it.';

COMMENT ON COLUMN app_operations.duplicate_submissions.task_id IS '@notNull
The task.';

COMMENT ON COLUMN app_operations.duplicate_submissions.model_id IS '@notNull
The model.';

COMMENT ON COLUMN app_operations.duplicate_submissions.count IS '@notNull
How many.';

CREATE TABLE app_private.exclusions (
    id bigint NOT NULL,
    voter_id bigint,
    network_hash bytea,
    is_excluded boolean NOT NULL,
    reason text NOT NULL,
    votes integer NOT NULL,
    operator_id uuid,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT exclusions_of_voter_or_network CHECK ((num_nonnulls(voter_id, network_hash) = 1)),
    CONSTRAINT exclusions_reason_given CHECK (((char_length(btrim(reason)) >= 3) AND (char_length(btrim(reason)) <= 1000)))
);

COMMENT ON TABLE app_private.exclusions IS 'Whose votes were taken out of the count or put back, and why. The last row of a voter or network says how it stands.';

COMMENT ON COLUMN app_private.exclusions.id IS 'Identity of the entry.';

COMMENT ON COLUMN app_private.exclusions.voter_id IS 'The voter.';

COMMENT ON COLUMN app_private.exclusions.network_hash IS 'Or the network, of one day.';

COMMENT ON COLUMN app_private.exclusions.is_excluded IS 'Whether the votes were taken out, or put back.';

COMMENT ON COLUMN app_private.exclusions.reason IS 'Why.';

COMMENT ON COLUMN app_private.exclusions.votes IS 'How many votes it was about.';

COMMENT ON COLUMN app_private.exclusions.operator_id IS 'Who did it; null when it was done in SQL.';

COMMENT ON COLUMN app_private.exclusions.at IS 'When.';

COMMENT ON CONSTRAINT exclusions_reason_given ON app_private.exclusions IS '@error TB017
A reason of 3 to 1000 characters is needed.
Hint: Say why, for those who read the log later.';

CREATE VIEW app_operations.exclusions WITH (security_invoker='true', security_barrier='true') AS
 SELECT id,
    voter_id,
    encode(network_hash, 'hex'::text) AS network,
    is_excluded,
    reason,
    votes,
    operator_id,
    at
   FROM app_private.exclusions e;

COMMENT ON VIEW app_operations.exclusions IS '@primaryKey id
@foreignKey (operator_id) references app_public.users (id)|@fieldName operator
Whose votes were taken out of the count or put back, and why.';

COMMENT ON COLUMN app_operations.exclusions.id IS '@notNull
Identity of the entry.';

COMMENT ON COLUMN app_operations.exclusions.voter_id IS 'The voter.';

COMMENT ON COLUMN app_operations.exclusions.network IS 'Or the network of a day.';

COMMENT ON COLUMN app_operations.exclusions.is_excluded IS '@notNull
Whether the votes were taken out, or put back.';

COMMENT ON COLUMN app_operations.exclusions.reason IS '@notNull
Why.';

COMMENT ON COLUMN app_operations.exclusions.votes IS '@notNull
How many votes moved.';

COMMENT ON COLUMN app_operations.exclusions.operator_id IS 'Who did it, unless it was done in SQL.';

COMMENT ON COLUMN app_operations.exclusions.at IS '@notNull
When.';

CREATE VIEW app_operations.fragility WITH (security_invoker='true', security_barrier='true') AS
 SELECT r.is_rehearsal,
    f.ahead_id,
    f.behind_id,
    f.gap,
    f.votes
   FROM (( VALUES (false), (true)) r(is_rehearsal)
     CROSS JOIN LATERAL app_private.board_fragility(NULL::text, r.is_rehearsal, 200, 1) f(ahead_id, behind_id, gap, votes, one_step));

COMMENT ON VIEW app_operations.fragility IS '@primaryKey is_rehearsal
@foreignKey (ahead_id) references app_public.models (id)|@fieldName ahead|@behavior -manyRelation:resource:list -manyRelation:resource:connection
@foreignKey (behind_id) references app_public.models (id)|@fieldName behind|@behavior -manyRelation:resource:list -manyRelation:resource:connection
How many votes hold the first place of the published board.';

COMMENT ON COLUMN app_operations.fragility.is_rehearsal IS '@notNull
Whether it is the board of canned models.';

COMMENT ON COLUMN app_operations.fragility.ahead_id IS '@notNull
The model in the first place.';

COMMENT ON COLUMN app_operations.fragility.behind_id IS '@notNull
The one behind it.';

COMMENT ON COLUMN app_operations.fragility.gap IS '@notNull
How many points are between them.';

COMMENT ON COLUMN app_operations.fragility.votes IS 'At most so many votes would have to go to turn it round; null when it takes more than 200.';

CREATE TABLE app_private.task_registry (
    name text NOT NULL,
    period text,
    max_attempts integer NOT NULL,
    useful_for interval,
    next_run_at timestamp with time zone,
    description text NOT NULL,
    CONSTRAINT task_registry_attempts_sane CHECK (((max_attempts >= 1) AND (max_attempts <= 25))),
    CONSTRAINT task_registry_description_form CHECK (((char_length(description) >= 10) AND (char_length(description) <= 300))),
    CONSTRAINT task_registry_name_form CHECK ((name ~ '^[a-z][a-z0-9_]{2,59}$'::text)),
    CONSTRAINT task_registry_period_known CHECK ((period = ANY (ARRAY['minute'::text, 'five_minutes'::text, 'ten_minutes'::text, 'hour'::text, 'day'::text]))),
    CONSTRAINT task_registry_use_positive CHECK ((useful_for > '00:00:00'::interval))
);

COMMENT ON TABLE app_private.task_registry IS 'The tasks that may be scheduled: one row for each file in worker/tasks that keeps a log of its runs.';

COMMENT ON COLUMN app_private.task_registry.name IS 'Name of the task, of its file and of its jobs in the queue.';

COMMENT ON COLUMN app_private.task_registry.period IS 'How often it runs: cron and HTTP ask for at most one run in each period, counted in UTC; null sets no limit.';

COMMENT ON COLUMN app_private.task_registry.max_attempts IS 'How often one run is tried before it counts as failed.';

COMMENT ON COLUMN app_private.task_registry.useful_for IS 'How long after the beginning of its period a run is still of use; a later one is skipped. Null: always.';

COMMENT ON COLUMN app_private.task_registry.next_run_at IS 'When the crontab asks for it next; null when it does not.';

COMMENT ON COLUMN app_private.task_registry.description IS 'What the task does.';

CREATE VIEW app_operations.job_runs WITH (security_invoker='true', security_barrier='true') AS
 SELECT r.name,
    r.description,
    r.period,
    r.next_run_at,
    last.started_at AS last_run_at,
    last.status AS last_status,
    last.duration_ms AS last_duration_ms,
    last.error AS last_error,
    success.finished_at AS last_success_at,
    failures.n AS failures_in_7_days
   FROM (((app_private.task_registry r
     LEFT JOIN LATERAL ( SELECT t.started_at,
            t.status,
            t.duration_ms,
            t.error
           FROM app_private.scheduled_tasks t
          WHERE ((t.function_name = r.name) AND (t.started_at IS NOT NULL))
          ORDER BY t.started_at DESC
         LIMIT 1) last ON (true))
     LEFT JOIN LATERAL ( SELECT t.finished_at
           FROM app_private.scheduled_tasks t
          WHERE ((t.function_name = r.name) AND (t.started_at IS NOT NULL) AND (t.status = 'completed'::text) AND (NOT COALESCE((t.result ? 'skipped'::text), false)))
          ORDER BY t.started_at DESC
         LIMIT 1) success ON (true))
     CROSS JOIN LATERAL ( SELECT (count(*))::integer AS n
           FROM app_private.scheduled_tasks t
          WHERE ((t.function_name = r.name) AND (t.status = 'failed'::text) AND (t.finished_at > (now() - '7 days'::interval)))) failures);

COMMENT ON VIEW app_operations.job_runs IS '@primaryKey name
The scheduled tasks: when each ran last and how that went, and when it runs next.';

COMMENT ON COLUMN app_operations.job_runs.name IS '@notNull
The task.';

COMMENT ON COLUMN app_operations.job_runs.description IS '@notNull
What it does.';

COMMENT ON COLUMN app_operations.job_runs.period IS 'How often it runs: minute, five_minutes, ten_minutes, hour or day.';

COMMENT ON COLUMN app_operations.job_runs.next_run_at IS 'When the crontab asks for it next.';

COMMENT ON COLUMN app_operations.job_runs.last_run_at IS 'When it last began.';

COMMENT ON COLUMN app_operations.job_runs.last_status IS 'How that stands: pending (a retry is due), running, completed or failed.';

COMMENT ON COLUMN app_operations.job_runs.last_duration_ms IS 'How long that took, in milliseconds.';

COMMENT ON COLUMN app_operations.job_runs.last_error IS 'Why that failed, if it did.';

COMMENT ON COLUMN app_operations.job_runs.last_success_at IS 'When it last did its work; a run that was skipped does not count.';

COMMENT ON COLUMN app_operations.job_runs.failures_in_7_days IS '@notNull
How many runs failed for good in the last seven days.';

CREATE VIEW app_operations.judge_runs AS
SELECT
    NULL::bigint AS id,
    NULL::text AS purpose,
    NULL::uuid AS problem_id,
    NULL::text AS prompt_version,
    NULL::text AS state,
    NULL::timestamp with time zone AS created_at,
    NULL::timestamp with time zone AS applied_at,
    NULL::timestamp with time zone AS reverted_at,
    NULL::integer AS judgings,
    NULL::integer AS waiting,
    NULL::integer AS unscored,
    NULL::integer AS members,
    NULL::integer AS now_correct,
    NULL::integer AS no_longer_correct,
    NULL::double precision AS mean_change;

COMMENT ON VIEW app_operations.judge_runs IS '@primaryKey id
@foreignKey (problem_id) references app_public.problems (id)|@fieldName problem
Checks of the judge and re-judgings: how far they are, and what a re-judging would flip or has flipped.';

COMMENT ON COLUMN app_operations.judge_runs.id IS '@notNull
Identity of the run.';

COMMENT ON COLUMN app_operations.judge_runs.purpose IS '@notNull
check or rejudge.';

COMMENT ON COLUMN app_operations.judge_runs.problem_id IS 'The problem, of a re-judging.';

COMMENT ON COLUMN app_operations.judge_runs.prompt_version IS '@notNull
What the judge is told.';

COMMENT ON COLUMN app_operations.judge_runs.state IS '@notNull
shadow: nothing has changed by it. applied. reverted.';

COMMENT ON COLUMN app_operations.judge_runs.created_at IS '@notNull
When it was asked for.';

COMMENT ON COLUMN app_operations.judge_runs.applied_at IS 'When it was applied.';

COMMENT ON COLUMN app_operations.judge_runs.reverted_at IS 'When it was taken back.';

COMMENT ON COLUMN app_operations.judge_runs.judgings IS '@notNull
How many there are.';

COMMENT ON COLUMN app_operations.judge_runs.waiting IS '@notNull
How many wait.';

COMMENT ON COLUMN app_operations.judge_runs.unscored IS '@notNull
How many came without a score: those answers stay as they are.';

COMMENT ON COLUMN app_operations.judge_runs.members IS '@notNull
How many members it concerns.';

COMMENT ON COLUMN app_operations.judge_runs.now_correct IS '@notNull
Answers that would pass and did not.';

COMMENT ON COLUMN app_operations.judge_runs.no_longer_correct IS '@notNull
Answers that passed and would not.';

COMMENT ON COLUMN app_operations.judge_runs.mean_change IS 'By how much scores change in the mean.';

CREATE TABLE app_private.prompts (
    role text NOT NULL,
    version text NOT NULL,
    system text NOT NULL,
    template text NOT NULL,
    weight numeric(6,3) DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT prompts_version_form CHECK ((version ~ '^v[0-9]{1,4}$'::text)),
    CONSTRAINT prompts_weight_not_negative CHECK ((weight >= (0)::numeric))
);

COMMENT ON TABLE app_private.prompts IS 'What models are told, by role and version; a version that was used is never rewritten.';

COMMENT ON COLUMN app_private.prompts.role IS 'Who is told: writer, answer, judge, battle or coach.';

COMMENT ON COLUMN app_private.prompts.version IS 'v1, v2 and so on.';

COMMENT ON COLUMN app_private.prompts.system IS 'The standing part.';

COMMENT ON COLUMN app_private.prompts.template IS 'The part with {{placeholders}}.';

COMMENT ON COLUMN app_private.prompts.weight IS 'How often it is drawn among the versions of its role; 0 is never.';

COMMENT ON COLUMN app_private.prompts.created_at IS 'When it was taken in.';

CREATE TABLE app_public.verdicts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    answer_id uuid NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    user_id uuid NOT NULL,
    problem_id uuid NOT NULL,
    source text NOT NULL,
    judge_model_id uuid,
    prompt_version text,
    rubric_hash bytea NOT NULL,
    pass_score integer NOT NULL,
    score integer NOT NULL,
    is_correct boolean GENERATED ALWAYS AS ((score >= pass_score)) STORED NOT NULL,
    feedback text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT verdicts_feedback_bounded CHECK (((char_length(feedback) >= 1) AND (char_length(feedback) <= 4000))),
    CONSTRAINT verdicts_judged_by_somebody CHECK (((source = ANY (ARRAY['rule'::text, 'reversal'::text])) OR ((judge_model_id IS NOT NULL) AND (prompt_version IS NOT NULL)))),
    CONSTRAINT verdicts_pass_score_in_range CHECK (((pass_score >= 1) AND (pass_score <= 100))),
    CONSTRAINT verdicts_rubric_hash_form CHECK ((octet_length(rubric_hash) = 32)),
    CONSTRAINT verdicts_score_in_range CHECK (((score >= 0) AND (score <= 100))),
    CONSTRAINT verdicts_source_known CHECK ((source = ANY (ARRAY['judge'::text, 'rule'::text, 'rejudge'::text, 'reversal'::text])))
);

COMMENT ON TABLE app_public.verdicts IS 'What was found of an answer. Never rewritten: a later one takes its place, and answers.verdict_id says which counts.';

COMMENT ON COLUMN app_public.verdicts.id IS 'Identity of the verdict; the ledger of points names it as the cause.';

COMMENT ON COLUMN app_public.verdicts.answer_id IS 'The answer.';

COMMENT ON COLUMN app_public.verdicts.answered_at IS 'When the answer came: it says in which partition it is.';

COMMENT ON COLUMN app_public.verdicts.user_id IS 'The member.';

COMMENT ON COLUMN app_public.verdicts.problem_id IS 'The problem.';

COMMENT ON COLUMN app_public.verdicts.source IS 'By whom: the judge or, where there was too little, a rule; else a later re-judging, or what stood before one that was taken back.';

COMMENT ON COLUMN app_public.verdicts.judge_model_id IS 'The model that judged; none when a rule did.';

COMMENT ON COLUMN app_public.verdicts.prompt_version IS 'What the judge was told.';

COMMENT ON COLUMN app_public.verdicts.rubric_hash IS 'SHA-256 of the rubric that it was given.';

COMMENT ON COLUMN app_public.verdicts.pass_score IS 'The score from which an answer counted as correct.';

COMMENT ON COLUMN app_public.verdicts.score IS '0 to 100.';

COMMENT ON COLUMN app_public.verdicts.is_correct IS 'Whether the score reaches the pass score.';

COMMENT ON COLUMN app_public.verdicts.feedback IS 'What the member is told.';

COMMENT ON COLUMN app_public.verdicts.created_at IS 'When it was found.';

CREATE VIEW app_operations.judge_versions WITH (security_invoker='true', security_barrier='true') AS
 SELECT p.version,
    p.weight,
    COALESCE(r.answers, 0) AS answers,
    r.pass_rate,
    r.mean_score,
    COALESCE(r.unscored, 0) AS unscored,
    COALESCE(r.cost_usd, (0)::numeric) AS cost_usd,
    r.mean_tokens,
    COALESCE(e.examples, 0) AS examples,
    e.agreement
   FROM ((app_private.prompts p
     LEFT JOIN ( SELECT r_1.prompt_version,
            (count(v.id))::integer AS answers,
            (avg((v.is_correct)::integer))::double precision AS pass_rate,
            (avg(v.score))::double precision AS mean_score,
            (count(*) FILTER (WHERE (r_1.state <> 'scored'::text)))::integer AS unscored,
            sum(r_1.cost_usd) AS cost_usd,
            (avg(r_1.tokens))::double precision AS mean_tokens
           FROM (app_private.judge_replies r_1
             LEFT JOIN app_public.verdicts v ON ((v.id = r_1.verdict_id)))
          WHERE (r_1.purpose = 'answer'::text)
          GROUP BY r_1.prompt_version) r ON ((r.prompt_version = p.version)))
     LEFT JOIN ( SELECT a.prompt_version,
            a.examples,
            a.agreement
           FROM app_private.judge_agreement() a(prompt_version, examples, agreement)) e ON ((e.prompt_version = p.version)))
  WHERE (p.role = 'judge'::text);

COMMENT ON VIEW app_operations.judge_versions IS '@primaryKey version
The judge''s prompt versions side by side: how often each serves, what it finds, what it costs, and how well it agrees with the registry''s examples.';

COMMENT ON COLUMN app_operations.judge_versions.version IS '@notNull
The version.';

COMMENT ON COLUMN app_operations.judge_versions.weight IS '@notNull
How often it is drawn among the versions.';

COMMENT ON COLUMN app_operations.judge_versions.answers IS '@notNull
Answers that it decided.';

COMMENT ON COLUMN app_operations.judge_versions.pass_rate IS 'The part of them that passed.';

COMMENT ON COLUMN app_operations.judge_versions.mean_score IS 'Their mean score.';

COMMENT ON COLUMN app_operations.judge_versions.unscored IS '@notNull
Replies that were of no use.';

COMMENT ON COLUMN app_operations.judge_versions.cost_usd IS '@notNull
What it has cost.';

COMMENT ON COLUMN app_operations.judge_versions.mean_tokens IS 'Tokens of one reply, in the mean.';

COMMENT ON COLUMN app_operations.judge_versions.examples IS '@notNull
Examples that were judged by it in checks.';

COMMENT ON COLUMN app_operations.judge_versions.agreement IS 'The part of them that came out as expected.';

CREATE TABLE app_private.daily_spend (
    id bigint NOT NULL,
    day date NOT NULL,
    model_id uuid,
    held_usd numeric(16,8) DEFAULT 0 NOT NULL,
    spent_usd numeric(16,8) DEFAULT 0 NOT NULL,
    CONSTRAINT daily_spend_not_negative CHECK (((held_usd >= (0)::numeric) AND (spent_usd >= (0)::numeric)))
);

COMMENT ON TABLE app_private.daily_spend IS 'What a UTC day has cost and holds: for each model, and for all in the row without one.';

COMMENT ON COLUMN app_private.daily_spend.id IS 'Identity of the row.';

COMMENT ON COLUMN app_private.daily_spend.day IS 'The UTC day.';

COMMENT ON COLUMN app_private.daily_spend.model_id IS 'The model; null in the row for all.';

COMMENT ON COLUMN app_private.daily_spend.held_usd IS 'Held for attempts whose cost is not known yet.';

COMMENT ON COLUMN app_private.daily_spend.spent_usd IS 'Settled.';

CREATE VIEW app_private.ledger_faults WITH (security_invoker='true', security_barrier='true') AS
 SELECT 'billed twice'::text AS fault,
    a.call_id,
    format('%s attempts may have been executed'::text, count(*)) AS detail
   FROM app_private.llm_attempts a
  WHERE (a.state = ANY (ARRAY['succeeded'::text, 'unusable'::text, 'in_doubt'::text, 'sending'::text]))
  GROUP BY a.call_id
 HAVING (count(*) > 1)
UNION ALL
 SELECT 'stuck'::text AS fault,
    a.call_id,
    format('%s since %s'::text, a.state, a.lease_until) AS detail
   FROM app_private.llm_attempts a
  WHERE ((a.state = ANY (ARRAY['reserved'::text, 'sending'::text])) AND (a.lease_until < (now() - '00:05:00'::interval)))
UNION ALL
 SELECT 'active without an attempt'::text AS fault,
    c.id AS call_id,
    'no attempt is under way'::text AS detail
   FROM app_private.llm_calls c
  WHERE ((c.state = 'active'::text) AND (NOT (EXISTS ( SELECT
           FROM app_private.llm_attempts a
          WHERE ((a.call_id = c.id) AND (a.state = ANY (ARRAY['reserved'::text, 'sending'::text])))))))
UNION ALL
 SELECT 'unsettled'::text AS fault,
    a.call_id,
    format('%s without a cost'::text, a.state) AS detail
   FROM app_private.llm_attempts a
  WHERE ((a.state = ANY (ARRAY['succeeded'::text, 'unusable'::text, 'abandoned'::text])) AND (a.cost_usd IS NULL))
UNION ALL
 SELECT 'holds do not add up'::text AS fault,
    NULL::bigint AS call_id,
    format('%s, %s: %s held, %s in open attempts'::text, day, model, s.held_usd, o.held_usd) AS detail
   FROM (( SELECT d.day,
            COALESCE((d.model_id)::text, 'all'::text) AS model,
            d.held_usd
           FROM app_private.daily_spend d) s
     FULL JOIN ( SELECT a.hold_day AS day,
            COALESCE((c.model_id)::text, 'all'::text) AS model,
            sum(a.hold_usd) AS held_usd
           FROM (app_private.llm_attempts a
             JOIN app_private.llm_calls c ON ((c.id = a.call_id)))
          WHERE ((a.hold_usd > (0)::numeric) AND (a.state = ANY (ARRAY['sending'::text, 'in_doubt'::text])))
          GROUP BY GROUPING SETS ((a.hold_day, c.model_id), (a.hold_day))) o USING (day, model))
  WHERE (COALESCE(s.held_usd, (0)::numeric) <> COALESCE(o.held_usd, (0)::numeric))
UNION ALL
 SELECT 'costs do not add up'::text AS fault,
    NULL::bigint AS call_id,
    format('%s, %s: %s spent, %s in attempts'::text, day, model, s.spent_usd, o.spent_usd) AS detail
   FROM (( SELECT d.day,
            COALESCE((d.model_id)::text, 'all'::text) AS model,
            d.spent_usd
           FROM app_private.daily_spend d) s
     FULL JOIN ( SELECT a.hold_day AS day,
            COALESCE((c.model_id)::text, 'all'::text) AS model,
            sum(a.cost_usd) AS spent_usd
           FROM (app_private.llm_attempts a
             JOIN app_private.llm_calls c ON ((c.id = a.call_id)))
          WHERE ((a.hold_usd > (0)::numeric) AND (a.state = ANY (ARRAY['succeeded'::text, 'unusable'::text, 'abandoned'::text])))
          GROUP BY GROUPING SETS ((a.hold_day, c.model_id), (a.hold_day))) o USING (day, model))
  WHERE (COALESCE(s.spent_usd, (0)::numeric) <> COALESCE(o.spent_usd, (0)::numeric))
UNION ALL
 SELECT 'submission without its end'::text AS fault,
    c.id AS call_id,
    format('call %s, submission %s'::text, c.state, s.status) AS detail
   FROM (app_private.llm_calls c
     JOIN app_public.submissions s ON ((s.id = c.subject_id)))
  WHERE ((c.subject_type = 'submission'::text) AND (((c.state = 'failed'::text) AND (s.status <> 'failed'::app_public.submission_status)) OR ((c.state = 'in_doubt'::text) AND (s.status <> 'in_doubt'::app_public.submission_status))));

COMMENT ON VIEW app_private.ledger_faults IS 'What must never be in the ledger: always empty.';

COMMENT ON COLUMN app_private.ledger_faults.fault IS 'What is wrong.';

COMMENT ON COLUMN app_private.ledger_faults.call_id IS 'The call, if it is about one.';

COMMENT ON COLUMN app_private.ledger_faults.detail IS 'The particulars.';

CREATE VIEW app_operations.ledger_faults WITH (security_invoker='true', security_barrier='true') AS
 SELECT fault,
    call_id,
    detail
   FROM app_private.ledger_faults f;

COMMENT ON VIEW app_operations.ledger_faults IS 'What must never be in the ledger of model calls: always empty.';

COMMENT ON COLUMN app_operations.ledger_faults.fault IS 'What is wrong.';

COMMENT ON COLUMN app_operations.ledger_faults.call_id IS 'The call, if it is about one.';

COMMENT ON COLUMN app_operations.ledger_faults.detail IS 'The particulars.';

CREATE TABLE app_private.ai_usage_metrics (
    user_id uuid NOT NULL,
    day date NOT NULL,
    purpose text NOT NULL,
    calls integer NOT NULL,
    tokens integer NOT NULL,
    closed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ai_usage_metrics_not_negative CHECK (((calls >= 0) AND (tokens >= 0)))
);

COMMENT ON TABLE app_private.ai_usage_metrics IS 'What models did for a member on a finished day. What it cost stands in the ledger of calls, and stays there.';

COMMENT ON COLUMN app_private.ai_usage_metrics.user_id IS 'The member.';

COMMENT ON COLUMN app_private.ai_usage_metrics.day IS 'The UTC day.';

COMMENT ON COLUMN app_private.ai_usage_metrics.purpose IS 'What for.';

COMMENT ON COLUMN app_private.ai_usage_metrics.calls IS 'How often.';

COMMENT ON COLUMN app_private.ai_usage_metrics.tokens IS 'What the member paid of their allowance.';

COMMENT ON COLUMN app_private.ai_usage_metrics.closed_at IS 'When the day was closed.';

CREATE VIEW app_operations.member_usage WITH (security_invoker='true', security_barrier='true') AS
 SELECT day,
    purpose,
    (count(*))::integer AS members,
    (sum(calls))::integer AS calls,
    sum(tokens) AS tokens,
    max(tokens) AS most
   FROM app_private.ai_usage_metrics u
  GROUP BY day, purpose;

COMMENT ON VIEW app_operations.member_usage IS '@primaryKey day,purpose
What models did for members on each finished day.';

COMMENT ON COLUMN app_operations.member_usage.day IS '@notNull
The UTC day.';

COMMENT ON COLUMN app_operations.member_usage.purpose IS '@notNull
judge or coach.';

COMMENT ON COLUMN app_operations.member_usage.members IS '@notNull
How many members.';

COMMENT ON COLUMN app_operations.member_usage.calls IS '@notNull
How many calls.';

COMMENT ON COLUMN app_operations.member_usage.tokens IS '@notNull
Tokens of their allowances.';

COMMENT ON COLUMN app_operations.member_usage.most IS '@notNull
The most that one member used.';

CREATE TABLE app_private.operator_log (
    id bigint NOT NULL,
    operator_id uuid,
    action text NOT NULL,
    subject text NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT operator_log_reason_given CHECK (((char_length(btrim(reason)) >= 3) AND (char_length(btrim(reason)) <= 1000)))
);

COMMENT ON TABLE app_private.operator_log IS 'What operators did by hand, and why.';

COMMENT ON COLUMN app_private.operator_log.id IS 'Identity of the entry.';

COMMENT ON COLUMN app_private.operator_log.operator_id IS 'Who did it; null when it was done in SQL, or the operator has gone.';

COMMENT ON COLUMN app_private.operator_log.action IS 'The function that was called.';

COMMENT ON COLUMN app_private.operator_log.subject IS 'What it was done to.';

COMMENT ON COLUMN app_private.operator_log.reason IS 'Why, in the operator''s words.';

COMMENT ON COLUMN app_private.operator_log.at IS 'When.';

COMMENT ON CONSTRAINT operator_log_reason_given ON app_private.operator_log IS '@error TB017
A reason of 3 to 1000 characters is needed.
Hint: Say why, for those who read the log later.';

CREATE VIEW app_operations.operator_log WITH (security_invoker='true', security_barrier='true') AS
 SELECT id,
    operator_id,
    action,
    subject,
    reason,
    at
   FROM app_private.operator_log l;

COMMENT ON VIEW app_operations.operator_log IS '@primaryKey id
@foreignKey (operator_id) references app_public.users (id)|@fieldName operator
What operators did by hand, and why.';

COMMENT ON COLUMN app_operations.operator_log.id IS '@notNull
Identity of the entry.';

COMMENT ON COLUMN app_operations.operator_log.operator_id IS 'Who did it, unless it was done in SQL.';

COMMENT ON COLUMN app_operations.operator_log.action IS '@notNull
The function that was called.';

COMMENT ON COLUMN app_operations.operator_log.subject IS '@notNull
What it was done to.';

COMMENT ON COLUMN app_operations.operator_log.reason IS '@notNull
Why, in the operator''s words.';

COMMENT ON COLUMN app_operations.operator_log.at IS '@notNull
When.';

CREATE VIEW app_operations.pipeline_today AS
SELECT
    NULL::uuid AS task_id,
    NULL::integer AS slot,
    NULL::text AS title,
    NULL::app_public.task_status AS status,
    NULL::timestamp with time zone AS generated_at,
    NULL::timestamp with time zone AS dispatched_at,
    NULL::timestamp with time zone AS closes_at,
    NULL::integer AS queued,
    NULL::integer AS running,
    NULL::integer AS succeeded,
    NULL::integer AS failed,
    NULL::integer AS in_doubt,
    NULL::numeric AS cost_usd;

COMMENT ON VIEW app_operations.pipeline_today IS '@primaryKey task_id
@foreignKey (task_id) references app_public.tasks (id)|@fieldName task|@behavior -singularRelation:resource:single -manyRelation:resource:connection -manyRelation:resource:list
How far today''s tasks are.';

COMMENT ON COLUMN app_operations.pipeline_today.task_id IS '@notNull
The task.';

COMMENT ON COLUMN app_operations.pipeline_today.slot IS '@notNull
Which of the day''s tasks it is.';

COMMENT ON COLUMN app_operations.pipeline_today.title IS 'Its title, once it is written.';

COMMENT ON COLUMN app_operations.pipeline_today.status IS '@notNull
How far it is.';

COMMENT ON COLUMN app_operations.pipeline_today.generated_at IS 'When it was written.';

COMMENT ON COLUMN app_operations.pipeline_today.dispatched_at IS 'When the models were asked.';

COMMENT ON COLUMN app_operations.pipeline_today.closes_at IS '@notNull
When it closes.';

COMMENT ON COLUMN app_operations.pipeline_today.queued IS '@notNull
Answers that wait to be asked for.';

COMMENT ON COLUMN app_operations.pipeline_today.running IS '@notNull
Answers under way.';

COMMENT ON COLUMN app_operations.pipeline_today.succeeded IS '@notNull
Answers that came.';

COMMENT ON COLUMN app_operations.pipeline_today.failed IS '@notNull
Answers that failed.';

COMMENT ON COLUMN app_operations.pipeline_today.in_doubt IS '@notNull
Answers of which nobody knows.';

COMMENT ON COLUMN app_operations.pipeline_today.cost_usd IS '@notNull
What it has cost so far.';

CREATE VIEW app_operations.rejudge_flips WITH (security_invoker='true', security_barrier='true') AS
 SELECT j.id,
    j.run_id,
    j.user_id,
    j.answer_id,
    v.score AS score_before,
    j.score AS score_after,
    v.is_correct AS is_correct_before,
    j.is_correct AS is_correct_after
   FROM (app_private.judgings j
     LEFT JOIN app_public.verdicts v ON ((v.id = j.prior_verdict_id)))
  WHERE ((j.answer_id IS NOT NULL) AND (j.state = 'scored'::text) AND (j.is_correct IS DISTINCT FROM COALESCE(v.is_correct, false)));

COMMENT ON VIEW app_operations.rejudge_flips IS '@primaryKey id
@foreignKey (run_id) references app_operations.judge_runs (id)|@fieldName run|@foreignFieldName flips
@foreignKey (user_id) references app_public.users (id)|@fieldName user
The answers whose outcome a re-judging turns around.';

COMMENT ON COLUMN app_operations.rejudge_flips.id IS '@notNull
Identity of the judging.';

COMMENT ON COLUMN app_operations.rejudge_flips.run_id IS '@notNull
The run.';

COMMENT ON COLUMN app_operations.rejudge_flips.user_id IS '@notNull
Whose answer it is.';

COMMENT ON COLUMN app_operations.rejudge_flips.answer_id IS '@notNull
The answer.';

COMMENT ON COLUMN app_operations.rejudge_flips.score_before IS 'The score that counted when the run was asked for.';

COMMENT ON COLUMN app_operations.rejudge_flips.score_after IS '@notNull
The new score.';

COMMENT ON COLUMN app_operations.rejudge_flips.is_correct_before IS 'Whether it passed.';

COMMENT ON COLUMN app_operations.rejudge_flips.is_correct_after IS '@notNull
Whether it passes.';

CREATE TABLE app_private.skipped_models (
    challenge_date date NOT NULL,
    model_id uuid NOT NULL,
    reason text NOT NULL
);

COMMENT ON TABLE app_private.skipped_models IS 'Active models that were not asked on a day, and why: for want of a key, say.';

COMMENT ON COLUMN app_private.skipped_models.challenge_date IS 'The day.';

COMMENT ON COLUMN app_private.skipped_models.model_id IS 'The model.';

COMMENT ON COLUMN app_private.skipped_models.reason IS 'Why it was not asked.';

CREATE VIEW app_operations.skipped_models WITH (security_invoker='true', security_barrier='true') AS
 SELECT challenge_date,
    model_id,
    reason
   FROM app_private.skipped_models s;

COMMENT ON VIEW app_operations.skipped_models IS '@primaryKey challenge_date,model_id
@foreignKey (model_id) references app_public.models (id)|@fieldName model
Active models that were not asked on a day, and why.';

COMMENT ON COLUMN app_operations.skipped_models.challenge_date IS '@notNull
The day.';

COMMENT ON COLUMN app_operations.skipped_models.model_id IS '@notNull
The model.';

COMMENT ON COLUMN app_operations.skipped_models.reason IS '@notNull
Why it was not asked.';

CREATE TABLE app_private.model_caps (
    model_id uuid NOT NULL,
    daily_usd numeric(12,6) NOT NULL,
    CONSTRAINT model_caps_not_negative CHECK ((daily_usd >= (0)::numeric))
);

COMMENT ON TABLE app_private.model_caps IS 'What a model may cost in a UTC day; a model without a row has no cap of its own.';

COMMENT ON COLUMN app_private.model_caps.model_id IS 'The model.';

COMMENT ON COLUMN app_private.model_caps.daily_usd IS 'The most that may be spent and held in a day.';

CREATE VIEW app_operations.spend WITH (security_invoker='true', security_barrier='true') AS
 SELECT s.day,
    s.model_id,
    m.slug AS model,
    s.held_usd,
    s.spent_usd,
    c.daily_usd AS cap_usd,
    sum(s.spent_usd) OVER (PARTITION BY s.model_id, (date_trunc('month'::text, (s.day)::timestamp without time zone)) ORDER BY s.day) AS month_usd
   FROM ((app_private.daily_spend s
     LEFT JOIN app_public.models m ON ((m.id = s.model_id)))
     LEFT JOIN app_private.model_caps c ON ((c.model_id = s.model_id)));

COMMENT ON VIEW app_operations.spend IS 'What each day has cost and holds, for each model and (in the row without one) for all, with the month up to that day.';

COMMENT ON COLUMN app_operations.spend.day IS '@notNull
The UTC day.';

COMMENT ON COLUMN app_operations.spend.model_id IS 'The model; null in the row for all.';

COMMENT ON COLUMN app_operations.spend.model IS 'Its short name.';

COMMENT ON COLUMN app_operations.spend.held_usd IS '@notNull
Held for attempts whose cost is not known yet.';

COMMENT ON COLUMN app_operations.spend.spent_usd IS '@notNull
Settled.';

COMMENT ON COLUMN app_operations.spend.cap_usd IS 'The model''s own daily cap, if it has one.';

COMMENT ON COLUMN app_operations.spend.month_usd IS '@notNull
Settled in that month up to that day.';

CREATE TABLE app_private.vote_flags (
    id bigint NOT NULL,
    voter_id bigint,
    network_hash bytea,
    model_id uuid NOT NULL,
    votes integer NOT NULL,
    e_value double precision NOT NULL,
    flagged_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT vote_flags_of_voter_or_network CHECK ((num_nonnulls(voter_id, network_hash) = 1))
);

COMMENT ON TABLE app_private.vote_flags IS 'Voters and networks that vote on a model as hardly anybody honest would.';

COMMENT ON COLUMN app_private.vote_flags.id IS 'Identity of the flag.';

COMMENT ON COLUMN app_private.vote_flags.voter_id IS 'The voter.';

COMMENT ON COLUMN app_private.vote_flags.network_hash IS 'Or the network, of one day.';

COMMENT ON COLUMN app_private.vote_flags.model_id IS 'The model.';

COMMENT ON COLUMN app_private.vote_flags.votes IS 'Votes on it.';

COMMENT ON COLUMN app_private.vote_flags.e_value IS 'The greatest evidence seen: of the honest, one in so many gets as far.';

COMMENT ON COLUMN app_private.vote_flags.flagged_at IS 'When the evidence first was enough.';

COMMENT ON COLUMN app_private.vote_flags.seen_at IS 'When it was last found to be.';

CREATE VIEW app_operations.vote_flags WITH (security_invoker='true', security_barrier='true') AS
 SELECT id,
    voter_id,
    encode(network_hash, 'hex'::text) AS network,
    model_id,
    votes,
    e_value,
    flagged_at,
    seen_at
   FROM app_private.vote_flags f;

COMMENT ON VIEW app_operations.vote_flags IS '@primaryKey id
@foreignKey (model_id) references app_public.models (id)|@fieldName model
Voters and networks that vote on a model as hardly anybody honest would.';

COMMENT ON COLUMN app_operations.vote_flags.id IS '@notNull
Identity of the flag.';

COMMENT ON COLUMN app_operations.vote_flags.voter_id IS 'The voter, for exclude_voter().';

COMMENT ON COLUMN app_operations.vote_flags.network IS 'Or the network of a day, for exclude_network().';

COMMENT ON COLUMN app_operations.vote_flags.model_id IS '@notNull
The model.';

COMMENT ON COLUMN app_operations.vote_flags.votes IS '@notNull
Votes on it.';

COMMENT ON COLUMN app_operations.vote_flags.e_value IS '@notNull
The evidence: of the honest, one in so many gets as far.';

COMMENT ON COLUMN app_operations.vote_flags.flagged_at IS '@notNull
When it first was enough.';

COMMENT ON COLUMN app_operations.vote_flags.seen_at IS '@notNull
When it was last found to be.';

CREATE VIEW app_operations.vote_health WITH (security_invoker='true', security_barrier='true') AS
 SELECT hour_at,
    received,
    counted,
    share,
    is_alarm
   FROM app_private.vote_health() h(hour_at, received, counted, share, is_alarm);

COMMENT ON VIEW app_operations.vote_health IS '@primaryKey hour_at
Votes of the last two days by the hour, and how many of them count.';

COMMENT ON COLUMN app_operations.vote_health.hour_at IS '@notNull
When the hour began.';

COMMENT ON COLUMN app_operations.vote_health.received IS '@notNull
Votes that came.';

COMMENT ON COLUMN app_operations.vote_health.counted IS '@notNull
Those that count.';

COMMENT ON COLUMN app_operations.vote_health.share IS '@notNull
Their share.';

COMMENT ON COLUMN app_operations.vote_health.is_alarm IS '@notNull
Whether it is so low that a check may be broken.';

CREATE TABLE app_private.workers (
    id integer NOT NULL,
    pool_id text,
    host text NOT NULL,
    process_id integer NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workers_host_form CHECK ((char_length(host) <= 255))
);

COMMENT ON TABLE app_private.workers IS 'The workers that are at work. Each holds an advisory lock on its id while its connection lives.';

COMMENT ON COLUMN app_private.workers.id IS 'Identity of the worker, and key of its advisory lock.';

COMMENT ON COLUMN app_private.workers.pool_id IS 'Name under which it locks jobs in the queue.';

COMMENT ON COLUMN app_private.workers.host IS 'Machine that it runs on.';

COMMENT ON COLUMN app_private.workers.process_id IS 'Process that it runs in.';

COMMENT ON COLUMN app_private.workers.started_at IS 'When it arrived.';

COMMENT ON COLUMN app_private.workers.seen_at IS 'When it was last heard of.';

CREATE VIEW app_operations.workers WITH (security_invoker='true', security_barrier='true') AS
 SELECT id,
    host,
    process_id,
    started_at,
    seen_at,
    (seen_at > (now() - '00:00:30'::interval)) AS is_alive
   FROM app_private.workers w;

COMMENT ON VIEW app_operations.workers IS '@primaryKey id
The workers that are at work.';

COMMENT ON COLUMN app_operations.workers.id IS '@notNull
Identity of the worker.';

COMMENT ON COLUMN app_operations.workers.host IS '@notNull
Machine that it runs on.';

COMMENT ON COLUMN app_operations.workers.process_id IS '@notNull
Process that it runs in.';

COMMENT ON COLUMN app_operations.workers.started_at IS '@notNull
When it arrived.';

COMMENT ON COLUMN app_operations.workers.seen_at IS '@notNull
When it was last heard of.';

COMMENT ON COLUMN app_operations.workers.is_alive IS '@notNull
Whether it was heard of within the last half minute.';

CREATE TABLE app_private.answer_keys (
    user_id uuid NOT NULL,
    key text NOT NULL,
    answer_id uuid NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT answer_keys_form CHECK ((key ~ '^[A-Za-z0-9_.:-]{8,100}$'::text))
);

COMMENT ON TABLE app_private.answer_keys IS 'Keys under which answers were handed in: the same key again gives the same answer. A table of its own, since answers are cut by month.';

COMMENT ON COLUMN app_private.answer_keys.user_id IS 'The member.';

COMMENT ON COLUMN app_private.answer_keys.key IS 'The key, made up by the caller.';

COMMENT ON COLUMN app_private.answer_keys.answer_id IS 'The answer.';

COMMENT ON COLUMN app_private.answer_keys.answered_at IS 'When the answer came.';

COMMENT ON COLUMN app_private.answer_keys.created_at IS 'When the key was first used.';

COMMENT ON CONSTRAINT answer_keys_form ON app_private.answer_keys IS '@error TB086
A key has 8 to 100 letters, digits, dots, colons, dashes or underscores.
Hint: Make one up for each answer, such as a random uuid.';

CREATE TABLE app_private.answers_rest (
    id uuid DEFAULT gen_random_uuid() CONSTRAINT answers_id_not_null NOT NULL,
    answered_at timestamp with time zone DEFAULT now() CONSTRAINT answers_answered_at_not_null NOT NULL,
    user_id uuid CONSTRAINT answers_user_id_not_null NOT NULL,
    problem_id uuid CONSTRAINT answers_problem_id_not_null NOT NULL,
    body text CONSTRAINT answers_body_not_null NOT NULL,
    day date CONSTRAINT answers_day_not_null NOT NULL,
    seconds_taken integer CONSTRAINT answers_seconds_taken_not_null NOT NULL,
    base_points integer CONSTRAINT answers_base_points_not_null NOT NULL,
    time_bonus_points integer CONSTRAINT answers_time_bonus_points_not_null NOT NULL,
    status app_public.answer_status DEFAULT 'judging'::app_public.answer_status CONSTRAINT answers_status_not_null NOT NULL,
    verdict_id uuid,
    judged_at timestamp with time zone,
    reason text,
    CONSTRAINT answers_body_bounded CHECK (((char_length(body) >= 1) AND (char_length(body) <= 20000))),
    CONSTRAINT answers_judged_whole CHECK ((((status = 'judged'::app_public.answer_status) = (verdict_id IS NOT NULL)) AND ((status = 'judging'::app_public.answer_status) = (judged_at IS NULL)))),
    CONSTRAINT answers_points_not_negative CHECK (((base_points >= 0) AND (time_bonus_points >= 0))),
    CONSTRAINT answers_seconds_taken_not_negative CHECK ((seconds_taken >= 0)),
    CONSTRAINT answers_unscored_for_a_reason CHECK (((status <> 'unscored'::app_public.answer_status) OR (reason IS NOT NULL)))
);

COMMENT ON TABLE app_private.answers_rest IS 'Answers of months that have no partition: empty, unless something keeps them from being made.';

COMMENT ON COLUMN app_private.answers_rest.id IS 'Identity of the answer.';

COMMENT ON COLUMN app_private.answers_rest.answered_at IS 'When it was handed in.';

COMMENT ON COLUMN app_private.answers_rest.user_id IS 'The member.';

COMMENT ON COLUMN app_private.answers_rest.problem_id IS 'The problem.';

COMMENT ON COLUMN app_private.answers_rest.body IS 'What was handed in.';

COMMENT ON COLUMN app_private.answers_rest.day IS 'The day on which it was, in the member''s own zone at that moment.';

COMMENT ON COLUMN app_private.answers_rest.seconds_taken IS 'From the start of the attempt to here, by the server''s clock.';

COMMENT ON COLUMN app_private.answers_rest.base_points IS 'What it is worth if it is correct, as it stood when it was handed in.';

COMMENT ON COLUMN app_private.answers_rest.time_bonus_points IS 'What it is worth beside that for having been quick, frozen when it was handed in.';

COMMENT ON COLUMN app_private.answers_rest.status IS 'How far it is.';

COMMENT ON COLUMN app_private.answers_rest.verdict_id IS 'The verdict that counts.';

COMMENT ON COLUMN app_private.answers_rest.judged_at IS 'When that came to be, or when the judge was given up.';

COMMENT ON COLUMN app_private.answers_rest.reason IS 'Why it has no score, if it has none.';

CREATE TABLE app_private.arena_settings (
    is_only boolean DEFAULT true NOT NULL,
    ballot_time interval DEFAULT '00:30:00'::interval NOT NULL,
    draws_per_voter_hour integer DEFAULT 240 NOT NULL,
    draws_per_network_hour integer DEFAULT 3000 NOT NULL,
    votes_per_voter_day integer DEFAULT 20 NOT NULL,
    votes_per_network_day integer DEFAULT 40 NOT NULL,
    votes_per_network_model_day integer DEFAULT 6 NOT NULL,
    explore_share double precision DEFAULT 0.2 NOT NULL,
    flag_level double precision DEFAULT 0.001 NOT NULL,
    prior_votes double precision DEFAULT 1 NOT NULL,
    elo_k double precision DEFAULT 4 NOT NULL,
    elo_start double precision DEFAULT 1000 NOT NULL,
    export_salt uuid DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT arena_settings_ballot_time_sane CHECK (((ballot_time >= '00:01:00'::interval) AND (ballot_time <= '1 day'::interval))),
    CONSTRAINT arena_settings_limits_positive CHECK ((LEAST(draws_per_voter_hour, draws_per_network_hour, votes_per_voter_day, votes_per_network_day, votes_per_network_model_day) > 0)),
    CONSTRAINT arena_settings_one_row CHECK (is_only),
    CONSTRAINT arena_settings_ratings_sane CHECK (((prior_votes > (0)::double precision) AND (elo_k > (0)::double precision))),
    CONSTRAINT arena_settings_shares_sane CHECK ((((explore_share >= (0)::double precision) AND (explore_share <= (1)::double precision)) AND (flag_level > (0)::double precision) AND (flag_level < (1)::double precision)))
);

COMMENT ON TABLE app_private.arena_settings IS 'How ballots are drawn, votes limited and ratings made: one row.';

COMMENT ON COLUMN app_private.arena_settings.is_only IS 'Always true: there is one row.';

COMMENT ON COLUMN app_private.arena_settings.ballot_time IS 'How long a ballot can be used.';

COMMENT ON COLUMN app_private.arena_settings.draws_per_voter_hour IS 'Ballots that one voter may draw in an hour.';

COMMENT ON COLUMN app_private.arena_settings.draws_per_network_hour IS 'Ballots that may be drawn from one network in an hour.';

COMMENT ON COLUMN app_private.arena_settings.votes_per_voter_day IS 'Votes of one voter that count in a day; more are taken, and the voter is not told.';

COMMENT ON COLUMN app_private.arena_settings.votes_per_network_day IS 'Votes from one network that count in a day. Raise it where all voters sit behind one address.';

COMMENT ON COLUMN app_private.arena_settings.votes_per_network_model_day IS 'Votes from one network on one model that count in a day. In simulations 300 votes for one model from three networks gain a rank at most among 3000 honest votes, and none among 100000; without limits four to five, and up to three.';

COMMENT ON COLUMN app_private.arena_settings.explore_share IS 'Share of ballots that are drawn uniformly, whatever they would tell.';

COMMENT ON COLUMN app_private.arena_settings.flag_level IS 'How many of the honest may be flagged by chance.';

COMMENT ON COLUMN app_private.arena_settings.prior_votes IS 'Votes that each model has drawn against a virtual one of mean strength.';

COMMENT ON COLUMN app_private.arena_settings.elo_k IS 'By how much a vote moves the Elo of both models at most.';

COMMENT ON COLUMN app_private.arena_settings.elo_start IS 'The Elo that a model begins with.';

COMMENT ON COLUMN app_private.arena_settings.export_salt IS 'What voters are hashed with in an export; random.';

CREATE TABLE app_private.battle_judgements (
    battle_id uuid NOT NULL,
    round integer NOT NULL,
    pick text NOT NULL,
    reasoning text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT battle_judgements_pick_known CHECK ((pick = ANY (ARRAY['challenger'::text, 'opponent'::text, 'draw'::text]))),
    CONSTRAINT battle_judgements_reasoning_bounded CHECK ((char_length(reasoning) <= 20000)),
    CONSTRAINT battle_judgements_two_rounds CHECK ((round = ANY (ARRAY[1, 2])))
);

COMMENT ON TABLE app_private.battle_judgements IS 'What the judge said of a battle: once with the challenger''s answer first, once with the opponent''s.';

COMMENT ON COLUMN app_private.battle_judgements.battle_id IS 'The battle.';

COMMENT ON COLUMN app_private.battle_judgements.round IS '1: the challenger''s answer came first. 2: the opponent''s.';

COMMENT ON COLUMN app_private.battle_judgements.pick IS 'Whose answer was the better one.';

COMMENT ON COLUMN app_private.battle_judgements.reasoning IS 'Why, in the judge''s words.';

COMMENT ON COLUMN app_private.battle_judgements.created_at IS 'When it was said.';

CREATE TABLE app_private.battle_seats (
    battle_id uuid NOT NULL,
    user_id uuid NOT NULL,
    live tstzrange NOT NULL,
    body text,
    answered_at timestamp with time zone,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT battle_seats_answer_whole CHECK (((body IS NULL) = (answered_at IS NULL))),
    CONSTRAINT battle_seats_body_bounded CHECK (((char_length(body) >= 1) AND (char_length(body) <= 20000)))
);

COMMENT ON TABLE app_private.battle_seats IS 'Who takes part in an accepted battle, from when to when, and with which answer.';

COMMENT ON COLUMN app_private.battle_seats.battle_id IS 'The battle.';

COMMENT ON COLUMN app_private.battle_seats.user_id IS 'The member.';

COMMENT ON COLUMN app_private.battle_seats.live IS 'From when to when it goes on: no member is in two at once.';

COMMENT ON COLUMN app_private.battle_seats.body IS 'What they handed in.';

COMMENT ON COLUMN app_private.battle_seats.answered_at IS 'When they did.';

COMMENT ON COLUMN app_private.battle_seats.id IS 'Identity of the seat, under which its tokens are reserved.';

COMMENT ON CONSTRAINT battle_seats_body_bounded ON app_private.battle_seats IS '@error TB097
An answer has 1 to 20,000 characters.
Hint: Shorten it, or write one.';

CREATE TABLE app_private.blobs (
    sha256 bytea NOT NULL,
    media_type text NOT NULL,
    bytes bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT blobs_media_type_known CHECK ((media_type = 'image/webp'::text)),
    CONSTRAINT blobs_named_by_content CHECK ((sha256 = sha256(bytes))),
    CONSTRAINT blobs_size_sane CHECK (((octet_length(bytes) >= 1) AND (octet_length(bytes) <= 4194304)))
);
ALTER TABLE ONLY app_private.blobs ALTER COLUMN bytes SET STORAGE EXTERNAL;

COMMENT ON TABLE app_private.blobs IS 'Pictures, each kept once under the hash of its bytes.';

COMMENT ON COLUMN app_private.blobs.sha256 IS 'SHA-256 of the bytes.';

COMMENT ON COLUMN app_private.blobs.media_type IS 'What the bytes are.';

COMMENT ON COLUMN app_private.blobs.bytes IS 'The picture.';

COMMENT ON COLUMN app_private.blobs.created_at IS 'When it was stored first.';

CREATE TABLE app_private.content_syncs (
    kind text NOT NULL,
    hash bytea NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT content_syncs_hash_form CHECK ((octet_length(hash) = 32))
);

COMMENT ON TABLE app_private.content_syncs IS 'Which state of content/ was taken in last: a start applies it again only when the files have changed since.';

COMMENT ON COLUMN app_private.content_syncs.kind IS 'models or prompts.';

COMMENT ON COLUMN app_private.content_syncs.hash IS 'SHA-256 of what was applied.';

COMMENT ON COLUMN app_private.content_syncs.applied_at IS 'When it was applied.';

CREATE TABLE app_private.matches (
    id bigint NOT NULL,
    task_id uuid NOT NULL,
    first_model_id uuid NOT NULL,
    second_model_id uuid NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    gain double precision DEFAULT 1 NOT NULL,
    CONSTRAINT matches_gain_not_negative CHECK (((gain >= (0)::double precision) AND (gain < 'Infinity'::double precision))),
    CONSTRAINT matches_ordered CHECK ((first_model_id < second_model_id))
)
WITH (fillfactor='70');

COMMENT ON TABLE app_private.matches IS 'Two submissions of one task that can be voted on: once for each unordered pair.';

COMMENT ON COLUMN app_private.matches.id IS 'Identity of the match; never shown outside.';

COMMENT ON COLUMN app_private.matches.task_id IS 'The task.';

COMMENT ON COLUMN app_private.matches.first_model_id IS 'The model with the lesser id; which side it is shown on, each ballot''s coin decides.';

COMMENT ON COLUMN app_private.matches.second_model_id IS 'The other model.';

COMMENT ON COLUMN app_private.matches.opened_at IS 'When both had answered.';

COMMENT ON COLUMN app_private.matches.gain IS 'How much a vote on it would tell, by the last fit.';

CREATE TABLE app_public.votes (
    ballot_id uuid NOT NULL,
    verdict app_public.verdict NOT NULL,
    dwell_ms integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    is_counted boolean NOT NULL,
    network_hash bytea,
    CONSTRAINT votes_dwell_not_negative CHECK ((dwell_ms >= 0)),
    CONSTRAINT votes_network_hash_form CHECK ((octet_length(network_hash) = 16))
);

COMMENT ON TABLE app_public.votes IS 'What people said, one row for each used ballot. Rows are never deleted; whether they count is a verdict of its own.';

COMMENT ON COLUMN app_public.votes.ballot_id IS 'The ballot that was used up.';

COMMENT ON COLUMN app_public.votes.verdict IS 'What was said.';

COMMENT ON COLUMN app_public.votes.dwell_ms IS 'How long both pages were looked at, as the voter''s browser tells it.';

COMMENT ON COLUMN app_public.votes.created_at IS 'When it was cast.';

COMMENT ON COLUMN app_public.votes.is_counted IS 'Whether it counts: no check has failed.';

COMMENT ON COLUMN app_public.votes.network_hash IS 'The voter''s network of that day, hashed under a salt that is deleted after 48 hours.';

CREATE VIEW app_private.counts_of_votes WITH (security_invoker='true', security_barrier='true') AS
 SELECT m.task_id,
    m.first_model_id,
    m.second_model_id,
    b.stratum,
    app_private.turn_verdict(v.verdict, b.is_first_left) AS outcome,
    (count(*) FILTER (WHERE v.is_counted))::integer AS votes,
    (count(*) FILTER (WHERE (NOT v.is_counted)))::integer AS uncounted
   FROM ((app_public.votes v
     JOIN app_public.ballots b ON ((b.id = v.ballot_id)))
     JOIN app_private.matches m ON ((m.id = b.match_id)))
  GROUP BY m.task_id, m.first_model_id, m.second_model_id, b.stratum, (app_private.turn_verdict(v.verdict, b.is_first_left));

COMMENT ON VIEW app_private.counts_of_votes IS 'The counts, made anew from the votes.';

COMMENT ON COLUMN app_private.counts_of_votes.task_id IS 'The task.';

COMMENT ON COLUMN app_private.counts_of_votes.first_model_id IS 'The model with the lesser id.';

COMMENT ON COLUMN app_private.counts_of_votes.second_model_id IS 'The other model.';

COMMENT ON COLUMN app_private.counts_of_votes.stratum IS 'Whether the models were unknown when the ballots were drawn.';

COMMENT ON COLUMN app_private.counts_of_votes.outcome IS 'How it ended.';

COMMENT ON COLUMN app_private.counts_of_votes.votes IS 'How often.';

COMMENT ON COLUMN app_private.counts_of_votes.uncounted IS 'How many more votes said so and do not count.';

CREATE TABLE app_private.vote_checks (
    ballot_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT vote_checks_kind_known CHECK ((kind = ANY (ARRAY['voter_cap'::text, 'network_cap'::text, 'model_cap'::text, 'voter'::text, 'network'::text]))),
    CONSTRAINT vote_checks_state_known CHECK ((state = ANY (ARRAY['pass'::text, 'fail'::text, 'unknown'::text])))
);

COMMENT ON TABLE app_private.vote_checks IS 'What was found when a vote was checked. A vote without a row passed at once; one with any fail is not counted; unknown is a check that could not run, and never a fail.';

COMMENT ON COLUMN app_private.vote_checks.ballot_id IS 'The vote.';

COMMENT ON COLUMN app_private.vote_checks.kind IS 'voter_cap, network_cap, model_cap: more than the day''s share of one voter, network, or network on one model. voter, network: excluded by an operator.';

COMMENT ON COLUMN app_private.vote_checks.state IS 'pass, fail or unknown.';

COMMENT ON COLUMN app_private.vote_checks.at IS 'When it was found.';

CREATE VIEW app_private.count_faults WITH (security_invoker='true', security_barrier='true') AS
 SELECT 'counts differ from votes'::text AS fault,
    concat_ws(' '::text, task_id, first_model_id, second_model_id, stratum, outcome) AS subject,
    format('%s, %s uncounted'::text, COALESCE(p.votes, 0), COALESCE(p.uncounted, 0)) AS stored,
    format('%s, %s uncounted'::text, COALESCE(c.votes, 0), COALESCE(c.uncounted, 0)) AS found
   FROM (app_private.pair_counts p
     FULL JOIN app_private.counts_of_votes c USING (task_id, first_model_id, second_model_id, stratum, outcome))
  WHERE ((COALESCE(p.votes, 0) <> COALESCE(c.votes, 0)) OR (COALESCE(p.uncounted, 0) <> COALESCE(c.uncounted, 0)))
UNION ALL
 SELECT 'a vote counts against its checks'::text AS fault,
    (v.ballot_id)::text AS subject,
    (v.is_counted)::text AS stored,
    ((NOT v.is_counted))::text AS found
   FROM app_public.votes v
  WHERE (v.is_counted = (EXISTS ( SELECT
           FROM app_private.vote_checks k
          WHERE ((k.ballot_id = v.ballot_id) AND (k.state = 'fail'::text)))));

COMMENT ON VIEW app_private.count_faults IS 'Where counts and votes disagree: always empty.';

COMMENT ON COLUMN app_private.count_faults.fault IS 'What is wrong.';

COMMENT ON COLUMN app_private.count_faults.subject IS 'Where.';

COMMENT ON COLUMN app_private.count_faults.stored IS 'What is stored.';

COMMENT ON COLUMN app_private.count_faults.found IS 'What the votes say.';

ALTER TABLE app_private.daily_spend ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.daily_spend_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app_private.dispatch_gate (
    is_only boolean DEFAULT true NOT NULL,
    epoch uuid DEFAULT gen_random_uuid() NOT NULL,
    past_epochs uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    is_open boolean DEFAULT true NOT NULL,
    closed_through date,
    reason text,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT dispatch_gate_closed_for_a_reason CHECK ((is_open OR (reason IS NOT NULL))),
    CONSTRAINT dispatch_gate_is_only_one CHECK (is_only)
);

COMMENT ON TABLE app_private.dispatch_gate IS 'Whether models may be asked. A restored backup has forgotten what was bought since: it closes the gate until somebody reconciles.';

COMMENT ON COLUMN app_private.dispatch_gate.is_only IS 'There is one row.';

COMMENT ON COLUMN app_private.dispatch_gate.epoch IS 'Kept here and beside the database; when the two differ, one of them is older.';

COMMENT ON COLUMN app_private.dispatch_gate.past_epochs IS 'Those that were reconciled: a machine that still keeps one of them is behind, and the database has forgotten nothing.';

COMMENT ON COLUMN app_private.dispatch_gate.is_open IS 'Whether models may be asked at all.';

COMMENT ON COLUMN app_private.dispatch_gate.closed_through IS 'Days up to this one are not bought any more: they may have been bought before.';

COMMENT ON COLUMN app_private.dispatch_gate.reason IS 'Why it is closed.';

COMMENT ON COLUMN app_private.dispatch_gate.changed_at IS 'Since when.';

CREATE UNLOGGED TABLE app_private.draw_allowances (
    kind text NOT NULL,
    caller text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    used integer NOT NULL
)
WITH (fillfactor='70');

COMMENT ON TABLE app_private.draw_allowances IS 'How many ballots a voter or a network drew in an hour.';

COMMENT ON COLUMN app_private.draw_allowances.kind IS 'What is counted.';

COMMENT ON COLUMN app_private.draw_allowances.caller IS 'Whose it is: a voter''s id, or a network''s hash.';

COMMENT ON COLUMN app_private.draw_allowances.starts_at IS 'When the hour began.';

COMMENT ON COLUMN app_private.draw_allowances.used IS 'How many so far.';

CREATE TABLE app_private.elo_ratings (
    model_id uuid NOT NULL,
    elo double precision NOT NULL
);

COMMENT ON TABLE app_private.elo_ratings IS 'Every model''s online Elo after the votes of all folded tasks; the sum never moves.';

COMMENT ON COLUMN app_private.elo_ratings.model_id IS 'The model.';

COMMENT ON COLUMN app_private.elo_ratings.elo IS 'Its Elo.';

CREATE TABLE app_private.erased_subjects (
    subject_hash bytea NOT NULL,
    erased_at timestamp with time zone NOT NULL,
    CONSTRAINT erased_subjects_hash_form CHECK ((octet_length(subject_hash) = 32))
);

COMMENT ON TABLE app_private.erased_subjects IS 'People who were forgotten, as hashes: a token from before, or a late webhook, does not bring them back.';

COMMENT ON COLUMN app_private.erased_subjects.subject_hash IS 'SHA-256 of issuer and subject.';

COMMENT ON COLUMN app_private.erased_subjects.erased_at IS 'When they were forgotten.';

ALTER TABLE app_private.exclusions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.exclusions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW app_private.exported_votes WITH (security_invoker='true', security_barrier='true') AS
 SELECT t.challenge_date,
    t.slot,
    t.id AS task_id,
    t.theme,
    b.stratum,
    l.slug AS left_model,
    r.slug AS right_model,
    v.verdict,
    b.propensity,
    date_trunc('hour'::text, v.created_at, 'UTC'::text) AS hour_at,
    l.is_rehearsal,
    encode(substr(extensions.hmac(convert_to((b.voter_id)::text, 'UTF8'::name), uuid_send(s.export_salt), 'sha256'::text), 1, 8), 'hex'::text) AS voter,
    t.closes_at,
    row_number() OVER (PARTITION BY t.challenge_date, t.id ORDER BY v.created_at, v.ballot_id) AS number
   FROM (((((((app_public.votes v
     JOIN app_public.ballots b ON ((b.id = v.ballot_id)))
     JOIN app_private.matches m ON ((m.id = b.match_id)))
     JOIN app_public.tasks t ON ((t.id = b.task_id)))
     JOIN app_public.models l ON ((l.id =
        CASE
            WHEN b.is_first_left THEN m.first_model_id
            ELSE m.second_model_id
        END)))
     JOIN app_public.models r ON ((r.id =
        CASE
            WHEN b.is_first_left THEN m.second_model_id
            ELSE m.first_model_id
        END)))
     CROSS JOIN app_private.arena_settings s)
     LEFT JOIN app_private.folded_tasks f ON ((f.task_id = t.id)))
  WHERE (v.is_counted AND ((f.task_id IS NOT NULL) OR (t.is_showcase AND (t.closes_at <= now()))));

COMMENT ON VIEW app_private.exported_votes IS 'Every counted vote on tasks that have closed, without a word of who cast it: the boards can be made anew from it.';

COMMENT ON COLUMN app_private.exported_votes.challenge_date IS 'The UTC day of the task.';

COMMENT ON COLUMN app_private.exported_votes.slot IS 'Which of the day''s tasks it is.';

COMMENT ON COLUMN app_private.exported_votes.task_id IS 'The task.';

COMMENT ON COLUMN app_private.exported_votes.theme IS 'Its theme.';

COMMENT ON COLUMN app_private.exported_votes.stratum IS 'Whether the models were unknown; only sealed votes count for the boards.';

COMMENT ON COLUMN app_private.exported_votes.left_model IS 'Whose page was on the left.';

COMMENT ON COLUMN app_private.exported_votes.right_model IS 'Whose page was on the right.';

COMMENT ON COLUMN app_private.exported_votes.verdict IS 'What the voter said.';

COMMENT ON COLUMN app_private.exported_votes.propensity IS 'The probability with which this pair and these sides were drawn.';

COMMENT ON COLUMN app_private.exported_votes.hour_at IS 'The hour in which it was cast.';

COMMENT ON COLUMN app_private.exported_votes.is_rehearsal IS 'Whether the models are canned.';

COMMENT ON COLUMN app_private.exported_votes.voter IS 'The same for all votes of a voter, and nothing else.';

COMMENT ON COLUMN app_private.exported_votes.closes_at IS 'When the task closed: votes are folded in the order of this, task_id and number.';

COMMENT ON COLUMN app_private.exported_votes.number IS 'Its place among the task''s counted votes, in the order in which they were cast.';

CREATE TABLE app_private.handles (
    handle text NOT NULL,
    submission_id uuid NOT NULL,
    kind text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ballot_id uuid,
    side text,
    CONSTRAINT handles_end_after_they_begin CHECK ((expires_at > created_at)),
    CONSTRAINT handles_form CHECK ((handle ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT handles_kind_known CHECK ((kind = ANY (ARRAY['page'::text, 'image'::text, 'thumb'::text]))),
    CONSTRAINT handles_side_known CHECK ((side = ANY (ARRAY['left'::text, 'right'::text]))),
    CONSTRAINT handles_side_of_ballot CHECK (((ballot_id IS NULL) = (side IS NULL)))
);

COMMENT ON TABLE app_private.handles IS 'Random names under which a sealed page or picture is shown: new for every ballot, so that they say nothing about whose it is.';

COMMENT ON COLUMN app_private.handles.handle IS 'The name: 64 random hexadecimal digits.';

COMMENT ON COLUMN app_private.handles.submission_id IS 'What it stands for.';

COMMENT ON COLUMN app_private.handles.kind IS 'Which of it: the page, its picture, or the small picture.';

COMMENT ON COLUMN app_private.handles.created_at IS 'When it was minted.';

COMMENT ON COLUMN app_private.handles.expires_at IS 'Until when it opens anything.';

COMMENT ON COLUMN app_private.handles.ballot_id IS 'The ballot that it was minted for, if it was for one.';

COMMENT ON COLUMN app_private.handles.side IS 'On which side of the ballot it is shown.';

CREATE TABLE app_private.voters (
    id bigint NOT NULL,
    user_id uuid,
    visitor_hash bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    current_ballot_id uuid,
    excluded_at timestamp with time zone,
    has_voted boolean DEFAULT false NOT NULL,
    voted_on date,
    sealed_votes integer DEFAULT 0 NOT NULL,
    revealed_votes integer DEFAULT 0 NOT NULL,
    CONSTRAINT voters_member_or_visitor CHECK (((user_id IS NULL) OR (visitor_hash IS NULL))),
    CONSTRAINT voters_visitor_hash_form CHECK ((octet_length(visitor_hash) = 32))
)
WITH (fillfactor='80');

COMMENT ON TABLE app_private.voters IS 'Who votes: a member, or a visitor known by a cookie. Both are null when a member has been forgotten.';

COMMENT ON COLUMN app_private.voters.id IS 'Identity of the voter; never shown outside.';

COMMENT ON COLUMN app_private.voters.user_id IS 'The member.';

COMMENT ON COLUMN app_private.voters.visitor_hash IS 'SHA-256 of the visitor''s cookie.';

COMMENT ON COLUMN app_private.voters.created_at IS 'When the voter first drew a ballot.';

COMMENT ON COLUMN app_private.voters.current_ballot_id IS 'The ballot drawn last.';

COMMENT ON COLUMN app_private.voters.excluded_at IS 'Since when the voter''s votes do not count, if so.';

COMMENT ON COLUMN app_private.voters.has_voted IS 'Whether the voter has ever voted, as of the last hour: a visitor who has not is forgotten.';

COMMENT ON COLUMN app_private.voters.voted_on IS 'The UTC day of which the votes are counted here: the last on which the voter had voted when they drew a ballot.';

COMMENT ON COLUMN app_private.voters.sealed_votes IS 'How many votes on sealed tasks the voter had cast that day, when they drew their current ballot.';

COMMENT ON COLUMN app_private.voters.revealed_votes IS 'How many on revealed ones.';

CREATE VIEW app_private.idle_voters WITH (security_invoker='true', security_barrier='true') AS
 SELECT ctid,
    id,
    created_at
   FROM app_private.voters v
  WHERE ((NOT has_voted) AND (user_id IS NULL) AND (NOT (EXISTS ( SELECT
           FROM app_public.ballots b
          WHERE (b.voter_id = v.id)))) AND (NOT (EXISTS ( SELECT
           FROM app_private.exclusions e
          WHERE (e.voter_id = v.id)))) AND (NOT (EXISTS ( SELECT
           FROM app_private.vote_flags f
          WHERE (f.voter_id = v.id)))));

COMMENT ON VIEW app_private.idle_voters IS 'Visitors who never voted and hold no ballot, to be purged: should they come back, they are new.';

COMMENT ON COLUMN app_private.idle_voters.ctid IS 'Where the row stands: what a purge goes by.';

COMMENT ON COLUMN app_private.idle_voters.id IS 'The visitor.';

COMMENT ON COLUMN app_private.idle_voters.created_at IS 'When they first drew a ballot.';

ALTER TABLE app_private.judge_runs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.judge_runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW app_private.judged_answers WITH (security_invoker='true', security_barrier='true') AS
 SELECT a.user_id,
    a.problem_id,
    a.id AS answer_id,
    a.answered_at,
    a.day,
    a.seconds_taken,
    v.score,
    v.is_correct,
        CASE
            WHEN v.is_correct THEN (a.base_points + a.time_bonus_points)
            ELSE 0
        END AS worth,
    v.id AS verdict_id
   FROM (app_public.answers a
     JOIN app_public.verdicts v ON ((v.id = a.verdict_id)));

COMMENT ON VIEW app_private.judged_answers IS 'Every answer with the verdict that counts, and what it is worth by it: all that points are derived from.';

COMMENT ON COLUMN app_private.judged_answers.user_id IS 'The member.';

COMMENT ON COLUMN app_private.judged_answers.problem_id IS 'The problem.';

COMMENT ON COLUMN app_private.judged_answers.answer_id IS 'The answer.';

COMMENT ON COLUMN app_private.judged_answers.answered_at IS 'When it was handed in.';

COMMENT ON COLUMN app_private.judged_answers.day IS 'The member''s own day at that moment.';

COMMENT ON COLUMN app_private.judged_answers.seconds_taken IS 'How long it took.';

COMMENT ON COLUMN app_private.judged_answers.score IS '0 to 100.';

COMMENT ON COLUMN app_private.judged_answers.is_correct IS 'Whether it passed.';

COMMENT ON COLUMN app_private.judged_answers.worth IS 'Base points and frozen time bonus of a correct answer; 0 of any other.';

COMMENT ON COLUMN app_private.judged_answers.verdict_id IS 'The verdict that counts.';

CREATE MATERIALIZED VIEW app_private.leaderboard_global AS
 SELECT "position",
    rank,
    user_id,
    starts_on,
    points,
    solved,
    reached_at,
    current_streak,
    longest_streak,
    badge_name,
    badge_icon
   FROM app_private.first_places('all'::app_public.period_kind) p("position", rank, user_id, starts_on, points, solved, reached_at, current_streak, longest_streak, badge_name, badge_icon)
  WITH NO DATA;

COMMENT ON MATERIALIZED VIEW app_private.leaderboard_global IS 'The first 1,000 places of all time, as of the last refresh.';

COMMENT ON COLUMN app_private.leaderboard_global."position" IS 'Place in the list, no two the same: of equals whoever had the points first comes first.';

COMMENT ON COLUMN app_private.leaderboard_global.rank IS 'Rank: equal points share one.';

COMMENT ON COLUMN app_private.leaderboard_global.user_id IS 'The member.';

COMMENT ON COLUMN app_private.leaderboard_global.starts_on IS 'First day of the period.';

COMMENT ON COLUMN app_private.leaderboard_global.points IS 'Points in the period.';

COMMENT ON COLUMN app_private.leaderboard_global.solved IS 'Problems solved in it.';

COMMENT ON COLUMN app_private.leaderboard_global.reached_at IS 'When points were last earned in it.';

COMMENT ON COLUMN app_private.leaderboard_global.current_streak IS 'Active days in a row.';

COMMENT ON COLUMN app_private.leaderboard_global.longest_streak IS 'Active days of the longest run.';

COMMENT ON COLUMN app_private.leaderboard_global.badge_name IS 'The highest badge.';

COMMENT ON COLUMN app_private.leaderboard_global.badge_icon IS 'Its sign.';

CREATE MATERIALIZED VIEW app_private.leaderboard_monthly AS
 SELECT "position",
    rank,
    user_id,
    starts_on,
    points,
    solved,
    reached_at,
    current_streak,
    longest_streak,
    badge_name,
    badge_icon
   FROM app_private.first_places('month'::app_public.period_kind) p("position", rank, user_id, starts_on, points, solved, reached_at, current_streak, longest_streak, badge_name, badge_icon)
  WITH NO DATA;

COMMENT ON MATERIALIZED VIEW app_private.leaderboard_monthly IS 'The first 1,000 places of the month, as of the last refresh.';

COMMENT ON COLUMN app_private.leaderboard_monthly."position" IS 'Place in the list, no two the same: of equals whoever had the points first comes first.';

COMMENT ON COLUMN app_private.leaderboard_monthly.rank IS 'Rank: equal points share one.';

COMMENT ON COLUMN app_private.leaderboard_monthly.user_id IS 'The member.';

COMMENT ON COLUMN app_private.leaderboard_monthly.starts_on IS 'First day of the period.';

COMMENT ON COLUMN app_private.leaderboard_monthly.points IS 'Points in the period.';

COMMENT ON COLUMN app_private.leaderboard_monthly.solved IS 'Problems solved in it.';

COMMENT ON COLUMN app_private.leaderboard_monthly.reached_at IS 'When points were last earned in it.';

COMMENT ON COLUMN app_private.leaderboard_monthly.current_streak IS 'Active days in a row.';

COMMENT ON COLUMN app_private.leaderboard_monthly.longest_streak IS 'Active days of the longest run.';

COMMENT ON COLUMN app_private.leaderboard_monthly.badge_name IS 'The highest badge.';

COMMENT ON COLUMN app_private.leaderboard_monthly.badge_icon IS 'Its sign.';

CREATE MATERIALIZED VIEW app_private.leaderboard_weekly AS
 SELECT "position",
    rank,
    user_id,
    starts_on,
    points,
    solved,
    reached_at,
    current_streak,
    longest_streak,
    badge_name,
    badge_icon
   FROM app_private.first_places('week'::app_public.period_kind) p("position", rank, user_id, starts_on, points, solved, reached_at, current_streak, longest_streak, badge_name, badge_icon)
  WITH NO DATA;

COMMENT ON MATERIALIZED VIEW app_private.leaderboard_weekly IS 'The first 1,000 places of the week, as of the last refresh.';

COMMENT ON COLUMN app_private.leaderboard_weekly."position" IS 'Place in the list, no two the same: of equals whoever had the points first comes first.';

COMMENT ON COLUMN app_private.leaderboard_weekly.rank IS 'Rank: equal points share one.';

COMMENT ON COLUMN app_private.leaderboard_weekly.user_id IS 'The member.';

COMMENT ON COLUMN app_private.leaderboard_weekly.starts_on IS 'First day of the period.';

COMMENT ON COLUMN app_private.leaderboard_weekly.points IS 'Points in the period.';

COMMENT ON COLUMN app_private.leaderboard_weekly.solved IS 'Problems solved in it.';

COMMENT ON COLUMN app_private.leaderboard_weekly.reached_at IS 'When points were last earned in it.';

COMMENT ON COLUMN app_private.leaderboard_weekly.current_streak IS 'Active days in a row.';

COMMENT ON COLUMN app_private.leaderboard_weekly.longest_streak IS 'Active days of the longest run.';

COMMENT ON COLUMN app_private.leaderboard_weekly.badge_name IS 'The highest badge.';

COMMENT ON COLUMN app_private.leaderboard_weekly.badge_icon IS 'Its sign.';

ALTER TABLE app_private.llm_attempts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.llm_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app_private.llm_calls ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.llm_calls_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app_private.llm_replies (
    attempt_id bigint NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT llm_replies_bounded CHECK ((octet_length(body) <= ((9 * 1024) * 1024)))
);

COMMENT ON TABLE app_private.llm_replies IS 'A provider''s reply as it came, stored before anything reads it, and kept as long as app_private.retention_rules says.';

COMMENT ON COLUMN app_private.llm_replies.attempt_id IS 'The attempt.';

COMMENT ON COLUMN app_private.llm_replies.status IS 'The status of the reply.';

COMMENT ON COLUMN app_private.llm_replies.headers IS 'The few headers that matter.';

COMMENT ON COLUMN app_private.llm_replies.body IS 'The reply''s bytes.';

COMMENT ON COLUMN app_private.llm_replies.received_at IS 'When it was stored.';

CREATE TABLE app_private.llm_roles (
    role text NOT NULL,
    priority integer NOT NULL,
    model_id uuid NOT NULL,
    CONSTRAINT llm_roles_role_known CHECK ((role = ANY (ARRAY['write_task'::text, 'judge'::text, 'coach'::text, 'check'::text])))
);

COMMENT ON TABLE app_private.llm_roles IS 'Which models write tasks, judge answers and coach; the first usable one does it.';

COMMENT ON COLUMN app_private.llm_roles.role IS 'What is to be done.';

COMMENT ON COLUMN app_private.llm_roles.priority IS 'Lower is asked first.';

COMMENT ON COLUMN app_private.llm_roles.model_id IS 'The model.';

ALTER TABLE app_private.matches ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.matches_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app_public.daily_activity (
    user_id uuid NOT NULL,
    day date NOT NULL,
    exercises_completed integer DEFAULT 0 NOT NULL,
    points_earned integer DEFAULT 0 NOT NULL,
    CONSTRAINT daily_activity_not_negative CHECK (((exercises_completed >= 0) AND (points_earned >= 0)))
);

COMMENT ON TABLE app_public.daily_activity IS 'What a member did on a day of their own: a fold of the ledger and of their progress.';

COMMENT ON COLUMN app_public.daily_activity.user_id IS 'The member.';

COMMENT ON COLUMN app_public.daily_activity.day IS 'The day, in their own zone.';

COMMENT ON COLUMN app_public.daily_activity.exercises_completed IS 'Problems that they solved for the first time.';

COMMENT ON COLUMN app_public.daily_activity.points_earned IS 'Points that count for the day.';

CREATE TABLE app_public.user_progress (
    user_id uuid NOT NULL,
    problem_id uuid NOT NULL,
    status app_public.progress_status DEFAULT 'not_started'::app_public.progress_status NOT NULL,
    attempts_count integer DEFAULT 0 NOT NULL,
    first_attempt_at timestamp with time zone,
    completed_at timestamp with time zone,
    completed_on date,
    solving_answer_id uuid,
    expected_seconds integer,
    time_spent_seconds integer DEFAULT 0 NOT NULL,
    points_earned integer DEFAULT 0 NOT NULL,
    best_answer_id uuid,
    best_score integer,
    is_fast boolean DEFAULT false NOT NULL,
    is_nightly boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT user_progress_completed_whole CHECK ((((status = 'completed'::app_public.progress_status) = (completed_at IS NOT NULL)) AND ((completed_at IS NULL) = (completed_on IS NULL)))),
    CONSTRAINT user_progress_not_negative CHECK (((attempts_count >= 0) AND (time_spent_seconds >= 0) AND (points_earned >= 0) AND (version > 0))),
    CONSTRAINT user_progress_points_for_solved CHECK (((points_earned = 0) OR (status = 'completed'::app_public.progress_status))),
    CONSTRAINT user_progress_score_in_range CHECK (((best_score >= 0) AND (best_score <= 100)))
);

COMMENT ON TABLE app_public.user_progress IS 'How far a member is with a problem, as their judged answers say.';

COMMENT ON COLUMN app_public.user_progress.user_id IS 'The member.';

COMMENT ON COLUMN app_public.user_progress.problem_id IS 'The problem.';

COMMENT ON COLUMN app_public.user_progress.status IS 'How far they are.';

COMMENT ON COLUMN app_public.user_progress.attempts_count IS 'Answers of theirs that were judged.';

COMMENT ON COLUMN app_public.user_progress.first_attempt_at IS 'When they began.';

COMMENT ON COLUMN app_public.user_progress.completed_at IS 'When they handed in the answer that first counted as correct. It stays while any answer is correct, even if an earlier one is judged later, or that one is taken back: points go to the days of the answers that are worth them, the solve stays where it was. If all are taken back it is empty, and it returns with that answer.';

COMMENT ON COLUMN app_public.user_progress.completed_on IS 'Their own day of that moment.';

COMMENT ON COLUMN app_public.user_progress.solving_answer_id IS 'The answer whose moment that is; kept while the problem is not solved any more, so that nothing moves when it is again.';

COMMENT ON COLUMN app_public.user_progress.expected_seconds IS 'Expected time of the problem as it was when they first solved it: a change of the problem makes nobody slower.';

COMMENT ON COLUMN app_public.user_progress.time_spent_seconds IS 'From the beginning to their last judged answer.';

COMMENT ON COLUMN app_public.user_progress.points_earned IS 'Points that the problem has brought them.';

COMMENT ON COLUMN app_public.user_progress.best_answer_id IS 'The answer that was worth most, of those the best judged, of those the first.';

COMMENT ON COLUMN app_public.user_progress.best_score IS 'The best score that they had.';

COMMENT ON COLUMN app_public.user_progress.is_fast IS 'Whether the answer that solved it came within a quarter of that time.';

COMMENT ON COLUMN app_public.user_progress.is_nightly IS 'Whether it came between midnight and five in the morning, where they were.';

COMMENT ON COLUMN app_public.user_progress.version IS 'Goes up with every change.';

CREATE VIEW app_private.member_metrics WITH (security_invoker='true', security_barrier='true') AS
 SELECT p.user_id,
    m.metric,
    m.value
   FROM (( SELECT p_1.user_id,
            sum(p_1.attempts_count) AS answers,
            count(p_1.completed_at) AS solved,
            max(p_1.best_score) AS best_score,
            count(*) FILTER (WHERE p_1.is_fast) AS fast_solves,
            count(*) FILTER (WHERE p_1.is_nightly) AS nightly_solves
           FROM app_public.user_progress p_1
          GROUP BY p_1.user_id) p
     CROSS JOIN LATERAL ( VALUES ('answers'::text,p.answers), ('solved'::text,p.solved), ('best_score'::text,p.best_score), ('fast_solves'::text,p.fast_solves), ('nightly_solves'::text,p.nightly_solves)) m(metric, value))
UNION ALL
 SELECT d.user_id,
    'solved_in_a_day'::text AS metric,
    max(d.exercises_completed) AS value
   FROM app_public.daily_activity d
  GROUP BY d.user_id
UNION ALL
 SELECT s.user_id,
    'streak'::text AS metric,
    s.longest AS value
   FROM app_private.streaks s
UNION ALL
 SELECT d.user_id,
    'modules'::text AS metric,
    count(*) AS value
   FROM (( SELECT p.user_id,
            q.module_id,
            count(*) AS solved
           FROM (app_public.user_progress p
             JOIN app_public.problems q ON (((q.id = p.problem_id) AND q.is_published)))
          WHERE (p.completed_at IS NOT NULL)
          GROUP BY p.user_id, q.module_id) d
     JOIN ( SELECT q.module_id,
            count(*) AS problems
           FROM app_public.problems q
          WHERE q.is_published
          GROUP BY q.module_id) w ON (((w.module_id = d.module_id) AND (w.problems = d.solved))))
  GROUP BY d.user_id
UNION ALL
 SELECT b.winner_id AS user_id,
    'battles_won'::text AS metric,
    count(*) AS value
   FROM app_public.battles b
  WHERE (b.winner_id IS NOT NULL)
  GROUP BY b.winner_id;

COMMENT ON VIEW app_private.member_metrics IS 'What achievements count, for each member: one row for each of it that is known.';

COMMENT ON COLUMN app_private.member_metrics.user_id IS 'The member.';

COMMENT ON COLUMN app_private.member_metrics.metric IS 'What is counted.';

COMMENT ON COLUMN app_private.member_metrics.value IS 'How much of it there is.';

CREATE TABLE app_private.network_salts (
    day date NOT NULL,
    salt bytea DEFAULT extensions.gen_random_bytes(32) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT network_salts_length CHECK ((octet_length(salt) = 32))
);

COMMENT ON TABLE app_private.network_salts IS 'What networks are hashed with, a day each: after 48 hours nobody can tell which network a hash was.';

COMMENT ON COLUMN app_private.network_salts.day IS 'The UTC day.';

COMMENT ON COLUMN app_private.network_salts.salt IS 'Random, and known to nobody.';

COMMENT ON COLUMN app_private.network_salts.created_at IS 'When the day''s first ballot was drawn.';

CREATE UNLOGGED TABLE app_private.network_votes (
    network_hash bytea NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    stratum app_public.stratum NOT NULL,
    votes integer NOT NULL,
    by_model jsonb NOT NULL
)
WITH (fillfactor='50');

COMMENT ON TABLE app_private.network_votes IS 'How much of its share of a day''s votes each network has used up.';

COMMENT ON COLUMN app_private.network_votes.network_hash IS 'The network, hashed under the salt of the day.';

COMMENT ON COLUMN app_private.network_votes.starts_at IS 'When the UTC day began.';

COMMENT ON COLUMN app_private.network_votes.stratum IS 'Whether the models were unknown: each has a share of its own.';

COMMENT ON COLUMN app_private.network_votes.votes IS 'Votes within the share.';

COMMENT ON COLUMN app_private.network_votes.by_model IS 'Of these, how many were on each model, by its id: each vote is on two.';

CREATE TABLE app_private.open_ballots (
    ballot_id uuid NOT NULL
);

COMMENT ON TABLE app_private.open_ballots IS 'Ballots on which nobody had voted when it was last looked, within the hour: so that a purge need not look at every ballot that was ever used.';

COMMENT ON COLUMN app_private.open_ballots.ballot_id IS 'The ballot.';

ALTER TABLE app_private.operator_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.operator_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW app_private.pairable_submissions WITH (security_invoker='true', security_barrier='true') AS
 SELECT s.task_id,
    s.model_id,
    m.is_rehearsal,
    t.closes_at,
    t.expires_at
   FROM (((app_public.submissions s
     JOIN app_public.tasks t ON ((t.id = s.task_id)))
     JOIN app_public.models m ON ((m.id = s.model_id)))
     JOIN app_public.artifacts a ON ((a.submission_id = s.id)))
  WHERE ((s.status = 'succeeded'::app_public.submission_status) AND (s.names_maker IS NULL) AND (a.status = ANY (ARRAY['rendered'::app_public.artifact_status, 'skipped'::app_public.artifact_status])));

COMMENT ON VIEW app_private.pairable_submissions IS 'Submissions that can be voted on: answered, rendered (or not, for want of a browser), and not naming their maker.';

COMMENT ON COLUMN app_private.pairable_submissions.task_id IS 'The task.';

COMMENT ON COLUMN app_private.pairable_submissions.model_id IS 'The model.';

COMMENT ON COLUMN app_private.pairable_submissions.is_rehearsal IS 'Whether it is a canned one: those meet only one another.';

COMMENT ON COLUMN app_private.pairable_submissions.closes_at IS 'When the task closes.';

COMMENT ON COLUMN app_private.pairable_submissions.expires_at IS 'Until when the page can be seen.';

CREATE TABLE app_private.pairing_strengths (
    model_id uuid NOT NULL,
    theta double precision NOT NULL,
    fitted_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE app_private.pairing_strengths IS 'The last unpublished fit, which steers what is voted on next; it includes tasks that are still open.';

COMMENT ON COLUMN app_private.pairing_strengths.model_id IS 'The model.';

COMMENT ON COLUMN app_private.pairing_strengths.theta IS 'Its strength.';

COMMENT ON COLUMN app_private.pairing_strengths.fitted_at IS 'When the fit was made.';

CREATE TABLE app_private.past_foldings (
    "position" bigint NOT NULL,
    folding bigint NOT NULL,
    task_id uuid NOT NULL,
    exclusion_id bigint NOT NULL
);

COMMENT ON TABLE app_private.past_foldings IS 'Orders in which tasks were folded before all was folded anew: so that what was published of them can be made again.';

COMMENT ON COLUMN app_private.past_foldings."position" IS 'A place; none is ever given again.';

COMMENT ON COLUMN app_private.past_foldings.folding IS 'The last place of the same order.';

COMMENT ON COLUMN app_private.past_foldings.task_id IS 'The task that stood there.';

COMMENT ON COLUMN app_private.past_foldings.exclusion_id IS 'The last exclusion that was known then.';

CREATE TABLE app_private.period_scores (
    kind app_public.period_kind NOT NULL,
    starts_on date NOT NULL,
    user_id uuid NOT NULL,
    points integer DEFAULT 0 NOT NULL,
    solved integer DEFAULT 0 NOT NULL,
    reached_at timestamp with time zone,
    is_listed boolean NOT NULL,
    CONSTRAINT period_scores_not_negative CHECK (((points >= 0) AND (solved >= 0)))
);

COMMENT ON TABLE app_private.period_scores IS 'What each member, or tombstone, has in each period: a fold of the ledger and of their progress.';

COMMENT ON COLUMN app_private.period_scores.kind IS 'Kind of period.';

COMMENT ON COLUMN app_private.period_scores.starts_on IS 'First day of the period, in UTC.';

COMMENT ON COLUMN app_private.period_scores.user_id IS 'Whose score it is.';

COMMENT ON COLUMN app_private.period_scores.points IS 'Points earned in the period.';

COMMENT ON COLUMN app_private.period_scores.solved IS 'Problems solved for the first time in it.';

COMMENT ON COLUMN app_private.period_scores.reached_at IS 'When points were last earned in it.';

COMMENT ON COLUMN app_private.period_scores.is_listed IS 'Whether it counts on leaderboards: the member is neither hidden nor suspended nor erased.';

CREATE TABLE app_private.point_holders (
    id uuid NOT NULL,
    erased_at timestamp with time zone
);

COMMENT ON TABLE app_private.point_holders IS 'Whose points the ledger counts: a member, or the tombstone of one who was erased. Whoever changes a member''s points locks the row first.';

COMMENT ON COLUMN app_private.point_holders.id IS 'The member''s id, or one that was made up for a tombstone and says nothing.';

COMMENT ON COLUMN app_private.point_holders.erased_at IS 'When the member was erased; null for a member.';

CREATE TABLE app_private.score_changes (
    id bigint NOT NULL,
    kind app_public.period_kind NOT NULL,
    starts_on date NOT NULL,
    was integer NOT NULL,
    now_has integer NOT NULL,
    CONSTRAINT score_changes_change CHECK (((was <> now_has) AND (was >= 0) AND (now_has >= 0)))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');

COMMENT ON TABLE app_private.score_changes IS 'Changes of listed scores that the histogram does not count yet: it has few rows that everybody would wait for, so one at a time folds them in.';

COMMENT ON COLUMN app_private.score_changes.id IS 'Identity of the change.';

COMMENT ON COLUMN app_private.score_changes.kind IS 'Kind of period.';

COMMENT ON COLUMN app_private.score_changes.starts_on IS 'First day of the period.';

COMMENT ON COLUMN app_private.score_changes.was IS 'Listed points before; 0 is off the boards.';

COMMENT ON COLUMN app_private.score_changes.now_has IS 'Listed points after.';

CREATE TABLE app_private.score_histogram (
    kind app_public.period_kind NOT NULL,
    starts_on date NOT NULL,
    level integer NOT NULL,
    bucket integer NOT NULL,
    n integer NOT NULL,
    CONSTRAINT score_histogram_level_known CHECK ((level = ANY (ARRAY[0, 1, 2]))),
    CONSTRAINT score_histogram_not_negative CHECK (((n >= 0) AND (bucket >= 0)))
);

COMMENT ON TABLE app_private.score_histogram IS 'How many listed members have which score, in three levels: every score, every 64 and every 4096 of them, so that a rank is a sum of few rows.';

COMMENT ON COLUMN app_private.score_histogram.kind IS 'Kind of period.';

COMMENT ON COLUMN app_private.score_histogram.starts_on IS 'First day of the period.';

COMMENT ON COLUMN app_private.score_histogram.level IS '0: single scores. 1: 64 together. 2: 4096 together.';

COMMENT ON COLUMN app_private.score_histogram.bucket IS 'The score, divided by 1, 64 or 4096.';

COMMENT ON COLUMN app_private.score_histogram.n IS 'How many members are there.';

CREATE TABLE app_public.points_ledger (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    reason text NOT NULL,
    ref text NOT NULL,
    points integer NOT NULL,
    day date NOT NULL,
    at timestamp with time zone NOT NULL,
    posted_at timestamp with time zone DEFAULT now() NOT NULL,
    problem_id uuid,
    CONSTRAINT points_ledger_payments_positive CHECK (((points > 0) OR (reason = 'reversal'::text))),
    CONSTRAINT points_ledger_points_sane CHECK (((points <> 0) AND ((points >= '-1000000'::integer) AND (points <= 1000000)))),
    CONSTRAINT points_ledger_problem_where_due CHECK (((problem_id IS NOT NULL) OR (reason <> ALL (ARRAY['solve'::text, 'improvement'::text])))),
    CONSTRAINT points_ledger_reason_known CHECK ((reason = ANY (ARRAY['solve'::text, 'improvement'::text, 'reversal'::text, 'streak'::text, 'achievement'::text, 'battle'::text]))),
    CONSTRAINT points_ledger_ref_form CHECK (((char_length(ref) >= 1) AND (char_length(ref) <= 100)))
);

COMMENT ON TABLE app_public.points_ledger IS '@name points_entry
The truth about points: one row for each time that some were given or taken back. All totals are sums of it.';

COMMENT ON COLUMN app_public.points_ledger.id IS 'Place in the ledger.';

COMMENT ON COLUMN app_public.points_ledger.user_id IS 'Whose points they are.';

COMMENT ON COLUMN app_public.points_ledger.reason IS 'solve: the first correct answer. improvement: what a better one adds. reversal: taken back. streak, achievement, battle: what those pay.';

COMMENT ON COLUMN app_public.points_ledger.ref IS 'What the reason is about: of a problem the verdict or re-judging that caused the row, of an achievement its type, of a streak its length and day, of a battle its id.';

COMMENT ON COLUMN app_public.points_ledger.points IS 'How many; less than nothing where they are taken back.';

COMMENT ON COLUMN app_public.points_ledger.day IS 'The member''s own day for which they count.';

COMMENT ON COLUMN app_public.points_ledger.at IS 'When they were earned: of an answer when it was handed in, however late it was judged.';

COMMENT ON COLUMN app_public.points_ledger.posted_at IS 'When the row was written.';

COMMENT ON COLUMN app_public.points_ledger.problem_id IS 'The problem, where they are about one.';

CREATE VIEW app_private.points_faults WITH (security_invoker='true', security_barrier='true') AS
 SELECT 'period total'::text AS fault,
    COALESCE(s.user_id, l.user_id) AS user_id,
    format('%s from %s: %s kept, %s in the ledger'::text, COALESCE(s.kind, l.kind), COALESCE(s.starts_on, l.starts_on), s.points, l.points) AS detail
   FROM (app_private.period_scores s
     FULL JOIN ( SELECT k.kind,
            app_private.score_period(k.kind, e.at) AS starts_on,
            e.user_id,
            sum(e.points) AS points,
            max(e.at) FILTER (WHERE (e.points > 0)) AS reached_at
           FROM (( SELECT l_1.user_id,
                    l_1.at,
                    sum(l_1.points) AS points
                   FROM app_public.points_ledger l_1
                  GROUP BY l_1.user_id, l_1.at) e
             CROSS JOIN unnest(enum_range(NULL::app_public.period_kind)) k(kind))
          GROUP BY k.kind, (app_private.score_period(k.kind, e.at)), e.user_id) l ON (((l.kind = s.kind) AND (l.starts_on = s.starts_on) AND (l.user_id = s.user_id))))
  WHERE (((COALESCE(s.points, 0))::numeric <> COALESCE(l.points, (0)::numeric)) OR (s.reached_at IS DISTINCT FROM l.reached_at))
UNION ALL
 SELECT 'solved in a period'::text AS fault,
    COALESCE(s.user_id, p.user_id) AS user_id,
    format('%s from %s: %s kept, %s in the progress'::text, COALESCE(s.kind, p.kind), COALESCE(s.starts_on, p.starts_on), s.solved, p.solved) AS detail
   FROM (( SELECT s_1.kind,
            s_1.starts_on,
            s_1.user_id,
            s_1.points,
            s_1.solved,
            s_1.reached_at,
            s_1.is_listed
           FROM (app_private.period_scores s_1
             JOIN app_public.users u ON ((u.id = s_1.user_id)))) s
     FULL JOIN ( SELECT k.kind,
            app_private.score_period(k.kind, p_1.completed_at) AS starts_on,
            p_1.user_id,
            count(*) AS solved
           FROM (app_public.user_progress p_1
             CROSS JOIN unnest(enum_range(NULL::app_public.period_kind)) k(kind))
          WHERE (p_1.completed_at IS NOT NULL)
          GROUP BY k.kind, (app_private.score_period(k.kind, p_1.completed_at)), p_1.user_id) p ON (((p.kind = s.kind) AND (p.starts_on = s.starts_on) AND (p.user_id = s.user_id))))
  WHERE (COALESCE(s.solved, 0) <> COALESCE(p.solved, (0)::bigint))
UNION ALL
 SELECT 'listing'::text AS fault,
    s.user_id,
    format('%s from %s'::text, s.kind, s.starts_on) AS detail
   FROM (app_private.period_scores s
     LEFT JOIN app_public.users u ON ((u.id = s.user_id)))
  WHERE (s.is_listed <> COALESCE(u.is_listed, false))
UNION ALL
 SELECT 'day total'::text AS fault,
    COALESCE(d.user_id, l.user_id) AS user_id,
    format('%s: %s kept, %s in the ledger'::text, COALESCE(d.day, l.day), d.points_earned, l.points) AS detail
   FROM (app_public.daily_activity d
     FULL JOIN ( SELECT e.user_id,
            e.day,
            sum(e.points) AS points
           FROM (app_public.points_ledger e
             JOIN app_public.users u ON ((u.id = e.user_id)))
          GROUP BY e.user_id, e.day) l ON (((l.user_id = d.user_id) AND (l.day = d.day))))
  WHERE (COALESCE(d.points_earned, 0) <> COALESCE(l.points, (0)::bigint))
UNION ALL
 SELECT 'solved on a day'::text AS fault,
    COALESCE(d.user_id, p.user_id) AS user_id,
    format('%s: %s kept, %s in the progress'::text, COALESCE(d.day, p.day), d.exercises_completed, p.solved) AS detail
   FROM (app_public.daily_activity d
     FULL JOIN ( SELECT p_1.user_id,
            p_1.completed_on AS day,
            count(*) AS solved
           FROM app_public.user_progress p_1
          WHERE (p_1.completed_on IS NOT NULL)
          GROUP BY p_1.user_id, p_1.completed_on) p ON (((p.user_id = d.user_id) AND (p.day = d.day))))
  WHERE (COALESCE(d.exercises_completed, 0) <> COALESCE(p.solved, (0)::bigint))
UNION ALL
 SELECT 'problem total'::text AS fault,
    COALESCE(p.user_id, l.user_id) AS user_id,
    format('%s: %s kept, %s in the ledger, %s by the answers'::text, COALESCE(p.problem_id, l.problem_id), p.points_earned, l.points, j.worth) AS detail
   FROM ((app_public.user_progress p
     FULL JOIN ( SELECT e.user_id,
            e.problem_id,
            sum(e.points) AS points
           FROM (app_public.points_ledger e
             JOIN app_public.users u ON ((u.id = e.user_id)))
          WHERE (e.problem_id IS NOT NULL)
          GROUP BY e.user_id, e.problem_id) l ON (((l.user_id = p.user_id) AND (l.problem_id = p.problem_id))))
     FULL JOIN ( SELECT a.user_id,
            a.problem_id,
            max(a.worth) AS worth,
            count(*) AS answers,
            bool_or(a.is_correct) AS is_solved
           FROM app_private.judged_answers a
          GROUP BY a.user_id, a.problem_id) j ON (((j.user_id = COALESCE(p.user_id, l.user_id)) AND (j.problem_id = COALESCE(p.problem_id, l.problem_id)))))
  WHERE ((((COALESCE(p.points_earned, 0) IS DISTINCT FROM COALESCE(l.points, (0)::bigint)) OR (COALESCE(p.points_earned, 0) IS DISTINCT FROM COALESCE(j.worth, 0))) OR ((p.completed_at IS NOT NULL) IS DISTINCT FROM COALESCE(j.is_solved, false))) OR (COALESCE(p.attempts_count, 0) IS DISTINCT FROM COALESCE(j.answers, (0)::bigint)))
UNION ALL
 SELECT 'solve'::text AS fault,
    p.user_id,
    format('%s: at %s, which is not when its answer was handed in'::text, p.problem_id, p.completed_at) AS detail
   FROM (app_public.user_progress p
     LEFT JOIN app_public.answers a ON (((a.id = p.solving_answer_id) AND (a.answered_at = p.completed_at) AND (a.day = p.completed_on))))
  WHERE ((p.completed_at IS NOT NULL) AND (a.id IS NULL))
UNION ALL
 SELECT 'streak'::text AS fault,
    COALESCE(s.user_id, j.user_id) AS user_id,
    format('%s kept, %s by the answers'::text, s.days, j.days) AS detail
   FROM (app_private.streaks s
     FULL JOIN ( SELECT a.user_id,
            range_agg(daterange(a.day, a.day, '[]'::text)) AS days
           FROM app_private.judged_answers a
          WHERE (a.score > 0)
          GROUP BY a.user_id) j ON ((j.user_id = s.user_id)))
  WHERE (s.days IS DISTINCT FROM j.days)
UNION ALL
 SELECT 'histogram'::text AS fault,
    NULL::uuid AS user_id,
    format('%s from %s, %s points: %s kept, %s scored'::text, k.kind, k.starts_on, k.points, k.n, k.scored) AS detail
   FROM ( SELECT n.kind,
            n.starts_on,
            n.points,
            sum(n.n) AS n,
            sum(n.scored) AS scored
           FROM ( SELECT h.kind,
                    h.starts_on,
                    h.bucket AS points,
                    h.n,
                    0 AS scored
                   FROM app_private.score_histogram h
                  WHERE (h.level = 0)
                UNION ALL
                 SELECT c.kind,
                    c.starts_on,
                    c.was,
                    '-1'::integer,
                    0
                   FROM app_private.score_changes c
                  WHERE (c.was > 0)
                UNION ALL
                 SELECT c.kind,
                    c.starts_on,
                    c.now_has,
                    1,
                    0
                   FROM app_private.score_changes c
                  WHERE (c.now_has > 0)
                UNION ALL
                 SELECT s.kind,
                    s.starts_on,
                    s.points,
                    0,
                    1
                   FROM app_private.period_scores s
                  WHERE (s.is_listed AND (s.points > 0))) n
          GROUP BY n.kind, n.starts_on, n.points) k
  WHERE (k.n <> k.scored);

COMMENT ON VIEW app_private.points_faults IS 'Every difference between the ledger, the judged answers and what is kept of them: always empty.';

COMMENT ON COLUMN app_private.points_faults.fault IS 'What does not add up.';

COMMENT ON COLUMN app_private.points_faults.user_id IS 'Whose it is, if it is somebody''s.';

COMMENT ON COLUMN app_private.points_faults.detail IS 'The particulars.';

CREATE TABLE app_private.practice_settings (
    is_only boolean DEFAULT true NOT NULL,
    daily_tokens integer DEFAULT 25000 NOT NULL,
    answers_per_hour integer DEFAULT 30 NOT NULL,
    unlock_share numeric(3,2) DEFAULT 0.5 NOT NULL,
    second_opinion_within integer DEFAULT 5 NOT NULL,
    judge_output_tokens integer DEFAULT 1500 NOT NULL,
    reserve_for interval DEFAULT '06:00:00'::interval NOT NULL,
    CONSTRAINT practice_settings_is_only_one CHECK (is_only),
    CONSTRAINT practice_settings_judge_output_sane CHECK (((judge_output_tokens >= 100) AND (judge_output_tokens <= 100000))),
    CONSTRAINT practice_settings_not_negative CHECK (((daily_tokens >= 0) AND (answers_per_hour >= 0) AND (second_opinion_within >= 0))),
    CONSTRAINT practice_settings_reserve_for_positive CHECK ((reserve_for > '00:00:00'::interval)),
    CONSTRAINT practice_settings_unlock_share_in_range CHECK (((unlock_share >= (0)::numeric) AND (unlock_share <= (1)::numeric)))
);

COMMENT ON TABLE app_private.practice_settings IS 'What an installation may set for its practice ground.';

COMMENT ON COLUMN app_private.practice_settings.is_only IS 'There is one row.';

COMMENT ON COLUMN app_private.practice_settings.daily_tokens IS 'What the models may use for one member in a UTC day.';

COMMENT ON COLUMN app_private.practice_settings.answers_per_hour IS 'How many answers a member may hand in within an hour.';

COMMENT ON COLUMN app_private.practice_settings.unlock_share IS 'The part of a module''s problems that has to be solved before the next module opens.';

COMMENT ON COLUMN app_private.practice_settings.second_opinion_within IS 'How near to the pass score a judgement has to be for a second one to decide.';

COMMENT ON COLUMN app_private.practice_settings.judge_output_tokens IS 'How long a judge''s reply may be.';

COMMENT ON COLUMN app_private.practice_settings.reserve_for IS 'How long tokens stay reserved for a call that does not come.';

CREATE TABLE app_private.problem_keys (
    problem_id uuid NOT NULL,
    rubric text NOT NULL,
    reference text NOT NULL,
    rubric_hash bytea NOT NULL,
    CONSTRAINT problem_keys_reference_form CHECK (((char_length(reference) >= 1) AND (char_length(reference) <= 20000))),
    CONSTRAINT problem_keys_rubric_form CHECK (((char_length(rubric) >= 1) AND (char_length(rubric) <= 20000))),
    CONSTRAINT problem_keys_rubric_hash_true CHECK ((rubric_hash = sha256(convert_to(rubric, 'UTF8'::name))))
);

COMMENT ON TABLE app_private.problem_keys IS 'What the judge is given to grade a problem, and the reference that nobody is shown.';

COMMENT ON COLUMN app_private.problem_keys.problem_id IS 'The problem.';

COMMENT ON COLUMN app_private.problem_keys.rubric IS 'What is looked for, for the judge alone.';

COMMENT ON COLUMN app_private.problem_keys.reference IS 'A whole answer. No judge is told it, and feedback is checked against it.';

COMMENT ON COLUMN app_private.problem_keys.rubric_hash IS 'SHA-256 of the rubric: verdicts say by which one they were found.';

CREATE TABLE app_private.providers (
    name text NOT NULL,
    protocol text NOT NULL,
    base_url text NOT NULL,
    api_key_env text,
    max_parallel integer DEFAULT 4 NOT NULL,
    requests_per_minute integer DEFAULT 30 NOT NULL,
    is_enabled boolean DEFAULT true NOT NULL,
    is_overload_free boolean DEFAULT false NOT NULL,
    is_rehearsal boolean DEFAULT false NOT NULL,
    traits jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT providers_api_key_env_form CHECK ((api_key_env ~ '^[A-Z][A-Z0-9_]*_API_KEY$'::text)),
    CONSTRAINT providers_base_url_form CHECK ((base_url ~ '^https?://[^[:space:]]+$'::text)),
    CONSTRAINT providers_max_parallel_sane CHECK (((max_parallel >= 1) AND (max_parallel <= 10000))),
    CONSTRAINT providers_name_form CHECK ((name ~ '^[a-z][a-z0-9-]{1,39}$'::text)),
    CONSTRAINT providers_protocol_known CHECK ((protocol = ANY (ARRAY['openai'::text, 'anthropic'::text]))),
    CONSTRAINT providers_requests_per_minute_sane CHECK (((requests_per_minute >= 1) AND (requests_per_minute <= 1000000)))
);

COMMENT ON TABLE app_private.providers IS 'Where models are asked: any address that speaks one of two protocols.';

COMMENT ON COLUMN app_private.providers.name IS 'Short name of the provider.';

COMMENT ON COLUMN app_private.providers.protocol IS 'openai (chat completions) or anthropic (messages).';

COMMENT ON COLUMN app_private.providers.base_url IS 'Address that requests go to.';

COMMENT ON COLUMN app_private.providers.api_key_env IS 'Name of the environment variable that holds the key; the key itself is never here. Null where none is needed.';

COMMENT ON COLUMN app_private.providers.max_parallel IS 'Requests that may be under way at once, over all workers.';

COMMENT ON COLUMN app_private.providers.requests_per_minute IS 'Requests that may begin within a minute, over all workers.';

COMMENT ON COLUMN app_private.providers.is_enabled IS 'Whether it is asked at all.';

COMMENT ON COLUMN app_private.providers.is_overload_free IS 'Whether what it refuses as overload is known not to be billed, so that it may be tried again.';

COMMENT ON COLUMN app_private.providers.is_rehearsal IS 'Whether it is the canned one of this machine.';

COMMENT ON COLUMN app_private.providers.traits IS 'What differs from the usual of its protocol: see worker/llm/traits.ts.';

CREATE UNLOGGED TABLE app_private.rate_limits (
    bucket text NOT NULL,
    caller text NOT NULL,
    window_starts_at timestamp with time zone NOT NULL,
    used integer NOT NULL,
    CONSTRAINT rate_limits_used_positive CHECK ((used > 0))
);

COMMENT ON TABLE app_private.rate_limits IS 'How much each caller has used of each limited thing in the running window.';

COMMENT ON COLUMN app_private.rate_limits.bucket IS 'What is limited.';

COMMENT ON COLUMN app_private.rate_limits.caller IS 'Who is limited: a member''s id, or a keyed hash of a network.';

COMMENT ON COLUMN app_private.rate_limits.window_starts_at IS 'When the running window began.';

COMMENT ON COLUMN app_private.rate_limits.used IS 'How many were taken since then.';

CREATE TABLE app_private.retention_rules (
    table_name text NOT NULL,
    column_name text NOT NULL,
    keep interval,
    batch integer DEFAULT 1000 NOT NULL,
    why text NOT NULL,
    CONSTRAINT retention_rules_batch_sane CHECK (((batch >= 1) AND (batch <= 100000))),
    CONSTRAINT retention_rules_keep_positive CHECK ((keep > '00:00:00'::interval))
);

COMMENT ON TABLE app_private.retention_rules IS 'What is deleted when: a row of the table goes `keep` after its instant.';

COMMENT ON COLUMN app_private.retention_rules.table_name IS 'The table, with its schema.';

COMMENT ON COLUMN app_private.retention_rules.column_name IS 'The instant from which the time is counted; indexed.';

COMMENT ON COLUMN app_private.retention_rules.keep IS 'How long a row stays; null keeps for ever.';

COMMENT ON COLUMN app_private.retention_rules.batch IS 'How many rows go in one transaction.';

COMMENT ON COLUMN app_private.retention_rules.why IS 'Why the rule is as it is.';

ALTER TABLE app_private.scheduled_tasks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.scheduled_tasks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app_private.score_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.score_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app_private.shareable_progress (
    token text DEFAULT encode((uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex'::text) NOT NULL,
    user_id uuid NOT NULL,
    snapshot jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT shareable_progress_expires_later CHECK ((expires_at > created_at)),
    CONSTRAINT shareable_progress_token_form CHECK ((token ~ '^[0-9a-f]{64}$'::text))
);

COMMENT ON TABLE app_private.shareable_progress IS 'Cards of a member''s progress, as it was, for whoever has the link.';

COMMENT ON COLUMN app_private.shareable_progress.token IS 'What the link holds: 244 random bits.';

COMMENT ON COLUMN app_private.shareable_progress.user_id IS 'Whose card it is.';

COMMENT ON COLUMN app_private.shareable_progress.snapshot IS 'What it shows.';

COMMENT ON COLUMN app_private.shareable_progress.created_at IS 'When it was made.';

COMMENT ON COLUMN app_private.shareable_progress.expires_at IS 'From then on there is no such card, cleaned up or not.';

CREATE TABLE app_private.streak_milestones (
    days integer NOT NULL,
    points integer NOT NULL,
    CONSTRAINT streak_milestones_sane CHECK ((((days >= 7) AND (days <= 10000)) AND ((points >= 1) AND (points <= 100000))))
);

COMMENT ON TABLE app_private.streak_milestones IS 'What streaks pay: points for a run that has reached so many active days, once for each run.';

COMMENT ON COLUMN app_private.streak_milestones.days IS 'Active days of the run.';

COMMENT ON COLUMN app_private.streak_milestones.points IS 'Points that it pays.';

CREATE TABLE app_private.task_aliases (
    alias text NOT NULL,
    name text NOT NULL,
    CONSTRAINT task_aliases_form CHECK (((alias ~ '^[a-z][a-z0-9-]{2,59}$'::text) AND (alias <> name)))
);

COMMENT ON TABLE app_private.task_aliases IS 'Other names under which a task may be asked for: those of the founding documents.';

COMMENT ON COLUMN app_private.task_aliases.alias IS 'The other name.';

COMMENT ON COLUMN app_private.task_aliases.name IS 'The task that is meant.';

CREATE TABLE app_private.time_zone_changes (
    user_id uuid NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    time_zone text NOT NULL
);

COMMENT ON TABLE app_private.time_zone_changes IS 'When a member changed the zone in which their days are cut; days before a change stay as they were.';

COMMENT ON COLUMN app_private.time_zone_changes.user_id IS 'The member.';

COMMENT ON COLUMN app_private.time_zone_changes.changed_at IS 'From when the zone counts.';

COMMENT ON COLUMN app_private.time_zone_changes.time_zone IS 'The zone.';

CREATE TABLE app_private.token_days (
    user_id uuid NOT NULL,
    day date NOT NULL,
    reserved integer DEFAULT 0 NOT NULL,
    used integer DEFAULT 0 NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT token_days_not_negative CHECK (((reserved >= 0) AND (used >= 0)))
);

COMMENT ON TABLE app_private.token_days IS 'What a member has used of a UTC day''s tokens, and what is reserved: a new day is new because its key is.';

COMMENT ON COLUMN app_private.token_days.user_id IS 'The member.';

COMMENT ON COLUMN app_private.token_days.day IS 'The UTC day: no change of zone buys a second allowance.';

COMMENT ON COLUMN app_private.token_days.reserved IS 'Reserved for calls that are not over.';

COMMENT ON COLUMN app_private.token_days.used IS 'Used.';

COMMENT ON COLUMN app_private.token_days.closed_at IS 'When the day was closed into the usage metrics.';

CREATE TABLE app_private.token_reservations (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    day date NOT NULL,
    purpose text NOT NULL,
    subject_id uuid NOT NULL,
    estimate integer NOT NULL,
    actual integer,
    state text DEFAULT 'reserved'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    aggregated_at timestamp with time zone,
    CONSTRAINT token_reservations_purpose_known CHECK ((purpose = ANY (ARRAY['judge'::text, 'coach'::text, 'battle'::text]))),
    CONSTRAINT token_reservations_settled_whole CHECK (((state = 'settled'::text) = (actual IS NOT NULL))),
    CONSTRAINT token_reservations_state_known CHECK ((state = ANY (ARRAY['reserved'::text, 'settled'::text, 'expired'::text]))),
    CONSTRAINT token_reservations_within_estimate CHECK (((estimate >= 0) AND ((actual >= 0) AND (actual <= estimate))))
);

COMMENT ON TABLE app_private.token_reservations IS 'What was reserved for a model''s work for a member, and what it came to.';

COMMENT ON COLUMN app_private.token_reservations.id IS 'Identity of the reservation.';

COMMENT ON COLUMN app_private.token_reservations.user_id IS 'The member.';

COMMENT ON COLUMN app_private.token_reservations.day IS 'The UTC day from whose allowance it is.';

COMMENT ON COLUMN app_private.token_reservations.purpose IS 'What for: judge, coach or battle.';

COMMENT ON COLUMN app_private.token_reservations.subject_id IS 'The answer, the coach''s job, or the seat in a battle.';

COMMENT ON COLUMN app_private.token_reservations.estimate IS 'What was reserved: the most that a member pays for it.';

COMMENT ON COLUMN app_private.token_reservations.actual IS 'What they paid.';

COMMENT ON COLUMN app_private.token_reservations.state IS 'reserved, settled, or expired: then it went back, and what comes later costs the member nothing.';

COMMENT ON COLUMN app_private.token_reservations.created_at IS 'When it was made.';

COMMENT ON COLUMN app_private.token_reservations.expires_at IS 'Until when it waits.';

COMMENT ON COLUMN app_private.token_reservations.aggregated_at IS 'When its day was closed.';

ALTER TABLE app_private.token_reservations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.token_reservations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW app_private.unused_ballots WITH (security_invoker='true', security_barrier='true') AS
 SELECT ctid,
    id,
    served_at
   FROM app_public.ballots b
  WHERE ((EXISTS ( SELECT
           FROM app_private.open_ballots o
          WHERE (o.ballot_id = b.id))) AND (NOT (EXISTS ( SELECT
           FROM app_public.votes v
          WHERE (v.ballot_id = b.id)))));

COMMENT ON VIEW app_private.unused_ballots IS 'Ballots on which nobody voted, to be purged: the pair can then be drawn again.';

COMMENT ON COLUMN app_private.unused_ballots.ctid IS 'Where the row stands: what a purge goes by.';

COMMENT ON COLUMN app_private.unused_ballots.id IS 'The ballot.';

COMMENT ON COLUMN app_private.unused_ballots.served_at IS 'When it was drawn.';

ALTER TABLE app_private.vote_flags ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.vote_flags_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app_private.voters ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.voters_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app_private.webhook_messages (
    id text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT webhook_messages_id_form CHECK (((char_length(id) >= 1) AND (char_length(id) <= 200)))
);

COMMENT ON TABLE app_private.webhook_messages IS 'Signed messages that were already taken in, so that none counts twice.';

COMMENT ON COLUMN app_private.webhook_messages.id IS 'The sender''s id of the message.';

COMMENT ON COLUMN app_private.webhook_messages.received_at IS 'When it was taken in.';

ALTER TABLE app_private.workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app_public.achievements (
    type text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    criteria jsonb NOT NULL,
    points integer DEFAULT 0 NOT NULL,
    CONSTRAINT achievements_criteria_form CHECK (((criteria = jsonb_build_object('metric', (criteria -> 'metric'::text), 'at_least', (criteria -> 'at_least'::text))) AND (jsonb_typeof((criteria -> 'at_least'::text)) = 'number'::text) AND (((criteria ->> 'at_least'::text))::integer > 0) AND ((criteria ->> 'metric'::text) = ANY (ARRAY['answers'::text, 'solved'::text, 'best_score'::text, 'streak'::text, 'modules'::text, 'fast_solves'::text, 'nightly_solves'::text, 'solved_in_a_day'::text, 'battles_won'::text])))),
    CONSTRAINT achievements_name_form CHECK (((char_length(name) >= 1) AND (char_length(name) <= 60))),
    CONSTRAINT achievements_points_sane CHECK (((points >= 0) AND (points <= 100000))),
    CONSTRAINT achievements_type_form CHECK ((type ~ '^[a-z][a-z0-9_]{2,39}$'::text))
);

COMMENT ON TABLE app_public.achievements IS 'What can be achieved: each rule is a row, and names what is counted and how much of it is asked for.';

COMMENT ON COLUMN app_public.achievements.type IS 'Name of the rule.';

COMMENT ON COLUMN app_public.achievements.name IS 'Name that people see.';

COMMENT ON COLUMN app_public.achievements.description IS 'What it takes, in words.';

COMMENT ON COLUMN app_public.achievements.criteria IS 'What is counted (metric), and how much of it is asked for (at_least).';

COMMENT ON COLUMN app_public.achievements.points IS 'Points that it pays.';

CREATE VIEW app_public.leaderboard_global WITH (security_barrier='true') AS
 SELECT l."position",
    l.rank,
    l.user_id,
    u.username,
    u.full_name,
    u.avatar_url,
    l.points,
    l.current_streak,
    l.longest_streak,
    l.badge_name,
    l.badge_icon,
    l.solved AS exercises_completed,
    l.starts_on
   FROM (app_private.leaderboard_global l
     JOIN app_public.users u ON (((u.id = l.user_id) AND u.is_listed)))
  WHERE (l.starts_on = '2000-01-01'::date);

COMMENT ON VIEW app_public.leaderboard_global IS '@primaryKey position
@behavior -query:resource:single
@foreignKey (user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection
The first 1,000 places of all time, refreshed every five minutes.';

COMMENT ON COLUMN app_public.leaderboard_global."position" IS '@notNull
Place in the list, no two the same: of equals whoever had the points first comes first.';

COMMENT ON COLUMN app_public.leaderboard_global.rank IS '@notNull
Rank: equal points share one.';

COMMENT ON COLUMN app_public.leaderboard_global.user_id IS '@notNull
The member.';

COMMENT ON COLUMN app_public.leaderboard_global.username IS '@notNull
Public name.';

COMMENT ON COLUMN app_public.leaderboard_global.full_name IS 'Name as the member writes it.';

COMMENT ON COLUMN app_public.leaderboard_global.avatar_url IS 'Address of a picture.';

COMMENT ON COLUMN app_public.leaderboard_global.points IS '@notNull
Points in the period.';

COMMENT ON COLUMN app_public.leaderboard_global.current_streak IS '@notNull
Active days in a row.';

COMMENT ON COLUMN app_public.leaderboard_global.longest_streak IS '@notNull
Active days of the longest run.';

COMMENT ON COLUMN app_public.leaderboard_global.badge_name IS 'The highest badge.';

COMMENT ON COLUMN app_public.leaderboard_global.badge_icon IS 'Its sign.';

COMMENT ON COLUMN app_public.leaderboard_global.exercises_completed IS '@notNull
Problems solved in the period.';

COMMENT ON COLUMN app_public.leaderboard_global.starts_on IS '@notNull
First day of the period, in UTC.';

CREATE VIEW app_public.leaderboard_monthly WITH (security_barrier='true') AS
 SELECT l."position",
    l.rank,
    l.user_id,
    u.username,
    u.full_name,
    u.avatar_url,
    l.points,
    l.current_streak,
    l.longest_streak,
    l.badge_name,
    l.badge_icon,
    l.solved AS exercises_completed,
    l.starts_on
   FROM (app_private.leaderboard_monthly l
     JOIN app_public.users u ON (((u.id = l.user_id) AND u.is_listed)))
  WHERE (l.starts_on = (date_trunc('month'::text, (now() AT TIME ZONE 'utc'::text)))::date);

COMMENT ON VIEW app_public.leaderboard_monthly IS '@primaryKey position
@behavior -query:resource:single
@foreignKey (user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection
The first 1,000 places of the month, refreshed every five minutes.';

COMMENT ON COLUMN app_public.leaderboard_monthly."position" IS '@notNull
Place in the list, no two the same: of equals whoever had the points first comes first.';

COMMENT ON COLUMN app_public.leaderboard_monthly.rank IS '@notNull
Rank: equal points share one.';

COMMENT ON COLUMN app_public.leaderboard_monthly.user_id IS '@notNull
The member.';

COMMENT ON COLUMN app_public.leaderboard_monthly.username IS '@notNull
Public name.';

COMMENT ON COLUMN app_public.leaderboard_monthly.full_name IS 'Name as the member writes it.';

COMMENT ON COLUMN app_public.leaderboard_monthly.avatar_url IS 'Address of a picture.';

COMMENT ON COLUMN app_public.leaderboard_monthly.points IS '@notNull
Points in the period.';

COMMENT ON COLUMN app_public.leaderboard_monthly.current_streak IS '@notNull
Active days in a row.';

COMMENT ON COLUMN app_public.leaderboard_monthly.longest_streak IS '@notNull
Active days of the longest run.';

COMMENT ON COLUMN app_public.leaderboard_monthly.badge_name IS 'The highest badge.';

COMMENT ON COLUMN app_public.leaderboard_monthly.badge_icon IS 'Its sign.';

COMMENT ON COLUMN app_public.leaderboard_monthly.exercises_completed IS '@notNull
Problems solved in the period.';

COMMENT ON COLUMN app_public.leaderboard_monthly.starts_on IS '@notNull
First day of the period, in UTC.';

CREATE VIEW app_public.leaderboard_weekly WITH (security_barrier='true') AS
 SELECT l."position",
    l.rank,
    l.user_id,
    u.username,
    u.full_name,
    u.avatar_url,
    l.points,
    l.current_streak,
    l.longest_streak,
    l.badge_name,
    l.badge_icon,
    l.solved AS exercises_completed,
    l.starts_on
   FROM (app_private.leaderboard_weekly l
     JOIN app_public.users u ON (((u.id = l.user_id) AND u.is_listed)))
  WHERE (l.starts_on = (date_trunc('week'::text, (now() AT TIME ZONE 'utc'::text)))::date);

COMMENT ON VIEW app_public.leaderboard_weekly IS '@primaryKey position
@behavior -query:resource:single
@foreignKey (user_id) references app_public.users (id)|@fieldName user|@behavior -manyRelation:resource:list -manyRelation:resource:connection
The first 1,000 places of the week, refreshed every five minutes.';

COMMENT ON COLUMN app_public.leaderboard_weekly."position" IS '@notNull
Place in the list, no two the same: of equals whoever had the points first comes first.';

COMMENT ON COLUMN app_public.leaderboard_weekly.rank IS '@notNull
Rank: equal points share one.';

COMMENT ON COLUMN app_public.leaderboard_weekly.user_id IS '@notNull
The member.';

COMMENT ON COLUMN app_public.leaderboard_weekly.username IS '@notNull
Public name.';

COMMENT ON COLUMN app_public.leaderboard_weekly.full_name IS 'Name as the member writes it.';

COMMENT ON COLUMN app_public.leaderboard_weekly.avatar_url IS 'Address of a picture.';

COMMENT ON COLUMN app_public.leaderboard_weekly.points IS '@notNull
Points in the period.';

COMMENT ON COLUMN app_public.leaderboard_weekly.current_streak IS '@notNull
Active days in a row.';

COMMENT ON COLUMN app_public.leaderboard_weekly.longest_streak IS '@notNull
Active days of the longest run.';

COMMENT ON COLUMN app_public.leaderboard_weekly.badge_name IS 'The highest badge.';

COMMENT ON COLUMN app_public.leaderboard_weekly.badge_icon IS 'Its sign.';

COMMENT ON COLUMN app_public.leaderboard_weekly.exercises_completed IS '@notNull
Problems solved in the period.';

COMMENT ON COLUMN app_public.leaderboard_weekly.starts_on IS '@notNull
First day of the period, in UTC.';

CREATE TABLE app_public.module_prerequisites (
    module_id uuid NOT NULL,
    prerequisite_id uuid NOT NULL,
    CONSTRAINT module_prerequisites_not_itself CHECK ((module_id <> prerequisite_id))
);

COMMENT ON TABLE app_public.module_prerequisites IS 'Which module comes before which; nobody is led in a circle.';

COMMENT ON COLUMN app_public.module_prerequisites.module_id IS 'The module that opens later.';

COMMENT ON COLUMN app_public.module_prerequisites.prerequisite_id IS 'The module that has to be worked through before.';

ALTER TABLE app_public.points_ledger ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_public.points_ledger_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app_public.rating_snapshots ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_public.rating_snapshots_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app_public.user_achievements (
    user_id uuid NOT NULL,
    achievement_type text NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    earned_at timestamp with time zone DEFAULT now() NOT NULL,
    is_standing boolean DEFAULT true NOT NULL
);

COMMENT ON TABLE app_public.user_achievements IS 'What members have achieved, each rule once.';

COMMENT ON COLUMN app_public.user_achievements.user_id IS 'The member.';

COMMENT ON COLUMN app_public.user_achievements.achievement_type IS 'The rule.';

COMMENT ON COLUMN app_public.user_achievements.data IS 'The rule as it was, the value that met it, the points that it pays, and for modules the problems that made each complete.';

COMMENT ON COLUMN app_public.user_achievements.earned_at IS 'When it was met.';

COMMENT ON COLUMN app_public.user_achievements.is_standing IS 'Whether that still stands. Verdicts alone may take back what met it: then the achievement stays, and its points do not.';

CREATE TABLE app_public.user_badges (
    user_id uuid NOT NULL,
    badge_name text NOT NULL,
    earned_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE app_public.user_badges IS 'Badges that members have earned. One that was earned is kept, whatever becomes of the points or of the rule.';

COMMENT ON COLUMN app_public.user_badges.user_id IS 'The member.';

COMMENT ON COLUMN app_public.user_badges.badge_name IS 'The badge.';

COMMENT ON COLUMN app_public.user_badges.earned_at IS 'When they earned it.';

ALTER TABLE ONLY app_public.answers ATTACH PARTITION app_private.answers_rest DEFAULT;

ALTER TABLE ONLY app_private.accounts
    ADD CONSTRAINT accounts_one_per_subject UNIQUE (issuer, subject);

ALTER TABLE ONLY app_private.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY app_private.ai_usage_metrics
    ADD CONSTRAINT ai_usage_metrics_pkey PRIMARY KEY (user_id, day, purpose);

ALTER TABLE ONLY app_private.answer_keys
    ADD CONSTRAINT answer_keys_pkey PRIMARY KEY (user_id, key);

ALTER TABLE ONLY app_public.answers
    ADD CONSTRAINT answers_pkey PRIMARY KEY (id, answered_at);

COMMENT ON CONSTRAINT answers_pkey ON app_public.answers IS '@behavior -query:resource:single
The month is part of the key.';

ALTER TABLE ONLY app_private.answers_rest
    ADD CONSTRAINT answers_rest_pkey PRIMARY KEY (id, answered_at);

ALTER TABLE ONLY app_private.arena_settings
    ADD CONSTRAINT arena_settings_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY app_private.battle_judgements
    ADD CONSTRAINT battle_judgements_pkey PRIMARY KEY (battle_id, round);

ALTER TABLE ONLY app_private.battle_seats
    ADD CONSTRAINT battle_seats_id UNIQUE (id);

ALTER TABLE ONLY app_private.battle_seats
    ADD CONSTRAINT battle_seats_one_live_battle EXCLUDE USING gist (user_id WITH =, live WITH &&);

COMMENT ON CONSTRAINT battle_seats_one_live_battle ON app_private.battle_seats IS '@error TB094
One of the two is in another battle.
Hint: Finish that one first.';

ALTER TABLE ONLY app_private.battle_seats
    ADD CONSTRAINT battle_seats_pkey PRIMARY KEY (battle_id, user_id);

ALTER TABLE ONLY app_private.blobs
    ADD CONSTRAINT blobs_pkey PRIMARY KEY (sha256);

ALTER TABLE ONLY app_private.boards
    ADD CONSTRAINT boards_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY app_private.content_syncs
    ADD CONSTRAINT content_syncs_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY app_private.daily_spend
    ADD CONSTRAINT daily_spend_once UNIQUE NULLS NOT DISTINCT (day, model_id);

ALTER TABLE ONLY app_private.daily_spend
    ADD CONSTRAINT daily_spend_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.dispatch_gate
    ADD CONSTRAINT dispatch_gate_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY app_private.draw_allowances
    ADD CONSTRAINT draw_allowances_pkey PRIMARY KEY (kind, caller, starts_at);

ALTER TABLE ONLY app_private.elo_ratings
    ADD CONSTRAINT elo_ratings_pkey PRIMARY KEY (model_id);

ALTER TABLE ONLY app_private.erased_subjects
    ADD CONSTRAINT erased_subjects_pkey PRIMARY KEY (subject_hash);

ALTER TABLE ONLY app_private.exclusions
    ADD CONSTRAINT exclusions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.folded_tasks
    ADD CONSTRAINT folded_tasks_pkey PRIMARY KEY (task_id);

ALTER TABLE ONLY app_private.folded_tasks
    ADD CONSTRAINT folded_tasks_position_unique UNIQUE ("position");

ALTER TABLE ONLY app_private.handles
    ADD CONSTRAINT handles_one_per_side_and_kind UNIQUE (ballot_id, side, kind);

ALTER TABLE ONLY app_private.handles
    ADD CONSTRAINT handles_pkey PRIMARY KEY (handle);

ALTER TABLE ONLY app_private.judge_replies
    ADD CONSTRAINT judge_replies_once UNIQUE (subject_id, round);

ALTER TABLE ONLY app_private.judge_replies
    ADD CONSTRAINT judge_replies_pkey PRIMARY KEY (call_id);

ALTER TABLE ONLY app_private.judge_runs
    ADD CONSTRAINT judge_runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.judgings
    ADD CONSTRAINT judgings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.llm_attempts
    ADD CONSTRAINT llm_attempts_client_request_id_unique UNIQUE (client_request_id);

ALTER TABLE ONLY app_private.llm_attempts
    ADD CONSTRAINT llm_attempts_once UNIQUE (call_id, n);

ALTER TABLE ONLY app_private.llm_attempts
    ADD CONSTRAINT llm_attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.llm_calls
    ADD CONSTRAINT llm_calls_once UNIQUE (role, subject_type, subject_id, model_id, round);

ALTER TABLE ONLY app_private.llm_calls
    ADD CONSTRAINT llm_calls_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.llm_replies
    ADD CONSTRAINT llm_replies_pkey PRIMARY KEY (attempt_id);

ALTER TABLE ONLY app_private.llm_roles
    ADD CONSTRAINT llm_roles_pkey PRIMARY KEY (role, priority);

ALTER TABLE ONLY app_private.matches
    ADD CONSTRAINT matches_one_per_pair UNIQUE (task_id, first_model_id, second_model_id);

ALTER TABLE ONLY app_private.matches
    ADD CONSTRAINT matches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.model_caps
    ADD CONSTRAINT model_caps_pkey PRIMARY KEY (model_id);

ALTER TABLE ONLY app_private.network_salts
    ADD CONSTRAINT network_salts_pkey PRIMARY KEY (day);

ALTER TABLE ONLY app_private.network_votes
    ADD CONSTRAINT network_votes_pkey PRIMARY KEY (network_hash, starts_at, stratum);

ALTER TABLE ONLY app_private.open_ballots
    ADD CONSTRAINT open_ballots_pkey PRIMARY KEY (ballot_id);

ALTER TABLE ONLY app_private.operator_log
    ADD CONSTRAINT operator_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.pair_counts
    ADD CONSTRAINT pair_counts_pkey PRIMARY KEY (task_id, first_model_id, second_model_id, stratum, outcome);

ALTER TABLE ONLY app_private.pairing_strengths
    ADD CONSTRAINT pairing_strengths_pkey PRIMARY KEY (model_id);

ALTER TABLE ONLY app_private.past_foldings
    ADD CONSTRAINT past_foldings_pkey PRIMARY KEY ("position");

ALTER TABLE ONLY app_private.period_scores
    ADD CONSTRAINT period_scores_pkey PRIMARY KEY (user_id, kind, starts_on);

ALTER TABLE ONLY app_private.point_holders
    ADD CONSTRAINT point_holders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.practice_settings
    ADD CONSTRAINT practice_settings_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY app_private.problem_examples
    ADD CONSTRAINT problem_examples_pkey PRIMARY KEY (problem_id, name);

ALTER TABLE ONLY app_private.problem_keys
    ADD CONSTRAINT problem_keys_pkey PRIMARY KEY (problem_id);

ALTER TABLE ONLY app_private.prompts
    ADD CONSTRAINT prompts_pkey PRIMARY KEY (role, version);

ALTER TABLE ONLY app_private.providers
    ADD CONSTRAINT providers_pkey PRIMARY KEY (name);

ALTER TABLE ONLY app_private.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (bucket, caller);

ALTER TABLE ONLY app_private.retention_rules
    ADD CONSTRAINT retention_rules_pkey PRIMARY KEY (table_name);

ALTER TABLE ONLY app_private.scheduled_tasks
    ADD CONSTRAINT scheduled_tasks_one_per_period UNIQUE (function_name, period_key);

ALTER TABLE ONLY app_private.scheduled_tasks
    ADD CONSTRAINT scheduled_tasks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.score_changes
    ADD CONSTRAINT score_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.score_histogram
    ADD CONSTRAINT score_histogram_pkey PRIMARY KEY (kind, starts_on, level, bucket) INCLUDE (n);

ALTER TABLE ONLY app_private.shareable_progress
    ADD CONSTRAINT shareable_progress_pkey PRIMARY KEY (token);

ALTER TABLE ONLY app_private.skipped_models
    ADD CONSTRAINT skipped_models_pkey PRIMARY KEY (challenge_date, model_id);

ALTER TABLE ONLY app_private.streak_milestones
    ADD CONSTRAINT streak_milestones_pkey PRIMARY KEY (days);

ALTER TABLE ONLY app_private.streaks
    ADD CONSTRAINT streaks_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY app_private.task_aliases
    ADD CONSTRAINT task_aliases_pkey PRIMARY KEY (alias);

ALTER TABLE ONLY app_private.task_registry
    ADD CONSTRAINT task_registry_pkey PRIMARY KEY (name);

ALTER TABLE ONLY app_private.time_zone_changes
    ADD CONSTRAINT time_zone_changes_pkey PRIMARY KEY (user_id, changed_at);

ALTER TABLE ONLY app_private.token_days
    ADD CONSTRAINT token_days_pkey PRIMARY KEY (user_id, day);

ALTER TABLE ONLY app_private.token_reservations
    ADD CONSTRAINT token_reservations_once UNIQUE (purpose, subject_id);

ALTER TABLE ONLY app_private.token_reservations
    ADD CONSTRAINT token_reservations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.vote_checks
    ADD CONSTRAINT vote_checks_pkey PRIMARY KEY (ballot_id, kind);

ALTER TABLE ONLY app_private.vote_flags
    ADD CONSTRAINT vote_flags_once UNIQUE NULLS NOT DISTINCT (voter_id, network_hash, model_id);

ALTER TABLE ONLY app_private.vote_flags
    ADD CONSTRAINT vote_flags_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.voters
    ADD CONSTRAINT voters_one_per_member UNIQUE (user_id);

ALTER TABLE ONLY app_private.voters
    ADD CONSTRAINT voters_one_per_visitor UNIQUE (visitor_hash);

ALTER TABLE ONLY app_private.voters
    ADD CONSTRAINT voters_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.webhook_messages
    ADD CONSTRAINT webhook_messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_private.workers
    ADD CONSTRAINT workers_one_per_pool UNIQUE (pool_id);

ALTER TABLE ONLY app_private.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.achievements
    ADD CONSTRAINT achievements_pkey PRIMARY KEY (type);

ALTER TABLE ONLY app_public.artifacts
    ADD CONSTRAINT artifacts_pkey PRIMARY KEY (submission_id);

ALTER TABLE ONLY app_public.attempts
    ADD CONSTRAINT attempts_one_per_problem UNIQUE (user_id, problem_id);

ALTER TABLE ONLY app_public.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.badges
    ADD CONSTRAINT badges_pkey PRIMARY KEY (name);

ALTER TABLE ONLY app_public.badges
    ADD CONSTRAINT badges_rank_level_unique UNIQUE (rank_level);

ALTER TABLE ONLY app_public.ballots
    ADD CONSTRAINT ballots_one_per_voter_and_pair UNIQUE (voter_id, match_id);

COMMENT ON CONSTRAINT ballots_one_per_voter_and_pair ON app_public.ballots IS '@behavior -single';

ALTER TABLE ONLY app_public.ballots
    ADD CONSTRAINT ballots_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.battles
    ADD CONSTRAINT battles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.daily_activity
    ADD CONSTRAINT daily_activity_pkey PRIMARY KEY (user_id, day);

ALTER TABLE ONLY app_public.final_standings
    ADD CONSTRAINT final_standings_pkey PRIMARY KEY (kind, starts_on, "position");

ALTER TABLE ONLY app_public.models
    ADD CONSTRAINT models_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.models
    ADD CONSTRAINT models_slug_unique UNIQUE (slug);

ALTER TABLE ONLY app_public.module_prerequisites
    ADD CONSTRAINT module_prerequisites_pkey PRIMARY KEY (module_id, prerequisite_id);

ALTER TABLE ONLY app_public.modules
    ADD CONSTRAINT modules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.modules
    ADD CONSTRAINT modules_slug_unique UNIQUE (slug);

ALTER TABLE ONLY app_public.points_ledger
    ADD CONSTRAINT points_ledger_once UNIQUE (user_id, reason, ref);

COMMENT ON CONSTRAINT points_ledger_once ON app_public.points_ledger IS '@behavior -query:resource:single
One row for each of these.';

ALTER TABLE ONLY app_public.points_ledger
    ADD CONSTRAINT points_ledger_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.problems
    ADD CONSTRAINT problems_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.problems
    ADD CONSTRAINT problems_slug_unique UNIQUE (slug) DEFERRABLE;

ALTER TABLE ONLY app_public.queue_jobs
    ADD CONSTRAINT queue_jobs_paid_once UNIQUE (user_id, kind, input_hash);

COMMENT ON CONSTRAINT queue_jobs_paid_once ON app_public.queue_jobs IS '@behavior -query:resource:single
One row for each of these.';

ALTER TABLE ONLY app_public.queue_jobs
    ADD CONSTRAINT queue_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.rating_snapshots
    ADD CONSTRAINT rating_snapshots_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.ratings
    ADD CONSTRAINT ratings_pkey PRIMARY KEY (snapshot_id, model_id);

ALTER TABLE ONLY app_public.submission_codes
    ADD CONSTRAINT submission_codes_pkey PRIMARY KEY (submission_id);

ALTER TABLE ONLY app_public.submissions
    ADD CONSTRAINT submissions_once_per_model UNIQUE (task_id, model_id);

ALTER TABLE ONLY app_public.submissions
    ADD CONSTRAINT submissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.tasks
    ADD CONSTRAINT tasks_one_per_slot UNIQUE (challenge_date, slot);

ALTER TABLE ONLY app_public.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.user_achievements
    ADD CONSTRAINT user_achievements_pkey PRIMARY KEY (user_id, achievement_type);

ALTER TABLE ONLY app_public.user_badges
    ADD CONSTRAINT user_badges_pkey PRIMARY KEY (user_id, badge_name);

ALTER TABLE ONLY app_public.user_progress
    ADD CONSTRAINT user_progress_pkey PRIMARY KEY (user_id, problem_id);

ALTER TABLE ONLY app_public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.users
    ADD CONSTRAINT users_username_unique UNIQUE (username);

COMMENT ON CONSTRAINT users_username_unique ON app_public.users IS '@behavior -resource:update
@error TB010
This username is taken.
Hint: Choose another one.';

ALTER TABLE ONLY app_public.verdicts
    ADD CONSTRAINT verdicts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app_public.votes
    ADD CONSTRAINT votes_one_per_ballot PRIMARY KEY (ballot_id);

CREATE INDEX ai_usage_metrics_closed_at_idx ON app_private.ai_usage_metrics USING btree (closed_at);

CREATE INDEX answer_keys_created_at_idx ON app_private.answer_keys USING btree (created_at);

CREATE INDEX answers_unjudged_idx ON ONLY app_public.answers USING btree (answered_at) WHERE (status = 'judging'::app_public.answer_status);

CREATE INDEX answers_rest_answered_at_idx ON app_private.answers_rest USING btree (answered_at) WHERE (status = 'judging'::app_public.answer_status);

CREATE INDEX answers_problem_id_idx ON ONLY app_public.answers USING btree (problem_id, answered_at);

CREATE INDEX answers_rest_problem_id_answered_at_idx ON app_private.answers_rest USING btree (problem_id, answered_at);

CREATE INDEX answers_user_id_idx ON ONLY app_public.answers USING btree (user_id, problem_id, answered_at);

CREATE INDEX answers_rest_user_id_problem_id_answered_at_idx ON app_private.answers_rest USING btree (user_id, problem_id, answered_at);

CREATE INDEX battle_seats_user_id_idx ON app_private.battle_seats USING btree (user_id);

CREATE INDEX blobs_created_at_idx ON app_private.blobs USING btree (created_at);

CREATE INDEX daily_spend_model_id_idx ON app_private.daily_spend USING btree (model_id);

CREATE INDEX draw_allowances_starts_at_idx ON app_private.draw_allowances USING btree (starts_at);

CREATE INDEX erased_subjects_erased_at_idx ON app_private.erased_subjects USING btree (erased_at);

CREATE INDEX exclusions_at_idx ON app_private.exclusions USING btree (at);

CREATE INDEX exclusions_network_hash_idx ON app_private.exclusions USING btree (network_hash, id);

CREATE INDEX exclusions_operator_id_idx ON app_private.exclusions USING btree (operator_id);

CREATE INDEX exclusions_voter_id_idx ON app_private.exclusions USING btree (voter_id, id);

CREATE INDEX handles_expires_at_idx ON app_private.handles USING btree (expires_at);

CREATE INDEX handles_submission_id_idx ON app_private.handles USING btree (submission_id);

CREATE UNIQUE INDEX head_to_head_one_per_pair ON app_private.head_to_head USING btree (model_id, opponent_id, theme) NULLS NOT DISTINCT;

CREATE INDEX judge_replies_model_id_idx ON app_private.judge_replies USING btree (model_id);

CREATE INDEX judge_replies_prompt_version_idx ON app_private.judge_replies USING btree (prompt_version, purpose);

CREATE INDEX judge_replies_user_id_idx ON app_private.judge_replies USING btree (user_id);

CREATE INDEX judge_replies_verdict_id_idx ON app_private.judge_replies USING btree (verdict_id);

CREATE INDEX judge_runs_problem_id_idx ON app_private.judge_runs USING btree (problem_id);

CREATE INDEX judgings_judge_model_id_idx ON app_private.judgings USING btree (judge_model_id);

CREATE UNIQUE INDEX judgings_one_per_answer ON app_private.judgings USING btree (run_id, answer_id) WHERE (answer_id IS NOT NULL);

CREATE INDEX judgings_problem_id_idx ON app_private.judgings USING btree (problem_id);

CREATE INDEX judgings_run_id_idx ON app_private.judgings USING btree (run_id, state);

CREATE INDEX judgings_user_id_idx ON app_private.judgings USING btree (user_id);

CREATE INDEX leaderboard_global_position_idx ON app_private.leaderboard_global USING btree ("position");

CREATE UNIQUE INDEX leaderboard_global_user_id_idx ON app_private.leaderboard_global USING btree (user_id);

CREATE INDEX leaderboard_monthly_position_idx ON app_private.leaderboard_monthly USING btree ("position");

CREATE UNIQUE INDEX leaderboard_monthly_user_id_idx ON app_private.leaderboard_monthly USING btree (user_id);

CREATE UNIQUE INDEX leaderboard_one_line_per_model ON app_private.leaderboard USING btree (snapshot_id, model_id);

CREATE INDEX leaderboard_weekly_position_idx ON app_private.leaderboard_weekly USING btree ("position");

CREATE UNIQUE INDEX leaderboard_weekly_user_id_idx ON app_private.leaderboard_weekly USING btree (user_id);

CREATE INDEX llm_attempts_lease_idx ON app_private.llm_attempts USING btree (lease_until) WHERE (state = ANY (ARRAY['reserved'::text, 'sending'::text]));

CREATE UNIQUE INDEX llm_attempts_one_live ON app_private.llm_attempts USING btree (call_id) WHERE (state = ANY (ARRAY['reserved'::text, 'sending'::text, 'succeeded'::text, 'unusable'::text, 'in_doubt'::text]));

CREATE INDEX llm_attempts_pace_idx ON app_private.llm_attempts USING btree (provider, reserved_at);

CREATE INDEX llm_attempts_under_way_idx ON app_private.llm_attempts USING btree (provider) WHERE (state = ANY (ARRAY['reserved'::text, 'sending'::text]));

CREATE INDEX llm_calls_model_id_idx ON app_private.llm_calls USING btree (model_id);

CREATE INDEX llm_calls_subject_id_idx ON app_private.llm_calls USING btree (subject_id);

CREATE INDEX llm_calls_unfinished_idx ON app_private.llm_calls USING btree (next_try_at) WHERE (state = ANY (ARRAY['pending'::text, 'active'::text, 'in_doubt'::text]));

CREATE INDEX llm_replies_received_at_idx ON app_private.llm_replies USING btree (received_at);

CREATE INDEX llm_roles_model_id_idx ON app_private.llm_roles USING btree (model_id);

CREATE INDEX matches_second_submission_idx ON app_private.matches USING btree (task_id, second_model_id);

CREATE INDEX network_salts_created_at_idx ON app_private.network_salts USING btree (created_at);

CREATE INDEX network_votes_starts_at_idx ON app_private.network_votes USING btree (starts_at);

CREATE INDEX operator_log_operator_id_idx ON app_private.operator_log USING btree (operator_id);

CREATE INDEX past_foldings_folding_idx ON app_private.past_foldings USING btree (folding, "position");

CREATE INDEX past_foldings_task_id_idx ON app_private.past_foldings USING btree (task_id);

CREATE INDEX period_scores_board_idx ON app_private.period_scores USING btree (kind, starts_on, ((- points)), reached_at, user_id) WHERE (is_listed AND (points > 0));

CREATE INDEX rate_limits_window_starts_at_idx ON app_private.rate_limits USING btree (window_starts_at);

CREATE INDEX scheduled_tasks_finished_at_idx ON app_private.scheduled_tasks USING btree (finished_at);

CREATE INDEX scheduled_tasks_last_runs_idx ON app_private.scheduled_tasks USING btree (function_name, started_at DESC) WHERE (started_at IS NOT NULL);

CREATE INDEX scheduled_tasks_open_idx ON app_private.scheduled_tasks USING btree (scheduled_time, id) WHERE (status = ANY (ARRAY['pending'::text, 'running'::text]));

CREATE INDEX score_changes_period_idx ON app_private.score_changes USING btree (kind, starts_on) INCLUDE (was, now_has);

CREATE INDEX shareable_progress_expires_at_idx ON app_private.shareable_progress USING btree (expires_at);

CREATE INDEX shareable_progress_user_id_idx ON app_private.shareable_progress USING btree (user_id);

CREATE INDEX skipped_models_model_id_idx ON app_private.skipped_models USING btree (model_id);

CREATE INDEX streaks_milestones_idx ON app_private.streaks USING btree (user_id) WHERE ((longest >= 7) AND (NOT is_paid));

CREATE INDEX streaks_spending_idx ON app_private.streaks USING btree (ends_on) WHERE (freezes > 0);

CREATE INDEX task_aliases_name_idx ON app_private.task_aliases USING btree (name);

CREATE INDEX token_days_closed_at_idx ON app_private.token_days USING btree (closed_at);

CREATE INDEX token_days_open_idx ON app_private.token_days USING btree (day) WHERE (closed_at IS NULL);

CREATE INDEX token_reservations_aggregated_at_idx ON app_private.token_reservations USING btree (aggregated_at);

CREATE INDEX token_reservations_open_idx ON app_private.token_reservations USING btree (expires_at) WHERE (state = 'reserved'::text);

CREATE INDEX token_reservations_user_id_idx ON app_private.token_reservations USING btree (user_id, day);

CREATE INDEX vote_checks_failed_idx ON app_private.vote_checks USING btree (ballot_id) WHERE (state = 'fail'::text);

CREATE INDEX vote_flags_model_id_idx ON app_private.vote_flags USING btree (model_id);

CREATE INDEX voters_without_votes_idx ON app_private.voters USING btree (created_at) WHERE (NOT has_voted);

CREATE INDEX webhook_messages_received_at_idx ON app_private.webhook_messages USING btree (received_at);

CREATE INDEX artifacts_image_sha256_idx ON app_public.artifacts USING btree (image_sha256);

CREATE INDEX artifacts_thumb_sha256_idx ON app_public.artifacts USING btree (thumb_sha256);

CREATE INDEX artifacts_unfinished_idx ON app_public.artifacts USING btree (created_at) WHERE (rendered_at IS NULL);

CREATE INDEX attempts_problem_id_idx ON app_public.attempts USING btree (problem_id);

CREATE INDEX ballots_match_id_idx ON app_public.ballots USING btree (match_id);

CREATE INDEX ballots_served_at_idx ON app_public.ballots USING btree (served_at);

CREATE INDEX ballots_task_id_idx ON app_public.ballots USING btree (task_id);

CREATE INDEX battles_cancelled_at_idx ON app_public.battles USING btree (cancelled_at);

CREATE INDEX battles_challenger_id_idx ON app_public.battles USING btree (challenger_id);

CREATE INDEX battles_due_idx ON app_public.battles USING btree (due_at) WHERE (status = ANY (ARRAY['open'::app_public.battle_status, 'active'::app_public.battle_status]));

CREATE UNIQUE INDEX battles_one_challenge ON app_public.battles USING btree (challenger_id, opponent_id) WHERE (status = 'open'::app_public.battle_status);

CREATE INDEX battles_opponent_id_idx ON app_public.battles USING btree (opponent_id);

CREATE INDEX battles_problem_id_idx ON app_public.battles USING btree (problem_id);

CREATE INDEX battles_winner_id_idx ON app_public.battles USING btree (winner_id);

CREATE INDEX final_standings_user_id_idx ON app_public.final_standings USING btree (user_id);

CREATE INDEX models_provider_idx ON app_public.models USING btree (provider);

CREATE INDEX module_prerequisites_prerequisite_id_idx ON app_public.module_prerequisites USING btree (prerequisite_id);

CREATE INDEX points_ledger_at_idx ON app_public.points_ledger USING brin (at, posted_at);

CREATE INDEX points_ledger_problem_id_idx ON app_public.points_ledger USING btree (problem_id, user_id);

CREATE INDEX problems_module_id_idx ON app_public.problems USING btree (module_id, display_order);

CREATE INDEX queue_jobs_due_idx ON app_public.queue_jobs USING btree (run_at, id) WHERE (status = 'pending'::app_public.job_status);

CREATE INDEX queue_jobs_next_problem_id_idx ON app_public.queue_jobs USING btree (next_problem_id);

CREATE INDEX queue_jobs_running_idx ON app_public.queue_jobs USING btree (batch_id) WHERE (status = 'running'::app_public.job_status);

CREATE INDEX rating_snapshots_board_idx ON app_public.rating_snapshots USING btree (is_rehearsal, theme, has_ties, id DESC);

CREATE INDEX rating_snapshots_published_at_idx ON app_public.rating_snapshots USING btree (published_at);

CREATE INDEX ratings_model_id_idx ON app_public.ratings USING btree (model_id, snapshot_id);

CREATE INDEX submission_codes_expires_at_idx ON app_public.submission_codes USING btree (expires_at);

CREATE INDEX submissions_model_id_idx ON app_public.submissions USING btree (model_id, created_at);

CREATE INDEX submissions_unfinished_idx ON app_public.submissions USING btree (created_at) WHERE (finished_at IS NULL);

CREATE INDEX tasks_closes_at_idx ON app_public.tasks USING btree (closes_at);

CREATE INDEX tasks_unpurged_idx ON app_public.tasks USING btree (expires_at) WHERE (purged_at IS NULL);

CREATE INDEX user_achievements_achievement_type_idx ON app_public.user_achievements USING btree (achievement_type);

CREATE INDEX user_badges_badge_name_idx ON app_public.user_badges USING btree (badge_name);

CREATE INDEX user_progress_problem_id_idx ON app_public.user_progress USING btree (problem_id);

CREATE INDEX verdicts_answer_id_idx ON app_public.verdicts USING btree (answer_id);

CREATE INDEX verdicts_judge_model_id_idx ON app_public.verdicts USING btree (judge_model_id);

CREATE INDEX verdicts_problem_id_idx ON app_public.verdicts USING btree (problem_id, prompt_version);

CREATE INDEX verdicts_user_id_idx ON app_public.verdicts USING btree (user_id);

CREATE INDEX votes_created_at_idx ON app_public.votes USING btree (created_at);

CREATE INDEX votes_network_hash_idx ON app_public.votes USING btree (network_hash);

ALTER INDEX app_public.answers_unjudged_idx ATTACH PARTITION app_private.answers_rest_answered_at_idx;

ALTER INDEX app_public.answers_pkey ATTACH PARTITION app_private.answers_rest_pkey;

ALTER INDEX app_public.answers_problem_id_idx ATTACH PARTITION app_private.answers_rest_problem_id_answered_at_idx;

ALTER INDEX app_public.answers_user_id_idx ATTACH PARTITION app_private.answers_rest_user_id_problem_id_answered_at_idx;

CREATE OR REPLACE VIEW app_operations.judge_runs WITH (security_invoker='true', security_barrier='true') AS
 SELECT r.id,
    r.purpose,
    r.problem_id,
    r.prompt_version,
    r.state,
    r.created_at,
    r.applied_at,
    r.reverted_at,
    (count(j.id))::integer AS judgings,
    (count(j.id) FILTER (WHERE (j.state = 'waiting'::text)))::integer AS waiting,
    (count(j.id) FILTER (WHERE (j.state = 'unscored'::text)))::integer AS unscored,
    (count(DISTINCT j.user_id))::integer AS members,
    (count(j.id) FILTER (WHERE (j.is_correct AND (NOT COALESCE(v.is_correct, false)) AND (j.answer_id IS NOT NULL))))::integer AS now_correct,
    (count(j.id) FILTER (WHERE ((NOT j.is_correct) AND v.is_correct)))::integer AS no_longer_correct,
    (avg((j.score - v.score)))::double precision AS mean_change
   FROM ((app_private.judge_runs r
     LEFT JOIN app_private.judgings j ON ((j.run_id = r.id)))
     LEFT JOIN app_public.verdicts v ON ((v.id = j.prior_verdict_id)))
  GROUP BY r.id;

CREATE OR REPLACE VIEW app_operations.pipeline_today WITH (security_invoker='true', security_barrier='true') AS
 SELECT t.id AS task_id,
    t.slot,
    t.title,
    t.status,
    t.generated_at,
    t.dispatched_at,
    t.closes_at,
    (count(s.id) FILTER (WHERE (s.status = 'queued'::app_public.submission_status)))::integer AS queued,
    (count(s.id) FILTER (WHERE (s.status = 'running'::app_public.submission_status)))::integer AS running,
    (count(s.id) FILTER (WHERE (s.status = 'succeeded'::app_public.submission_status)))::integer AS succeeded,
    (count(s.id) FILTER (WHERE (s.status = 'failed'::app_public.submission_status)))::integer AS failed,
    (count(s.id) FILTER (WHERE (s.status = 'in_doubt'::app_public.submission_status)))::integer AS in_doubt,
    COALESCE(sum(s.cost_usd), (0)::numeric) AS cost_usd
   FROM (app_public.tasks t
     LEFT JOIN app_public.submissions s ON ((s.task_id = t.id)))
  WHERE (t.challenge_date = ((now() AT TIME ZONE 'utc'::text))::date)
  GROUP BY t.id;

CREATE TRIGGER _100_timestamps BEFORE INSERT OR UPDATE ON app_private.accounts FOR EACH ROW EXECUTE FUNCTION app_private.tg__timestamps();

CREATE TRIGGER _200_arrows BEFORE UPDATE OF state ON app_private.llm_attempts FOR EACH ROW EXECUTE FUNCTION app_private.tg_llm_attempts__arrows();

CREATE TRIGGER _300_derive BEFORE INSERT OR UPDATE ON app_private.streaks FOR EACH ROW EXECUTE FUNCTION app_private.tg_streaks__derive();

CREATE TRIGGER _500_reopen_insert AFTER INSERT ON app_private.streak_milestones REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app_private.tg_streak_milestones__reopen();

CREATE TRIGGER _500_reopen_update AFTER UPDATE ON app_private.streak_milestones REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app_private.tg_streak_milestones__reopen();

CREATE TRIGGER _500_settle_insert AFTER INSERT ON app_private.llm_calls FOR EACH ROW EXECUTE FUNCTION app_private.tg_llm_calls__settle();

CREATE TRIGGER _500_settle_update AFTER UPDATE OF state ON app_private.llm_calls FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION app_private.tg_llm_calls__settle();

CREATE TRIGGER _100_keep BEFORE DELETE OR UPDATE ON app_public.points_ledger FOR EACH ROW EXECUTE FUNCTION app_private.tg_points_ledger__keep();

CREATE TRIGGER _100_keep_all BEFORE TRUNCATE ON app_public.points_ledger FOR EACH STATEMENT EXECUTE FUNCTION app_private.tg_points_ledger__keep();

CREATE TRIGGER _100_timestamps BEFORE INSERT OR UPDATE ON app_public.models FOR EACH ROW EXECUTE FUNCTION app_private.tg__timestamps();

CREATE TRIGGER _100_timestamps BEFORE INSERT OR UPDATE ON app_public.modules FOR EACH ROW EXECUTE FUNCTION app_private.tg__timestamps();

CREATE TRIGGER _100_timestamps BEFORE INSERT OR UPDATE ON app_public.problems FOR EACH ROW EXECUTE FUNCTION app_private.tg__timestamps();

CREATE TRIGGER _100_timestamps BEFORE INSERT OR UPDATE ON app_public.users FOR EACH ROW EXECUTE FUNCTION app_private.tg__timestamps();

CREATE TRIGGER _200_acyclic_insert AFTER INSERT ON app_public.module_prerequisites FOR EACH STATEMENT EXECUTE FUNCTION app_private.tg_module_prerequisites__acyclic();

CREATE TRIGGER _200_acyclic_update AFTER UPDATE ON app_public.module_prerequisites FOR EACH STATEMENT EXECUTE FUNCTION app_private.tg_module_prerequisites__acyclic();

CREATE TRIGGER _200_forward_only BEFORE UPDATE ON app_public.tasks FOR EACH ROW EXECUTE FUNCTION app_private.tg_tasks__forward_only();

CREATE TRIGGER _200_limit_updates BEFORE UPDATE ON app_public.users FOR EACH ROW EXECUTE FUNCTION app_private.tg_users__limit_updates();

CREATE TRIGGER _300_queue_publishing_insert AFTER INSERT ON app_public.tasks FOR EACH ROW WHEN ((new.status = 'dispatched'::app_public.task_status)) EXECUTE FUNCTION app_private.tg_tasks__queue_publishing();

CREATE TRIGGER _300_queue_publishing_update AFTER UPDATE ON app_public.tasks FOR EACH ROW WHEN (((new.status = 'dispatched'::app_public.task_status) AND ((old.status IS DISTINCT FROM new.status) OR (old.closes_at IS DISTINCT FROM new.closes_at)))) EXECUTE FUNCTION app_private.tg_tasks__queue_publishing();

CREATE TRIGGER _300_queue_render_insert AFTER INSERT ON app_public.submissions FOR EACH ROW WHEN ((new.status = 'succeeded'::app_public.submission_status)) EXECUTE FUNCTION app_private.tg_submissions__queue_render();

CREATE TRIGGER _300_queue_render_update AFTER UPDATE ON app_public.submissions FOR EACH ROW WHEN (((new.status = 'succeeded'::app_public.submission_status) AND (old.status IS DISTINCT FROM new.status))) EXECUTE FUNCTION app_private.tg_submissions__queue_render();

CREATE TRIGGER _310_reveal_artifact AFTER UPDATE ON app_public.submissions FOR EACH ROW WHEN ((old.revealed_at IS DISTINCT FROM new.revealed_at)) EXECUTE FUNCTION app_private.tg_submissions__reveal_artifact();

CREATE TRIGGER _400_leave_battles BEFORE DELETE ON app_public.users FOR EACH ROW EXECUTE FUNCTION app_private.tg_users__leave_battles();

CREATE TRIGGER _400_leave_coach BEFORE DELETE ON app_public.users FOR EACH ROW EXECUTE FUNCTION app_private.tg_users__leave_coach();

CREATE TRIGGER _500_award AFTER INSERT OR UPDATE ON app_public.achievements FOR EACH STATEMENT EXECUTE FUNCTION app_private.tg_achievements__award();

CREATE TRIGGER _500_award AFTER INSERT OR UPDATE ON app_public.badges FOR EACH STATEMENT EXECUTE FUNCTION app_private.tg_badges__award();

CREATE TRIGGER _500_begin_points AFTER INSERT ON app_public.users FOR EACH ROW EXECUTE FUNCTION app_private.tg_users__begin_points();

CREATE TRIGGER _500_begin_progress AFTER INSERT ON app_public.attempts FOR EACH ROW EXECUTE FUNCTION app_private.tg_attempts__begin_progress();

CREATE TRIGGER _500_entomb_points BEFORE DELETE ON app_public.users FOR EACH ROW EXECUTE FUNCTION app_private.tg_users__entomb_points();

CREATE TRIGGER _500_fold AFTER INSERT ON app_public.points_ledger REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION app_private.tg_points_ledger__fold();

CREATE TRIGGER _500_fold_insert AFTER INSERT ON app_public.user_progress FOR EACH ROW WHEN ((new.completed_at IS NOT NULL)) EXECUTE FUNCTION app_private.tg_user_progress__fold();

CREATE TRIGGER _500_fold_update AFTER UPDATE ON app_public.user_progress FOR EACH ROW EXECUTE FUNCTION app_private.tg_user_progress__fold();

CREATE TRIGGER _500_list_points AFTER UPDATE OF is_listed ON app_public.users FOR EACH ROW WHEN ((old.is_listed IS DISTINCT FROM new.is_listed)) EXECUTE FUNCTION app_private.tg_users__list_points();

CREATE TRIGGER _500_mark_purged AFTER DELETE ON app_public.submission_codes REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app_private.tg_submission_codes__mark_purged();

CREATE TRIGGER _900_notify AFTER UPDATE ON app_public.answers FOR EACH ROW WHEN (((new.status <> 'judging'::app_public.answer_status) AND ((old.status IS DISTINCT FROM new.status) OR (old.verdict_id IS DISTINCT FROM new.verdict_id)))) EXECUTE FUNCTION app_private.tg_answers__notify();

CREATE TRIGGER _900_notify AFTER UPDATE ON app_public.users FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION app_private.tg_users__notify();

CREATE TRIGGER _900_notify_insert AFTER INSERT ON app_public.submissions FOR EACH ROW EXECUTE FUNCTION app_private.tg_submissions__notify();

CREATE TRIGGER _900_notify_update AFTER UPDATE ON app_public.submissions FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION app_private.tg_submissions__notify();

ALTER TABLE ONLY app_private.accounts
    ADD CONSTRAINT accounts_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.ai_usage_metrics
    ADD CONSTRAINT ai_usage_metrics_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.answer_keys
    ADD CONSTRAINT answer_keys_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.battle_judgements
    ADD CONSTRAINT battle_judgements_battle FOREIGN KEY (battle_id) REFERENCES app_public.battles(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.battle_seats
    ADD CONSTRAINT battle_seats_battle FOREIGN KEY (battle_id) REFERENCES app_public.battles(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.battle_seats
    ADD CONSTRAINT battle_seats_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.daily_spend
    ADD CONSTRAINT daily_spend_model FOREIGN KEY (model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_private.elo_ratings
    ADD CONSTRAINT elo_ratings_model FOREIGN KEY (model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_private.exclusions
    ADD CONSTRAINT exclusions_operator FOREIGN KEY (operator_id) REFERENCES app_public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY app_private.exclusions
    ADD CONSTRAINT exclusions_voter FOREIGN KEY (voter_id) REFERENCES app_private.voters(id);

ALTER TABLE ONLY app_private.folded_tasks
    ADD CONSTRAINT folded_tasks_task FOREIGN KEY (task_id) REFERENCES app_public.tasks(id);

ALTER TABLE ONLY app_private.handles
    ADD CONSTRAINT handles_ballot FOREIGN KEY (ballot_id) REFERENCES app_public.ballots(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.handles
    ADD CONSTRAINT handles_submission FOREIGN KEY (submission_id) REFERENCES app_public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.judge_replies
    ADD CONSTRAINT judge_replies_call FOREIGN KEY (call_id) REFERENCES app_private.llm_calls(id);

ALTER TABLE ONLY app_private.judge_replies
    ADD CONSTRAINT judge_replies_model FOREIGN KEY (model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_private.judge_replies
    ADD CONSTRAINT judge_replies_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.judge_replies
    ADD CONSTRAINT judge_replies_verdict FOREIGN KEY (verdict_id) REFERENCES app_public.verdicts(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.judge_runs
    ADD CONSTRAINT judge_runs_problem FOREIGN KEY (problem_id) REFERENCES app_public.problems(id);

ALTER TABLE ONLY app_private.judgings
    ADD CONSTRAINT judgings_judge_model FOREIGN KEY (judge_model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_private.judgings
    ADD CONSTRAINT judgings_problem FOREIGN KEY (problem_id) REFERENCES app_public.problems(id);

ALTER TABLE ONLY app_private.judgings
    ADD CONSTRAINT judgings_run FOREIGN KEY (run_id) REFERENCES app_private.judge_runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.judgings
    ADD CONSTRAINT judgings_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.llm_attempts
    ADD CONSTRAINT llm_attempts_call FOREIGN KEY (call_id) REFERENCES app_private.llm_calls(id);

ALTER TABLE ONLY app_private.llm_calls
    ADD CONSTRAINT llm_calls_model FOREIGN KEY (model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_private.llm_replies
    ADD CONSTRAINT llm_replies_attempt FOREIGN KEY (attempt_id) REFERENCES app_private.llm_attempts(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.llm_roles
    ADD CONSTRAINT llm_roles_model FOREIGN KEY (model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_private.matches
    ADD CONSTRAINT matches_first_submission FOREIGN KEY (task_id, first_model_id) REFERENCES app_public.submissions(task_id, model_id);

ALTER TABLE ONLY app_private.matches
    ADD CONSTRAINT matches_second_submission FOREIGN KEY (task_id, second_model_id) REFERENCES app_public.submissions(task_id, model_id);

ALTER TABLE ONLY app_private.model_caps
    ADD CONSTRAINT model_caps_model FOREIGN KEY (model_id) REFERENCES app_public.models(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.open_ballots
    ADD CONSTRAINT open_ballots_ballot FOREIGN KEY (ballot_id) REFERENCES app_public.ballots(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.operator_log
    ADD CONSTRAINT operator_log_operator FOREIGN KEY (operator_id) REFERENCES app_public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY app_private.pair_counts
    ADD CONSTRAINT pair_counts_match FOREIGN KEY (task_id, first_model_id, second_model_id) REFERENCES app_private.matches(task_id, first_model_id, second_model_id);

ALTER TABLE ONLY app_private.pairing_strengths
    ADD CONSTRAINT pairing_strengths_model FOREIGN KEY (model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_private.past_foldings
    ADD CONSTRAINT past_foldings_task FOREIGN KEY (task_id) REFERENCES app_public.tasks(id);

ALTER TABLE ONLY app_private.period_scores
    ADD CONSTRAINT period_scores_holder FOREIGN KEY (user_id) REFERENCES app_private.point_holders(id);

ALTER TABLE ONLY app_private.problem_examples
    ADD CONSTRAINT problem_examples_problem FOREIGN KEY (problem_id) REFERENCES app_public.problems(id);

ALTER TABLE ONLY app_private.problem_keys
    ADD CONSTRAINT problem_keys_problem FOREIGN KEY (problem_id) REFERENCES app_public.problems(id);

ALTER TABLE ONLY app_private.scheduled_tasks
    ADD CONSTRAINT scheduled_tasks_task FOREIGN KEY (function_name) REFERENCES app_private.task_registry(name);

ALTER TABLE ONLY app_private.shareable_progress
    ADD CONSTRAINT shareable_progress_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.skipped_models
    ADD CONSTRAINT skipped_models_model FOREIGN KEY (model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_private.streaks
    ADD CONSTRAINT streaks_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.task_aliases
    ADD CONSTRAINT task_aliases_task FOREIGN KEY (name) REFERENCES app_private.task_registry(name);

ALTER TABLE ONLY app_private.time_zone_changes
    ADD CONSTRAINT time_zone_changes_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.token_days
    ADD CONSTRAINT token_days_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.token_reservations
    ADD CONSTRAINT token_reservations_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_private.vote_checks
    ADD CONSTRAINT vote_checks_vote FOREIGN KEY (ballot_id) REFERENCES app_public.votes(ballot_id);

ALTER TABLE ONLY app_private.vote_flags
    ADD CONSTRAINT vote_flags_model FOREIGN KEY (model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_private.vote_flags
    ADD CONSTRAINT vote_flags_voter FOREIGN KEY (voter_id) REFERENCES app_private.voters(id);

ALTER TABLE ONLY app_private.voters
    ADD CONSTRAINT voters_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE SET NULL;

ALTER TABLE app_public.answers
    ADD CONSTRAINT answers_problem FOREIGN KEY (problem_id) REFERENCES app_public.problems(id);

ALTER TABLE app_public.answers
    ADD CONSTRAINT answers_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_public.artifacts
    ADD CONSTRAINT artifacts_image FOREIGN KEY (image_sha256) REFERENCES app_private.blobs(sha256);

ALTER TABLE ONLY app_public.artifacts
    ADD CONSTRAINT artifacts_submission FOREIGN KEY (submission_id) REFERENCES app_public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_public.artifacts
    ADD CONSTRAINT artifacts_thumb FOREIGN KEY (thumb_sha256) REFERENCES app_private.blobs(sha256);

ALTER TABLE ONLY app_public.attempts
    ADD CONSTRAINT attempts_problem FOREIGN KEY (problem_id) REFERENCES app_public.problems(id);

ALTER TABLE ONLY app_public.attempts
    ADD CONSTRAINT attempts_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_public.ballots
    ADD CONSTRAINT ballots_match FOREIGN KEY (match_id) REFERENCES app_private.matches(id);

ALTER TABLE ONLY app_public.ballots
    ADD CONSTRAINT ballots_task FOREIGN KEY (task_id) REFERENCES app_public.tasks(id);

ALTER TABLE ONLY app_public.ballots
    ADD CONSTRAINT ballots_voter FOREIGN KEY (voter_id) REFERENCES app_private.voters(id);

ALTER TABLE ONLY app_public.battles
    ADD CONSTRAINT battles_challenger FOREIGN KEY (challenger_id) REFERENCES app_public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY app_public.battles
    ADD CONSTRAINT battles_opponent FOREIGN KEY (opponent_id) REFERENCES app_public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY app_public.battles
    ADD CONSTRAINT battles_problem FOREIGN KEY (problem_id) REFERENCES app_public.problems(id);

ALTER TABLE ONLY app_public.battles
    ADD CONSTRAINT battles_winner FOREIGN KEY (winner_id) REFERENCES app_public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY app_public.daily_activity
    ADD CONSTRAINT daily_activity_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_public.final_standings
    ADD CONSTRAINT final_standings_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY app_public.models
    ADD CONSTRAINT models_provider FOREIGN KEY (provider) REFERENCES app_private.providers(name);

ALTER TABLE ONLY app_public.module_prerequisites
    ADD CONSTRAINT module_prerequisites_module FOREIGN KEY (module_id) REFERENCES app_public.modules(id) ON DELETE CASCADE;

COMMENT ON CONSTRAINT module_prerequisites_module ON app_public.module_prerequisites IS '@fieldName module
@foreignFieldName prerequisites';

ALTER TABLE ONLY app_public.module_prerequisites
    ADD CONSTRAINT module_prerequisites_prerequisite FOREIGN KEY (prerequisite_id) REFERENCES app_public.modules(id) ON DELETE CASCADE;

COMMENT ON CONSTRAINT module_prerequisites_prerequisite ON app_public.module_prerequisites IS '@fieldName prerequisite
@foreignFieldName opens';

ALTER TABLE ONLY app_public.points_ledger
    ADD CONSTRAINT points_ledger_holder FOREIGN KEY (user_id) REFERENCES app_private.point_holders(id);

ALTER TABLE ONLY app_public.points_ledger
    ADD CONSTRAINT points_ledger_problem FOREIGN KEY (problem_id) REFERENCES app_public.problems(id);

ALTER TABLE ONLY app_public.problems
    ADD CONSTRAINT problems_module FOREIGN KEY (module_id) REFERENCES app_public.modules(id);

ALTER TABLE ONLY app_public.queue_jobs
    ADD CONSTRAINT queue_jobs_next_problem FOREIGN KEY (next_problem_id) REFERENCES app_public.problems(id);

ALTER TABLE ONLY app_public.queue_jobs
    ADD CONSTRAINT queue_jobs_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_public.ratings
    ADD CONSTRAINT ratings_model FOREIGN KEY (model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_public.ratings
    ADD CONSTRAINT ratings_snapshot FOREIGN KEY (snapshot_id) REFERENCES app_public.rating_snapshots(id);

COMMENT ON CONSTRAINT ratings_snapshot ON app_public.ratings IS '@foreignFieldName ratings';

ALTER TABLE ONLY app_public.submission_codes
    ADD CONSTRAINT submission_codes_submission FOREIGN KEY (submission_id) REFERENCES app_public.submissions(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_public.submissions
    ADD CONSTRAINT submissions_model FOREIGN KEY (model_id) REFERENCES app_public.models(id);

ALTER TABLE ONLY app_public.submissions
    ADD CONSTRAINT submissions_task FOREIGN KEY (task_id) REFERENCES app_public.tasks(id);

ALTER TABLE ONLY app_public.user_achievements
    ADD CONSTRAINT user_achievements_achievement FOREIGN KEY (achievement_type) REFERENCES app_public.achievements(type) ON UPDATE CASCADE;

ALTER TABLE ONLY app_public.user_achievements
    ADD CONSTRAINT user_achievements_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_public.user_badges
    ADD CONSTRAINT user_badges_badge FOREIGN KEY (badge_name) REFERENCES app_public.badges(name) ON UPDATE CASCADE;

ALTER TABLE ONLY app_public.user_badges
    ADD CONSTRAINT user_badges_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_public.user_progress
    ADD CONSTRAINT user_progress_problem FOREIGN KEY (problem_id) REFERENCES app_public.problems(id);

ALTER TABLE ONLY app_public.user_progress
    ADD CONSTRAINT user_progress_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_public.verdicts
    ADD CONSTRAINT verdicts_judge_model FOREIGN KEY (judge_model_id) REFERENCES app_public.models(id);

COMMENT ON CONSTRAINT verdicts_judge_model ON app_public.verdicts IS '@behavior -manyRelation:resource:list -manyRelation:resource:connection
A model that has judged stays. Nobody looks up verdicts by their judge.';

ALTER TABLE ONLY app_public.verdicts
    ADD CONSTRAINT verdicts_problem FOREIGN KEY (problem_id) REFERENCES app_public.problems(id);

ALTER TABLE ONLY app_public.verdicts
    ADD CONSTRAINT verdicts_user FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY app_public.votes
    ADD CONSTRAINT votes_ballot FOREIGN KEY (ballot_id) REFERENCES app_public.ballots(id);

ALTER TABLE app_private.accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.ai_usage_metrics ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.answer_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.answers_rest ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.arena_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.battle_judgements ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.battle_seats ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.blobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.boards ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.content_syncs ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.daily_spend ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.dispatch_gate ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.draw_allowances ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.elo_ratings ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.erased_subjects ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.exclusions ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.folded_tasks ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.handles ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.judge_replies ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.judge_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.judgings ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.llm_attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.llm_calls ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.llm_replies ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.llm_roles ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.matches ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.model_caps ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.network_salts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.network_votes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.open_ballots ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.operator_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.pair_counts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.pairing_strengths ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.past_foldings ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.period_scores ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.point_holders ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.practice_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.problem_examples ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.problem_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.prompts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.providers ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.rate_limits ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.retention_rules ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.scheduled_tasks ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.score_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.score_histogram ENABLE ROW LEVEL SECURITY;

CREATE POLICY select_all ON app_private.accounts FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.ai_usage_metrics FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.arena_settings FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.battle_judgements FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.boards FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.daily_spend FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.dispatch_gate FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.elo_ratings FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.exclusions FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.folded_tasks FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.judge_replies FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.judge_runs FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.judgings FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.llm_attempts FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.llm_calls FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.llm_roles FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.matches FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.model_caps FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.operator_log FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.pair_counts FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.past_foldings FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.practice_settings FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.prompts FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.providers FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.retention_rules FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.scheduled_tasks FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.skipped_models FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.streak_milestones FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.task_aliases FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.task_registry FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.vote_checks FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.vote_flags FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.voters FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_private.workers FOR SELECT TO autobench_operator USING (true);

ALTER TABLE app_private.shareable_progress ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.skipped_models ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.streak_milestones ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.streaks ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.task_aliases ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.task_registry ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.time_zone_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.token_days ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.token_reservations ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.vote_checks ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.vote_flags ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.voters ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.webhook_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_private.workers ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.achievements ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.answers ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.artifacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.badges ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.ballots ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.battles ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.daily_activity ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.final_standings ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.models ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.module_prerequisites ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.modules ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.points_ledger ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.problems ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.queue_jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.rating_snapshots ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.ratings ENABLE ROW LEVEL SECURITY;

CREATE POLICY select_all ON app_public.achievements FOR SELECT TO autobench_anon, autobench_member, autobench_operator USING (true);

CREATE POLICY select_all ON app_public.answers FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.artifacts FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.badges FOR SELECT TO autobench_anon, autobench_member, autobench_operator USING (true);

CREATE POLICY select_all ON app_public.battles FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.daily_activity FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.final_standings FOR SELECT TO autobench_anon, autobench_member, autobench_operator USING (true);

CREATE POLICY select_all ON app_public.models FOR SELECT TO autobench_anon, autobench_member USING (true);

CREATE POLICY select_all ON app_public.module_prerequisites FOR SELECT TO autobench_anon, autobench_member USING (true);

CREATE POLICY select_all ON app_public.modules FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.points_ledger FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.problems FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.queue_jobs FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.rating_snapshots FOR SELECT TO autobench_anon, autobench_member USING (true);

CREATE POLICY select_all ON app_public.ratings FOR SELECT TO autobench_anon, autobench_member USING (true);

CREATE POLICY select_all ON app_public.submission_codes FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.submissions FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.tasks FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.user_progress FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.users FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_all ON app_public.verdicts FOR SELECT TO autobench_operator USING (true);

CREATE POLICY select_listed ON app_public.users FOR SELECT TO autobench_anon USING (is_listed);

CREATE POLICY select_listed_or_own ON app_public.users FOR SELECT TO autobench_member USING ((is_listed OR (id = ( SELECT app_public.current_user_id() AS current_user_id))));

CREATE POLICY select_open ON app_public.submission_codes FOR SELECT TO autobench_anon, autobench_member USING (((revealed_at <= ( SELECT now() AS now)) AND (expires_at > ( SELECT now() AS now))));

CREATE POLICY select_own ON app_public.answers FOR SELECT TO autobench_member USING ((user_id = ( SELECT app_public.current_user_id() AS current_user_id)));

CREATE POLICY select_own ON app_public.attempts FOR SELECT TO autobench_member USING ((user_id = ( SELECT app_public.current_user_id() AS current_user_id)));

CREATE POLICY select_own ON app_public.ballots FOR SELECT TO autobench_anon, autobench_member USING ((voter_id = ( SELECT app_public.current_voter_id() AS current_voter_id)));

CREATE POLICY select_own ON app_public.battles FOR SELECT TO autobench_member USING (((( SELECT app_public.current_user_id() AS current_user_id) = challenger_id) OR (( SELECT app_public.current_user_id() AS current_user_id) = opponent_id)));

CREATE POLICY select_own ON app_public.daily_activity FOR SELECT TO autobench_member USING ((user_id = ( SELECT app_public.current_user_id() AS current_user_id)));

CREATE POLICY select_own ON app_public.points_ledger FOR SELECT TO autobench_member USING ((user_id = ( SELECT app_public.current_user_id() AS current_user_id)));

CREATE POLICY select_own ON app_public.queue_jobs FOR SELECT TO autobench_member USING ((user_id = ( SELECT app_public.current_user_id() AS current_user_id)));

CREATE POLICY select_own ON app_public.user_progress FOR SELECT TO autobench_member USING ((user_id = ( SELECT app_public.current_user_id() AS current_user_id)));

CREATE POLICY select_own ON app_public.verdicts FOR SELECT TO autobench_member USING ((user_id = ( SELECT app_public.current_user_id() AS current_user_id)));

CREATE POLICY select_own ON app_public.votes FOR SELECT TO autobench_anon, autobench_member USING ((EXISTS ( SELECT
   FROM app_public.ballots b
  WHERE (b.id = votes.ballot_id))));

CREATE POLICY select_published ON app_public.modules FOR SELECT TO autobench_anon, autobench_member USING (is_published);

CREATE POLICY select_published ON app_public.problems FOR SELECT TO autobench_anon, autobench_member USING ((is_published OR (retired_at IS NOT NULL)));

CREATE POLICY select_revealed ON app_public.artifacts FOR SELECT TO autobench_anon, autobench_member USING ((revealed_at <= ( SELECT now() AS now)));

CREATE POLICY select_revealed ON app_public.submissions FOR SELECT TO autobench_anon, autobench_member USING ((revealed_at <= ( SELECT now() AS now)));

CREATE POLICY select_visible ON app_public.user_achievements FOR SELECT TO autobench_anon, autobench_member, autobench_operator USING ((EXISTS ( SELECT
   FROM app_public.users u
  WHERE (u.id = user_achievements.user_id))));

CREATE POLICY select_visible ON app_public.user_badges FOR SELECT TO autobench_anon, autobench_member, autobench_operator USING ((EXISTS ( SELECT
   FROM app_public.users u
  WHERE (u.id = user_badges.user_id))));

CREATE POLICY select_written ON app_public.tasks FOR SELECT TO autobench_anon, autobench_member USING ((status <> 'pending'::app_public.task_status));

ALTER TABLE app_public.submission_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.submissions ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.tasks ENABLE ROW LEVEL SECURITY;

CREATE POLICY update_own ON app_public.users FOR UPDATE TO autobench_member USING ((id = ( SELECT app_public.current_user_id() AS current_user_id))) WITH CHECK ((id = ( SELECT app_public.current_user_id() AS current_user_id)));

ALTER TABLE app_public.user_achievements ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.user_badges ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.user_progress ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.users ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.verdicts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app_public.votes ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA app_operations TO autobench_operator;

GRANT USAGE ON SCHEMA app_private TO autobench_operator;
GRANT USAGE ON SCHEMA app_private TO autobench_server;
GRANT USAGE ON SCHEMA app_private TO autobench_worker;

GRANT USAGE ON SCHEMA app_public TO autobench_anon;
GRANT USAGE ON SCHEMA app_public TO autobench_member;
GRANT USAGE ON SCHEMA app_public TO autobench_operator;

REVOKE ALL ON TYPE app_private.outcome FROM PUBLIC;

REVOKE ALL ON TYPE app_public.allowance FROM PUBLIC;
GRANT ALL ON TYPE app_public.allowance TO autobench_anon;
GRANT ALL ON TYPE app_public.allowance TO autobench_member;

REVOKE ALL ON TYPE app_public.answer_status FROM PUBLIC;
GRANT ALL ON TYPE app_public.answer_status TO autobench_anon;
GRANT ALL ON TYPE app_public.answer_status TO autobench_member;

REVOKE ALL ON TYPE app_public.artifact_status FROM PUBLIC;
GRANT ALL ON TYPE app_public.artifact_status TO autobench_anon;
GRANT ALL ON TYPE app_public.artifact_status TO autobench_member;

REVOKE ALL ON TYPE app_public.battle_status FROM PUBLIC;
GRANT ALL ON TYPE app_public.battle_status TO autobench_anon;
GRANT ALL ON TYPE app_public.battle_status TO autobench_member;

REVOKE ALL ON TYPE app_public.shown_page FROM PUBLIC;
GRANT ALL ON TYPE app_public.shown_page TO autobench_anon;
GRANT ALL ON TYPE app_public.shown_page TO autobench_member;

REVOKE ALL ON TYPE app_public.stratum FROM PUBLIC;
GRANT ALL ON TYPE app_public.stratum TO autobench_anon;
GRANT ALL ON TYPE app_public.stratum TO autobench_member;

REVOKE ALL ON TYPE app_public.drawn_ballot FROM PUBLIC;
GRANT ALL ON TYPE app_public.drawn_ballot TO autobench_anon;
GRANT ALL ON TYPE app_public.drawn_ballot TO autobench_member;

REVOKE ALL ON TYPE app_public.job_status FROM PUBLIC;
GRANT ALL ON TYPE app_public.job_status TO autobench_anon;
GRANT ALL ON TYPE app_public.job_status TO autobench_member;

REVOKE ALL ON TYPE app_public.period_kind FROM PUBLIC;
GRANT ALL ON TYPE app_public.period_kind TO autobench_anon;
GRANT ALL ON TYPE app_public.period_kind TO autobench_member;

REVOKE ALL ON TYPE app_public.my_rank FROM PUBLIC;
GRANT ALL ON TYPE app_public.my_rank TO autobench_member;

REVOKE ALL ON TYPE app_public.neighbour FROM PUBLIC;
GRANT ALL ON TYPE app_public.neighbour TO autobench_member;

REVOKE ALL ON TYPE app_public.problem_difficulty FROM PUBLIC;
GRANT ALL ON TYPE app_public.problem_difficulty TO autobench_anon;
GRANT ALL ON TYPE app_public.problem_difficulty TO autobench_member;

REVOKE ALL ON TYPE app_public.progress_status FROM PUBLIC;
GRANT ALL ON TYPE app_public.progress_status TO autobench_anon;
GRANT ALL ON TYPE app_public.progress_status TO autobench_member;

REVOKE ALL ON TYPE app_public.rating_status FROM PUBLIC;
GRANT ALL ON TYPE app_public.rating_status TO autobench_anon;
GRANT ALL ON TYPE app_public.rating_status TO autobench_member;

REVOKE ALL ON TYPE app_public.streak FROM PUBLIC;
GRANT ALL ON TYPE app_public.streak TO autobench_anon;
GRANT ALL ON TYPE app_public.streak TO autobench_member;

REVOKE ALL ON TYPE app_public.submission_status FROM PUBLIC;
GRANT ALL ON TYPE app_public.submission_status TO autobench_anon;
GRANT ALL ON TYPE app_public.submission_status TO autobench_member;

REVOKE ALL ON TYPE app_public.task_status FROM PUBLIC;
GRANT ALL ON TYPE app_public.task_status TO autobench_anon;
GRANT ALL ON TYPE app_public.task_status TO autobench_member;

REVOKE ALL ON TYPE app_public.verdict FROM PUBLIC;
GRANT ALL ON TYPE app_public.verdict TO autobench_anon;
GRANT ALL ON TYPE app_public.verdict TO autobench_member;

REVOKE ALL ON TYPE app_public.vote_result FROM PUBLIC;
GRANT ALL ON TYPE app_public.vote_result TO autobench_anon;
GRANT ALL ON TYPE app_public.vote_result TO autobench_member;

REVOKE ALL ON FUNCTION app_operations.abandon_call(id bigint, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.abandon_call(id bigint, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.apply_rejudge(id bigint, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.apply_rejudge(id bigint, reason text) TO autobench_operator;

GRANT SELECT ON TABLE app_public.users TO autobench_anon;
GRANT SELECT ON TABLE app_public.users TO autobench_member;

GRANT UPDATE(username) ON TABLE app_public.users TO autobench_member;

GRANT UPDATE(full_name) ON TABLE app_public.users TO autobench_member;

GRANT UPDATE(avatar_url) ON TABLE app_public.users TO autobench_member;

GRANT UPDATE(is_listed) ON TABLE app_public.users TO autobench_member;

REVOKE ALL ON FUNCTION app_operations.ban_user(user_id uuid, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.ban_user(user_id uuid, reason text) TO autobench_operator;

GRANT SELECT ON TABLE app_public.tasks TO autobench_anon;
GRANT SELECT ON TABLE app_public.tasks TO autobench_member;

REVOKE ALL ON FUNCTION app_operations.close_task(id uuid, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.close_task(id uuid, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.exclude_network(network text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.exclude_network(network text, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.exclude_voter(voter_id bigint, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.exclude_voter(voter_id bigint, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.lift_ban(user_id uuid, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.lift_ban(user_id uuid, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.points_faults() FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.points_faults() TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.rejudge(problem text, version text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.rejudge(problem text, version text, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.restore_network(network text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.restore_network(network text, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.restore_voter(voter_id bigint, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.restore_voter(voter_id bigint, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.retry_job(id bigint, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.retry_job(id bigint, reason text) TO autobench_operator;

GRANT SELECT ON TABLE app_public.submissions TO autobench_anon;
GRANT SELECT ON TABLE app_public.submissions TO autobench_member;

REVOKE ALL ON FUNCTION app_operations.retry_submission(id uuid, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.retry_submission(id uuid, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.revert_rejudge(id bigint, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.revert_rejudge(id bigint, reason text) TO autobench_operator;

GRANT SELECT ON TABLE app_private.scheduled_tasks TO autobench_operator;

GRANT SELECT ON TABLE app_operations.scheduled_tasks TO autobench_operator;

REVOKE ALL ON FUNCTION app_operations.trigger_task(name text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_operations.trigger_task(name text, reason text) TO autobench_operator;

REVOKE ALL ON FUNCTION app_private.abandon_call(id bigint, reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.accept_webhook(message_id text, issuer text, event jsonb, sent_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.accept_webhook(message_id text, issuer text, event jsonb, sent_at timestamp with time zone) TO autobench_server;

REVOKE ALL ON FUNCTION app_private.achievement_grounds(user_id uuid, metric text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.active_runs(streak app_private.streaks) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.answer_partitions(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.answer_partitions(at timestamp with time zone) TO autobench_operator;
GRANT ALL ON FUNCTION app_private.answer_partitions(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.answer_request(model_id uuid, version text, system text, template text, prompt_text text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.apply_models(content jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.apply_problems(content jsonb, is_forced boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.apply_prompts(prompts jsonb) FROM PUBLIC;

GRANT SELECT ON TABLE app_private.judge_runs TO autobench_operator;

REVOKE ALL ON FUNCTION app_private.apply_rejudge(id bigint, reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.award_achievements(user_id uuid, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.award_all_achievements(at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.award_badges(user_id uuid, at timestamp with time zone) FROM PUBLIC;

GRANT SELECT(id) ON TABLE app_public.ballots TO autobench_anon;
GRANT SELECT(id) ON TABLE app_public.ballots TO autobench_member;

GRANT SELECT(task_id) ON TABLE app_public.ballots TO autobench_anon;
GRANT SELECT(task_id) ON TABLE app_public.ballots TO autobench_member;

GRANT SELECT(stratum) ON TABLE app_public.ballots TO autobench_anon;
GRANT SELECT(stratum) ON TABLE app_public.ballots TO autobench_member;

GRANT SELECT(served_at) ON TABLE app_public.ballots TO autobench_anon;
GRANT SELECT(served_at) ON TABLE app_public.ballots TO autobench_member;

GRANT SELECT(expires_at) ON TABLE app_public.ballots TO autobench_anon;
GRANT SELECT(expires_at) ON TABLE app_public.ballots TO autobench_member;

REVOKE ALL ON FUNCTION app_private.ballot_page(ballot app_public.ballots, side text, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.ballot_side(ballot_id uuid, side text, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.battle_estimate(problem_id uuid, answer text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.battle_to_judge(battle_id uuid, model_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.battle_to_judge(battle_id uuid, model_id uuid) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.begin_judging(purpose text, id uuid, keys text[], has_rehearsal boolean, OUT step text, OUT wait_ms integer, OUT call_id bigint, OUT round integer, OUT model_id uuid, OUT request jsonb, OUT parts jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.begin_judging(purpose text, id uuid, keys text[], has_rehearsal boolean, OUT step text, OUT wait_ms integer, OUT call_id bigint, OUT round integer, OUT model_id uuid, OUT request jsonb, OUT parts jsonb) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.begin_scheduled_task(id bigint, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.begin_scheduled_task(id bigint, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.blank_calls(subject_type text, subject_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.board_components(wins double precision[], ties double precision[], is_strong boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.board_counts(theme text, is_rehearsal boolean, up_to_position bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.board_fragility(theme text, is_rehearsal boolean, most integer, pairs integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.board_fragility(theme text, is_rehearsal boolean, most integer, pairs integer) TO autobench_operator;
GRANT ALL ON FUNCTION app_private.board_fragility(theme text, is_rehearsal boolean, most integer, pairs integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.board_work(at timestamp with time zone, OUT has_closed boolean, OUT has_voted boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.board_work(at timestamp with time zone, OUT has_closed boolean, OUT has_voted boolean) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.boards_due(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.boards_due(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.bradley_terry(wins double precision[], ties double precision[], prior_votes double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.call_of(role text, subject_type text, subject_id uuid, round integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.call_of(role text, subject_type text, subject_id uuid, round integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.cancel_late_battles(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.cancel_late_battles(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.cast_vote(voter_id bigint, network_hash bytea, ballot_id uuid, verdict app_public.verdict, dwell_ms integer, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.cholesky(matrix double precision[], size integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.cholesky_inverse(l double precision[], size integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.claim_artifact(submission_id uuid, lease interval, at timestamp with time zone, OUT verdict text, OUT html text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.claim_artifact(submission_id uuid, lease interval, at timestamp with time zone, OUT verdict text, OUT html text) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.claim_coach_batch(at timestamp with time zone, size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.claim_coach_batch(at timestamp with time zone, size integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.close_periods(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.close_periods(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.close_task(id uuid, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.close_token_days(at timestamp with time zone, batch integer, OUT days integer, OUT tokens bigint, OUT seen integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.close_token_days(at timestamp with time zone, batch integer, OUT days integer, OUT tokens bigint, OUT seen integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.coach_has_work(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.coach_has_work(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.coach_prompt(batch_id uuid, model_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.coach_prompt(batch_id uuid, model_id uuid) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.coach_summary(user_id uuid, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.complete_modules(user_id uuid, kept jsonb, OUT modules jsonb, OUT n integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.content_length(answer text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.contestants(keys text[], has_rehearsal boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.contestants(keys text[], has_rehearsal boolean) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.cost_of(usage jsonb, prices jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.day_report(day date) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.day_report(day date) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.dead_jobs() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.dead_jobs() TO autobench_operator;

REVOKE ALL ON FUNCTION app_private.dispatch_tasks(day date, keys text[], has_rehearsal boolean, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.dispatch_tasks(day date, keys text[], has_rehearsal boolean, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.draw_ballot(voter_id bigint, network_hash bytea, task_id uuid, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.e_value(log_for double precision, log_against double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.elo_fold(ratings double precision[], firsts integer[], seconds integer[], scores double precision[], k double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.elo_of_tasks(models uuid[], ratings double precision[], task_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.end_attempt(attempt_id bigint, state text, error_class text, error text, retry_in interval) FROM PUBLIC;

GRANT SELECT ON TABLE app_public.battles TO autobench_member;

REVOKE ALL ON FUNCTION app_private.end_battle(battle_id uuid, status app_public.battle_status, reason text, winner_id uuid, at timestamp with time zone) FROM PUBLIC;

GRANT SELECT(user_id) ON TABLE app_private.accounts TO autobench_operator;

GRANT SELECT(role) ON TABLE app_private.accounts TO autobench_operator;

GRANT SELECT(banned_at) ON TABLE app_private.accounts TO autobench_operator;

GRANT SELECT(ban_reason) ON TABLE app_private.accounts TO autobench_operator;

GRANT SELECT(created_at) ON TABLE app_private.accounts TO autobench_operator;

REVOKE ALL ON FUNCTION app_private.ensure_account(issuer text, subject text, profile jsonb, known_since timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.ensure_answer_partitions(at timestamp with time zone, months_ahead integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.ensure_answer_partitions(at timestamp with time zone, months_ahead integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.ensure_call(role text, subject_type text, subject_id uuid, model_id uuid, request jsonb, round integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.ensure_call(role text, subject_type text, subject_id uuid, model_id uuid, request jsonb, round integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.ensure_practice_call(subject_type text, subject_id uuid, model_id uuid, request jsonb, round integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.ensure_practice_call(subject_type text, subject_id uuid, model_id uuid, request jsonb, round integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.ensure_voter() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.erase_account(user_id uuid, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.erase_answers(user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.exclude_network(network_hash bytea, reason text, is_excluded boolean, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.exclude_voter(voter_id bigint, reason text, is_excluded boolean, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.export_days(first_day date, last_day date, is_rehearsal boolean, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.export_days(first_day date, last_day date, is_rehearsal boolean, at timestamp with time zone) TO autobench_server;
GRANT ALL ON FUNCTION app_private.export_days(first_day date, last_day date, is_rehearsal boolean, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.fail_scheduled_task(id bigint, attempt integer, error text, is_last boolean, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.fail_scheduled_task(id bigint, attempt integer, error text, is_last boolean, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.finish_attempt(attempt_id bigint, lease_token uuid, outcome jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.finish_attempt(attempt_id bigint, lease_token uuid, outcome jsonb) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.finish_battle(battle_id uuid, at timestamp with time zone, reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.finish_judging(purpose text, id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.finish_scheduled_task(id bigint, attempt integer, result jsonb, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.finish_scheduled_task(id bigint, attempt integer, result jsonb, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.first_places(kind app_public.period_kind) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.fit_board(models integer, tasks integer[], firsts integer[], seconds integer[], first_wins double precision[], ties double precision[], second_wins double precision[], prior_votes double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.fit_strengths(wins double precision[], ties double precision[], prior_votes double precision, start double precision[], OUT theta double precision[], OUT inverse double precision[], OUT information double precision[], OUT likelihood double precision, OUT steps integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.fold_scores() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.fold_scores() TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.fold_tasks(at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.folded_as_of(up_to_position bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.forget_subject(issuer text, subject text, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.fragility(wins double precision[], ties double precision[], ahead integer, behind integer, prior_votes double precision, most integer, OUT votes integer, OUT one_step integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.give_up_coach_batch(batch_id uuid, reason text, may_retry boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.give_up_coach_batch(batch_id uuid, reason text, may_retry boolean) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.hash_counts(theme text, is_rehearsal boolean, up_to_position bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.hash_exclusions(up_to_position bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.hash_ratings(snapshot_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.hold_estimate(request jsonb, prices jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.is_refold_due() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.judge_agreement() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.judge_agreement() TO autobench_operator;

REVOKE ALL ON FUNCTION app_private.judge_battle_by_rule(battle_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.judge_by_rule(purpose text, id uuid) FROM PUBLIC;

GRANT SELECT ON TABLE app_private.judgings TO autobench_operator;

GRANT SELECT ON TABLE app_public.problems TO autobench_anon;
GRANT SELECT ON TABLE app_public.problems TO autobench_member;

REVOKE ALL ON FUNCTION app_private.judge_check_report(run_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.judge_check_report(run_id bigint) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.judge_estimate(problem_id uuid, answer text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.judge_later(purpose text, id uuid, wait_ms double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.judge_later(purpose text, id uuid, wait_ms double precision) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.judge_votes(ballot_ids uuid[], kind text, state text, at timestamp with time zone) FROM PUBLIC;

GRANT SELECT ON TABLE app_private.judge_replies TO autobench_operator;

REVOKE ALL ON FUNCTION app_private.keep_judge_reply(purpose text, id uuid, call_id bigint, reading jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.key_names() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.key_names() TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.known_task(name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.leaderboard_csv(theme text, has_ties boolean, is_rehearsal boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.leaderboard_csv(theme text, has_ties boolean, is_rehearsal boolean) TO autobench_server;
GRANT ALL ON FUNCTION app_private.leaderboard_csv(theme text, has_ties boolean, is_rehearsal boolean) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.lock_points(user_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.lock_subject(issuer text, subject text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.log_operator(action text, subject text, reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.log_scheduled_task(name text, payload jsonb, run_at timestamp with time zone, requested_by text, period_key text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.log_scheduled_task(name text, payload jsonb, run_at timestamp with time zone, requested_by text, period_key text, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.maker_names(call_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.maker_names(call_id bigint) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.meet_epoch(known uuid, known_attempt bigint, OUT epoch uuid, OUT last_attempt bigint, OUT is_open boolean, OUT reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.meet_epoch(known uuid, known_attempt bigint, OUT epoch uuid, OUT last_attempt bigint, OUT is_open boolean, OUT reason text) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.member_day(user_id uuid, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.member_zone(user_id uuid, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.mend_cron_clock(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.mend_cron_clock(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.metrics(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.metrics(at timestamp with time zone) TO autobench_server;

REVOKE ALL ON FUNCTION app_private.milestone_payments(user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.mint_handle(submission_id uuid, kind text, expires_at timestamp with time zone, at timestamp with time zone, ballot_id uuid, side text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.model_for_role(role text, keys text[], has_rehearsal boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.model_for_role(role text, keys text[], has_rehearsal boolean) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.network_hash(prefix text, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.network_lock(network_hash bytea) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.note_next_runs(runs jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.note_next_runs(runs jsonb) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.open_coach_batches() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.open_coach_batches() TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.open_day(day date, slots integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.open_day(day date, slots integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.open_gate(attempt_id bigint, lease_token uuid, lease interval, daily_limit_usd numeric, OUT verdict text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.open_gate(attempt_id bigint, lease_token uuid, lease interval, daily_limit_usd numeric, OUT verdict text) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.open_judge_check(version text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.open_judge_check(version text) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.open_matches(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.open_matches(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.open_modules(user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.open_rejudge(problem text, version text, reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.own_battle(battle_id uuid, user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.pair_gains(theta double precision[], inverse double precision[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.pay_milestones(at timestamp with time zone, batch integer, OUT paid integer, OUT seen integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.pay_milestones(at timestamp with time zone, batch integer, OUT paid integer, OUT seen integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.period_key(name text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.period_key(name text, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.period_start(period text, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.pick_judge(keys text[], has_rehearsal boolean, other_than uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.pick_prompt(role text, subject_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.pick_prompt(role text, subject_id uuid) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.process_scheduled_tasks(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.process_scheduled_tasks(at timestamp with time zone) TO autobench_server;
GRANT ALL ON FUNCTION app_private.process_scheduled_tasks(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.provider_profile(claims jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.publish_board(theme text, is_rehearsal boolean, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.purge_batch(table_name text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.purge_batch(table_name text, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.purge_rules() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.purge_rules() TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.put_blob(bytes bytea) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.queue_judging(purpose text, id uuid, run_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.queue_render(submission app_public.submissions) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.queue_scheduled_task(id bigint, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.rank_of(kind app_public.period_kind, starts_on date, points integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.rate_models(theta double precision[], inverse double precision[], wins double precision[], ties double precision[], task_scores double precision[], tasks integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.rating_faults() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.rating_faults() TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.read_handle(handle text, is_page boolean, at timestamp with time zone, OUT media_type text, OUT bytes bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.read_handle(handle text, is_page boolean, at timestamp with time zone, OUT media_type text, OUT bytes bytea) TO autobench_server;

REVOKE ALL ON FUNCTION app_private.read_image(sha256 bytea, at timestamp with time zone, OUT media_type text, OUT bytes bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.read_image(sha256 bytea, at timestamp with time zone, OUT media_type text, OUT bytes bytea) TO autobench_server;

REVOKE ALL ON FUNCTION app_private.read_page(sha256 bytea, at timestamp with time zone, OUT bytes bytea, OUT seconds_left integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.read_page(sha256 bytea, at timestamp with time zone, OUT bytes bytea, OUT seconds_left integer) TO autobench_server;

REVOKE ALL ON FUNCTION app_private.read_share(token text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.read_share(token text, at timestamp with time zone) TO autobench_server;

REVOKE ALL ON FUNCTION app_private.readiness(OUT migrations text[], OUT worker_seen_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.readiness(OUT migrations text[], OUT worker_seen_at timestamp with time zone) TO autobench_server;
GRANT ALL ON FUNCTION app_private.readiness(OUT migrations text[], OUT worker_seen_at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.recent_tasks(day date) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.recent_tasks(day date) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.reconcile(reason text, closed_through date, OUT epoch uuid, OUT in_doubt integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.record_answer(call_id bigint, html text, is_truncated boolean, names_maker text[], reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.record_answer(call_id bigint, html text, is_truncated boolean, names_maker text[], reason text) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.record_artifact(submission_id uuid, outcome jsonb, image bytea, thumb bytea, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.record_artifact(submission_id uuid, outcome jsonb, image bytea, thumb bytea, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.record_battle_judgement(battle_id uuid, round integer, pick text, reasoning text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.record_battle_judgement(battle_id uuid, round integer, pick text, reasoning text) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.record_coach_notes(batch_id uuid, notes jsonb, tokens integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.record_coach_notes(batch_id uuid, notes jsonb, tokens integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.record_judging(purpose text, id uuid, call_id bigint, reading jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.record_judging(purpose text, id uuid, call_id bigint, reading jsonb) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.record_reply(attempt_id bigint, lease_token uuid, status integer, headers jsonb, body bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.record_reply(attempt_id bigint, lease_token uuid, status integer, headers jsonb, body bytea) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.record_task(id uuid, title text, theme text, prompt_text text, metadata jsonb, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.record_task(id uuid, title text, theme text, prompt_text text, metadata jsonb, at timestamp with time zone) TO autobench_worker;

GRANT SELECT ON TABLE app_public.answers TO autobench_member;

REVOKE ALL ON FUNCTION app_private.record_verdict(answer app_public.answers, source text, score integer, feedback text, judge_model_id uuid, prompt_version text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.recount_votes() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.refit_faults() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.refit_faults() TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.refresh_leaderboard(kind app_public.period_kind, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.refresh_leaderboard(kind app_public.period_kind, at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.refresh_leaderboards(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.refresh_leaderboards(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.refresh_pairing(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.refresh_pairing(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.rehearse_task(day date, slot integer, title text, theme text, prompt_text text, answers jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.rehearse_votes(day date, votes integer, strengths jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.release_tokens(user_id uuid, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.request_hash(request jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.request_scheduled_task(name text, at timestamp with time zone, OUT id bigint, OUT status text, OUT scheduled_time timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.request_scheduled_task(name text, at timestamp with time zone, OUT id bigint, OUT status text, OUT scheduled_time timestamp with time zone) TO autobench_server;

REVOKE ALL ON FUNCTION app_private.require_member() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.require_open_gate(day date) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.require_operator() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.require_problem(slug text, user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.reserve_attempt(call_id bigint, worker text, lease interval, OUT verdict text, OUT wait_ms integer, OUT attempt_id bigint, OUT lease_token uuid, OUT client_request_id uuid, OUT request jsonb, OUT provider jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.reserve_attempt(call_id bigint, worker text, lease interval, OUT verdict text, OUT wait_ms integer, OUT attempt_id bigint, OUT lease_token uuid, OUT client_request_id uuid, OUT request jsonb, OUT provider jsonb) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.reserve_tokens(user_id uuid, purpose text, subject_id uuid, estimate integer, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON PROCEDURE app_private.reset_access(IN target regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.retry_submission(id uuid, reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.revert_rejudge(id bigint, reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.row_products(a double precision[], b double precision[], size integer, width integer, is_symmetric boolean, is_triangular boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.says_too_much(feedback text, secrets text, known text, run_length integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.scan_votes(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.scan_votes(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.scheduled_task_state(id bigint, OUT status text, OUT attempts integer, OUT duration_ms bigint, OUT result jsonb, OUT error text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.scheduled_task_state(id bigint, OUT status text, OUT attempts integer, OUT duration_ms bigint, OUT result jsonb, OUT error text) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.score_period(kind app_public.period_kind, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.settle_ballots() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.settle_ballots() TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.settle_days(user_id uuid, problem_id uuid, active datemultirange) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.settle_milestones(user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.settle_problem(user_id uuid, problem_id uuid, cause uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.settle_problems(user_ids uuid[], problem_ids uuid[], cause uuid) FROM PUBLIC;

GRANT SELECT ON TABLE app_private.llm_calls TO autobench_operator;

REVOKE ALL ON FUNCTION app_private.settle_submission(call app_private.llm_calls) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.settle_tokens(purpose text, subject_id uuid, actual integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.sign_in(issuer text, subject text, claims jsonb, at timestamp with time zone, OUT user_id uuid, OUT role text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.sign_in(issuer text, subject text, claims jsonb, at timestamp with time zone, OUT user_id uuid, OUT role text) TO autobench_server;

REVOKE ALL ON FUNCTION app_private.similar_task(title text, prompt_text text, day date) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.similar_task(title text, prompt_text text, day date) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.spend_freezes(at timestamp with time zone, batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.spend_freezes(at timestamp with time zone, batch integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.stored_reply(call_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.stored_reply(call_id bigint) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.streak_now(user_id uuid, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.streak_state(days datemultirange, through_day date, OUT frozen datemultirange, OUT freezes integer, OUT run_length integer, OUT longest integer, OUT ends_on date) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.subject_hash(issuer text, subject text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.submission_figures(theme text, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.sweep_attempts(OUT not_executed integer, OUT in_doubt integer, OUT closed integer, OUT requeued integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.sweep_attempts(OUT not_executed integer, OUT in_doubt integer, OUT closed integer, OUT requeued integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.sweep_judgings(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.sweep_judgings(at timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.sync_profile(issuer text, subject text, claims jsonb, changed_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.take_draws(kind text, caller text, most integer, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.take_rate(bucket text, caller text, most integer, per interval, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.task_lock(task_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg__timestamps() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_achievements__award() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_answers__notify() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_attempts__begin_progress() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_badges__award() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_llm_attempts__arrows() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_llm_calls__settle() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_module_prerequisites__acyclic() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_points_ledger__fold() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_points_ledger__keep() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_streak_milestones__reopen() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_streaks__derive() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_submission_codes__mark_purged() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_submissions__notify() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_submissions__queue_render() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_submissions__reveal_artifact() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_tasks__forward_only() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_tasks__queue_publishing() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_user_progress__fold() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_users__begin_points() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_users__entomb_points() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_users__leave_battles() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_users__leave_coach() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_users__limit_updates() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_users__list_points() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.tg_users__notify() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.time_bonus(points integer, expected_seconds integer, seconds_taken integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.turn_verdict(verdict app_public.verdict, is_first_left boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.unpaid_milestones(streak app_private.streaks) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.usable_models(keys text[], has_rehearsal boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.vote_anomalies(since timestamp with time zone, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.vote_health(since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.vote_health(since timestamp with time zone) TO autobench_operator;
GRANT ALL ON FUNCTION app_private.vote_health(since timestamp with time zone) TO autobench_server;
GRANT ALL ON FUNCTION app_private.vote_health(since timestamp with time zone) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.voter_lock(voter_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.votes_csv(first_day date, last_day date, is_rehearsal boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.votes_csv(first_day date, last_day date, is_rehearsal boolean) TO autobench_server;
GRANT ALL ON FUNCTION app_private.votes_csv(first_day date, last_day date, is_rehearsal boolean) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.votes_json(first_day date, last_day date, is_rehearsal boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.votes_json(first_day date, last_day date, is_rehearsal boolean) TO autobench_server;
GRANT ALL ON FUNCTION app_private.votes_json(first_day date, last_day date, is_rehearsal boolean) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.votes_judged_since(exclusion_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.worker_arrives(id integer, pool_id text, host text, process_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.worker_arrives(id integer, pool_id text, host text, process_id integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.worker_beat(id integer, pool_id text, dead_after interval) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.worker_beat(id integer, pool_id text, dead_after interval) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.worker_leaves(id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.worker_leaves(id integer) TO autobench_worker;

REVOKE ALL ON FUNCTION app_private.worker_lock() FROM PUBLIC;

REVOKE ALL ON FUNCTION app_private.writer_prompt(task_id uuid, model_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.writer_prompt(task_id uuid, model_id uuid) TO autobench_worker;

REVOKE ALL ON FUNCTION app_public.accept_battle(battle_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.accept_battle(battle_id uuid) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.answer_battle(battle_id uuid, answer text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.answer_battle(battle_id uuid, answer text) TO autobench_member;

GRANT SELECT ON TABLE app_public.artifacts TO autobench_anon;
GRANT SELECT ON TABLE app_public.artifacts TO autobench_member;

REVOKE ALL ON FUNCTION app_public.artifacts_image_url(artifact app_public.artifacts) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.artifacts_image_url(artifact app_public.artifacts) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.artifacts_image_url(artifact app_public.artifacts) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.artifacts_live_url(artifact app_public.artifacts) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.artifacts_live_url(artifact app_public.artifacts) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.artifacts_live_url(artifact app_public.artifacts) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.artifacts_thumb_url(artifact app_public.artifacts) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.artifacts_thumb_url(artifact app_public.artifacts) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.artifacts_thumb_url(artifact app_public.artifacts) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.battle_answers(battle_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.battle_answers(battle_id uuid) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.cancel_battle(battle_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.cancel_battle(battle_id uuid) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.cast_vote(ballot_id uuid, verdict app_public.verdict, dwell_ms integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.cast_vote(ballot_id uuid, verdict app_public.verdict, dwell_ms integer) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.cast_vote(ballot_id uuid, verdict app_public.verdict, dwell_ms integer) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.challenge_member(username text, problem_slug text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.challenge_member(username text, problem_slug text) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.current_user_id() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.current_user_id() TO autobench_anon;
GRANT ALL ON FUNCTION app_public.current_user_id() TO autobench_member;

REVOKE ALL ON FUNCTION app_public.current_voter_id() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.current_voter_id() TO autobench_anon;
GRANT ALL ON FUNCTION app_public.current_voter_id() TO autobench_member;

REVOKE ALL ON FUNCTION app_public.draw_ballot(task_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.draw_ballot(task_id uuid) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.draw_ballot(task_id uuid) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.erase_me(username text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.erase_me(username text) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.export_my_data() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.export_my_data() TO autobench_member;

GRANT SELECT ON TABLE app_private.folded_tasks TO autobench_operator;

GRANT SELECT ON TABLE app_private.pair_counts TO autobench_operator;

GRANT SELECT ON TABLE app_public.head_to_head TO autobench_anon;
GRANT SELECT ON TABLE app_public.head_to_head TO autobench_member;

REVOKE ALL ON FUNCTION app_public.head_to_head(theme text, is_rehearsal boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.head_to_head(theme text, is_rehearsal boolean) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.head_to_head(theme text, is_rehearsal boolean) TO autobench_member;

GRANT SELECT ON TABLE app_public.models TO autobench_anon;
GRANT SELECT ON TABLE app_public.models TO autobench_member;

GRANT SELECT ON TABLE app_public.submission_codes TO autobench_anon;
GRANT SELECT ON TABLE app_public.submission_codes TO autobench_member;

GRANT SELECT ON TABLE app_public.latest_challenge TO autobench_anon;
GRANT SELECT ON TABLE app_public.latest_challenge TO autobench_member;

REVOKE ALL ON FUNCTION app_public.latest_challenge() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.latest_challenge() TO autobench_anon;
GRANT ALL ON FUNCTION app_public.latest_challenge() TO autobench_member;

GRANT SELECT ON TABLE app_public.rating_snapshots TO autobench_anon;
GRANT SELECT ON TABLE app_public.rating_snapshots TO autobench_member;

GRANT SELECT ON TABLE app_public.ratings TO autobench_anon;
GRANT SELECT ON TABLE app_public.ratings TO autobench_member;

GRANT SELECT ON TABLE app_public.published_ratings TO autobench_anon;
GRANT SELECT ON TABLE app_public.published_ratings TO autobench_member;

GRANT SELECT ON TABLE app_public.leaderboard TO autobench_anon;
GRANT SELECT ON TABLE app_public.leaderboard TO autobench_member;

REVOKE ALL ON FUNCTION app_public.leaderboard(theme text, has_ties boolean, is_rehearsal boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.leaderboard(theme text, has_ties boolean, is_rehearsal boolean) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.leaderboard(theme text, has_ties boolean, is_rehearsal boolean) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.leaderboard_as_of(day date, theme text, has_ties boolean, is_rehearsal boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.leaderboard_as_of(day date, theme text, has_ties boolean, is_rehearsal boolean) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.leaderboard_as_of(day date, theme text, has_ties boolean, is_rehearsal boolean) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.me() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.me() TO autobench_anon;
GRANT ALL ON FUNCTION app_public.me() TO autobench_member;

GRANT SELECT ON TABLE app_public.modules TO autobench_anon;
GRANT SELECT ON TABLE app_public.modules TO autobench_member;

REVOKE ALL ON FUNCTION app_public.modules_is_open(module app_public.modules) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.modules_is_open(module app_public.modules) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.modules_is_open(module app_public.modules) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.my_allowance() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.my_allowance() TO autobench_member;

REVOKE ALL ON FUNCTION app_public.my_rank(kind app_public.period_kind) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.my_rank(kind app_public.period_kind) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.my_rank_neighbours(mine app_public.my_rank) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.my_rank_neighbours(mine app_public.my_rank) TO autobench_member;

GRANT SELECT ON TABLE app_public.final_standings TO autobench_anon;
GRANT SELECT ON TABLE app_public.final_standings TO autobench_member;

REVOKE ALL ON FUNCTION app_public.people_as_of(kind app_public.period_kind, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.people_as_of(kind app_public.period_kind, at timestamp with time zone) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.people_as_of(kind app_public.period_kind, at timestamp with time zone) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.rating_history(model_id uuid, theme text, has_ties boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.rating_history(model_id uuid, theme text, has_ties boolean) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.rating_history(model_id uuid, theme text, has_ties boolean) TO autobench_member;

GRANT SELECT(id) ON TABLE app_public.queue_jobs TO autobench_member;

GRANT SELECT(user_id) ON TABLE app_public.queue_jobs TO autobench_member;

GRANT SELECT(kind) ON TABLE app_public.queue_jobs TO autobench_member;

GRANT SELECT(status) ON TABLE app_public.queue_jobs TO autobench_member;

GRANT SELECT(note) ON TABLE app_public.queue_jobs TO autobench_member;

GRANT SELECT(next_problem_id) ON TABLE app_public.queue_jobs TO autobench_member;

GRANT SELECT(attempts) ON TABLE app_public.queue_jobs TO autobench_operator;

GRANT SELECT(error) ON TABLE app_public.queue_jobs TO autobench_operator;

GRANT SELECT(batch_id) ON TABLE app_public.queue_jobs TO autobench_operator;

GRANT SELECT(run_at) ON TABLE app_public.queue_jobs TO autobench_operator;

GRANT SELECT(created_at) ON TABLE app_public.queue_jobs TO autobench_member;

GRANT SELECT(finished_at) ON TABLE app_public.queue_jobs TO autobench_member;

REVOKE ALL ON FUNCTION app_public.request_coaching() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.request_coaching() TO autobench_member;

GRANT SELECT ON TABLE app_public.attempts TO autobench_member;

REVOKE ALL ON FUNCTION app_public.save_draft(attempt uuid, text text, version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.save_draft(attempt uuid, text text, version integer) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.set_time_zone(time_zone text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.set_time_zone(time_zone text) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.share_progress(days integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.share_progress(days integer) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.shared_progress(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.shared_progress(token text) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.shared_progress(token text) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.start_problem(slug text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.start_problem(slug text) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.submit_answer(slug text, answer text, idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.submit_answer(slug text, answer text, idempotency_key text) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.tasks_vote_count(task app_public.tasks) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.tasks_vote_count(task app_public.tasks) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.tasks_vote_count(task app_public.tasks) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.unshare_progress() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.unshare_progress() TO autobench_member;

GRANT SELECT ON TABLE app_public.badges TO autobench_anon;
GRANT SELECT ON TABLE app_public.badges TO autobench_member;

REVOKE ALL ON FUNCTION app_public.users_badge("user" app_public.users) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.users_badge("user" app_public.users) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.users_badge("user" app_public.users) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.users_current_streak("user" app_public.users) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.users_current_streak("user" app_public.users) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.users_current_streak("user" app_public.users) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.users_last_activity_date("user" app_public.users) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.users_last_activity_date("user" app_public.users) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.users_last_activity_date("user" app_public.users) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.users_longest_streak("user" app_public.users) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.users_longest_streak("user" app_public.users) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.users_longest_streak("user" app_public.users) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.users_streak("user" app_public.users) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.users_streak("user" app_public.users) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.users_streak("user" app_public.users) TO autobench_member;

REVOKE ALL ON FUNCTION app_public.users_total_points("user" app_public.users) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.users_total_points("user" app_public.users) TO autobench_anon;
GRANT ALL ON FUNCTION app_public.users_total_points("user" app_public.users) TO autobench_member;

GRANT SELECT ON TABLE app_operations.accounts TO autobench_operator;

GRANT SELECT ON TABLE app_operations.answer_partitions TO autobench_operator;

GRANT SELECT ON TABLE app_private.boards TO autobench_operator;

GRANT SELECT ON TABLE app_operations.boards TO autobench_operator;

GRANT SELECT(id) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(call_id) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(n) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(provider) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(client_request_id) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(state) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(worker) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(lease_until) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(reserved_at) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(sending_at) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(finished_at) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(http_status) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(provider_request_id) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(error_class) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(error) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(evidence) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(input_tokens) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(cached_tokens) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(output_tokens) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(reasoning_tokens) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(prices) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(hold_day) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(hold_usd) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT(cost_usd) ON TABLE app_private.llm_attempts TO autobench_operator;

GRANT SELECT ON TABLE app_operations.calls TO autobench_operator;

GRANT SELECT ON TABLE app_operations.dead_jobs TO autobench_operator;

GRANT SELECT ON TABLE app_operations.duplicate_submissions TO autobench_operator;

GRANT SELECT ON TABLE app_private.exclusions TO autobench_operator;

GRANT SELECT ON TABLE app_operations.exclusions TO autobench_operator;

GRANT SELECT ON TABLE app_operations.fragility TO autobench_operator;

GRANT SELECT ON TABLE app_private.task_registry TO autobench_operator;

GRANT SELECT ON TABLE app_operations.job_runs TO autobench_operator;

GRANT SELECT ON TABLE app_operations.judge_runs TO autobench_operator;

GRANT SELECT ON TABLE app_private.prompts TO autobench_operator;

GRANT SELECT ON TABLE app_public.verdicts TO autobench_member;

GRANT SELECT ON TABLE app_operations.judge_versions TO autobench_operator;

GRANT SELECT ON TABLE app_private.daily_spend TO autobench_operator;

GRANT SELECT ON TABLE app_private.ledger_faults TO autobench_operator;

GRANT SELECT ON TABLE app_operations.ledger_faults TO autobench_operator;

GRANT SELECT ON TABLE app_private.ai_usage_metrics TO autobench_operator;

GRANT SELECT ON TABLE app_operations.member_usage TO autobench_operator;

GRANT SELECT ON TABLE app_private.operator_log TO autobench_operator;

GRANT SELECT ON TABLE app_operations.operator_log TO autobench_operator;

GRANT SELECT ON TABLE app_operations.pipeline_today TO autobench_operator;

GRANT SELECT ON TABLE app_operations.rejudge_flips TO autobench_operator;

GRANT SELECT ON TABLE app_private.skipped_models TO autobench_operator;

GRANT SELECT ON TABLE app_operations.skipped_models TO autobench_operator;

GRANT SELECT ON TABLE app_private.model_caps TO autobench_operator;

GRANT SELECT ON TABLE app_operations.spend TO autobench_operator;

GRANT SELECT ON TABLE app_private.vote_flags TO autobench_operator;

GRANT SELECT ON TABLE app_operations.vote_flags TO autobench_operator;

GRANT SELECT ON TABLE app_operations.vote_health TO autobench_operator;

GRANT SELECT ON TABLE app_private.workers TO autobench_operator;

GRANT SELECT ON TABLE app_operations.workers TO autobench_operator;

GRANT SELECT(is_only) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(ballot_time) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(draws_per_voter_hour) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(draws_per_network_hour) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(votes_per_voter_day) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(votes_per_network_day) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(votes_per_network_model_day) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(explore_share) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(flag_level) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(prior_votes) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(elo_k) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT(elo_start) ON TABLE app_private.arena_settings TO autobench_operator;

GRANT SELECT ON TABLE app_private.battle_judgements TO autobench_operator;

GRANT SELECT ON TABLE app_private.matches TO autobench_operator;

GRANT SELECT(ballot_id) ON TABLE app_public.votes TO autobench_anon;
GRANT SELECT(ballot_id) ON TABLE app_public.votes TO autobench_member;

GRANT SELECT(verdict) ON TABLE app_public.votes TO autobench_anon;
GRANT SELECT(verdict) ON TABLE app_public.votes TO autobench_member;

GRANT SELECT(dwell_ms) ON TABLE app_public.votes TO autobench_anon;
GRANT SELECT(dwell_ms) ON TABLE app_public.votes TO autobench_member;

GRANT SELECT(created_at) ON TABLE app_public.votes TO autobench_anon;
GRANT SELECT(created_at) ON TABLE app_public.votes TO autobench_member;

GRANT SELECT ON TABLE app_private.vote_checks TO autobench_operator;

GRANT SELECT ON TABLE app_private.dispatch_gate TO autobench_operator;

GRANT SELECT ON TABLE app_private.elo_ratings TO autobench_operator;

GRANT SELECT(id) ON TABLE app_private.voters TO autobench_operator;

GRANT SELECT(user_id) ON TABLE app_private.voters TO autobench_operator;

GRANT SELECT(created_at) ON TABLE app_private.voters TO autobench_operator;

GRANT SELECT(excluded_at) ON TABLE app_private.voters TO autobench_operator;

GRANT SELECT ON TABLE app_private.llm_roles TO autobench_operator;

GRANT SELECT ON TABLE app_public.daily_activity TO autobench_member;

GRANT SELECT ON TABLE app_public.user_progress TO autobench_member;

GRANT SELECT ON TABLE app_private.past_foldings TO autobench_operator;

GRANT SELECT ON TABLE app_public.points_ledger TO autobench_member;

GRANT SELECT ON TABLE app_private.practice_settings TO autobench_operator;

GRANT SELECT ON TABLE app_private.providers TO autobench_operator;

GRANT SELECT ON TABLE app_private.retention_rules TO autobench_operator;

GRANT SELECT ON TABLE app_private.streak_milestones TO autobench_operator;

GRANT SELECT ON TABLE app_private.task_aliases TO autobench_operator;

GRANT SELECT ON TABLE app_public.achievements TO autobench_anon;
GRANT SELECT ON TABLE app_public.achievements TO autobench_member;

GRANT SELECT ON TABLE app_public.leaderboard_global TO autobench_anon;
GRANT SELECT ON TABLE app_public.leaderboard_global TO autobench_member;

GRANT SELECT ON TABLE app_public.leaderboard_monthly TO autobench_anon;
GRANT SELECT ON TABLE app_public.leaderboard_monthly TO autobench_member;

GRANT SELECT ON TABLE app_public.leaderboard_weekly TO autobench_anon;
GRANT SELECT ON TABLE app_public.leaderboard_weekly TO autobench_member;

GRANT SELECT ON TABLE app_public.module_prerequisites TO autobench_anon;
GRANT SELECT ON TABLE app_public.module_prerequisites TO autobench_member;

GRANT SELECT ON TABLE app_public.user_achievements TO autobench_anon;
GRANT SELECT ON TABLE app_public.user_achievements TO autobench_member;

GRANT SELECT ON TABLE app_public.user_badges TO autobench_anon;
GRANT SELECT ON TABLE app_public.user_badges TO autobench_member;

ALTER DEFAULT PRIVILEGES FOR ROLE autobench_owner REVOKE ALL ON TYPES FROM PUBLIC;

ALTER DEFAULT PRIVILEGES FOR ROLE autobench_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;
