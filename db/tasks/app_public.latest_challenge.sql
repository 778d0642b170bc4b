-- app_public.tasks, app_public.submissions -> [app_public.latest_challenge] -> latestChallenge (GraphQL), GET /api/latest_challenge
create or replace view app_public.latest_challenge with (security_invoker, security_barrier) as
  select t.id, t.challenge_date, t.prompt_text, t.created_at,
      coalesce(
        (
          select jsonb_agg(
              jsonb_build_object(
                'model_id', m.slug,
                'model_provider', m.provider,
                'response_code', c.html,
                'status', case s.status when 'succeeded' then 'completed' when 'queued' then 'pending' when 'running' then 'pending' else 'failed' end,
                'execution_time_ms', s.latency_ms
              )
              order by s.created_at, s.id
            )
            from app_public.submissions s
              inner join app_public.models m on m.id = s.model_id
              left join app_public.submission_codes c on c.submission_id = s.id
            where s.task_id = t.id
        ),
        '[]'
      ) as model_responses
    from app_public.tasks t
    where t.is_showcase
      and t.status <> 'pending'
      and t.challenge_date >= (now() at time zone 'utc')::date - 1
    order by t.challenge_date desc
    limit 1;

revoke all on app_public.latest_challenge from public, autobench_anon, autobench_member;
grant select on app_public.latest_challenge to autobench_anon, autobench_member;

comment on view app_public.latest_challenge is
  E'@name challenge\n@primaryKey id\n@behavior -query:resource:connection -query:resource:list -query:resource:single\n@foreignKey (id) references app_public.tasks (id)|@fieldName task|@behavior -manyRelation:resource:list -manyRelation:resource:connection -singularRelation:resource:single\nThe newest showcase of today or yesterday, with every model''s answer.';
comment on column app_public.latest_challenge.id is E'@notNull\nThe task.';
comment on column app_public.latest_challenge.challenge_date is E'@notNull\nThe UTC day that it belongs to.';
comment on column app_public.latest_challenge.prompt_text is E'@notNull\nWhat the models were asked.';
comment on column app_public.latest_challenge.created_at is E'@notNull\nWhen the day was opened.';
comment on column app_public.latest_challenge.model_responses is
  E'@notNull\nA list of model_id, model_provider, response_code, status (pending, completed, failed) and execution_time_ms, in the order in which the models were asked.';

create or replace function app_public.latest_challenge() returns app_public.latest_challenge
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select * from app_public.latest_challenge;
$$;
comment on function app_public.latest_challenge() is 'The newest showcase of today or yesterday, with every model''s answer; null when there is none.';
revoke all on function app_public.latest_challenge() from public;
grant execute on function app_public.latest_challenge() to autobench_anon, autobench_member;
