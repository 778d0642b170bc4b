-- app_public.votes -> [app_private.counts_of_votes] -> recount_votes(), app_private.count_faults
create or replace view app_private.counts_of_votes with (security_invoker, security_barrier) as
  select m.task_id, m.first_model_id, m.second_model_id, b.stratum,
      app_private.turn_verdict(v.verdict, b.is_first_left) as outcome,
      (count(*) filter (where v.is_counted))::integer as votes, (count(*) filter (where not v.is_counted))::integer as uncounted
    from app_public.votes v
      inner join app_public.ballots b on b.id = v.ballot_id
      inner join app_private.matches m on m.id = b.match_id
    group by 1, 2, 3, 4, 5;

revoke all on app_private.counts_of_votes from public;

comment on view app_private.counts_of_votes is 'The counts, made anew from the votes.';
comment on column app_private.counts_of_votes.task_id is 'The task.';
comment on column app_private.counts_of_votes.first_model_id is 'The model with the lesser id.';
comment on column app_private.counts_of_votes.second_model_id is 'The other model.';
comment on column app_private.counts_of_votes.stratum is 'Whether the models were unknown when the ballots were drawn.';
comment on column app_private.counts_of_votes.outcome is 'How it ended.';
comment on column app_private.counts_of_votes.votes is 'How often.';
comment on column app_private.counts_of_votes.uncounted is 'How many more votes said so and do not count.';
