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
      select d.model_id, d.opponent_id, a.theme, sum(d.wins)::integer as wins, sum(d.losses)::integer as losses,
          sum(p.ties)::integer as ties, sum(p.both_bad)::integer as both_bad, sum(p.tasks)::integer as tasks,
          sum(d.wins + d.losses + p.ties)::integer as votes
        from (
          select t.theme, c.first_model_id, c.second_model_id, count(distinct c.task_id) as tasks,
              coalesce(sum(c.votes) filter (where c.outcome = 'first'), 0) as first_wins,
              coalesce(sum(c.votes) filter (where c.outcome = 'second'), 0) as second_wins,
              coalesce(sum(c.votes) filter (where c.outcome = 'tie'), 0) as ties,
              coalesce(sum(c.votes) filter (where c.outcome = 'both_bad'), 0) as both_bad
            from app_private.folded_tasks f
              inner join app_public.tasks t on t.id = f.task_id
              inner join app_private.pair_counts c on c.task_id = f.task_id and c.stratum = 'sealed' and c.votes > 0
            group by t.theme, c.first_model_id, c.second_model_id
        ) p
          cross join lateral (values
            (p.first_model_id, p.second_model_id, p.first_wins, p.second_wins),
            (p.second_model_id, p.first_model_id, p.second_wins, p.first_wins)
          ) d (model_id, opponent_id, wins, losses)
          cross join lateral (values (null), (p.theme)) a (theme)
        group by d.model_id, d.opponent_id, a.theme
    ) s
    cross join (values (1.959963984540054 ^ 2)) z (q);
-- squawk-ignore require-concurrent-index-creation -- the view has just been made
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
