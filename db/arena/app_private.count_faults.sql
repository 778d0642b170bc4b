-- app_private.counts_of_votes, app_private.pair_counts -> [app_private.count_faults] -> autobench verify
create or replace view app_private.count_faults with (security_invoker, security_barrier) as
  select 'counts differ from votes' as fault,
      concat_ws(' ', task_id, first_model_id, second_model_id, stratum, outcome) as subject,
      format('%s, %s uncounted', coalesce(p.votes, 0), coalesce(p.uncounted, 0)) as stored,
      format('%s, %s uncounted', coalesce(c.votes, 0), coalesce(c.uncounted, 0)) as found
    from app_private.pair_counts p
      full join app_private.counts_of_votes c using (task_id, first_model_id, second_model_id, stratum, outcome)
    where (coalesce(p.votes, 0), coalesce(p.uncounted, 0)) <> (coalesce(c.votes, 0), coalesce(c.uncounted, 0))
  union all
  select 'a vote counts against its checks', v.ballot_id::text, v.is_counted::text, (not v.is_counted)::text
    from app_public.votes v
    where v.is_counted = exists (select from app_private.vote_checks k where k.ballot_id = v.ballot_id and k.state = 'fail');

revoke all on app_private.count_faults from public;

comment on view app_private.count_faults is 'Where counts and votes disagree: always empty.';
comment on column app_private.count_faults.fault is 'What is wrong.';
comment on column app_private.count_faults.subject is 'Where.';
comment on column app_private.count_faults.stored is 'What is stored.';
comment on column app_private.count_faults.found is 'What the votes say.';
