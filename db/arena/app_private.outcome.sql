-- [app_private.outcome] -> app_private.pair_counts
do $$
begin
  create type app_private.outcome as enum ('first', 'second', 'tie', 'both_bad');
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_private.outcome is 'A verdict, turned to the order in which a match holds its models.';
revoke all on type app_private.outcome from public;
