-- app_public.my_rank() -> [app_private.rank_of()] -> app_private.score_histogram, app_private.score_changes
-- No search_path: so it becomes part of the statement that asks, which is what makes it cheap. Every name has its schema.
create or replace function app_private.rank_of(kind app_public.period_kind, starts_on date, points integer)
returns table (rank bigint)
language sql stable parallel safe
as $$
  -- Whole blocks above, then the rest of the own block, then of the own smaller one; and what is not counted yet.
  select 1
      + (select coalesce(sum(h.n), 0) from app_private.score_histogram h
          where h.kind = $1 and h.starts_on = $2 and h.level = 2 and h.bucket > $3 >> 12)
      + (select coalesce(sum(h.n), 0) from app_private.score_histogram h
          where h.kind = $1 and h.starts_on = $2 and h.level = 1 and h.bucket > $3 >> 6 and h.bucket < (($3 >> 12) + 1) << 6)
      + (select coalesce(sum(h.n), 0) from app_private.score_histogram h
          where h.kind = $1 and h.starts_on = $2 and h.level = 0 and h.bucket > $3 and h.bucket < (($3 >> 6) + 1) << 6)
      + (select coalesce(sum((c.now_has > $3)::integer - (c.was > $3)::integer), 0) from app_private.score_changes c
          where c.kind = $1 and c.starts_on = $2);
$$;
comment on function app_private.rank_of(app_public.period_kind, date, integer) is
  'One more than the listed members who have more points in a period: exact at this very moment, whatever is folded already.';
revoke all on function app_private.rank_of(app_public.period_kind, date, integer) from public;
