-- app_private.board_fragility() -> [app_operations.fragility] -> fragilities (operators' GraphQL)
create or replace view app_operations.fragility with (security_invoker, security_barrier) as
  select r.is_rehearsal, f.ahead_id, f.behind_id, f.gap, f.votes
    from (values (false), (true)) r (is_rehearsal)
      cross join lateral app_private.board_fragility(null, r.is_rehearsal, 200, 1) f;

revoke all on app_operations.fragility from public, autobench_operator;
grant select on app_operations.fragility to autobench_operator;

comment on view app_operations.fragility is
  E'@primaryKey is_rehearsal\n@foreignKey (ahead_id) references app_public.models (id)|@fieldName ahead|@behavior -manyRelation:resource:list -manyRelation:resource:connection\n@foreignKey (behind_id) references app_public.models (id)|@fieldName behind|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nHow many votes hold the first place of the published board.';
comment on column app_operations.fragility.is_rehearsal is E'@notNull\nWhether it is the board of canned models.';
comment on column app_operations.fragility.ahead_id is E'@notNull\nThe model in the first place.';
comment on column app_operations.fragility.behind_id is E'@notNull\nThe one behind it.';
comment on column app_operations.fragility.gap is E'@notNull\nHow many points are between them.';
comment on column app_operations.fragility.votes is 'At most so many votes would have to go to turn it round; null when it takes more than 200.';
