// db/generate/paths.ts, db/generate/write.ts -> [db/generate/check.test.ts] -> npm run check:db
// The check is trusted to find what somebody forgot: so each thing that can be forgotten is forgotten here.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { inject } from "vitest";
import { withClient } from "../cluster/connect.ts";
import { withDatabase } from "../cluster/database.ts";
import { installQueue } from "../cluster/migrate.ts";
import { databaseRights } from "../cluster/roles.ts";
import { templateName } from "../testing/cluster.ts";
import { describe, expect, test, type TestDatabase } from "../testing/database.ts";
import { comparePaths, compileSql, explainFailure } from "./paths.ts";
import { includes } from "./sources.ts";
import { compareAll, type Installed, writeAll } from "./write.ts";

/** A database of its own on the run's cluster: a copy of the template, or an empty one. */
async function makeDatabase(like: TestDatabase, name: string, template = templateName): Promise<Installed> {
  const { superuserUrl } = inject("cluster");
  await withClient(superuserUrl, async (client) => {
    await client.query(`create database ${name} template ${template} strategy file_copy owner autobench_owner`);
    await client.query(databaseRights(name));
  });
  return {
    url: (login) => withDatabase(like.url(login), name),
    superuserUrl: withDatabase(superuserUrl, name),
  };
}

const asOwner = (database: Installed, sql: string): Promise<unknown> =>
  withClient(database.url("autobench_owner"), (client) => client.query(sql));

const manifest = includes()
  .map((file) => `--! include ${file}`)
  .join("\n");

/** What somebody may have done on one path alone, each with what the comparison then says. */
const changes: [what: string, sql: string, expected: (string | RegExp)[]][] = [
  [
    "a further grant",
    "grant update (created_at) on app_public.users to autobench_member",
    ["ACL app_public.COLUMN users.created_at is in migrations/ only"],
  ],
  [
    "a changed grant",
    `revoke select on app_private.workers from autobench_operator;
     grant select on app_private.workers to autobench_member`,
    [/^ACL app_private.TABLE workers differs.*- GRANT SELECT .*_member;\n.*\+ GRANT SELECT .*_operator;$/s],
  ],
  [
    "default privileges",
    "alter default privileges grant execute on functions to public",
    ["DEFAULT ACL DEFAULT PRIVILEGES FOR FUNCTIONS is in db/ only"],
  ],
  [
    "a dropped policy",
    "drop policy update_own on app_public.users",
    ["POLICY app_public.users update_own is in db/ only"],
  ],
  [
    "a changed policy",
    "alter policy select_listed on app_public.users using (true)",
    [/^POLICY app_public.users select_listed differs.*\n {2}- .*USING \(true\);\n {2}\+ .*USING \(is_listed\);$/s],
  ],
  [
    "row-level security off",
    "alter table app_public.users disable row level security",
    ["ROW SECURITY app_public.users is in db/ only"],
  ],
  [
    "a changed function body",
    `create or replace function app_private.worker_lock() returns integer
       language sql immutable parallel safe set search_path = pg_catalog, pg_temp as 'select 1'`,
    [/^FUNCTION app_private.worker_lock\(\) differs, - in migrations\/, \+ in db\/:\n.*- .*select 1.*29794/s],
  ],
  [
    "a changed column",
    "alter table app_private.workers alter host drop not null",
    [/^TABLE app_private.workers differs.*\n.*- .*host text,\n.*\+ .*host text NOT NULL,$/s],
  ],
  [
    "a column in another place",
    "alter table app_public.users drop time_zone, add time_zone text not null default 'UTC'",
    [
      "COMMENT app_public.COLUMN users.time_zone is in db/ only",
      /^TABLE app_public.users differs.*\n {2}- .*is_listed [^+]*\n {2}- .*time_zone .*\n {2}\+ .*time_zone [^-]*\n {2}\+ .*is_listed /s,
    ],
  ],
  [
    "a missing index",
    "drop index app_private.operator_log_operator_id_idx",
    ["INDEX app_private.operator_log_operator_id_idx is in db/ only"],
  ],
  ["a left-over table", "create table app_private.old (id integer)", ["TABLE app_private.old is in migrations/ only"]],
  [
    "another owner",
    "reset role; alter view app_operations.workers owner to postgres",
    [/^VIEW app_operations.workers differs.*\n {2}- ALTER .* OWNER TO postgres;$/s],
  ],
  [
    "a changed row",
    "update app_private.retention_rules set keep = '9 days' where table_name = 'app_private.webhook_messages'",
    [/^ROWS app_private.retention_rules differs.*\n.*- .*9 days.*\n.*\+ .*7 days/s],
  ],
];

describe("the comparison of two installs", () => {
  test("finds them equal, and still after everything has run a second time", async ({ database }) => {
    const again = await makeDatabase(database, "check_again");
    await asOwner(again, await compileSql(manifest));
    expect(await comparePaths(again, database)).toEqual([]);
  });

  test("names what a forgotten include leaves out", async ({ database }) => {
    const partial = await makeDatabase(database, "check_partial", "template0");
    await installQueue(partial.url("autobench_worker"));
    const line = "--! include accounts/app_public.me.sql\n";
    expect(manifest).toContain(line);
    await asOwner(partial, await compileSql(manifest.replace(line, "")));
    expect(await comparePaths(partial, database)).toEqual([
      "ACL app_public.FUNCTION me() is in db/ only",
      "COMMENT app_public.FUNCTION me() is in db/ only",
      "FUNCTION app_public.me() is in db/ only",
    ]);
  });

  test("names everything that one path alone has done, and nothing else", async ({ database }) => {
    const mutant = await makeDatabase(database, "check_mutant");
    await withClient(mutant.superuserUrl, async (client) => {
      for (const [, sql] of changes) await client.query(`set role autobench_owner; ${sql}`);
    });
    const found = await comparePaths(mutant, database);
    for (const [what, , expected] of changes) {
      for (const one of expected) {
        const matcher = typeof one === "string" ? one : expect.stringMatching(one);
        expect(found, what).toContainEqual(matcher);
      }
    }
    expect(found, "nothing but the changes").toHaveLength(changes.flatMap(([, , expected]) => expected).length);
  });

  test("sees no difference in the order in which grants were made", async ({ database }) => {
    const other = await makeDatabase(database, "check_order");
    await asOwner(
      other,
      "revoke select on app_public.users from autobench_anon; grant select on app_public.users to autobench_anon",
    );
    expect(await comparePaths(other, database)).toEqual([]);
  });
});

describe("a manifest that cannot be installed", () => {
  test("is explained by the file that failed", async ({ database }) => {
    const empty = await makeDatabase(database, "check_empty", "template0");
    const sql = await compileSql("--! include manifest.sql\n");
    const broken = sql.replace(
      "create table if not exists app_private.operator_log (",
      "create table if not exists nowhere.operator_log (",
    );
    const failure = await asOwner(empty, broken).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(await explainFailure(failure ?? new Error("nothing failed"))).toEqual([
      'db/accounts/app_private.operator_log.sql: schema "nowhere" does not exist',
    ]);
  });
});

describe("the generated files", () => {
  test("are told apart from stale, missing and foreign ones", { timeout: 60_000 }, async ({ database }) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-check-"));
    await writeAll(folder, database);
    expect(await compareAll(folder, database)).toEqual([]);

    fs.rmSync(path.join(folder, "erd.md"));
    fs.writeFileSync(path.join(folder, "old.md"), "");
    const tables = path.join(folder, "tables.md");
    fs.writeFileSync(tables, fs.readFileSync(tables, "utf8").replace("Granted:\n", "Given:\n"));
    expect(await compareAll(folder, database)).toEqual([
      "erd.md is missing.",
      "old.md is made by nobody: delete it.",
      expect.stringMatching(/^tables.md differs from line \d+:\n {2}- Given:\n {2}\+ Granted:$/),
    ]);
    fs.rmSync(folder, { recursive: true });
  });
});
