-- db/testing/lints.test.ts -> [db/testing/lints/unnamed_constraint.sql] -> pg_constraint
-- A constraint is named for its rule, which is what an error shows: `votes_one_per_ballot`, not `votes_ballot_id_key`.
-- Names that Postgres makes up end like these; a primary key may keep its own.
select coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text) || ' ' || k.conname as offender
  from pg_constraint k
  where k.contype in ('c', 'u', 'f', 'x') and k.connamespace::regnamespace::text ~ '^app_'
    and k.conname ~ '_(check|key|fkey|excl)\d*$';
