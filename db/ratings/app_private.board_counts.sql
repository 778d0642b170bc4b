-- app_private.folded_tasks, app_private.pair_counts -> [app_private.board_counts()] -> publish_board(), hash_counts(), board_fragility()
create or replace function app_private.board_counts(theme text, is_rehearsal boolean, up_to_position bigint default null)
returns table (
  task_id uuid, first_model_id uuid, second_model_id uuid, first_wins integer, second_wins integer, ties integer, both_bad integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select c.task_id, c.first_model_id, c.second_model_id,
      coalesce(sum(c.votes) filter (where c.outcome = 'first'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'second'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'tie'), 0)::integer,
      coalesce(sum(c.votes) filter (where c.outcome = 'both_bad'), 0)::integer
    from app_private.folded_tasks f
      inner join app_public.tasks t on t.id = f.task_id
      inner join app_private.pair_counts c on c.task_id = f.task_id
      inner join app_public.models m on m.id = c.first_model_id -- canned models meet only one another
    where c.stratum = 'sealed' and c.votes > 0 and m.is_rehearsal = board_counts.is_rehearsal
      and (board_counts.theme is null or t.theme = board_counts.theme)
      and (up_to_position is null or f.position <= up_to_position)
    group by c.task_id, c.first_model_id, c.second_model_id;
$$;
comment on function app_private.board_counts(text, boolean, bigint) is
  'What a board is made of: how each pair of each folded task ended; of one theme, or of all; as far as a place in the order of closing, or all of them.';
revoke all on function app_private.board_counts(text, boolean, bigint) from public;
