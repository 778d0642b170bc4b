// db/generate/programs.ts -> [db/generate/programs.test.ts] -> npm run check:db
// A linter that cannot be started, or has lost its configuration, must not pass for one that found nothing.
import { withClient } from "../cluster/connect.ts";
import { withDatabase } from "../cluster/database.ts";
import { describe, expect, test } from "../testing/database.ts";
import { dblint, squawk } from "./programs.ts";

describe("squawk", () => {
  test("finds what would hold up a database in use, and what is no SQL", async () => {
    const sql = "select 1;\nalter table app_public.users add column age integer not null;\n";
    expect(await squawk("new.sql", sql)).toEqual([expect.stringMatching(/^new.sql:2 adding-required-field: /)]);
    expect(await squawk("new.sql", "create table things (id bigint primary key);")).toEqual([
      expect.stringMatching(/^new.sql:1 require-table-schema: /),
    ]);
    expect(await squawk("new.sql", "select (;")).toContainEqual(expect.stringMatching(/^new.sql:1 syntax-error: /));
    expect(await squawk("new.sql", "select 1;")).toEqual([]);
  });
});

describe("dblint", () => {
  test("finds a fault in a live database, and says when it cannot reach it", async ({ database }) => {
    expect(await dblint(database.superuserUrl)).toEqual([]);
    await withClient(database.superuserUrl, (client) =>
      client.query("create function app_private.one() returns integer language sql as 'select 1'"),
    );
    expect(await dblint(database.superuserUrl)).toEqual([
      "splinter/security/functionSearchPathMutable: Function `app_private.one` has a role mutable search_path",
    ]);
    await expect(dblint(withDatabase(database.superuserUrl, "nowhere"))).rejects.toThrow("dblint failed");
  });
});
