-- app_public.votes -> [app_private.exported_votes] -> votes_csv(), votes_json()
-- No ballot, no instant and no dwell time: a voter could tell by them which of their votes count.
create or replace view app_private.exported_votes with (security_invoker, security_barrier) as
  select t.challenge_date, t.slot, t.id as task_id, t.theme, b.stratum,
      l.slug as left_model, r.slug as right_model, v.verdict, b.propensity, date_trunc('hour', v.created_at, 'UTC') as hour_at, l.is_rehearsal,
      encode(substr(extensions.hmac(convert_to(b.voter_id::text, 'UTF8'), uuid_send(s.export_salt), 'sha256'), 1, 8), 'hex') as voter,
      t.closes_at,
      -- By both, so that whoever asks for a day has that day's votes numbered and no others.
      row_number() over (partition by t.challenge_date, t.id order by v.created_at, v.ballot_id) as number
    from app_public.votes v
      inner join app_public.ballots b on b.id = v.ballot_id
      inner join app_private.matches m on m.id = b.match_id
      inner join app_public.tasks t on t.id = b.task_id
      inner join app_public.models l on l.id = case when b.is_first_left then m.first_model_id else m.second_model_id end
      inner join app_public.models r on r.id = case when b.is_first_left then m.second_model_id else m.first_model_id end
      cross join app_private.arena_settings s
      left join app_private.folded_tasks f on f.task_id = t.id
    where v.is_counted and (f.task_id is not null or (t.is_showcase and t.closes_at <= now()));

revoke all on app_private.exported_votes from public;

comment on view app_private.exported_votes is
  'Every counted vote on tasks that have closed, without a word of who cast it: the boards can be made anew from it.';
comment on column app_private.exported_votes.challenge_date is 'The UTC day of the task.';
comment on column app_private.exported_votes.slot is 'Which of the day''s tasks it is.';
comment on column app_private.exported_votes.task_id is 'The task.';
comment on column app_private.exported_votes.theme is 'Its theme.';
comment on column app_private.exported_votes.stratum is 'Whether the models were unknown; only sealed votes count for the boards.';
comment on column app_private.exported_votes.left_model is 'Whose page was on the left.';
comment on column app_private.exported_votes.right_model is 'Whose page was on the right.';
comment on column app_private.exported_votes.verdict is 'What the voter said.';
comment on column app_private.exported_votes.propensity is 'The probability with which this pair and these sides were drawn.';
comment on column app_private.exported_votes.hour_at is 'The hour in which it was cast.';
comment on column app_private.exported_votes.is_rehearsal is 'Whether the models are canned.';
comment on column app_private.exported_votes.voter is 'The same for all votes of a voter, and nothing else.';
comment on column app_private.exported_votes.closes_at is 'When the task closed: votes are folded in the order of this, task_id and number.';
comment on column app_private.exported_votes.number is 'Its place among the task''s counted votes, in the order in which they were cast.';
