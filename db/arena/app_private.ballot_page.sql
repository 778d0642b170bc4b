-- app_private.draw_ballot() -> [app_private.ballot_page()] -> app_private.mint_handle() -> app_private.ballot_side()
-- The one place where a page gets its addresses for a ballot. They are as good for as long as the ballot is: whoever asks for
-- the ballot again is told the same ones.
create or replace function app_private.ballot_page(ballot app_public.ballots, side text, at timestamptz default now()) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_submission_id uuid;
  v_kinds text[];
begin
  select s.id, case a.status when 'rendered' then array['page', 'image', 'thumb'] else array['page'] end
    into strict v_submission_id, v_kinds
    from app_private.matches m
      inner join app_public.submissions s
        on s.task_id = m.task_id
          and s.model_id = case when (ballot_page.side = 'left') = ballot.is_first_left then m.first_model_id else m.second_model_id end
      left join app_public.artifacts a on a.submission_id = s.id
    where m.id = ballot.match_id;
  perform app_private.mint_handle(v_submission_id, k.kind, ballot.expires_at, ballot_page.at, ballot.id, ballot_page.side)
    from unnest(v_kinds) k (kind);
end;
$$;
comment on function app_private.ballot_page(app_public.ballots, text, timestamptz) is
  'Gives the page on one side, left or right, of a ballot its addresses: new random names, of which nothing of whose page it is can be told. Errors: TB061, TB062.';
revoke all on function app_private.ballot_page(app_public.ballots, text, timestamptz) from public;
