-- app_private.folded_tasks, app_private.pair_counts -> [app_private.head_to_head] -> app_public.head_to_head
-- Made once: a change of its columns is a migration.
create materialized view if not exists app_private.head_to_head as
  select s.model_id, s.opponent_id, s.theme, s.wins, s.losses, s.ties, s.both_bad, s.tasks,
      case when s.votes > 0 then (s.wins + s.ties / 2.0) / s.votes end::float8 as win_rate,
      case when s.votes > 0 then
        ((s.wins + s.ties / 2.0) / s.votes + z.q / (2 * s.votes)
          - sqrt(z.q * ((s.wins + s.ties / 2.0) * (s.losses + s.ties / 2.0) / s.votes + z.q / 4)) / s.votes) / (1 + z.q / s.votes)
      end::float8 as win_rate_low,
      case when s.votes > 0 then
        ((s.wins + s.ties / 2.0) / s.votes + z.q / (2 * s.votes)
          + sqrt(z.q * ((s.wins + s.ties / 2.0) * (s.losses + s.ties / 2.0) / s.votes + z.q / 4)) / s.votes) / (1 + z.q / s.votes)
      end::float8 as win_rate_high
    from (
      select p.model_id, p.opponent_id, p.theme, sum(p.wins)::integer as wins, sum(p.losses)::integer as losses,
          sum(p.ties)::integer as ties, sum(p.both_bad)::integer as both_bad, count(distinct p.task_id)::integer as tasks,
          sum(p.wins + p.losses + p.ties)::integer as votes
        from (
          select case when d.is_turned then c.second_model_id else c.first_model_id end as model_id,
              case when d.is_turned then c.first_model_id else c.second_model_id end as opponent_id,
              case when d.is_all then null else t.theme end as theme, c.task_id,
              case when c.outcome = case when d.is_turned then 'second' else 'first' end::app_private.outcome then c.votes else 0 end as wins,
              case when c.outcome = case when d.is_turned then 'first' else 'second' end::app_private.outcome then c.votes else 0 end as losses,
              case when c.outcome = 'tie' then c.votes else 0 end as ties,
              case when c.outcome = 'both_bad' then c.votes else 0 end as both_bad
            from app_private.folded_tasks f
              inner join app_public.tasks t on t.id = f.task_id
              inner join app_private.pair_counts c on c.task_id = f.task_id and c.stratum = 'sealed' and c.votes > 0
              cross join (values (false, false), (false, true), (true, false), (true, true)) d (is_turned, is_all)
        ) p
        group by p.model_id, p.opponent_id, p.theme
    ) s
    cross join (values (1.959963984540054 ^ 2)) z (q);
create unique index if not exists head_to_head_one_per_pair
  on app_private.head_to_head (model_id, opponent_id, theme) nulls not distinct;
revoke all on app_private.head_to_head from public;

comment on materialized view app_private.head_to_head is 'How each model fared against each other on folded tasks; app_public.head_to_head shows it.';
comment on column app_private.head_to_head.model_id is 'The model.';
comment on column app_private.head_to_head.opponent_id is 'The model that it met.';
comment on column app_private.head_to_head.theme is 'The theme of the tasks; null for all of them.';
comment on column app_private.head_to_head.wins is 'Votes for the model.';
comment on column app_private.head_to_head.losses is 'Votes for its opponent.';
comment on column app_private.head_to_head.ties is 'Votes that found them as good.';
comment on column app_private.head_to_head.both_bad is 'Votes that found both bad.';
comment on column app_private.head_to_head.tasks is 'Tasks that these were cast on.';
comment on column app_private.head_to_head.win_rate is 'Share of the votes that the model won, a tie being half; null when all found both bad.';
comment on column app_private.head_to_head.win_rate_low is 'Where Wilson''s 95 % interval of it begins.';
comment on column app_private.head_to_head.win_rate_high is 'Where it ends.';
