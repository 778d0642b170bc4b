// npm test -> [db/testing/breadcrumbs.test.ts] -> the first line of every file in db/, worker/tasks/ and web/
// A breadcrumb says where data comes from and where it goes, with the file itself in brackets. It leads only as long as
// its names exist.
import fs from "node:fs";
import path from "node:path";
import { root } from "../../process/environment.ts";
import { type Db, describe, expect, test } from "./database.ts";

const files = fs
  .globSync(["db/**/*.{sql,ts}", "worker/tasks/**/*.ts", "web/**/*.{ts,tsx,graphql}"], { cwd: root })
  .filter((file) => !file.startsWith("db/generated/"))
  .map((file) => ({ file, line: fs.readFileSync(path.join(root, file), "utf8").split("\n", 1)[0] ?? "" }));

/** How a file may call itself: an object by its name in psql, any other by its path or its bare name. */
function ownNames(file: string): string[] {
  const bare = path.basename(file, path.extname(file));
  return /^app_\w+\.\w+$/.test(bare) && file.endsWith(".sql") ? [bare, `${bare}()`] : [file, bare];
}

/** Names of SQL objects: with a schema, or a function's bare name with its parentheses. */
function sqlNames(line: string): string[] {
  return line.match(/\b(?:app_\w+|graphile_worker)\.\w+(?:\(\))?|(?<![\w.])\w+\(\)/g) ?? [];
}

/** Paths into rooms that stand already: a breadcrumb may point to a room before it is built. */
function paths(line: string): string[] {
  const rooms = ["bench", "cli", "content", "db", "docs", "migrations", "process", "server", "web", "worker"];
  return (line.match(/(?<![\w./@-])\w+(?:\/[\w.*{},-]+)+/g) ?? [])
    .map((match) => match.replace(/[.,]+$/, ""))
    .filter((match) => rooms.some((room) => match.startsWith(`${room}/`) && fs.existsSync(path.join(root, room))));
}

/** `{a,b}/c` is a/c and b/c. */
function alternatives(name: string): string[] {
  const [whole, list] = /\{([^}]*)\}/.exec(name) ?? [];
  return whole === undefined
    ? [name]
    : (list ?? "").split(",").flatMap((one) => alternatives(name.replace(whole, one)));
}

async function knownNames(db: Db): Promise<Set<string>> {
  const rows = await db.rows<{ name: string; bare: string; is_function: boolean }>(`
    select pronamespace::regnamespace || '.' || proname as name, proname as bare, true as is_function
      from pg_proc where pronamespace::regnamespace::text ~ '^(app_|graphile_worker$)'
    union all
    select relnamespace::regnamespace || '.' || relname, relname, false
      from pg_class where relnamespace::regnamespace::text ~ '^(app_|graphile_worker$)'
    union all
    select typnamespace::regnamespace || '.' || typname, typname, false
      from pg_type where typnamespace::regnamespace::text ~ '^app_'
    union all
    select collnamespace::regnamespace || '.' || collname, collname, false
      from pg_collation where collnamespace::regnamespace::text ~ '^app_'`);
  return new Set(rows.flatMap((row) => (row.is_function ? [`${row.name}()`, `${row.bare}()`] : [row.name])));
}

/** What is wrong with a breadcrumb, in words. */
function faultsOf(file: string, line: string, known: Set<string>): string[] {
  const faults: string[] = [];
  const own = ownNames(file);
  const inBrackets = /\[([^\]]+)\]/.exec(line)?.[1] ?? "";
  if (!/^(?:--|\/\/|#) .*(?: -> | \[|\] ->)/.test(line) || !own.includes(inBrackets)) {
    faults.push(`its first line is no breadcrumb with [${own.join("] or [")}]`);
  }
  for (const name of sqlNames(line)) if (!known.has(name)) faults.push(`there is no ${name} in the database`);
  for (const name of paths(line).flatMap(alternatives)) {
    const found = fs.globSync([name, `${name}.{ts,tsx,mjs,sql}`], { cwd: root });
    if (!found.length) faults.push(`there is no file ${name}`);
  }
  return faults.map((fault) => `${file}: ${fault}`);
}

describe("breadcrumbs", () => {
  test("open every file, and lead to things that exist", async ({ db }) => {
    const known = await knownNames(db);
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap(({ file, line }) => faultsOf(file, line, known))).toEqual([]);
  });

  test.for([
    [
      "-- votes, one of each ballot",
      ["its first line is no breadcrumb with [app_public.votes] or [app_public.votes()]"],
    ],
    [
      "-- a -> [app_public.users] -> b",
      ["its first line is no breadcrumb with [app_public.votes] or [app_public.votes()]"],
    ],
    [
      "-- cast_it() -> [app_public.votes] -> app_public.nothing",
      ["there is no cast_it() in the database", "there is no app_public.nothing in the database"],
    ],
    [
      "-- db/accounts/none.ts -> [app_public.votes] -> db/{lib,none}/schemas.sql, cli/prepare",
      ["there is no file db/accounts/none.ts", "there is no file db/none/schemas.sql"],
    ],
    ["-- me (GraphQL), me() -> [app_public.votes] -> app_public.users, graphile_worker.jobs, /graphql", []],
  ] as const)("%s", async ([line, faults], { db }) => {
    const known = (await knownNames(db)).add("app_public.votes");
    const file = "db/arena/app_public.votes.sql";
    expect(faultsOf(file, line, known)).toEqual(faults.map((fault) => `${file}: ${fault}`));
  });
});
