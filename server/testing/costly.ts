// server/testing/server.ts -> [server/testing/costly.ts] -> server/attacks.test.ts, server/pools.test.ts
// A database with fields that hurt: a list within a list, a field that takes its time, a function that breaks.
import { test as base } from "./server.ts";

const sql = `
  create table app_public.notes (
    id         bigint generated always as identity primary key,
    author_id  uuid not null constraint notes_author references app_public.users,
    text       text not null default 'x'
  );
  comment on constraint notes_author on app_public.notes is '@foreignFieldName notes';
  create index notes_author_id_idx on app_public.notes (author_id);
  grant select on app_public.notes to autobench_anon, autobench_member;

  create function app_public.users_slow(u app_public.users) returns integer language sql stable as $$
    select 1 from pg_sleep(0.05) $$;
  create function app_public.sleep(seconds double precision) returns boolean language plpgsql volatile as $$
    begin perform pg_sleep(seconds); return true; end $$;
  comment on function app_public.sleep(double precision) is '@behavior queryField -mutationField';
  create function app_public.stumble(how text) returns text language plpgsql stable as $$
    begin
      case how
        when 'raise' then raise exception 'secret text' using detail = 'secret detail', hint = 'secret hint';
        when 'divide' then return (1 / (length(how) - 6))::text;
        when 'private' then perform from app_private.accounts;
        when 'missing' then execute 'select secret_column from app_public.users';
        when 'syntax' then execute 'selekt secret';
        when 'cast' then perform 'secret'::uuid;
        when 'recurse' then return app_public.stumble(how);
      end case;
      return 'fine';
    end $$;
  comment on function app_public.stumble(text) is '@behavior queryField -mutationField';
  grant execute on function app_public.users_slow, app_public.sleep, app_public.stumble
    to autobench_anon, autobench_member;

  insert into app_public.users (username) select 'user_' || i from generate_series(1, 100) i;
  insert into app_public.notes (author_id) select u.id from app_public.users u, generate_series(1, 3);
`;

export const test = base
  /** Starts a server over this file's database, to which all of that has been added. */
  .extend("startCostly", { scope: "file" }, async ({ pool, start }) => {
    await pool.query(sql);
    return start;
  })
  /** One as closed as it is on an open address: no introspection, no explorer. */
  .extend("costly", { scope: "file" }, async ({ startCostly }) => {
    const server = await startCostly({ INTROSPECTION: "0", GRAPHIQL: "0" });
    await server.gql("{ users(first: 1) { nodes { id notes(first: 1) { nodes { id } } } } me { id } }"); // warm
    return server;
  });
