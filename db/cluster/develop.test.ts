// db/cluster/develop.ts -> [db/cluster/develop.test.ts] -> a copy of migrations/
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { watch } from "graphile-migrate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../process/environment.ts";
import { startThrowAwayCluster } from "../testing/cluster.ts";
import { blank, commit, scratchSettings, uncommit } from "./develop.ts";
import type { Cluster } from "./embedded.ts";
import { settlePools } from "./migrate.ts";

let cluster: Cluster; // its own: a shadow database is dropped and made from template1, where nobody else may be
let folder: string;
const current = (name = "1-current.sql"): string => path.join(folder, "current", name);
const committed = (): string[] => fs.readdirSync(path.join(folder, "committed"));
const hashOf = (file: string): string | undefined =>
  /^--! Hash: (\S+)$/m.exec(fs.readFileSync(path.join(folder, "committed", file), "utf8"))?.[1];

beforeAll(async () => {
  cluster = await startThrowAwayCluster();
});
afterAll(() => cluster.stop());

describe("migrations", () => {
  const everything = "--! Message: foundation\n\n--! include manifest.sql\n";

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-migrations-"));
    for (const name of ["committed", "current"]) fs.mkdirSync(path.join(folder, name));
    fs.symlinkSync(path.join(root, "db"), path.join(folder, "fixtures"));
    fs.writeFileSync(current(), everything);
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test("are committed, taken back and committed again with the same hash", async () => {
    // What is in hand has run in the developer's database before, as it does under db:watch.
    await watch(await scratchSettings(cluster, folder), true);
    await settlePools();

    expect(await commit(cluster, folder)).toBe("000001-foundation.sql");
    const hash = hashOf("000001-foundation.sql");
    expect(hash).toMatch(/^sha1:[0-9a-f]{40}$/);
    expect(fs.readFileSync(current(), "utf8")).toBe(blank);

    expect(await uncommit(cluster, folder)).toBe("000001-foundation.sql");
    expect(committed()).toEqual([]);
    expect(fs.readFileSync(current(), "utf8")).toBe(everything);

    expect(await commit(cluster, folder)).toBe("000001-foundation.sql");
    expect(hashOf("000001-foundation.sql")).toBe(hash);
  });

  test.for([
    [
      "a fault in the SQL",
      "alter table app_public.nothing add x integer;",
      'relation "app_public.nothing" does not exist',
    ],
    ["an odd apostrophe", "do $$ begin raise notice $x$it's$x$; end $$;", "An odd apostrophe within $$ ... $$"],
  ] as const)("stay as they were when a commit fails for %s", async ([, sql, message]) => {
    const first = "--! include accounts/app_public.me.sql\n";
    fs.writeFileSync(current(), first);
    fs.writeFileSync(current("2-rest.sql"), `${sql}\n`);
    const before = committed();

    await expect(commit(cluster, folder, "does not work")).rejects.toThrow(message);
    expect(committed()).toEqual(before);
    expect(fs.readFileSync(current(), "utf8")).toBe(first);
    expect(fs.readFileSync(current("2-rest.sql"), "utf8")).toBe(`${sql}\n`);
    fs.rmSync(current("2-rest.sql"));
  });

  test("need a message, and something to commit", async () => {
    fs.writeFileSync(current(), "select 1;\n");
    await expect(commit(cluster, folder)).rejects.toThrow('npm run db:commit -- "what it changes"');
    fs.writeFileSync(current(), blank);
    await expect(commit(cluster, folder, "nothing")).rejects.toThrow("Current migration is blank");
    expect(fs.readFileSync(current(), "utf8")).toBe(blank);
  });

  test("are not taken back while something is in hand", async () => {
    fs.writeFileSync(current(), "select 1;\n");
    await expect(uncommit(cluster, folder)).rejects.toThrow("current migration is not blank");
    expect(committed()).toEqual(["000001-foundation.sql"]);
    expect(fs.readFileSync(current(), "utf8")).toBe("select 1;\n");
  });
});
