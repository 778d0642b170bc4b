-- exportMyData (GraphQL) -> [app_public.export_my_data()] -> every table that holds something of a member
-- Definer: it shows a member their own account, which nobody can read through the API.
create or replace function app_public.export_my_data() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
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
comment on function app_public.export_my_data() is
  'Everything that is kept about the signed-in member, as JSON. Errors: TB001, TB002.';
revoke all on function app_public.export_my_data() from public;
grant execute on function app_public.export_my_data() to autobench_member;
