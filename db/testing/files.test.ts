// db/manifest.sql -> [db/testing/files.test.ts] -> every file of db/
// Whoever sees an object in psql finds its file by its name, and whoever edits a file changes the object of that name.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "../../process/environment.ts";
import { includes, sources } from "../generate/sources.ts";
import { describe, expect, test } from "./database.ts";

const files = sources();
const objectFiles = files.filter(({ name }) => name.startsWith("app_"));
const textOf = (name: string): string => objectFiles.find((file) => file.name === name)?.text ?? "";
const escaped = (text: string): string => text.replaceAll(".", String.raw`\.`);

const ourObjects = `
  select oid::regclass::text as name from pg_class c
    where relkind in ('r', 'p', 'v', 'm', 'f', 'c') and relnamespace::regnamespace::text ~ '^app_'
      and not (relispartition and relname ~ '_[0-9]{4}_[0-9]{2}$') -- a month's partition is made by a function
  union
  select pronamespace::regnamespace || '.' || proname from pg_proc where pronamespace::regnamespace::text ~ '^app_'
  union
  select oid::regtype::text from pg_type where typtype in ('e', 'd', 'r') and typnamespace::regnamespace::text ~ '^app_'
  union
  select collnamespace::regnamespace || '.' || collname from pg_collation
    where collnamespace::regnamespace::text ~ '^app_'`;

describe("every object", () => {
  test("has its file, and every file its object", async ({ db }) => {
    const objects = (await db.rows<{ name: string }>(ourObjects)).map(({ name }) => name);
    // Each name here is either an object without a file db/<domain>/<name>.sql (+), or a file without an object (-).
    expect(objects.toSorted()).toEqual(objectFiles.map(({ name }) => name).toSorted());
  });

  test("is made by the file that bears its name, and by no other", () => {
    const kinds = "table|view|materialized view|function|procedure|aggregate|type|domain|collation|foreign table";
    const made = new RegExp(
      String.raw`^\s*create (?:or replace |unlogged )?(?:${kinds}) (?:if not exists )?([\w.]+)`,
      "gm",
    );
    for (const { file, name, text } of objectFiles) {
      expect([...new Set([...text.matchAll(made)].map((match) => match[1]))], `what ${file} makes`).toEqual([name]);
    }
  });

  test("keeps its triggers in its own file, or in the trigger function's", async ({ db }) => {
    const triggers = await db.rows<{ table: string; trigger: string; function: string }>(`
      select tgrelid::regclass as table, tgname as trigger, p.pronamespace::regnamespace || '.' || p.proname as function
        from pg_trigger t
        join pg_proc p on p.oid = t.tgfoid
        where not tgisinternal and tgparentid = 0 and tgrelid::regclass::text ~ '^app_'`);
    expect(triggers).not.toEqual([]);
    for (const { table, trigger, function: does } of triggers) {
      const made = new RegExp(
        String.raw`^create (?:or replace )?(?:constraint )?trigger ${trigger}\b[^;]*\bon ${escaped(table)}\b`,
        "m",
      );
      expect(`${textOf(table)}${textOf(does)}`, `trigger ${trigger} on ${table}`).toMatch(made);
    }
  });

  test("states its policies in its own file", async ({ db }) => {
    const policies = await db.rows<{ table: string; policy: string }>(
      "select polrelid::regclass as table, polname as policy from pg_policy where polrelid::regclass::text ~ '^app_'",
    );
    expect(policies).not.toEqual([]);
    for (const { table, policy } of policies) {
      expect(textOf(table)).toMatch(new RegExp(String.raw`^create policy ${policy} on ${escaped(table)}\b`, "m"));
    }
  });
});

describe("the manifest", () => {
  test("includes every file once, and is nothing but includes", () => {
    const manifest = fs.readFileSync(path.join(root, "db/manifest.sql"), "utf8");
    expect(includes(manifest).toSorted()).toEqual(files.map(({ file }) => file.slice("db/".length)).toSorted());
    expect(manifest.split("\n").filter((line) => !/^(?:--.*)?$/.test(line))).toEqual([]);
  });
});

describe("every file", () => {
  test("that says security definer says why, and no other does", () => {
    for (const { file, text } of files) {
      expect(/^-- Definer: \S/m.test(text), `${file} needs a line "-- Definer: <reason>"`).toBe(
        /\bsecurity definer\b/.test(text.replaceAll(/--.*/g, "")),
      );
    }
  });

  test("can be committed", () => {
    // graphile-migrate looks for an empty migration with pg-minify, which knows no dollar quotes and stumbles over a
    // text like $$it's$$: long after the file has worked in the database, and without a word about which file it is.
    const require = createRequire(createRequire(import.meta.url).resolve("graphile-migrate"));
    const minify: (sql: string) => string = require("pg-minify");
    for (const { file, text } of files) {
      expect(() => minify(text), `${file} has an odd apostrophe: write it as '' within '...'`).not.toThrow();
    }
    expect(() => minify("select $$it's$$")).toThrow("Unclosed text block");
  });

  test("of ours has at most 300 lines", () => {
    const skipped =
      /(?:^|\/)(?:node_modules|\.git|\.data|dist)$|^(?:migrations\/(?:committed|fixtures)|db\/generated)$/;
    const tooLong = fs
      .globSync("**/*.{ts,tsx,mts,mjs,cjs,js,sql,css}", { cwd: root, exclude: (name) => skipped.test(name) })
      .map((file) => ({ file, lines: fs.readFileSync(path.join(root, file), "utf8").split("\n").length - 1 }))
      .filter(({ file, lines }) => lines > 300 && file !== "db/manifest.sql"); // a list, which grows with every object
    expect(tooLong).toEqual([]);
  });
});
