-- db/testing/lints.test.ts -> [db/testing/lints/sequence_usable_by_seats.sql] -> pg_class
-- Nobody is granted a sequence: identity columns need no grant, and a sequence tells how many rows there are.
select c.oid::regclass || ': ' || a.grantee::regrole as offender
  from pg_class c, aclexplode(c.relacl) a
  where c.relkind = 'S' and c.relnamespace::regnamespace::text ~ '^app_' and a.grantee <> c.relowner;
