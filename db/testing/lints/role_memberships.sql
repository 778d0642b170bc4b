-- db/testing/lints.test.ts -> [db/testing/lints/role_memberships.sql] -> pg_auth_members
-- Who may become whom, and whose rights come by themselves: just this list, which says the same as db/roles.sql.
select m.member::regrole || ' is ' || m.roleid::regrole as offender
  from pg_auth_members m
  where (m.member::regrole::text ~ '^autobench_' or m.roleid::regrole::text ~ '^autobench_')
    and (m.member::regrole::text, m.roleid::regrole::text, m.inherit_option, m.admin_option) not in (
      ('autobench_server', 'autobench_anon', false, false),
      ('autobench_server', 'autobench_member', false, false),
      ('autobench_operations', 'autobench_operator', false, false),
      ('autobench_operator', 'autobench_member', true, false),
      ('autobench_owner', 'autobench_worker', true, false)
    );
