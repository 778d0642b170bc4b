-- drawBallot (GraphQL) -> [app_public.draw_ballot()] -> app_private.draw_ballot(), app_private.ballot_side()
-- Definer: nobody may write ballots, nor see what they are drawn from.
create or replace function app_public.draw_ballot(task_id uuid default null) returns app_public.drawn_ballot
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ballot app_public.ballots;
begin
  if app_public.current_user_id() is not null then
    perform app_private.require_member();
  end if;
  -- A visitor who is forgotten just before the draw has hold of them is made anew: nobody else can forget that one yet.
  loop
    v_ballot := app_private.draw_ballot(
      app_private.ensure_voter(),
      app_private.network_hash(current_setting('app.network', true)),
      draw_ballot.task_id
    );
    exit when v_ballot.id is not null;
  end loop;
  return (
    v_ballot.id, v_ballot.task_id, v_ballot.stratum, v_ballot.served_at, v_ballot.expires_at,
    app_private.ballot_side(v_ballot.id, 'left'), app_private.ballot_side(v_ballot.id, 'right')
  )::app_public.drawn_ballot;
end;
$$;
comment on function app_public.draw_ballot(uuid) is
  E'@resultFieldName ballot\nGives the voter one open ballot, the same until it is used or expires, whatever task is asked for; else a new one, of a sealed task or of the given one. Errors: TB001, TB002, TB071, TB073, TB078.';
revoke all on function app_public.draw_ballot(uuid) from public;
grant execute on function app_public.draw_ballot(uuid) to autobench_anon, autobench_member;
