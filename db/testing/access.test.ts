// db/testing/access.ts -> [db/testing/access.test.ts] -> the catalogue, and every table from every seat
import { type Role, roles } from "./access.ts";
import { cells, differences, listed } from "./access/matrix.ts";
import { type Db, describe, expect, test } from "./database.ts";

describe("the list and the catalogue", () => {
  test("agree in every cell", async ({ db }) => {
    const matrix = await cells(db);
    expect(matrix.length).toBeGreaterThan(1000);
    expect(differences(matrix)).toEqual([]);
  });

  const file = "db/testing/access/accounts.ts";
  test.for([
    [
      "grant delete on app_public.users to autobench_member",
      `member delete on app_public.users: granted, but not listed in ${file}`,
      `operator delete on app_public.users: granted, but not listed in ${file}`,
    ],
    [
      "grant update (time_zone) on app_public.users to autobench_anon",
      `anon update on app_public.users (time_zone): granted, but not listed in ${file}`,
    ],
    [
      "revoke update (username) on app_public.users from autobench_member",
      `member update on app_public.users (username): listed in ${file}, but not granted`,
      `operator update on app_public.users (username): listed in ${file}, but not granted`,
    ],
    [
      "grant select (email) on app_private.accounts to autobench_operator",
      `operator select on app_private.accounts (email): granted, but not listed in ${file}`,
    ],
    [
      "grant truncate on app_private.accounts to autobench_worker",
      `worker truncate on app_private.accounts: granted, but not listed in ${file}`,
    ],
    [
      "grant execute on function app_public.erase_me(text) to autobench_anon",
      `anon execute on app_public.erase_me: granted, but not listed in ${file}`,
    ],
    [
      "grant usage on schema app_private to autobench_anon",
      "anon usage on app_private: granted, but not listed in db/testing/access.ts",
    ],
    [
      "grant create on schema app_public to autobench_server",
      "server create on app_public: granted, but not listed in db/testing/access.ts",
    ],
    ["alter table app_public.users add pronouns text"], // readable by who may read the whole table: nothing new
    [
      "alter table app_public.users rename full_name to given_name",
      `app_public.users has no column full_name`,
      `member update on app_public.users (given_name): granted, but not listed in ${file}`,
      `operator update on app_public.users (given_name): granted, but not listed in ${file}`,
    ],
    [
      "drop function app_public.export_my_data()",
      "app_public.export_my_data is listed, but does not exist: take its line out",
    ],
    [
      `create table app_public.things (id integer, name text); grant select on app_public.things to autobench_anon;
       grant insert (name) on app_public.things to autobench_member`,
      'app_public.things is new: add "app_public.things": ' +
        '{"anon":{"select":"*"},"member":{"insert":["name"]},"operator":{"insert":["name"]}} ' +
        "to db/testing/access/<domain>.ts, or what it should be",
    ],
    [
      `create function app_public.one() returns integer language sql as 'select 1';
       grant execute on function app_public.one() to autobench_worker`,
      `app_public.one is new: add "app_public.one": ["worker"] to db/testing/access/<domain>.ts, or what it should be`,
    ],
    [
      "create schema app_secret",
      `app_secret is new: add "app_secret": [] to db/testing/access.ts, or what it should be`,
    ],
  ])("differ after: %s", async ([sql = "", ...expected], { db }) => {
    await db.rows(sql);
    expect(differences(await cells(db)).toSorted()).toEqual(expected.toSorted());
  });
});

type Seat = Exclude<Role, "public">;
const seats = roles.filter((role): role is Seat => role !== "public");

/** A statement that needs just this right. Where it is granted, the statement touches no row. */
function statement(verb: string, relation: string, column: string, isAllowed: boolean): string {
  if (verb === "select") return `select ${column} from ${relation} where false`;
  if (verb === "update") return `update ${relation} set ${column} = default where false`;
  if (verb === "delete") return `delete from ${relation} where false`;
  return `insert into ${relation} (${column}) ${isAllowed ? "select null where false" : "values (default)"}`;
}

async function attempt(db: Db, seat: Seat, sql: string): Promise<string> {
  try {
    await db.rowsAs({ role: `autobench_${seat}` }, sql);
    return "done";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const columnsQuery = `
  select c.oid::regclass::text as relation, c.relname as name, n.nspname as schema, quote_ident(a.attname) as column,
      case c.relkind when 'm' then 'materialized view' when 'v' then 'view' else 'table' end as kind
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname ~ '^app_'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p', 'v', 'm')`;

describe("from every seat", () => {
  test.for(seats)("%s can do what is listed, and is told by name what not", async (seat, { db }) => {
    const columns = await db.rows<Record<"relation" | "name" | "schema" | "column" | "kind", string>>(columnsQuery);
    const wrong: string[] = [];
    const answers = new Set<string>();
    for (const { relation, name, schema, column, kind } of columns) {
      const isInside = listed({ kind: "schema", name: schema, role: seat, verb: "usage", column: null });
      for (const verb of kind === "table" ? ["select", "insert", "update", "delete"] : ["select"]) {
        const ofWhole = verb === "delete" ? null : column;
        const isAllowed = listed({ kind: "relation", name: relation, role: seat, verb, column: ofWhole }) ?? false;
        const refusal = isInside ? `permission denied for ${kind} ${name}` : `permission denied for schema ${schema}`;
        const expected = isAllowed ? "done" : refusal;
        const answer = await attempt(db, seat, statement(verb, relation, column, isAllowed));
        answers.add(answer);
        if (answer !== expected) wrong.push(`${verb} ${relation} (${column}): ${answer}, not ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
    // The control: a seat that cannot be taken at all would be refused everything, in other words.
    expect(answers.has("done")).toBe(["anon", "member", "operator"].includes(seat));
    expect(answers.has("permission denied for table users")).toBe(answers.has("done"));
  });
});
