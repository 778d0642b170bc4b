-- app_private.prompts, app_private.judge_replies, app_private.judge_agreement() -> [app_operations.judge_versions] -> judgeVersions
create or replace view app_operations.judge_versions with (security_invoker, security_barrier) as
  select p.version, p.weight, coalesce(r.answers, 0) as answers, r.pass_rate, r.mean_score, coalesce(r.unscored, 0) as unscored,
      coalesce(r.cost_usd, 0) as cost_usd, r.mean_tokens, coalesce(e.examples, 0) as examples, e.agreement
    from app_private.prompts p
      left join (
        select r.prompt_version, count(v.id)::integer as answers, avg(v.is_correct::integer)::double precision as pass_rate,
            avg(v.score)::double precision as mean_score, count(*) filter (where r.state <> 'scored')::integer as unscored,
            sum(r.cost_usd) as cost_usd, avg(r.tokens)::double precision as mean_tokens
          from app_private.judge_replies r
            left join app_public.verdicts v on v.id = r.verdict_id
          where r.purpose = 'answer'
          group by r.prompt_version
      ) r on r.prompt_version = p.version
      left join (
        select a.prompt_version, a.examples, a.agreement from app_private.judge_agreement() a
      ) e on e.prompt_version = p.version
    where p.role = 'judge';

revoke all on app_operations.judge_versions from public, autobench_operator;
grant select on app_operations.judge_versions to autobench_operator;

comment on view app_operations.judge_versions is
  E'@primaryKey version\nThe judge''s prompt versions side by side: how often each serves, what it finds, what it costs, and how well it agrees with the registry''s examples.';
comment on column app_operations.judge_versions.version is E'@notNull\nThe version.';
comment on column app_operations.judge_versions.weight is E'@notNull\nHow often it is drawn among the versions.';
comment on column app_operations.judge_versions.answers is E'@notNull\nAnswers that it decided.';
comment on column app_operations.judge_versions.pass_rate is 'The part of them that passed.';
comment on column app_operations.judge_versions.mean_score is 'Their mean score.';
comment on column app_operations.judge_versions.unscored is E'@notNull\nReplies that were of no use.';
comment on column app_operations.judge_versions.cost_usd is E'@notNull\nWhat it has cost.';
comment on column app_operations.judge_versions.mean_tokens is 'Tokens of one reply, in the mean.';
comment on column app_operations.judge_versions.examples is E'@notNull\nExamples that were judged by it in checks.';
comment on column app_operations.judge_versions.agreement is 'The part of them that came out as expected.';
