// [db/cluster/database.test.ts] -> db/cluster/database.ts, db/cluster/secret.ts
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../process/environment.ts";
import { readSettings } from "../../process/settings.ts";
import { dataFolder, embeddedDatabase, externalDatabase, logins, withDatabase } from "./database.ts";
import { keepSecret } from "./secret.ts";

let base: string;
beforeAll(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-database-"));
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));
const newFolder = () => fs.mkdtempSync(path.join(base, "x-"));

describe("externalDatabase", () => {
  const urls = {
    DATABASE_URL: "postgres://autobench_owner@db/bench",
    WORKER_DATABASE_URL: "postgres://autobench_worker@db/bench",
    SERVER_DATABASE_URL: "postgres://autobench_server@db/bench",
    OPERATIONS_DATABASE_URL: "postgres://autobench_operations@db/bench",
  };

  test("is none when no address is given: the embedded one is meant", () => {
    expect(externalDatabase(readSettings({}))).toBeUndefined();
  });

  test("gives each login the address of its own", () => {
    const database = externalDatabase(readSettings(urls));
    for (const login of logins) expect(new URL(database?.url(login) ?? "").username).toBe(login);
  });

  test.for(Object.keys(urls))("with %s alone, the others are named when they are needed", (given) => {
    const database = externalDatabase(readSettings({ [given]: Object.values(urls)[0] }));
    const missing = Object.keys(urls).filter((name) => name !== given);
    const problems = logins.map((login) => {
      try {
        database?.url(login);
        return "";
      } catch (error) {
        return String(error);
      }
    });
    for (const name of missing) expect(problems.join("\n")).toContain(`  ${name} is missing`);
    expect(problems.filter(Boolean)).toHaveLength(3);
  });
});

describe("embeddedDatabase", () => {
  test("gives each login a password of its own, always the same in one folder, another in the next", () => {
    const [one, two] = [newFolder(), newFolder()];
    const urls = (folder: string) => logins.map((login) => embeddedDatabase({ folder, port: 5432 }).url(login));
    expect(urls(one)).toEqual(urls(one));
    const passwords = [...urls(one), ...urls(two)].map((url) => new URL(url).password);
    expect(new Set(passwords).size).toBe(8);
    for (const password of passwords) expect(password).toMatch(/^[\w-]{43}$/);
    expect(urls(one)[0]).toMatch(/^postgres:\/\/autobench_owner:[\w-]+@127\.0\.0\.1:5432\/autobench$/);
  });

  test("keeps its secret to its owner", () => {
    const folder = newFolder();
    embeddedDatabase({ folder, port: 1 });
    expect(fs.readdirSync(folder)).toEqual(["logins.secret"]);
    expect((fs.statSync(path.join(folder, "logins.secret")).mode & 0o777).toString(8)).toBe("600");
  });

  test("never makes passwords of nothing: an empty secret is replaced", () => {
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, "logins.secret"), "\n");
    embeddedDatabase({ folder, port: 1 });
    expect(fs.readFileSync(path.join(folder, "logins.secret"), "utf8")).toMatch(/^[\w-]{43}$/);
  });
});

describe("keepSecret", () => {
  test("of two that make it at once, both get the first", () => {
    const file = path.join(newFolder(), "secret");
    const late = keepSecret(file, () => {
      expect(keepSecret(file, () => "first")).toBe("first"); // another process, just then
      return "second";
    });
    expect(late).toBe("first");
    expect(fs.readdirSync(path.dirname(file))).toEqual(["secret"]);
  });

  test("is not made when it is there", () => {
    const file = path.join(newFolder(), "secret");
    fs.writeFileSync(file, "kept\n");
    expect(keepSecret(file, () => "new")).toBe("kept");
  });
});

describe("addresses", () => {
  test("withDatabase changes the name alone", () => {
    expect(withDatabase("postgres://u:p%40s@h:5433/one?sslmode=require", "two")).toBe(
      "postgres://u:p%40s@h:5433/two?sslmode=require",
    );
  });

  test("DATA_DIR counts from the checkout", () => {
    expect(dataFolder({ DATA_DIR: ".data" })).toBe(path.join(root, ".data"));
    expect(dataFolder({ DATA_DIR: "/var/lib/x" })).toBe("/var/lib/x");
  });
});
