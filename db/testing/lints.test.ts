// npm test -> [db/testing/lints.test.ts] -> db/testing/lints/*.sql, db/testing/lints/faults.ts
// Each lint is one query over the catalogue that returns what breaks a rule of the house: on our schema nothing, and on
// a schema with that very fault the fault. A lint that finds nothing either way would prove nothing.
import fs from "node:fs";
import path from "node:path";
import { type Db, describe, expect, test } from "./database.ts";
import { faults } from "./lints/faults.ts";

const folder = path.join(import.meta.dirname, "lints");
const lints = fs
  .readdirSync(folder)
  .filter((file) => file.endsWith(".sql"))
  .map((file) => path.basename(file, ".sql"));

async function offenders(db: Db, lint: string): Promise<string[]> {
  const rows = await db.rows<{ offender: string }>(fs.readFileSync(path.join(folder, `${lint}.sql`), "utf8"));
  return rows.map((row) => row.offender);
}

describe("the schema", () => {
  test.for(lints)("has no %s", async (lint, { db }) => {
    expect(await offenders(db, lint), `see the reason in db/testing/lints/${lint}.sql`).toEqual([]);
  });
});

describe("the lint", () => {
  test("has a fault to find, and each fault has its lint", () => {
    expect(Object.keys(faults).toSorted()).toEqual(lints.toSorted());
  });

  const cases = Object.entries(faults).flatMap(([lint, list]) => list.map(([sql, offender]) => [lint, offender, sql]));
  test.for(cases)("%s finds %s", async ([lint = "", offender, sql = ""], { db }) => {
    await db.rows(sql);
    expect(await offenders(db, lint)).toContain(offender);
  });
});
