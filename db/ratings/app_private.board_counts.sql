-- app_private.folded_as_of(), app_private.pair_counts, app_private.votes_judged_since() -> [app_private.board_counts()] -> publish_board(), hash_counts(), board_fragility()
create or replace function app_private.board_counts(theme text, is_rehearsal boolean, up_to_position bigint default null)
returns table (
  task_id uuid, first_model_id uuid, second_model_id uuid, first_wins integer, second_wins integer, ties integer, both_bad integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
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
comment on function app_private.board_counts(text, boolean, bigint) is
  'What a board is made of: how each pair of each folded task ended; of one theme, or of all; as it was when the last task had this place, or as it is.';
revoke all on function app_private.board_counts(text, boolean, bigint) from public;
